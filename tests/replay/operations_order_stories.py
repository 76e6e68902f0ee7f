"""What happened to orders of the web shop: bought, asked about, waited for, closed (ops-1, -x1, -x2)."""

from datetime import timedelta
from typing import Any

from shared.errors import Conflict, Unavailable
from tests.flows.operations.shopping import AUSTIN, NOWHERE, Street
from tests.harness import World
from tests.replay.operations_ticket_stories import refusing
from tests.replay.stories import story


def plans(number: str, **ways: str) -> dict[str, str]:
    """The plans of an order: `fulfil` or `close`, and which way each went."""
    ids = {"fulfil": f"sho_{number}", "close": f"sho_{number}-close"}
    return {f"{plan}_shop_order-{way}": ids[plan] for plan, way in ways.items()}


@story
async def shop_order_that_was_bought(world: World) -> dict[str, str]:
    number = await Street(world).buys("NECK-MASSAGER", "YOGA-MAT")
    return plans(number, fulfil="bought")


@story
async def shop_order_whose_supplier_was_away(world: World) -> dict[str, str]:
    street = Street(world)
    await street.supplier_troubles("ali", away=timedelta(hours=7))
    number = await street.buys("CAR-MOUNT")
    await world.advance(days=2)
    assert (await street.seen(number))["status"] == "shipped"
    return plans(number, fulfil="supplier_away")


@story
async def shop_order_whose_answers_were_lost(world: World) -> dict[str, str]:
    street = Street(world)
    await street.supplier_troubles("ali", lost_answers=2)
    number = await street.buys("WATER-BOTTLE")
    await world.advance(minutes=30)
    assert (await street.seen(number))["status"] == "ordered"
    return plans(number, fulfil="answers_lost")


@story
async def shop_order_whose_address_was_corrected(world: World) -> dict[str, str]:
    street = Street(world)
    number = await street.buys("YOGA-MAT", address=NOWHERE)
    await world.advance(days=2)
    await world.nobody().post(await street.link(), {"address": dict(AUSTIN)})
    await world.settle()
    assert (await street.seen(number))["status"] == "ordered"
    return plans(number, fulfil="readdressed")


@story
async def shop_order_about_which_nobody_answered(world: World) -> dict[str, str]:
    street = Street(world)
    number = await street.buys("YOGA-MAT", address=NOWHERE)
    await world.advance(days=8)
    assert (await street.seen(number))["status"] == "cancelled"
    return plans(number, fulfil="unanswered", close="nothing_bought")


@story
async def shop_order_whose_customer_waited(world: World) -> dict[str, str]:
    street = Street(world)
    await street.stock("ali", "A1011")
    number = await street.buys("KNIFE-SET")
    await world.nobody().post(await street.link(), {"choice": "wait"})
    await world.advance(days=3)
    await street.stock("ali", "A1011", price=2900, stock=5)
    await world.advance(days=2)
    assert (await street.seen(number))["status"] == "shipped"
    return plans(number, fulfil="waited_for_stock")


@story
async def shop_order_whose_letter_nobody_takes(world: World) -> dict[str, str]:
    refusing(world)
    street = Street(world)
    number = await street.buys("YOGA-MAT", address=NOWHERE)
    await street.readdressed(number, AUSTIN)
    assert (await street.seen(number))["status"] == "ordered"
    return plans(number, fulfil="unwritten")


@story
async def shop_order_while_no_mail_went_out(world: World) -> dict[str, str]:
    async def send(_: Any) -> None:
        raise Unavailable("The mail server does not answer.")

    world.app.operations.ports.mailer.send = send  # type: ignore[method-assign]
    street = Street(world)
    number = await street.buys("YOGA-MAT", address=NOWHERE)
    await world.advance(days=12)
    assert (await street.seen(number))["status"] == "cancelled"
    return plans(number, fulfil="no_mail")


@story
async def shop_order_that_was_cancelled_first(world: World) -> dict[str, str]:
    street = Street(world)
    await street.shop_troubles(keeps_news=True)
    number = await street.buys("HAIR-DRYER")
    await street.cancelled(number)
    paid, _ = (await street.news())[-2:]
    await street.shop_troubles()
    await street.delivers(paid)
    return plans(number, fulfil="cancelled_first")


@story
async def shop_order_of_which_no_supplier_spoke(world: World) -> dict[str, str]:
    street = Street(world)
    purchasing: Any = world.app.operations.purchasing
    places = purchasing.place

    async def place(order_id: str, purchase_id: str) -> Any:
        await street.supplier_troubles("ali", away=timedelta(days=30))
        purchasing.place = places
        return await places(order_id, purchase_id)

    purchasing.place = place
    number = await street.buys("HAIR-DRYER")
    await world.advance(days=4)
    assert [each["status"] for each in (await street.seen(number))["purchases"]] == ["planned"]
    await street.cancelled(number)
    await world.advance(days=20)
    assert (await street.in_shop(number))["order"]["cancelled"]
    return plans(number, fulfil="silent_supplier", close="waited_for_supplier")


@story
async def shop_order_that_was_called_off(world: World) -> dict[str, str]:
    street = Street(world)
    number = await street.buys("HAIR-DRYER")
    await street.cancelled(number)
    return plans(number, close="called_off")


@story
async def shop_order_that_was_on_its_way(world: World) -> dict[str, str]:
    street = Street(world)
    number = await street.buys("HAIR-DRYER")
    (purchase,) = (await street.seen(number))["purchases"]
    path = f"/api/v1/simulator/suppliers/ali/orders/{purchase['supplier_order_id']}"
    await world.admin().post(path, {"fate": "ship"})
    await street.cancelled(number)
    return plans(number, close="on_its_way")


@story
async def shop_order_that_the_shop_does_not_close(world: World) -> dict[str, str]:
    async def cancel(*_: Any, **__: Any) -> None:
        raise Conflict("It has been sent.", code="cannot_cancel")

    world.app.operations.ports.shop.cancel = cancel  # type: ignore[method-assign]
    street = Street(world)
    await street.stock("ali", "A1011")
    number = await street.buys("KNIFE-SET")
    await world.nobody().post(await street.link(), {"choice": "refund"})
    await world.settle()
    return plans(number, close="not_closed_in_shop")
