"""The contracts of alerts, ads and letters: what the embedded ones promise, the real ones keep."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from shared.adapters.meta_ads import MetaAds
from shared.adapters.outbound import Outbound
from shared.adapters.push_alerts import PushAlerts
from shared.adapters.recorded_mail import RecordedMail
from shared.adapters.simulated_outside import SimulatedAds, SimulatedChannel, SimulatedOutside
from shared.adapters.slack_alerts import SlackAlerts
from shared.adapters.smtp_mail import SmtpMail
from shared.adapters.sqlite_store import SqliteStore
from shared.adapters.twilio_alerts import TwilioAlerts
from shared.adapters.twilio_channel.account import TwilioAccount
from shared.chosen_adapters import DATA
from shared.domain.operations.alarms import AlertLevel
from shared.errors import NotFound, Unavailable
from shared.ports.ads import Ads
from shared.ports.alerts import Alert, AlertChannel
from shared.ports.mail import Mail, Mailer
from shared.ports.rehearsals import OutsideTroubles
from shared.settings import Settings
from tests.breakers import breakers
from tests.clocks import HandClock
from tests.peers.meta import peer as meta
from tests.peers.outside import peer as outside
from tests.peers.smtp import peer as smtp
from tests.peers.stripe.faults import Fault

ALERT = Alert(key="e1-1", level=AlertLevel.CRITICAL, title="Refund failed", text="Order 1001")
PHONE = "+15125550101"


@dataclass
class Channel:
    """A way to call people; `fail` lets the next call not get through, `heard` counts what got through."""

    alerts: AlertChannel
    fail: Callable[[bool], Awaitable[None]]
    heard: Callable[[], Awaitable[int]]


@contextlib.asynccontextmanager
async def embedded(data: Path) -> AsyncIterator[SimulatedOutside]:
    clock = HandClock()
    store = SqliteStore(data / "store.sqlite", clock)
    yield SimulatedOutside(store, clock)
    await store.close()


@contextlib.asynccontextmanager
async def calling() -> AsyncIterator[Outbound]:
    outbound = Outbound(Settings(allow_private_urls=True), breakers())
    yield outbound
    await outbound.close()


def real(name: str, outbound: Outbound, peer: outside.OutsidePeer) -> AlertChannel:
    if name == "slack":
        return SlackAlerts(outbound, SecretStr(peer.hook))
    if name == "push":
        return PushAlerts(outbound, f"{peer.url}/push", SecretStr(outside.PUSH_SECRET), HandClock())
    account = TwilioAccount(outbound, outside.ACCOUNT, SecretStr(outside.TOKEN), base_url=peer.url)
    return TwilioAlerts(account, sender=outside.SENDER, phones=[PHONE])


@pytest.fixture(params=["embedded", "slack", "push", "sms"])
async def channel(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Channel]:
    if request.param == "embedded":
        async with embedded(tmp_path) as rehearsed:

            async def silence(silent: bool) -> None:
                channels = frozenset({"sms"} if silent else ())
                await rehearsed.trouble(OutsideTroubles.model_validate({"silent_channels": channels}))

            async def heard() -> int:
                return len(await rehearsed.heard())

            yield Channel(SimulatedChannel(rehearsed, "sms"), silence, heard)
        return
    async with calling() as outbound, outside.running_peer() as peer:
        peer.now = HandClock().now()

        async def fail(failing: bool) -> None:
            peer.fails = [503] if failing else []

        async def taken() -> int:
            return len(peer.posted) + len(peer.pushed) + len(peer.texted)

        yield Channel(real(request.param, outbound, peer), fail, taken)


async def test_a_call_gets_through_or_is_unavailable_and_may_be_made_again(channel: Channel) -> None:
    await channel.fail(True)
    with pytest.raises(Unavailable):
        await channel.alerts.send(ALERT)
    assert await channel.heard() == 0

    await channel.fail(False)
    await channel.alerts.send(ALERT)
    assert await channel.heard() == 1
    await channel.alerts.send(ALERT.model_copy(update={"key": "e1-2"}))
    assert await channel.heard() == 2


# --- ads --------------------------------------------------------------------------------------------


@dataclass
class Board:
    """An ad platform; `fail` lets it not answer."""

    ads: Ads
    fail: Callable[[], Awaitable[None]]


@pytest.fixture(params=["embedded", "Meta's API"])
async def board(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Board]:
    async with embedded(tmp_path) as rehearsed:
        shipped = SimulatedAds(rehearsed, campaigns=DATA / "shop" / "campaigns.json")
        if request.param == "embedded":

            async def away() -> None:
                until = rehearsed.clock.now() + timedelta(hours=1)
                await rehearsed.trouble(OutsideTroubles(ads_away_until=until))

            yield Board(shipped, away)
            return
        running = await shipped.campaigns()
    async with calling() as outbound, meta.running_peer() as peer:
        for n, each in enumerate(running, 1):
            peer.run(str(n), f"{each.name} [product:{each.product_id}]")

        async def fail() -> None:
            peer.faults = [Fault(kind="status", status=503) for _ in range(9)]

        token = SecretStr(meta.TOKEN)
        yield Board(MetaAds(outbound, token, account=meta.ACCOUNT, base_url=peer.url), fail)


async def test_the_campaigns_of_a_product_are_some_of_all(board: Board) -> None:
    every = await board.ads.campaigns()
    product = every[0].product_id

    assert {each.product_id for each in await board.ads.campaigns(product)} == {product}
    assert await board.ads.campaigns("nothing") == []
    assert all(each.active for each in every)


async def test_a_campaign_is_stopped_and_started_and_no_other_with_it(board: Board) -> None:
    first, *others = await board.ads.campaigns()
    for _ in range(2):
        await board.ads.pause(first.id)
    assert [each.active for each in await board.ads.campaigns()] == [False, *(True for _ in others)]
    for _ in range(2):
        await board.ads.resume(first.id)
    assert all(each.active for each in await board.ads.campaigns())


async def test_a_campaign_that_is_not_there_is_not_found(board: Board) -> None:
    for change in (board.ads.pause("999"), board.ads.resume("../x")):
        with pytest.raises(NotFound):
            await change


async def test_a_platform_that_is_away_is_unavailable(board: Board) -> None:
    first, *_ = await board.ads.campaigns()
    await board.fail()
    for ask in (board.ads.campaigns(), board.ads.pause(first.id), board.ads.resume(first.id)):
        with pytest.raises(Unavailable):
            await ask


# --- letters ----------------------------------------------------------------------------------------


@dataclass
class Post:
    """Who sends letters, and the Message-IDs of those that arrived."""

    mailer: Mailer
    arrived: Callable[[], Awaitable[list[str]]]


@pytest.fixture(params=["embedded", "SMTP"])
async def post(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Post]:
    if request.param == "embedded":
        clock = HandClock()
        store = SqliteStore(tmp_path / "store.sqlite", clock)
        mailbox = RecordedMail(store, clock)

        async def kept() -> list[str]:
            return [each.message_id for each in await mailbox.letters("jane@example.com")]

        yield Post(mailbox, kept)
        await store.close()
        return
    async with smtp.running_peer() as peer:
        settings = Settings(smtp_host="127.0.0.1", smtp_port=peer.port, smtp_plain=True)

        async def taken() -> list[str]:
            return [str(each.message["Message-ID"]) for each in peer.letters]

        yield Post(SmtpMail(settings, HandClock(), breakers()), taken)


async def test_a_letter_has_the_message_id_that_its_key_says_before_it_is_sent(post: Post) -> None:
    expected = [post.mailer.message_id(key) for key in ("k1", "k2", "k 3/ü")]
    for key in ("k1", "k2", "k1", "k 3/ü"):
        await post.mailer.send(Mail(key=key, to="jane@example.com", subject="Hello", text="Hello"))

    arrived = await post.arrived()
    assert set(arrived) == set(expected)
    assert len(set(expected)) == 3
    assert all(each.startswith("<") and each.endswith(">") for each in expected)
