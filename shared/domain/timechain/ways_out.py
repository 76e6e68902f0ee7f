"""Ways out of a plan that misses its deadline (flow 1.2-1 step 10, 6.2-1 step 5), each one computed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime

from shared.domain.catalogue import Lock, Product, Vendor
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.timechain.buffers import BufferPolicy, Conditions
from shared.domain.timechain.compute import compute
from shared.domain.timechain.delivery import Courier, DeliveryRequest, PlannedItem
from shared.domain.timechain.model import Plan
from shared.domain.timechain.travel import Routing
from shared.domain.timechain.words import instant_in_words


class WayOutKind(StrEnum):
    """What a way out changes."""

    OTHER_VENDOR = "other_vendor"
    OTHER_COURIER = "other_courier"
    OTHER_DATE = "other_date"
    DROP_ITEM = "drop_item"


_RANK = {
    WayOutKind.OTHER_COURIER: 0,
    WayOutKind.OTHER_VENDOR: 0,
    WayOutKind.OTHER_DATE: 1,
    WayOutKind.DROP_ITEM: 2,
}
"""Keep all of it and the date; else keep all of it; else keep the date."""


class Offer(Model):
    """What another vendor would supply in an item's place."""

    product: Product
    vendor: Vendor


class WayOut(Model):
    """One change that keeps the deadline. `cost_difference` is + when it costs more, None when unknown."""

    kind: WayOutKind
    description: str
    new_arrival: AwareDatetime
    deadline: AwareDatetime | None
    cost_difference: Money | None
    request: DeliveryRequest
    plan: Plan


def ways_out(
    request: DeliveryRequest,
    *,
    start: datetime,
    policy: BufferPolicy | None = None,
    conditions: Conditions | None = None,
    routing: Routing | None = None,
    offers: Mapping[str, Sequence[Offer]] | None = None,
    couriers: Sequence[Courier] = (),
    horizon_days: int = 90,
) -> list[WayOut]:
    """Return the changes that are in time, best first; every one was computed like the plan itself.

    `offers` holds candidate replacements by item (`leg_id`). Hard-locked items, and items already made, are
    never swapped (M22). A vendor and a courier are changed together only when neither alone suffices.
    """

    def verified(candidate: _Candidate) -> WayOut | None:
        kind, description, changed = candidate
        plan = changed.plan(routing)
        timeline = compute(plan, start=start, policy=policy, conditions=conditions)
        if not timeline.is_feasible:
            return None
        return WayOut(
            kind=kind,
            description=description,
            new_arrival=timeline.arrival,
            deadline=changed.deadline,
            cost_difference=_difference(request, changed),
            request=changed,
            plan=plan,
        )

    swaps = list(_other_vendors(request, offers or {}))
    found = [way for each in (*swaps, *_other_couriers(request, couriers)) if (way := verified(each))]
    if not found:
        both = ((swap, courier) for swap in swaps for courier in _other_couriers(swap[2], couriers))
        joined = ((swap[0], f"{swap[1]} {courier[1]}", courier[2]) for swap, courier in both)
        found = [way for each in joined if (way := verified(each))]
    date = earliest_deadline(
        request.plan(routing), start=start, policy=policy, conditions=conditions, horizon_days=horizon_days
    )
    last = [*_other_date(request, date), *_dropped(request)]
    found += [way for each in last if (way := verified(each))]
    return sorted(found, key=_rank)


def earliest_deadline(
    plan: Plan,
    *,
    start: datetime,
    policy: BufferPolicy | None = None,
    conditions: Conditions | None = None,
    horizon_days: int = 90,
) -> datetime | None:
    """Return the plan's deadline moved by the fewest local days that make it feasible.

    The time of day stays, across DST too; bookings and deadlines of legs still to come move along. Every
    day is computed until one fits; None when the plan has no deadline or nothing fits in the horizon.
    """
    if plan.deadline is None:
        return None
    for days in range(horizon_days + 1):
        moved = _moved(plan, days)
        if compute(moved, start=start, policy=policy, conditions=conditions).is_feasible:
            return moved.deadline
    return None


_Candidate = tuple[WayOutKind, str, DeliveryRequest]


def _moved(plan: Plan, days: int) -> Plan:
    zone = ZoneInfo(plan.zone)

    def later(instant: datetime | None) -> datetime | None:
        # Wall-clock arithmetic: 5 PM stays 5 PM when the clocks change.
        return (instant.astimezone(zone) + timedelta(days=days)).astimezone(UTC) if instant else None

    legs = tuple(
        leg.model_copy(update={"due": later(leg.due), "fixed_start": later(leg.fixed_start)})
        if leg.pending
        else leg
        for leg in plan.legs
    )
    return plan.model_copy(update={"legs": legs, "deadline": later(plan.deadline)})


def _other_vendors(request: DeliveryRequest, offers: Mapping[str, Sequence[Offer]]) -> Iterator[_Candidate]:
    for item in request.items:
        if item.done_at or item.product.lock is Lock.HARD or _is_tied(item):
            continue
        for offer in offers.get(item.leg_id, ()):
            if offer.vendor.id == item.vendor.id:
                continue
            swapped = PlannedItem(
                leg_id=item.leg_id,
                product=offer.product,
                vendor=offer.vendor,
                quantity=item.quantity,
                customizations=item.customizations,
            )
            items = tuple(swapped if each is item else each for each in request.items)
            description = f"Get {offer.product.name} from {offer.vendor.name} instead of {item.vendor.name}."
            yield WayOutKind.OTHER_VENDOR, description, request.model_copy(update={"items": items})


def _is_tied(item: PlannedItem) -> bool:
    """Whether its own vendor also customises it, so that it cannot come from elsewhere."""
    return any(custom.vendor.id == item.vendor.id for custom in item.customizations)


def _other_couriers(request: DeliveryRequest, couriers: Sequence[Courier]) -> Iterator[_Candidate]:
    for courier in couriers:
        if courier.id != request.courier.id:
            description = f"Let {courier.name} carry it."
            yield WayOutKind.OTHER_COURIER, description, request.model_copy(update={"courier": courier})


def _other_date(request: DeliveryRequest, deadline: datetime | None) -> Iterator[_Candidate]:
    if deadline is not None and request.deadline is not None and deadline > request.deadline:
        description = f"Have everything by {instant_in_words(deadline, zone=request.zone)}."
        yield WayOutKind.OTHER_DATE, description, request.model_copy(update={"deadline": deadline})


def _dropped(request: DeliveryRequest) -> Iterator[_Candidate]:
    if len(request.carried) < 2:
        return
    for item in request.carried:
        if item.done_at or item.product.lock is Lock.HARD:
            continue
        items = tuple(each for each in request.items if each is not item)
        yield (
            WayOutKind.DROP_ITEM,
            f"Leave out {item.product.name}.",
            request.model_copy(update={"items": items}),
        )


def _difference(before: DeliveryRequest, after: DeliveryRequest) -> Money | None:
    unknown = (before.courier.cost is None) != (after.courier.cost is None)
    return None if unknown else after.cost - before.cost


def _rank(way: WayOut) -> tuple[int, float, datetime]:
    cost = float("inf") if way.cost_difference is None else way.cost_difference.minor
    return _RANK[way.kind], cost, way.new_arrival
