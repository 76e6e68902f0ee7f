"""Reservations over the store: shared between everyone who asks at the same time."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.adapters.sqlite_store import SqliteStore
from shared.errors import Conflict
from shared.services.inventory import InventoryService
from tests.clocks import HandClock

START = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> HandClock:
    return HandClock(START)


@pytest.fixture
async def store(tmp_path: Path, clock: HandClock) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "store.db", clock)
    yield opened
    await opened.close()


@pytest.fixture
def inventory(store: SqliteStore, clock: HandClock) -> InventoryService:
    return InventoryService(store, clock)


async def test_a_product_that_nobody_stocked_cannot_be_reserved(inventory: InventoryService) -> None:
    assert await inventory.available("roses") == 0
    assert not await inventory.reserve("k", "roses")


async def test_reserve_confirm_and_cancel_move_the_stock(inventory: InventoryService) -> None:
    await inventory.set_quantity("roses", 3)
    assert await inventory.reserve("k", "roses", 2)
    assert await inventory.available("roses") == 1
    await inventory.confirm("k", "roses")
    assert await inventory.available("roses") == 1
    await inventory.release("k", "roses")
    assert await inventory.available("roses") == 3


async def test_a_reservation_lapses_after_a_quarter_of_an_hour(
    inventory: InventoryService, clock: HandClock
) -> None:
    await inventory.set_quantity("roses", 1)
    assert await inventory.reserve("k", "roses")
    clock.pass_(minutes=14, seconds=59)
    assert not await inventory.reserve("other", "roses")
    clock.pass_(seconds=1)
    assert await inventory.reserve("other", "roses")


async def test_a_recovery_holds_as_long_as_it_says(inventory: InventoryService, clock: HandClock) -> None:
    await inventory.set_quantity("roses", 1)
    assert await inventory.reserve("k", "roses", 1, START + timedelta(hours=26))
    clock.pass_(hours=25)
    assert await inventory.available("roses") == 0


async def test_a_repeated_step_changes_nothing(inventory: InventoryService) -> None:
    await inventory.set_quantity("roses", 3)
    assert await inventory.reserve("k", "roses", 2)
    assert await inventory.reserve("k", "roses", 2)
    await inventory.confirm("k", "roses")
    await inventory.confirm("k", "roses")
    assert await inventory.available("roses") == 1


async def test_what_lapsed_and_went_elsewhere_cannot_be_confirmed(
    inventory: InventoryService, clock: HandClock
) -> None:
    await inventory.set_quantity("roses", 1)
    assert await inventory.reserve("k", "roses")
    clock.pass_(minutes=15)
    assert await inventory.reserve("other", "roses")
    with pytest.raises(Conflict) as error:
        await inventory.confirm("k", "roses")
    assert error.value.code == "reservation_lapsed"


async def test_unlimited_goods_are_never_short(inventory: InventoryService) -> None:
    await inventory.set_quantity("service", None)
    assert await inventory.reserve("k", "service", 10_000)
    assert await inventory.available("service") is None


async def test_many_at_once_never_oversell(store: SqliteStore, clock: HandClock) -> None:
    services = [InventoryService(store, clock) for _ in range(3)]
    await services[0].set_quantity("roses", 10)
    asked = [services[n % 3].reserve(f"k{n}", "roses", 1) for n in range(40)]
    assert sum(await asyncio.gather(*asked)) == 10
    assert await services[1].available("roses") == 0


async def test_two_processes_take_turns(tmp_path: Path, clock: HandClock) -> None:
    one, two = SqliteStore(tmp_path / "s.db", clock), SqliteStore(tmp_path / "s.db", clock)
    services = [InventoryService(one, clock), InventoryService(two, clock)]
    await services[0].set_quantity("roses", 5)
    asked = [services[n % 2].reserve(f"k{n}", "roses", 1) for n in range(20)]
    assert sum(await asyncio.gather(*asked)) == 5
    await one.close()
    await two.close()


async def test_levels_follow_the_change_feed(
    store: SqliteStore, inventory: InventoryService, clock: HandClock
) -> None:
    other = InventoryService(store, clock)
    await other.set_quantity("roses", 4)
    assert inventory.level("roses") == 0
    await inventory.refresh()
    assert inventory.level("roses") == 4
    assert await other.reserve("k", "roses", 3)
    assert await inventory.levels(["roses", "unknown"]) == {"roses": 1, "unknown": 0}
    lookup = inventory.lookup()
    assert (lookup("roses"), lookup("unknown")) == (1, 0)
    clock.pass_(minutes=15)
    assert inventory.level("roses") == 4


async def test_a_first_quantity_is_set_only_once(inventory: InventoryService) -> None:
    await inventory.ensure("roses", 4)
    await inventory.ensure("roses", 9)
    assert await inventory.available("roses") == 4
