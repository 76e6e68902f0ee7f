"""Both headline jobs, a checkout and the shop's day with every production adapter at once."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from shared.domain.identity import Persona
from tests.flows.steps import order, say, stories
from tests.harness import HOME
from tests.peers.shopify.deliveries import delivery
from tests.peers.shopify.orders import Line, Order

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


@pytest.mark.flow("6.7-1")
@pytest.mark.flow("6.7-2")
async def test_a_wish_for_a_sunny_thursday_waits_through_the_rain_and_is_bought_once(
    world: "Everything",
) -> None:
    from tests.peers.open_meteo.peer import CLEAR, RAIN

    alice, weather, thursday = world.customer(), world.services.weather, date(2026, 5, 7)
    said = await say(alice, "order flowers for my mom on the next sunny Thursday")
    await world.advance(hours=1)
    weather.say(thursday, RAIN)
    await world.advance(days=1)
    assert "just changed to 'Rainy'" in (await stories(world, alice))[-1]
    weather.say(thursday, CLEAR)
    await world.advance(days=1, hours=22)
    assert "May I buy" in (await stories(world, alice))[-1]
    assert world.services.stripe.state.all("payment_intent") == []
    await say(alice, "yes please")
    await world.settle()
    bought = await alice.get(f"/api/v1/standing-intents/{said['standing_intent_id']}")
    assert bought["status"] == "completed", bought
    (intent,) = world.services.stripe.state.all("payment_intent")
    assert intent["amount"] == bought["choice"]["unit_price"]["minor"]
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


async def _paid_in_the_shop(world: "Everything", number: str) -> Order:
    from tests.production.everything import SHOP, SHOP_SECRET

    line = Line(1, "NECK-MASSAGER", "39.00")
    sold = world.services.shop.sell(number, line, email=JANE, shipping="4.99")
    body, headers = delivery(sold, shop=SHOP, secret=SHOP_SECRET)
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
    jane = world.caller(Persona.CUSTOMER, "jane", email=JANE, email_verified=True)
    outside = world.services.outside
    outside.now = world.now()
    await jane.post("/api/v1/tickets", {"text": "The neck massager burned my neck, it is blistered."})
    await world.settle()
    assert len(outside.posted) == len(outside.pushed) == len(outside.texted) == 1
