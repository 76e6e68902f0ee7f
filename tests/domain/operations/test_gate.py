"""The gate: what its table may decide, and what none may (flow ops-4)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.domain.disputes import RefundReason
from shared.domain.money import Money
from shared.domain.operations.gate import ActKind, Decision, GateAction, GateRule, Topic, Why
from shared.domain.operations.reading import Reading, TicketIntent, TicketPriority
from shared.domain.operations.shop_orders import Ask
from shared.domain.operations.support_case import OrderFacts, OrderState, SupportCase, Tier
from tests.domain.operations.support_kit import case, damaged, judged, line, order

ALWAYS_REFUND = GateRule(action=GateAction.REFUND)
ALWAYS_REPLY = GateRule(action=GateAction.REPLY)


def test_where_is_my_order_is_answered() -> None:
    made = judged(case(TicketIntent.TRACKING, order(state=OrderState.UNDER_WAY)))
    assert (made.action, made.topic, made.act) == (GateAction.REPLY, Topic.TRACKING, None)


def test_a_burned_neck_is_a_persons_business_whatever_else_is_said() -> None:
    said = damaged(dangers=("burned",), also=(TicketIntent.REFUND_REQUEST,))
    for rules in ((), (ALWAYS_REFUND,), (ALWAYS_REPLY,)):
        made = judged(said, *rules)
        assert (made.action, made.why, made.act) == (GateAction.ESCALATE, Why.DANGER, None)


@pytest.mark.parametrize(
    ("minor", "reason", "refunded"),
    [
        (1999, RefundReason.DAMAGED, True),
        (2000, RefundReason.DAMAGED, False),
        (1999, RefundReason.LATE, False),
        (1999, None, False),
        (5001, RefundReason.DAMAGED, False),
    ],
)
def test_damaged_and_below_twenty_dollars_is_refunded_and_nothing_else(
    minor: int, reason: RefundReason | None, refunded: bool
) -> None:
    made = judged(case(of=order(minor), reason=reason))
    assert (made.act is not None) == refunded
    assert made.action is (GateAction.REFUND if refunded else GateAction.ESCALATE)
    if made.act:
        assert (made.act.amount, made.act.key) == (Money(minor=minor), "sho_1001-refund-l1")


def test_between_twenty_and_fifty_dollars_a_person_is_proposed_the_refund() -> None:
    made = judged(damaged(order(3000)))
    assert made.why is Why.REFUND
    assert [act.amount for act in made.proposed] == [Money(minor=3000)]


def test_half_is_proposed_for_what_is_late_and_nothing_for_a_changed_mind() -> None:
    late = judged(case(of=order(3001), reason=RefundReason.LATE))
    assert [act.amount for act in late.proposed] == [Money(minor=1501)]
    assert judged(case(of=order(3000), reason=RefundReason.CHANGED_MIND)).proposed == ()


def test_over_fifty_dollars_a_person_decides_and_may_refund_with_one_word() -> None:
    made = judged(damaged(order(5001)))
    assert (made.action, made.why, made.act) == (GateAction.ESCALATE, Why.REFUND, None)
    assert made.advice == "The refund policy says nothing."
    assert [act.amount for act in made.proposed] == [Money(minor=5001)]


def test_what_was_refunded_once_is_not_refunded_again() -> None:
    again = order(lines=(line(refunded=True),))
    assert judged(damaged(again)).why is Why.REFUNDED_BEFORE
    assert judged(damaged(again), ALWAYS_REFUND).act is None


def test_an_unproven_sender_moves_no_money_and_no_parcel() -> None:
    refund = judged(damaged(authenticated=False))
    assert (refund.why, refund.act) == (Why.UNPROVEN, None)
    assert [act.kind for act in refund.proposed] == [ActKind.REFUND]
    waiting = order(state=OrderState.WAITING)
    for intent in (TicketIntent.CANCELLATION, TicketIntent.ADDRESS_CHANGE):
        made = judged(case(intent, waiting, authenticated=False))
        assert (made.action, made.act) == (GateAction.ESCALATE, None)


def test_what_only_a_model_has_read_moves_nothing() -> None:
    assert judged(damaged(by_model=True)).act is None
    assert judged(case(TicketIntent.CANCELLATION, order(state=OrderState.WAITING), by_model=True)).act is None


def test_nothing_is_damaged_that_has_not_left_yet() -> None:
    made = judged(damaged(order(state=OrderState.BOUGHT)))
    assert (made.action, made.act) == (GateAction.ESCALATE, None)


def test_money_that_the_bank_has_is_not_given_back() -> None:
    assert judged(damaged(order(charged_back=True))).why is Why.CHARGEBACK


def test_who_asks_for_a_person_gets_one() -> None:
    made = judged(case(TicketIntent.TRACKING, order(), wants_person=True), ALWAYS_REPLY)
    assert made.why is Why.WANTS_PERSON


def test_an_angry_customer_with_a_refund_in_doubt_talks_to_a_person() -> None:
    said = case(TicketIntent.COMPLAINT, order(), anger=85, also=(TicketIntent.REFUND_REQUEST,))
    assert judged(said, ALWAYS_REPLY).action is GateAction.ESCALATE
    assert judged(damaged(order(3000), anger=99), ALWAYS_REPLY).action is GateAction.ESCALATE


def test_a_machine_that_answers_a_machine_meets_a_person() -> None:
    made = judged(case(TicketIntent.TRACKING, order(), answers_today=10))
    assert made.why is Why.TOO_MANY_ANSWERS


def test_nothing_is_invented_about_a_product() -> None:
    assert judged(case(TicketIntent.PRODUCT_QUESTION, order()), ALWAYS_REPLY).why is Why.NO_FACTS


def test_an_order_is_cancelled_before_anything_is_bought_and_explained_after() -> None:
    before = judged(case(TicketIntent.CANCELLATION, order(9900, OrderState.WAITING)))
    assert before.act is not None
    assert (before.act.kind, before.act.amount) == (ActKind.CANCEL, Money(minor=9900))
    after = judged(case(TicketIntent.CANCELLATION, order(9900, OrderState.BOUGHT)))
    assert (after.act, after.topic) == (None, Topic.CANCELLATION)


def test_the_orders_own_question_comes_first() -> None:
    asked = order(state=OrderState.ASKED, question=Ask.REFUND_OR_WAIT)
    made = judged(case(TicketIntent.OTHER, asked))
    assert made.act is not None
    assert made.act.kind is ActKind.ANSWER
    assert judged(case(TicketIntent.OTHER, asked, authenticated=False)).act is None
    assert judged(case(TicketIntent.OTHER, asked), ask_order=False).why is Why.UNCLEAR
    several = judged(case(TicketIntent.OTHER, orders=(asked, order().model_copy(update={"id": "sho_2"}))))
    assert several.act == made.act, "the only order that asks"


def test_a_refund_asked_for_under_way_is_noted() -> None:
    under_way = order(3000, OrderState.UNDER_WAY)
    assert judged(case(of=under_way)).money_back_wanted
    assert not judged(case(of=under_way, authenticated=False)).money_back_wanted
    assert not judged(case(of=order(3000))).money_back_wanted


def test_which_order_is_asked_rather_than_guessed() -> None:
    two = (order(), order().model_copy(update={"id": "sho_1002"}))
    assert judged(case(TicketIntent.CANCELLATION, orders=two)).topic is Topic.WHICH_ORDER
    assert judged(case(TicketIntent.TRACKING, orders=two)).topic is Topic.TRACKING, "all that are to come"
    assert judged(damaged(), ALWAYS_REFUND).act is not None
    assert judged(case(reason=RefundReason.DAMAGED, orders=two), ALWAYS_REFUND).why is Why.UNCLEAR
    assert judged(case(TicketIntent.TRACKING)).topic is Topic.NO_ORDER


def test_a_row_without_any_amount_that_fits_is_refused() -> None:
    with pytest.raises(ValidationError):
        GateRule(over=10, under=11, action=GateAction.REPLY)


RULES = st.builds(
    GateRule,
    intents=st.lists(st.sampled_from(TicketIntent), max_size=3, unique=True).map(tuple),
    priorities=st.lists(st.sampled_from(TicketPriority), max_size=2, unique=True).map(tuple),
    tiers=st.lists(st.sampled_from(Tier), max_size=2, unique=True).map(tuple),
    states=st.lists(st.sampled_from(OrderState), max_size=3, unique=True).map(tuple),
    min_anger=st.none() | st.integers(0, 100),
    over=st.none() | st.integers(0, 3000),
    action=st.sampled_from(GateAction),
)
READINGS = st.builds(
    Reading,
    intent=st.sampled_from(TicketIntent),
    also=st.lists(st.sampled_from(TicketIntent), max_size=2).map(tuple),
    anger=st.integers(0, 100),
    dangers=st.sampled_from([(), (), ("burned",)]),
    reason=st.none() | st.sampled_from(RefundReason),
    wants_person=st.booleans(),
)


def some_order(minor: int, state: OrderState, refunded: bool, charged_back: bool) -> OrderFacts:
    return order(minor, state, lines=(line(minor, state, refunded=refunded),), charged_back=charged_back)


ORDERS = st.builds(
    some_order,
    st.sampled_from([0, 1, 1999, 2000, 5000, 5001]),
    st.sampled_from(OrderState),
    st.booleans(),
    st.booleans(),
)
CASES = st.builds(
    lambda reading, of, **more: case(of=of, **more).model_copy(update={"reading": reading}),
    READINGS,
    st.none() | ORDERS,
    authenticated=st.booleans(),
    by_model=st.booleans(),
    tier=st.sampled_from(Tier),
    priority=st.sampled_from(TicketPriority),
    answers_today=st.sampled_from([0, 10]),
    complete=st.booleans(),
)


@settings(max_examples=300)
@given(CASES, st.lists(RULES, min_size=1, max_size=5))
def test_no_table_lets_danger_through_or_bends_what_is_fixed(
    said: SupportCase, rules: list[GateRule]
) -> None:
    made = judged(said, *rules)
    if said.reading.is_danger:
        assert (made.action, made.why, made.act) == (GateAction.ESCALATE, Why.DANGER, None)
    if said.reading.wants_person:
        assert made.action is GateAction.ESCALATE
    _money_is_right(said, made)
    if made.action is GateAction.ESCALATE:
        assert made.why is not None
        assert made.act is None
    else:
        assert made.topic is not None


def _money_is_right(said: SupportCase, made: Decision) -> None:
    act = made.act
    if act is None:
        return
    assert said.authenticated
    assert said.order is not None
    if act.kind is ActKind.REFUND:
        assert said.line_facts is not None
        assert not said.by_model
        assert not said.line_facts.refunded
        assert not said.order.charged_back
        assert said.reading.reason is RefundReason.DAMAGED
        assert act.amount is not None
        assert act.amount == said.line_facts.refundable
        assert 0 < act.amount.minor < 2000
    if act.kind is ActKind.CANCEL:
        assert act.amount == said.order.total
        assert not said.order.is_bought
