"""What the Time-Chain says of a plan: arrival, slack, critical path, and what breaks."""

from datetime import timedelta

import pytest
from chain_kit import HOURS, PLAIN, at, leg, minutes

from shared.domain.timechain import InvalidPlan, LegKind, Plan, Timeline, compute
from shared.errors import InvalidInput

START = at(10)


def timeline(plan: Plan) -> Timeline:
    return compute(plan, start=START, policy=PLAIN)


def diamond(**deadline: object) -> Plan:
    """A short and a long way from a to d."""
    legs = (leg("a", 10), leg("b", 30, "a"), leg("c", 50, "a"), leg("d", 5, "b", "c"))
    return Plan(legs=legs, **deadline)  # type: ignore[arg-type]


def test_the_longest_way_makes_the_arrival_and_is_critical() -> None:
    result = timeline(diamond())
    assert result.arrival == START + minutes(65)
    assert result.total_minutes == 65
    assert result.critical_path == ("a", "c", "d")
    assert not result.leg("b").critical


def test_without_a_deadline_slack_counts_to_the_arrival() -> None:
    result = timeline(diamond())
    assert result.is_feasible
    assert result.deadline is None
    assert result.leg("b").slack_minutes == 20
    assert result.leg("c").slack_minutes == 0


def test_with_a_deadline_every_leg_has_its_latest_start() -> None:
    result = timeline(diamond(deadline=START + minutes(75)))
    assert result.leg("a").latest_start == START + minutes(10)
    assert result.leg("b").latest_start == START + minutes(40)
    assert result.leg("d").slack_minutes == 10


def test_an_infeasible_plan_says_which_leg_breaks_it_and_why() -> None:
    result = timeline(diamond(deadline=START + minutes(45)))
    assert not result.is_feasible
    assert result.late_minutes == 20
    assert result.breaking_leg is not None
    assert result.breaking_leg.leg_id == "c"
    assert result.breaking_leg.deadline_leg_id == "d"
    assert result.breaking_leg.reason == (
        "C takes until Mon May 4, 11:00 AM, so D is 20 minutes late for Mon May 4, 10:45 AM."
    )


def test_a_closed_shop_is_named_as_the_reason() -> None:
    legs = (leg("cake", 30, kind=LegKind.PREPARE, hours=HOURS), leg("deliver", 20, "cake"))
    result = compute(Plan(legs=legs, deadline=at(9, 30)), start=at(6), policy=PLAIN)
    assert result.breaking_leg is not None
    assert "Cake cannot begin before Mon May 4, 9:00 AM" in result.breaking_leg.reason


def test_a_leg_keeps_its_own_deadline() -> None:
    legs = (leg("a", 30), leg("dinner", 60, "a", due=START + minutes(80)), leg("home", 30, "dinner"))
    result = timeline(Plan(legs=legs, deadline=START + minutes(600)))
    assert not result.is_feasible
    assert result.late_minutes == 10
    assert result.leg("a").slack_minutes == -10
    assert result.leg("home").slack_minutes == 480


def test_a_booking_waits_for_its_hour_and_must_not_be_missed() -> None:
    ride = leg("ride", 25, "dress", kind=LegKind.SERVICE, fixed_start=START + minutes(60))
    early = timeline(Plan(legs=(leg("dress", 40), ride)))
    assert early.leg("ride").starts_at == START + minutes(60)
    assert early.leg("dress").slack_minutes == 20
    late = timeline(Plan(legs=(leg("dress", 70), ride)))
    assert not late.is_feasible
    assert late.leg("ride").late_minutes == 10
    assert late.leg("ride").reaches_deadline_at == START + minutes(70)
    assert late.breaking_leg is not None
    assert late.breaking_leg.leg_id == "dress"


def test_a_finished_leg_keeps_its_real_times() -> None:
    began, ended = START - timedelta(minutes=50, seconds=7), START - timedelta(minutes=3, seconds=20)
    legs = (leg("a", 10, started_at=began, done_at=ended), leg("b", 30, "a"))
    result = timeline(Plan(legs=legs))
    assert (result.leg("a").starts_at, result.leg("a").finishes_at) == (began, ended)
    assert result.leg("a").done
    assert result.arrival == START + minutes(30)
    assert result.critical_path == ("b",)


def test_a_plan_that_is_over_arrived_when_it_did() -> None:
    ended = START - timedelta(minutes=5, seconds=30)
    result = timeline(Plan(legs=(leg("a", 10, done_at=ended),), deadline=START))
    assert result.arrival == ended
    assert result.is_feasible
    assert result.total_minutes == 0
    assert result.critical_path == ()


def test_what_was_delivered_late_stays_late() -> None:
    result = timeline(Plan(legs=(leg("a", 10, done_at=START),), deadline=START - minutes(12)))
    assert result.late_minutes == 12
    assert result.breaking_leg is not None
    assert "ended only at" in result.breaking_leg.reason


def test_a_leg_under_way_ends_as_planned_but_not_in_the_past() -> None:
    on_time = leg("a", 30, started_at=START - minutes(10))
    overdue = leg("a", 30, started_at=START - minutes(90))
    assert timeline(Plan(legs=(on_time,))).arrival == START + minutes(20)
    assert timeline(Plan(legs=(overdue,))).arrival == START


def test_a_paused_leg_goes_on_now_at_the_earliest_and_says_until_when_it_may_wait() -> None:
    proof = leg("proof", 60, started_at=START - minutes(300), paused=True, worked_minutes=40)
    result = timeline(Plan(legs=(proof, leg("deliver", 30, "proof")), deadline=START + minutes(90)))
    assert result.arrival == START + minutes(50)
    assert [waiting.leg_id for waiting in result.waiting] == ["proof"]
    assert result.leg("proof").latest_start == START + minutes(40)


def test_seconds_round_against_us() -> None:
    start = START + timedelta(seconds=1)
    plan = Plan(legs=(leg("a", 10),), deadline=START + timedelta(minutes=11, seconds=59))
    result = compute(plan, start=start, policy=PLAIN)
    assert result.arrival == START + minutes(11)
    assert result.leg("a").slack_minutes == 0


def test_confidence_is_the_weakest_reliability_still_to_come() -> None:
    legs = (leg("a", 1, reliability=0.2, done_at=START), leg("b", 1, "a", reliability=0.7), leg("c", 1, "b"))
    assert timeline(Plan(legs=legs)).confidence == 0.7


@pytest.mark.parametrize(
    ("legs", "culprit"),
    [
        ((leg("a", 1, "ghost"),), "a"),
        ((leg("a", 1), leg("a", 2)), "a"),
        ((leg("a", 1, "a"),), "a"),
    ],
)
def test_what_is_no_graph_is_refused_by_name(legs: tuple[object, ...], culprit: str) -> None:
    with pytest.raises(InvalidPlan, match=culprit) as refused:
        timeline(Plan(legs=legs))  # type: ignore[arg-type]
    assert refused.value.leg_id == culprit
    assert isinstance(refused.value, ValueError)
    assert isinstance(refused.value, InvalidInput)


def test_a_cycle_is_shown() -> None:
    legs = (leg("a", 1, "c"), leg("b", 1, "a"), leg("c", 1, "b"))
    with pytest.raises(InvalidPlan, match=r"\w -> \w -> \w -> \w"):
        timeline(Plan(legs=legs))


def test_an_unknown_leg_is_refused_by_name() -> None:
    with pytest.raises(InvalidPlan, match="ghost"):
        diamond().leg("ghost")
    with pytest.raises(InvalidPlan, match="ghost"):
        timeline(diamond()).leg("ghost")


def test_a_timeline_survives_storage() -> None:
    result = timeline(diamond(deadline=START + minutes(45)))
    assert Timeline.model_validate_json(result.model_dump_json()) == result
