"""Synchronised arrivals (flow 1.2-1 step 8, M5): legs that meet begin just in time, and nothing waits."""

from collections.abc import Mapping, Sequence

from shared.domain.timechain.minutes import instant
from shared.domain.timechain.model import Leg, LegKind, Plan
from shared.domain.timechain.passes import Latest, Passes
from shared.domain.timechain.timeline import Meeting, SynchronisedArrival, Timeline

_AT_LEAST = 2


def meetings(passes: Passes, latest: Mapping[str, Latest]) -> tuple[Meeting, ...]:
    """Return where legs meet: before each assembly, and at the door when several deliveries end the plan.

    Arrivals aim at the beginning of the assembly, or at the last delivery. Nothing else in the plan moves
    by it: no leg is held back past a deadline, or past the beginning of anything that waits for it.
    """
    found = []
    for leg in passes.order:
        if leg.kind is LegKind.ASSEMBLE and leg.pending and len(leg.after) >= _AT_LEAST:
            feeding = [passes.plan.leg(id) for id in leg.after]
            found.append(_meeting(leg.id, feeding, passes.runs[leg.id].begins, passes, latest))
    deliveries = [leg for leg in passes.last_legs if leg.kind is LegKind.DELIVER]
    if len(deliveries) >= _AT_LEAST:
        last = max(passes.runs[leg.id].ends for leg in deliveries)
        found.append(_meeting(None, deliveries, last, passes, latest))
    return tuple(found)


def synchronised(plan: Plan, timeline: Timeline) -> Plan:
    """Return the plan with each meeting leg held back until its suggested start; the arrival stays."""
    starts = {
        arrival.leg_id: arrival.suggested_start
        for meeting in timeline.meetings
        for arrival in meeting.arrivals
    }
    return plan.model_copy(
        update={
            "legs": tuple(
                leg.model_copy(update={"not_before": starts[leg.id]})
                if leg.id in starts and leg.pending
                else leg
                for leg in plan.legs
            )
        }
    )


def _meeting(
    leg_id: str | None,
    feeding: Sequence[Leg],
    at: int,
    passes: Passes,
    latest: Mapping[str, Latest],
) -> Meeting:
    arrivals = tuple(_arrival(leg, at, passes, latest[leg.id].until) for leg in feeding)
    return Meeting(leg_id=leg_id, meets_at=instant(at), arrivals=arrivals)


def _arrival(leg: Leg, at: int, passes: Passes, until: int) -> SynchronisedArrival:
    run = passes.runs[leg.id]
    begins, ends = run.begins, run.ends
    if leg.pending:
        span = passes.spans[leg.id]
        needed = [passes.runs[after.id].begins for after in passes.followers[leg.id] if after.pending]
        begins, ends = span.run(max(begins, span.latest(begins, until=min([at, until, *needed]))))
    return SynchronisedArrival(
        leg_id=leg.id,
        suggested_start=instant(begins),
        arrives_at=instant(ends),
        waits_minutes=max(0, at - ends),
    )
