"""What the embedded suppliers remember of an order: its course, which the clock takes it along."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.operations.purchases import Movement, Tracking
from shared.ports.rehearsals import Fate, TakenOrder
from shared.ports.suppliers import SupplierLine, SupplierOrder, SupplierOrderState

PACKED_AFTER = timedelta(hours=6)
"""From an order to its hand-over to the carrier."""
_COURSE = (
    (0.0, "Picked up by the carrier", "Shenzhen"),
    (0.1, "Left the sorting centre", "Shenzhen"),
    (0.4, "Arrived in the country of destination", "Los Angeles"),
    (0.6, "Cleared by customs", "Los Angeles"),
    (0.9, "Out for delivery", ""),
)
"""How far on its way, of the whole of it, a parcel is seen where."""


class OrderRecord(Model):
    """An order and its course. What happens when is settled with the order; the clock does the rest."""

    number: str
    key: str
    lines: tuple[SupplierLine, ...]
    cost: Money
    placed_at: datetime
    leaves_at: datetime | None
    """None: it is never sent."""
    arrives_at: datetime
    stands_still_from: datetime | None = None
    """From then on nobody sees it any more."""
    cancelled: bool = False

    def seen(self, now: datetime, *, carrier: str) -> SupplierOrder:
        """The order as it is known at an instant."""
        return SupplierOrder(
            id=self.number,
            key=self.key,
            state=self._state(now),
            cost=self.cost,
            tracking=self._tracking(now, carrier),
            movements=tuple(self._movements(now)),
        )

    def taken(self, now: datetime, *, carrier: str) -> TakenOrder:
        """The order as it is rehearsed with."""
        return TakenOrder(lines=self.lines, placed_at=self.placed_at, order=self.seen(now, carrier=carrier))

    def decided(self, fate: Fate, now: datetime) -> "OrderRecord":
        """The order on another course from now on."""
        change: dict[Fate, dict[str, object]] = {
            Fate.SHIP: {"leaves_at": now, "stands_still_from": None},
            Fate.STAND_STILL: {"stands_still_from": now},
            Fate.MOVE_ON: {"stands_still_from": None},
            Fate.DELIVER: {
                "leaves_at": min(self.leaves_at or now, now),
                "arrives_at": now,
                "stands_still_from": None,
            },
            Fate.CALL_OFF: {"cancelled": True},
        }
        return self.model_copy(update=change[fate])

    def _state(self, now: datetime) -> SupplierOrderState:
        if self.cancelled:
            return SupplierOrderState.CANCELLED
        if not self._has_left(now):
            return SupplierOrderState.PLACED
        arrived = self.arrives_at <= self._until(now)
        return SupplierOrderState.DELIVERED if arrived else SupplierOrderState.SHIPPED

    def _tracking(self, now: datetime, carrier: str) -> Tracking | None:
        if self.cancelled or not self._has_left(now):
            return None
        number = f"TRK{self.number.upper().replace('_', '')}"
        return Tracking(number=number, carrier=carrier, url=f"https://track.example/{number}")

    def _movements(self, now: datetime) -> Sequence[Movement]:
        if self.cancelled or self.leaves_at is None or not self._has_left(now):
            return []
        way = self.arrives_at - self.leaves_at
        course = [
            Movement(at=self.leaves_at + way * part, text=text, place=place) for part, text, place in _COURSE
        ]
        course.append(Movement(at=self.arrives_at, text="Delivered"))
        return [each for each in course if each.at <= self._until(now)]

    def _has_left(self, now: datetime) -> bool:
        return self.leaves_at is not None and self.leaves_at <= self._until(now)

    def _until(self, now: datetime) -> datetime:
        return now if self.stands_still_from is None else min(now, self.stands_still_from)
