"""Clocks, the gazetteer, and the two signed webhooks."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from shared.adapters.clocks import FileClock, SystemClock
from shared.adapters.gazetteer import Gazetteer
from shared.adapters.partner_webhook import PartnerWebhook
from shared.adapters.webhook_push import WebhookPush
from shared.chosen_adapters import DATA
from shared.domain.money import Money
from shared.domain.webhook_signature import new_secret, verify
from shared.errors import InvalidInput, Unavailable
from shared.ports.channels import PartnerMessage
from shared.settings import Settings

NOW = datetime(2026, 5, 4, 14, tzinfo=UTC)


class Still:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOW


class Outside:
    """What would go out, and what the other side answers."""

    def __init__(self, status: int = 200, error: Exception | None = None) -> None:
        self.status, self.error = status, error
        self.sent: list[tuple[str, bytes, Mapping[str, str]]] = []

    async def post_json(self, url: str, body: bytes, headers: Mapping[str, str], **_: Any) -> int:
        if self.error:
            raise self.error
        self.sent.append((url, body, headers))
        return self.status


class Secrets:
    """Each vendor's secrets."""

    def __init__(self, *secrets: str) -> None:
        self.secrets = secrets

    async def of(self, vendor_id: str) -> list[str]:
        return list(self.secrets)


# --- clocks ---------------------------------------------------------------------------------------


def test_the_machines_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_the_file_clock_says_what_stands_in_the_file_now(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    clock = FileClock(file)
    for text in ("2026-05-04T14:00:00+00:00", "2026-05-04T09:00:00-05:00\n", "2026-05-04T14:00:00Z"):
        file.write_text(text)
        assert clock.now() == NOW
        assert clock.now().utcoffset() == timedelta(0)


def test_a_file_clock_reads_again_what_is_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torn, whole = b"2026-05-04T14:09:00Z\n2026-05-04T13:59:00Z\n", b"2026-05-04T14:00:00Z\n" * 2
    reads = iter([torn, torn, whole])
    clock = FileClock(tmp_path)
    monkeypatch.setattr(clock, "_read", lambda: next(reads))
    assert clock.now() == NOW


def test_a_file_clock_without_its_file_is_an_error_and_no_other_time(tmp_path: Path) -> None:
    clock = FileClock(tmp_path / "clock")
    with pytest.raises(FileNotFoundError):
        clock.now()
    (tmp_path / "clock").write_text("noon")
    with pytest.raises(ValueError, match="noon"):
        clock.now()


# --- the gazetteer --------------------------------------------------------------------------------


@pytest.fixture
def gazetteer(tmp_path: Path) -> Gazetteer:
    file = tmp_path / "places.csv"
    file.write_text(
        "name,latitude,longitude\naustin,30.27,-97.74\nzilker,30.26,-97.77\nzilker park,30.267,-97.773\n"
    )
    return Gazetteer(file)


@pytest.mark.parametrize(
    ("address", "longitude"),
    [
        ("12 Main St, Austin", -97.74),
        ("Zilker, Austin", -97.77),
        ("2100 Barton Springs Rd, ZILKER PARK, Austin, TX", -97.773),
        ("austin", -97.74),
    ],
)
async def test_the_most_precise_name_in_an_address_places_it(
    gazetteer: Gazetteer, address: str, longitude: float
) -> None:
    found = await gazetteer.locate(address)
    assert found is not None
    assert found.point.longitude == longitude
    assert found.address == address


@pytest.mark.parametrize("address", ["Paris", "", "Austintown", "Faustin", "12 Main St"])
async def test_an_address_that_names_nothing_known_has_no_place(gazetteer: Gazetteer, address: str) -> None:
    assert await gazetteer.locate(address) is None


async def test_the_shipped_places_know_the_home_town() -> None:
    found = await Gazetteer(DATA / "places.csv").locate("500 Congress Ave, Austin")
    assert found is not None
    assert found.point.latitude == pytest.approx(30.27, abs=0.1)


# --- the api channel ------------------------------------------------------------------------------


def message() -> PartnerMessage:
    return PartnerMessage.model_validate(
        {
            "id": "ord_x-l1:order",
            "reference": "ord_x-l1",
            "kind": "order",
            "order_id": "ord_x",
            "leg_id": "ord_x-l1",
            "text": "New order",
            "item": "Flowers",
            "quantity": 1,
            "order_value": Money(minor=5000),
            "buttons": ("Yes", "No"),
        }
    )


class Florist:
    """As much of a vendor as the channel looks at."""

    id, name = "florist", "Florist"

    class channel:  # noqa: N801 - an attribute in disguise
        address = "https://florist.example/hook"


def channel(outside: Outside, *secrets: str) -> PartnerWebhook:
    return PartnerWebhook(outside, Secrets(*secrets), Still())  # type: ignore[arg-type]


async def test_a_partner_can_verify_who_calls_and_tell_a_repetition() -> None:
    outside, current, old = Outside(), new_secret(), new_secret()
    await channel(outside, current, old).send(Florist(), message())  # type: ignore[arg-type]
    ((url, body, headers),) = outside.sent
    assert url == "https://florist.example/hook"
    tolerance = timedelta(minutes=5)
    assert verify([current], headers=headers, body=body, now=NOW, tolerance=tolerance) == "ord_x-l1:order"
    assert PartnerMessage.model_validate_json(body) == message()


@pytest.mark.parametrize("status", [301, 400, 404, 500, 503])
async def test_an_answer_other_than_2xx_is_tried_again_later(status: int) -> None:
    with pytest.raises(Unavailable, match=str(status)):
        await channel(Outside(status), new_secret()).send(Florist(), message())  # type: ignore[arg-type]


async def test_nothing_goes_out_unsigned() -> None:
    outside = Outside()
    with pytest.raises(Unavailable, match="no webhook secret"):
        await channel(outside).send(Florist(), message())  # type: ignore[arg-type]
    assert outside.sent == []


async def test_an_address_that_must_not_be_called_is_unavailable_to_the_plan() -> None:
    outside = Outside(error=InvalidInput("a private address", field="channel.address"))
    with pytest.raises(Unavailable, match="a private address"):
        await channel(outside, new_secret()).send(Florist(), message())  # type: ignore[arg-type]


# --- the push to chat platforms -------------------------------------------------------------------


def push(outside: Outside, secret: str | None = None) -> WebhookPush:
    urls = {"chatgpt": "https://chat.example/hook"}
    settings = Settings(push_webhooks=urls, push_secret=SecretStr(secret) if secret else None)
    return WebhookPush(outside, settings, Still())  # type: ignore[arg-type]


async def test_an_update_is_signed_for_the_platform() -> None:
    outside, secret = Outside(204), new_secret()
    await push(outside, secret).send("chatgpt", id="upd_1", body=b"{}")
    ((url, body, headers),) = outside.sent
    assert url == "https://chat.example/hook"
    assert verify([secret], headers=headers, body=body, now=NOW, tolerance=timedelta(minutes=5)) == "upd_1"


async def test_only_platforms_with_a_webhook_are_reached() -> None:
    assert push(Outside()).reaches("chatgpt")
    assert not push(Outside()).reaches("gemini")


@pytest.mark.parametrize("outside", [Outside(500), Outside(error=InvalidInput("no such host"))])
async def test_a_push_that_fails_says_so(outside: Outside) -> None:
    with pytest.raises(Unavailable):
        await push(outside).send("chatgpt", id="upd_1", body=b"{}")
