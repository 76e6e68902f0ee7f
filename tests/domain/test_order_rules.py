"""An order's rules: what may follow what, and that a customer never ends with neither leg."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain import orders as rules
from shared.domain.money import Money
from shared.domain.orders import LIVE, Movement, Order, OrderLeg
from shared.domain.places import GeoPoint, Place
from shared.domain.status import HoldStatus, LegStatus, OrderStatus, PartnerStatus, PaymentStatus
from shared.domain.timechain import Timeline
from shared.errors import Conflict, IllegalMove, NotFound

START = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOME = Place(address="500 Congress Ave, Austin", point=GeoPoint(latitude=30.27, longitude=-97.74))


def leg(number: int = 1, **more: Any) -> OrderLeg:
    known = {
        "id": f"ord_x-l{number}",
        "slot": "ord_x-l1",
        "product_id": f"p{number}",
        "name": f"Item {number}",
        "vendor_id": f"v{number}",
        "vendor_name": f"Vendor {number}",
        "quantity": 1,
        "price": Money(minor=1000 * number),
    }
    return OrderLeg.model_validate(known | more)


def order(*legs: OrderLeg, **more: Any) -> Order:
    return Order.model_construct(
        id="ord_x",
        revision=1,
        created_at=START,
        updated_at=START,
        customer_id="alice",
        thread_id="thr",
        legs=legs or (leg(),),
        deliver_to=HOME,
        deliver_by=START + timedelta(days=1),
        zone="America/Chicago",
        timeline=Timeline.model_construct(),
        **more,
    )


def charge(minor: int = 1000, key: str = "ord_x:charge") -> Movement:
    return Movement(key=key, receipt_id="ch_1", amount=Money(minor=minor), reason="order")


REPLACEMENT = {"replaces": "ord_x-l1", "recovery_id": "ord_x-r1"}


def test_a_replacement_is_not_the_customers_until_it_takes_over() -> None:
    both = order(leg(), leg(2, **REPLACEMENT))
    assert [each.id for each in both.live_legs()] == ["ord_x-l1"]
    assert both.total() == Money(minor=1000)


def test_a_swap_cancels_the_old_leg_and_takes_the_new_one_over_at_once() -> None:
    accepted = leg(2, status=LegStatus.ACCEPTED, **REPLACEMENT)
    after = rules.swapped(order(leg(status=LegStatus.ACCEPTED), accepted), "ord_x-l1", "ord_x-l2")
    assert [(each.status, each.hold) for each in after.legs] == [
        (LegStatus.CANCELLED, HoldStatus.REFUNDED),
        (LegStatus.ACCEPTED, HoldStatus.HELD),
    ]
    assert [each.id for each in after.live_legs()] == ["ord_x-l2"]
    assert rules.swapped(after, "ord_x-l1", "ord_x-l2") is after


@pytest.mark.parametrize("status", [LegStatus.PENDING, LegStatus.REJECTED, LegStatus.CANCELLED])
def test_only_an_accepted_leg_takes_over(status: LegStatus) -> None:
    both = order(leg(status=LegStatus.ACCEPTED), leg(2, status=status, **REPLACEMENT))
    with pytest.raises(Conflict):
        rules.swapped(both, "ord_x-l1", "ord_x-l2")


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["answer", "swap", "drop_new", "progress"]),
        st.sampled_from(["ord_x-l1", "ord_x-l2"]),
        st.booleans(),
        st.sampled_from(list(PartnerStatus)),
    ),
    max_size=12,
)


@given(_STEPS)
def test_a_recovery_never_leaves_a_customer_with_neither_leg(steps: list[Any]) -> None:
    """Whatever vendors say in whatever order, only the old vendor itself can take its leg away."""
    now = order(leg(status=LegStatus.ACCEPTED), leg(2, **REPLACEMENT))
    for what, leg_id, yes, status in steps:
        try:
            match what:
                case "answer":
                    now = rules.answered(now, leg_id, accepted=yes)
                case "swap":
                    now = rules.swapped(now, "ord_x-l1", "ord_x-l2")
                case "drop_new" if now.leg("ord_x-l2").replaces:
                    now = rules.dropped(now, "ord_x-l2", "not needed")
                case "progress":
                    now = rules.progressed(now, leg_id, status, at=START)
        except Conflict:
            continue
        old, new = now.legs
        taken_back = LegStatus.REJECTED in {old.status, new.status}
        assert taken_back or list(now.live_legs()), (what, leg_id)
        assert len(now.live_legs()) <= 1, "one item, one leg"
        assert new.slot == old.slot


def test_the_same_answer_twice_changes_nothing_and_another_one_is_refused() -> None:
    accepted = rules.answered(order(), "ord_x-l1", accepted=True)
    assert rules.answered(accepted, "ord_x-l1", accepted=True) is accepted
    rejected = rules.answered(accepted, "ord_x-l1", accepted=False)
    assert rejected.leg("ord_x-l1").status is LegStatus.REJECTED
    with pytest.raises(Conflict):
        rules.answered(rejected, "ord_x-l1", accepted=True)


def test_an_answer_about_an_unknown_leg_is_not_found() -> None:
    with pytest.raises(NotFound):
        rules.answered(order(), "ord_x-l9", accepted=True)


@given(st.lists(st.sampled_from(list(PartnerStatus)), max_size=8))
def test_progress_never_goes_backwards_and_keeps_its_first_instant(reports: list[PartnerStatus]) -> None:
    now, best = order(leg(status=LegStatus.ACCEPTED)), -1
    for minutes, status in enumerate(reports):
        rank = list(PartnerStatus).index(status)
        at = START + timedelta(minutes=minutes)
        if rank < best:
            with pytest.raises(Conflict):
                rules.progressed(now, "ord_x-l1", status, at=at)
            continue
        now, best = rules.progressed(now, "ord_x-l1", status, at=at), rank
    if reports:
        assert now.leg("ord_x-l1").started_at == START
        done = PartnerStatus.READY_FOR_PICKUP in reports
        assert (now.leg("ord_x-l1").status is LegStatus.COMPLETED) == done
        assert (now.leg("ord_x-l1").ready_at is not None) == done


def test_a_leg_that_is_over_makes_no_progress() -> None:
    for status in (LegStatus.CANCELLED, LegStatus.REJECTED, LegStatus.PENDING):
        with pytest.raises(IllegalMove):
            rules.progressed(order(leg(status=status)), "ord_x-l1", PartnerStatus.IN_PROGRESS, at=START)


def test_money_that_moved_counts_once_per_key() -> None:
    paid = rules.with_movement(order(), charge())
    assert rules.with_movement(paid, charge()) is paid
    assert rules.with_movement(paid, charge(-300, "refund")).paid() == Money(minor=700)


def test_a_charge_makes_the_order_paid_and_holds_every_leg() -> None:
    paid = rules.paid(rules.with_movement(order(leg(1), leg(2)), charge(3000)))
    assert (paid.status, paid.payment_status) == (OrderStatus.PAID, PaymentStatus.CAPTURED)
    assert {each.hold for each in paid.legs} == {HoldStatus.HELD}
    assert paid.paid() == paid.total()
    with pytest.raises(IllegalMove):
        rules.paid(paid)


def test_cancelling_ends_every_leg_that_can_still_end() -> None:
    paid = rules.paid(rules.with_movement(order(leg(1), leg(2)), charge(3000)))
    ended = rules.cancelled(paid, "no longer wanted", payment=PaymentStatus.REFUNDED)
    assert {(each.status, each.hold) for each in ended.legs} == {(LegStatus.CANCELLED, HoldStatus.REFUNDED)}
    assert not ended.is_open()
    assert ended.live_legs() == ()
    assert ended.total() == Money.zero()


def test_dropping_a_leg_again_changes_nothing() -> None:
    dropped = rules.dropped(order(leg(1), leg(2)), "ord_x-l2", "sold out")
    assert rules.dropped(dropped, "ord_x-l2", "again") is dropped
    assert [each.id for each in dropped.live_legs()] == ["ord_x-l1"]


def test_a_vendor_sees_its_own_legs_only() -> None:
    assert [each.id for each in rules.legs_of(order(leg(1), leg(2)), "v2")] == ["ord_x-l2"]


def test_what_counts_as_live_is_what_can_still_arrive() -> None:
    assert set(LegStatus) - {LegStatus.REJECTED, LegStatus.CANCELLED} == LIVE
