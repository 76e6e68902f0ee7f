"""The contract of the supplier port: bought once per key, refused with a reason, followed to the door."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.adapters.simulated_suppliers import SimulatedSuppliers
from shared.adapters.sqlite_store import SqliteStore
from shared.chosen_adapters import DATA
from shared.errors import Conflict, NotFound, Unavailable
from shared.ports.rehearsals import Fate, Stock, SupplierTroubles
from shared.ports.suppliers import (
    Supplier,
    SupplierLine,
    SupplierOrderRequest,
    SupplierOrderState,
    Suppliers,
)
from shared.settings import Settings
from tests.clocks import HandClock
from tests.peers.cj.bench import running_bench
from tests.shop_orders import AUSTIN, usd

ALI = "ali"
SKU = "A1001"


@dataclass
class Rig:
    """Suppliers as the app has them, where a test arranges what they do, and the clock that they go by."""

    shelf: Suppliers
    suppliers: SimulatedSuppliers
    clock: HandClock

    @property
    def ali(self) -> Supplier:
        return self.shelf.of(ALI)


@pytest.fixture(params=["embedded", "over CJ's API"])
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    if request.param != "embedded":
        async with running_bench(tmp_path) as bench:
            yield Rig(bench.shelf, bench.embedded, bench.clock)
        return
    clock = HandClock()
    store = SqliteStore(tmp_path / "store.sqlite", clock)
    shelves = DATA / "shop" / "suppliers.json"
    settings = Settings(data_dir=tmp_path)
    embedded = SimulatedSuppliers(store, clock, settings, shelves=shelves)
    yield Rig(embedded, embedded, clock)
    await store.close()


def wanted(
    key: str = "sho_1-p1", *, quantity: int = 1, sku: str = SKU, at_most: int = 9000
) -> SupplierOrderRequest:
    lines = (SupplierLine(supplier_sku=sku, quantity=quantity),)
    return SupplierOrderRequest(key=key, lines=lines, address=AUSTIN, max_cost=usd(at_most))


async def stock(rig: Rig, quantity: int, price: int = 1250) -> None:
    await rig.suppliers.put_stock(
        ALI, Stock(supplier_sku=SKU, price=price, shipping=0, stock=quantity, days=12)
    )


async def test_what_is_sold_has_an_offer_and_what_is_not_has_none(rig: Rig) -> None:
    offer = await rig.ali.offer(SKU, country="US")
    assert offer is not None
    assert (offer.price, offer.supplier_sku) == (usd(1250), SKU)
    assert await rig.ali.offer("NOTHING", country="US") is None


async def test_a_key_buys_once_however_often_it_is_sent(rig: Rig) -> None:
    await stock(rig, 5)
    first = await rig.ali.place(wanted(quantity=2))
    again = await rig.ali.place(wanted(quantity=2))
    offer = await rig.ali.offer(SKU, country="US")

    assert again == first
    assert first.cost == usd(2500)
    assert offer is not None
    assert offer.stock == 3
    assert len(await rig.suppliers.taken(ALI)) == 1


async def test_an_order_whose_answer_was_lost_is_found_by_its_key(rig: Rig) -> None:
    await rig.suppliers.trouble(ALI, SupplierTroubles(lost_answers=1))
    with pytest.raises(Unavailable):
        await rig.ali.place(wanted())

    found = await rig.ali.find("sho_1-p1")

    assert found is not None
    assert await rig.ali.place(wanted()) == found
    assert await rig.ali.find("sho_1-p2") is None


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (wanted(quantity=6), "out_of_stock"),
        (wanted(sku="NOTHING"), "out_of_stock"),
        (wanted(at_most=1249), "price_changed"),
    ],
)
async def test_a_refusal_says_why_and_takes_nothing(
    rig: Rig, request_: SupplierOrderRequest, code: str
) -> None:
    await stock(rig, 5)
    with pytest.raises(Conflict) as refused:
        await rig.ali.place(request_)

    offer = await rig.ali.offer(SKU, country="US")
    assert refused.value.code == code
    assert offer is not None
    assert offer.stock == 5
    assert await rig.ali.find(request_.key) is None


async def test_an_address_that_no_carrier_goes_to_is_refused(rig: Rig) -> None:
    await rig.suppliers.trouble(ALI, SupplierTroubles(refuses_addresses=True))
    with pytest.raises(Conflict) as refused:
        await rig.ali.place(wanted())
    assert refused.value.code == "address_refused"


async def test_a_parcel_leaves_moves_and_arrives_by_the_clock(rig: Rig) -> None:
    placed = await rig.ali.place(wanted())
    rig.clock.pass_(hours=7)
    shipped = await rig.ali.order(placed.id)
    rig.clock.pass_(days=6)
    moving = await rig.ali.order(placed.id)
    rig.clock.pass_(days=7)
    arrived = await rig.ali.order(placed.id)

    assert (placed.state, placed.tracking) == (SupplierOrderState.PLACED, None)
    assert shipped.state is SupplierOrderState.SHIPPED
    assert shipped.tracking is not None
    assert moving.movements[: len(shipped.movements)] == shipped.movements
    assert len(moving.movements) > len(shipped.movements)
    assert arrived.state is SupplierOrderState.DELIVERED
    assert arrived.tracking == shipped.tracking


async def test_a_parcel_that_stands_still_is_seen_no_more_until_it_moves_on(rig: Rig) -> None:
    placed = await rig.ali.place(wanted())
    rig.clock.pass_(hours=7)
    await rig.suppliers.decide(ALI, placed.id, Fate.STAND_STILL)
    before = await rig.ali.order(placed.id)
    rig.clock.pass_(days=30)
    assert await rig.ali.order(placed.id) == before

    await rig.suppliers.decide(ALI, placed.id, Fate.MOVE_ON)
    assert (await rig.ali.order(placed.id)).state is SupplierOrderState.DELIVERED


async def test_only_what_has_not_left_can_be_called_off(rig: Rig) -> None:
    first, second = await rig.ali.place(wanted()), await rig.ali.place(wanted("sho_1-p2"))
    assert await rig.ali.cancel("c1", first.id)
    assert await rig.ali.cancel("c1", first.id)
    rig.clock.pass_(hours=7)

    assert not await rig.ali.cancel("c2", second.id)
    assert (await rig.ali.order(first.id)).state is SupplierOrderState.CANCELLED
    assert (await rig.ali.order(second.id)).state is SupplierOrderState.SHIPPED


async def test_while_it_is_away_nothing_is_answered_and_nothing_bought(rig: Rig) -> None:
    until = rig.clock.now().replace(hour=20)
    await rig.suppliers.trouble(ALI, SupplierTroubles(away_until=until))
    for ask in (rig.ali.offer(SKU, country="US"), rig.ali.place(wanted()), rig.ali.find("sho_1-p1")):
        with pytest.raises(Unavailable):
            await ask
    rig.clock.pass_(hours=7)
    assert await rig.ali.find("sho_1-p1") is None


async def test_nobody_has_an_order_that_was_never_placed(rig: Rig) -> None:
    with pytest.raises(NotFound):
        await rig.ali.order("ali_000000000000")
    with pytest.raises(NotFound):
        rig.shelf.of("nobody")
