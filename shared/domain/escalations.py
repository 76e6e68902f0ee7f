"""A person's task: what the machine could not settle (flows 6.6-2, 5.4b-4)."""

from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from pydantic import Field

from shared.domain.aggregate import Aggregate
from shared.domain.model import Model
from shared.domain.negotiations import EscalationReason
from shared.domain.status import EscalationStatus, move


class Priority(IntEnum):
    """Urgency; higher first in the queue."""

    NORMAL = 1
    HIGH = 2
    CRITICAL = 3


class Resolution(StrEnum):
    """How a person settled it."""

    ACCEPT_CHANGE = "accept_change"
    DECLINE_CHANGE = "decline_change"
    RECOVER = "recover"
    CLOSE = "close"


class Note(Model):
    """What a person wrote down."""

    by: str
    at: datetime
    text: str = Field(max_length=2000)


class Escalation(Aggregate):
    """One task. While it is open the AI says nothing more to the partner about `subject`."""

    subject: str
    order_id: str = ""
    vendor_id: str = ""
    reason: EscalationReason
    summary: str
    priority: Priority
    due: datetime | None = None
    """When the affected leg is due; the sooner, the more urgent."""
    status: EscalationStatus = EscalationStatus.PENDING
    assigned_to: str | None = None
    resolution: Resolution | None = None
    notes: tuple[Note, ...] = ()

    def allows(self, resolution: Resolution) -> bool:
        """Say whether it can be settled that way: only a negotiation has a change that could be accepted."""
        return resolution is not Resolution.ACCEPT_CHANGE or "-n" in self.subject

    def moved(self, target: EscalationStatus, **update: object) -> "Escalation":
        """Return the escalation in `target`. Raises IllegalMove."""
        status = move("escalation", self.status, target)
        return self.model_copy(update={"status": status, **update})


def priority_of(
    reason: EscalationReason, due: datetime | None, *, now: datetime, urgent_within: timedelta
) -> Priority:
    """Rank a new escalation: a leg about to start is critical, an upset partner or a lost undo is high."""
    at_once = {EscalationReason.UNDO_FAILED, EscalationReason.REFUND_FAILED, EscalationReason.DANGER}
    if reason in at_once or (due is not None and due - now < urgent_within):
        return Priority.CRITICAL
    if reason in {
        EscalationReason.SENTIMENT,
        EscalationReason.URGENCY,
        EscalationReason.NO_ALTERNATIVE,
        EscalationReason.HOLD_OVERDUE,
        EscalationReason.BOOKS_DIFFER,
        EscalationReason.PAYOUT_FAILED,
        EscalationReason.DISPUTE,
        EscalationReason.CHARGEBACK,
        EscalationReason.SHOP_ORDER_CHANGED,
        EscalationReason.PURCHASE_UNCERTAIN,
    }:
        return Priority.HIGH
    return Priority.NORMAL
