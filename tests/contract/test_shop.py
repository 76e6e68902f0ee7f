"""The contract of the shop port: one suite for the embedded shop and for Shopify.

A shop is added to RIGS together with a way to buy there and to let it fail.
"""

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Protocol

import pytest

from shared.adapters.simulated_payments import SimulatedPayments
from shared.adapters.simulated_shop import SimulatedShop
from shared.adapters.sqlite_store import SqliteStore
from shared.chosen_adapters import DATA
from shared.domain.operations.purchases import Tracking
from shared.domain.operations.shop import FinancialStatus, ShopSnapshot
from shared.errors import Conflict, NotFound, Unavailable
from shared.ports.rehearsals import NewOrder, ShopTroubles, Wanted
from shared.ports.shop import FulfilmentRequest, Shop, ShopRefundRequest
from shared.settings import Settings
from tests.clocks import HandClock
from tests.peers.shopify.bench import Bench, running_bench
from tests.peers.shopify.orders import Line, gid
from tests.shop_orders import AUSTIN, usd

JANE = "jane@example.com"
FIRST, SECOND = Tracking(number="TRK-1", carrier="CJPacket"), Tracking(number="TRK-2")


class Rig(Protocol):
    """A shop, and what a test may let happen there."""

    @property
    def shop(self) -> Shop: ...

    async def buys(self, email: str = JANE) -> ShopSnapshot:
        """Two things are bought and paid, with delivery."""

    async def loses_an_answer(self) -> None: ...

    async def is_away(self, *, away: bool) -> None: ...

    async def done(self, order: ShopSnapshot) -> tuple[list[str], list[int]]:
        """Numbers of the parcels that the shop shows, and what it gave back in cents."""


class EmbeddedRig:
    """The embedded shop, which rehearses everything itself."""

    def __init__(self, shop: SimulatedShop, clock: HandClock) -> None:
        self.shop = shop
        self._clock = clock

    async def buys(self, email: str = JANE) -> ShopSnapshot:
        self._clock.pass_(seconds=1)
        lines = (Wanted(sku="NECK-MASSAGER"), Wanted(sku="PHONE-STAND"))
        order = NewOrder(email=email, name="Jane Doe", address=AUSTIN, lines=lines, shipping=500)
        sold, _ = await self.shop.sell(order)
        self._clock.pass_(seconds=1)
        return sold

    async def loses_an_answer(self) -> None:
        await self.shop.trouble(ShopTroubles(lost_answers=1))

    async def is_away(self, *, away: bool) -> None:
        until = self._clock.now() + timedelta(hours=1) if away else None
        await self.shop.trouble(ShopTroubles(away_until=until))

    async def done(self, order: ShopSnapshot) -> tuple[list[str], list[int]]:
        sold = await self.shop.sold(order.shop_order_id)
        return [f.tracking.number for f in sold.fulfilments], [r.amount.minor for r in sold.refunds]


class ShopifyRig:
    """The adapter to Shopify, and the server that it really talks to."""

    def __init__(self, bench: Bench) -> None:
        self.shop = bench.shop
        self._peer = bench.peer
        self._clock = bench.clock

    async def buys(self, email: str = JANE) -> ShopSnapshot:
        number = str(5001 + len(self._peer.orders))
        self._peer.sell(number, Line(1, "SKU-1", "39.00"), Line(2, "SKU-2", "12.90"), email=email)
        return await self.shop.order(number)

    async def loses_an_answer(self) -> None:
        self._peer.loses = 1

    async def is_away(self, *, away: bool) -> None:
        self._peer.away = away
        if not away:
            self._clock.pass_(minutes=1)  # until then it is left in peace

    async def done(self, order: ShopSnapshot) -> tuple[list[str], list[int]]:
        found = self._peer.orders[gid("Order", order.shop_order_id)]
        numbers = [each["trackingInfo"][0]["number"] for each in found.fulfilments]
        amounts = [each["totalRefundedSet"]["shopMoney"]["amount"] for each in found.refunds]
        return numbers, [int(Decimal(amount) * 100) for amount in amounts]


@contextlib.asynccontextmanager
async def embedded(data: Path) -> AsyncIterator[Rig]:
    clock, settings = HandClock(), Settings(data_dir=data)
    store = SqliteStore(data / "store.sqlite", clock)

    async def relay() -> None: ...

    payments = SimulatedPayments(store, clock, settings, relay)
    products = DATA / "shop" / "products.json"
    yield EmbeddedRig(SimulatedShop(store, clock, settings, payments=payments, products=products), clock)
    await store.close()


@contextlib.asynccontextmanager
async def shopify(data: Path) -> AsyncIterator[Rig]:
    async with running_bench() as bench:
        yield ShopifyRig(bench)


RIGS: dict[str, Callable[[Path], AbstractAsyncContextManager[Rig]]] = {
    "embedded": embedded,
    "shopify": shopify,
}


@pytest.fixture(params=RIGS)
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    async with RIGS[request.param](tmp_path) as rig:
        yield rig


def sent(order: ShopSnapshot, *lines: int, tracking: Tracking = FIRST, key: str = "k") -> FulfilmentRequest:
    return FulfilmentRequest(
        key=key,
        shop_order_id=order.shop_order_id,
        lines=tuple((order.lines[n].id, 1) for n in lines),
        tracking=tracking,
    )


def back(order: ShopSnapshot, minor: int, *, key: str = "sho_1-refund-l1") -> ShopRefundRequest:
    return ShopRefundRequest(key=key, shop_order_id=order.shop_order_id, amount=usd(minor), reason="damaged")


# --- reading ----------------------------------------------------------------------------------------


async def test_an_order_says_who_bought_what_for_how_much_and_where_it_goes(rig: Rig) -> None:
    bought = await rig.buys()
    order = await rig.shop.order(bought.shop_order_id)
    assert order == bought
    assert [line.total for line in order.lines] == [usd(3900), usd(1290)]
    assert (order.shipping, order.total) == (usd(500), usd(5690))
    assert (order.customer.email, order.address) == (JANE, AUSTIN)
    assert (order.financial_status, order.cancelled) == (FinancialStatus.PAID, False)


async def test_an_order_that_there_is_not_is_not_found(rig: Rig) -> None:
    with pytest.raises(NotFound):
        await rig.shop.order("999999")
    with pytest.raises(NotFound):
        await rig.shop.refund(ShopRefundRequest(key="sho_9-refund", shop_order_id="999999", amount=usd(1)))


async def test_a_customer_has_their_own_orders_newest_first(rig: Rig) -> None:
    first, _, second = await rig.buys(), await rig.buys("other@example.com"), await rig.buys()
    theirs = await rig.shop.orders_of(JANE.upper())
    assert [order.shop_order_id for order in theirs] == [second.shop_order_id, first.shop_order_id]
    assert len(await rig.shop.orders_of(JANE, limit=1)) == 1
    assert list(await rig.shop.orders_of("nobody@example.com")) == []


async def test_a_customer_is_known_by_what_they_have_spent(rig: Rig) -> None:
    await rig.buys()
    await rig.buys()
    customer = await rig.shop.customer(JANE)
    assert customer is not None
    assert (customer.email, customer.orders, customer.spent) == (JANE, 2, usd(2 * 5690))
    assert await rig.shop.customer("nobody@example.com") is None


# --- sending ----------------------------------------------------------------------------------------


async def test_lines_are_sent_once_however_often_it_is_said(rig: Rig) -> None:
    order = await rig.buys()
    first = await rig.shop.fulfil(sent(order, 0))
    assert await rig.shop.fulfil(sent(order, 0)) == first
    second = await rig.shop.fulfil(sent(order, 1, tracking=SECOND, key="k2"))
    assert second != first
    assert await rig.done(order) == (["TRK-1", "TRK-2"], [])


async def test_a_parcel_whose_answer_was_lost_is_shown_once(rig: Rig) -> None:
    order = await rig.buys()
    await rig.loses_an_answer()
    with pytest.raises(Unavailable):
        await rig.shop.fulfil(sent(order, 0, 1))
    await rig.shop.fulfil(sent(order, 0, 1))
    assert await rig.done(order) == (["TRK-1"], [])


async def test_what_is_not_there_cannot_be_sent(rig: Rig) -> None:
    order = await rig.buys()
    await rig.shop.fulfil(sent(order, 0))
    too_many = sent(order, 1, tracking=SECOND).model_copy(update={"lines": ((order.lines[1].id, 2),)})
    named_twice = sent(order, 1, 1, tracking=SECOND, key="k2")
    unknown = sent(order, 1, tracking=SECOND).model_copy(update={"key": "k3", "lines": (("777", 1),)})
    again = sent(order, 0, 1, tracking=SECOND, key="k4")
    for request in (too_many.model_copy(update={"key": "k1"}), named_twice, unknown, again):
        with pytest.raises(Conflict):
            await rig.shop.fulfil(request)
    assert await rig.done(order) == (["TRK-1"], [])


async def test_a_new_number_takes_the_place_of_the_old(rig: Rig) -> None:
    order = await rig.buys()
    fulfilment = await rig.shop.fulfil(sent(order, 0))
    for _ in range(2):
        await rig.shop.retrack("k-show-2", fulfilment, SECOND)
    assert await rig.done(order) == (["TRK-2"], [])
    with pytest.raises(NotFound):
        await rig.shop.retrack("k-show-2", f"{fulfilment}9", SECOND)


# --- money ------------------------------------------------------------------------------------------


async def test_money_goes_back_once_per_key(rig: Rig) -> None:
    order = await rig.buys()
    first = await rig.shop.refund(back(order, 1290))
    assert await rig.shop.refund(back(order, 1290)) == first
    assert first.amount == usd(1290)
    other = await rig.shop.refund(back(order, 1290, key="sho_1-refund-l10"))
    assert other.id != first.id
    assert await rig.done(order) == ([], [1290, 1290])


async def test_money_whose_answer_was_lost_goes_back_once(rig: Rig) -> None:
    order = await rig.buys()
    await rig.loses_an_answer()
    with pytest.raises(Unavailable):
        await rig.shop.refund(back(order, 3900))
    assert (await rig.shop.refund(back(order, 3900))).amount == usd(3900)
    assert await rig.done(order) == ([], [3900])


async def test_no_more_goes_back_than_was_paid(rig: Rig) -> None:
    order = await rig.buys()
    await rig.shop.refund(back(order, 5000))
    assert (await rig.shop.order(order.shop_order_id)).financial_status is FinancialStatus.PARTIALLY_REFUNDED
    with pytest.raises(Conflict):
        await rig.shop.refund(back(order, 691, key="sho_1-refund-2"))
    await rig.shop.refund(back(order, 690, key="sho_1-refund-3"))
    assert (await rig.shop.order(order.shop_order_id)).financial_status is FinancialStatus.REFUNDED
    assert await rig.done(order) == ([], [5000, 690])


# --- changing ---------------------------------------------------------------------------------------


async def test_an_order_is_cancelled_without_moving_money_and_twice_is_once(rig: Rig) -> None:
    order = await rig.buys()
    await rig.shop.cancel("k-cancel", order.shop_order_id, reason="out of stock")
    cancelled = await rig.shop.order(order.shop_order_id)
    await rig.shop.cancel("k-cancel", order.shop_order_id, reason="out of stock")

    assert cancelled.cancelled
    assert cancelled.updated_at > order.updated_at
    assert await rig.shop.order(order.shop_order_id) == cancelled
    with pytest.raises(Conflict):
        await rig.shop.fulfil(sent(order, 0))
    assert await rig.done(order) == ([], [])


async def test_an_address_is_corrected_as_a_whole(rig: Rig) -> None:
    order = await rig.buys()
    there = AUSTIN.model_copy(
        update={"name": "Jane van Doe", "line1": "1 Main St", "line2": "Apt 2", "postal_code": "78702"}
    )
    for _ in range(2):
        await rig.shop.set_address("k-address", order.shop_order_id, there)
    changed = await rig.shop.order(order.shop_order_id)
    assert changed.address == there
    assert (changed.lines, changed.total) == (order.lines, order.total)


async def test_while_it_is_away_nothing_is_answered_and_nothing_done(rig: Rig) -> None:
    order, shop = await rig.buys(), rig.shop
    await rig.is_away(away=True)
    for ask in (
        shop.order(order.shop_order_id),
        shop.orders_of(JANE),
        shop.customer(JANE),
        shop.fulfil(sent(order, 0)),
        shop.retrack("k", "ful_1", FIRST),
        shop.refund(back(order, 100)),
        shop.cancel("k", order.shop_order_id, reason=""),
        shop.set_address("k", order.shop_order_id, AUSTIN.model_copy(update={"city": "Dallas"})),
    ):
        with pytest.raises(Unavailable):
            await ask
    await rig.is_away(away=False)
    assert await rig.shop.order(order.shop_order_id) == order
    assert await rig.done(order) == ([], [])
