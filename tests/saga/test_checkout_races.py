"""What may happen between the two writes of a confirmation: the checkout's, then the order's."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.sqlite_store import SqliteStore
from shared.domain.catalogue import Product
from shared.domain.checkouts import CheckoutStatus, DeliveryKind
from shared.domain.money import Money
from shared.errors import Conflict, UsoError
from shared.ports.store import Operation
from shared.services.checkouts import Choice
from tests.saga.town import Town

Meddling = Callable[[], Awaitable[Any]]
PRODUCTS = ("p1", "p2", "p3")


class MeddledStore:
    """A store in which something happens right after the next write to a container."""

    def __init__(self, inner: SqliteStore) -> None:
        self._inner = inner
        self._meddling: dict[str, Meddling] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def after_write(self, container: str, meddling: Meddling) -> None:
        self._meddling[container] = meddling

    async def batch(self, container: str, partition: str, operations: Sequence[Operation]) -> None:
        await self._inner.batch(container, partition, operations)
        if (meddling := self._meddling.pop(container, None)) is not None:
            await meddling()


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    made = Town(tmp_path, MeddledStore)
    await made.open_shops(len(PRODUCTS))
    yield made
    await made.host.close()


def meanwhile(town: Town, meddling: Meddling) -> None:
    """Let something happen after the checkout is marked and before its order is placed."""
    town.app.store.after_write("checkouts", meddling)  # type: ignore[attr-defined]


async def failed(call: Awaitable[object]) -> UsoError:
    with pytest.raises(UsoError) as caught:
        await call
    return caught.value


@pytest.mark.flow("1.3-1")
async def test_a_checkout_cannot_be_cancelled_while_its_order_is_being_placed(town: Town) -> None:
    checkout_id = await town.quoted(PRODUCTS, key="once")
    said: list[UsoError] = []

    async def cancel() -> None:
        said.append(await failed(town.app.checkouts.cancel(checkout_id)))

    meanwhile(town, cancel)
    _, order = await town.app.checkouts.confirm(checkout_id, Choice())
    assert isinstance(said[0], Conflict)
    await town.host.settle()
    checkout = await town.app.checkouts.get(checkout_id)
    assert (checkout.status, checkout.order_id) == (CheckoutStatus.CONFIRMED, order.id)
    assert (await town.must_add_up(order.id)).is_paid


@pytest.mark.flow("1.3-1")
async def test_a_confirmation_that_fails_reopens_nothing_that_another_is_placing(town: Town) -> None:
    """Else the checkout could be cancelled in that moment, and be charged all the same."""
    checkout_id = await town.quoted(PRODUCTS, key="once")
    said: list[UsoError] = []

    async def fail_and_cancel() -> None:
        nobodys = Choice(mandate_id="man_1")
        said.append(await failed(town.app.checkouts.confirm(checkout_id, nobodys)))
        said.append(await failed(town.app.checkouts.cancel(checkout_id)))

    meanwhile(town, fail_and_cancel)
    _, order = await town.app.checkouts.confirm(checkout_id, Choice())
    assert [error.code for error in said] == ["invalid_input", "conflict"]
    await town.host.settle()
    assert (await town.app.checkouts.get(checkout_id)).status is CheckoutStatus.CONFIRMED
    assert (await town.must_add_up(order.id)).is_paid


@pytest.mark.flow("1.3-1")
async def test_a_second_confirmation_that_wants_something_else_does_not_lose_the_order_of_the_first(
    town: Town,
) -> None:
    checkout_id = await town.quoted(PRODUCTS, key="once")
    express = Choice(delivery=DeliveryKind.EXPRESS)
    placed: list[str] = []

    async def confirm() -> None:
        placed.append((await town.app.checkouts.confirm(checkout_id, Choice()))[1].id)

    meanwhile(town, confirm)  # the first has marked it; the second is served whole before the first goes on
    assert isinstance(await failed(town.app.checkouts.confirm(checkout_id, express)), Conflict)
    await town.host.settle()
    checkout = await town.app.checkouts.get(checkout_id)
    order = await town.app.checkouts.order_of(checkout)
    assert order is not None
    assert [order.id] == placed
    assert (await failed(town.app.checkouts.cancel(checkout_id))).code == "already_paid"
    assert (await town.app.checkouts.confirm(checkout_id, Choice()))[1].id == order.id
    assert await town.kept(order.id) == (await town.must_add_up(order.id)).total().minor


@pytest.mark.flow("1.3-1")
async def test_a_price_that_changes_in_the_last_moment_is_shown_before_it_is_charged(town: Town) -> None:
    checkout_id = await town.quoted(PRODUCTS, key="once")
    dearer = Product(id="p1", vendor_id="v1", name="Thing 1", price=Money(minor=9999))
    meanwhile(town, lambda: town.app.catalogue.put_product(dearer))
    assert (await failed(town.app.checkouts.confirm(checkout_id, Choice()))).code == "price_changed"
    checkout = await town.app.checkouts.get(checkout_id)
    assert checkout.status is CheckoutStatus.OPEN
    assert await town.app.checkouts.order_of(checkout) is None

    shown = await failed(town.app.checkouts.confirm(checkout_id, Choice()))
    assert shown.code == "price_changed"
    _, order = await town.app.checkouts.confirm(checkout_id, Choice())
    assert order.total().model_dump() == shown.extensions["total"]


@pytest.mark.flow("1.3-1")
async def test_a_confirmation_that_died_half_way_can_be_repeated(town: Town) -> None:
    async def die() -> None:
        raise OSError("the process is gone")

    checkout_id = await town.quoted(PRODUCTS, key="once")
    meanwhile(town, die)
    with pytest.raises(OSError, match="gone"):
        await town.app.checkouts.confirm(checkout_id, Choice())
    _, order = await town.app.checkouts.confirm(checkout_id, Choice())
    await town.host.settle()
    assert (await town.must_add_up(order.id)).is_paid
    assert (await failed(town.app.checkouts.cancel(checkout_id))).code == "already_paid"
