"""Orders and customers as Shopify shows them, odd ones too: read whole, or not at all."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.shopify.answers import OrderNode
from shared.domain.money import Money
from shared.domain.operations.shop import FinancialStatus, ShippingAddress
from shared.errors import NotFound, Unavailable
from tests.peers.shopify.bench import Bench
from tests.peers.shopify.orders import Line, customer, gid, money
from tests.shop_orders import AUSTIN, MONDAY, usd


async def test_an_order_is_read_with_all_that_the_port_tells(bench: Bench) -> None:
    bench.peer.sell("1001", customer=customer(7, "jane@example.com"))
    order = await bench.shop.order("1001")

    assert (order.shop_order_id, order.number) == ("1001", "#1001")
    assert (order.customer.id, order.customer.email) == ("7", "jane@example.com")
    assert (order.customer.orders, order.customer.spent) == (3, usd(12050))
    assert order.address == AUSTIN
    assert [(line.id, line.sku, line.quantity, line.total) for line in order.lines] == [
        ("1", "SKU-1", 1, usd(1950)),
        ("2", "SKU-2", 2, usd(1000)),
    ]
    assert (order.shipping, order.total, order.payment_id) == (usd(500), usd(3450), "")
    assert (order.financial_status, order.cancelled) == (FinancialStatus.PAID, False)
    assert (order.paid_at, order.updated_at) == (MONDAY, MONDAY)
    assert bench.peer.variables == [{"id": "gid://shopify/Order/1001"}]


async def test_lines_and_shipping_add_up_to_what_was_paid_to_the_cent(bench: Bench) -> None:
    lines = [Line(n, None, "3.33", product=None) for n in range(1, 4)]
    bench.peer.sell("1001", *lines, taxes="0.83", shipping="4.99")
    order = await bench.shop.order("1001")

    assert Money.total([*(line.total for line in order.lines), order.shipping]) == order.total == usd(1581)
    assert {(line.sku, line.product_id) for line in order.lines} == {("", "")}


MINOR = st.integers(0, 10**7)


@given(lines=st.lists(MINOR, min_size=1, max_size=8), shipping=MINOR, difference=st.integers(-500, 500))
@settings(max_examples=60, deadline=None)
def test_lines_and_shipping_always_add_up(lines: list[int], shipping: int, difference: int) -> None:
    """Taxes and discounts of the whole order stand in no line of Shopify's."""
    total = max(sum(lines) + shipping + difference, shipping)
    snapshot = OrderNode.model_validate(node(lines, shipping, total)).snapshot()
    assert Money.total((line.total for line in snapshot.lines), "USD") + snapshot.shipping == snapshot.total
    assert snapshot.total == usd(total)
    assert all(line.total.minor >= 0 for line in snapshot.lines)


def node(lines: list[int], shipping: int, total: int) -> dict[str, Any]:
    """An order as Shopify answers it, amounts in cents."""
    things = [
        {
            "id": gid("LineItem", n),
            "sku": "A",
            "title": "A",
            "quantity": 1,
            "product": None,
            "discountedTotalSet": money(Decimal(minor) / 100),
        }
        for n, minor in enumerate(lines)
    ]
    return {
        "id": gid("Order", 1),
        "name": "#1",
        "email": "jane@example.com",
        "customer": None,
        "processedAt": "2026-05-04T14:00:00Z",
        "updatedAt": "2026-05-04T14:00:00Z",
        "cancelledAt": None,
        "displayFinancialStatus": "PAID",
        "shippingAddress": None,
        "totalPriceSet": money(Decimal(total) / 100),
        "totalShippingPriceSet": money(Decimal(shipping) / 100),
        "lineItems": {"pageInfo": {"hasNextPage": False}, "nodes": things},
    }


@pytest.mark.parametrize(("currency", "price", "minor"), [("JPY", "1950", 1950), ("KWD", "1.955", 1955)])
async def test_currencies_have_the_digits_that_they_have(
    bench: Bench, currency: str, price: str, minor: int
) -> None:
    bench.peer.sell("1001", Line(1, "SKU-1", price), currency=currency, shipping="0")
    assert (await bench.shop.order("1001")).total == Money(minor=minor, currency=currency)


@pytest.mark.parametrize(
    ("shown", "status"),
    [
        ("PAID", FinancialStatus.PAID),
        ("PARTIALLY_REFUNDED", FinancialStatus.PARTIALLY_REFUNDED),
        ("REFUNDED", FinancialStatus.REFUNDED),
        ("VOIDED", FinancialStatus.VOIDED),
        ("AUTHORIZED", FinancialStatus.PENDING),
        ("PARTIALLY_PAID", FinancialStatus.PENDING),
        (None, FinancialStatus.PENDING),
    ],
)
async def test_only_what_is_paid_counts_as_paid(
    bench: Bench, shown: str | None, status: FinancialStatus
) -> None:
    bench.peer.sell("1001", status=shown)
    assert (await bench.shop.order("1001")).financial_status is status


async def test_an_order_of_nobody_that_goes_nowhere_is_still_an_order(bench: Bench) -> None:
    bench.peer.sell("1001", email=None, address=None)
    order = await bench.shop.order("1001")
    assert (order.customer.email, order.customer.id, order.address) == ("", "", ShippingAddress())


async def test_texts_of_customers_are_cut_to_what_fits_and_never_read(bench: Bench) -> None:
    address = {"name": 'J"} ) { id', "address1": "x" * 1000, "zip": "9" * 50, "phone": "1" * 90}
    bench.peer.sell("1001", Line(1, "SKU-1", "1.00", title="ü" * 900), address=address)
    order = await bench.shop.order("1001")

    assert order.address.name == 'J"} ) { id'
    assert (len(order.address.line1), len(order.lines[0].title)) == (300, 300)


async def test_an_order_that_is_not_there_is_not_found(bench: Bench) -> None:
    for id in ("1001", "1/../2", '1") { id } }'):
        with pytest.raises(NotFound):
            await bench.shop.order(id)


@pytest.mark.parametrize(
    "odd",
    [
        {"name": "#" + "1" * 60},
        {"email": "x" * 300},
        {"updated_at": "9999-12-31T23:59:59-12:00"},
        {"updated_at": "yesterday"},
        {"updated_at": "2026-05-04T14:00:00"},
    ],
)
async def test_an_order_beyond_what_the_port_can_tell_is_not_half_understood(
    bench: Bench, odd: dict[str, Any]
) -> None:
    bench.peer.sell("1001", **odd)
    with pytest.raises(Unavailable, match="understood"):
        await bench.shop.order("1001")


async def test_an_order_with_more_lines_than_a_page_is_not_read_without_its_rest(bench: Bench) -> None:
    bench.peer.sell("1001", *(Line(n, "SKU", "1.00") for n in range(1, 101)))
    bench.peer.sell("1002", *(Line(n, "SKU", "1.00") for n in range(1, 102)))

    assert len((await bench.shop.order("1001")).lines) == 100
    with pytest.raises(Unavailable, match="#1002 is not understood"):
        await bench.shop.order("1002")


async def test_a_line_of_nothing_is_no_line(bench: Bench) -> None:
    bench.peer.sell("1001", Line(1, "SKU-1", "1.00", quantity=0))
    with pytest.raises(Unavailable):
        await bench.shop.order("1001")


async def test_a_customer_s_orders_come_newest_first_and_no_one_else_s_with_them(bench: Bench) -> None:
    for id, email in [("1", "jane@example.com"), ("2", "Jane@Example.com"), ("3", "mary-jane@example.com")]:
        bench.peer.sell(id, email=email)

    assert [each.shop_order_id for each in await bench.shop.orders_of("JANE@example.com")] == ["2", "1"]
    assert [each.shop_order_id for each in await bench.shop.orders_of("jane@example.com", limit=2)] == ["2"]
    assert await bench.shop.orders_of("nobody@example.com") == []


async def test_a_customer_is_who_has_the_address_and_not_whom_the_search_found_first(bench: Bench) -> None:
    for id, email in [("1", "mary-jane@example.com"), ("2", None), ("3", "Jane@Example.com")]:
        bench.peer.sell(id, email="jane@example.com", customer=customer(int(id), email))
    found = await bench.shop.customer("jane@example.com")

    assert found is not None
    assert (found.id, found.email, found.orders) == ("3", "jane@example.com", 3)
    assert await bench.shop.customer("jane@example.co") is None
    assert await bench.shop.customer("nobody@example.com") is None


async def test_an_address_is_looked_for_as_a_text(bench: Bench) -> None:
    bench.peer.sell("1", email="o'neil@example.com")
    assert len(await bench.shop.orders_of("O'Neil@example.com")) == 1
    assert await bench.shop.customer("O'Neil@example.com") is not None


@pytest.mark.parametrize(
    ("tricky", "looked_for"),
    [
        ('x" OR email:"*@example.com\\', "x or email*@example.com"),
        ('jane@example.com" OR email:"*', "jane@example.com or email*"),
        ("jane@example.com OR status:any", "jane@example.com or statusany"),
        ("(jane@example.com)", "jane@example.com"),
        ("*", "*"),
        ('"', ""),
        ("a\\@b.c", "a@b.c"),
    ],
)
async def test_what_customers_call_themselves_searches_for_nobody_else(
    bench: Bench, tricky: str, looked_for: str
) -> None:
    """The peer refuses a search that could be for more than one text."""
    bench.peer.sell("1", email="jane@example.com")

    assert await bench.shop.orders_of(tricky) == []
    assert await bench.shop.customer(tricky) is None
    assert [each["query"] for each in bench.peer.variables] == [f'email:"{looked_for}"'] * 2


async def test_what_was_given_back_and_cancelled_is_seen(bench: Bench) -> None:
    order = bench.peer.sell("1001", status="PARTIALLY_REFUNDED", cancelled_at="2026-05-04T15:00:00Z")
    seen = await bench.shop.order("1001")

    assert seen.cancelled
    assert seen.total == usd(int(order.total * Decimal(100)))
