"""What is under way when a new version is deployed: each plan that waits long, and how it is to end.

`begin` runs on the old code and says what to know later; `finish` runs on the new.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.flows.operations.parcel_street import Parcels
from tests.flows.operations.shopping import AUSTIN, NOWHERE, Street
from tests.flows.operations.support_desk import ticket_of
from tests.harness import World
from tests.replay.money_stories import ready
from tests.replay.operations_alarm_stories import BURNED
from tests.replay.operations_ticket_stories import written
from tests.replay.stories import (
    COUNTER,
    PINK,
    SHOP_A,
    changed,
    decided,
    demo,
    ordered,
    says,
    seen,
    skies,
    wished,
)

Known = dict[str, str]


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that waits."""

    begin: Callable[[World], Awaitable[str]]
    finish: Callable[[World, str], Awaitable[None]]


async def _counter_offer(world: World) -> str:
    order = await ordered(world, "counter")
    await says(world, SHOP_A, "change_request", COUNTER)
    negotiation = await changed(world, order, PINK)
    assert negotiation["status"] == "awaiting_user_approval"
    return str(negotiation["id"])


async def _agrees(world: World, negotiation: str) -> None:
    await decided(world, "negotiations", negotiation, yes=True)
    await world.advance(minutes=1)
    assert (await seen(world, "negotiations", negotiation))["status"] == "accepted"


async def _alternative(world: World) -> str:
    recovery = str((await changed(world, await ordered(world, "alternative"), PINK))["recovery_id"])
    assert (await seen(world, "recoveries", recovery))["status"] == "proposed"
    return recovery


async def _swaps(world: World, recovery: str) -> None:
    await decided(world, "recoveries", recovery, yes=True)
    await world.advance(minutes=10)
    assert (await seen(world, "recoveries", recovery))["status"] == "completed"


async def _delivery(world: World) -> str:
    order = await ordered(world, "delivered")
    await ready(world, "delivered", order)
    return str(order["id"])


async def _confirms(world: World, order: str) -> None:
    await world.customer().post(f"/api/v1/orders/{order}/confirm-delivery", {})
    await world.advance(minutes=1)
    assert (await seen(world, "orders", order))["status"] == "completed"


async def _bank(world: World) -> str:
    await world.app.payment_rehearsal.require_action("alice")
    return str((await ordered(world, "bank"))["id"])


async def _acts(world: World, order: str) -> None:
    await world.app.payment_rehearsal.act((await world.app.orders.get(order)).paying.payment_id)
    await world.app.payment_rehearsal.require_action("alice", required=False)
    await world.advance(minutes=1)
    assert (await seen(world, "orders", order))["payment_status"] == "captured"


async def _sun(world: World) -> str:
    await skies(world, d07="rainy", d14="sunny")
    return await wished(world, "sun")


async def _buys_when_sunny(world: World, intent: str) -> None:
    await world.advance(days=9, hours=23)
    assert (await seen(world, "standing-intents", intent))["status"] == "waiting_approval"
    await decided(world, "standing-intents", intent, yes=True)
    assert (await seen(world, "standing-intents", intent))["status"] == "completed"


async def _no_address(world: World) -> str:
    return await Street(world).buys("YOGA-MAT", address=NOWHERE)


async def _corrects(world: World, number: str) -> None:
    street = Street(world)
    await world.nobody().post(await street.link(), {"address": dict(AUSTIN)})
    await world.settle()
    assert (await street.seen(number))["status"] == "ordered"


async def _parcel(world: World) -> str:
    return await Parcels(world, "john@example.com").buys("NECK-MASSAGER")


async def _arrives(world: World, order: str) -> None:
    await world.advance(days=13)
    assert await Parcels(world, "john@example.com").statuses(order) == [("ali", "delivered")]


async def _danger(world: World) -> str:
    await written(world, BURNED)
    return ticket_of()


async def _taken(world: World, ticket: str) -> None:
    await world.admin().post(f"/api/v1/tickets/{ticket}/take-over", {})
    await world.settle()


WAITS: Mapping[str, Wait] = {
    "a customer at their bank": Wait(_bank, _acts),
    "a counter-offer that was made": Wait(_counter_offer, _agrees),
    "an alternative that was proposed": Wait(_alternative, _swaps),
    "a customer's word about a delivery": Wait(_delivery, _confirms),
    "a customer's right address": Wait(_no_address, _corrects),
    "someone who takes an alarm": Wait(_danger, _taken),
    "a sunny Thursday": Wait(_sun, _buys_when_sunny),
    "a parcel": Wait(_parcel, _arrives),
}
"""In the order in which they end: later ones let more time pass."""


async def begin_all(world: World) -> Known:
    """Bring everything about; what each `finish` has to know."""
    await demo(world)
    known = {name: await wait.begin(world) for name, wait in reversed(WAITS.items())}
    await world.settle()
    return known


async def finish_all(world: World, known: Known) -> None:
    """Let everything end as it should, and look at the books."""
    for name, wait in WAITS.items():
        await wait.finish(world, known[name])
    await world.advance(days=20)
    await Street(world).books_balance()


async def plans(world: World) -> list[Any]:
    """Every plan: its name, and how it stands."""
    return list((await world.host.engine.list_instances(show_input=False)).items)
