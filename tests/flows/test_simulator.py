"""The partner simulator through the running app: its doors, the bus, the plans, and back (5.4-1 to 5.4-8)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.harness import HOME, Caller, World

BASE = "/api/v1/simulator"
SHOP = {
    "id": "test-orchids",
    "name": "Orchid House",
    "business_type": "florist",
    "location": HOME,
    "channel": "whatsapp",
    "identifier": "+15125550100",
    "trust_score": 88,
    "hours": {"opens": "00:00", "closes": "23:59", "days": [0, 1, 2, 3, 4, 5, 6]},
}
ORCHID = {
    "id": "test-orchid",
    "name": "Ghost Orchid",
    "category": "flowers",
    "price": {"minor": 9000, "currency": "USD"},
    "quantity": 2,
}


async def ordered(world: World, alice: Caller, product_id: str) -> Any:
    """Place an order for tomorrow morning; what is due at once has happened."""
    body = {
        "items": [{"id": product_id}],
        "deliver_to": HOME,
        "deliver_by": (world.now() + timedelta(hours=24)).isoformat(),
    }
    order = await alice.post("/api/v1/orders", body)
    await world.settle()
    return order


async def changed(world: World, alice: Caller, order: Any, text: str) -> Any:
    """Ask for a change and return the negotiation once its partner has answered, if it does at once."""
    path = f"/api/v1/orders/{order['id']}/change-requests"
    negotiation = await alice.post(path, {"text": text, "leg_id": order["legs"][0]["id"]})
    await world.settle()
    return await alice.get(f"/api/v1/negotiations/{negotiation['id']}")


async def legs(alice: Caller, order: Any) -> list[tuple[str, str]]:
    """Name and status of each leg of the order."""
    shown = await alice.get(f"/api/v1/orders/{order['id']}")
    return [(leg["name"], leg["status"]) for leg in shown["legs"]]


async def discovered(world: World, text: str) -> list[str]:
    """Ids of the products that the scout finds."""
    found = await world.nobody().get("/api/v1/discover", intent=text)
    return [product["id"] for product in found["products"]]


@pytest.mark.flow("5.4-2")
@pytest.mark.flow("5.4-7")
async def test_the_live_demo_recovers_by_itself_as_often_as_it_is_shown(world: World) -> None:
    admin, alice = world.admin(), world.customer()
    for door in ("setup", "reset"):
        await admin.post(f"{BASE}/live-demo/{door}", {"delay_seconds": 60})
        order = await ordered(world, alice, "demo-red-flowers")
        await world.advance(minutes=1)
        assert await legs(alice, order) == [("Red Flowers", "accepted")]
        waiting = await changed(world, alice, order, "I would like pink flowers instead of red")
        assert waiting["status"] == "awaiting_partner_reply"
        await world.advance(minutes=1)
        negotiation = await alice.get(f"/api/v1/negotiations/{waiting['id']}")
        assert negotiation["status"] == "rejected"
        recovery = f"/api/v1/recoveries/{negotiation['recovery_id']}"
        proposal = (await alice.get(recovery))["proposal"]
        assert proposal["product_id"] == "demo-pink-flowers"
        assert proposal["difference"]["minor"] == 500
        await alice.post(f"{recovery}/approve", {})
        await world.advance(minutes=2)
        assert await legs(alice, order) == [("Red Flowers", "cancelled"), ("Pink Flowers", "accepted")]
    said = [
        (item["partner_name"], item["request"]["type"], item["answer"]["text"] if item["answer"] else None)
        for item in reversed((await admin.get(f"{BASE}/history"))["items"])
    ]
    assert said[1] == ("Flower Shop A", "change_request", "No, we don't have pink flowers available")
    assert ("Flower Shop B", "order", "Yes, I have pink flowers available!") in said
    assert said[: len(said) // 2] == said[len(said) // 2 :]


@pytest.mark.flow("5.4-1")
@pytest.mark.flow("5.4-3")
async def test_a_new_partner_is_found_ordered_from_and_sells_out(world: World) -> None:
    admin, alice = world.admin(), world.customer()
    await admin.post(f"{BASE}/partners", SHOP)
    await admin.post(f"{BASE}/partners/test-orchids/products", ORCHID)
    assert "test-orchid" in await discovered(world, "ghost orchid")
    order = await ordered(world, alice, "test-orchid")
    assert await legs(alice, order) == [("Ghost Orchid", "accepted")]
    (stock,) = await admin.get(f"{BASE}/partners/test-orchids/products")
    assert stock["quantity"] == 1
    sheet = {key: value for key, value in ORCHID.items() if key != "id"}
    path = f"{BASE}/partners/test-orchids/products/test-orchid"
    answer = await admin.call("PUT", path, {**sheet, "quantity": 0})
    assert answer.data["quantity"] == 0
    assert "test-orchid" not in await discovered(world, "ghost orchid")


@pytest.mark.flow("5.4-4")
async def test_a_dearer_counter_offer_reaches_the_customer_after_its_delay(world: World) -> None:
    admin, alice = world.admin(), world.customer()
    await admin.post(f"{BASE}/live-demo/setup")
    outcome = {
        "verdict": "counter_offer",
        "text": "We can do {requested_item}, but it would cost {price_change}.",
        "alternatives": [{"percent": 10}],
        "delay_seconds": 300,
    }
    script = {
        "name": "dearer yellow",
        "priority": 1,
        "partner_ids": ["demo-flower-shop-a"],
        "trigger": {"type": "product_contains", "text": "yellow"},
        "steps": [{"outcomes": [outcome]}],
    }
    await admin.post(f"{BASE}/scenarios", {"script": script})
    order = await ordered(world, alice, "demo-red-flowers")
    negotiation = await changed(world, alice, order, "I would like yellow flowers instead of red")
    assert negotiation["status"] == "awaiting_partner_reply"
    await world.advance(minutes=5)
    negotiation = await alice.get(f"/api/v1/negotiations/{negotiation['id']}")
    assert negotiation["status"] == "awaiting_user_approval"
    assert [offer["extra"]["minor"] for offer in negotiation["offers"]] == [500]


@pytest.mark.flow("5.4-5")
async def test_a_person_declines_from_the_queue_and_recovery_follows(world: World) -> None:
    admin, alice = world.admin(), world.customer()
    await admin.post(f"{BASE}/live-demo/setup")
    script = {
        "name": "by hand",
        "response": "manual",
        "priority": 1,
        "partner_ids": ["demo-flower-shop-a"],
        "trigger": {"type": "request_type", "any_of": ["change_request"]},
    }
    await admin.post(f"{BASE}/scenarios", {"script": script})
    order = await ordered(world, alice, "demo-red-flowers")
    negotiation = await changed(world, alice, order, "I would like pink flowers instead of red")
    (waiting,) = (await admin.get(f"{BASE}/responses/queue"))["items"]
    assert waiting["partner_id"] == "demo-flower-shop-a"
    said = {"verdict": "reject", "text": "Sorry, no pink today."}
    await admin.post(f"{BASE}/responses/{waiting['id']}/respond", said)
    await world.settle()
    negotiation = await alice.get(f"/api/v1/negotiations/{negotiation['id']}")
    assert negotiation["status"] == "rejected"
    assert negotiation["recovery_id"]
    assert "Sorry, no pink today." in [message["text"] for message in negotiation["messages"]]


@pytest.mark.flow("5.4-8")
async def test_the_figures_and_the_export_tell_what_happened(world: World) -> None:
    admin, alice = world.admin(), world.customer()
    await admin.post(f"{BASE}/live-demo/setup", {"delay_seconds": 30})
    order = await ordered(world, alice, "demo-red-flowers")
    await world.advance(seconds=30)
    await changed(world, alice, order, "I would like pink flowers instead of red")
    await world.advance(seconds=30)
    figures = await admin.get(f"{BASE}/metrics")
    assert (figures["requests"], figures["answered"], figures["automated"]) == (2, 2, 2)
    assert (figures["accept_rate"], figures["reject_rate"]) == (0.5, 0.5)
    assert figures["response_seconds"]["mean"] == 30
    assert figures["scenario_triggers"] == {"demo-a-declines-pink": 1, "demo-a-takes-orders": 1}
    async with world.http.get(
        f"{world.host.url}{BASE}/history/export", headers={"Authorization": f"Bearer {admin.token}"}
    ) as answer:
        assert answer.headers["Content-Type"].startswith("text/csv")
        lines = (await answer.text()).splitlines()
    assert len(lines) == 3
