"""What happened, in the past tense: the facts that state changes announce through the outbox."""

from enum import StrEnum

from shared.domain.model import Model


class EventType(StrEnum):
    """Every event of the platform; the CloudEvent type is `uso.` and this."""

    ORDER_PLACED = "order.placed"
    ORDER_CONFIRMED = "order.confirmed"
    ORDER_CANCELLED = "order.cancelled"
    ORDER_COMPLETED = "order.completed"
    PAYMENT_ACTION_REQUIRED = "payment.action_required"
    PAYMENT_SETTLED = "payment.settled"
    DELIVERY_CONFIRMED = "delivery.confirmed"
    FUNDS_RELEASED = "funds.released"
    REFUND_DUE = "refund.due"
    REFUND_SENT = "refund.sent"
    LEG_REFUNDED = "leg.refunded"
    DISPUTE_OPENED = "dispute.opened"
    DISPUTE_DECIDED = "dispute.decided"
    DISPUTE_RESOLVED = "dispute.resolved"
    CHARGEBACK_CREATED = "chargeback.created"
    CHARGEBACK_CHANGED = "chargeback.changed"
    LEG_ANSWERED = "leg.answered"
    LEG_COMPLETED = "leg.completed"
    LEG_PROGRESSED = "leg.progressed"
    CHANGE_REQUESTED = "change.requested"
    PARTNER_REPLIED = "partner.replied"
    COUNTER_OFFERED = "counter.offered"
    NEGOTIATION_DECIDED = "negotiation.decided"
    NEGOTIATION_CLOSED = "negotiation.closed"
    ESCALATED = "escalated"
    ESCALATION_RESOLVED = "escalation.resolved"
    RECOVERY_REQUESTED = "recovery.requested"
    RECOVERY_PROPOSED = "recovery.proposed"
    RECOVERY_DECIDED = "recovery.decided"
    RECOVERY_CLOSED = "recovery.closed"
    INTENT_CREATED = "intent.created"
    INTENT_WATCHING = "intent.watching"
    INTENT_CHANGED = "intent.changed"
    INTENT_MET = "intent.met"
    INTENT_ASKED = "intent.asked"
    INTENT_DECIDED = "intent.decided"
    INTENT_CLOSED = "intent.closed"
    PAYOUT_DUE = "payout.due"
    PAYOUT_PAID = "payout.paid"
    GIG_PAID = "gig.paid"
    FEES_CHANGED = "fees.changed"
    AFFILIATE_SUBMITTED = "affiliate.submitted"
    AFFILIATE_CHANGED = "affiliate.changed"
    SIMULATED_REPLY_DUE = "simulator.reply_due"


class Event(Model):
    """One announcement. `data` is small and flat: ids and words, never a document."""

    type: EventType
    data: dict[str, str | int | bool | None] = {}  # noqa: RUF012 - pydantic copies defaults
