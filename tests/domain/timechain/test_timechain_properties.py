"""The Time-Chain against slow and simple references, on random plans."""

from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise

from chain_kit import AUSTIN, KINDS, PLAIN, at, minutes, plans, weather
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.timechain import (
    BufferPolicy,
    Conditions,
    Leg,
    LegKind,
    Plan,
    Timeline,
    compute,
    synchronised,
)

START = at(8)
OFF_ROAD = [kind for kind in KINDS if kind not in {LegKind.TRAVEL, LegKind.DELIVER}]
quick = settings(max_examples=120, deadline=None)


def ways_to(plan: Plan, leg: Leg) -> list[list[Leg]]:
    """Every way through the graph that ends in `leg`, by plain enumeration."""
    if not leg.after:
        return [[leg]]
    return [[*way, leg] for before in leg.after for way in ways_to(plan, plan.leg(before))]


def length(way: list[Leg]) -> datetime:
    """The end of a way on which each leg begins as soon as it may."""
    end = START
    for leg in way:
        end = max(end, leg.not_before or end) + minutes(leg.minutes)
    return end


def put_off(plan: Plan, leg_id: str, until: datetime) -> Plan:
    leg = plan.leg(leg_id)
    return plan.with_leg(leg.model_copy(update={"not_before": until}))


def reference_run(leg: Leg, ready: datetime, policy: BufferPolicy, conditions: Conditions) -> datetime:
    """A leg's end, found by walking minute by minute through the hours."""
    step = timedelta(minutes=1)

    def lasts(begin: datetime) -> int:
        local = begin.astimezone(AUSTIN)
        rush = local.weekday() < 5 and local.hour in {7, 8, 16, 17}
        return padded(rush=rush, adverse=local.date() in conditions.adverse_days)

    def padded(*, rush: bool, adverse: bool) -> int:
        shares = {"prepare": 0, "customize": 25, "travel": 10, "assemble": 20, "deliver": 15}
        if leg.kind not in shares:
            return leg.minutes
        trust = 10 if leg.reliability >= 0.95 else 25 if leg.reliability >= 0.8 else 50
        buffer = Fraction(leg.minutes * (shares[leg.kind] + trust), 100)
        if leg.kind in {"travel", "deliver"}:
            buffer *= Fraction(6, 5) if rush else 1
            buffer *= Fraction(23, 20) if adverse else 1
        return leg.minutes + -(-buffer.numerator // buffer.denominator)

    if leg.hours is None:
        return ready + step * lasts(ready)
    hours = leg.hours

    def is_open(instant: datetime) -> bool:
        local = instant.astimezone(AUSTIN)
        return local.weekday() in hours.days and hours.opens <= local.time() < hours.closes

    opening = (hours.closes.hour - hours.opens.hour) * 60 + hours.closes.minute - hours.opens.minute
    longest = padded(rush=True, adverse=bool(conditions.adverse_days))
    pauses = leg.kind in {"prepare", "customize"} or longest > opening
    now = ready
    while True:
        while not is_open(now):
            now += step
        left = lasts(now)
        if pauses:
            while left:
                left -= 1 if is_open(now) else 0
                now += step
            return now
        if all(is_open(now + step * ahead) for ahead in range(left)):
            return now + step * left
        now += step


@given(plans(kinds=OFF_ROAD))
@quick
def test_each_end_is_the_longest_way_to_it(plan: Plan) -> None:
    timeline = compute(plan, start=START, policy=PLAIN)
    for leg in plan.legs:
        assert timeline.leg(leg.id).finishes_at == max(length(way) for way in ways_to(plan, leg))


@given(plans())
@quick
def test_the_critical_path_is_a_chain_that_ends_with_the_arrival(plan: Plan) -> None:
    timeline = compute(plan, start=START, policy=PLAIN)
    path = timeline.critical_path
    assert path
    assert timeline.leg(path[-1]).finishes_at == timeline.arrival
    for before, after in pairwise(path):
        assert before in plan.leg(after).after
        assert timeline.leg(before).finishes_at == timeline.leg(after).starts_at


@given(plans(hours=True), weather())
@settings(max_examples=60, deadline=None)
def test_hours_and_buffers_agree_with_a_walk_minute_by_minute(plan: Plan, conditions: Conditions) -> None:
    policy = BufferPolicy()
    timeline = compute(plan, start=START, policy=policy, conditions=conditions)
    for leg in plan.legs:
        ends = [timeline.leg(before).finishes_at for before in leg.after]
        ready = max([START, *ends, *([leg.not_before] if leg.not_before else [])])
        assert timeline.leg(leg.id).finishes_at == reference_run(leg, ready, policy, conditions)


@given(plans(hours=True), weather())
@quick
def test_slack_is_never_negative_exactly_when_all_is_in_time(plan: Plan, conditions: Conditions) -> None:
    timeline = compute(plan, start=START, conditions=conditions)
    assert timeline.is_feasible == all(leg.slack_minutes >= 0 for leg in timeline.legs)
    assert timeline.is_feasible == (timeline.late_minutes == 0)
    assert timeline.is_feasible == (timeline.breaking_leg is None)


def with_a_deadline(plan: Plan, timeline: Timeline, spare: int) -> Plan:
    """The same plan with only one deadline, `spare` minutes after its arrival."""
    legs = tuple(leg.model_copy(update={"due": None}) for leg in plan.legs)
    return plan.model_copy(update={"legs": legs, "deadline": timeline.arrival + minutes(spare)})


def is_quicker(after: Timeline, before: Timeline) -> bool:
    """Whether some leg takes less time than it did."""
    taken = {leg.leg_id: leg.minutes for leg in before.legs}
    return any(leg.minutes < taken[leg.leg_id] for leg in after.legs)


@given(plans(hours=True), weather(), st.integers(0, 2000), st.data())
@quick
def test_a_leg_may_be_put_off_by_its_slack_and_not_a_minute_more(
    plan: Plan, conditions: Conditions, spare: int, data: st.DataObject
) -> None:
    plan = with_a_deadline(plan, compute(plan, start=START, conditions=conditions), spare)
    timeline = compute(plan, start=START, conditions=conditions)
    assert timeline.is_feasible
    for leg in timeline.legs:
        assert leg.slack_minutes >= 0
        part = data.draw(st.integers(0, leg.slack_minutes))
        for delay, in_time in ((leg.slack_minutes, True), (part, True), (leg.slack_minutes + 1, False)):
            late = put_off(plan, leg.leg_id, leg.starts_at + minutes(delay))
            after = compute(late, start=START, conditions=conditions)
            # beyond its slack a leg may come into a calmer hour or day, and there be quick enough again
            assert after.is_feasible is in_time or (delay > leg.slack_minutes and is_quicker(after, timeline))


@given(plans(hours=True), weather())
@quick
def test_a_leg_is_critical_exactly_when_a_minute_more_puts_off_the_arrival(
    plan: Plan, conditions: Conditions
) -> None:
    timeline = compute(plan, start=START, conditions=conditions)
    for leg in timeline.legs:
        late = put_off(plan, leg.leg_id, leg.starts_at + minutes(1))
        moved = compute(late, start=START, conditions=conditions).arrival > timeline.arrival
        assert moved == leg.critical


@given(plans(hours=True), weather())
@quick
def test_synchronised_starts_keep_the_arrival_and_shorten_the_waiting(
    plan: Plan, conditions: Conditions
) -> None:
    timeline = compute(plan, start=START, conditions=conditions)
    after = compute(synchronised(plan, timeline), start=START, conditions=conditions)
    assert after.arrival == timeline.arrival
    assert after.is_feasible == timeline.is_feasible
    assert after.late_minutes == timeline.late_minutes
    for meeting in timeline.meetings:
        for arrival in meeting.arrivals:
            assert timeline.leg(arrival.leg_id).finishes_at <= arrival.arrives_at <= meeting.meets_at
            assert after.leg(arrival.leg_id).finishes_at == arrival.arrives_at
