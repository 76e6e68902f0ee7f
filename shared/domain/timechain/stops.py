"""Putting a stop on a way: the detour that conflict simulation tries (flow 1.2-1 step 8)."""

from collections.abc import Iterator

from pydantic import AwareDatetime, Field

from shared.domain.model import Model
from shared.domain.places import BusinessHours, GeoPoint
from shared.domain.timechain.model import Leg, LegKind, Plan, Within
from shared.domain.timechain.travel import Routing


class Stop(Model):
    """Something to fetch on the way. `minutes` is the time spent there, `lead_minutes` until it is ready.

    `item` is said in sentences ("Adding chocolates ..."), so give it as one would say it.
    """

    leg_id: str = Field(min_length=1, max_length=120)
    item: str = Field(min_length=1, max_length=160)
    point: GeoPoint
    place_name: str = ""
    minutes: int = Field(default=5, ge=0)
    lead_minutes: int = Field(default=0, ge=0)
    ready_at: AwareDatetime | None = None
    hours: BusinessHours | None = None
    vendor_id: str | None = None
    reliability: float = Field(default=0.85, ge=0, le=1)

    def preparation(self) -> Leg | None:
        """Return the leg that makes the item, None when it waits on the shelf."""
        if not self.lead_minutes and self.ready_at is None:
            return None
        return Leg(
            id=f"{self.leg_id}:prepare",
            name=f"{self.item} at {self.place_name}" if self.place_name else self.item,
            kind=LegKind.PREPARE,
            minutes=self.lead_minutes,
            not_before=self.ready_at,
            hours=self.hours if self.lead_minutes else None,
            vendor_id=self.vendor_id,
            reliability=self.reliability,
            destination=self.point,
            destination_name=self.place_name,
        )


def detours(
    plan: Plan,
    stop: Stop,
    *,
    routing: Routing,
    position: GeoPoint | None = None,
    on_leg: str | None = None,
) -> Iterator[Plan]:
    """Yield the plan with the stop put on each way still to go, or on the way `on_leg` alone.

    The way keeps its id for its last part, so that its arrival can be compared. A way that has begun can be
    changed only when `position` says where it has got to.
    """
    for leg in plan.legs:
        if on_leg is not None and leg.id != on_leg:
            continue
        start = leg.origin if leg.pending else position if leg.under_way else None
        if start is not None and leg.destination is not None:
            yield _detour(plan, leg, stop, start=start, routing=routing)


def _detour(plan: Plan, leg: Leg, stop: Stop, *, start: GeoPoint, routing: Routing) -> Plan:
    assert leg.destination is not None  # noqa: S101
    onwards = routing.minutes(stop.point, leg.destination)
    if leg.pending and leg.origin:
        # The plan may know the way better than the routing does; what it knows stays.
        onwards = max(0, leg.minutes - routing.minutes(leg.origin, leg.destination) + onwards)
    way = leg.model_copy(
        update={
            "id": f"{stop.leg_id}:way",
            "name": f"{leg.name}, way to {stop.place_name or stop.item}",
            "minutes": routing.minutes(start, stop.point),
            "origin": start,
            "destination": stop.point,
            "destination_name": stop.place_name,
            "due": None,
            "fixed_start": leg.fixed_start if leg.pending else None,
            "started_at": None,
        }
    )
    preparation = stop.preparation()
    pause = Leg(
        id=f"{stop.leg_id}:stop",
        name=f"Stop for {stop.item}",
        kind=LegKind.SERVICE,
        minutes=stop.minutes,
        after=(way.id, preparation.id) if preparation else (way.id,),
        hours=stop.hours,
        vendor_id=stop.vendor_id,
        destination=stop.point,
        destination_name=stop.place_name,
    )
    rest = leg.model_copy(
        update={
            "minutes": onwards,
            "after": (pause.id,),
            "origin": stop.point,
            "not_before": None,
            "fixed_start": None,
            "started_at": None,
            "hours": None if leg.keeps_hours is Within.BEGIN else leg.hours,
        }
    )
    changed: list[Leg] = [preparation] if preparation else []
    for old in plan.legs:
        changed += [way, pause, rest] if old.id == leg.id else [old]
    return plan.model_copy(update={"legs": tuple(changed)})
