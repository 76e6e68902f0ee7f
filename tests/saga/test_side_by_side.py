"""All vendors at once: a checkout takes as long as its slowest vendor; a step ends when all have ended."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.domain.orders import Order
from shared.errors import Unavailable
from tests.saga.town import Town

VENDORS = 4
STEPS = ("reserve", "confirm", "release")


class Gate:
    """`VendorHolds` that answers nobody until it is opened; one vendor may fail at once."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._open = asyncio.Event()
        self.entered: list[str] = []
        self.ended: list[str] = []
        self.fails = ""

    def open(self) -> None:
        self._open.set()

    async def _pass(self, call: str, key: str, product_id: str, *more: Any) -> Any:
        self.entered.append(product_id)
        if product_id == self.fails:
            raise Unavailable(f"{product_id} cannot be reached")
        await self._open.wait()
        result = await getattr(self._inner, call)(key, product_id, *more)
        self.ended.append(product_id)
        return result

    async def reserve(self, key: str, product_id: str, *more: Any) -> bool:
        return bool(await self._pass("reserve", key, product_id, *more))

    async def confirm(self, key: str, product_id: str) -> None:
        await self._pass("confirm", key, product_id)

    async def release(self, key: str, product_id: str) -> None:
        await self._pass("release", key, product_id)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    made = Town(tmp_path)
    await made.open_shops(VENDORS)
    yield made
    await made.host.close()


async def placed(town: Town) -> tuple[Order, Gate]:
    order = await town.place([f"p{n}" for n in range(1, VENDORS + 1)], key="once")
    gate = Gate(town.app.inventory)
    for leg in order.legs:
        await town.app.inventory.reserve(leg.id, leg.product_id, leg.quantity)
    town.vendors = gate
    return order, gate


async def turns() -> None:
    """Let everything run that can."""
    for _ in range(200):
        await asyncio.sleep(0)


@pytest.mark.flow("1.3-1")
@pytest.mark.parametrize("step", STEPS)
async def test_every_vendor_is_asked_before_any_has_answered(town: Town, step: str) -> None:
    order, gate = await placed(town)
    working = asyncio.create_task(getattr(town.app.checkout_steps, step)(order.id))
    await turns()
    assert sorted(gate.entered) == [leg.product_id for leg in order.legs]
    assert (gate.ended, working.done()) == ([], False)
    gate.open()
    assert (await working).ok
    assert sorted(gate.ended) == [leg.product_id for leg in order.legs]


@pytest.mark.flow("1.3-1")
@pytest.mark.parametrize("step", STEPS)
async def test_a_step_that_fails_has_left_no_vendor_working(town: Town, step: str) -> None:
    """Else the others' goods would be held after the undo has been and gone."""
    order, gate = await placed(town)
    gate.fails = "p1"
    working = asyncio.create_task(getattr(town.app.checkout_steps, step)(order.id))
    await turns()
    assert not working.done()
    gate.open()
    with pytest.raises(Unavailable, match="p1"):
        await working
    assert sorted(gate.ended) == ["p2", "p3", "p4"]
