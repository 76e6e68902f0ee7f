"""A parcel that stands still for more than ten days is sent again or refunded (flow ops-x3)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from shared.services.kinds import SHOP_ORDERS
from tests.flows.operations.parcel_street import Parcels
from tests.harness import World, fingerprint, running

pytestmark = [pytest.mark.flow("ops-x3"), pytest.mark.asyncio(loop_scope="module")]
ON_THE_WAY, AGAIN, BACK = (
    "Your order is on the way",
    "We send your order",
    "Your money for order",
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with running(tmp_path_factory.mktemp("stuck") / "data") as world:
        yield world


@pytest_asyncio.fixture(loop_scope="module")
async def street(world: World, request: pytest.FixtureRequest) -> AsyncIterator[Parcels]:
    made = await Parcels(world, f"{fingerprint(request.node.name)}@example.com").calm()
    yield made
    await made.no_harm()


async def stuck(street: Parcels, sku: str) -> str:
    """An order whose parcel was sent, and then stands still."""
    order_id = await street.buys(sku)
    await street.world.advance(hours=13)
    await street.fate(order_id, "ali", "stand_still")
    assert await street.statuses(order_id) == [("ali", "shipped")]
    return order_id


async def given_back(street: Parcels, order_id: str) -> list[int]:
    """What went back to the customer through the shop, in cents."""
    return [each["amount"]["minor"] for each in (await street.in_shop(order_id))["refunds"]]


async def test_a_stuck_parcel_is_sent_again_and_the_shop_shows_the_new_one(street: Parcels) -> None:
    order_id = await stuck(street, "NECK-MASSAGER")
    first = await street.numbers(order_id)
    await street.world.advance(days=9, hours=20)
    assert await street.statuses(order_id) == [("ali", "shipped")], "ten days are not over"
    await street.world.advance(days=1)
    assert await street.statuses(order_id) == [("ali", "lost"), ("ali", "placed")]
    assert await street.subjects() == [ON_THE_WAY, AGAIN]
    await street.world.advance(days=1)
    (second,) = await street.numbers(order_id)
    assert second not in first
    assert await street.subjects() == [ON_THE_WAY, AGAIN, ON_THE_WAY]
    order = await street.order(order_id)
    assert (order["status"], order["profit"]["cost_of_goods"]["minor"]) == ("shipped", 2 * 1250)
    await street.world.advance(days=13)
    assert (await street.order(order_id))["status"] == "delivered"
    assert len(await street.letters()) == 3
    assert await given_back(street, order_id) == []
    assert await street.tasks(order_id) == []


async def test_what_was_never_sent_is_called_off_and_bought_of_another(street: Parcels) -> None:
    """The other supplier's answers are lost, and still it is bought once."""
    await street.troubles("suppliers/ali", holds_orders=True)
    order_id = await street.buys("YOGA-MAT")
    await street.troubles("suppliers/cj", lost_answers=2)
    await street.world.advance(days=10, hours=14)
    assert await street.statuses(order_id) == [("ali", "cancelled"), ("cj", "placed")]
    assert len(await street.taken(order_id, "cj")) == 1
    order = await street.order(order_id)
    assert order["profit"]["cost_of_goods"]["minor"] == 1190 + 250
    assert await street.subjects() == [AGAIN]
    await street.world.advance(days=1)
    assert len(await street.numbers(order_id)) == 1
    assert await street.subjects() == [AGAIN, ON_THE_WAY]


async def test_a_supplier_that_calls_the_order_off_is_replaced_at_once(street: Parcels) -> None:
    order_id = await street.buys("LED-STRIP-5M")
    await street.fate(order_id, "ali", "call_off")
    await street.world.advance(hours=13)
    assert await street.statuses(order_id) == [("ali", "cancelled"), ("cj", "placed")]
    assert await street.subjects() == [AGAIN]


async def sold_out(street: Parcels, *skus: tuple[str, str]) -> None:
    for supplier, sku in skus:
        await street.stock(supplier, sku, stock=0)


async def test_what_nobody_has_any_more_is_refunded_to_the_cent_once(street: Parcels) -> None:
    order_id = await stuck(street, "PET-BRUSH")
    await sold_out(street, ("ali", "A1008"), ("cj", "CJ2008"))
    await street.world.advance(days=11)
    order = await street.order(order_id)
    assert (order["status"], await street.statuses(order_id)) == ("cancelled", [("ali", "lost")])
    paid = (await street.in_shop(order_id))["order"]["total"]["minor"]
    assert sum(await given_back(street, order_id)) == paid
    assert await street.subjects() == [ON_THE_WAY, BACK]
    assert order["profit"]["sales"]["minor"] == 0
    await street.world.advance(days=2)
    assert sum(await given_back(street, order_id)) == paid
    assert len(await street.letters()) == 2


async def test_who_has_asked_for_their_money_gets_it_and_not_another_parcel(street: Parcels) -> None:
    order_id = await stuck(street, "CAR-MOUNT")

    def wants(order: Any) -> tuple[Any, list[Any]]:
        return order.model_copy(update={"money_back_wanted": True}), []

    await street.world.app.records.update(SHOP_ORDERS, order_id, wants)
    await street.world.advance(days=11)
    assert await street.statuses(order_id) == [("ali", "lost")]
    assert sum(await given_back(street, order_id)) > 0
    assert await street.subjects() == [ON_THE_WAY, BACK]


async def test_what_was_sent_again_and_gets_lost_again_is_refunded(street: Parcels) -> None:
    order_id = await stuck(street, "WATER-BOTTLE")
    await street.world.advance(days=12)
    await street.fate(order_id, "ali", "stand_still")
    await street.world.advance(days=11)
    assert await street.statuses(order_id) == [("ali", "lost"), ("ali", "lost")]
    assert (await street.subjects())[1:] == [AGAIN, ON_THE_WAY, BACK]
    paid = (await street.in_shop(order_id))["order"]["total"]["minor"]
    assert sum(await given_back(street, order_id)) == paid


async def test_a_parcel_that_turns_up_after_its_refund_is_noted_and_nothing_more(street: Parcels) -> None:
    order_id = await stuck(street, "BABY-MONITOR")
    await sold_out(street, ("ali", "A1005"), ("cj", "CJ2005"))
    await street.world.advance(days=11)
    back = await given_back(street, order_id)
    await street.fate(order_id, "ali", "deliver")
    await street.world.advance(days=11)
    assert await street.statuses(order_id) == [("ali", "delivered")]
    assert (await street.order(order_id))["status"] == "cancelled"
    assert await given_back(street, order_id) == back
    assert await street.subjects() == [ON_THE_WAY, BACK]
