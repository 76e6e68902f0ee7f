"""Which leg breaks a deadline, and why: the one that takes longest on the way to the worst lateness."""

from shared.domain.timechain.minutes import instant, minute_until
from shared.domain.timechain.model import Leg
from shared.domain.timechain.passes import Passes
from shared.domain.timechain.timeline import BreakingLeg
from shared.domain.timechain.words import instant_in_words, minutes_in_words


def breaking_leg(passes: Passes) -> BreakingLeg | None:
    """Return the leg to blame for the worst missed deadline (flow 6.2-1 step 5), None when all are kept."""
    late = max(passes.order, key=passes.lateness)
    minutes = passes.lateness(late)
    if minutes <= 0:
        return None
    culprit = max(_way_to(late, passes), key=lambda leg: _elapsed(leg, passes))
    return BreakingLeg(
        leg_id=culprit.id,
        name=culprit.name,
        deadline_leg_id=late.id,
        late_minutes=minutes,
        reason=_reason(culprit, late=late, minutes=minutes, passes=passes),
    )


def _way_to(late: Leg, passes: Passes) -> list[Leg]:
    """Return the legs whose time adds up to the lateness; a booking that begins late has no part in it."""
    begins_late = late.fixed_start is not None and passes.due(late) is None
    way = [] if begins_late and late.after else [late]
    leg = late
    while leg.after and leg.pending:
        before = max((passes.plan.leg(id) for id in leg.after), key=lambda each: passes.runs[each.id].ends)
        if passes.runs[before.id].ends < passes.runs[leg.id].ready:
            break
        way.append(before)
        leg = before
    return way


def _elapsed(leg: Leg, passes: Passes) -> int:
    run = passes.runs[leg.id]
    return run.ends - run.ready


def _reason(culprit: Leg, *, late: Leg, minutes: int, passes: Passes) -> str:
    zone = passes.plan.zone
    run = passes.runs[culprit.id]
    ends = instant_in_words(instant(run.ends), zone=zone)
    if culprit.done_at:
        what = f"{culprit.name} ended only at {ends}"
    elif culprit.pending and run.begins - run.ready > run.ends - run.begins:
        what = f"{culprit.name} cannot begin before {instant_in_words(instant(run.begins), zone=zone)}"
    else:
        what = f"{culprit.name} takes until {ends}"
    return f"{what}, so {late.name} is {minutes_in_words(minutes)} late for {_deadline(late, passes)}."


def _deadline(late: Leg, passes: Passes) -> str:
    due = passes.due(late)
    if due is None or (late.fixed_start and passes.lateness(late) > passes.runs[late.id].ends - due):
        due = minute_until(late.fixed_start) if late.fixed_start else passes.arrival
    return instant_in_words(instant(due), zone=passes.plan.zone)
