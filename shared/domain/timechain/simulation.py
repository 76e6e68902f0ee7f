"""Conflict simulation (flow 1.2-1 steps 8 and 11, M5): answer "what if" at once, and change nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.domain.places import GeoPoint
from shared.domain.timechain.buffers import BufferPolicy, Conditions
from shared.domain.timechain.compare import compare
from shared.domain.timechain.compute import compute
from shared.domain.timechain.conflict import (
    Conflict,
    ConflictAnalysis,
    CourierAlternative,
    conflict_sentence,
    conflicts_between,
    impact_sentence,
    question,
    suggestions_for,
)
from shared.domain.timechain.delivery import Courier, DeliveryRequest, PlannedItem
from shared.domain.timechain.model import Leg, LegKind, Plan, Within
from shared.domain.timechain.stops import Stop, detours
from shared.domain.timechain.timeline import Timeline
from shared.domain.timechain.travel import Routing, TravelModel
from shared.errors import Infeasible, InvalidInput


def simulate_addition(
    plan: Plan,
    stop: Stop,
    *,
    start: datetime,
    threshold: timedelta,
    courier: Courier,
    policy: BufferPolicy | None = None,
    conditions: Conditions | None = None,
    routing: Routing | None = None,
    position: GeoPoint | None = None,
    on_leg: str | None = None,
) -> ConflictAnalysis:
    """Return what fetching something on the way would do to `plan`.

    The stop is put on the way `on_leg`, or where it harms least. `position` is where a way already begun
    has got to.

    When a deadline is broken by more than `threshold`, sending the item by `courier` is suggested, but only
    if that was computed to arrive in time. Raises Infeasible when no way is left to put the stop on.
    """
    roads = routing or TravelModel()

    def timed(each: Plan) -> Timeline:
        return compute(each, start=start, policy=policy, conditions=conditions)

    found = detours(plan, stop, routing=roads, position=position, on_leg=on_leg)
    tried = [(each, timed(each)) for each in found]
    if not tried:
        raise Infeasible(f"There is no way left on which {stop.item} could be fetched.")
    changed, after = min(tried, key=lambda each: (each[1].late_minutes, each[1].arrival))
    before = timed(plan)
    worst = _worst(before, after, threshold)
    alternative = None
    if worst:
        sent = _by_courier(changed, stop, worst, courier=courier, routing=roads)
        arrival = timed(sent)
        if arrival.is_feasible:
            alternative = _alternative(stop.item, sent, arrival, courier=courier)
    return _analysis(stop.item, before, after, changed, worst=worst, alternative=alternative)


def simulate_items(
    request: DeliveryRequest,
    added: Sequence[PlannedItem],
    *,
    start: datetime,
    threshold: timedelta,
    courier: Courier,
    policy: BufferPolicy | None = None,
    conditions: Conditions | None = None,
    routing: Routing | None = None,
) -> ConflictAnalysis:
    """Return what adding goods to an order would do to its delivery.

    The separate delivery suggested keeps the order as it was and brings the addition by `courier`; whether
    that is in time for the same deadline is told. Raises InvalidInput when
    nothing is added, or under an id that is taken.
    """
    known = {each.leg_id for each in request.items}
    if not added or known & {each.leg_id for each in added}:
        raise InvalidInput("Add at least one item, each with a leg of its own.", field="items")

    def timed(each: Plan) -> Timeline:
        return compute(each, start=start, policy=policy, conditions=conditions)

    item = " and ".join(each.product.name for each in added)
    together = DeliveryRequest.model_validate(
        {**dict(request), "items": (*request.items, *added)},
    )
    changed = together.plan(routing)
    before, after = timed(request.plan(routing)), timed(changed)
    worst = _worst(before, after, threshold)
    alternative = None
    if worst:
        apart = request.model_copy(update={"items": tuple(added), "courier": courier, "hub": None})
        sent = apart.plan(routing)
        alternative = _alternative(item, sent, timed(sent), courier=courier)
    return _analysis(item, before, after, changed, worst=worst, alternative=alternative)


def _worst(before: Timeline, after: Timeline, threshold: timedelta) -> Conflict | None:
    """Return the worst conflict when it is worth a question."""
    found = conflicts_between(before, after)
    return found[0] if found and timedelta(minutes=found[0].delay_minutes) > threshold else None


def _analysis(
    item: str,
    before: Timeline,
    after: Timeline,
    plan: Plan,
    *,
    worst: Conflict | None,
    alternative: CourierAlternative | None,
) -> ConflictAnalysis:
    change = compare(before, after)
    conflicts = conflicts_between(before, after)
    message = impact_sentence(item, change.delay_minutes)
    if conflicts:
        message = conflict_sentence(item, conflicts[0], plan=plan)
    suggestions = (
        suggestions_for(item, said=message, alternative=alternative, zone=plan.zone) if worst else ()
    )
    if worst:
        message = question(item, said=message, alternative=alternative)
    return ConflictAnalysis(
        item=item,
        conflict_detected=bool(conflicts),
        time_impact_minutes=change.delay_minutes,
        message=message,
        conflicts=conflicts,
        suggestions=tuple(suggestions),
        change=change,
        plan=plan,
    )


def _by_courier(plan: Plan, stop: Stop, conflict: Conflict, *, courier: Courier, routing: Routing) -> Plan:
    """Return the plan that brings the item straight to where the customer would be late."""
    place, name = _whereabouts(plan, conflict.leg_id)
    preparation = stop.preparation()
    deliver = Leg(
        id=f"{stop.leg_id}:deliver",
        name=f"Courier with {stop.item}",
        kind=LegKind.DELIVER,
        minutes=courier.minutes(stop.point, place, routing=routing),
        after=(preparation.id,) if preparation else (),
        hours=stop.hours,
        within=Within.BEGIN,
        vendor_id=courier.id,
        reliability=courier.reliability,
        origin=stop.point,
        destination=place,
        destination_name=name,
    )
    legs = (preparation, deliver) if preparation else (deliver,)
    return Plan(legs=legs, deadline=conflict.deadline, zone=plan.zone)


def _whereabouts(plan: Plan, leg_id: str) -> tuple[GeoPoint, str]:
    """Return where a leg ends, its own word or that of a leg before it."""
    waiting = [leg_id]
    while waiting:
        leg = plan.leg(waiting.pop(0))
        if leg.destination is not None:
            return leg.destination, leg.destination_name or leg.name
        waiting += leg.after
    raise Infeasible("The plan does not say where it ends.")


def _alternative(item: str, sent: Plan, arrival: Timeline, *, courier: Courier) -> CourierAlternative:
    last = next(leg for leg in reversed(sent.legs) if leg.kind is LegKind.DELIVER)
    return CourierAlternative(
        item=item,
        delivery_location=last.destination_name or "your address",
        estimated_cost=courier.cost,
        arrives_at=arrival.arrival,
        in_time=arrival.is_feasible,
    )
