"""A standing intent: buy when the moment comes (M23, flows 6.7-1 to 6.7-3, 1.4-2, 1.4-3)."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from shared.domain.aggregate import Aggregate
from shared.domain.conditions import Calendar, Condition, LeafState, Weather, leaves
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.negotiations import Decision
from shared.domain.places import Place
from shared.domain.status import IntentStatus, move


class TrustLevel(StrEnum):
    """What happens when the customer does not answer: high buys, medium cancels, low never buys unasked."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class LedgerEntry(Model):
    """One line of the progress ledger: what USO thought, and what it tells the customer (M14)."""

    at: datetime
    step: str
    status: str
    thought: str
    narrative: str


class Choice(Model):
    """What would be bought right now, at the catalogue's price."""

    product_id: str
    item: str
    vendor_id: str
    vendor_name: str
    unit_price: Money
    lead_minutes: int = 0
    quantity: int = 1
    """How many of it make up what was wished for."""

    @property
    def price(self) -> Money:
        """What it costs in all."""
        return self.unit_price * self.quantity


class Evidence(Model):
    """Why the moment came: what each condition was when all held together."""

    at: datetime
    leaves: tuple[LeafState, ...]


class StandingIntent(Aggregate):
    """One wish and what it waits for. `turn` numbers the wake-ups of its orchestration, so none is reused."""

    customer_id: str
    thread_id: str
    text: str = Field(max_length=2000)
    query: str
    product_id: str | None = None
    """The very product that is meant, when its price or stock is watched or the customer pointed at it."""
    colour: str | None = None
    quantity: int = Field(default=1, ge=1, le=1000)
    max_price: Money | None = None
    condition: Condition
    zone: str
    deliver_to: Place
    trust_level: TrustLevel = TrustLevel.MEDIUM
    requires_approval: bool = True
    approval_hours: int = Field(default=24, ge=1, le=168)
    waits_until: datetime
    status: IntentStatus = IntentStatus.PENDING
    choice: Choice | None = None
    leaves: tuple[LeafState, ...] = ()
    checked_at: datetime | None = None
    met: Evidence | None = None
    not_before: datetime | None = None
    """After a moment that was let pass: the instant before which no other one counts."""
    decide_by: datetime | None = None
    decision: Decision | None = None
    order_id: str | None = None
    purchases: int = 0
    lead_days: int = Field(default=0, ge=0, le=90)
    """How many days before its day the choice must be bought to arrive on it."""
    reason: str = ""
    """Why it ended, as a sentence for the customer."""
    digest: str = ""
    """Fingerprint of the wish, so that a reused idempotency key with another wish is noticed."""
    turn: int = 1
    ledger: tuple[LedgerEntry, ...] = ()

    def moved(self, target: IntentStatus, **update: object) -> "StandingIntent":
        """Return the intent in `target`. Raises IllegalMove."""
        status = move("standing intent", self.status, target)
        return self.model_copy(update={"status": status, **update})

    def noted(self, entry: LedgerEntry) -> "StandingIntent":
        """Add a line to the progress ledger."""
        return self.model_copy(update={"ledger": (*self.ledger, entry)})

    @property
    def is_day_bound(self) -> bool:
        """Whether the wish is about a day (its weather or its date), on which it must then arrive."""
        return any(isinstance(leaf, Weather | Calendar) for leaf in leaves(self.condition))

    def price(self) -> Money | None:
        """What buying the choice costs in all."""
        return self.choice.price if self.choice else None

    @property
    def is_open(self) -> bool:
        """Whether it can still buy, be changed or cancelled."""
        return self.status not in {IntentStatus.COMPLETED, IntentStatus.CANCELLED}
