"""What was bought of suppliers for a shop order, and its parcel (flows ops-1, ops-2, ops-x1, ops-x3)."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.status import PurchaseStatus, move


class PurchaseLine(Model):
    """A line of the shop's order, as the supplier sells it."""

    line_id: str
    supplier_sku: str
    quantity: int = Field(ge=1)


class Tracking(Model):
    """Under which number a parcel can be followed."""

    number: str = Field(min_length=1, max_length=100)
    carrier: str = Field(default="", max_length=100)
    url: str = Field(default="", max_length=500)


class Movement(Model):
    """Something that a carrier saw."""

    at: datetime
    text: str = Field(max_length=300)
    place: str = Field(default="", max_length=200)


class Remedy(StrEnum):
    """What a customer gets instead of a parcel that was given up (flow ops-x3)."""

    RESHIP = "reship"
    REFUND = "refund"
    NOTHING = "nothing"
    """Their money is back already, or their bank decides about it."""


class Purchase(Model):
    """One order at one supplier. `cost` is what the supplier takes, delivery included.

    `id` is also the effect's key at the supplier, so that no retry ever buys twice.
    """

    id: str
    supplier_id: str
    lines: tuple[PurchaseLine, ...] = Field(min_length=1)
    cost: Money
    status: PurchaseStatus = PurchaseStatus.PLANNED
    planned_at: datetime
    placed_at: datetime | None = None
    supplier_order_id: str = ""
    refusal: str = ""
    """Why the supplier did not take it, as a code."""
    tracking: Tracking | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    movements: tuple[Movement, ...] = Field(default=(), max_length=100)
    """Oldest first; the latest hundred."""
    fulfilment_id: str = ""
    """The shop's id of the fulfilment that tells its customer of the parcel."""
    replaces: str = ""
    """The purchase whose parcel got lost."""
    numbers: int = 0
    """How often the supplier has named a number to follow the parcel by; counts what the shop is told."""
    shown: str = ""
    """The number that the shop shows its customer."""
    told: tuple[str, ...] = Field(default=(), max_length=2)
    """The numbers that the customer was told by mail."""
    told_at: datetime | None = None
    delayed_at: datetime | None = None
    """When it was noticed that the parcel does not move."""
    remedy: Remedy | None = None
    """What the customer got instead, as they have been told."""
    turn: int = 0
    """Counts the looks of the plan that follows the parcel; a wake-up is for the look after this."""

    @property
    def line_ids(self) -> frozenset[str]:
        """The lines of the shop's order that it is about."""
        return frozenset(line.line_id for line in self.lines)

    def moved(self, target: PurchaseStatus, **update: object) -> "Purchase":
        """Return the purchase in `target`. Raises IllegalMove."""
        status = move("purchase", self.status, target)
        return self.model_copy(update={"status": status, **update})

    @property
    def last_movement(self) -> datetime | None:
        """When something of the parcel was seen last; the hand-over to the carrier counts."""
        seen = [movement.at for movement in self.movements]
        return max([*seen, self.shipped_at] if self.shipped_at else seen, default=None)
