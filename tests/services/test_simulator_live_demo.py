from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from simulator_world import World, change, order

from shared.domain.places import GeoPoint
from shared.domain.scout import AlternativeQuery, ScoutQuery
from shared.domain.simulator.live_demo import HAS_PINK, NO_PINK, PINK, RED, SHOP_A, SHOP_B
from shared.domain.simulator.requests import ResponseStatus
from shared.domain.simulator.scenarios import ResponseMode, Script
from shared.settings import Settings

MILE = 1609.344


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    result = World(tmp_path)
    yield result
    await result.store.close()


@pytest.mark.flow("5.4-2")
async def test_one_click_puts_both_florists_into_the_scout(world: World) -> None:
    await world.simulator.live_demo.setup()
    result = await world.catalogue.search(ScoutQuery(text="pink flowers", in_stock_only=True))
    assert result.hits[0].id == PINK
    assert world.catalogue.product(RED).price.minor == 50_00
    assert world.catalogue.product(PINK).price.minor == 55_00
    assert [await world.inventory.available(id) for id in (RED, PINK)] == [10, 10]
    assert all(world.catalogue.vendor(id).simulated for id in (SHOP_A, SHOP_B))


@pytest.mark.flow("5.4-2")
async def test_setting_up_twice_is_setting_up_once(world: World) -> None:
    first = await world.simulator.live_demo.setup()
    again = await world.simulator.live_demo.setup()
    assert [shop.model_dump() for shop in again] == [shop.model_dump() for shop in first]
    assert len(await world.simulator.partners.list()) == 2
    assert len(await world.simulator.live_demo.scenarios()) == 3


async def test_the_demo_stands_in_the_home_region_a_couple_of_miles_apart(world: World) -> None:
    shop_a, shop_b = await world.simulator.live_demo.setup()
    point_a, point_b = (shop.partner.profile.place.point for shop in (shop_a, shop_b))
    settings = Settings()
    home = GeoPoint(latitude=settings.region_latitude, longitude=settings.region_longitude)
    assert point_a == home
    assert MILE < point_a.metres_to(point_b) < 3 * MILE


@pytest.mark.parametrize("at", [(40.7128, -74.006), (90.0, 180.0), (-90.0, -180.0)])
async def test_the_demo_can_stand_anywhere(world: World, at: tuple[float, float]) -> None:
    point = GeoPoint(latitude=at[0], longitude=at[1])
    shop_a, _ = await world.simulator.live_demo.setup(location=point)
    assert shop_a.partner.profile.place.point == point


@pytest.mark.flow("5.4-2")
@pytest.mark.flow("5.4-7")
async def test_shop_a_takes_the_order_declines_pink_and_shop_b_says_yes(world: World) -> None:
    await world.simulator.live_demo.setup()
    await world.send(order(), to=SHOP_A)
    await world.send(change(item="pink flowers"), to=SHOP_A)
    await world.send(order("ord_1-l2", item="Pink Flowers"), to=SHOP_B)
    for partner, message in world.due():
        await world.deliver(message, of=partner)
    assert world.intake.texts() == ["Yes, we can do Red Flowers.", NO_PINK, HAS_PINK]


@pytest.mark.flow("5.4-7")
async def test_shop_b_is_what_recovery_finds(world: World) -> None:
    await world.simulator.live_demo.setup()
    query = AlternativeQuery(original=world.catalogue.product(RED), wanted="pink flowers")
    found = (await world.catalogue.alternatives(query)).found
    assert [each.product.id for each in found] == [PINK]


async def test_a_reply_delay_can_be_asked_for(world: World) -> None:
    await world.simulator.live_demo.setup(delay_seconds=120)
    request = await world.send(change(), to=SHOP_A)
    assert request.answer is not None
    assert (request.answer.due - request.created_at).total_seconds() == 120


async def test_reset_restores_stock_and_scripts_and_closes_the_queue(world: World) -> None:
    await world.simulator.live_demo.setup()
    assert await world.inventory.reserve("k", RED, 3)
    await world.inventory.confirm("k", RED)
    manual = Script(name="m", partner_ids=(SHOP_A,), response=ResponseMode.MANUAL)
    await world.simulator.scenarios.update("demo-a-declines-pink", manual)
    await world.send(change(), to=SHOP_A)
    await world.simulator.live_demo.reset()
    assert await world.inventory.available(RED) == 10
    assert (await world.request("ord_1-n1.1:ask", of=SHOP_A)).status is ResponseStatus.EXPIRED
    request = await world.send(change(2), to=SHOP_A)
    assert request.answer is not None
    assert request.answer.text == NO_PINK


async def test_a_removed_demo_comes_back_with_the_next_setup(world: World) -> None:
    await world.simulator.live_demo.setup()
    await world.simulator.partners.remove(SHOP_B)
    await world.simulator.scenarios.delete("demo-b-has-pink")
    assert world.catalogue.find_product(PINK) is None
    assert len(await world.simulator.live_demo.scenarios()) == 2
    await world.simulator.live_demo.setup()
    assert world.catalogue.product(PINK).vendor_id == SHOP_B
    assert len(await world.simulator.live_demo.scenarios()) == 3


async def test_before_the_first_setup_there_are_no_demo_scenarios(world: World) -> None:
    assert await world.simulator.live_demo.scenarios() == []
