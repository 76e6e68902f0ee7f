"""What is known of a customer when their message is judged (flow ops-3, step 1: context building).

Everything comes from the shop and from our own books; what the customer claims stands in the reading alone.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.operations.purchases import Purchase, Tracking
from shared.domain.operations.reading import Reading, TicketIntent, TicketPriority
from shared.domain.operations.shop import ShopCustomer, ShopLine, ShopSnapshot
from shared.domain.operations.shop_orders import WHOLE, Ask, ShopOrder, shop_order_key
from shared.domain.status import PurchaseStatus, ShopOrderStatus

MAX_ORDERS = 5
_GONE = {PurchaseStatus.REFUSED, PurchaseStatus.CANCELLED, PurchaseStatus.LOST}


class Tier(StrEnum):
    """Who they are to the shop."""

    UNKNOWN = "unknown"
    """Nobody whom the shop knows."""
    FIRST_TIME = "first_time"
    REGULAR = "regular"
    VIP = "vip"


class OrderState(StrEnum):
    """Where an order stands, as a customer would say it."""

    UNKNOWN = "unknown"
    """There is none, or it is not known which one they mean."""
    WAITING = "waiting"
    """Paid, and nothing is bought yet."""
    ASKED = "asked"
    """It waits for the customer's own answer."""
    BOUGHT = "bought"
    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class LineFacts(Model):
    """One line of an order: what can still be given back of it, and where it is."""

    id: str
    product_id: str
    title: str
    total: Money
    refundable: Money
    refunded: bool
    """Money has been given back for it, or for the order as a whole."""
    state: OrderState


class ParcelFacts(Model):
    """One parcel that is under way or there."""

    tracking: Tracking
    shipped_at: datetime | None
    delivered_at: datetime | None
    last_seen: str = ""
    """Where a carrier saw it last."""


class OrderFacts(Model):
    """One order of the customer. `id` is ours, `number` the shop's for people."""

    id: str
    shop_order_id: str
    number: str
    state: OrderState
    total: Money
    refundable: Money
    paid_at: datetime
    lines: tuple[LineFacts, ...]
    parcels: tuple[ParcelFacts, ...] = ()
    question: Ask | None = None
    charged_back: bool = False
    """The customer's bank has the money, or decides who gets it."""

    @property
    def is_bought(self) -> bool:
        """Whether a supplier has been given anything of it."""
        return self.state not in (OrderState.WAITING, OrderState.ASKED, OrderState.CANCELLED)


class SupportCase(Model):
    """A message with all that is known around it."""

    reading: Reading
    priority: TicketPriority
    authenticated: bool
    by_model: bool = False
    """The intent is a language model's alone: nothing is done for it, only said."""
    thanks: bool = False
    """It says thank you and nothing else."""
    tier: Tier = Tier.UNKNOWN
    name: str = Field(default="", max_length=300)
    spent: Money = Money(minor=0)
    past_tickets: int = 0
    orders: tuple[OrderFacts, ...] = Field(default=(), max_length=MAX_ORDERS)
    about: str = ""
    """The id of the order that it is about; empty when that is not certain."""
    line: str = ""
    """The line that it is about; empty when that is not certain."""
    product_id: str = ""
    """The product that it is about; empty when that is not certain."""
    answers_today: int = 0
    """How often this customer was answered by the machine within a day."""
    complete: bool = True
    """The shop was there to be asked."""

    @property
    def order(self) -> OrderFacts | None:
        """The order that it is about."""
        return next((each for each in self.orders if each.id == self.about), None)

    @property
    def line_facts(self) -> LineFacts | None:
        """The line that it is about."""
        lines = self.order.lines if self.order else ()
        return next((each for each in lines if each.id == self.line), None)

    @property
    def state(self) -> OrderState:
        """Where the line stands that it is about, or else its order."""
        if self.line_facts is not None:
            return self.line_facts.state
        return self.order.state if self.order else OrderState.UNKNOWN


def order_facts(sold: ShopSnapshot, order: ShopOrder | None) -> OrderFacts:
    """Say what is known of an order; `order` is None while the shop's news of it is on the way."""
    parcels = [each for each in (order.purchases if order else ()) if each.status not in _GONE]
    question = order.open_question() if order else None
    return OrderFacts(
        id=shop_order_key(sold.shop_order_id),
        shop_order_id=sold.shop_order_id,
        number=sold.number.lstrip("#"),
        state=_order_state(sold, order),
        total=sold.total,
        refundable=order.refundable() if order else Money(minor=0, currency=sold.total.currency),
        paid_at=sold.paid_at,
        lines=tuple(_line_facts(line, sold, order) for line in sold.lines),
        parcels=tuple(_parcel(each) for each in parcels if each.tracking is not None),
        question=question.ask if question else None,
        charged_back=order is not None and order.at_the_bank().minor > 0,
    )


def tier_of(customer: ShopCustomer | None, *, vip_spent: Money) -> Tier:
    """Rank a customer: over `vip_spent` they are a VIP (MODULES: decisions)."""
    if customer is None or customer.orders == 0:
        return Tier.UNKNOWN
    if customer.spent.currency == vip_spent.currency and customer.spent.minor > vip_spent.minor:
        return Tier.VIP
    return Tier.FIRST_TIME if customer.orders == 1 else Tier.REGULAR


def priority_of(reading: Reading, tier: Tier, *, high_anger: int) -> TicketPriority:
    """How urgent: danger is critical; the angry, who wants a person, and VIPs that complain come first."""
    if reading.is_danger:
        return TicketPriority.CRITICAL
    if reading.anger >= high_anger or reading.wants_person:
        return TicketPriority.HIGH
    if reading.intent in (TicketIntent.OTHER, TicketIntent.PRODUCT_QUESTION):
        return TicketPriority.LOW
    if tier is Tier.VIP and reading.intent in (TicketIntent.COMPLAINT, TicketIntent.REFUND_REQUEST):
        return TicketPriority.HIGH
    return TicketPriority.NORMAL


def order_meant(reading: Reading, orders: Sequence[OrderFacts]) -> str:
    """Which order a message is about: the one that it names, or the only one there is.

    Numbers that are not this customer's own name nothing. Empty when it is not certain.
    """
    named = [each.id for each in orders if each.number in reading.order_numbers]
    if len(named) == 1:
        return named[0]
    return orders[0].id if len(orders) == 1 and not named else ""


def line_meant(text: str, order: OrderFacts | None) -> str:
    """Which line a message is about: the only one, or the only one whose title it mentions."""
    named = _mentioned(text, order.lines if order else ())
    return named[0].id if len(named) == 1 else ""


def product_meant(text: str, orders: Sequence[OrderFacts], about: str) -> str:
    """Which product a message is about: of the order that it is about, or else of all there are."""
    meant = [each for each in orders if each.id == about] or orders
    named = _mentioned(text, [line for order in meant for line in order.lines])
    products = {line.product_id for line in named}
    return products.pop() if len(products) == 1 else ""


def _mentioned(text: str, lines: Sequence[LineFacts]) -> list[LineFacts]:
    """The lines that a text can be about: those whose titles it mentions, or all of one product."""
    if len({(line.product_id, line.title) for line in lines}) <= 1:
        return list(lines)
    words = _words(text)
    common = set.intersection(*(_words(line.title) for line in lines))
    return [line for line in lines if (_words(line.title) - common) & words]


def sentence(case: SupportCase, *, now: datetime) -> str:
    """The case in a line, for the person who takes it over (flow ops-3, step 1)."""
    who = case.name or "someone whom the shop does not know"
    known = {Tier.VIP: "a VIP", Tier.FIRST_TIME: "a first-time buyer", Tier.REGULAR: "a regular customer"}
    parts = [f"This is {who}, {known[case.tier]}." if case.tier in known else f"This is {who}."]
    order = case.order
    if order is not None:
        line = case.line_facts
        what = line.title if line else f"{len(order.lines)} things" if len(order.lines) > 1 else ""
        days = (now - order.paid_at).days
        ago = "today" if days < 1 else "yesterday" if days == 1 else f"{days} days ago"
        parts.append(f"They bought {what or order.lines[0].title} {ago} (order {order.number}).")
        parts.append(_PROGRESS[case.state])
    elif case.orders:
        parts.append(f"It is not clear which of {len(case.orders)} orders they mean.")
    elif not case.complete:
        parts.append("The shop could not be asked about their orders.")
    feeling = case.reading.sentiment.capitalize()
    return " ".join([*parts, f"{feeling} ({case.reading.anger}/100)."])


_PROGRESS = {
    OrderState.UNKNOWN: "",
    OrderState.WAITING: "It has not been bought yet.",
    OrderState.ASKED: "It waits for their own answer.",
    OrderState.BOUGHT: "It has not shipped yet.",
    OrderState.UNDER_WAY: "It is under way.",
    OrderState.DELIVERED: "It was delivered.",
    OrderState.CANCELLED: "It was cancelled.",
}
_FILLERS = frozenset({"the", "and", "for", "with", "set", "size", "pack", "new"})


def _words(text: str) -> set[str]:
    letters = "".join(each if each.isalnum() else " " for each in text.lower())
    return {word.rstrip("s") for word in letters.split() if len(word) > 2} - _FILLERS


def _order_state(sold: ShopSnapshot, order: ShopOrder | None) -> OrderState:
    if sold.cancelled or (order is not None and order.status is ShopOrderStatus.CANCELLED):
        return OrderState.CANCELLED
    if order is None:
        return OrderState.WAITING
    if order.status is ShopOrderStatus.DELIVERED:
        return OrderState.DELIVERED
    alive = [each for each in order.purchases if each.status not in _GONE]
    if not alive:
        return OrderState.ASKED if order.open_question() else OrderState.WAITING
    return min((_purchase_state(each) for each in alive), key=_HOW_FAR.index)


def _line_facts(line: ShopLine, sold: ShopSnapshot, order: ShopOrder | None) -> LineFacts:
    refunds = order.refunds if order else ()
    carrying = [
        each
        for each in (order.purchases if order else ())
        if each.status not in _GONE and any(part.line_id == line.id for part in each.lines)
    ]
    state = _purchase_state(carrying[-1]) if carrying else _order_state(sold, order)
    return LineFacts(
        id=line.id,
        product_id=line.product_id,
        title=line.title,
        total=line.total,
        refundable=_refundable(line, order),
        refunded=any(each.line_id in (WHOLE, line.id) for each in refunds),
        state=state,
    )


def _refundable(line: ShopLine, order: ShopOrder | None) -> Money:
    known = order is not None and any(each.id == line.id for each in order.sold.lines)
    return order.refundable(line.id) if order and known else Money(minor=0, currency=line.total.currency)


_HOW_FAR = (OrderState.WAITING, OrderState.BOUGHT, OrderState.UNDER_WAY, OrderState.DELIVERED)


def _purchase_state(purchase: Purchase) -> OrderState:
    if purchase.status is PurchaseStatus.DELIVERED:
        return OrderState.DELIVERED
    return OrderState.UNDER_WAY if purchase.status is PurchaseStatus.SHIPPED else OrderState.BOUGHT


def _parcel(purchase: Purchase) -> ParcelFacts:
    if purchase.tracking is None:
        raise ValueError(f"{purchase.id} has no tracking number")
    last = purchase.movements[-1] if purchase.movements else None
    seen = ", ".join(part for part in (last.text, last.place) if part) if last else ""
    return ParcelFacts(
        tracking=purchase.tracking,
        shipped_at=purchase.shipped_at,
        delivered_at=purchase.delivered_at,
        last_seen=seen,
    )
