"""How one leg runs: when it begins and ends once it may, and how late it may begin to end in time."""

from datetime import datetime
from zoneinfo import ZoneInfo

from shared.domain.timechain.buffers import BufferPolicy, Conditions
from shared.domain.timechain.model import Leg, Within
from shared.domain.timechain.windows import Windows, windows


class Span:
    """A leg's duration as a function of when it begins. All instants are minutes since the epoch."""

    def __init__(self, leg: Leg, *, policy: BufferPolicy, conditions: Conditions, zone: ZoneInfo) -> None:
        self._leg = leg
        self._policy = policy
        self._zone = zone
        self._adverse = {day.toordinal() for day in conditions.adverse_days}
        self._shortest = self._minutes(rush=False, adverse=False)
        self._longest = self._minutes(rush=True, adverse=bool(self._adverse))
        self._windows: Windows | None = windows(leg.hours) if leg.hours else None
        self._within = leg.keeps_hours
        if self._windows and self._within is Within.WHOLE and self._longest > self._windows.length:
            self._within = Within.PAUSE

    def minutes_at(self, begin: int) -> int:
        """Return the leg's minutes, buffer included, when it begins at `begin`."""
        if self._shortest == self._longest:
            return self._shortest
        rush = self._policy.is_rush(begin, zone=self._zone)
        return self._minutes(rush=rush, adverse=self._is_adverse(begin))

    def buffer_at(self, begin: int) -> int:
        """Return the buffer alone, in minutes, when it begins at `begin`."""
        return self.minutes_at(begin) - self._leg.remaining_minutes

    def run(self, ready: int) -> tuple[int, int]:
        """Return beginning and end of a leg that may begin at `ready`."""
        if self._windows is None:
            return ready, ready + self.minutes_at(ready)
        if self._within is Within.PAUSE:
            return self._paused(self._windows, ready)
        for opens, closes in self._windows.onwards(ready):
            begin = max(ready, opens)
            if self._within is Within.WHOLE:
                begin = self._first_whole(begin, closes)
            if self._within is Within.BEGIN or begin < closes:
                return begin, begin + self.minutes_at(begin)
        raise AssertionError("openings go on without end")

    def latest(self, earliest: int, *, until: int) -> int:
        """Return the latest beginning such that the leg ends by `until`.

        From `earliest` on every beginning up to the result is in time and the next one is not; when
        `earliest` itself is too late, the result is the last one before it that was in time.
        """
        upper = self._latest_lasting(self._shortest, until)
        if self._shortest == self._longest:
            return upper
        lower = self._latest_lasting(self._longest, until)
        # Between the bounds it depends on the hour: leaving at 17:59 may take longer than leaving at 18:00.
        if earliest <= lower or (earliest <= upper and self.run(earliest)[1] <= until):
            return self._last_in_time(max(earliest, lower), upper, until)
        for begin in range(min(earliest - 1, upper), lower, -1):
            if self.run(begin)[1] <= until:
                return begin
        return lower

    def _first_whole(self, begin: int, closes: int) -> int:
        """Return the first beginning from which it ends before `closes`; `closes` where there is none.

        After the rush it takes less time, so a later beginning may fit where an earlier one does not.
        """
        last = closes - self._shortest
        while begin <= last:
            if begin + self.minutes_at(begin) <= closes:
                return begin
            if self._shortest == self._longest:
                break
            begin += 1
        return closes

    def _last_in_time(self, begin: int, upper: int, until: int) -> int:
        last = begin
        while last < upper:
            begins, ends = self.run(last + 1)
            if ends > until:
                break
            last = min(begins, upper)
        return last

    def _minutes(self, *, rush: bool, adverse: bool) -> int:
        leg = self._leg
        minutes = leg.remaining_minutes
        return minutes + self._policy.buffer(
            minutes, kind=leg.kind, reliability=leg.reliability, rush=rush, adverse=adverse
        )

    def _is_adverse(self, minute: int) -> bool:
        return datetime.fromtimestamp(minute * 60, self._zone).toordinal() in self._adverse

    def _paused(self, openings: Windows, ready: int) -> tuple[int, int]:
        begin: int | None = None
        left = 0
        for opens, closes in openings.onwards(ready):
            at = max(ready, opens)
            if at >= closes:
                continue
            if begin is None:
                begin, left = at, self.minutes_at(at)
            if at + left <= closes:
                return begin, at + left
            left -= closes - at
        raise AssertionError("openings go on without end")

    def _latest_lasting(self, minutes: int, until: int) -> int:
        """Return the latest beginning of a leg that takes exactly `minutes` whenever it begins."""
        if self._windows is None:
            return until - minutes
        left = minutes
        for opens, closes in self._windows.backwards(until):
            if self._within is Within.BEGIN:
                begin = min(closes, until - minutes)
            elif minutes == 0:
                begin = min(closes - 1, until)
            else:
                begin = min(closes, until) - left
            if begin >= opens:
                return begin
            if self._within is Within.PAUSE:
                left -= min(closes, until) - opens
        raise AssertionError("openings go back without end")
