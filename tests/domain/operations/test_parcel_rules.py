"""What suppliers say of parcels, in any order; when one is stuck, and who is told (ops-2, ops-x3)."""

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.events import EventType
from shared.domain.ledger import AccountKind
from shared.domain.operations import parcels
from shared.domain.operations.parcels import Sight, seen
from shared.domain.operations.purchases import Tracking
from shared.domain.operations.shop_orders import ShopOrder
from shared.domain.status import PurchaseStatus, ShopOrderStatus
from tests.parcels import AGAIN, FIRST, NUMBER, after, bought, says, seen_at, sent

TEN_DAYS = timedelta(days=10)
S = PurchaseStatus


def told(order: ShopOrder, number: str = NUMBER.number) -> ShopOrder:
    return parcels.told(order, FIRST, number, at=after(days=2))[0]


def shown(order: ShopOrder, number: str = NUMBER.number) -> ShopOrder:
    return parcels.shown(order, FIRST, number, fulfilment_id="f1")


# --- said -------------------------------------------------------------------------------------------


def test_a_number_makes_a_purchase_shipped_and_is_announced_once() -> None:
    order, events, entries = seen(bought(), FIRST, Sight(status=S.SHIPPED, tracking=NUMBER), at=after(days=2))
    assert (order.purchase(FIRST).status, order.status) == (S.SHIPPED, ShopOrderStatus.SHIPPED)
    assert [event.type for event in events] == [EventType.SUPPLIER_SHIPPED]
    assert events[0].data["tracking_number"] == "YT1"
    assert events[0].data["shopify_order_id"] == "1001"
    assert entries == []
    again, more, _ = seen(order, FIRST, Sight(status=S.SHIPPED, tracking=NUMBER), at=after(days=3))
    assert again is order
    assert more == []


def test_shipped_without_a_number_is_not_told_yet() -> None:
    order, events, _ = seen(bought(), FIRST, Sight(status=S.SHIPPED), at=after(days=2))
    assert order.purchase(FIRST).status is S.PLACED
    assert events == []


def test_a_number_before_the_parcel_was_handed_over_is_kept_and_told_later() -> None:
    early = says(bought(), S.PLACED, at=after(days=1), tracking=NUMBER)
    assert early.purchase(FIRST).tracking == NUMBER
    assert parcels.to_be_told(early.purchase(FIRST)) is None
    late, events, _ = seen(early, FIRST, Sight(status=S.SHIPPED), at=after(days=2))
    assert parcels.to_be_told(late.purchase(FIRST)) == NUMBER
    assert [event.type for event in events] == [EventType.SUPPLIER_SHIPPED]


def test_an_order_of_two_parcels_is_shipped_with_the_second_and_delivered_with_the_last() -> None:
    order = sent(bought(1000, 2000, parcels=2))
    assert order.status is ShopOrderStatus.ORDERED
    order = sent(order, purchase=AGAIN)
    assert order.status is ShopOrderStatus.SHIPPED
    order = says(order, S.DELIVERED, at=after(days=5), purchase=AGAIN)
    assert order.status is ShopOrderStatus.SHIPPED
    order, events, _ = seen(order, FIRST, Sight(status=S.DELIVERED), at=after(days=6))
    assert order.status is ShopOrderStatus.DELIVERED
    assert [event.type for event in events] == [EventType.PARCEL_DELIVERED]


def test_delivered_is_when_the_carrier_saw_it_last_not_when_we_asked() -> None:
    order = says(sent(), S.DELIVERED, at=after(days=9), movements=(seen_at(after(days=7), "Delivered"),))
    assert order.purchase(FIRST).delivered_at == after(days=7)


def test_a_supplier_that_does_not_deliver_takes_nothing() -> None:
    order, events, entries = seen(bought(), FIRST, Sight(status=S.CANCELLED), at=after(days=1))
    assert order.purchase(FIRST).status is S.CANCELLED
    assert order.book.balance(AccountKind.COST_OF_GOODS).minor == 0
    assert order.book.balance(AccountKind.SUPPLIER_PAYABLE, "acme").minor == 0
    assert [entry.key for entry in entries] == [f"{FIRST}:goods-called-off"]
    assert events == []


def test_what_is_called_off_on_its_way_is_lost_and_stays_paid_for() -> None:
    order, _, entries = seen(sent(), FIRST, Sight(status=S.CANCELLED), at=after(days=4))
    assert order.purchase(FIRST).status is S.LOST
    assert entries == []


def test_a_lost_parcel_that_turns_up_is_noted_and_nothing_more() -> None:
    lost = says(sent(), S.CANCELLED, at=after(days=4))
    found, events, entries = seen(lost, FIRST, Sight(status=S.DELIVERED), at=after(days=40))
    assert found.purchase(FIRST).status is S.DELIVERED
    assert [event.type for event in events] == [EventType.PARCEL_DELIVERED]
    assert entries == []


def test_the_latest_hundred_movements_are_kept_in_their_order() -> None:
    every = [seen_at(after(hours=n), f"Scan {n}") for n in range(130)]
    order = says(sent(), S.SHIPPED, at=after(days=9), movements=tuple(every[:80]))
    order = says(order, S.SHIPPED, at=after(days=9), movements=tuple(reversed(every[60:])))
    assert order.purchase(FIRST).movements == tuple(every[30:])


SIGHTS = (
    Sight(status=S.PLACED),
    Sight(status=S.SHIPPED, tracking=NUMBER),
    Sight(status=S.SHIPPED, tracking=NUMBER, movements=(seen_at(after(days=3)),)),
    Sight(status=S.DELIVERED, tracking=NUMBER, movements=(seen_at(after(days=5), "Delivered"),)),
)


@pytest.mark.parametrize("order_of", list(permutations(range(4))), ids=str)
def test_news_in_any_order_and_twice_come_to_the_same_end(order_of: tuple[int, ...]) -> None:
    order, announced = bought(), []
    for n in (*order_of, *order_of):
        order, events, entries = seen(order, FIRST, SIGHTS[n], at=after(days=6))
        announced += [event.type for event in events]
        assert entries == []
    purchase = order.purchase(FIRST)
    assert (purchase.status, order.status) == (S.DELIVERED, ShopOrderStatus.DELIVERED)
    assert len(purchase.movements) == 2
    assert sorted(announced) == [EventType.SUPPLIER_SHIPPED, EventType.PARCEL_DELIVERED]


SAID = st.builds(
    Sight,
    status=st.sampled_from([S.PLACED, S.SHIPPED, S.DELIVERED, S.CANCELLED]),
    tracking=st.sampled_from([None, NUMBER, Tracking(number="YT2", carrier="USPS")]),
    movements=st.lists(st.builds(seen_at, st.integers(0, 400).map(lambda h: after(hours=h))), max_size=3).map(
        tuple
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(SAID, max_size=12))
def test_whatever_a_supplier_says_a_parcel_never_goes_back_and_no_cent_is_lost(said: list[Sight]) -> None:
    order, shipped, delivered = bought(1000, 2000), 0, 0
    ranks = [S.PLACED, S.SHIPPED, S.LOST, S.DELIVERED, S.CANCELLED]
    for n, sight in enumerate(said):
        before = order.purchase(FIRST)
        order, events, _ = seen(order, FIRST, sight, at=after(days=n))
        purchase = order.purchase(FIRST)
        assert ranks.index(purchase.status) >= ranks.index(before.status)
        shipped += sum(event.type is EventType.SUPPLIER_SHIPPED for event in events)
        delivered += sum(event.type is EventType.PARCEL_DELIVERED for event in events)
        summary = order.book.summary()
        assert summary.held == summary.released + summary.refunded + summary.fees + summary.remaining
    assert shipped <= 1
    assert delivered <= 1
    called_off = order.purchase(FIRST).status is S.CANCELLED
    assert order.book.balance(AccountKind.COST_OF_GOODS).minor == (0 if called_off else 1250)


# --- told -------------------------------------------------------------------------------------------


def test_the_shop_and_then_the_customer_are_told_once() -> None:
    order = sent()
    assert parcels.to_be_shown(order.purchase(FIRST)) == NUMBER
    order, events = parcels.told(shown(order), FIRST, "YT1", at=after(days=2))
    assert parcels.to_be_shown(order.purchase(FIRST)) is None
    assert parcels.to_be_told(order.purchase(FIRST)) is None
    assert [event.type for event in events] == [EventType.ORDER_FULFILLED]
    again, none = parcels.told(order, FIRST, "YT1", at=after(days=3))
    assert again is order
    assert none == []


def test_of_a_second_number_the_customer_hears_and_of_a_third_the_shop_alone() -> None:
    order = told(shown(sent()))
    for n, number in enumerate(("YT2", "YT3"), 2):
        order = says(order, S.SHIPPED, at=after(days=n), tracking=Tracking(number=number))
        purchase = order.purchase(FIRST)
        assert purchase.numbers == n
        wanted = parcels.to_be_shown(purchase)
        assert wanted is not None
        assert wanted.number == number
        assert (parcels.to_be_told(purchase) is not None) == (number == "YT2")
        order, events = parcels.told(shown(order, number), FIRST, number, at=after(days=n))
        assert events == [], "it is fulfilled once"


def test_a_better_name_for_the_carrier_is_no_new_number() -> None:
    renamed = NUMBER.model_copy(update={"carrier": "YunExpress Ltd"})
    order = says(told(shown(sent())), S.SHIPPED, at=after(days=3), tracking=renamed)
    purchase = order.purchase(FIRST)
    assert purchase.tracking == renamed
    assert purchase.numbers == 1
    assert parcels.to_be_shown(purchase) is None
    assert parcels.to_be_told(purchase) is None


def test_what_has_arrived_needs_no_second_number_but_its_first() -> None:
    at_once = says(bought(), S.DELIVERED, at=after(days=4))
    assert parcels.to_be_shown(at_once.purchase(FIRST)) == NUMBER
    assert parcels.to_be_told(at_once.purchase(FIRST)) == NUMBER
    renumbered = says(told(sent()), S.DELIVERED, at=after(days=4), tracking=Tracking(number="YT2"))
    assert parcels.to_be_told(renumbered.purchase(FIRST)) is None


# --- stuck ------------------------------------------------------------------------------------------


def stuck(order: ShopOrder, *, heard: bool = True, **span: float) -> bool:
    return parcels.is_stuck(order.purchase(FIRST), now=after(**span), after=TEN_DAYS, heard=heard)


def test_a_parcel_is_stuck_after_more_than_ten_days_without_any_movement() -> None:
    moved = says(sent(), S.SHIPPED, at=after(days=4), movements=(seen_at(after(days=4)),))
    assert not stuck(moved, days=14)
    assert stuck(moved, days=14, seconds=1)


def test_what_was_never_sent_counts_from_when_it_was_placed() -> None:
    assert not stuck(bought(), days=10)
    assert stuck(bought(), days=10, seconds=1)


def test_a_supplier_that_does_not_answer_is_waited_for_twice_as_long() -> None:
    assert not stuck(bought(), heard=False, days=20)
    assert stuck(bought(), heard=False, days=20, seconds=1)


def test_a_movement_that_is_said_to_be_in_the_future_keeps_no_parcel_alive() -> None:
    order = says(sent(), S.SHIPPED, at=after(days=3), movements=(seen_at(after(days=900)),))
    assert stuck(order, days=13)


@pytest.mark.parametrize("status", [S.DELIVERED, S.CANCELLED, S.LOST])
def test_what_is_not_under_way_is_not_stuck(status: PurchaseStatus) -> None:
    order = says(sent(), S.CANCELLED, at=after(days=3)) if status is S.LOST else bought()
    order = order if status is S.LOST else says(order, status, at=after(days=3))
    assert order.purchase(FIRST).status is status
    assert not stuck(order, days=300)


def test_a_delay_is_announced_once_with_its_days() -> None:
    order, events = parcels.delayed(sent(), FIRST, at=after(days=13))
    assert [(event.type, event.data["days"]) for event in events] == [(EventType.SHIPPING_DELAYED, 11)]
    again, none = parcels.delayed(order, FIRST, at=after(days=14))
    assert again is order
    assert none == []
