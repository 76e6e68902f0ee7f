"""What happened to plans of money: paid for in every way, released, given back."""

from collections.abc import Awaitable, Callable
from typing import Any

from shared.domain.money import Money
from shared.errors import Conflict, Unavailable
from shared.services.order_money import refund_plan
from tests.harness import World
from tests.replay.stories import SHOP_A, demo, ordered, seen, story

Call = Callable[[Any], Awaitable[Any]]
READY = "Ready for Pickup"


def failing(world: World, port: str, call: str, error: Exception, *, times: int = 1000) -> None:
    """From now on a call of a port fails so many times."""
    owner = getattr(world.app, port)
    works: Call = getattr(owner, call)
    left = [times]

    async def fails(*given: Any, **more: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise error
        return await works(*given, **more)

    setattr(owner, call, fails)


async def asked_by_the_bank(world: World, name: str) -> str:
    """An order whose payment waits for its customer."""
    await demo(world)
    await world.app.payment_rehearsal.require_action("alice")
    return str((await ordered(world, name))["id"])


@story
async def order_confirmed_at_the_bank(world: World) -> dict[str, str]:
    order_id = await asked_by_the_bank(world, "confirmed")
    await world.app.payment_rehearsal.act((await world.app.orders.get(order_id)).paying.payment_id)
    await world.settle()
    await world.advance(minutes=1)
    assert (await seen(world, "orders", order_id))["status"] == "processing"
    return {"fulfil_order-confirmed_at_the_bank": order_id}


@story
async def order_that_nobody_confirmed(world: World) -> dict[str, str]:
    order_id = await asked_by_the_bank(world, "unconfirmed")
    await world.advance(minutes=15)
    assert (await seen(world, "orders", order_id))["status"] == "cancelled"
    return {"fulfil_order-not_confirmed": order_id}


@story
async def order_called_off_at_the_bank(world: World) -> dict[str, str]:
    order_id = await asked_by_the_bank(world, "called-off")
    await world.app.checkout_steps.cancel(order_id)
    await world.settle()
    assert (await seen(world, "orders", order_id))["status"] == "cancelled"
    return {"fulfil_order-called_off": order_id}


@story
async def order_whose_authorisation_lapsed(world: World) -> dict[str, str]:
    await demo(world)
    failing(world, "payments", "capture", Conflict("The authorisation is gone.", code="gone"))
    order = await ordered(world, "lapsed")
    assert (await seen(world, "orders", order["id"]))["status"] == "cancelled"
    return {"fulfil_order-capture_lapsed": order["id"]}


@story
async def order_that_could_not_be_undone(world: World) -> dict[str, str]:
    """The money is not taken, the goods are not given back: a person is told of both."""
    await demo(world)
    failing(world, "payments", "capture", Unavailable("no answer"))
    failing(world, "payments", "cancel", Unavailable("no answer"))
    failing(world, "inventory", "release", Unavailable("no answer"))
    order = await ordered(world, "left-over")
    await world.advance(hours=2)
    escalations = await world.admin().get("/api/v1/escalations")
    assert [each["reason"] for each in escalations] == ["undo_failed"]
    return {"fulfil_order-left_over": order["id"]}


async def ready(world: World, name: str, placed: Any = None) -> tuple[str, str]:
    """An order, or the one that was placed, whose vendor has done its part; its leg's id besides."""
    if placed is None:
        await demo(world)
    order = placed or await ordered(world, name)
    leg = f"{order['id']}-l1"
    await world.partner(SHOP_A).post(f"/api/v1/partners/me/orders/{leg}/status", {"status": READY})
    await world.settle()
    return str(order["id"]), leg


async def said(world: World, order_id: str, **what: Any) -> None:
    """The customer says what arrived."""
    body = {"legs": [{"leg_id": f"{order_id}-l1", **what}]}
    await world.customer().post(f"/api/v1/orders/{order_id}/confirm-delivery", body)
    await world.settle()


@story
async def leg_that_was_confirmed(world: World) -> dict[str, str]:
    order_id, leg = await ready(world, "confirmed")
    await said(world, order_id)
    return {"release_leg-confirmed": f"{leg}-release"}


@story
async def leg_about_which_nothing_was_said(world: World) -> dict[str, str]:
    _, leg = await ready(world, "silent")
    await world.advance(days=5)
    return {"release_leg-silence": f"{leg}-release"}


async def decided(world: World, order_id: str, decision: str) -> None:
    """An admin decides the dispute about an order; the plan looks again in time."""
    cases = await world.admin().get("/api/v1/disputes")
    (case,) = [each["id"] for each in cases if each["order_id"] == order_id]
    body = {"decision": decision, "note": "We looked into it."}
    await world.admin().post(f"/api/v1/disputes/{case}/decide", body)
    await world.advance(days=6)


@story
async def leg_that_was_refused(world: World) -> dict[str, str]:
    order_id, leg = await ready(world, "refused")
    await said(world, order_id, outcome="refused", text="All wilted.")
    await decided(world, order_id, "approve")
    return {"release_leg-refused": f"{leg}-release"}


@story
async def leg_that_was_disputed_before_it_was_due(world: World) -> dict[str, str]:
    order_id, leg = await ready(world, "disputed")
    body = {"order_id": order_id, "leg_id": leg, "reason": "wrong_item", "text": "These are blue."}
    await world.customer().post("/api/v1/disputes", body)
    await world.advance(days=1)
    await decided(world, order_id, "deny")
    return {"release_leg-disputed": f"{leg}-release"}


async def owed(world: World, name: str) -> tuple[str, str]:
    """Something is owed back to a customer; the id of the plan that sends it."""
    order_id, leg = await ready(world, name)
    key = f"{leg}:{name}"
    await world.app.funds.refund(leg, Money(minor=1500), key=key, reason="it was late")
    await world.settle()
    return order_id, refund_plan(order_id, key)


@story
async def refund_that_was_sent(world: World) -> dict[str, str]:
    _, plan = await owed(world, "sent")
    return {"refund_customer-sent": plan}


@story
async def refund_while_the_provider_was_away(world: World) -> dict[str, str]:
    failing(world, "payments", "refund", Unavailable("no answer"), times=7)
    _, plan = await owed(world, "waited")
    await world.advance(hours=6)
    return {"refund_customer-waited": plan}


@story
async def refund_that_was_refused(world: World) -> dict[str, str]:
    failing(world, "payments", "refund", Conflict("The bank has it.", code="payment_disputed"))
    _, plan = await owed(world, "refused")
    await world.advance(days=4)
    escalations = await world.admin().get("/api/v1/escalations")
    assert [each["reason"] for each in escalations] == ["refund_failed"]
    return {"refund_customer-refused": plan}
