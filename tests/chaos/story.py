"""One eventful order, told the same way however the world behaves, and what it comes to in the end."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.harness import World, running
from tests.street import THREAD, Deal, Shop, escalations, flowers, no_harm, opened, ordered

Disturb = Callable[[World], None]
Pause = Callable[[World], Awaitable[None]]
Ending = dict[str, Any]
MONTH = timedelta(days=30)


def calm(world: World) -> None:
    """Disturb nothing."""


async def minutes(world: World, count: float = 25) -> None:
    """Let as much time pass as lost things need to be noticed and repaired."""
    await world.advance(minutes=count)


async def told(data: Path, disturb: Disturb = calm, pause: Pause = minutes) -> Ending:
    """Tell the story in a world of its own; return how it ended."""
    async with running(data) as world:
        corner = await opened(
            world,
            "corner",
            flowers("red", "red"),
            flowers("yellow", "yellow", 5575, name="Yellow Sunflowers"),
        )
        first = await opened(world, "first", flowers("first-pink", "pink", 5500), trust=95)
        second = await opened(world, "second", flowers("second-pink", "pink", 4750), trust=60)
        disturb(world)
        deal = await ordered(world, {"id": "red", "quantity": 2}, hours=30, key="story")
        await pause(world)
        await _negotiates(deal, corner, pause)
        await _recovers(deal, first, second, pause)
        return await ending(deal, corner, first, second)


async def _negotiates(deal: Deal, corner: Shop, pause: Pause) -> None:
    """The corner shop takes the order on, offers yellow instead of pink, and then nothing."""
    await corner.says(await deal.leg(), "Yes", id="w1")
    await pause(deal.world)
    await deal.asks("I want pink flowers instead of red", key="c1")
    await pause(deal.world)
    await corner.says(f"{deal.id}-n1.1", "No pink, but I have Yellow Sunflowers available", id="w2")
    await pause(deal.world)
    await deal.decides(f"negotiations/{deal.id}-n1", "reject")
    await pause(deal.world)
    await corner.says(f"{deal.id}-n1.2", "No, sorry, nothing pink", id="w3")
    await pause(deal.world)


async def _recovers(deal: Deal, first: Shop, second: Shop, pause: Pause) -> None:
    """The first florist cannot after all, the second can and is cheaper."""
    recovery = f"recoveries/{deal.id}-r2"
    await deal.decides(recovery, "approve")
    await pause(deal.world)
    await first.says(f"{deal.id}-l2001", "No, just sold out", id="w4")
    await pause(deal.world)
    await deal.decides(recovery, "approve")
    await pause(deal.world)
    await second.says(f"{deal.id}-l2002", "Yes!", id="w5")
    await pause(deal.world)


async def ending(deal: Deal, *shops: Shop) -> Ending:
    """Everything that must not depend on how the world behaved; instants may differ."""
    world = deal.world
    await no_harm(world)
    order = await deal.now()
    updates = await world.updates(deal.customer, THREAD)
    leg_fields = ("id", "slot", "name", "vendor_id", "status", "hold", "quantity")
    inboxes = [await shop.messages() for shop in shops]
    return {
        "order": (order["status"], order["payment_status"], order["paid"]["minor"], order["total"]["minor"]),
        "legs": [tuple(leg[name] for name in leg_fields) for leg in order["legs"]],
        "money": [(m["key"], m["amount"]["minor"]) for m in order["movements"]],
        "negotiation": (await deal.negotiation())["status"],
        "recovery": (await deal.recovery(f"{deal.id}-r2"))["outcome"],
        "stock": [await _stock(shop) for shop in shops],
        "messages": [sorted(each["request"]["text"] for each in inbox) for inbox in inboxes],
        "told": sorted((update["type"], update["subject"]) for update in updates),
        "escalations": await escalations(world),
        "waiting": [each.id async for each in world.app.wakeups.overdue(older_than=-MONTH)],
    }


async def _stock(shop: Shop) -> list[tuple[str, int]]:
    shown = await shop.world.admin().get(f"/api/v1/simulator/partners/{shop.id}/products")
    return sorted((each["product"]["id"], each["quantity"]) for each in shown)
