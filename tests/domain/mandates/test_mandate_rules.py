"""Drawing on a mandate: every limit, every repetition, and sums that hold whatever comes when."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shared.domain.mandates import (
    Ask,
    Limits,
    Mandate,
    MandateStatus,
    MandateTerms,
    Spending,
    give_back,
    release,
    reserve,
    settle,
    spending_id,
)
from shared.domain.money import Money
from shared.errors import Conflict, LedgerError, MandateRefused
from tests.harness import MONDAY

END = MONDAY + timedelta(days=30)


def mandate_with(**limits: Any) -> Mandate:
    """A mandate of 100 dollars, unless told otherwise."""
    terms = MandateTerms(
        customer_id="alice",
        reference="m1",
        agent="assistant",
        issued_at=MONDAY,
        expires_at=END,
        limits=Limits(**{"currency": "USD", "total": 10_000, **limits}),
    )
    return Mandate(id="man_x", created_at=MONDAY, updated_at=MONDAY, terms=terms, kid="k", token="t")


class Desk:
    """A mandate with its orders' spendings, as the service keeps them."""

    def __init__(self, mandate: Mandate) -> None:
        self.mandate = mandate
        self.spendings: dict[str, Spending] = {}

    def _apply(self, key: str, change: Callable[[Spending], Spending]) -> None:
        id = spending_id(self.mandate.id, key)
        before = self.spendings.get(id) or Spending(id=id, created_at=MONDAY, updated_at=MONDAY)
        after = change(before)
        moved = self.mandate.after(before, after)
        after.verify()
        moved.verify()
        self.mandate, self.spendings[id] = moved, after

    def reserve(
        self, key: str, minor: int, *, now: datetime = MONDAY, key_is_live: bool = True, **ask: Any
    ) -> None:
        asked = Ask(**{"key": key, "agent": "assistant", "amount": Money(minor=minor), **ask})
        self._apply(key, lambda s: reserve(self.mandate, s, asked, now=now, key_is_live=key_is_live))

    def settle(self, key: str, minor: int) -> None:
        self._apply(key, lambda s: settle(self.mandate, s, key, Money(minor=minor)))

    def release(self, key: str) -> None:
        self._apply(key, lambda s: release(s, key))

    def give_back(self, key: str, minor: int) -> None:
        self._apply(key, lambda s: give_back(self.mandate, s, key, Money(minor=minor)))

    @property
    def sums(self) -> tuple[int, int, int]:
        """Reserved, spent, left."""
        return self.mandate.reserved, self.mandate.spent, self.mandate.left

    def refuses(self, reason: str, key: str, minor: int, **ask: Any) -> None:
        """The reservation is refused for this reason, and nothing changes."""
        before = (self.mandate, dict(self.spendings))
        with pytest.raises(MandateRefused) as refused:
            self.reserve(key, minor, **ask)
        assert (refused.value.reason, refused.value.status) == (reason, 403)
        assert refused.value.extensions == {"reason": reason}
        assert (self.mandate, self.spendings) == before


def desk(**limits: Any) -> Desk:
    return Desk(mandate_with(**limits))


def test_what_is_reserved_is_not_left_and_what_is_not_spent_is_left_again() -> None:
    d = desk()
    d.reserve("o1", 6000)
    assert d.sums == (6000, 0, 4000)
    d.settle("o1", 4500)
    assert d.sums == (0, 4500, 5500)
    d.reserve("o2", 5500)
    assert d.sums == (5500, 4500, 0)
    d.release("o2")
    assert d.sums == (0, 4500, 5500)


def test_the_total_is_used_to_the_cent_and_not_one_over() -> None:
    d = desk()
    d.refuses("over_total", "o1", 10_001)
    d.reserve("o1", 9999)
    d.refuses("over_total", "o2", 2)
    d.reserve("o2", 1)
    d.refuses("over_total", "o3", 1)
    d.reserve("o4", 0)


def test_one_order_draws_no_more_than_allowed_however_it_is_cut() -> None:
    d = desk(per_order=5000)
    d.refuses("over_per_order", "o1", 5001)
    d.reserve("o1", 4000)
    d.refuses("over_per_order", "o1:l1:swap", 1001)
    d.reserve("o1:l1:swap", 1000)
    d.settle("o1", 4000)
    d.refuses("over_per_order", "o1:l2:swap", 1)
    d.give_back("o1:l1:refund", 300)
    d.reserve("o1:l2:swap", 300)
    d.reserve("o2", 5000)


def test_orders_are_counted_not_draws() -> None:
    d = desk(uses=2)
    d.reserve("o1", 100)
    d.reserve("o1:l1:swap", 100)
    d.reserve("o2", 100)
    d.refuses("uses_up", "o3", 100)
    d.reserve("o2:l1:swap", 100)
    assert d.mandate.used == 2


def test_a_release_gives_the_use_back_and_a_refund_does_not() -> None:
    d = desk(uses=1)
    d.reserve("o1", 100)
    d.release("o1")
    d.reserve("o2", 100)
    d.settle("o2", 100)
    d.give_back("o2:refund", 100)
    assert d.sums == (0, 0, 10_000)
    d.refuses("uses_up", "o3", 100)


def test_an_order_that_settled_nothing_was_still_a_use() -> None:
    d = desk(uses=1)
    d.reserve("o1", 100)
    d.settle("o1", 0)
    d.refuses("uses_up", "o2", 100)


@pytest.mark.parametrize(
    ("limits", "ask", "reason"),
    [
        ({}, {"agent": "another"}, "wrong_agent"),
        ({}, {"agent": ""}, "wrong_agent"),
        ({}, {"amount": Money(minor=1, currency="EUR")}, "wrong_currency"),
        ({"payees": ("a", "b")}, {"payees": ("c",)}, "wrong_payee"),
        ({"payees": ("a", "b")}, {"payees": ("a", "c")}, "wrong_payee"),
        ({"payees": ("a", "b")}, {"payees": ()}, "wrong_payee"),
        ({"payees": ("a", "b")}, {"payees": ("A",)}, "wrong_payee"),
        ({"categories": ("flowers",)}, {"categories": ("flowers", "")}, "wrong_category"),
        ({"categories": ("flowers",)}, {"categories": ("cakes",)}, "wrong_category"),
        ({"categories": ("flowers",)}, {}, "wrong_category"),
        ({}, {"now": END}, "expired"),
        ({}, {"now": END + timedelta(days=999)}, "expired"),
        ({}, {"key_is_live": False}, "key_revoked"),
        ({}, {"key_is_live": False, "now": END}, "key_revoked"),
    ],
)
def test_what_the_customer_did_not_allow_is_refused(
    limits: dict[str, Any], ask: dict[str, Any], reason: str
) -> None:
    desk(**limits).refuses(reason, "o1", 1, **ask)


def test_what_the_customer_allowed_is_not_refused() -> None:
    d = desk(payees=("a", "b"), categories=("flowers", "cakes"))
    d.reserve("o1", 1, payees=("b", "a", "a"), categories=("cakes",), now=END - timedelta(microseconds=1))


def test_a_refusal_does_not_name_the_vendor_that_a_bundle_may_hide() -> None:
    with pytest.raises(MandateRefused) as refused:
        desk(payees=("a",)).reserve("o1", 1, payees=("hidden-vendor",))
    assert "hidden" not in refused.value.detail


def test_a_mandate_that_begins_later_waits() -> None:
    d = desk()
    later = MONDAY + timedelta(days=1)
    d.mandate = d.mandate.model_copy(
        update={"terms": d.mandate.terms.model_copy(update={"not_before": later})}
    )
    assert d.mandate.status(MONDAY, key_is_live=True) is MandateStatus.NOT_YET_VALID
    d.refuses("not_yet_valid", "o1", 1, now=later - timedelta(seconds=1))
    d.reserve("o1", 1, now=later)


def test_what_was_agreed_before_the_end_is_still_paid() -> None:
    d = desk()
    d.reserve("o1", 5000)
    d.reserve("o2", 1000)
    d.mandate = d.mandate.model_copy(update={"revoked_at": MONDAY})
    assert d.mandate.status(MONDAY, key_is_live=True) is MandateStatus.REVOKED
    d.refuses("revoked", "o3", 1)
    d.refuses("revoked", "o1:l1:swap", 1)
    d.reserve("o1", 5000, now=END, key_is_live=False)
    d.settle("o1", 5000)
    d.give_back("o1:refund", 1000)
    d.release("o2")
    assert d.sums == (0, 4000, 6000)


def test_everything_may_be_said_twice() -> None:
    d = desk(uses=2)
    for _ in range(3):
        d.reserve("o1", 5000)
    for _ in range(3):
        d.settle("o1", 4000)
    for _ in range(3):
        d.reserve("o1", 5000)
    for _ in range(3):
        d.give_back("o1:refund", 500)
    d.reserve("o2", 100)
    for _ in range(3):
        d.release("o2")
    assert d.sums == (0, 3500, 6500)
    assert d.mandate.used == 1


def conflict(act: Callable[[], None]) -> str:
    with pytest.raises(Conflict) as refused:
        act()
    return refused.value.code


def test_a_key_stands_for_one_amount() -> None:
    d = desk()
    d.reserve("o1", 5000)
    assert conflict(lambda: d.reserve("o1", 4999)) == "key_reused"
    d.settle("o1", 4000)
    assert conflict(lambda: d.settle("o1", 3999)) == "illegal_move"
    assert conflict(lambda: d.reserve("o1", 4000)) == "key_reused"
    d.give_back("o1:refund", 500)
    assert conflict(lambda: d.give_back("o1:refund", 501)) == "key_reused"
    assert d.sums == (0, 3500, 6500)


def test_nothing_is_spent_that_was_not_reserved() -> None:
    d = desk()
    assert conflict(lambda: d.settle("o1", 0)) == "nothing_reserved"
    d.reserve("o1", 5000)
    assert conflict(lambda: d.settle("o1", 5001)) == "over_reserved"
    d.release("o1")
    assert conflict(lambda: d.settle("o1", 1)) == "illegal_move"
    assert d.sums == (0, 0, 10_000)


def test_what_is_spent_is_given_back_not_released() -> None:
    d = desk()
    d.reserve("o1", 5000)
    assert conflict(lambda: d.give_back("o1:refund", 1)) == "over_settled"
    d.settle("o1", 5000)
    assert conflict(lambda: d.release("o1")) == "illegal_move"
    d.give_back("o1:r1", 3000)
    assert conflict(lambda: d.give_back("o1:r2", 2001)) == "over_settled"
    d.give_back("o1:r2", 2000)
    assert d.sums == (0, 0, 10_000)


def test_a_reservation_that_comes_after_its_own_undo_is_refused() -> None:
    d = desk()
    d.release("o1")
    assert conflict(lambda: d.reserve("o1", 5000)) == "reservation_released"
    assert d.sums == (0, 0, 10_000)
    assert d.mandate.used == 0


def test_money_of_another_currency_or_sign_is_nobodys() -> None:
    d = desk()
    d.reserve("o1", 5000)
    euro = Money(minor=1, currency="EUR")
    spending = d.spendings["man_x-o1"]
    for act in (settle, give_back):
        with pytest.raises(Conflict):
            act(d.mandate, spending, "o1", euro)
        with pytest.raises(ValueError, match="never negative"):
            act(d.mandate, spending, "o1", Money(minor=-1))
    with pytest.raises(ValueError, match="never negative"):
        d.reserve("o2", -1)


def test_sums_that_cannot_be_are_never_written() -> None:
    mandate = mandate_with(uses=1)
    for wrong in ({"reserved": 10_001}, {"settled": 6000, "reserved": 4001}, {"used": 2}, {"given_back": 1}):
        with pytest.raises(LedgerError):
            mandate.model_copy(update=wrong).verify()
    mandate.model_copy(update={"settled": 12_000, "given_back": 2000, "used": 1}).verify()


ORDERS = st.sampled_from(["o1", "o2", "o3"])
STEPS = st.sampled_from(["", ":l1:swap", ":l2:swap"])
AMOUNTS = st.integers(0, 700)


class Drawing(RuleBasedStateMachine):
    """Any order of calls, against sums that are kept by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = desk(total=1000, per_order=600, uses=2)
        self.held: dict[str, int] = {}
        self.spent: dict[str, int] = {}
        self.back: dict[str, int] = {}
        self.gone: set[str] = set()

    def order(self, amounts: dict[str, int], key: str) -> int:
        name = key.partition(":")[0]
        return sum(each for known, each in amounts.items() if known.partition(":")[0] == name)

    def used(self) -> set[str]:
        return {key.partition(":")[0] for key in (*self.held, *self.spent)}

    @rule(order=ORDERS, step=STEPS, minor=AMOUNTS)
    def reserve(self, order: str, step: str, minor: int) -> None:
        key = order + step
        live = sum(self.held.values()) + sum(self.spent.values()) - sum(self.back.values())
        own = self.order(self.held, key) + self.order(self.spent, key) - self.order(self.back, key)
        fits = live + minor <= 1000 and own + minor <= 600 and len(self.used() | {order}) <= 2
        if key in self.gone or key in self.held or key in self.spent:
            fits = self.held.get(key) == minor
        try:
            self.desk.reserve(key, minor)
        except (MandateRefused, Conflict):
            assert not fits
        else:
            if key not in self.spent:
                assert fits
                self.held[key] = minor

    @rule(order=ORDERS, step=STEPS, minor=AMOUNTS)
    def settle(self, order: str, step: str, minor: int) -> None:
        key = order + step
        may = minor <= self.held[key] if key in self.held else self.spent.get(key) == minor
        try:
            self.desk.settle(key, minor)
        except Conflict:
            assert not may
        else:
            assert may
            self.held.pop(key, None)
            self.spent[key] = minor

    @rule(order=ORDERS, step=STEPS)
    def release(self, order: str, step: str) -> None:
        key = order + step
        try:
            self.desk.release(key)
        except Conflict:
            assert key in self.spent
        else:
            assert key not in self.spent
            self.held.pop(key, None)
            self.gone.add(key)

    @rule(order=ORDERS, n=st.integers(1, 3), minor=AMOUNTS)
    def give_back(self, order: str, n: int, minor: int) -> None:
        key = f"{order}:r{n}"
        fits = self.order(self.back, key) + minor <= self.order(self.spent, key)
        may = self.back[key] == minor if key in self.back else fits
        try:
            self.desk.give_back(key, minor)
        except Conflict:
            assert not may
        else:
            assert may
            self.back[key] = minor

    @invariant()
    def the_sums_are_those_kept_by_hand(self) -> None:
        mandate = self.desk.mandate
        assert mandate.reserved == sum(self.held.values())
        assert mandate.spent == sum(self.spent.values()) - sum(self.back.values())
        assert mandate.left == 1000 - mandate.reserved - mandate.spent >= 0
        assert mandate.used == len(self.used()) <= 2


Drawing.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestDrawing = Drawing.TestCase


@given(st.lists(st.integers(0, 4000), max_size=12))
def test_what_is_granted_is_exactly_what_is_reserved(amounts: list[int]) -> None:
    d = desk()
    granted = 0
    for n, minor in enumerate(amounts):
        if granted + minor > 10_000:
            d.refuses("over_total", f"o{n}", minor)
        else:
            d.reserve(f"o{n}", minor)
            granted += minor
    assert d.sums == (granted, 0, 10_000 - granted)
