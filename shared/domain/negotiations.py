"""A change request between a customer and a partner: rounds, offers, messages (flows 6.6-1, 2.7-1, 2.7-4)."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from shared.domain.aggregate import Aggregate
from shared.domain.catalogue import ChannelKind
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.replies import PriceChange, PriceChangeKind, Verdict
from shared.domain.status import NegotiationStatus, move


class Sender(StrEnum):
    """Who wrote a message."""

    USER = "user"
    PARTNER = "partner"
    SYSTEM = "system"
    ADMIN = "admin"


class EscalationReason(StrEnum):
    """Why a person must look (flow 6.6-2 step 1; recovery and money add the last)."""

    TIMEOUT = "timeout"
    SENTIMENT = "sentiment"
    DEADLOCK = "deadlock"
    URGENCY = "urgency"
    UNCLEAR = "unclear"
    NO_ALTERNATIVE = "no_alternative"
    UNDO_FAILED = "undo_failed"
    REFUND_FAILED = "refund_failed"
    HOLD_OVERDUE = "hold_overdue"
    BOOKS_DIFFER = "books_differ"
    PAYOUT_FAILED = "payout_failed"
    DISPUTE = "dispute"
    CHARGEBACK = "chargeback"
    TICKET = "ticket"
    DANGER = "danger"
    SHOP_ORDER_CHANGED = "shop_order_changed"
    PURCHASE_UNCERTAIN = "purchase_uncertain"
    CUSTOMER_UNREACHED = "customer_unreached"
    PARCEL = "parcel"
    PARTNER_UNREACHED = "partner_unreached"


class Photo(Model):
    """A partner's photo. `approved` is None where nobody has looked; `why` it was rejected, in words."""

    url: str
    approved: bool | None = None
    why: str = ""


class Message(Model):
    """One message of a negotiation; `id` is the sender's own, `applied` says whether it changed anything."""

    id: str
    sender: Sender
    text: str = Field(max_length=2000)
    at: datetime
    round: int
    applied: bool = True
    photo_url: str = ""


class Offer(Model):
    """A counter-offer, enriched from the partner's catalogue where the item is found there (2.7-2 step 3)."""

    round: int
    item: str
    product_id: str | None = None
    image_url: str = ""
    description: str = ""
    extra: Money
    """What the whole leg would cost more (or less, negative) than now."""
    text: str


class Reply(Model):
    """The partner's reply to the current round, as understood."""

    message_id: str
    verdict: Verdict
    item: str | None = None
    price: PriceChange = PriceChange()
    frustration: int = 0
    text: str = ""
    photo: Photo | None = None

    @property
    def shows_the_wrong_thing(self) -> bool:
        """Say whether a photo came with it that will not do (flow 2.7-3 step 5)."""
        return self.photo is not None and self.photo.approved is False


class Decision(Model):
    """The customer's word on what was put to them. `keep_original` matters on a no (M6)."""

    approved: bool
    by: str
    at: datetime
    keep_original: bool = True

    def says(self, approved: bool, keep_original: bool = True) -> bool:
        """Say whether this is the same word."""
        return self.approved == approved and (approved or self.keep_original == keep_original)


class Negotiation(Aggregate):
    """One change request. `round` counts the questions put to the partner, from 1."""

    order_id: str
    leg_id: str
    thread_id: str
    customer_id: str
    vendor_id: str
    product_id: str
    """What the leg was when the change was asked for."""
    currency: str
    channel: ChannelKind
    text: str
    """The request in the customer's words."""
    wanted: str
    instead_of: str = ""
    status: NegotiationStatus = NegotiationStatus.PENDING
    just_in_time: bool = False
    round: int = 0
    reply_by: datetime | None = None
    decide_by: datetime | None = None
    reply: Reply | None = None
    offers: tuple[Offer, ...] = ()
    decision: Decision | None = None
    messages: tuple[Message, ...] = ()
    escalation_id: str | None = None
    recovery_id: str | None = None
    key: str | None = None
    """The customer's idempotency key."""

    def moved(self, target: NegotiationStatus, **update: object) -> "Negotiation":
        """Return the negotiation in `target`. Raises IllegalMove."""
        status = move("negotiation", self.status, target)
        return self.model_copy(update={"status": status, **update})

    def said(self, message: Message) -> "Negotiation":
        """Keep a message, once per id."""
        if any(known.id == message.id for known in self.messages):
            return self
        return self.model_copy(update={"messages": (*self.messages, message)})

    def awaits_partner(self, round_: int, at: datetime) -> bool:
        """Say whether a reply to `round_` that comes `at` would be in time."""
        waits = self.status is NegotiationStatus.AWAITING_PARTNER_REPLY and self.round == round_
        return waits and (self.reply_by is None or at < self.reply_by)

    def awaits_customer(self, at: datetime) -> bool:
        """Say whether a decision that comes `at` would be in time."""
        waits = self.status is NegotiationStatus.AWAITING_USER_APPROVAL and self.decision is None
        return waits and (self.decide_by is None or at < self.decide_by)

    @property
    def reference(self) -> str:
        """What a partner's reply quotes to answer the current round."""
        return f"{self.id}.{self.round}"


def asked(negotiation: Negotiation, *, reply_by: datetime, text: str, at: datetime) -> Negotiation:
    """Put the next question to the partner."""
    round_ = negotiation.round + 1
    question = Message(
        id=f"{negotiation.id}.{round_}.ask", sender=Sender.SYSTEM, text=text, at=at, round=round_
    )
    return negotiation.said(question).moved(
        NegotiationStatus.AWAITING_PARTNER_REPLY,
        round=round_,
        reply_by=reply_by,
        reply=None,
        decision=None,
    )


def replied(negotiation: Negotiation, reply: Reply, message: Message) -> Negotiation:
    """Keep a partner's reply; only the first one to the open round counts, all others are shown (M24)."""
    in_time = negotiation.awaits_partner(message.round, message.at) and negotiation.reply is None
    kept = negotiation.said(message.model_copy(update={"applied": in_time}))
    return kept.model_copy(update={"reply": reply}) if in_time else kept


def offered(negotiation: Negotiation, offer: Offer, *, decide_by: datetime) -> Negotiation:
    """Put a counter-offer to the customer (flow 6.6-1 step 7)."""
    return negotiation.moved(NegotiationStatus.COUNTER_OFFER, offers=(*negotiation.offers, offer)).moved(
        NegotiationStatus.AWAITING_USER_APPROVAL, decide_by=decide_by
    )


def wants(negotiation: Negotiation) -> str:
    """The change in words: `pink flowers instead of red flowers`."""
    instead = f" instead of {negotiation.instead_of}" if negotiation.instead_of else ""
    return f"{negotiation.wanted}{instead}"


def can_be_charged(change: PriceChange, currency: str) -> bool:
    """Say whether a partner's price can be worked out: amounts must be in the order's currency."""
    amounts = {PriceChangeKind.EXTRA, PriceChangeKind.DISCOUNT, PriceChangeKind.ABSOLUTE}
    return change.kind not in amounts or change.currency == currency


def extra_for(change: PriceChange, *, price: Money, quantity: int, listed: Money | None) -> Money:
    """What a counter-offer costs more than `price`, the leg's present total (2.7-2 step 3).

    An absolute price is per piece; `listed` is the catalogue's total for the offered item, which counts when
    the partner said nothing of money.
    """
    match change.kind:
        case PriceChangeKind.EXTRA:
            return Money(minor=change.minor, currency=price.currency)
        case PriceChangeKind.DISCOUNT:
            return Money(minor=max(-change.minor, -price.minor), currency=price.currency)
        case PriceChangeKind.ABSOLUTE:
            return Money(minor=change.minor * quantity, currency=price.currency) - price
        case PriceChangeKind.PERCENT:
            return Money(minor=price.minor * change.percent // 100, currency=price.currency)
        case PriceChangeKind.NONE:
            return Money.zero(price.currency)
        case PriceChangeKind.NOT_SAID:
            return listed - price if listed is not None else Money.zero(price.currency)
