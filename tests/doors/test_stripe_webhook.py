"""The door of Stripe's webhooks, over HTTP: verified, remembered once, announced once."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.feeds import whole_feed
from tests.harness import Answer, World, running
from tests.peers.stripe.webhooks import headers_for, signed

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATH = "/api/v1/webhooks/stripe"
SECRET, NEXT = "whsec_" + "door", "whsec_" + "next"
FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def paid(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """The app on Stripe; no call of these tests leads to Stripe itself."""
    more = {"stripe_key": "sk_test_" + "door", "stripe_webhook_secrets": f"{SECRET},{NEXT}"}
    data = tmp_path_factory.mktemp("paid") / "data"
    async with running(data, **more, stripe_base_url="http://127.0.0.1:9") as world:
        yield world


def event(id: str, kind: str = "payment_intent.succeeded") -> dict[str, Any]:
    return {
        "id": id,
        "object": "event",
        "type": kind,
        "created": 1777903200,
        "data": {"object": {"id": f"pi_{id}", "transfer_group": "ord_1"}},
    }


async def deliver(world: World, what: dict[str, Any], secret: str = SECRET, **more: Any) -> Answer:
    """Send a signed event; `more` are the tamperings."""
    body, headers = signed(what, secret, at=more.get("at", world.now()))
    return await world.send(
        "POST", PATH, data=more.get("raw", body), headers={**headers, **more.get("headers", {})}
    )


async def inbox(world: World) -> int:
    """How many pieces of news were remembered and announced."""
    documents = await whole_feed(world.app.store, "payments")
    kinds = [document.body.get("kind") for document in documents if document.partition == "news"]
    assert kinds.count("inbox") == kinds.count("event")
    return kinds.count("inbox")


async def test_an_event_is_received_once_however_often_it_comes(paid: World) -> None:
    before = await inbox(paid)
    answers = [await deliver(paid, event("evt_1")) for _ in range(3)]
    answers += await asyncio.gather(*(deliver(paid, event("evt_1")) for _ in range(5)))
    assert {answer.status for answer in answers} == {200}
    outcomes = sorted(answer.data["outcome"] for answer in answers)
    assert outcomes == [*["known"] * 7, "new"]
    assert await inbox(paid) == before + 1


async def test_an_event_that_nobody_follows_is_received_and_forgotten(paid: World) -> None:
    before = await inbox(paid)
    assert (await deliver(paid, event("evt_2", "invoice.paid"))).data["outcome"] == "unfollowed"
    assert await inbox(paid) == before


async def test_both_secrets_count_while_one_is_replaced(paid: World) -> None:
    for n, secret in enumerate((SECRET, NEXT)):
        assert (await deliver(paid, event(f"evt_secret_{n}"), secret)).status == 200
    assert (await deliver(paid, event("evt_secret_2"), "whsec_" + "foreign")).status == 401


async def test_what_is_not_stripes_is_refused_and_nothing_written(paid: World) -> None:
    before = await inbox(paid)
    one = event("evt_3")
    late = timedelta(minutes=5, seconds=1)
    rewritten = json.dumps(one).encode()
    forged = [
        await deliver(paid, one, headers={"Stripe-Signature": ""}),
        await deliver(paid, one, headers={"Stripe-Signature": "t=1,v1=00"}),
        await deliver(paid, one, raw=rewritten),
        await deliver(paid, one, raw=b""),
        await deliver(paid, one, at=paid.now() - late),
        await deliver(paid, one, at=paid.now() + late),
        await paid.send("POST", PATH, json=one),
        await paid.nobody().call("POST", PATH, one),
        await paid.admin().call("POST", PATH, one),
    ]
    assert {answer.status for answer in forged} == {401}
    assert all(answer.headers["Content-Type"].startswith("application/problem+json") for answer in forged)
    assert await inbox(paid) == before


async def test_signed_rubbish_is_a_problem_that_names_what_is_wrong(paid: World) -> None:
    before = await inbox(paid)
    for text in ("", "null", "[]", '{"id": 5}', "[" * 5000, '{"id": "evt_4", "type": "refund.created"}'):
        headers = headers_for(text, SECRET, at=paid.now())
        answer = await paid.send("POST", PATH, data=text.encode(), headers=headers)
        assert (answer.status, answer.code) == (400, "invalid_input"), text
        assert answer.body["errors"]
    assert await inbox(paid) == before


async def test_an_event_that_is_too_large_is_refused(paid: World) -> None:
    answer = await deliver(paid, {**event("evt_5"), "padding": "x" * 1_000_000})
    assert (answer.status, answer.code) == (413, "too_large")


@FUZZ
@given(data=st.data())
async def test_flipped_bits_of_body_signature_and_time_are_refused(paid: World, data: st.DataObject) -> None:
    body, headers = signed(event("evt_fuzz"), SECRET, at=paid.now())
    signature = bytearray(headers["Stripe-Signature"].encode())
    target = data.draw(st.sampled_from(("body", "header")))
    changed = bytearray(body) if target == "body" else signature
    place = data.draw(st.integers(0, len(changed) - 1))
    changed[place] ^= 1 << data.draw(st.integers(0, 6))
    sent = signature.decode()
    if not sent.isprintable():
        return  # no header carries it
    raw = bytes(changed) if target == "body" else body
    answer = await paid.send("POST", PATH, data=raw, headers={**headers, "Stripe-Signature": sent})
    assert answer.status == 401, (target, place)


@FUZZ
@given(
    body=st.binary(max_size=200),
    header=st.text(
        st.characters(min_codepoint=33, max_codepoint=255, exclude_characters="\x7f"), max_size=120
    ),
    seconds=st.integers(301, 10**7),
)
async def test_whatever_comes_is_refused_and_breaks_nothing(
    paid: World, body: bytes, header: str, seconds: int
) -> None:
    answer = await paid.send("POST", PATH, data=body, headers={"Stripe-Signature": header.strip()})
    assert answer.status == 401
    off = timedelta(seconds=seconds if seconds % 2 else -seconds)
    assert (await deliver(paid, event("evt_off"), at=paid.now() + off)).code == "stale_webhook"
