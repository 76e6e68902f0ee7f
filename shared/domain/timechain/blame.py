"""Which leg breaks a deadline, and why: the one that takes longest on the way to the worst lateness."""

from shared.domain.timechain.minutes import instant
from shared.domain.timechain.model import Leg
from shared.domain.timechain.passes import Deadline, Passes
from shared.domain.timechain.timeline import BreakingLeg
from shared.domain.timechain.words import instant_in_words, minutes_in_words


def breaking_leg(passes: Passes) -> BreakingLeg | None:
    """Return the leg to blame for the worst missed deadline (flow 6.2-1 step 5), None when all are kept."""
    late = max(passes.order, key=passes.late)
    deadline = passes.deadline(late)
    if deadline is None or deadline.late <= 0:
        return None
    way = _way_to(late, passes)
    if deadline.reached == passes.runs[late.id].begins and way[1:]:
        # Late already when it begins: its own minutes have no part in it.
        way = way[1:]
    culprit = max(way, key=lambda leg: _elapsed(leg, passes))
    return BreakingLeg(
        leg_id=culprit.id,
        name=culprit.name,
        deadline_leg_id=late.id,
        late_minutes=deadline.late,
        reason=_reason(culprit, late=late, deadline=deadline, passes=passes),
    )


def _way_to(late: Leg, passes: Passes) -> list[Leg]:
    """Return the legs whose time adds up to the lateness, the late one first."""
    way = [late]
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


def _reason(culprit: Leg, *, late: Leg, deadline: Deadline, passes: Passes) -> str:
    run = passes.runs[culprit.id]

    def words(minute: int) -> str:
        return instant_in_words(instant(minute), zone=passes.plan.zone)

    if culprit.done_at:
        what = f"{culprit.name} ended only at {words(run.ends)}"
    elif culprit.pending and run.begins - run.ready > run.ends - run.begins:
        what = f"{culprit.name} cannot begin before {words(run.begins)}"
    else:
        what = f"{culprit.name} takes until {words(run.ends)}"
    return f"{what}, so {late.name} is {minutes_in_words(deadline.late)} late for {words(deadline.at)}."
