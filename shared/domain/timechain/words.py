"""How the Time-Chain says minutes and instants to a person."""

from datetime import datetime
from zoneinfo import ZoneInfo

_HOUR = 60


def minutes_in_words(minutes: int) -> str:
    """Return '1 minute', '45 minutes', '2 hours', '1 hour 5 minutes'; the sign is dropped."""
    hours, rest = divmod(abs(minutes), _HOUR)
    if not hours:
        return _counted(rest, "minute")
    return _counted(hours, "hour") + (f" {_counted(rest, 'minute')}" if rest else "")


def instant_in_words(instant: datetime, *, zone: str) -> str:
    """Return 'Thu May 7, 5:00 PM' in the zone of the plan."""
    local = instant.astimezone(ZoneInfo(zone))
    hour = local.hour % 12 or 12
    return f"{local:%a %b} {local.day}, {hour}:{local.minute:02d} {local:%p}"


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
