import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.events import EventType
from shared.domain.operations import money
from shared.domain.operations.purchases import Purchase, PurchaseLine
from shared.domain.operations.shop_orders import ShopOrder, shop_order_key
from shared.errors import Conflict, LedgerError, NotFound
from tests.shop_orders import MONDAY, back, paid, usd

PRICES = st.lists(st.integers(1, 5000), min_size=1, max_size=4)


def bought(order: ShopOrder, minor: int) -> ShopOrder:
    purchase = Purchase(
        id=order.next_purchase_id(),
        supplier_id="ali",
        lines=(PurchaseLine(line_id="l1", supplier_sku="A-1", quantity=1),),
        cost=usd(minor),
        planned_at=MONDAY,
    )
    return order.with_purchase(purchase).posted(money.goods(order, purchase, at=MONDAY))


def test_the_shops_id_becomes_ours() -> None:
    assert shop_order_key("1001") == "sho_1001"


def test_profit_is_what_was_paid_without_what_was_bought_and_given_back() -> None:
    order = bought(paid(3900, shipping=500), 1250)
    refund = back("sho_1001-refund-l1", 900, line_id="l1")
    after = order.posted(money.refund(order, refund, at=MONDAY))

    profit = money.profit_of(after)

    assert (profit.sales, profit.cost_of_goods, profit.profit) == (usd(3500), usd(1250), usd(2250))


def test_a_refund_is_asked_for_once_per_key() -> None:
    order, events = paid(2000).refunding(back("k1", 500, line_id="l1"))
    again, more = order.refunding(back("k1", 500, line_id="l1"))

    assert [event.type for event in events] == [EventType.SHOP_REFUND_DUE]
    assert again is order
    assert more == []


def test_a_line_gives_back_no_more_than_was_paid_for_it() -> None:
    order, _ = paid(2000, 3000).refunding(back("k1", 1500, line_id="l1"))
    with pytest.raises(Conflict) as refused:
        order.refunding(back("k2", 501, line_id="l1"))
    assert refused.value.code == "nothing_left"
    order.refunding(back("k2", 500, line_id="l1"))


def test_what_went_back_for_the_whole_order_is_gone_for_its_lines() -> None:
    order, _ = paid(2000, shipping=0).refunding(back("k1", 1900))
    assert order.refundable("l1") == usd(100)


def test_nobody_refunds_a_line_that_is_not_there() -> None:
    with pytest.raises(NotFound):
        paid(2000).refunding(back("k1", 5, line_id="l7"))


def test_the_book_itself_lets_no_more_go_back_than_was_paid() -> None:
    order = paid(1000, shipping=0)
    with pytest.raises(LedgerError):
        order.posted(money.refund(order, back("k1", 1001), at=MONDAY))


@given(
    prices=PRICES,
    shipping=st.integers(0, 900),
    asked=st.lists(st.tuples(st.integers(0, 4), st.integers(1, 6000)), max_size=8),
)
@settings(max_examples=60)
def test_whatever_is_asked_for_no_order_and_no_line_gives_back_more_than_was_paid(
    prices: list[int], shipping: int, asked: list[tuple[int, int]]
) -> None:
    order = paid(*prices, shipping=shipping)
    for n, (line, minor) in enumerate(asked):
        with contextlib.suppress(Conflict, NotFound):
            order, _ = order.refunding(back(f"k{n}", minor, line_id=f"l{line}" if line else ""))
    for sold in order.sold.lines:
        of_line = sum(each.amount.minor for each in order.refunds if each.line_id == sold.id)
        assert of_line <= sold.total.minor
    for refund in order.refunds:
        order = order.posted(money.refund(order, refund, at=MONDAY))
    assert money.profit_of(order).sales.minor >= 0
