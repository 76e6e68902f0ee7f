"""What happened to parcels of the web shop: every way that the plan that follows them can take."""

from datetime import timedelta
from typing import Any

from shared.errors import Unavailable
from tests.flows.operations.parcel_street import Parcels
from tests.harness import World
from tests.replay.stories import story

SKU, AT_ALI, AT_CJ = "NECK-MASSAGER", "A1001", "CJ2001"


async def bought(world: World) -> tuple[Parcels, str, str]:
    """An order, and the id of the plan that follows its parcel."""
    street = Parcels(world, "jane@example.com")
    order_id = await street.buys(SKU)
    return street, order_id, f"{order_id}-p1-parcel"


def soon_over(world: World, **span: float) -> None:
    """Parcels are followed for so long only."""
    parcels: Any = world.app.operations.parcels
    parcels._settings = parcels._settings.model_copy(update={"follow_parcel_for": timedelta(**span)})


@story
async def parcel_that_arrived(world: World) -> dict[str, str]:
    street, order_id, plan = await bought(world)
    await world.advance(days=13)
    assert await street.statuses(order_id) == [("ali", "delivered")]
    return {"follow_parcel-arrived": plan}


@story
async def parcel_that_took_a_month(world: World) -> dict[str, str]:
    """The plan went on as a new one; this is the new one."""
    street = Parcels(world, "jane@example.com")
    await street.stock("ali", AT_ALI, days=30)
    order_id = await street.buys(SKU)
    await world.advance(days=31)
    assert await street.statuses(order_id) == [("ali", "delivered")]
    return {"follow_parcel-went_on": f"{order_id}-p1-parcel"}


@story
async def parcel_that_was_sent_again(world: World) -> dict[str, str]:
    street, order_id, plan = await bought(world)
    await street.fate(order_id, "ali", "call_off")
    await world.advance(hours=13)
    assert await street.statuses(order_id) == [("ali", "cancelled"), ("cj", "placed")]
    return {"follow_parcel-sent_again": plan}


@story
async def parcel_that_was_refunded(world: World) -> dict[str, str]:
    street, order_id, plan = await bought(world)
    await street.stock("cj", AT_CJ, stock=0)
    await street.fate(order_id, "ali", "call_off")
    await world.advance(hours=13)
    assert (await street.order(order_id))["status"] == "cancelled"
    return {"follow_parcel-refunded": plan}


@story
async def parcel_that_never_turned_up(world: World) -> dict[str, str]:
    soon_over(world, days=12)
    street, order_id, plan = await bought(world)
    await world.advance(hours=13)
    await street.fate(order_id, "ali", "stand_still")
    await world.advance(days=23)
    assert (await street.statuses(order_id))[0] == ("ali", "lost")
    return {"follow_parcel-lost": plan}


@story
async def parcel_that_nobody_follows_any_more(world: World) -> dict[str, str]:
    soon_over(world, days=2)
    street, order_id, plan = await bought(world)
    await world.advance(days=3)
    assert await street.tasks(order_id) == [f"{order_id}-p1-parcel"]
    return {"follow_parcel-reported": plan}


@story
async def parcel_of_which_the_shop_heard_late(world: World) -> dict[str, str]:
    street, order_id, plan = await bought(world)
    await street.troubles("shop", away=timedelta(days=5))
    await world.advance(days=14)
    assert len(await street.numbers(order_id)) == 1
    assert await street.tasks(order_id) == [f"{order_id}-p1-parcel"]
    return {"follow_parcel-shop_away": plan}


@story
async def parcel_whose_second_supplier_did_not_answer(world: World) -> dict[str, str]:
    street, order_id, plan = await bought(world)
    purchasing: Any = world.app.operations.purchasing
    works, left = purchasing.place, [22]

    async def place(*given: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise Unavailable("no answer")
        return await works(*given)

    purchasing.place = place
    await street.fate(order_id, "ali", "call_off")
    await world.advance(days=5)
    assert (await street.statuses(order_id))[0] == ("ali", "cancelled")
    assert await street.tasks(order_id) == [f"{order_id}-p1-parcel"]
    return {"follow_parcel-unanswered": plan}
