"""The resolution gate: one table, edited by an admin, first fitting row first (flow ops-4).

A row says what is done by itself: answered, refunded as far as the refund policy goes, or put before a
person. Some things no table changes: danger is a person's at once; who asks for a person gets one; a line is
refunded by itself once; who is not proven to be the customer moves no money and no parcel; an angry customer
whose refund is in doubt talks to a person; and nothing is answered that there are no facts for.
"""

import hashlib
import re
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from shared.domain.aggregate import Aggregate
from shared.domain.disputes import RefundReason, Verdict, part_of
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.operations.reading import ANGRY, TicketIntent, TicketPriority
from shared.domain.operations.shop_orders import WHOLE
from shared.domain.operations.support_case import OrderFacts, OrderState, SupportCase, Tier
from shared.domain.refund_policy import PolicyAction, RefundPolicy

MAX_RULES = 50


class GateAction(StrEnum):
    """What a row does."""

    REPLY = "reply"
    REFUND = "refund"
    """Give money back where the refund policy does so by itself; else a person decides."""
    ESCALATE = "escalate"


class GateRule(Model):
    """One row. What it leaves out it does not look at; `over` and `under` are both exclusive.

    Amounts are what the line costs that the message is about, in minor units of the platform's currency.
    """

    intents: tuple[TicketIntent, ...] = Field(default=(), max_length=len(TicketIntent))
    priorities: tuple[TicketPriority, ...] = Field(default=(), max_length=len(TicketPriority))
    tiers: tuple[Tier, ...] = Field(default=(), max_length=len(Tier))
    states: tuple[OrderState, ...] = Field(default=(), max_length=len(OrderState))
    min_anger: int | None = Field(default=None, ge=0, le=100)
    over: int | None = Field(default=None, ge=0)
    under: int | None = Field(default=None, ge=1)
    action: GateAction

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.over is not None and self.under is not None and self.under <= self.over + 1:
            raise ValueError("no amount is over and under these")
        return self

    def fits(self, case: SupportCase, *, currency: str) -> bool:
        """Say whether the row is about such a case."""
        return (
            (not self.intents or case.reading.intent in self.intents)
            and (not self.priorities or case.priority in self.priorities)
            and (not self.tiers or case.tier in self.tiers)
            and (not self.states or case.state in self.states)
            and (self.min_anger is None or case.reading.anger >= self.min_anger)
            and self._fits_amount(case, currency)
        )

    def _fits_amount(self, case: SupportCase, currency: str) -> bool:
        if self.over is None and self.under is None:
            return True
        line = case.line_facts
        if line is None or line.total.currency != currency:
            return False
        above = self.over is None or line.total.minor > self.over
        return above and (self.under is None or line.total.minor < self.under)


DEFAULT_RULES = (
    GateRule(intents=(TicketIntent.REFUND_REQUEST,), action=GateAction.REFUND),
    GateRule(intents=(TicketIntent.COMPLAINT,), min_anger=ANGRY, action=GateAction.ESCALATE),
    GateRule(intents=(TicketIntent.COMPLAINT,), tiers=(Tier.VIP,), action=GateAction.ESCALATE),
    GateRule(
        intents=(
            TicketIntent.TRACKING,
            TicketIntent.PRODUCT_QUESTION,
            TicketIntent.ADDRESS_CHANGE,
            TicketIntent.CANCELLATION,
            TicketIntent.COMPLAINT,
            TicketIntent.OTHER,
        ),
        action=GateAction.REPLY,
    ),
)
"""What no row fits is for a person."""


class SupportPolicy(Aggregate):
    """The table as it stands. `revision` is its version; 0 is the default, which nobody has edited."""

    rules: tuple[GateRule, ...] = Field(min_length=1, max_length=MAX_RULES)
    currency: str
    edited_by: str = ""


class Why(StrEnum):
    """Why a person is asked."""

    DANGER = "danger"
    WANTS_PERSON = "wants_person"
    POLICY = "policy"
    """A row of the table says so, or none fits."""
    REFUND = "refund"
    """The refund policy leaves it to a person."""
    REFUND_LIMIT = "refund_limit"
    """Enough was refunded today."""
    REFUNDED_BEFORE = "refunded_before"
    UNPROVEN = "unproven"
    """The sender is not proven to be the customer."""
    CHARGEBACK = "chargeback"
    UNCLEAR = "unclear"
    NO_FACTS = "no_facts"
    TOO_MANY_ANSWERS = "too_many_answers"
    """Answered too often today: it may be a machine that answers a machine."""
    UNREACHABLE = "unreachable"
    """Their address takes no mail."""
    SHOP_AWAY = "shop_away"
    """The shop could not be asked for days."""


class Topic(StrEnum):
    """What a reply is about; `support_replies` has the words."""

    TRACKING = "tracking"
    WHICH_ORDER = "which_order"
    NO_ORDER = "no_order"
    REFUNDED = "refunded"
    ANSWERED = "answered"
    """The order's own question was answered."""
    ADDRESS = "address"
    CANCELLATION = "cancellation"
    COMPLAINT = "complaint"
    THANKS = "thanks"


class ActKind(StrEnum):
    """What is done besides answering."""

    REFUND = "refund"
    CANCEL = "cancel"
    """Call the order off and give all of it back; only before anything is bought."""
    ANSWER = "answer"
    """Hand the message to the order, which has asked the customer something."""
    CHANGE_ADDRESS = "change_address"


class Act(Model):
    """Something to do about an order. `amount` is computed here, never taken from a message."""

    kind: ActKind
    order_id: str
    line_id: str = WHOLE
    amount: Money | None = None

    @property
    def key(self) -> str:
        """The effect's key: one refund of a line, whoever decides it and however often."""
        return f"{self.order_id}-refund-{_plain(self.line_id)}"


class Decision(Model):
    """What is done about a message: at once (`act`), or by a person (`proposed`).

    `row` counts the table's rows from 1; it is 0 where none decided.
    """

    action: GateAction
    why: Why | None = None
    topic: Topic | None = None
    act: Act | None = None
    proposed: tuple[Act, ...] = ()
    advice: str = ""
    """What the refund policy would do, for the person."""
    money_back_wanted: bool = False
    row: int = 0
    version: int = 0

    @property
    def is_danger(self) -> bool:
        """Whether somebody may be hurt."""
        return self.why is Why.DANGER


def decide(
    case: SupportCase,
    policy: SupportPolicy,
    refunds: RefundPolicy,
    *,
    max_answers: int,
    ask_order: bool = True,
) -> Decision:
    """Decide what is done about a case.

    Without `ask_order` the order's own question is left out: it did not understand the message.
    """
    made = _decided(case, policy, refunds, max_answers=max_answers, ask_order=ask_order)
    wanted = TicketIntent.REFUND_REQUEST in (case.reading.intent, *case.reading.also) and not case.by_model
    under_way = case.order is not None and case.order.is_bought and case.state is not OrderState.DELIVERED
    return made.model_copy(
        update={
            "version": policy.revision,
            "money_back_wanted": wanted and under_way and case.authenticated,
        }
    )


def to_person(decision: Decision, why: Why) -> Decision:
    """The same, by a person: what would have been done is proposed."""
    proposed = (*decision.proposed, *([decision.act] if decision.act else []))
    return decision.model_copy(
        update={
            "action": GateAction.ESCALATE,
            "why": why,
            "topic": None,
            "act": None,
            "proposed": tuple(each for each in proposed if each.kind in (ActKind.REFUND, ActKind.CANCEL)),
        }
    )


def _decided(
    case: SupportCase, policy: SupportPolicy, refunds: RefundPolicy, *, max_answers: int, ask_order: bool
) -> Decision:
    if case.reading.is_danger:
        return _escalated(Why.DANGER)
    if case.reading.wants_person:
        return _considered(case, refunds, Why.WANTS_PERSON)
    if not case.complete:
        return _escalated(Why.SHOP_AWAY)
    if case.answers_today >= max_answers:
        return _escalated(Why.TOO_MANY_ANSWERS)
    if ask_order and case.authenticated and (asking := _asking(case)):
        act = Act(kind=ActKind.ANSWER, order_id=asking)
        return Decision(action=GateAction.REPLY, topic=Topic.ANSWERED, act=act)
    for number, rule in enumerate(policy.rules, 1):
        if rule.fits(case, currency=policy.currency):
            return _by_row(rule, case, refunds).model_copy(update={"row": number})
    return _considered(case, refunds, Why.POLICY)


def _asking(case: SupportCase) -> str:
    """The order whose question this may answer: the one that it is about, or the only one that asks."""
    orders = [case.order] if case.order else case.orders
    asking = [order.id for order in orders if order.question is not None]
    return asking[0] if len(asking) == 1 else ""


def _by_row(rule: GateRule, case: SupportCase, refunds: RefundPolicy) -> Decision:
    if rule.action is GateAction.ESCALATE:
        return _considered(case, refunds, Why.POLICY)
    if rule.action is GateAction.REFUND:
        return _refunding(case, refunds)
    if TicketIntent.REFUND_REQUEST in case.reading.also and case.reading.anger >= ANGRY:
        return _escalated(Why.REFUND)
    return _replying(case, refunds)


# --- refunds --------------------------------------------------------------------------------------------


def _considered(case: SupportCase, refunds: RefundPolicy, why: Why) -> Decision:
    """A person decides; what the refund policy would do is proposed to them."""
    if case.reading.intent is TicketIntent.REFUND_REQUEST:
        return to_person(_refunding(case, refunds), why)
    if case.reading.intent is TicketIntent.CANCELLATION and case.order is not None:
        return to_person(_cancelling(case, case.order), why)
    return _escalated(why)


def _refunding(case: SupportCase, refunds: RefundPolicy) -> Decision:
    """Ask the refund policy, and refund only what nothing speaks against."""
    order, line = case.order, case.line_facts
    if case.reading.intent is not TicketIntent.REFUND_REQUEST or order is None or line is None:
        return _escalated(Why.UNCLEAR)
    if order.charged_back:
        return _escalated(Why.CHARGEBACK)
    if line.refunded or line.refundable.minor <= 0:
        return _escalated(Why.REFUNDED_BEFORE)
    reason = case.reading.reason or RefundReason.OTHER
    rule = refunds.rule_for(reason, line.refundable)
    proposed = _proposed(order.id, line.id, line.refundable, rule.propose, rule.percent)
    if rule.action is not PolicyAction.REFUND:
        advice = f"The refund policy says {rule.propose or 'nothing'}."
        return Decision(action=GateAction.ESCALATE, why=Why.REFUND, proposed=proposed, advice=advice)
    act = Act(kind=ActKind.REFUND, order_id=order.id, line_id=line.id, amount=line.refundable)
    made = Decision(action=GateAction.REFUND, topic=Topic.REFUNDED, act=act)
    if not case.authenticated or case.by_model:
        return to_person(made, Why.UNPROVEN)
    arrived = line.state in (OrderState.UNDER_WAY, OrderState.DELIVERED)
    return made if arrived else to_person(made, Why.REFUND)  # nothing is damaged that has not left yet


def _proposed(
    order_id: str, line_id: str, amount: Money, verdict: Verdict | None, percent: int | None
) -> tuple[Act, ...]:
    if verdict is Verdict.DENY:
        return ()
    back = part_of(amount, percent) if verdict is Verdict.SPLIT and percent else amount
    if back.minor <= 0:
        return ()
    return (Act(kind=ActKind.REFUND, order_id=order_id, line_id=line_id, amount=back),)


# --- replies --------------------------------------------------------------------------------------------


def _replying(case: SupportCase, refunds: RefundPolicy) -> Decision:
    """Answer, where there is something to answer."""
    match case.reading.intent:
        case TicketIntent.PRODUCT_QUESTION:
            return _escalated(Why.NO_FACTS)  # the shop port tells titles only, and nothing is invented
        case TicketIntent.OTHER:
            return _reply(Topic.THANKS) if case.thanks else _escalated(Why.UNCLEAR)
        case TicketIntent.REFUND_REQUEST:
            return _considered(case, refunds, Why.REFUND)  # there is no answer but yes, or a person's
        case TicketIntent.COMPLAINT if case.order is None:
            return _escalated(Why.UNCLEAR)
    if not case.orders:
        return _reply(Topic.NO_ORDER)
    if case.reading.intent is TicketIntent.TRACKING:
        return _reply(Topic.TRACKING)
    if case.order is None:
        return _reply(Topic.WHICH_ORDER)
    if case.reading.intent is TicketIntent.CANCELLATION:
        return _cancelling(case, case.order)
    if case.reading.intent is TicketIntent.ADDRESS_CHANGE:
        return _readdressing(case, case.order)
    return _reply(Topic.COMPLAINT)


def _cancelling(case: SupportCase, order: OrderFacts) -> Decision:
    """Before anything is bought it is called off; afterwards it is explained."""
    if order.state not in (OrderState.WAITING, OrderState.ASKED):
        return _reply(Topic.CANCELLATION)
    act = Act(kind=ActKind.CANCEL, order_id=order.id, amount=order.refundable)
    made = Decision(action=GateAction.REPLY, topic=Topic.CANCELLATION, act=act)
    if order.charged_back:
        return _escalated(Why.CHARGEBACK)
    if order.refundable != order.total:
        return to_person(made, Why.REFUNDED_BEFORE)
    return made if case.authenticated and not case.by_model else to_person(made, Why.UNPROVEN)


def _readdressing(case: SupportCase, order: OrderFacts) -> Decision:
    if order.state not in (OrderState.WAITING, OrderState.ASKED):
        return _reply(Topic.ADDRESS)
    if not case.authenticated or case.by_model:
        return _escalated(Why.UNPROVEN)
    act = Act(kind=ActKind.CHANGE_ADDRESS, order_id=order.id)
    return Decision(action=GateAction.REPLY, topic=Topic.ADDRESS, act=act)


def _reply(topic: Topic) -> Decision:
    return Decision(action=GateAction.REPLY, topic=topic)


def _escalated(why: Why) -> Decision:
    return Decision(action=GateAction.ESCALATE, why=why)


def _plain(line_id: str) -> str:
    """A line's id as an instance id may have it; of another shape, its fingerprint."""
    if not line_id:
        return "all"
    if re.fullmatch(r"[A-Za-z0-9_]{1,40}", line_id):
        return line_id
    return hashlib.sha256(line_id.encode()).hexdigest()[:20]
