"""A case's rules: answered once, decided once, reopened, and seen at a bank in whatever order."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.disputes import (
    BANK,
    BankClaim,
    Bearer,
    Dispute,
    Origin,
    Ruling,
    Verdict,
    answered,
    bank_case_id,
    case_id,
    decided,
    part_of,
    reopened,
    seen_at_bank,
    with_bank,
)
from shared.domain.evidence import Response
from shared.domain.money import Money
from shared.domain.status import DisputeState, DisputeStatus
from shared.errors import Conflict, IllegalMove

NOW = datetime(2026, 5, 4, tzinfo=UTC)
DUE = NOW + timedelta(days=7)
S = DisputeState


def case(**more: Any) -> Dispute:
    known = {
        "id": "ord_x-l1-d1",
        "created_at": NOW,
        "updated_at": NOW,
        "order_id": "ord_x",
        "customer_id": "alice",
        "leg_id": "ord_x-l1",
        "vendor_ids": ("v1",),
        "origin": Origin.CUSTOMER,
        "filed_by": "alice",
        "amount": Money(minor=3000),
        "answer_by": NOW + timedelta(days=2),
    }
    return Dispute.model_validate(known | more)


def at_bank(state: DisputeState = S.NEEDS_RESPONSE) -> Dispute:
    claim = BankClaim(
        id="dp_1", payment_id="pi_1", fee=Money(minor=1500), reason="fraud", state=state, due_by=DUE
    )
    return case(origin=Origin.BANK, leg_id="", bank=claim)


def ruling(verdict: Verdict = Verdict.APPROVE, by: str = "ops", **more: Any) -> Ruling:
    return Ruling(verdict=verdict, amount=Money(minor=3000), by=by, at=NOW, **more)


def said(text: str = "We did well", vendor: str = "v1") -> Response:
    return Response(vendor_id=vendor, text=text, at=NOW)


def test_a_vendor_answers_once() -> None:
    once = answered(case(), said())
    assert answered(once, said()) is once
    with pytest.raises(Conflict) as told:
        answered(once, said("Or not"))
    assert told.value.code == "already_answered"
    assert [each.vendor_id for each in answered(once, said(vendor="v2")).responses] == ["v1", "v2"]


def test_what_is_decided_is_not_answered_any_more() -> None:
    with pytest.raises(Conflict) as told:
        answered(decided(case(), ruling()), said())
    assert told.value.code == "closed"


def test_a_case_is_decided_once_and_the_same_again_changes_nothing() -> None:
    done = decided(case(), ruling())
    assert done.status is DisputeStatus.DECIDED
    assert decided(done, ruling()) is done
    for other in (
        ruling(Verdict.DENY),
        ruling(Verdict.SPLIT, percent=50),
        ruling(at_cost_of=Bearer.PLATFORM),
    ):
        with pytest.raises(Conflict) as told:
            decided(done, other)
        assert told.value.code == "already_decided"


def test_only_the_bank_decides_what_is_the_banks() -> None:
    with pytest.raises(Conflict) as told:
        decided(at_bank(), ruling())
    assert told.value.code == "bank_decides"
    assert decided(at_bank(), ruling(by=BANK)).status is DisputeStatus.DECIDED


def test_a_decision_that_cannot_be_carried_out_leaves_the_case_open_for_another() -> None:
    again = reopened(decided(case(at_once=True), ruling()))
    assert (again.status, again.ruling, again.at_once) == (DisputeStatus.OPEN, None, False)
    assert decided(again, ruling(Verdict.DENY)).status is DisputeStatus.DECIDED
    with pytest.raises(IllegalMove):
        reopened(decided(case(), ruling()).moved(DisputeStatus.RESOLVED))


@pytest.mark.parametrize("end", [S.WON, S.LOST])
def test_views_of_a_bank_in_any_order_come_to_the_latest(end: DisputeState) -> None:
    for views in permutations([S.NEEDS_RESPONSE, S.UNDER_REVIEW, end, S.UNDER_REVIEW]):
        seen = at_bank()
        for state in views:
            seen = seen_at_bank(seen, state, DUE)
        assert seen.bank is not None
        assert seen.bank.state is end
        assert seen_at_bank(seen, S.WON if end is S.LOST else S.LOST, DUE) is seen, "a decision stands"


def test_a_view_that_is_no_news_changes_nothing() -> None:
    seen = at_bank()
    assert seen_at_bank(seen, S.NEEDS_RESPONSE, DUE) is seen
    assert seen_at_bank(seen, S.NEEDS_RESPONSE, DUE + timedelta(days=1)) is not seen
    assert seen_at_bank(seen, S.UNDER_REVIEW, DUE).status is DisputeStatus.UNDER_REVIEW


def test_what_is_no_banks_has_no_claim() -> None:
    for change in (
        lambda: seen_at_bank(case(), S.WON, DUE),
        lambda: with_bank(case(), turn=1),
    ):
        with pytest.raises(ValueError, match="no bank's"):
            change()


def test_ids_come_from_meaning_and_fit_into_names_of_plans() -> None:
    assert case_id("ord_x-l1", 2) == "ord_x-l1-d2"
    one = bank_case_id("ord_x", "dp_1.2:3/4")
    assert one == bank_case_id("ord_x", "dp_1.2:3/4")
    assert one != bank_case_id("ord_x", "dp_2")
    assert one.startswith("ord_x-b")
    assert set(one) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-")


@given(st.integers(0, 10**9), st.integers(1, 100))
def test_a_part_and_the_rest_are_the_whole_and_no_part_is_more_than_a_cent_off(
    minor: int, percent: int
) -> None:
    part = part_of(Money(minor=minor), percent).minor
    assert 0 <= part <= minor
    assert abs(part - minor * percent / 100) < 1
    assert part_of(Money(minor=minor), 100).minor == minor


def test_half_a_cent_is_the_customers() -> None:
    assert part_of(Money(minor=1), 50).minor == 1
    assert part_of(Money(minor=3), 50).minor == 2
    assert part_of(Money(minor=100, currency="JPY"), 33) == Money(minor=33, currency="JPY")
