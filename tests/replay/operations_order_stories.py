"""What happened to orders of the web shop: every way that their fulfilment and their end can take."""

from datetime import timedelta
from typing import Any

from shared.errors import Unavailable
from tests.flows.operations.shopping import AUSTIN, EMAIL, NOWHERE, Street
from tests.harness import World
from tests.replay.stories import story

ONE_SOURCE = "KNIFE-SET"


async def answered(street: Street, **what: Any) -> None:
    """The customer follows the link of the latest letter."""
    await street.world.nobody().post(await street.link(), what)
    await street.world.settle()


async def sold_out(world: World) -> tuple[Street, str]:
    """An order of something that nobody has."""
    street = Street(world)
    await street.stock("ali", "A1011")
    return street, await street.buys(ONE_SOURCE)


def silent(world: World, use_case: str, call: str) -> None:
    """A step never gets through."""

    async def fails(*_: Any, **__: Any) -> Any:
        raise Unavailable("no answer")

    setattr(getattr(world.app.operations, use_case), call, fails)


async def status(street: Street, number: str) -> str:
    return str((await street.seen(number))["status"])


@story
async def order_that_was_bought(world: World) -> dict[str, str]:
    street = Street(world)
    number = await street.buys("NECK-MASSAGER", "RAIN-JACKET-M")
    assert await status(street, number) == "ordered"
    return {"fulfil_shop_order-bought": f"sho_{number}"}


@story
async def order_that_was_cancelled_before_it_was_heard_of(world: World) -> dict[str, str]:
    street = Street(world)
    await street.shop_troubles(keeps_news=True)
    number = await street.buys("NECK-MASSAGER")
    await street.cancelled(number)
    paid = next(each for each in await street.news() if "paid" in str(each["headers"]))
    await street.shop_troubles()
    await street.delivers(paid)
    return {"fulfil_shop_order-not_taken": f"sho_{number}"}


@story
async def order_of_a_supplier_away_for_long(world: World) -> dict[str, str]:
    """It is waited for, and then bought of another."""
    street = Street(world)
    await street.supplier_troubles("ali", away=timedelta(days=10))
    number = await street.buys("NECK-MASSAGER")
    await world.advance(days=4)
    (purchase,) = (await street.seen(number))["purchases"]
    assert purchase["supplier_id"] == "cj"
    return {"fulfil_shop_order-another_supplier": f"sho_{number}"}


@story
async def order_that_nobody_says_was_taken(world: World) -> dict[str, str]:
    """A person is told; after three weeks it is theirs alone. Nothing is bought elsewhere meanwhile."""
    silent(world, "purchasing", "place")
    street = Street(world)
    number = await street.buys("NECK-MASSAGER")
    await world.advance(days=26)
    tasks = await world.admin().get("/api/v1/escalations")
    assert f"sho_{number}-p1-silent" in {task["subject"] for task in tasks}
    assert len((await street.seen(number))["purchases"]) == 1
    return {"fulfil_shop_order-supplier_silent": f"sho_{number}"}


@story
async def order_whose_address_was_corrected(world: World) -> dict[str, str]:
    street = Street(world)
    number = await street.buys("NECK-MASSAGER", address=NOWHERE)
    await world.advance(days=3)
    await answered(street, address=dict(AUSTIN))
    assert await status(street, number) == "ordered"
    return {"fulfil_shop_order-corrected": f"sho_{number}"}


@story
async def order_whose_customer_said_nothing(world: World) -> dict[str, str]:
    street = Street(world)
    number = await street.buys("NECK-MASSAGER", address=NOWHERE)
    await world.advance(days=8)
    assert await status(street, number) == "cancelled"
    return {
        "fulfil_shop_order-silence": f"sho_{number}",
        "close_shop_order-nothing_bought": f"sho_{number}-close",
    }


@story
async def order_whose_customer_chose_their_money(world: World) -> dict[str, str]:
    street, number = await sold_out(world)
    await answered(street, choice="refund")
    assert await status(street, number) == "cancelled"
    return {"fulfil_shop_order-refunded": f"sho_{number}"}


@story
async def order_whose_customer_waited_in_vain(world: World) -> dict[str, str]:
    street, number = await sold_out(world)
    await answered(street, choice="wait")
    await world.advance(days=29)
    assert await status(street, number) == "cancelled"
    return {"fulfil_shop_order-waited": f"sho_{number}"}


@story
async def order_whose_customer_could_not_be_written_to(world: World) -> dict[str, str]:
    silent(world, "correspondence", "send")
    street, number = await sold_out(world)
    await world.advance(days=20)
    assert await street.letters(EMAIL) == []
    tasks = await world.admin().get("/api/v1/escalations")
    assert f"sho_{number}-unreached" in {task["subject"] for task in tasks}
    return {"fulfil_shop_order-unwritten": f"sho_{number}"}


@story
async def bought_order_that_was_called_off(world: World) -> dict[str, str]:
    street = Street(world)
    number = await street.buys("NECK-MASSAGER")
    await street.cancelled(number)
    (purchase,) = (await street.seen(number))["purchases"]
    assert purchase["status"] == "cancelled"
    return {"close_shop_order-called_off": f"sho_{number}-close"}


@story
async def bought_order_that_could_not_be_called_off(world: World) -> dict[str, str]:
    street = Street(world)
    number = await street.buys("NECK-MASSAGER")
    (purchase,) = (await street.seen(number))["purchases"]
    path = f"/api/v1/simulator/suppliers/ali/orders/{purchase['supplier_order_id']}"
    await world.admin().post(path, {"fate": "ship"})
    await street.cancelled(number)
    return {"close_shop_order-on_its_way": f"sho_{number}-close"}


@story
async def order_that_was_cancelled_while_its_supplier_was_silent(world: World) -> dict[str, str]:
    """Its end waits until it is known what was bought."""
    street = Street(world)
    purchasing: Any = world.app.operations.purchasing
    works, away = purchasing.place, [True]

    async def place(*given: Any) -> Any:
        if away[0]:
            raise Unavailable("no answer")
        return await works(*given)

    purchasing.place = place
    number = await street.buys("NECK-MASSAGER")
    await street.cancelled(number)
    await world.advance(hours=8)
    away[0] = False
    await world.advance(hours=14)
    (purchase,) = (await street.seen(number))["purchases"]
    assert purchase["status"] == "refused"
    return {"close_shop_order-waited": f"sho_{number}-close"}


@story
async def order_that_the_shop_does_not_close(world: World) -> dict[str, str]:
    silent(world, "closing", "tell_shop")
    street, number = await sold_out(world)
    await answered(street, choice="refund")
    await world.advance(days=4)
    return {"close_shop_order-shop_away": f"sho_{number}-close"}
