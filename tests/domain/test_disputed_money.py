"""Money in dispute: frozen by one or by several, taken by a bank, and no cent of it lost or counted twice."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain import order_money as money
from shared.domain import orders as rules
from shared.domain.ledger import AccountKind, Terms
from shared.domain.money import Money
from shared.domain.orders import Delivered, DeliveryOutcome, Movement, Order, OrderLeg
from shared.domain.places import GeoPoint, Place
from shared.domain.status import HoldStatus, LegStatus, OrderStatus, PaymentStatus
from shared.domain.timechain import Timeline
from shared.errors import Conflict

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOME = Place(address="500 Congress Ave, Austin", point=GeoPoint(latitude=30.27, longitude=-97.74))
L1, L2 = "ord_x-l1", "ord_x-l2"
HELD, DISPUTED = AccountKind.HELD, AccountKind.DISPUTED


def usd(minor: int) -> Money:
    return Money(minor=minor)


def leg(number: int, price: int, **more: Any) -> OrderLeg:
    known = {
        "id": f"ord_x-l{number}",
        "slot": f"ord_x-l{number}",
        "product_id": f"p{number}",
        "name": f"Item {number}",
        "vendor_id": f"v{number}",
        "vendor_name": f"Vendor {number}",
        "quantity": 3,
        "price": usd(price),
        "status": LegStatus.COMPLETED,
        "terms": Terms(fee_bps=1000),
    }
    return OrderLeg.model_validate(known | more)


def paid_order(*legs: OrderLeg, fee: int = 0) -> Order:
    """An order whose money was taken in one payment, `ch_1`, and is held."""
    before = Order.model_construct(
        id="ord_x",
        revision=1,
        created_at=NOW,
        updated_at=NOW,
        customer_id="alice",
        thread_id="thr",
        legs=legs or (leg(1, 5000), leg(2, 3000)),
        deliver_to=HOME,
        deliver_by=NOW + timedelta(days=1),
        zone="America/Chicago",
        delivery_fee=usd(fee) if fee else None,
        timeline=Timeline.model_construct(),
    )
    movement = Movement(key="ord_x:charge", receipt_id="ch_1", amount=before.total(), reason="order")
    after = rules.with_movement(rules.paid(before), movement)
    after, _ = money.booked(before, after, key="ord_x:charge", at=NOW)
    return rules.dispatched(after)


def frozen(order: Order, leg_id: str = L1, by: str = "d1") -> Order:
    return money.frozen(order, leg_id, by=by, key=f"{by}:freeze", at=NOW)[0]


def thawed(order: Order, leg_id: str = L1, by: str = "d1") -> Order:
    return money.thawed(order, leg_id, by=by, key=f"{by}:thaw", at=NOW)[0]


def released(order: Order, leg_id: str = L1) -> Order:
    return money.released(order, leg_id, key=f"{leg_id}:release", at=NOW)[0]


def refunded(order: Order, minor: int, leg_id: str = L1, key: str = "r") -> Order:
    return money.refunded(order, leg_id, usd(minor), key=key, at=NOW, reason="damaged")[0]


def taken(order: Order, minor: int, by: str = "b1") -> Order:
    return money.bank_took(order, usd(minor), reference="dp_1", by=by, key=f"{by}:took", at=NOW)[0]


def returned(order: Order, minor: int, by: str = "b1") -> Order:
    return money.bank_returned(order, usd(minor), reference="dp_1", by=by, key=f"{by}:returned", at=NOW)[0]


def kept(order: Order, minor: int, by: str = "b1") -> Order:
    return money.bank_kept(order, usd(minor), payment_id="ch_1", by=by, key=f"{by}:kept", at=NOW)[0]


def balance(order: Order, kind: AccountKind, owner: str = L1) -> int:
    return order.book.balance(kind, owner).minor


# --- frozen by one and by several -------------------------------------------------------------------


def test_a_dispute_freezes_the_money_of_its_leg_and_its_end_holds_it_again() -> None:
    order = frozen(paid_order())
    assert (balance(order, HELD), balance(order, DISPUTED)) == (0, 5000)
    assert [each.hold for each in order.legs] == [HoldStatus.DISPUTED, HoldStatus.HELD]
    assert frozen(order) is order, "twice is once"
    order = thawed(order)
    assert (balance(order, HELD), balance(order, DISPUTED)) == (5000, 0)
    assert thawed(order) is order
    order.verify()


def test_money_that_two_disputes_froze_stays_frozen_until_both_are_over() -> None:
    order = frozen(frozen(paid_order(), by="d1"), by="b1")
    order = thawed(order, by="d1")
    assert (order.leg(L1).hold, balance(order, DISPUTED)) == (HoldStatus.DISPUTED, 5000)
    order = thawed(order, by="b1")
    assert (order.leg(L1).hold, balance(order, HELD)) == (HoldStatus.HELD, 5000)


def test_frozen_money_is_not_released() -> None:
    with pytest.raises(Conflict) as told:
        released(frozen(paid_order()))
    assert told.value.code == "disputed"


def test_what_was_released_is_not_there_to_be_frozen() -> None:
    order = released(paid_order())
    assert frozen(order) is order


def test_the_money_of_a_leg_that_was_called_off_meanwhile_goes_back_when_the_dispute_ends() -> None:
    order = rules.dropped(frozen(paid_order()), L1, "called off")
    assert order.leg(L1).hold is HoldStatus.DISPUTED
    order = thawed(order)
    assert order.leg(L1).hold is HoldStatus.REFUNDED
    due = order.refund_due("d1:thaw")
    assert due is not None
    assert due.amount == usd(5000)
    order.verify()


def test_frozen_money_pays_for_nothing_else() -> None:
    new = leg(3, 4000, replaces=L1, status=LegStatus.ACCEPTED)
    order = rules.with_leg(frozen(paid_order()), new)
    with pytest.raises(Conflict, match="its money is disputed"):
        rules.swapped(order, L1, "ord_x-l3")
    with pytest.raises(Conflict, match="its money is disputed"):
        rules.changed(
            order.model_copy(update={"legs": (frozen(paid_order()).leg(L1),)}),
            L1,
            None,
            name="Else",
            extra=usd(500),
            by="n1",
        )


# --- what may be asked back -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delivered", "before", "claim"),
    [
        (None, 0, 1000),
        ((DeliveryOutcome.ACCEPTED, 3), 0, 1000),
        ((DeliveryOutcome.REFUSED, 0), 0, 1000),
        ((DeliveryOutcome.PARTIAL, 1), 0, 667),
        ((DeliveryOutcome.PARTIAL, 2), 0, 334),
        ((DeliveryOutcome.PARTIAL, 2), 300, 34),
        ((DeliveryOutcome.PARTIAL, 2), 334, 0),
        (None, 400, 600),
    ],
)
def test_of_a_partial_delivery_only_what_was_not_kept_can_be_asked_back(
    delivered: tuple[DeliveryOutcome, int] | None, before: int, claim: int
) -> None:
    order = paid_order(leg(1, 1000))
    if delivered is not None:
        outcome, accepted = delivered
        said = Delivered(outcome=outcome, accepted=accepted, at=NOW, by="alice")
        order = rules.with_leg(order, order.leg(L1).model_copy(update={"delivered": said}))
    if before:
        order = refunded(order, before)
    assert money.claimable(order, order.leg(L1)) == usd(claim)


# --- a bank takes, gives back, keeps ----------------------------------------------------------------


def test_a_bank_that_takes_a_payment_freezes_whatever_is_held() -> None:
    order = taken(released(paid_order()), 8000)
    assert money.is_charged_back(order)
    assert [each.hold for each in order.legs] == [HoldStatus.RELEASED, HoldStatus.DISPUTED]
    assert balance(order, AccountKind.CHARGEBACK, "ord_x") == 8000


def test_a_won_chargeback_leaves_everything_as_it_was() -> None:
    before = paid_order()
    after = returned(taken(before, 8000), 8000)
    assert [(each.hold, each.frozen_by) for each in after.legs] == [(HoldStatus.HELD, ())] * 2
    assert not money.is_charged_back(after)
    assert after.book.summary() == before.book.summary()


def test_a_won_chargeback_thaws_nothing_that_a_customer_still_disputes() -> None:
    order = returned(taken(frozen(paid_order(), by="d1"), 8000), 8000)
    assert [each.hold for each in order.legs] == [HoldStatus.DISPUTED, HoldStatus.HELD]


def test_a_lost_chargeback_is_paid_by_the_legs_released_or_not() -> None:
    order = kept(taken(released(paid_order()), 8000), 8000)
    assert [each.hold for each in order.legs] == [HoldStatus.REFUNDED, HoldStatus.REFUNDED]
    assert balance(order, AccountKind.VENDOR_PAYABLE, "v1") == 0
    assert balance(order, AccountKind.CHARGEBACK, "ord_x") == 0
    assert balance(order, AccountKind.GOODWILL, "") == 0
    assert balance(order, AccountKind.REFUNDS, "ord_x") == 0, "nothing is owed: the bank gave it back"
    assert order.paid() == usd(0)
    assert order.book.summary().refunded == usd(8000)


def test_who_earned_on_a_lost_chargeback_learns_what_was_clawed_back() -> None:
    order = taken(released(paid_order()), 8000)
    _, clawed, _ = money.bank_kept(order, usd(8000), payment_id="ch_1", by="b1", key="b1:kept", at=NOW)
    assert clawed[L1].vendor == usd(4500)
    assert clawed[L1].fee == usd(500)
    assert clawed[L2].total() == usd(0), "it was only held"


def test_a_bank_that_keeps_a_part_leaves_the_rest_of_the_legs_held() -> None:
    order = kept(taken(paid_order(), 2000), 2000)
    assert [(each.hold, each.refunded, each.frozen_by) for each in order.legs] == [
        (HoldStatus.HELD, 2000, ()),
        (HoldStatus.HELD, 0, ()),
    ]
    assert balance(order, HELD) == 3000
    order.verify()


def test_the_delivery_pays_before_the_platform_loses() -> None:
    order = kept(taken(paid_order(fee=1299), 9299), 9299)
    assert balance(order, HELD, "ord_x-delivery") == 0
    assert balance(order, AccountKind.GOODWILL, "") == 0
    after_refund = sent(refunded(paid_order(), 5000))
    assert balance(kept(taken(after_refund, 8000), 8000), AccountKind.GOODWILL, "") == 5000


def sent(order: Order, key: str = "r") -> Order:
    """The refund went out to the customer."""
    due = order.refund_due(key)
    assert due is not None
    back = Movement(key=f"{key}@ord_x:charge", receipt_id="re_1", amount=-due.amount, reason="refund")
    after = rules.with_movement(money.sent(order, key), back)
    return money.booked(order, after, key=f"{key}:sent", at=NOW)[0]


def test_no_refund_counts_on_a_payment_that_a_bank_gave_back() -> None:
    """Two payments; the bank keeps the second, so what is refunded later comes of the first alone."""
    order = paid_order()
    extra = Movement(key="ord_x:more", receipt_id="ch_2", amount=usd(500), reason="more")
    dearer = rules.with_leg(order, order.leg(L1).model_copy(update={"price": usd(5500)}))
    order, _ = money.booked(order, rules.with_movement(dearer, extra), key="ord_x:more", at=NOW)
    order = taken(order, 500)
    order, _, _ = money.bank_kept(order, usd(500), payment_id="ch_2", by="b1", key="b1:kept", at=NOW)
    order = refunded(refunded(order, 5000), 3000, L2, key="r2")
    parts = [part for key in ("r", "r2") for part in order.refund_due(key).parts]  # type: ignore[union-attr]
    assert {part.payment_id for part in parts} == {"ch_1"}
    assert sum(part.amount.minor for part in parts) == 8000


# --- whatever happens -------------------------------------------------------------------------------

_MOVES = st.lists(
    st.tuples(
        st.sampled_from(["freeze", "thaw", "release", "refund", "drop", "take", "return", "keep"]),
        st.sampled_from([L1, L2]),
        st.sampled_from(["d1", "d2"]),
        st.integers(1, 8000),
    ),
    max_size=25,
)


@given(_MOVES)
def test_whatever_is_disputed_in_whatever_order_the_money_adds_up(moves: list[Any]) -> None:
    """Every write passes the book's own checks; at the end of all disputes nothing is frozen."""
    order, open_banks, number = paid_order(fee=1299), dict[str, int](), 0
    for what, leg_id, by, minor in moves:
        number += 1
        try:
            match what:
                case "freeze":
                    order = frozen(order, leg_id, by)
                case "thaw":
                    order = thawed(order, leg_id, by)
                case "release":
                    order = released(order, leg_id)
                case "refund" if not money.is_charged_back(order):
                    order = refunded(order, minor, leg_id, key=f"r{number}")
                case "drop" if order.leg(leg_id).hold is HoldStatus.DISPUTED:
                    order = rules.dropped(order, leg_id, "called off")
                case "take" if not open_banks:
                    minor = min(minor, 9299 - sum(each.amount.minor for each in order.refunds))
                    if minor > 0:
                        order = taken(order, minor, f"b{number}")
                        open_banks[f"b{number}"] = minor
                case "return" | "keep" if open_banks:
                    bank, amount = open_banks.popitem()
                    order = (returned if what == "return" else kept)(order, amount, bank)
        except Conflict:
            continue
        order.verify()
        for each in order.legs:
            there = balance(order, HELD, each.id) + balance(order, DISPUTED, each.id)
            earned = each.earned.total().minor if each.earned else 0
            assert there + earned + each.refunded == each.price.minor
    for bank, amount in open_banks.items():
        order = returned(order, amount, bank)
    for each in order.legs:
        for by in ("d1", "d2"):
            order = thawed(order, each.id, by)
    assert order.book.sum_of({DISPUTED}) == usd(0)
    assert not any(each.frozen_by for each in order.legs)
    order.verify()


def test_an_order_is_refunded_when_the_last_of_its_money_is_clawed_back() -> None:
    order = rules.settled(released(released(paid_order()), L2))
    assert order.status is OrderStatus.COMPLETED
    order = rules.settled(refunded(order, 5000))
    assert order.status is OrderStatus.COMPLETED
    order = rules.settled(refunded(order, 3000, L2, key="r2"))
    assert (order.status, order.payment_status) == (OrderStatus.REFUNDED, PaymentStatus.REFUNDED)
    assert rules.settled(order) is order
