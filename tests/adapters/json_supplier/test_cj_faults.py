"""CJ's mapping against a peer that fails: lost answers, errors, rubbish, tokens that run out."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.adapters.simulated_suppliers.records import PACKED_AFTER
from shared.errors import Conflict, NotFound, Unavailable
from shared.ports.rehearsals import Stock
from shared.ports.suppliers import SupplierLine, SupplierOrderRequest, SupplierOrderState
from tests.peers.cj.bench import ALI, Bench, running_bench
from tests.peers.cj.peer import API_KEY
from tests.peers.stripe.faults import Fault, Kind
from tests.shop_orders import AUSTIN, usd

CREATE = "POST /shopping/order/createOrderV2"
DETAIL = "GET /shopping/order/getOrderDetail"


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with running_bench(tmp_path) as bench:
        yield bench


def wanted(
    *skus: str, key: str = "sho_1-p1", at_most: int = 9000, name: str = "Jane"
) -> SupplierOrderRequest:
    lines = tuple(SupplierLine(supplier_sku=sku, quantity=2) for sku in skus or ("A1001",))
    address = AUSTIN.model_copy(update={"name": name})
    return SupplierOrderRequest(key=key, lines=lines, address=address, max_cost=usd(at_most))


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("kind", ["drop", "status", "rubbish", "cut"])
async def test_a_purchase_in_doubt_is_found_again_and_never_made_twice(
    bench: Bench, kind: Kind, after: bool
) -> None:
    bench.peer.faults = [Fault(kind=kind, after=after, path=CREATE)]
    with pytest.raises(Unavailable):
        await bench.ali.place(wanted())
    assert len(bench.peer.bought) == int(after)

    order = await bench.ali.place(wanted())

    assert order == await bench.ali.find("sho_1-p1")
    assert order.cost == usd(2500)
    assert len(bench.peer.bought) == len(await bench.embedded.taken(ALI)) == 1


@pytest.mark.parametrize("status", [404, 418, 429, 503])
async def test_an_answer_that_nobody_foresaw_is_no_refusal(bench: Bench, status: int) -> None:
    bench.peer.faults = [Fault(kind="status", status=status, after=True, path=CREATE)]
    with pytest.raises(Unavailable):
        await bench.ali.place(wanted())


async def test_what_was_bought_but_cannot_be_looked_at_is_found_the_next_time(bench: Bench) -> None:
    bench.peer.faults_then = [Fault(kind="rubbish", path=DETAIL)]
    with pytest.raises(Unavailable):
        await bench.ali.place(wanted())

    assert (await bench.ali.place(wanted())).key == "sho_1-p1"
    assert len(bench.peer.bought) == 1


async def test_two_who_buy_under_one_key_at_once_buy_once(bench: Bench) -> None:
    orders = await asyncio.gather(*(bench.ali.place(wanted()) for _ in range(4)))

    assert {order.id for order in orders} == {orders[0].id}
    assert len(bench.peer.bought) == 1


async def test_a_parcel_of_several_goods_is_sent_once_by_the_cheapest_way(bench: Bench) -> None:
    order = await bench.ali.place(wanted("A1001", "A1003"))

    (asked,) = bench.peer.bought
    assert asked["logisticName"] == "CJPacket"
    assert asked["shippingCountry"] == "United States"
    assert [each["vid"] for each in asked["products"]] == ["A1001", "A1003"]
    assert order.cost == usd(2 * 1250 + 2 * 310 + 199)


async def test_what_got_dearer_or_scarce_is_not_bought(bench: Bench) -> None:
    with pytest.raises(Conflict) as dear:
        await bench.ali.place(wanted("A1001", "A1003", at_most=2 * 1250 + 2 * 310 + 198))
    await bench.embedded.put_stock(ALI, Stock(supplier_sku="A1003", price=310, shipping=0, stock=1, days=12))
    with pytest.raises(Conflict) as scarce:
        await bench.ali.place(wanted("A1001", "A1003"))

    assert (dear.value.code, scarce.value.code) == ("price_changed", "out_of_stock")
    assert not bench.peer.times(CREATE)


async def test_a_country_that_the_mapping_does_not_name_is_not_asked_for(bench: Bench) -> None:
    elsewhere = wanted().model_copy(update={"address": AUSTIN.model_copy(update={"country": "AQ"})})
    with pytest.raises(Conflict) as refused:
        await bench.ali.place(elsewhere)

    assert refused.value.code == "address_refused"
    assert await bench.ali.offer("A1001", country="AQ") is None
    assert not bench.peer.times("freight")


async def test_an_order_that_is_there_but_not_paid_is_neither_bought_nor_free(bench: Bench) -> None:
    order = await bench.ali.place(wanted())
    bench.peer.unpaid.add(order.id)
    for ask in (bench.ali.place(wanted()), bench.ali.find("sho_1-p1"), bench.ali.order(order.id)):
        with pytest.raises(Unavailable, match="not paid"):
            await ask

    bench.peer.unpaid.clear()
    assert await bench.ali.place(wanted()) == order
    assert len(bench.peer.bought) == 1


async def test_a_parcel_is_shown_with_its_carrier_and_what_was_seen_oldest_first(bench: Bench) -> None:
    order = await bench.ali.place(wanted())
    bench.clock.instant += PACKED_AFTER
    bench.clock.pass_(days=7)
    seen = await bench.ali.order(order.id)

    assert seen.state is SupplierOrderState.SHIPPED
    assert seen.tracking is not None
    assert (seen.tracking.carrier, seen.tracking.url[:8]) == ("CJPacket", "https://")
    assert seen.movements[0].text == "Picked up by the carrier"
    assert [each.at for each in seen.movements] == sorted(each.at for each in seen.movements)


# --- tokens -----------------------------------------------------------------------------------------


async def test_one_token_serves_until_it_runs_out(bench: Bench) -> None:
    await asyncio.gather(*(bench.ali.find(f"sho_{n}-p1") for n in range(5)))
    assert bench.peer.tokens == 1
    bench.clock.pass_(days=15)
    refusals = bench.peer.times("getOrderDetail")
    await bench.ali.find("sho_1-p1")

    assert bench.peer.tokens == 2
    assert bench.peer.times("getOrderDetail") == refusals + 1


async def test_a_token_that_counts_no_more_is_renewed_once_and_the_purchase_made_once(bench: Bench) -> None:
    await bench.ali.find("sho_1-p1")
    bench.peer.forget_token()
    order = await bench.ali.place(wanted())

    assert order.key == "sho_1-p1"
    assert bench.peer.tokens == 2
    assert len(bench.peer.bought) == 1


async def test_no_error_repeats_the_secret_or_a_token(bench: Bench) -> None:
    said: list[str] = []
    for fault in ("status", "rubbish", "cut"):
        for path in ("getAccessToken", "getOrderDetail"):
            bench.peer.faults = [Fault(kind=fault, path=path)]  # type: ignore[arg-type]
            bench.peer.forget_token()
            with pytest.raises(Unavailable) as error:
                await bench.ali.find("sho_1-p1")
            said.append(error.value.detail)
            bench.peer.faults = []

    assert len(said) == 6
    assert not any(API_KEY in each or "token-" in each for each in said)


async def test_what_customers_write_is_sent_as_they_wrote_it(bench: Bench) -> None:
    await bench.ali.place(wanted(name='{secret} {token} "}, {"$lines": 1'))

    assert bench.peer.bought[0]["shippingCustomerName"] == '{secret} {token} "}, {"$lines": 1'


async def test_an_order_number_of_the_supplier_s_cannot_lead_elsewhere(bench: Bench) -> None:
    for number in ("../pay", "..", "a&orderId=b", "x?y#z"):
        with pytest.raises(NotFound):
            await bench.ali.order(number)
    assert set(bench.peer.asked) == {"POST /authentication/getAccessToken", DETAIL}
