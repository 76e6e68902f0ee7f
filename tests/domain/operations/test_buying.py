"""Purchases: planned before they are placed, booked once, and not made when nobody wants them (ops-1)."""

from collections.abc import Callable

import pytest

from shared.domain.events import EventType
from shared.domain.ledger import AccountKind
from shared.domain.operations import buying
from shared.domain.operations.chargebacks import bank_took
from shared.domain.operations.purchases import PurchaseLine
from shared.domain.operations.shop_orders import ShopOrder
from shared.domain.status import PurchaseStatus, ShopOrderStatus
from tests.parcels import FIRST, after
from tests.shop_orders import MONDAY, back, paid, usd

LINES = (PurchaseLine(line_id="l1", supplier_sku="ali-1", quantity=1),)


def planned(order: ShopOrder | None = None) -> ShopOrder:
    return buying.planned(order or paid(2500), LINES, supplier_id="acme", cost=usd(1300), at=MONDAY)[0]


def test_what_the_supplier_takes_is_booked_and_announced_once() -> None:
    order, events, entries = buying.bought(
        planned(), FIRST, supplier_order_id="ali_555", cost=usd(1250), at=after(hours=1)
    )
    purchase = order.purchase(FIRST)
    assert (purchase.status, purchase.cost, purchase.supplier_order_id) == (
        PurchaseStatus.PLACED,
        usd(1250),
        "ali_555",
    )
    assert order.book.balance(AccountKind.COST_OF_GOODS) == usd(1250)
    assert [entry.key for entry in entries] == [f"{FIRST}:goods"]
    assert [event.type for event in events] == [EventType.SUPPLIER_ORDER_PLACED]
    assert events[0].data["cost"] == 12.5
    assert events[0].data["supplier_order_id"] == "ali_555"
    again = buying.bought(order, FIRST, supplier_order_id="ali_556", cost=usd(1), at=after(hours=2))
    assert again == (order, [], [])


def test_what_was_refused_may_be_bought_elsewhere() -> None:
    order = buying.refused(planned(), FIRST, "out_of_stock")
    order, other = buying.planned(order, LINES, supplier_id="cj", cost=usd(1400), at=after(hours=1))
    assert [each.status for each in order.purchases] == [PurchaseStatus.REFUSED, PurchaseStatus.PLANNED]
    assert other.id == "sho_1001-p2"
    assert buying.refused(order, FIRST, "late") is order


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda o: o.moved(ShopOrderStatus.CANCELLED),
        lambda o: o.refunding(back("r", 2500, line_id="l1"))[0],
        lambda o: o.refunding(back("r", 3000))[0],
        lambda o: bank_took(o, usd(1), reference="dp_1", by="b1", at=MONDAY)[0],
    ],
    ids=["cancelled", "the line was given back", "all was given back", "the bank has some of it"],
)
def test_it_is_not_bought_any_more_when(spoiled: Callable[[ShopOrder], ShopOrder]) -> None:
    order = spoiled(planned())
    assert buying.why_not_to_buy(order, order.purchase(FIRST))
    assert not buying.why_not_to_buy(planned(), planned().purchase(FIRST))


def test_a_gift_has_nothing_to_give_back_and_is_bought() -> None:
    order = planned(paid(0))
    assert buying.why_not_to_buy(order, order.purchase(FIRST)) == ""
