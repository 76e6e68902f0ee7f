"""The retry policy a timer function may carry (`@app.retry`)."""

import re
from dataclasses import dataclass
from datetime import timedelta

from devhost.bindings import AppFunction

_SPAN = re.compile(r"(\d{1,3}):(\d{2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often, and after what pause, a failed run is tried again. `limit` -1 means for ever."""

    limit: int = 0
    first: timedelta = timedelta(0)
    most: timedelta | None = None

    @classmethod
    def of(cls, function: AppFunction) -> "RetryPolicy":
        """Read the policy of a function; without one there are no retries."""
        policy = function.retry
        if not policy:
            return cls()
        limit = int(policy.get("max_retry_count") or 0)
        if policy.get("strategy") == "exponential_backoff":
            return cls(limit, _span(policy.get("minimum_interval")), _span(policy.get("maximum_interval")))
        return cls(limit, _span(policy.get("delay_interval")))

    def delay(self, failed: int) -> timedelta | None:
        """Return the pause after `failed` earlier failures, or None when it is time to give up."""
        if self.limit != -1 and failed >= self.limit:
            return None
        if self.most is None:
            return self.first
        grown: timedelta = self.first * 2 ** min(failed, 32)
        return min(grown, self.most)


def _span(text: object) -> timedelta:
    match = _SPAN.fullmatch(str(text or "00:00:00"))
    if match is None:
        raise ValueError(f"'{text}' is no interval: write it as in '00:00:10'")
    hours, minutes, seconds = (int(group) for group in match.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)
