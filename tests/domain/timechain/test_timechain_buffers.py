"""Dynamic buffers: base and reliability, times rush hour, times weather (M5)."""

import pytest
from chain_kit import AUSTIN, MONDAY, at, leg, minutes

from shared.domain.timechain import BufferPolicy, Conditions, LegKind, Plan, compute
from shared.domain.timechain.minutes import minute_from

POLICY = BufferPolicy()
HIGH, MEDIUM, LOW = 0.95, 0.80, 0.79


@pytest.mark.parametrize(
    ("kind", "reliability", "buffer"),
    [
        (LegKind.CUSTOMIZE, HIGH, 35),
        (LegKind.CUSTOMIZE, MEDIUM, 50),
        (LegKind.CUSTOMIZE, LOW, 75),
        (LegKind.DELIVER, HIGH, 25),
        (LegKind.TRAVEL, HIGH, 20),
        (LegKind.TRAVEL, LOW, 60),
        (LegKind.ASSEMBLE, MEDIUM, 45),
        (LegKind.PREPARE, MEDIUM, 25),
        (LegKind.WAIT, LOW, 0),
        (LegKind.SERVICE, LOW, 0),
    ],
)
def test_a_buffer_is_the_base_and_the_reliability_share(
    kind: LegKind, reliability: float, buffer: int
) -> None:
    assert POLICY.buffer(100, kind=kind, reliability=reliability) == buffer


def test_rush_hour_and_weather_multiply() -> None:
    def buffer(*, rush: bool, adverse: bool) -> int:
        return POLICY.buffer(100, kind=LegKind.DELIVER, reliability=HIGH, rush=rush, adverse=adverse)

    assert buffer(rush=True, adverse=False) == 30
    assert buffer(rush=False, adverse=True) == 29  # 28.75
    assert buffer(rush=True, adverse=True) == 35  # 34.5


def test_a_whole_number_of_minutes_is_not_rounded_up() -> None:
    assert POLICY.buffer(20, kind=LegKind.TRAVEL, reliability=MEDIUM) == 7
    assert POLICY.buffer(2000, kind=LegKind.DELIVER, reliability=HIGH, rush=True, adverse=True) == 690


def test_no_road_no_rush() -> None:
    calm = POLICY.buffer(60, kind=LegKind.CUSTOMIZE, reliability=HIGH)
    assert POLICY.buffer(60, kind=LegKind.CUSTOMIZE, reliability=HIGH, rush=True, adverse=True) == calm


@pytest.mark.parametrize(
    ("hour", "minute", "day_offset", "rush"),
    [
        (6, 59, 0, False),
        (7, 0, 0, True),
        (8, 59, 0, True),
        (9, 0, 0, False),
        (15, 59, 0, False),
        (16, 0, 0, True),
        (17, 59, 0, True),
        (18, 0, 0, False),
        (8, 0, 5, False),
        (17, 0, 6, False),
    ],
)
def test_rush_hour_is_local_and_on_weekdays(hour: int, minute: int, day_offset: int, rush: bool) -> None:
    day = MONDAY.fromordinal(MONDAY.toordinal() + day_offset)
    assert POLICY.is_rush(minute_from(at(hour, minute, day=day)), zone=AUSTIN) is rush


def test_a_leg_under_an_adverse_sky_takes_longer() -> None:
    plan = Plan(legs=(leg("trip", 100, kind=LegKind.TRAVEL, reliability=HIGH),))
    wet = Conditions(adverse_days=frozenset({MONDAY}))
    assert compute(plan, start=at(10)).leg("trip").buffer_minutes == 20
    assert compute(plan, start=at(10), conditions=wet).leg("trip").buffer_minutes == 23
    tomorrow = at(10) + minutes(24 * 60)
    assert compute(plan, start=tomorrow, conditions=wet).leg("trip").buffer_minutes == 20


def test_leaving_just_before_the_rush_is_the_latest_that_is_in_time() -> None:
    """A trip of 100 takes 120 off the rush and 124 in it; to arrive by 18:01 one leaves before four."""
    trip = leg("trip", 100, kind=LegKind.TRAVEL, reliability=HIGH)
    timeline = compute(Plan(legs=(trip,), deadline=at(18, 1)), start=at(12))
    assert timeline.leg("trip").latest_start == at(15, 59)


def test_when_now_is_too_late_the_latest_start_is_the_last_that_was_in_time() -> None:
    trip = leg("trip", 100, kind=LegKind.TRAVEL, reliability=HIGH)
    timeline = compute(Plan(legs=(trip,), deadline=at(18, 1)), start=at(16, 0))
    assert timeline.leg("trip").latest_start == at(15, 59)
    assert timeline.leg("trip").slack_minutes == -1
    assert timeline.late_minutes == 3
