from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.domain.places import BusinessHours, GeoPoint, cell_of, cell_point

AUSTIN = ZoneInfo("America/Chicago")
zones = st.sampled_from(["America/Chicago", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"])
instants = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
points = st.builds(
    GeoPoint, latitude=st.floats(-90, 90, allow_nan=False), longitude=st.floats(-180, 180, allow_nan=False)
)


@st.composite
def hours(draw: st.DrawFn) -> BusinessHours:
    opens, closes = sorted(draw(st.lists(st.times(), min_size=2, max_size=2, unique=True)))
    days = draw(st.frozensets(st.integers(0, 6), min_size=1))
    return BusinessHours(opens=opens, closes=closes, days=days, zone=draw(zones))


def local(day: int, hour: int, minute: int = 0, *, month: int = 5) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=AUSTIN)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (local(4, 8), local(4, 9)),  # a Monday, before opening
        (local(4, 9), local(4, 9)),
        (local(4, 12, 30), local(4, 12, 30)),
        (local(4, 16, 59), local(4, 16, 59)),
        (local(4, 17), local(5, 9)),  # closed the moment it closes
        (local(8, 18), local(11, 9)),  # Friday evening to Monday
        (local(9, 12), local(11, 9)),
    ],
)
def test_the_next_opening_is_found(at: datetime, opens: datetime) -> None:
    assert BusinessHours().next_open(at) == opens


def test_opening_follows_the_local_clock_when_summer_time_begins() -> None:
    daily = BusinessHours(days=frozenset(range(7)))
    before = datetime(2026, 3, 7, 20, tzinfo=AUSTIN)  # the night has only 23 hours
    opening = daily.next_open(before)
    assert opening == datetime(2026, 3, 8, 14, tzinfo=UTC)
    assert opening - before == timedelta(hours=12)


def test_opening_follows_the_local_clock_when_summer_time_ends() -> None:
    daily = BusinessHours(days=frozenset(range(7)))
    before = datetime(2026, 10, 31, 20, tzinfo=AUSTIN)
    assert daily.next_open(before) == datetime(2026, 11, 1, 15, tzinfo=UTC)
    assert daily.closing_after(daily.next_open(before)) == datetime(2026, 11, 1, 23, tzinfo=UTC)


@given(hours(), instants)
def test_the_next_opening_is_open_not_before_and_stable(hours: BusinessHours, at: datetime) -> None:
    opening = hours.next_open(at)
    assert opening >= at
    assert opening.utcoffset() == timedelta(0)
    assert hours.next_open(opening) == opening
    assert opening.astimezone(ZoneInfo(hours.zone)).weekday() in hours.days
    assert opening - at <= timedelta(days=8)


@given(hours(), instants)
def test_a_business_closes_after_it_is_open(hours: BusinessHours, at: datetime) -> None:
    opening = hours.next_open(at)
    assert hours.closing_after(opening) > opening


@given(hours(), instants, st.integers(0, 10 * 24 * 60))
def test_waiting_longer_never_opens_earlier(hours: BusinessHours, at: datetime, minutes: int) -> None:
    assert hours.next_open(at + timedelta(minutes=minutes)) >= hours.next_open(at)


@pytest.mark.parametrize(
    "wrong",
    [
        {"opens": time(17), "closes": time(9)},
        {"opens": time(9), "closes": time(9)},
        {"days": []},
        {"days": [7]},
        {"days": [-1]},
    ],
)
def test_hours_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        BusinessHours.model_validate(wrong)


@given(points, points)
def test_a_distance_is_the_same_both_ways_and_never_more_than_half_around(
    one: GeoPoint, other: GeoPoint
) -> None:
    assert one.metres_to(other) == pytest.approx(other.metres_to(one), abs=1e-3)
    assert 0 <= one.metres_to(other) <= 20_016_000
    assert one.metres_to(one) == 0


def test_a_known_distance() -> None:
    capitol = GeoPoint(latitude=30.2747, longitude=-97.7404)
    airport = GeoPoint(latitude=30.1945, longitude=-97.6699)
    assert capitol.metres_to(airport) == pytest.approx(11_200, rel=0.02)


@given(points)
def test_a_cell_stands_near_its_places_and_is_its_own(point: GeoPoint) -> None:
    middle = cell_point(cell_of(point))
    assert abs(middle.latitude - point.latitude) <= 0.0501
    assert abs(middle.longitude - point.longitude) <= 0.0501
    assert cell_point(cell_of(middle)) == middle


@pytest.mark.parametrize("wrong", ["", "30.3", "a,b", "30.3,-97.7,1", "95,0"])
def test_what_is_no_cell_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - pydantic's is one, and float's
        cell_point(wrong)
