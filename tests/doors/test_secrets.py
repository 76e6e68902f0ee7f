"""Secrets stay where they belong: recognisable ones are used everywhere, then looked for everywhere."""

import json
import logging
from pathlib import Path

import pytest

from tests.doors.bodies import GOOD
from tests.doors.stage import SHOP_A, documents, staged
from tests.harness import World


def places_of(secret: str, data: Path) -> list[str]:
    """Every file below `data` in which `secret` stands; of the app's store, every document."""
    store = data / "uso" / "uso.sqlite"
    found = [key[0] for key, body in documents(store).items() if secret in body]
    for path in sorted(data.rglob("*")):
        if path.is_file() and not path.name.startswith(store.name) and secret.encode() in path.read_bytes():
            found.append(path.name)
    return found


async def test_no_secret_leaves_its_place(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    data = tmp_path / "data"
    stage = await staged(world, data)
    callers = stage.callers()
    shop = world.partner(SHOP_A)
    secret = (await shop.post("/api/v1/partners/me/webhook-secret"))["secret"]
    answers = []
    for caller in callers.values():
        for method, path in (
            ("GET", f"/api/v1/orders/{stage.ids['order_id']}"),
            ("POST", "/api/v1/chat"),
            ("POST", f"/api/v1/recoveries/{stage.ids['recovery_id']}/approve"),
            ("POST", f"/api/v1/webhooks/partners/{SHOP_A}"),
        ):
            answer = await caller.call(method, path, GOOD["chat"] if method == "POST" else None)
            answers.append(json.dumps(answer.body) + str(answer.headers))
    headers = {"webhook-id": "x", "webhook-timestamp": "1", "webhook-signature": f"v1,{secret}"}
    answers.append(
        json.dumps(
            (await world.send("POST", f"/api/v1/webhooks/partners/{SHOP_A}", json={}, headers=headers)).body
        )
    )
    await world.settle()
    async with world.http.get(f"{world.host.url}/devhost") as page:
        answers.append(await page.text())
    key = (data / "uso" / "identity" / "signing-key.pem").read_text().splitlines()[1]
    tokens = [caller.token for caller in callers.values() if caller.token]
    for each in (secret, secret.removeprefix("whsec_"), key, *tokens):
        assert not [answer for answer in answers if each in answer]
        assert each not in caplog.text
    assert places_of(secret, data) == ["partner_secrets"]
    assert "signing-key.pem" in places_of(key, data)
    assert [place for token in tokens for place in places_of(token, data)] == []


async def test_a_secret_is_shown_once_and_only_to_its_partner(world: World) -> None:
    shop = world.partner(SHOP_A)
    first = (await shop.call("POST", "/api/v1/partners/me/webhook-secret")).body
    second = (await shop.call("POST", "/api/v1/partners/me/webhook-secret")).body
    assert first["data"] != second["data"]
    assert first["data"]["secret"] not in json.dumps(second)
    assert (await shop.call("GET", "/api/v1/partners/me/webhook-secret")).status == 405


async def test_the_signing_key_is_its_owners_only(world: World, tmp_path: Path) -> None:
    world.customer()
    key = tmp_path / "data" / "uso" / "identity" / "signing-key.pem"
    assert key.stat().st_mode & 0o077 == 0
    assert key.parent.stat().st_mode & 0o077 == 0
