"""The Time-Chain reckons in whole minutes since the epoch: integers keep every bound exact."""

from datetime import UTC, datetime


def minute_from(instant: datetime) -> int:
    """Return the first whole minute at or after `instant`: the earliest that something can begin."""
    return -int(-instant.timestamp() // 60)


def minute_until(instant: datetime) -> int:
    """Return the last whole minute at or before `instant`: a deadline."""
    return int(instant.timestamp() // 60)


def instant(minute: int) -> datetime:
    """Return the instant (UTC) of a whole minute."""
    return datetime.fromtimestamp(minute * 60, UTC)
