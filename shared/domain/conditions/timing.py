"""When a condition could hold, from the calendar alone; what to look up by then."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from shared.domain.conditions.facts import DayLookup, LookupKey, ProductLookup
from shared.domain.conditions.models import (
    WEEK,
    All,
    Any,
    Calendar,
    Condition,
    Inventory,
    Leaf,
    Price,
    Weather,
)


def earliest_possible(condition: Condition, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the earliest instant (UTC, >= `now`) at which the calendar parts can hold, `None` if never.

    Weather, stock and prices count as possible at any time, so an intent costs nothing before this instant.
    """
    match condition:
        case Calendar():
            return next_in_calendar(condition, now, zone)
        case All():
            return _next_in_all(condition.of, now, zone)
        case Any():
            moments = [m for part in condition.of if (m := earliest_possible(part, now, zone))]
            return min(moments, default=None)
        case _:
            return now.astimezone(UTC)


def next_in_calendar(leaf: Calendar, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the first instant (UTC, >= `now`) inside the leaf's local days and hours, `None` if never."""
    now = now.astimezone(UTC)
    day = now.astimezone(zone).date()
    if leaf.first_day and leaf.first_day > day:
        day = leaf.first_day
    try:
        for _ in range(9):  # a weekday comes back within 7 days; one more when today's hours are over
            if leaf.last_day and day > leaf.last_day:
                return None
            tomorrow = day + timedelta(days=1)
            if not leaf.weekdays or WEEK[day.weekday()] in leaf.weekdays:
                start = datetime.combine(day, leaf.from_time or time.min, zone).astimezone(UTC)
                last = (day, leaf.until_time) if leaf.until_time else (tomorrow, time.min)
                if (moment := max(now, start)) < datetime.combine(*last, zone).astimezone(UTC):
                    return moment
            day = tomorrow
    except OverflowError:
        pass
    return None


def _next_in_all(parts: tuple[Condition, ...], now: datetime, zone: ZoneInfo) -> datetime | None:
    moment = now.astimezone(UTC)
    for _ in range(400):  # each pass moves on at least to another day; a year without one is never
        latest = moment
        for part in parts:
            possible = earliest_possible(part, latest, zone)
            if possible is None:
                return None
            latest = possible
        if latest == moment:
            return moment
        moment = latest
    return None


def _calendar_part(condition: Condition) -> Condition | None:
    """Return what the calendar alone demands; an alternative without a calendar demands nothing."""
    if isinstance(condition, Calendar):
        return condition
    if not isinstance(condition, All | Any):
        return None
    parts = tuple(part for c in condition.of if (part := _calendar_part(c)))
    if not parts or (isinstance(condition, Any) and len(parts) < len(condition.of)):
        return None
    return condition.model_copy(update={"of": parts})


class Seen(NamedTuple):
    """A leaf and the first instant at which its surrounding calendar conditions hold."""

    leaf: Leaf
    at: datetime | None


def walk(condition: Condition, frame: tuple[Condition, ...], now: datetime, zone: ZoneInfo) -> Iterator[Seen]:
    """Yield every leaf with the first instant that the calendar conditions around it (`frame`) allow."""
    match condition:
        case All():
            inner = frame + tuple(part for c in condition.of if (part := _calendar_part(c)))
            for part in condition.of:
                yield from walk(part, inner, now, zone)
        case Any():
            for part in condition.of:
                own = _calendar_part(part)
                yield from walk(part, (*frame, own) if own else frame, now, zone)
        case _:
            yield Seen(condition, _next_in_all(frame, now, zone))


def lookups(
    condition: Condition, now: datetime, zone: ZoneInfo, *, horizon: timedelta = timedelta(0)
) -> set[LookupKey]:
    """Return what must be looked up to evaluate `condition` now (flow 6.7-2).

    Nothing before the calendar allows it, except that candidate days within `horizon` are included, so that
    a narrator can tell of Thursday's forecast on Tuesday. To buy a day ahead, pass `now` + lead.
    """
    keys: set[LookupKey] = set()
    for leaf, at in walk(condition, (), now, zone):
        if not isinstance(leaf, Calendar) and at is not None and at <= now + horizon:
            keys.add(key_of(leaf, at, zone))
    return keys


def key_of(leaf: Weather | Inventory | Price, at: datetime, zone: ZoneInfo) -> LookupKey:
    """Return what a leaf is looked up by when it is judged at `at`."""
    if isinstance(leaf, Weather):
        return DayLookup(leaf.place, at.astimezone(zone).date())
    return ProductLookup(leaf.product)
