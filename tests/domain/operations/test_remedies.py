"""What a customer gets instead of a parcel that does not arrive: sent again once, or the money (ops-x3)."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.events import EventType
from shared.domain.operations import buying, remedies
from shared.domain.operations.chargebacks import bank_took
from shared.domain.operations.purchases import PurchaseLine, Remedy
from shared.domain.operations.shop_orders import ShopOrder
from shared.domain.status import PurchaseStatus, ShopOrderStatus
from shared.errors import Conflict
from tests.parcels import AGAIN, FIRST, after, bought, says, sent
from tests.shop_orders import MONDAY, back, usd

S = PurchaseStatus
LINES = (PurchaseLine(line_id="l1", supplier_sku="cj-1", quantity=1),)


def lost(*prices: int) -> ShopOrder:
    return remedies.given_up(sent(bought(*prices)), FIRST)


def again(order: ShopOrder, *, placed: bool = True) -> ShopOrder:
    """Its goods were bought again, of another supplier."""
    order, new = remedies.sent_again(order, FIRST, LINES, supplier_id="cj", cost=usd(1400), at=after(days=13))
    if placed:
        order, _, _ = buying.bought(
            order, new.id, supplier_order_id="cj_1", cost=usd(1400), at=after(days=13)
        )
    return order


def remedy(order: ShopOrder, purchase: str = FIRST) -> Remedy:
    return remedies.remedy_for(order, order.purchase(purchase))


def test_a_lost_parcel_is_sent_again() -> None:
    assert remedy(lost()) is Remedy.RESHIP


@pytest.mark.parametrize(
    ("spoiled", "wanted"),
    [
        (lambda o: o.model_copy(update={"money_back_wanted": True}), Remedy.REFUND),
        (lambda o: o.moved(ShopOrderStatus.CANCELLED), Remedy.NOTHING),
        (lambda o: o.refunding(back("r1", 2500, line_id="l1"))[0], Remedy.NOTHING),
        (lambda o: bank_took(o, usd(3000), reference="dp_1", by="b1", at=MONDAY)[0], Remedy.NOTHING),
        (lambda o: bank_took(o, usd(300), reference="dp_1", by="b1", at=MONDAY)[0], Remedy.NOTHING),
    ],
    ids=["asked for their money", "cancelled", "has it back", "their bank has it", "their bank has some"],
)
def test_it_is_not_sent_again_when(spoiled: Callable[[ShopOrder], ShopOrder], wanted: Remedy) -> None:
    assert remedy(spoiled(lost())) is wanted


def test_what_was_sent_again_and_gets_lost_too_is_refunded() -> None:
    order = remedies.given_up(sent(again(lost()), purchase=AGAIN, at=after(days=15)), AGAIN)
    assert remedy(order, AGAIN) is Remedy.REFUND


def test_giving_up_and_buying_again_are_one_change() -> None:
    order = again(sent(), placed=False)
    old, new = order.purchases
    assert (old.status, new.status) == (S.LOST, S.PLANNED)
    assert (new.replaces, new.supplier_id, new.cost) == (FIRST, "cj", usd(1400))
    assert order.status is ShopOrderStatus.ORDERED, "not everything is on its way any more"
    assert remedies.done_instead(order, old) is Remedy.RESHIP


def test_the_same_purchase_is_not_planned_a_second_time_in_its_place() -> None:
    order = again(lost(), placed=False)
    same, purchase = buying.planned(
        order, LINES, supplier_id="cj", cost=usd(1400), at=after(days=14), replaces=FIRST
    )
    assert same is order
    assert purchase.id == AGAIN
    with pytest.raises(Conflict) as refused:
        buying.planned(order, LINES, supplier_id="cj", cost=usd(1400), at=after(days=14))
    assert refused.value.code == "bought_already"


def test_who_refused_and_who_called_it_off_are_not_asked_to_send_it_again() -> None:
    order = says(bought(), S.CANCELLED, at=after(days=1))
    assert remedies.unwanted_suppliers(order, order.purchase(FIRST)) == {"acme"}
    order = buying.refused(again(order, placed=False), AGAIN, "out_of_stock")
    assert remedies.unwanted_suppliers(order, order.purchase(FIRST)) == {"acme", "cj"}
    assert remedies.replacement_of(order, FIRST) is None, "what was refused replaces nothing"
    assert not remedies.unwanted_suppliers(lost(), lost().purchase(FIRST)), "who lost it may send again"


def test_the_last_goods_of_an_order_give_all_its_money_back_delivery_included() -> None:
    order, events = remedies.refunded(sent(), FIRST, reason="the parcel got lost", at=after(days=13))
    assert [(each.line_id, each.amount) for each in order.refunds] == [("l1", usd(2500)), ("", usd(500))]
    assert all(each.automatic for each in order.refunds)
    assert order.refundable() == usd(0)
    assert (order.status, order.purchase(FIRST).status) == (ShopOrderStatus.CANCELLED, S.LOST)
    kinds = [event.type for event in events]
    assert kinds == [EventType.SHOP_REFUND_DUE] * 2 + [EventType.SHOP_ORDER_CLOSED]
    assert {event.data.get("key") for event in events[:2]} == {each.key for each in order.refunds}
    same, none = remedies.refunded(order, FIRST, reason="the parcel got lost", at=after(days=14))
    assert none == []
    assert same.refunds == order.refunds


def test_one_parcel_of_two_gives_its_own_lines_back_and_the_order_goes_on() -> None:
    order = sent(sent(bought(1000, 2000, parcels=2)), purchase=AGAIN)
    order, events = remedies.refunded(order, FIRST, reason="the parcel got lost", at=after(days=13))
    assert [(each.line_id, each.amount) for each in order.refunds] == [("l1", usd(1000))]
    assert order.status is ShopOrderStatus.SHIPPED
    assert len(events) == 1
    arrived = says(order, S.DELIVERED, at=after(days=14), purchase=AGAIN)
    assert arrived.status is ShopOrderStatus.DELIVERED


def test_a_customer_is_owed_word_until_they_have_been_told() -> None:
    order = lost()
    assert remedies.is_unsettled(order, order.purchase(FIRST))
    order = remedies.settled(again(order), FIRST, Remedy.RESHIP)
    assert not remedies.is_unsettled(order, order.purchase(FIRST))
    assert remedies.settled(order, FIRST, Remedy.REFUND).purchase(FIRST).remedy is Remedy.RESHIP


def test_a_parcel_that_turns_up_while_it_is_refunded_is_still_told_of() -> None:
    order, _ = remedies.refunded(sent(), FIRST, reason="lost", at=after(days=13))
    order = says(order, S.DELIVERED, at=after(days=14))
    assert remedies.is_unsettled(order, order.purchase(FIRST))
    arrived = says(sent(), S.DELIVERED, at=after(days=5))
    assert not remedies.is_unsettled(arrived, arrived.purchase(FIRST))


@settings(max_examples=60, deadline=None)
@given(
    prices=st.lists(st.integers(0, 5000), min_size=1, max_size=4),
    earlier=st.integers(0, 3000),
    bank=st.integers(0, 3000),
    shipping=st.integers(1, 900),
)
def test_a_lost_parcel_never_gives_back_more_than_was_paid(
    prices: list[int], earlier: int, bank: int, shipping: int
) -> None:
    order = sent(bought(*prices, shipping=shipping))
    total = sum(prices) + shipping
    if 0 < earlier <= total:
        order, _ = order.refunding(back("earlier", earlier))
    if 0 < bank <= total:
        order, _, _ = bank_took(order, usd(bank), reference="dp_1", by="b1", at=MONDAY)
    order, _ = remedies.refunded(order, FIRST, reason="lost", at=after(days=13))
    given_back = sum(each.amount.minor for each in order.refunds)
    assert given_back <= max(total - (bank if 0 < bank <= total else 0), earlier)
    assert all(each.amount.minor > 0 for each in order.refunds)
