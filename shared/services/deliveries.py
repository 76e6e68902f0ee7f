"""Deliveries: confirmed or refused by the customer, or by their silence; then the money (1.3-3, 2.8-1)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from pydantic import Field

from shared.domain import orders as rules
from shared.domain.events import Event, EventType
from shared.domain.ids import owner_of
from shared.domain.model import Model
from shared.domain.orders import SILENCE, Delivered, DeliveryOutcome, Order, OrderLeg
from shared.domain.status import HoldStatus, LegStatus
from shared.errors import Conflict, InvalidInput
from shared.services.funds import FundsService
from shared.services.kinds import ORDERS
from shared.services.records import Records
from shared.settings import Settings

WAITS = frozenset({HoldStatus.HELD, HoldStatus.DISPUTED})
"""The holds of what somebody still has to be paid for, or not."""


class Said(Model):
    """What a customer says of one leg. `accepted` counts the pieces they kept, for a partial delivery."""

    leg_id: str
    outcome: DeliveryOutcome = DeliveryOutcome.ACCEPTED
    accepted: int | None = Field(default=None, ge=0)
    text: str = ""


class Next(StrEnum):
    """What becomes of a leg's money now."""

    WAIT = "wait"
    RELEASE = "release"
    STOP = "stop"


class Review(Model):
    """One look of the plan; it looks again at `until`, or when something happens."""

    action: Next
    until: datetime | None = None
    outcome: str = ""


class DeliveryService:
    """What was delivered, and what follows for the money."""

    def __init__(self, records: Records, funds: FundsService, settings: Settings) -> None:
        self._records = records
        self._funds = funds
        self._settings = settings

    async def confirm(self, order_id: str, said: Sequence[Said], *, by: str) -> Order:
        """The customer says what arrived; without naming legs, everything (flow 1.3-3 step 4).

        Saying the same again changes nothing. Raises InvalidInput naming the leg's field, and Conflict for
        one that nobody delivers or about which something else was said before.
        """
        now = self._records.now()

        def change(order: Order) -> tuple[Order, Sequence[Event]]:
            events: list[Event] = []
            if not said and not any(leg.delivered for leg in order.legs) and not _everything(order):
                raise Conflict("Nothing of this order was delivered yet.", code="not_delivered")
            for n, each in enumerate(said or _everything(order)):
                order, more = _confirmed(order, each, field=f"legs.{n}", by=by, now=now)
                events += more
            return order, events

        return await self._records.update(ORDERS, order_id, change)

    async def review(self, leg_id: str, turn: int) -> Review:
        """Look at a leg whose vendor is done (2.8-1 step 2): what becomes of its money now?

        While a dispute freezes the money, silence confirms nothing; the next look is as long away as the
        time to object.
        """
        now = self._records.now()

        def change(order: Order) -> tuple[Order, Sequence[Event]]:
            leg = order.leg(leg_id)
            if leg.looks >= turn:
                return order, []
            leg = leg.model_copy(update={"looks": turn})
            waits = _verdict(order, leg).action is Next.WAIT and leg.hold is HoldStatus.HELD
            if waits and leg.status is LegStatus.COMPLETED and now >= self._due(order, leg):
                leg = leg.model_copy(update={"delivered": _all_of(leg, by=SILENCE, now=now)})
            return rules.with_leg(order, leg), []

        order = await self._records.update(ORDERS, owner_of(leg_id), change)
        verdict = _verdict(order, order.leg(leg_id))
        if verdict.action is not Next.WAIT:
            return verdict
        if order.leg(leg_id).hold is HoldStatus.DISPUTED:
            return verdict.model_copy(update={"until": now + self._settings.confirm_within})
        due = self._due(order, order.leg(leg_id))
        return verdict.model_copy(update={"until": max(due, now + self._settings.look_again)})

    async def release(self, leg_id: str) -> Order:
        """Release the part of a leg that was accepted (2.8-1 step 3); nobody earns on the rest.

        Raises Conflict when nothing is held for it any more.
        """
        leg = (await self._records.get(ORDERS, owner_of(leg_id))).value.leg(leg_id)
        accepted = leg.delivered.accepted if leg.delivered else leg.quantity
        share = Fraction(accepted, leg.quantity)
        return await self._funds.release(leg_id, key=f"{leg_id}:release", share=share)

    def _due(self, order: Order, leg: OrderLeg) -> datetime:
        """Until when the customer may object: some time after it should have arrived (time-chain)."""
        arrival = order.timeline.arrival
        ready = leg.ready_at or arrival
        return max(arrival, ready) + self._settings.confirm_within


def _everything(order: Order) -> list[Said]:
    return [
        Said(leg_id=leg.id)
        for leg in order.live_legs()
        if leg.delivered is None and leg.status is not LegStatus.PENDING and leg.hold in WAITS
    ]


def _confirmed(order: Order, said: Said, *, field: str, by: str, now: datetime) -> tuple[Order, list[Event]]:
    leg = next((leg for leg in order.live_legs() if leg.id == said.leg_id), None)
    if leg is None:
        raise InvalidInput("This order has no such leg.", field=f"{field}.leg_id")
    delivered = _delivered(leg, said, field=field, by=by, now=now)
    if leg.delivered is not None:
        if (leg.delivered.outcome, leg.delivered.accepted) == (delivered.outcome, delivered.accepted):
            return order, []
        raise Conflict(f"{leg.name} was {leg.delivered.outcome} already.", code="already_confirmed")
    if leg.status is LegStatus.PENDING or leg.hold not in WAITS:
        raise Conflict(f"{leg.name} is {leg.status}; it was not delivered.", code="not_delivered")
    done = leg.status is LegStatus.COMPLETED
    leg = leg.model_copy(
        update={
            "delivered": delivered,
            "status": LegStatus.COMPLETED,
            "ready_at": leg.ready_at or now,
        }
    )
    events = [] if done else [rules.leg_completed(leg)]
    told: dict[str, str | int | bool | None] = {"order_id": order.id, "leg_id": leg.id, "turn": leg.looks}
    told |= {"outcome": delivered.outcome.value, "accepted": delivered.accepted}
    return rules.with_leg(order, leg), [*events, Event(type=EventType.DELIVERY_CONFIRMED, data=told)]


def _delivered(leg: OrderLeg, said: Said, *, field: str, by: str, now: datetime) -> Delivered:
    match said.outcome:
        case DeliveryOutcome.ACCEPTED:
            accepted = leg.quantity
        case DeliveryOutcome.REFUSED:
            accepted = 0
        case DeliveryOutcome.PARTIAL:
            if said.accepted is None or not 0 < said.accepted < leg.quantity:
                limit = leg.quantity - 1
                raise InvalidInput(f"Say how many were accepted, 1 to {limit}.", field=f"{field}.accepted")
            accepted = said.accepted
    return Delivered(outcome=said.outcome, accepted=accepted, at=now, by=by, text=said.text)


def _all_of(leg: OrderLeg, *, by: str, now: datetime) -> Delivered:
    return Delivered(outcome=DeliveryOutcome.ACCEPTED, accepted=leg.quantity, at=now, by=by)


def _verdict(order: Order, leg: OrderLeg) -> Review:
    """What the stored truth says, whatever the clock does."""
    if leg.hold is HoldStatus.DISPUTED:
        return Review(action=Next.WAIT)
    if leg.status is LegStatus.CANCELLED or leg.hold is not HoldStatus.HELD:
        return Review(action=Next.STOP, outcome=str(leg.hold or leg.status))
    if leg.status is not LegStatus.COMPLETED or leg.delivered is None:
        return Review(action=Next.WAIT)
    if leg.delivered.accepted == 0:
        return Review(action=Next.STOP, outcome=str(leg.delivered.outcome))
    return Review(action=Next.RELEASE)
