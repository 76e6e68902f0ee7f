"""Opening hours: nights, weekends, and the days on which the clocks change."""

from datetime import UTC, date, datetime, time

import pytest
from chain_kit import AUSTIN, HOURS, MONDAY, PLAIN, at, leg, minutes

from shared.domain.places import BusinessHours
from shared.domain.timechain import Leg, LegKind, Plan, TimelineLeg, Within, compute

FRIDAY = date(2026, 5, 8)
NEXT_MONDAY = date(2026, 5, 11)
DAILY = BusinessHours(opens=time(9), closes=time(17), days=frozenset(range(7)))
SPRING = date(2026, 3, 8)
AUTUMN = date(2026, 11, 1)


def run(work: Leg, start: datetime, deadline: datetime | None = None) -> TimelineLeg:
    return compute(Plan(legs=(work,), deadline=deadline), start=start, policy=PLAIN).leg(work.id)


def prepare(length: int, hours: BusinessHours = HOURS) -> Leg:
    return leg("work", length, kind=LegKind.PREPARE, hours=hours)


def service(length: int, hours: BusinessHours = HOURS) -> Leg:
    return leg("work", length, kind=LegKind.SERVICE, hours=hours)


def test_preparation_pauses_at_closing_time_and_over_the_weekend() -> None:
    done = run(prepare(120), at(16, day=FRIDAY))
    assert done.starts_at == at(16, day=FRIDAY)
    assert done.finishes_at == at(10, day=NEXT_MONDAY)


def test_a_service_waits_for_a_day_that_holds_all_of_it() -> None:
    done = run(service(120), at(16, day=FRIDAY))
    assert done.starts_at == at(9, day=NEXT_MONDAY)
    assert done.finishes_at == at(11, day=NEXT_MONDAY)


def test_a_service_longer_than_any_day_pauses_like_preparation() -> None:
    assert run(service(10 * 60), at(9)).finishes_at == at(11, day=date(2026, 5, 5))


def test_work_may_end_at_the_closing_minute_but_not_begin_at_it() -> None:
    assert run(service(60), at(16)).finishes_at == at(17)
    assert run(prepare(0), at(17)).starts_at == at(9, day=date(2026, 5, 5))


def test_a_pick_up_needs_an_open_door_only_at_its_beginning() -> None:
    pick_up = leg("trip", 45, kind=LegKind.DELIVER, hours=HOURS, within=Within.BEGIN)
    assert run(pick_up, at(17)).finishes_at == at(17, 45)
    assert run(pick_up, at(17, 1)).starts_at == at(9, day=date(2026, 5, 5))


@pytest.mark.parametrize(
    ("work", "deadline", "latest"),
    [
        (prepare(120), at(10, day=NEXT_MONDAY), at(16, day=FRIDAY)),
        (prepare(120), at(9, day=NEXT_MONDAY), at(15, day=FRIDAY)),
        (prepare(120), at(3, day=NEXT_MONDAY), at(15, day=FRIDAY)),
        (service(120), at(10, day=NEXT_MONDAY), at(15, day=FRIDAY)),
        (service(120), at(11, day=NEXT_MONDAY), at(9, day=NEXT_MONDAY)),
        (prepare(0), at(8, day=NEXT_MONDAY), at(16, 59, day=FRIDAY)),
    ],
)
def test_the_latest_start_reckons_with_closed_days(work: Leg, deadline: datetime, latest: datetime) -> None:
    assert run(work, at(9), deadline).latest_start == latest


def test_a_day_of_work_is_a_day_of_work_when_clocks_go_forward() -> None:
    """Night work, 00:00 to 08:00: on the short night only seven hours pass."""
    nights = BusinessHours(opens=time(0), closes=time(8), days=frozenset(range(7)))
    midnight = datetime.combine(SPRING, time(0), AUSTIN).astimezone(UTC)
    done = run(prepare(8 * 60, nights), midnight)
    assert done.finishes_at == at(1, day=date(2026, 3, 9))


def test_a_day_of_work_is_a_day_of_work_when_clocks_go_back() -> None:
    nights = BusinessHours(opens=time(0), closes=time(8), days=frozenset(range(7)))
    midnight = datetime.combine(AUTUMN, time(0), AUSTIN).astimezone(UTC)
    done = run(prepare(8 * 60, nights), midnight)
    assert done.finishes_at == at(7, day=AUTUMN)


@pytest.mark.parametrize(("change", "utc_hour"), [(SPRING, 14), (AUTUMN, 15)])
def test_a_shop_opens_by_its_own_clock(change: date, utc_hour: int) -> None:
    evening = at(20, day=change.fromordinal(change.toordinal() - 1))
    assert run(prepare(30, DAILY), evening).starts_at == datetime.combine(change, time(utc_hour), UTC)


def test_each_vendor_keeps_the_hours_of_its_own_zone() -> None:
    new_york = BusinessHours(zone="America/New_York")
    assert run(prepare(30, new_york), at(6)).starts_at == at(8)


def test_slack_over_a_closed_night_is_real_time() -> None:
    work = run(prepare(60), at(16), at(10, day=date(2026, 5, 5)))
    assert work.latest_start == at(9, day=date(2026, 5, 5))
    assert work.slack_minutes == 17 * 60


def test_a_chain_of_shops_waits_for_each_door() -> None:
    late_shop = BusinessHours(opens=time(12), closes=time(20), days=frozenset(range(7)))
    legs = (
        leg("blank", 60, kind=LegKind.PREPARE, hours=HOURS),
        leg("way", 20, "blank", kind=LegKind.TRAVEL),
        leg("embroider", 90, "way", kind=LegKind.CUSTOMIZE, hours=late_shop),
    )
    result = compute(Plan(legs=legs, deadline=at(14)), start=at(8), policy=PLAIN)
    assert result.arrival == at(13, 30)
    assert result.leg("blank").slack_minutes == 130
    assert result.leg("blank").latest_start == at(11, 10)
    assert result.critical_path == ("embroider",)


def test_months_of_lead_time_are_no_trouble() -> None:
    done = run(prepare(60 * 24 * 60), at(9, day=MONDAY))
    assert done.finishes_at > at(9) + minutes(60 * 24 * 180)
