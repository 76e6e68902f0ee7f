"""Opening hours as windows of whole minutes, forwards and backwards in time, across DST and weekends."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from shared.domain.places import BusinessHours
from shared.domain.timechain.minutes import minute_from, minute_until

Window = tuple[int, int]
"""First minute of an opening, and the minute of its closing."""


class Windows:
    """The openings of one business, each worked out once."""

    def __init__(self, hours: BusinessHours) -> None:
        self._hours = hours
        self._zone = ZoneInfo(hours.zone)
        self._days: dict[int, Window | None] = {}

    @property
    def length(self) -> int:
        """Minutes of an ordinary opening."""
        opens, closes = self._hours.opens, self._hours.closes
        return (closes.hour - opens.hour) * 60 + closes.minute - opens.minute

    def onwards(self, minute: int) -> Iterator[Window]:
        """Yield the openings that close at `minute` or later, earliest first, without end."""
        day = self._day(minute)
        while True:
            window = self._on(day)
            if window is not None and window[1] >= minute:
                yield window
            day += 1

    def backwards(self, minute: int) -> Iterator[Window]:
        """Yield the openings that open at `minute` or earlier, latest first, without end."""
        day = self._day(minute)
        while True:
            window = self._on(day)
            if window is not None and window[0] <= minute:
                yield window
            day -= 1

    def _day(self, minute: int) -> int:
        return datetime.fromtimestamp(minute * 60, self._zone).toordinal()

    def _on(self, day: int) -> Window | None:
        if day not in self._days:
            self._days[day] = self._work_out(date.fromordinal(day))
        return self._days[day]

    def _work_out(self, day: date) -> Window | None:
        if day.weekday() not in self._hours.days:
            return None
        opens = minute_from(datetime.combine(day, self._hours.opens, self._zone))
        closes = minute_until(datetime.combine(day, self._hours.closes, self._zone))
        return (opens, closes) if opens < closes else None


@lru_cache(maxsize=256)
def windows(hours: BusinessHours) -> Windows:
    """Return the openings of `hours`; businesses with the same hours share them."""
    return Windows(hours)
