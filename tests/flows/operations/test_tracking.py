"""A parcel on its way: shown in the shop, told to its customer once, followed to the door (flow ops-2)."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from tests.flows.operations.parcel_street import Parcels
from tests.harness import World, fingerprint, running

pytestmark = [pytest.mark.flow("ops-2"), pytest.mark.asyncio(loop_scope="module")]
ON_THE_WAY = "Your order is on the way"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with running(tmp_path_factory.mktemp("tracking") / "data") as world:
        yield world


@pytest_asyncio.fixture(loop_scope="module")
async def street(world: World, request: pytest.FixtureRequest) -> AsyncIterator[Parcels]:
    made = await Parcels(world, f"{fingerprint(request.node.name)}@example.com").calm()
    yield made
    await made.no_harm()


async def test_a_polled_number_reaches_the_shop_and_its_customer_once(street: Parcels) -> None:
    order_id = await street.buys("NECK-MASSAGER")
    assert await street.letters() == []
    await street.world.advance(hours=13)
    order = await street.order(order_id)
    assert (order["status"], await street.statuses(order_id)) == ("shipped", [("ali", "shipped")])
    (number,) = await street.numbers(order_id)
    (letter,) = await street.letters()
    assert letter["subject"].startswith(ON_THE_WAY)
    for fact in (number, "ALI Express", f"https://track.example/{number}"):
        assert fact in letter["text"]
    await street.world.advance(days=12)
    assert (await street.order(order_id))["status"] == "delivered"
    assert await street.numbers(order_id) == [number]
    assert len(await street.letters()) == 1
    assert await street.tasks(order_id) == []


async def test_a_push_wakes_the_plan_and_repetitions_late_and_reordered_change_nothing(
    street: Parcels,
) -> None:
    order_id = await street.buys("RAIN-JACKET-M")
    await street.world.advance(hours=7)
    assert (await street.order(order_id))["status"] == "ordered", "it is asked only now and then"
    (push,) = await street.pushes(order_id)
    assert (await street.delivers(push)).data["outcome"] == "new"
    assert (await street.order(order_id))["status"] == "shipped"
    assert (await street.delivers(push)).data["outcome"] == "known"
    await street.world.advance(days=9)
    assert (await street.order(order_id))["status"] == "delivered"
    for late in reversed(await street.pushes(order_id)):
        assert (await street.delivers(late)).status < 300
    assert (await street.order(order_id))["status"] == "delivered"
    assert await street.subjects() == [ON_THE_WAY]
    assert len(await street.numbers(order_id)) == 1


async def test_a_shop_that_is_down_for_a_day_is_told_when_it_is_back_and_nobody_before_it(
    street: Parcels,
) -> None:
    order_id = await street.buys("YOGA-MAT")
    await street.world.advance(hours=5)
    await street.troubles("shop", away=timedelta(days=1))
    await street.world.advance(hours=20)
    assert await street.statuses(order_id) == [("ali", "shipped")]
    assert await street.letters() == []
    await street.world.advance(hours=20)
    assert len(await street.numbers(order_id)) == 1
    assert await street.subjects() == [ON_THE_WAY]
    assert await street.tasks(order_id) == []


@pytest.mark.everywhere
async def test_answers_of_the_shop_that_are_lost_make_no_second_fulfilment(street: Parcels) -> None:
    order_id = await street.buys("PET-BRUSH")
    await street.troubles("shop", lost_answers=2)
    await street.world.advance(hours=14)
    assert len(await street.numbers(order_id)) == 1
    assert await street.subjects() == [ON_THE_WAY]


async def test_two_parcels_are_two_numbers_and_two_letters(street: Parcels) -> None:
    order_id = await street.buys("PHONE-STAND", "RAIN-JACKET-M")
    await street.world.advance(hours=13)
    assert len(set(await street.numbers(order_id))) == 2
    assert await street.subjects() == [ON_THE_WAY] * 2
    assert (await street.order(order_id))["status"] == "shipped"
    await street.world.advance(days=9)
    assert (await street.order(order_id))["status"] == "shipped", "one of them has arrived"
    await street.world.advance(days=4)
    assert (await street.order(order_id))["status"] == "delivered"
    assert len(await street.letters()) == 2


async def test_a_supplier_that_is_away_for_days_is_asked_again(street: Parcels) -> None:
    order_id = await street.buys("CAR-MOUNT")
    await street.troubles("suppliers/ali", away=timedelta(days=3))
    await street.world.advance(days=2)
    assert (await street.order(order_id))["status"] == "ordered"
    await street.world.advance(days=2)
    assert (await street.order(order_id))["status"] == "shipped"
    assert await street.subjects() == [ON_THE_WAY]


async def test_a_parcel_of_a_month_stays_cheap_to_replay(street: Parcels) -> None:
    await street.stock("ali", "A1010", days=30)
    order_id = await street.buys("HAIR-DRYER")
    await street.world.advance(days=31)
    order = await street.order(order_id)
    assert order["status"] == "delivered"
    assert await street.subjects() == [ON_THE_WAY]
    stored = await street.world.app.operations.fulfilment.get(order_id)
    assert stored.purchases[0].turn > 50, "it was looked at day by day"
    assert len(await street.world.history(f"{stored.purchases[0].id}-parcel")) < 150
