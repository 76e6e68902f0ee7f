"""Both headline jobs, a checkout and the shop's day with every production adapter at once."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from shared.adapters.shopify.webhooks import EVENT_ID, HMAC, TOPIC, signature
from shared.adapters.shopify.webhooks import SHOP as SHOP_HEADER
from tests.flows.steps import order, say, stories
from tests.harness import HOME

if TYPE_CHECKING:
    from tests.peers.cosmos.peer import CosmosPeer
    from tests.production.everything import Everything

pytestmark = [
    pytest.mark.wire,
    # the SDK's word for an event that came before its plan waits for it
    pytest.mark.filterwarnings("ignore:Potential duplicate Task completion"),
]
JANE = "jane@example.com"


@pytest.fixture
async def world(cosmos_peer: "CosmosPeer", tmp_path: Path) -> "AsyncIterator[Everything]":
    from tests.production.everything import everything

    async with everything(tmp_path / "data", cosmos_peer) as world:
        yield world


async def balanced(world: "Everything") -> None:
    sheet = await world.admin().get("/api/v1/admin/ledger/trial-balance")
    assert sheet["balanced"] is True, sheet


@pytest.mark.flow("6.1-1")
@pytest.mark.flow("1.2-1")
async def test_a_baby_shower_is_found_ordered_and_paid_once(world: "Everything") -> None:
    alice = world.customer()
    found = await say(alice, "something fancy for a baby shower by Saturday")
    assert found["products"], found
    bought = await order(alice, found["products"][0]["id"], hours=100)
    assert bought["status"] in {"confirmed", "processing"}, bought
    (intent,) = world.services.stripe.state.all("payment_intent")
    assert intent["amount"] == bought["total"]["minor"]
    told = await stories(world, alice)
    assert told[-1].startswith("Your order is in"), told
    await balanced(world)


@pytest.mark.flow("1.3-1")
async def test_a_checkout_of_two_vendors_is_one_charge_however_often_it_is_confirmed(
    world: "Everything",
) -> None:
    alice = world.customer()
    body = {
        "items": [{"id": "bb-dozen-red-roses"}, {"id": "white-glove-baby"}],
        "deliver_to": HOME,
        "deliver_by": "2026-05-07T20:00:00Z",
    }
    checkout = await alice.post("/api/v1/checkouts", body)
    for _ in range(3):
        await alice.call("POST", f"/api/v1/checkouts/{checkout['id']}/confirm", {})
        await world.settle()
    paid = await alice.get(f"/api/v1/checkouts/{checkout['id']}")
    assert paid["status"] == "paid", paid
    (intent,) = world.services.stripe.state.all("payment_intent")
    assert intent["amount"] == paid["total"]["minor"]
    await balanced(world)


async def _paid_in_the_shop(world: "Everything", number: str) -> Any:
    shop = world.services.shop
    from tests.peers.shopify.orders import Line

    sold = shop.sell(number, Line(1, "NECK-MASSAGER", "39.00"), email=JANE, shipping="4.99")
    body = json.dumps({"id": int(sold.id), "updated_at": sold.updated_at, "email": sold.email}).encode()
    headers = {
        HMAC: signature(b"hush", body),
        TOPIC: "orders/paid",
        SHOP_HEADER: "goods.myshopify.com",
        EVENT_ID: f"e-{number}",
        "content-type": "application/json",
    }
    for _ in range(2):
        answer = await world.send("POST", "/api/v1/webhooks/shopify", data=body, headers=headers)
        assert answer.status < 300
        await world.settle()
    return sold


@pytest.mark.flow("ops-1")
@pytest.mark.flow("ops-2")
async def test_a_shop_order_is_bought_shipped_and_told_of_once(world: "Everything") -> None:
    sold = await _paid_in_the_shop(world, "1001")
    seen = await world.admin().get("/api/v1/admin/operations/orders/sho_1001")
    assert (seen["status"], len(seen["purchases"])) == ("ordered", 1), seen
    await world.advance(days=2)
    (made,) = sold.fulfilments
    (letter,) = [each for each in world.services.mail.letters if JANE in each.recipients]
    assert made["trackingInfo"][0]["number"] in letter.text
    await balanced(world)


@pytest.mark.flow("ops-6")
async def test_a_burned_neck_wakes_a_person_in_every_way(world: "Everything") -> None:
    jane = world.caller("customer", "jane", email=JANE, email_verified=True)  # type: ignore[arg-type]
    outside = world.services.outside
    outside.now = world.now()
    await jane.post("/api/v1/tickets", {"text": "The neck massager burned my neck, it is blistered."})
    await world.settle()
    assert len(outside.posted) == len(outside.pushed) == len(outside.texted) == 1
