"""What happened to plans when the outside world failed: the ways that the other stories do not take."""

from datetime import timedelta
from typing import Any

from shared.domain.money import Money
from shared.services.order_money import refund_plan
from tests.harness import HOME, World
from tests.replay.money_stories import asked_by_the_bank, decided, ready, said
from tests.replay.stories import COUNTER, PINK, SHOP_A, changed, demo, ordered, says, seen, story
from tests.replay.stories import decided as decided_by_customer
from tests.saga.faults import Fault, Mode


@story
async def order_refused_at_the_bank(world: World) -> dict[str, str]:
    order_id = await asked_by_the_bank(world, "refused-there")
    payment_id = (await world.app.orders.get(order_id)).paying.payment_id
    await world.app.payment_rehearsal.act(payment_id, succeed=False)
    await world.settle()
    assert (await seen(world, "orders", order_id))["status"] == "cancelled"
    return {"fulfil_order-refused_at_the_bank": order_id}


@story
async def orders_that_fail_on_the_way(world: World) -> dict[str, str]:
    """The hold has lapsed and the goods are gone; money may have been taken, but nobody says so."""
    kept = {}
    for name, faults in (
        ("confirm_lapsed", [Fault("confirm", Mode.REFUSED)]),
        ("authorise_lost", [Fault("authorise", Mode.LOST)]),
        ("capture_lost", [Fault("capture", Mode.LOST)]),
    ):
        await demo(world)
        world.faults.now = faults
        order = await ordered(world, name)
        await world.advance(minutes=2)
        world.faults.now = []
        assert (await seen(world, "orders", order["id"]))["status"] == "cancelled", name
        kept[f"fulfil_order-{name}"] = order["id"]
    return kept


@story
async def leg_of_which_a_part_was_kept(world: World) -> dict[str, str]:
    await demo(world)
    body: dict[str, Any] = {"items": [{"id": "demo-red-flowers", "quantity": 2}], "deliver_to": HOME}
    body |= {"deliver_by": (world.now() + timedelta(hours=33)).isoformat(), "thread_id": "thr-partial"}
    order = await world.customer().post("/api/v1/orders", body, key="partial")
    await world.settle()
    order_id, leg_id = await ready(world, "partial", placed=order)
    await said(world, order_id, outcome="partial", accepted=1)
    await decided(world, order_id, "approve")
    return {"release_leg-partial": f"{leg_id}-release"}


@story
async def leg_that_was_swapped_after_all(world: World) -> dict[str, str]:
    """The vendor was done, and the customer took something else in its place."""
    order_id, leg_id = await ready(world, "swapped")
    order = await seen(world, "orders", order_id)
    recovery = (await changed(world, order, PINK))["recovery_id"]
    await decided_by_customer(world, "recoveries", recovery, yes=True)
    await world.advance(days=6)
    assert (await seen(world, "recoveries", recovery))["status"] == "completed"
    return {"release_leg-swapped": f"{leg_id}-release"}


@story
async def refund_that_nobody_ever_answers(world: World) -> dict[str, str]:
    order_id, leg_id = await ready(world, "never-answered")
    key = f"{leg_id}:never"
    world.faults.now = [Fault("refund", Mode.BEFORE)]
    await world.app.funds.refund(leg_id, Money(minor=100), key=key, reason="late")
    await world.settle()
    await world.advance(days=4)
    return {"refund_customer-never_answered": refund_plan(order_id, key)}


@story
async def swap_that_nobody_ever_answers(world: World) -> dict[str, str]:
    """The difference may have been taken: nothing is withdrawn, and a person sets it right."""
    await demo(world)
    order = await ordered(world, "unsettled-swap")
    recovery = (await changed(world, order, PINK))["recovery_id"]
    world.faults.now = [Fault("authorise", Mode.LOST)]
    await decided_by_customer(world, "recoveries", recovery, yes=True)
    await world.advance(days=4)
    await _set_right_by_hand(world)
    return {"recover_leg-unsettled": recovery}


@story
async def change_that_nobody_ever_answers(world: World) -> dict[str, str]:
    """The partner wants a little more, the customer agrees, and the provider is away for days."""
    await demo(world)
    order = await ordered(world, "unsettled-change")
    await says(world, SHOP_A, "change_request", COUNTER)
    negotiation = await changed(world, order, PINK)
    world.faults.now = [Fault("authorise", Mode.LOST)]
    await decided_by_customer(world, "negotiations", negotiation["id"], yes=True)
    await world.advance(days=4)
    await _set_right_by_hand(world)
    return {"negotiate_change-unsettled": negotiation["id"]}


async def _set_right_by_hand(world: World) -> None:
    """A person is told of what may have happened; the provider is back."""
    tasks = await world.admin().get("/api/v1/escalations", status="pending")
    (task,) = [each for each in tasks if each["reason"] == "undo_failed"]
    world.faults.now = []
    path = f"/api/v1/escalations/{task['id']}/resolve"
    await world.admin().post(path, {"resolution": "close", "note": "refunded by hand"})
    await world.settle()
