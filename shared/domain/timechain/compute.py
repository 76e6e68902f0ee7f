"""The Time-Chain Resolver (M5, flows 1.2-1 step 8 and 6.2-1): an exact critical path over a plan."""

from collections.abc import Mapping
from datetime import datetime

from shared.domain.timechain.blame import breaking_leg
from shared.domain.timechain.buffers import BufferPolicy, Conditions
from shared.domain.timechain.meetings import meetings
from shared.domain.timechain.minutes import instant
from shared.domain.timechain.model import Leg, Plan
from shared.domain.timechain.passes import Latest, Passes
from shared.domain.timechain.timeline import Timeline, TimelineLeg


def compute(
    plan: Plan,
    *,
    start: datetime,
    policy: BufferPolicy | None = None,
    conditions: Conditions | None = None,
) -> Timeline:
    """Work out when each leg of `plan` runs from `start` (aware) on, and whether every deadline is kept.

    Whole minutes: what begins rounds up, deadlines round down, real times stay as they were. Raises
    InvalidPlan for a cycle, an unknown predecessor or a repeated id.
    """
    passes = Passes(
        plan,
        start=start,
        policy=policy or BufferPolicy(),
        conditions=conditions or Conditions(),
    )
    latest = passes.backwards()
    critical = {
        id for id, times in passes.backwards_from_arrival().items() if times.begins <= passes.runs[id].begins
    }
    late = max(passes.late(leg) for leg in passes.order)
    meets = meetings(passes, latest)
    suggested = {each.leg_id: each.suggested_start for meeting in meets for each in meeting.arrivals}
    return Timeline(
        starts_at=start,
        arrival=_end(max(passes.last_legs, key=lambda leg: passes.runs[leg.id].ends), passes),
        deadline=_deadline(plan),
        is_feasible=late == 0,
        late_minutes=late,
        total_minutes=max(0, passes.arrival - passes.now),
        confidence=min((leg.reliability for leg in plan.legs if not leg.done_at), default=1.0),
        critical_path=_critical_path(passes, critical),
        breaking_leg=breaking_leg(passes),
        legs=tuple(_timed(leg, passes, latest, critical, suggested) for leg in plan.legs),
        meetings=meets,
        zone=plan.zone,
    )


def _timed(
    leg: Leg,
    passes: Passes,
    latest: Mapping[str, Latest],
    critical: set[str],
    suggested: Mapping[str, datetime],
) -> TimelineLeg:
    run = passes.runs[leg.id]
    begins = leg.started_at if leg.started_at and not leg.pending else instant(run.begins)
    deadline = passes.deadline(leg)
    return TimelineLeg(
        leg_id=leg.id,
        name=leg.name,
        kind=leg.kind,
        vendor_id=leg.vendor_id,
        items=leg.items,
        starts_at=begins,
        finishes_at=_end(leg, passes),
        latest_start=instant(latest[leg.id].begins),
        suggested_start=suggested.get(leg.id, begins),
        deadline=instant(deadline.at) if deadline else None,
        reaches_deadline_at=instant(deadline.reached) if deadline else None,
        minutes=leg.minutes,
        buffer_minutes=run.buffer,
        slack_minutes=latest[leg.id].begins - run.begins,
        late_minutes=passes.late(leg),
        critical=leg.done_at is None and leg.id in critical,
        done=leg.done_at is not None,
        waiting=leg.paused and leg.done_at is None,
    )


def _end(leg: Leg, passes: Passes) -> datetime:
    return leg.done_at or instant(passes.runs[leg.id].ends)


def _deadline(plan: Plan) -> datetime | None:
    own = [at for leg in plan.legs for at in (leg.due, leg.fixed_start) if at]
    return plan.deadline or min(own, default=None)


def _critical_path(passes: Passes, critical: set[str]) -> tuple[str, ...]:
    """Follow the critical legs back from the last arrival: each step to the one that ends last."""
    ends = {id: run.ends for id, run in passes.runs.items()}
    leg = max(passes.last_legs, key=lambda each: ends[each.id])
    path: list[str] = []
    while leg.id in critical and leg.done_at is None:
        path.append(leg.id)
        before = [id for id in leg.after if id in critical]
        if not before:
            break
        leg = passes.plan.leg(max(before, key=lambda id: ends[id]))
    return tuple(reversed(path))
