"""Several at the same time: one effect, whoever was first."""

import asyncio
from pathlib import Path

from tests.doors.stage import OWNER, staged
from tests.harness import HOME, World

ORDER = {
    "items": [{"id": "demo-red-flowers"}],
    "deliver_to": HOME,
    "deliver_by": "2026-05-05T23:00:00Z",
}


async def test_parallel_orders_with_one_key_are_one_order(world: World) -> None:
    admin, alice = world.admin(), world.customer()
    await admin.post("/api/v1/simulator/live-demo/setup", {})
    answers = await asyncio.gather(
        *(alice.call("POST", "/api/v1/orders", ORDER, key="once") for _ in range(8))
    )
    assert {answer.status for answer in answers} == {202}
    assert len({answer.data["id"] for answer in answers}) == 1
    await world.settle()
    order = await alice.get(f"/api/v1/orders/{answers[0].data['id']}")
    assert order["paid"] == order["total"]
    assert len(order["movements"]) == 1
    (stock,) = await admin.get("/api/v1/simulator/partners/demo-flower-shop-a/products")
    assert stock["quantity"] == 9
    assert len((await admin.get("/api/v1/simulator/history"))["items"]) == 1


async def test_parallel_wishes_with_one_key_are_one_wish(world: World) -> None:
    alice = world.customer()
    wish = {"text": "order flowers on the next sunny Thursday", "deliver_to": HOME}
    answers = await asyncio.gather(
        *(alice.call("POST", "/api/v1/standing-intents", wish, key="once") for _ in range(8))
    )
    assert {answer.status for answer in answers} == {202}
    await world.settle()
    assert len(await alice.get("/api/v1/standing-intents")) == 1


async def test_parallel_changes_are_one_change(world: World) -> None:
    admin, alice = world.admin(), world.customer()
    await admin.post("/api/v1/simulator/live-demo/setup", {})
    order = await alice.post("/api/v1/orders", ORDER)
    await world.settle()
    path = f"/api/v1/orders/{order['id']}/change-requests"
    answers = await asyncio.gather(
        *(alice.call("POST", path, {"text": "pink flowers instead of red"}) for _ in range(5))
    )
    assert sorted(answer.status for answer in answers) == [202, 409, 409, 409, 409]
    await world.settle()
    asked = (await admin.get("/api/v1/simulator/history", type="change_request"))["items"]
    assert len(asked) == 1


async def test_parallel_approvals_swap_once(world: World, tmp_path: Path) -> None:
    stage = await staged(world, tmp_path / "data")
    alice = world.customer(OWNER)
    recovery = f"/api/v1/recoveries/{stage.ids['recovery_id']}"
    answers = await asyncio.gather(*(alice.call("POST", f"{recovery}/approve") for _ in range(6)))
    assert {answer.status for answer in answers} == {202}
    await world.settle()
    order = await alice.get(f"/api/v1/orders/{stage.ids['order_id']}")
    assert [(leg["name"], leg["status"]) for leg in order["legs"]] == [
        ("Red Flowers", "cancelled"),
        ("Pink Flowers", "accepted"),
    ]
    assert [movement["amount"]["minor"] for movement in order["movements"]] == [5000, 500]


async def test_a_yes_and_a_no_at_once_are_one_word(world: World, tmp_path: Path) -> None:
    stage = await staged(world, tmp_path / "data")
    alice = world.customer(OWNER)
    for thing in ("recoveries/" + stage.ids["recovery_id"], "negotiations/" + stage.ids["negotiation_id"]):
        answers = await asyncio.gather(
            *(alice.call("POST", f"/api/v1/{thing}/{word}") for word in ("approve", "reject") * 3)
        )
        assert sorted(answer.status for answer in answers) == [202, 202, 202, 409, 409, 409], thing
        assert {answer.code for answer in answers if answer.status == 409} == {"not_open"}
    await world.settle()


async def test_the_last_one_in_stock_is_sold_once(world: World) -> None:
    admin = world.admin()
    await admin.post("/api/v1/simulator/live-demo/setup", {})
    product = {"name": "Last Rose", "price": {"minor": 900, "currency": "USD"}, "quantity": 1}
    base = "/api/v1/simulator/partners/demo-flower-shop-a/products"
    await admin.post(base, {"id": "last-rose", **product})
    buyers = [world.customer(f"buyer-{n}") for n in range(10)]
    body = {**ORDER, "items": [{"id": "last-rose"}]}
    orders = await asyncio.gather(*(buyer.post("/api/v1/orders", body) for buyer in buyers))
    await world.settle()
    shown = [
        await buyer.get(f"/api/v1/orders/{order['id']}") for buyer, order in zip(buyers, orders, strict=True)
    ]
    assert sorted(order["status"] for order in shown) == ["cancelled"] * 9 + ["processing"]
    assert sorted(order["paid"]["minor"] for order in shown) == [0] * 9 + [900]
    stock = {each["product"]["id"]: each["quantity"] for each in await admin.get(base)}
    assert stock["last-rose"] == 0


async def test_a_partner_that_says_yes_and_no_at_once_said_one_thing(world: World) -> None:
    admin, alice = world.admin(), world.customer()
    await admin.post("/api/v1/simulator/live-demo/setup", {"delay_seconds": 600})
    order = await alice.post("/api/v1/orders", ORDER)
    await world.settle()
    shop = world.partner("demo-flower-shop-a")
    leg = f"/api/v1/partners/me/orders/{order['legs'][0]['id']}"
    answers = await asyncio.gather(*(shop.call("POST", f"{leg}/{word}") for word in ("accept", "reject") * 2))
    assert all(answer.status in (200, 409) for answer in answers)
    await world.settle()
    shown = await alice.get(f"/api/v1/orders/{order['id']}")
    assert shown["legs"][0]["status"] in ("accepted", "rejected")
