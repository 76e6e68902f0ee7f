"""The payment provider's webhooks over HTTP: repeated, late, in any order, forged; and their rehearsal."""

import asyncio
import json
import random
from collections.abc import Sequence
from typing import Any

import pytest

from shared.domain.webhook_signature import new_secret, sign
from shared.ports.payments import NEWS_TYPE
from tests.feeds import whole_feed
from tests.harness import Answer, World

DOOR = "/api/v1/webhooks/payments"
REHEARSAL = "/api/v1/simulator/payments"


async def arrange(world: World, method: str, path: str, body: Any = None, *, key: str | None = None) -> Any:
    return (await world.admin().call(method, f"{REHEARSAL}/{path}", body, key=key)).data


async def paid(world: World, minor: int = 5000, *, key: str = "o:pay", **more: Any) -> Any:
    """A payment, taken at once."""
    from shared.domain.money import Money
    from shared.ports.payments import AuthoriseRequest

    amount = Money(minor=minor)
    asked = AuthoriseRequest(key=key, customer_id="alice", amount=amount, **{"capture": True, **more})
    return await world.app.payments.authorise(asked)


async def kept_quiet(world: World) -> None:
    """From now on news comes only by webhooks."""
    await arrange(world, "PUT", "news", {"copies": 0})


async def deliveries(world: World) -> list[dict[str, Any]]:
    return list(await arrange(world, "GET", "news"))


async def deliver(world: World, delivery: dict[str, Any], **other: Any) -> Answer:
    """Send a webhook as the provider would; `other` are the tamperings."""
    body = other.get("body", delivery["body"].encode())
    headers = {**delivery["headers"], **other.get("headers", {})}
    sent = {name: value for name, value in headers.items() if value is not None}
    return await world.send("POST", DOOR, data=body, headers={"Content-Type": "application/json", **sent})


async def heard(world: World) -> list[dict[str, Any]]:
    """The news that the app has stored and told on, as it came in by webhooks."""
    await world.settle()
    documents = await whole_feed(world.app.store, "payments")
    events = [d.body["event"] for d in documents if d.partition == "news" and d.body.get("kind") == "event"]
    assert {event["type"] for event in events} <= {NEWS_TYPE}
    return [event["data"] for event in events]


async def test_news_comes_by_itself_through_the_outbox(world: World) -> None:
    told: list[str] = []

    async def hear(event: Any) -> None:
        told.append(event.data["id"])

    world.app.bookkeeping._hearers = {NEWS_TYPE: [hear]}  # type: ignore[attr-defined]
    await paid(world)
    await world.settle()
    (delivery,) = await deliveries(world)
    assert told == [delivery["id"]]
    await arrange(world, "PUT", "news", {"delay_seconds": 3600, "copies": 3})
    await paid(world, key="later")
    await world.advance(minutes=59)
    assert len(told) == 1
    await world.advance(minutes=11)
    assert len(told) == 4
    assert len(set(told)) == 2


async def test_a_delivery_counts_once_however_often_it_comes(world: World) -> None:
    await kept_quiet(world)
    await paid(world)
    (delivery,) = await deliveries(world)
    assert await heard(world) == [], "nothing was told by itself"
    answers = await asyncio.gather(*(deliver(world, delivery) for _ in range(5)))
    assert [answer.status for answer in answers] == [200] * 5
    assert sorted(answer.data["outcome"] for answer in answers) == ["known"] * 4 + ["new"]
    (news,) = await heard(world)
    assert news == json.loads(delivery["body"])


async def test_deliveries_in_any_order_and_number_are_the_same_news(world: World) -> None:
    await kept_quiet(world)
    payment = await paid(world)
    dispute = await arrange(
        world, "POST", "disputes", {"payment_id": payment.id, "reason": "fraudulent"}, key="d"
    )
    await arrange(world, "POST", f"disputes/{dispute['id']}/close", {"won": True})
    await arrange(world, "POST", "payouts", {"amount": {"minor": 100}}, key="p")
    sent = await deliveries(world)
    assert sorted(each["kind"] for each in sent) == [
        "dispute_changed",
        "dispute_opened",
        "payment_changed",
        "payout_changed",
    ]
    for seed in range(10):
        chance = random.Random(seed)
        order = [each for each in sent for _ in range(chance.randint(2, 5))]
        chance.shuffle(order)
        answers = await asyncio.gather(*(deliver(world, each) for each in order))
        assert {answer.status for answer in answers} == {200}
    assert sorted(news["id"] for news in await heard(world)) == sorted(each["id"] for each in sent)


async def test_a_late_delivery_is_signed_anew_and_an_old_one_refused(world: World) -> None:
    await kept_quiet(world)
    await paid(world)
    (first,) = await deliveries(world)
    await world.advance(hours=2)
    answer = await deliver(world, first)
    assert (answer.status, answer.code) == (401, "stale_webhook")
    (again,) = await deliveries(world)
    assert (await deliver(world, again)).data == {"outcome": "new"}


def tampered(delivery: dict[str, Any]) -> Sequence[dict[str, Any]]:
    body = delivery["body"].encode()
    signature = delivery["headers"]["webhook-signature"]
    second = str(int(delivery["headers"]["webhook-timestamp"]) + 1)
    flips = [body[:n] + bytes([body[n] ^ 1 << n % 8]) + body[n + 1 :] for n in range(0, len(body), 7)]
    return [
        *({"body": flipped} for flipped in flips),
        *(
            {"headers": {"webhook-signature": signature[:n] + _another(signature[n]) + signature[n + 1 :]}}
            for n in range(0, 40, 5)
        ),
        *({"headers": {name: None}} for name in delivery["headers"]),
        {"headers": {"webhook-timestamp": second}},
        {"headers": {"webhook-timestamp": "9" * 12}},
        {"headers": {"webhook-timestamp": "-1"}},
        {"headers": {"webhook-timestamp": "1e9"}},
        {"headers": {"webhook-id": "evt_other"}},
        {"headers": {"webhook-id": "x" * 300}},
        {"headers": {"webhook-signature": "v1,"}},
        {"headers": {"webhook-signature": "v1," + "A" * 5000}},
        {"headers": {"webhook-signature": "v1,AAAA " * 11}},
        {"headers": {"webhook-signature": signature.replace("v1", "v1a")}},
        {"body": json.dumps(json.loads(body), indent=2).encode()},
        {"body": b""},
        {"body": b"\xff\x00"},
        {"headers": sign(new_secret(), id=delivery["id"], timestamp=_at(delivery), body=body)},
    ]


def _another(letter: str) -> str:
    return "y" if letter == "x" else "x"


def _at(delivery: dict[str, Any]) -> Any:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(int(delivery["headers"]["webhook-timestamp"]), UTC)


async def test_a_forged_delivery_is_refused_and_leaves_no_trace(world: World) -> None:
    await kept_quiet(world)
    await paid(world)
    (delivery,) = await deliveries(world)
    for tampering in tampered(delivery):
        answer = await deliver(world, delivery, **tampering)
        assert answer.status == 401, (tampering, answer.body)
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        assert "whsec" not in json.dumps(answer.body)
    assert await heard(world) == []
    assert (await deliver(world, delivery)).data == {"outcome": "new"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"kind": "radar.warning", "whatever": [1, 2]}', 200),
        (b'{"kind": "payment_changed"}', 400),
        (b"[]", 400),
        (b"{", 400),
        (b"\xff", 400),
        (b"[" * 50_000, 400),
        (b"x" * 1_000_001, 413),
    ],
)
async def test_a_signed_body_is_news_that_somebody_follows_or_not(
    world: World, body: bytes, status: int
) -> None:
    (secret, *_) = world.app.payments._keys.webhook_secrets()  # type: ignore[attr-defined]
    headers = sign(secret, id="evt_1", timestamp=world.now(), body=body)
    answer = await world.send("POST", DOOR, data=body, headers=headers)
    assert answer.status == status, answer.body
    if status == 200:
        assert answer.data == {"outcome": "unfollowed"}
    assert await heard(world) == []


async def test_both_secrets_count_while_one_is_rotated(world: World) -> None:
    await kept_quiet(world)
    await paid(world, key="1")
    (before,) = await deliveries(world)
    world.app.payment_rehearsal.rotate_webhook_secret()
    assert (await deliver(world, before)).data == {"outcome": "new"}
    world.app.payment_rehearsal.rotate_webhook_secret()
    assert (await deliver(world, before)).status == 401


# --- the other rehearsals ----------------------------------------------------------------------------------


async def test_a_customer_is_asked_to_act_and_does_or_does_not(world: World) -> None:
    await arrange(world, "PUT", "actions", {"customer_id": "alice"})
    waiting = [await paid(world, key=f"{n}") for n in range(2)]
    assert {payment.state for payment in waiting} == {"requires_action"}
    done = await arrange(world, "POST", f"{waiting[0].id}/action", {"succeed": True})
    failed = await arrange(world, "POST", f"{waiting[1].id}/action", {"succeed": False})
    assert (done["state"], failed["state"]) == ("captured", "cancelled")
    again = await world.admin().call("POST", f"{REHEARSAL}/{waiting[0].id}/action", {"succeed": True})
    assert (again.status, again.code) == (409, "no_action_required")
    await arrange(world, "PUT", "actions", {"customer_id": "alice", "required": False})
    assert (await paid(world, key="now")).state == "captured"


async def test_an_authorisation_that_nobody_captures_lapses_by_itself(world: World) -> None:
    payment = await paid(world, capture=False)
    await world.advance(days=7)
    sent = await world.admin().get(
        f"{REHEARSAL}/news", since="2026-05-04T00:00:00Z", until="2026-05-12T00:00:00Z"
    )
    assert [each["object_id"] for each in sent] == [payment.id] * 2
    assert (await world.app.payments.payment(payment.id)).state == "cancelled"


async def test_the_providers_books_are_shown(world: World) -> None:
    payment = await paid(world)
    books = await arrange(world, "GET", "books")
    assert books["balance"] == {"minor": 4825, "currency": "USD"}
    (line,) = books["movements"]
    assert (line["kind"], line["source_id"], line["fee"]["minor"]) == ("payment", payment.id, 175)
    await world.advance(hours=25)
    later = await arrange(world, "GET", "books")
    assert (later["movements"], later["balance"]["minor"]) == ([], 4825)
    too_long = await world.admin().call("GET", f"{REHEARSAL}/books", since="2026-01-01T00:00:00Z")
    assert (too_long.status, too_long.body["errors"][0]["field"]) == (400, "since")


async def test_a_dispute_is_shown_with_its_evidence_and_opened_once_per_key(world: World) -> None:
    from shared.ports.payments import Evidence

    payment = await paid(world)
    body = {"payment_id": payment.id, "reason": "fraudulent", "amount": {"minor": 1000}}
    opened = [await arrange(world, "POST", "disputes", body, key="once") for _ in range(2)]
    assert opened[0] == opened[1]
    id = opened[0]["id"]
    await world.app.payments.submit_evidence("k", id, Evidence(shipping_tracking_number="BB-1"))
    shown = await arrange(world, "GET", f"disputes/{id}")
    assert (shown["dispute"]["state"], shown["dispute"]["submitted"]) == ("under_review", True)
    assert shown["evidence"]["shipping_tracking_number"] == "BB-1"
    other = await world.admin().call(
        "POST", f"{REHEARSAL}/disputes", {**body, "amount": {"minor": 5000}}, key="two"
    )
    assert (other.status, other.code) == (409, "not_disputable")


async def test_a_payees_details_are_completed_and_asked_for_again(world: World) -> None:
    account = await world.app.payments.open_account("k", payee_id="shop")
    path = f"accounts/{account.id}"
    assert (await arrange(world, "PUT", path, {}))["can_be_paid"] is True
    asked = await arrange(world, "PUT", path, {"complete": False})
    assert (asked["can_be_paid"], asked["missing"]) == (False, ["external_account", "tos_acceptance"])
