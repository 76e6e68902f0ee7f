"""How an order of the shop goes on: what is still to be bought, what is asked, when it ends (ops-1, x1, x2).

Pure: each function takes an order as it is stored and returns what it becomes, with the events that tell it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from shared.domain.events import Event, EventType
from shared.domain.ledger import Entry
from shared.domain.model import Model
from shared.domain.operations import money
from shared.domain.operations.addresses import Fault, faults_of, in_words
from shared.domain.operations.buying import STANDING, is_given_back
from shared.domain.operations.facts import AddressInvalid, OrderFailed
from shared.domain.operations.parcels import progressed
from shared.domain.operations.purchases import Purchase
from shared.domain.operations.shop import FinancialStatus, ShopLine, ShopSnapshot
from shared.domain.operations.shop_orders import (
    CORRECTED,
    SILENT,
    WHOLE,
    WITHDRAWN,
    Ask,
    Choice,
    Question,
    ShopOrder,
    ShopRefund,
)
from shared.domain.status import PurchaseStatus, ShopOrderStatus, can_move

Told = tuple[ShopOrder, list[Event]]
IN_HAND = frozenset(
    {
        ShopOrderStatus.OPEN,
        ShopOrderStatus.AWAITING_ADDRESS,
        ShopOrderStatus.AWAITING_CHOICE,
        ShopOrderStatus.WAITING_FOR_STOCK,
    }
)
"""While an order is in one of these, the plan of its fulfilment has something to do."""
_BACK = frozenset({FinancialStatus.REFUNDED, FinancialStatus.VOIDED})
ADDRESS_REFUSED = "address_refused"
EDITED = "edited in the shop"
"""The outcome of an order that was sold otherwise by now."""
_CHECKED = frozenset(
    {ShopOrderStatus.OPEN, ShopOrderStatus.AWAITING_ADDRESS, ShopOrderStatus.WAITING_FOR_STOCK}
)
_WAY_TO_ADDRESS = {
    ShopOrderStatus.OPEN: (ShopOrderStatus.AWAITING_ADDRESS,),
    ShopOrderStatus.WAITING_FOR_STOCK: (ShopOrderStatus.OPEN, ShopOrderStatus.AWAITING_ADDRESS),
}
UNDELIVERABLE = Fault(
    field="line1", says="None of our carriers delivers to this address; please give another one."
)


class Terms(Model):
    """How long is waited, and how often something is done meanwhile (`shared.settings`)."""

    remind_after: timedelta
    answer_within: timedelta
    look_for_stock_every: timedelta
    wait_for_stock: timedelta


def why_not_taken(sold: ShopSnapshot) -> str:
    """Why an order of the shop is not fulfilled, as a code; empty when it is."""
    if sold.cancelled:
        return "cancelled"
    return "" if sold.financial_status is FinancialStatus.PAID else sold.financial_status.value


# --- what is still to be bought ---------------------------------------------------------------------


def missing_lines(order: ShopOrder) -> tuple[ShopLine, ...]:
    """What the customer has paid for, nobody has bought, and nobody has given up."""
    bought = {
        id for each in order.purchases if each.status is not PurchaseStatus.REFUSED for id in each.line_ids
    }
    settled = bought | _dropped(order)
    return tuple(
        line for line in order.sold.lines if line.id not in settled and not is_given_back(order, line)
    )


def _dropped(order: ShopOrder) -> set[str]:
    """Lines whose customer chose their money, or never answered."""
    ended = (each for each in order.questions if each.answer in {Choice.REFUND, SILENT})
    return {line_id for each in ended for line_id in each.lines}


def unsettled(order: ShopOrder) -> tuple[Purchase, ...]:
    """Purchases of this plan of which it is not known yet whether the supplier took them.

    What is sent in the place of a lost parcel is the business of who follows that.
    """
    planned = (each for each in order.purchases if each.status is PurchaseStatus.PLANNED)
    return tuple(each for each in planned if not each.replaces)


def is_given_up(purchase: Purchase, *, at: datetime, terms: Terms) -> bool:
    """Whether a supplier has said nothing of a purchase for so long that only a person still asks."""
    return purchase.status is PurchaseStatus.PLANNED and at >= purchase.planned_at + terms.wait_for_stock


def recent_refusals(order: ShopOrder, *, at: datetime, terms: Terms) -> tuple[Purchase, ...]:
    """Who has just refused what: not asked for it again until stock is looked for again.

    Who refused an address that was corrected since may be asked for the new one.
    """
    since = at - terms.look_for_stock_every
    corrected = [each.answered_at for each in order.questions if each.answer == CORRECTED]
    moved = max((each for each in corrected if each is not None), default=since)
    return tuple(
        each
        for each in order.purchases
        if each.status is PurchaseStatus.REFUSED
        and each.planned_at > (max(since, moved) if each.refusal == ADDRESS_REFUSED else since)
    )


# --- what the shop says -----------------------------------------------------------------------------


def shop_said(
    order: ShopOrder, sold: ShopSnapshot, *, at: datetime, looks: bool = False
) -> tuple[ShopOrder, list[Event], list[Entry]]:
    """Note the order as the shop has it now; a stale word, or the same again, changes nothing.

    What was sold and paid stays as it was booked. An order that was cancelled in the shop, or whose money
    went back there by hand, is closed, and the money is booked. What else matters wakes the plan, unless it
    is the plan that `looks`.
    """
    if sold.updated_at < order.sold.updated_at:
        return order, [], []
    told = {"address", "customer", "cancelled", "financial_status", "updated_at"}
    news = order.sold.model_copy(update={name: getattr(sold, name) for name in told})
    if news == order.sold:
        return order, [], []
    entries: list[Entry] = []
    after = order.model_copy(update={"sold": news})
    if by_hand := sold.financial_status in _BACK and after.refundable().minor > 0:
        after, entry = _refunded_in_shop(after, at=at)
        entries = [entry]
    events = [_answered(after)] if _matters(order, after) and not looks else []
    if sold.cancelled or by_hand:
        after, closing = closed(after, outcome="cancelled in the shop", at=at)
        events += closing
    return after, events, entries


def _matters(before: ShopOrder, after: ShopOrder) -> bool:
    """Whether the plan of the fulfilment has to look: at a new address, or an end."""
    was, now = before.sold, after.sold
    changed = (was.address, was.cancelled, was.financial_status) != (
        now.address,
        now.cancelled,
        now.financial_status,
    )
    return changed and before.status in IN_HAND


def _refunded_in_shop(order: ShopOrder, *, at: datetime) -> tuple[ShopOrder, Entry]:
    back = ShopRefund(
        key=f"{order.id}-refunded-in-shop",
        amount=order.refundable(),
        reason="given back in the shop",
        asked_at=at,
        sent_at=at,
    )
    entry = money.refund(order, back, at=at)
    return order.model_copy(update={"refunds": (*order.refunds, back)}).posted(entry), entry


def is_sold_otherwise(order: ShopOrder, sold: ShopSnapshot) -> bool:
    """Whether the shop has edited what was sold: a person compares, for the customer may owe or be owed.

    Once money went back there is nothing to compare by: a shop counts that off in ways of its own.
    """
    ours, theirs = order.sold, sold
    if order.refunds or sold.cancelled or sold.updated_at < ours.updated_at:
        return False
    return (ours.lines, ours.total) != (theirs.lines, theirs.total)


def left_to_person(order: ShopOrder, *, at: datetime) -> Told:
    """A person goes on: nothing more is bought, and the customer's answer is not waited for."""
    if order.status not in IN_HAND or order.outcome == EDITED:
        return order, []
    after = _without_question(order, WITHDRAWN, at=at).model_copy(update={"outcome": EDITED})
    return after, [_answered(after)]


def is_moved_after_buying(order: ShopOrder, sold: ShopSnapshot) -> bool:
    """Whether the address was changed when the goods were on their way to the old one already."""
    going = any(each.status in {PurchaseStatus.PLACED, PurchaseStatus.PLANNED} for each in order.purchases)
    return going and sold.updated_at >= order.sold.updated_at and sold.address != order.sold.address


def correction(order: ShopOrder) -> Question | None:
    """An address that the customer gave here and the shop does not have yet."""
    return next((each for each in order.questions if each.address is not None and not each.written), None)


# --- one look ---------------------------------------------------------------------------------------


def looked(order: ShopOrder, *, secret: str, at: datetime, terms: Terms) -> Told:
    """Do what is due of its own: read answers, close what was silent, check the address, end.

    `secret` is for the link of a question that comes up.
    """
    if order.status not in IN_HAND or order.outcome == EDITED:
        return order, []
    order, events = _question_ended(order, at=at)
    if not missing_lines(order):
        after, more = (order, []) if unsettled(order) else _ended(order, at=at)
    elif order.status in _CHECKED and (faults := faults_of(order.sold.address)):
        after, more = address_asked(order, faults, secret=secret, at=at, terms=terms)
    elif order.status is ShopOrderStatus.AWAITING_ADDRESS and order.open_question() is None:
        after, more = order.moved(ShopOrderStatus.OPEN), []
    else:
        after, more = order, []
    return after, [*events, *more]


def _question_ended(order: ShopOrder, *, at: datetime) -> Told:
    """What follows from an answer, or from none by the end of its time."""
    question = order.open_question()
    if question is not None and _is_corrected(order, question):
        return order.with_question(question.answered(CORRECTED, at=at)).moved(ShopOrderStatus.OPEN), []
    if question is not None and at >= question.until:
        order = order.with_question(question.answered(SILENT, at=at))
        return _given_back(order, at=at, reason="no answer from the customer")
    if question is None and order.status is ShopOrderStatus.AWAITING_CHOICE:
        if order.questions[-1].answer == Choice.WAIT:
            return order.moved(ShopOrderStatus.WAITING_FOR_STOCK, look_again_at=None), []
        return _given_back(order, at=at, reason="out of stock, and the customer chose their money")
    return order, []


def _is_corrected(order: ShopOrder, question: Question) -> bool:
    """Whether the shop has another address by now, and one that can be used."""
    is_other = question.ask is Ask.ADDRESS and order.sold.address != question.about
    return is_other and not faults_of(order.sold.address)


def _without_question(order: ShopOrder, answer: str, *, at: datetime) -> ShopOrder:
    question = order.open_question()
    return order if question is None else order.with_question(question.answered(answer, at=at))


def _given_back(order: ShopOrder, *, at: datetime, reason: str) -> Told:
    """Give back what the last question was about; all that is left, when nothing was bought or will be."""
    question = order.questions[-1]
    order = order.moved(ShopOrderStatus.OPEN)
    events: list[Event] = []
    for line_id in question.lines if _is_bought(order) or missing_lines(order) else (WHOLE,):
        amount = order.refundable(line_id)
        if amount.minor:
            key = f"{order.id}-q{question.turn}-{_place_of(order, line_id)}"
            refund = ShopRefund(
                key=key, line_id=line_id, amount=amount, reason=reason, automatic=True, asked_at=at
            )
            order, due = order.refunding(refund)
            events += due
    return order, events


def _place_of(order: ShopOrder, line_id: str) -> str:
    """A line's place in the order: the shop's own ids may hold what a plan's id may not."""
    ids = [line.id for line in order.sold.lines]
    return f"l{ids.index(line_id) + 1}" if line_id in ids else "whole"


def _ended(order: ShopOrder, *, at: datetime) -> Told:
    """Nothing is left to buy: all of it was bought, or given back."""
    if _is_bought(order):
        return progressed(_without_question(order, WITHDRAWN, at=at).moved(ShopOrderStatus.ORDERED)), []
    last = order.questions[-1].answer if order.questions else ""
    why = {SILENT: "no answer from the customer", Choice.REFUND: "out of stock"}.get(last, "given back")
    return closed(order, outcome=why, at=at)


def _is_bought(order: ShopOrder) -> bool:
    return any(each.status in STANDING or each.status is PurchaseStatus.LOST for each in order.purchases)


def closed(order: ShopOrder, *, outcome: str, at: datetime) -> Told:
    """The order is not sent any more; what was bought for it is called off by the plan that hears of this."""
    if not can_move(order.status, ShopOrderStatus.CANCELLED):
        return order, []
    order = _without_question(order, WITHDRAWN, at=at)
    after = order.moved(ShopOrderStatus.CANCELLED, outcome=outcome, look_again_at=None)
    return after, [Event(type=EventType.SHOP_ORDER_CLOSED, data={"order_id": order.id})]


# --- questions --------------------------------------------------------------------------------------


def address_asked(
    order: ShopOrder, faults: Sequence[Fault], *, secret: str, at: datetime, terms: Terms
) -> Told:
    """Ask for an address that can be used; after a useless correction, ask anew by the same link."""
    words, question = in_words(tuple(faults)), order.open_question()
    if question is not None and question.about == order.sold.address:
        return order, []
    asked = Question(
        ask=Ask.ADDRESS,
        turn=order.turn,
        secret=question.secret if question else secret,
        asked_at=at,
        until=question.until if question else at + terms.answer_within,
        lines=tuple(line.id for line in missing_lines(order)),
        faults=words,
        about=order.sold.address,
    )
    order = _without_question(order, WITHDRAWN, at=at).with_question(asked)
    for status in _WAY_TO_ADDRESS.get(order.status, ()):
        order = order.moved(status, look_again_at=None)
    told = AddressInvalid(order_id=order.id, shopify_order_id=order.sold.shop_order_id, faults=words)
    return order, [told.event()]


def not_to_be_had(
    order: ShopOrder, lines: Sequence[ShopLine], *, secret: str, at: datetime, terms: Terms
) -> Told:
    """Nobody has `lines` for a price that leaves something: ask, or look again later for who waits."""
    if order.status is ShopOrderStatus.WAITING_FOR_STOCK and at < _waits_until(order, terms):
        return order.model_copy(update={"look_again_at": at + terms.look_for_stock_every}), []
    if order.open_question() is not None or order.status not in IN_HAND:
        return order, []
    ids = tuple(line.id for line in lines)
    asked = Question(
        ask=Ask.REFUND_OR_WAIT,
        turn=order.turn,
        secret=secret,
        asked_at=at,
        until=at + terms.answer_within,
        lines=ids,
    )
    told = OrderFailed(
        order_id=order.id,
        shopify_order_id=order.sold.shop_order_id,
        reason="out_of_stock",
        lines=" ".join(ids),
    )
    after = order.with_question(asked).moved(ShopOrderStatus.AWAITING_CHOICE, look_again_at=None)
    return after, [told.event()]


def _waits_until(order: ShopOrder, terms: Terms) -> datetime:
    chosen = [each.answered_at for each in order.questions if each.answer == Choice.WAIT and each.answered_at]
    return max(chosen) + terms.wait_for_stock


def answered(order: ShopOrder, question: Question) -> Told:
    """The customer has answered; the plan reads it at its next look."""
    return order.with_question(question), [_answered(order)]


def _answered(order: ShopOrder) -> Event:
    data = {"order_id": order.id, "turn": order.turn}
    return Event(type=EventType.SHOP_ORDER_ANSWERED, data=data)


def reminders_due(question: Question, *, at: datetime, terms: Terms) -> int:
    """How often its customer should have been reminded by now."""
    return max(0, (at - question.asked_at) // terms.remind_after)


def next_reminder(question: Question, *, at: datetime, terms: Terms) -> datetime:
    """When there is something to do about a question next: remind, or end it."""
    reminder = question.asked_at + terms.remind_after * (reminders_due(question, at=at, terms=terms) + 1)
    return min(reminder, question.until)


def titles(order: ShopOrder, line_ids: Iterable[str]) -> tuple[str, ...]:
    """What lines are, for people: `2 x Neck Massager`."""
    wanted = set(line_ids)
    lines = [line for line in order.sold.lines if not wanted or line.id in wanted]
    return tuple(f"{line.quantity} x {' '.join(line.title.split())}" for line in lines)
