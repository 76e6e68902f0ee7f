"""The contract of the shop port: read as it is, written once, refused with a reason."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.adapters.simulated_shop import SimulatedShop
from shared.adapters.sqlite_store import SqliteStore
from shared.bootstrap import DATA
from shared.domain.operations.purchases import Tracking
from shared.domain.operations.shop import FinancialStatus
from shared.errors import Conflict, NotFound, Unavailable
from shared.ports.rehearsals import NewOrder, ShopTroubles, Wanted
from shared.ports.shop import FulfilmentRequest, Shop, ShopRefundRequest
from shared.settings import Settings
from tests.clocks import HandClock
from tests.peers.shopify.bench import running_bench
from tests.peers.shopify.orders import Line, gid, money
from tests.shop_orders import AUSTIN, usd

JANE = "jane@example.com"
MOVED = AUSTIN.model_copy(update={"line1": "1 Main St", "city": "Waco"})


@dataclass
class Rig:
    """A shop as the app has it; `sell` lets a customer buy, `lose` loses the answer to the next write."""

    shop: Shop
    sell: Callable[[], Awaitable[str]]
    lose: Callable[[], Awaitable[None]]


@pytest.fixture(params=["embedded", "Shopify's API"])
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    if request.param == "embedded":
        clock = HandClock()
        store = SqliteStore(tmp_path / "store.sqlite", clock)
        shop = SimulatedShop(
            store,
            clock,
            Settings(data_dir=tmp_path),
            payments=None,
            products=DATA / "shop" / "products.json",
        )

        async def sell() -> str:
            lines = (Wanted(sku="NECK-MASSAGER", quantity=2),)
            order = NewOrder(email=JANE, name="Jane Doe", address=AUSTIN, lines=lines, shipping=500)
            return (await shop.sell(order))[0].shop_order_id

        async def lose() -> None:
            await shop.trouble(ShopTroubles(lost_answers=1))

        yield Rig(shop, sell, lose)
        await store.close()
        return
    async with running_bench() as bench:

        async def sell_there() -> str:
            id = str(1001 + len(bench.peer.orders))
            jane = {
                "id": gid("Customer", 7),
                "displayName": "Jane Doe",
                "numberOfOrders": "1",
                "amountSpent": money("83.00")["shopMoney"],
                "defaultEmailAddress": {"emailAddress": JANE},
            }
            return bench.peer.sell(id, Line(1, "SKU-1", "78.00", 2), email=JANE, customer=jane).id

        async def lose_there() -> None:
            bench.peer.loses = 1

        yield Rig(bench.shop, sell_there, lose_there)


def back(id: str, minor: int, key: str = "r1") -> ShopRefundRequest:
    return ShopRefundRequest(key=key, shop_order_id=id, amount=usd(minor), reason="late")


async def parcel(rig: Rig, id: str, number: str = "LX1", key: str = "p1") -> FulfilmentRequest:
    line = (await rig.shop.order(id)).lines[0]
    tracking = Tracking(number=number, carrier="CJPacket")
    return FulfilmentRequest(key=key, shop_order_id=id, lines=((line.id, line.quantity),), tracking=tracking)


async def test_an_order_adds_up_and_says_who_bought_it_and_where_it_goes(rig: Rig) -> None:
    order = await rig.shop.order(await rig.sell())

    assert sum(line.total.minor for line in order.lines) + order.shipping.minor == order.total.minor
    assert (order.shipping, order.lines[0].quantity) == (usd(500), 2)
    assert (order.customer.email, order.address) == (JANE, AUSTIN)
    assert (order.financial_status, order.cancelled) == (FinancialStatus.PAID, False)


async def test_an_order_that_is_not_there_is_not_found(rig: Rig) -> None:
    with pytest.raises(NotFound):
        await rig.shop.order("999")
    with pytest.raises(NotFound):
        await rig.shop.refund(back("999", 100))
    with pytest.raises(NotFound):
        await rig.shop.cancel("c1", "999", reason="lost")


async def test_a_customer_is_known_by_the_address_however_it_is_written(rig: Rig) -> None:
    id = await rig.sell()
    customer = await rig.shop.customer("Jane@Example.com")

    assert customer is not None
    assert (customer.email, customer.name, customer.orders) == (JANE, "Jane Doe", 1)
    assert [each.shop_order_id for each in await rig.shop.orders_of("JANE@example.com")] == [id]
    assert await rig.shop.customer("nobody@example.com") is None
    assert await rig.shop.orders_of("nobody@example.com") == []


async def test_a_parcel_is_told_once_and_its_number_may_change(rig: Rig) -> None:
    request = await parcel(rig, await rig.sell())
    first = await rig.shop.fulfil(request)

    assert await rig.shop.fulfil(request) == first
    await rig.shop.retrack("p2", first, Tracking(number="LX2"))
    await rig.shop.retrack("p2", first, Tracking(number="LX2"))


async def test_what_is_cancelled_is_not_sent(rig: Rig) -> None:
    id = await rig.sell()
    request = await parcel(rig, id)
    await rig.shop.cancel("c1", id, reason="lost")
    with pytest.raises(Conflict):
        await rig.shop.fulfil(request)


async def test_money_goes_back_once_per_key_and_no_more_than_is_left(rig: Rig) -> None:
    id = await rig.sell()
    total = (await rig.shop.order(id)).total.minor
    first = await rig.shop.refund(back(id, 1000))
    assert await rig.shop.refund(back(id, 1000)) == first
    assert first.amount == usd(1000)
    assert (await rig.shop.order(id)).financial_status is FinancialStatus.PARTIALLY_REFUNDED

    with pytest.raises(Conflict):
        await rig.shop.refund(back(id, total - 999, "r2"))
    await rig.shop.refund(back(id, total - 1000, "r2"))
    assert (await rig.shop.order(id)).financial_status is FinancialStatus.REFUNDED


async def test_cancelling_twice_changes_nothing_and_moves_no_money(rig: Rig) -> None:
    id = await rig.sell()
    await rig.shop.cancel("c1", id, reason="lost")
    await rig.shop.cancel("c1", id, reason="lost")
    order = await rig.shop.order(id)
    assert (order.cancelled, order.financial_status) == (True, FinancialStatus.PAID)


async def test_an_address_is_set_to_what_it_should_be(rig: Rig) -> None:
    id = await rig.sell()
    await rig.shop.set_address("a1", id, MOVED)
    await rig.shop.set_address("a1", id, MOVED)
    assert (await rig.shop.order(id)).address == MOVED


async def test_what_was_done_though_the_answer_was_lost_is_done_once(rig: Rig) -> None:
    id = await rig.sell()
    request = await parcel(rig, id)
    for act in (
        lambda: rig.shop.fulfil(request),
        lambda: rig.shop.refund(back(id, 1000)),
        lambda: rig.shop.set_address("a1", id, MOVED),
        lambda: rig.shop.cancel("c1", id, reason="lost"),
    ):
        await rig.lose()
        with pytest.raises(Unavailable):
            await act()
        await act()
    order = await rig.shop.order(id)
    left = order.total.minor - 1000

    assert order.cancelled
    assert (await rig.shop.refund(back(id, left, "r2"))).amount == usd(left)
