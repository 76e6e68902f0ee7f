"""Timer schedules: six-field NCRONTAB, five-field cron, and TimeSpan text such as `00:05:00`."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from croniter import CroniterError, croniter

from devhost.errors import HostError

_TIMESPAN = re.compile(r"(?:(\d{1,8})[.:])?(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,7}))?")


class ScheduleError(HostError):
    """A schedule that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a timer fires; `cron` counts unless `every` is set."""

    text: str
    cron: str = ""
    every: timedelta | None = None

    def after(self, moment: datetime) -> datetime:
        """Return the first occurrence strictly after `moment`."""
        if self.every is not None:
            return moment + self.every
        # A fraction of a second would make croniter answer with the very second that is running.
        return _following(self.cron, moment.replace(microsecond=0))

    def is_frequent(self, moment: datetime) -> bool:
        """Say whether it fires more than once a minute: such timers are not monitored."""
        first = self.after(moment)
        return self.after(first) - first < timedelta(minutes=1)


@lru_cache(maxsize=32_768)  # months of a virtual clock, which its tests pass through again and again
def _following(cron: str, moment: datetime) -> datetime:
    # NCRONTAB wants day of month and weekday both to fit; cron would take either.
    found: datetime = croniter(
        cron, moment, second_at_beginning=True, ret_type=datetime, day_or=False
    ).get_next()
    return found


def parse_schedule(text: str) -> Schedule:
    """Parse the text of a timer trigger. Raises ScheduleError."""
    trimmed = text.strip()
    if match := _TIMESPAN.fullmatch(trimmed):
        return Schedule(trimmed, every=_timespan(match, trimmed))
    fields = trimmed.split()
    if len(fields) not in (5, 6):
        raise ScheduleError(
            f"the schedule '{text}' has {len(fields)} fields: write six, as in '0 */5 * * * *' "
            f"(second minute hour day month weekday)"
        )
    cron = " ".join(fields if len(fields) == 6 else ["0", *fields])
    if not _is_valid(cron):
        raise ScheduleError(f"the schedule '{text}' is not a valid NCRONTAB expression")
    return Schedule(trimmed, cron=cron)


def _is_valid(cron: str) -> bool:
    try:
        return croniter.is_valid(cron, second_at_beginning=True)
    except CroniterError:
        return False


def _timespan(match: re.Match[str], text: str) -> timedelta:
    days, hours, minutes, seconds, fraction = match.groups()
    if int(hours) > 23 or int(minutes) > 59 or int(seconds) > 59:
        raise ScheduleError(
            f"the schedule '{text}' is no time span: write hours below 24, as in '1.00:00:00'"
        )
    span = timedelta(
        days=int(days or 0),
        hours=int(hours),
        minutes=int(minutes),
        seconds=int(seconds),
        microseconds=int((fraction or "0").ljust(7, "0")) // 10,
    )
    if not span:
        raise ScheduleError(f"the schedule '{text}' never moves on: write a span above zero")
    return span
