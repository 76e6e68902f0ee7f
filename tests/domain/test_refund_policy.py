"""The refund policy: which row fits, what it proposes, and which rows make no sense."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.domain.disputes import Bearer, Proposal, RefundReason, Verdict
from shared.domain.money import Money
from shared.domain.orders import OrderLeg
from shared.domain.refund_policy import (
    DEFAULT_RULES,
    PolicyAction,
    RefundPolicy,
    RefundRule,
    is_fault_of_ai,
    is_handed_over,
)
from shared.domain.status import LegStatus
from tests.domain.test_disputed_money import leg

NOW = datetime(2026, 5, 4, tzinfo=UTC)
DAMAGED, LATE = RefundReason.DAMAGED, RefundReason.LATE


def policy(*rules: RefundRule) -> RefundPolicy:
    return RefundPolicy(id="p", created_at=NOW, updated_at=NOW, rules=rules or DEFAULT_RULES, currency="USD")


def ruled(reason: RefundReason, minor: int, currency: str = "USD") -> tuple[PolicyAction, Verdict | None]:
    rule = policy().rule_for(reason, Money(minor=minor, currency=currency))
    return rule.action, rule.propose


@pytest.mark.parametrize(
    ("reason", "minor", "action", "proposed"),
    [
        (DAMAGED, 1, PolicyAction.REFUND, None),
        (DAMAGED, 1999, PolicyAction.REFUND, None),
        (DAMAGED, 2000, PolicyAction.PROPOSE, Verdict.APPROVE),
        (DAMAGED, 5000, PolicyAction.PROPOSE, Verdict.APPROVE),
        (DAMAGED, 5001, PolicyAction.ESCALATE, None),
        (LATE, 1999, PolicyAction.PROPOSE, Verdict.SPLIT),
        (LATE, 5001, PolicyAction.ESCALATE, None),
        (RefundReason.CHANGED_MIND, 100, PolicyAction.PROPOSE, Verdict.DENY),
        (RefundReason.MISSING, 100, PolicyAction.PROPOSE, Verdict.APPROVE),
        (RefundReason.WRONG_ITEM, 100, PolicyAction.PROPOSE, Verdict.APPROVE),
        (RefundReason.OTHER, 100, PolicyAction.PROPOSE, Verdict.SPLIT),
    ],
)
def test_the_default_table_says_what_the_decisions_say(
    reason: RefundReason, minor: int, action: PolicyAction, proposed: Verdict | None
) -> None:
    assert ruled(reason, minor) == (action, proposed)


def test_of_another_currency_no_row_with_an_amount_fits() -> None:
    assert ruled(DAMAGED, 100, "EUR") == (PolicyAction.PROPOSE, Verdict.APPROVE)
    assert ruled(DAMAGED, 900_000, "EUR") == (PolicyAction.PROPOSE, Verdict.APPROVE)


def test_what_no_row_fits_is_a_persons() -> None:
    only = policy(RefundRule(reasons=(LATE,), action=PolicyAction.REFUND))
    assert only.rule_for(DAMAGED, Money(minor=1)).action is PolicyAction.ESCALATE


@given(st.sampled_from(list(RefundReason)), st.integers(1, 10**9))
def test_the_default_table_refunds_nothing_by_itself_but_what_is_cheap_and_damaged(
    reason: RefundReason, minor: int
) -> None:
    action, proposed = ruled(reason, minor)
    assert (action is PolicyAction.REFUND) == (reason is DAMAGED and minor < 2000)
    assert (action is PolicyAction.ESCALATE) == (minor > 5000)
    assert (proposed is None) == (action is not PolicyAction.PROPOSE)


@given(
    st.lists(
        st.builds(
            RefundRule,
            reasons=st.lists(st.sampled_from(list(RefundReason)), max_size=2).map(tuple),
            under=st.none() | st.integers(1, 100),
            action=st.sampled_from([PolicyAction.REFUND, PolicyAction.ESCALATE]),
            propose=st.none(),
            over=st.none(),
            percent=st.none(),
            at_cost_of=st.just(Bearer.VENDOR),
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(list(RefundReason)),
    st.integers(1, 150),
)
def test_the_first_fitting_row_counts(rules: list[RefundRule], reason: RefundReason, minor: int) -> None:
    amount = Money(minor=minor)
    found = policy(*rules).rule_for(reason, amount)
    for rule in rules:
        if rule.fits(reason, amount, currency="USD"):
            assert found is rule
            return
    assert found.action is PolicyAction.ESCALATE


@pytest.mark.parametrize(
    "row",
    [
        {"action": "propose"},
        {"action": "refund", "propose": "approve"},
        {"action": "propose", "propose": "split"},
        {"action": "propose", "propose": "approve", "percent": 10},
        {"action": "escalate", "over": 100, "under": 101},
    ],
)
def test_a_row_that_makes_no_sense_is_no_row(row: Any) -> None:
    with pytest.raises(ValidationError):
        RefundRule.model_validate(row)


def test_what_would_be_refunded_is_proposed_where_it_cannot_be() -> None:
    assert DEFAULT_RULES[0].proposal(leg(1, 1000), DAMAGED) == Proposal(verdict=Verdict.APPROVE)
    assert RefundRule(action=PolicyAction.ESCALATE).proposal(leg(1, 1000), DAMAGED) is None


def test_the_platform_answers_for_what_it_chose_wrongly_itself() -> None:
    chosen = leg(1, 1000, recovery_id="ord_x-r1")
    rule = RefundRule(action=PolicyAction.PROPOSE, propose=Verdict.APPROVE)
    assert is_fault_of_ai(chosen, RefundReason.WRONG_ITEM)
    assert not is_fault_of_ai(chosen, DAMAGED)
    assert not is_fault_of_ai(leg(1, 1000), RefundReason.WRONG_ITEM)
    proposal = rule.proposal(chosen, RefundReason.WRONG_ITEM)
    assert proposal is not None
    assert proposal.at_cost_of is Bearer.PLATFORM


@pytest.mark.parametrize("status", list(LegStatus))
def test_a_leg_is_handed_over_when_its_vendor_is_done_or_its_customer_says_so(status: LegStatus) -> None:
    one: OrderLeg = leg(1, 1000, status=status)
    assert is_handed_over(one) == (status is LegStatus.COMPLETED)
