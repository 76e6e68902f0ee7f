"""A circuit breaker: who has failed several times in a row is left in peace for a while."""

from datetime import datetime, timedelta

from shared.errors import Unavailable
from shared.ports.clock import Clock


class Breaker:
    """Open after `failures` in a row for `rest`; then one try decides whether it closes or opens again."""

    def __init__(self, clock: Clock, *, name: str, failures: int, rest: timedelta) -> None:
        self._clock = clock
        self._name = name
        self._most = failures
        self._rest = rest
        self._failures = 0
        self._closed_from: datetime | None = None

    def check(self) -> None:
        """Raise Unavailable while it is open."""
        if self._closed_from is not None and self._clock.now() < self._closed_from:
            raise Unavailable(f"{self._name} failed again and again; it is asked again in a while.")

    def succeeded(self) -> None:
        """Close it."""
        self._failures, self._closed_from = 0, None

    def failed(self) -> None:
        """Count a failure; the last one that is allowed opens it."""
        self._failures += 1
        if self._failures >= self._most:
            self._closed_from = self._clock.now() + self._rest
