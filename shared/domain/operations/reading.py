"""What a customer's message is about: the typed result of triage (flow ops-3)."""

from enum import StrEnum

from pydantic import Field

from shared.domain.disputes import RefundReason
from shared.domain.model import Model

ANGRY = 85
"""Anger from which a customer is called angry (MODULES: decisions)."""
ANNOYED = 40


class TicketIntent(StrEnum):
    """What a customer wants."""

    REFUND_REQUEST = "refund_request"
    TRACKING = "tracking"
    PRODUCT_QUESTION = "product_question"
    ADDRESS_CHANGE = "address_change"
    CANCELLATION = "cancellation"
    COMPLAINT = "complaint"
    DANGER = "danger"
    """Someone is or may be hurt: goes before everything else that the message says."""
    OTHER = "other"


class TicketPriority(StrEnum):
    """How urgent."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"


class Reading(Model):
    """One message, understood. `anger` is 0..100. Figures and ids in it are claims of the customer."""

    intent: TicketIntent
    also: tuple[TicketIntent, ...] = ()
    """What else it asks for, the most certain first."""
    anger: int = Field(default=0, ge=0, le=100)
    dangers: tuple[str, ...] = Field(default=(), max_length=20)
    """The words that speak of danger, as they were meant: in plain letters and right spelling."""
    reason: RefundReason | None = None
    """Why they want their money back, where they say so."""
    order_numbers: tuple[str, ...] = Field(default=(), max_length=10)
    """Order numbers that they name, without `#`."""
    wants_person: bool = False
    confidence: float = Field(default=0.0, ge=0, le=1)

    @property
    def is_danger(self) -> bool:
        """Whether it must be escalated, whatever else it says."""
        return self.intent is TicketIntent.DANGER or bool(self.dangers)

    @property
    def sentiment(self) -> str:
        """Anger in a word: `calm`, `annoyed`, `angry`."""
        if self.anger >= ANGRY:
            return "angry"
        return "annoyed" if self.anger >= ANNOYED else "calm"
