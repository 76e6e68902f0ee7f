"""The rules of stock and reservations, without a store."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import inventory as rules
from shared.domain.inventory import LAPSED_KEPT, Stock
from shared.errors import Conflict

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=15)
FIVE = Stock(product_id="roses", quantity=5)


def held(quantity: int = 2, *, stock: Stock = FIVE, key: str = "k") -> Stock:
    after = rules.reserve(stock, key, quantity=quantity, until=LATER, now=NOW)
    assert after is not None
    return after


def test_a_reservation_takes_from_what_is_available() -> None:
    assert held(2).available(NOW) == 3
    assert held(2).quantity == 5


def test_more_than_there_is_cannot_be_reserved() -> None:
    assert rules.reserve(held(4), "other", quantity=2, until=LATER, now=NOW) is None


def test_the_same_key_holds_once() -> None:
    assert rules.reserve(held(2), "k", quantity=2, until=LATER, now=NOW) == held(2)


def test_the_same_key_for_another_quantity_is_a_conflict() -> None:
    with pytest.raises(Conflict):
        rules.reserve(held(2), "k", quantity=3, until=LATER, now=NOW)


def test_a_reservation_can_be_prolonged() -> None:
    tomorrow = NOW + timedelta(days=1)
    longer = rules.reserve(held(2), "k", quantity=2, until=tomorrow, now=NOW)
    assert longer is not None
    assert longer.available(LATER + timedelta(hours=1)) == 3


def test_a_lapsed_reservation_frees_the_goods() -> None:
    assert held(2).available(LATER) == 5


def test_a_confirmed_reservation_is_sold_for_good() -> None:
    sold = rules.confirm(held(2), "k", now=NOW)
    assert (sold.quantity, sold.available(LATER + timedelta(days=99))) == (3, 3)


def test_confirming_twice_sells_once() -> None:
    sold = rules.confirm(held(2), "k", now=NOW)
    assert rules.confirm(sold, "k", now=LATER) == sold


def test_reserving_a_sold_key_again_changes_nothing() -> None:
    sold = rules.confirm(held(2), "k", now=NOW)
    assert rules.reserve(sold, "k", quantity=2, until=LATER, now=NOW) == sold


def test_a_lapsed_reservation_is_still_honoured_while_there_is_enough() -> None:
    assert rules.confirm(held(2), "k", now=LATER + timedelta(hours=1)).quantity == 3


def test_a_lapsed_reservation_whose_goods_went_elsewhere_cannot_be_confirmed() -> None:
    until = LATER + timedelta(hours=1)
    taken = rules.reserve(held(2), "other", quantity=5, until=until, now=LATER)
    assert taken is not None
    with pytest.raises(Conflict) as error:
        rules.confirm(taken, "k", now=LATER)
    assert error.value.code == "reservation_lapsed"


def test_what_was_never_reserved_cannot_be_confirmed() -> None:
    with pytest.raises(Conflict):
        rules.confirm(FIVE, "k", now=NOW)


def test_releasing_gives_back_held_and_sold_goods() -> None:
    assert rules.release(held(2), "k", now=NOW).available(NOW) == 5
    assert rules.release(rules.confirm(held(2), "k", now=NOW), "k", now=NOW).available(NOW) == 5


def test_releasing_twice_gives_back_once() -> None:
    once = rules.release(rules.confirm(held(2), "k", now=NOW), "k", now=NOW)
    assert rules.release(once, "k", now=NOW) == once


def test_unlimited_goods_are_never_short() -> None:
    endless = Stock(product_id="service", quantity=None)
    sold = rules.confirm(held(1000, stock=endless), "k", now=NOW)
    assert sold.available(NOW) is None
    assert rules.release(sold, "k", now=NOW).quantity is None


def test_an_unknown_product_has_nothing() -> None:
    assert Stock(product_id="new").available(NOW) == 0


def test_a_delivery_counts_once_per_key() -> None:
    stocked = rules.set_quantity(FIVE, 9, key="delivery-1")
    sold = rules.confirm(held(2, stock=stocked), "k", now=NOW)
    assert rules.set_quantity(sold, 9, key="delivery-1").quantity == 7
    assert rules.set_quantity(sold, 9, key="delivery-2").quantity == 9


def test_old_reservations_are_forgotten() -> None:
    later = LATER + LAPSED_KEPT + timedelta(seconds=1)
    after = rules.reserve(held(2), "new", quantity=1, until=later + timedelta(hours=1), now=later)
    assert after is not None
    assert set(after.reservations) == {"new"}


actions = st.lists(
    st.tuples(
        st.sampled_from(["reserve", "confirm", "release", "wait"]),
        st.sampled_from(["a", "b", "c", "d"]),
        st.integers(1, 4),
    ),
    max_size=40,
)


@given(st.integers(0, 6), actions)
@settings(max_examples=300, deadline=None)
def test_never_more_is_promised_or_sold_than_there_is(start: int, steps: list[tuple[str, str, int]]) -> None:
    stock, now, sold = Stock(product_id="p", quantity=start), NOW, {}
    for action, key, amount in steps:
        try:
            if action == "wait":
                now += timedelta(minutes=amount * 5)
            elif action == "reserve":
                stock = (
                    rules.reserve(stock, key, quantity=amount, until=now + timedelta(minutes=15), now=now)
                    or stock
                )
            elif action == "confirm":
                stock = rules.confirm(stock, key, now=now)
                sold[key] = stock.reservations[key].quantity
            else:
                stock = rules.release(stock, key, now=now)
                sold.pop(key, None)
        except Conflict:
            continue
        held_now = sum(r.quantity for r in stock.reservations.values() if not r.confirmed and r.until > now)
        assert stock.quantity == start - sum(sold.values()) >= 0
        assert held_now <= stock.quantity
        assert stock.available(now) == stock.quantity - held_now


@given(st.integers(0, 6), actions)
@settings(max_examples=200, deadline=None)
def test_every_step_done_twice_is_done_once(start: int, steps: list[tuple[str, str, int]]) -> None:
    def run(times: int) -> Stock:
        stock, now = Stock(product_id="p", quantity=start), NOW
        for action, key, amount in steps:
            for _ in range(times):
                try:
                    if action == "reserve":
                        until = now + timedelta(hours=9)
                        stock = rules.reserve(stock, key, quantity=amount, until=until, now=now) or stock
                    elif action == "confirm":
                        stock = rules.confirm(stock, key, now=now)
                    elif action == "release":
                        stock = rules.release(stock, key, now=now)
                except Conflict:
                    continue
        return stock

    assert run(2) == run(1)
