"""Finding another vendor when one cannot deliver what is wanted (M6, flows 6.3-1, 6.3-2)."""

from datetime import datetime
from enum import StrEnum

from shared.domain.aggregate import Aggregate
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.negotiations import Decision
from shared.domain.orders import LIVE, OrderLeg
from shared.domain.status import RecoveryStatus, move
from shared.domain.timechain import Timeline


class RecoveryReason(StrEnum):
    """What set the recovery off."""

    CHANGE_REJECTED = "change_rejected"
    VENDOR_UNABLE = "vendor_unable"
    ITEM_UNAVAILABLE = "item_unavailable"
    DAMAGED_AT_HUB = "damaged_at_hub"


class Proposal(Model):
    """One alternative: from whom, for how much more (negative: less), how much later (negative: earlier)."""

    attempt: int
    product_id: str
    item: str
    vendor_id: str
    vendor_name: str
    price: Money
    difference: Money
    delay_minutes: int
    timeline: Timeline
    why: str
    leg_id: str


class Attempt(Model):
    """One line of the log of what was tried."""

    at: datetime
    step: str
    outcome: str


class Recovery(Aggregate):
    """One leg's recovery. The old leg stays until the new vendor has accepted."""

    order_id: str
    leg_id: str
    thread_id: str
    customer_id: str
    reason: RecoveryReason
    wanted: str
    negotiation_id: str | None = None
    status: RecoveryStatus = RecoveryStatus.PENDING
    timeline_before: Timeline
    cause: str | None = None
    """What asked for it, a negotiation or a person's task; each asks once."""
    searched: int = 0
    """How many times alternatives were looked for."""
    shortlist: tuple[Proposal, ...] = ()
    """What the latest search found, best first, until one of it is reserved."""
    proposal: Proposal | None = None
    excluded_vendors: tuple[str, ...] = ()
    decide_by: datetime | None = None
    decision: Decision | None = None
    attempts: tuple[Attempt, ...] = ()
    escalation_id: str | None = None
    outcome: str = ""

    def moved(self, target: RecoveryStatus, **update: object) -> "Recovery":
        """Return the recovery in `target`. Raises IllegalMove."""
        status = move("recovery", self.status, target)
        return self.model_copy(update={"status": status, **update})

    def tried(self, step: str, outcome: str, *, at: datetime) -> "Recovery":
        """Add a line to the log."""
        return self.model_copy(
            update={"attempts": (*self.attempts, Attempt(at=at, step=step, outcome=outcome))}
        )

    def replacement_id(self, attempt: int) -> str:
        """The id of the leg that an attempt would bring in; no other recovery of the order makes the same."""
        number = int(self.id.rpartition("-r")[2])
        return f"{self.order_id}-l{number * 1000 + attempt}"

    def can_stay(self, leg: OrderLeg) -> bool:
        """Whether the original vendor still stands by its leg: only a change it declined leaves it so."""
        return self.reason is RecoveryReason.CHANGE_REJECTED and leg.status in LIVE

    @property
    def goods_remain(self) -> bool:
        """Whether what the old leg had taken from stock can be sold to someone else."""
        return self.reason in {RecoveryReason.CHANGE_REJECTED, RecoveryReason.VENDOR_UNABLE}


def needs_approval(recovery: Recovery, proposal: Proposal) -> bool:
    """Say whether the customer must be asked first.

    A change they asked for: always (6.3-1). A vendor that failed: USO substitutes on its own (6.3-2) when it
    costs the customer nothing more and the promise holds; otherwise it asks.
    """
    if recovery.reason is RecoveryReason.CHANGE_REJECTED:
        return True
    return proposal.difference.minor > 0 or not proposal.timeline.is_feasible
