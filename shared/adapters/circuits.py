"""The circuits of pybreaker, on the app's clock instead of the machine's. Importing this imports it."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from pybreaker import (
    STATE_CLOSED,
    STATE_HALF_OPEN,
    STATE_OPEN,
    CircuitBreaker,
    CircuitBreakerListener,
    CircuitMemoryStorage,
)

from shared.ports.clock import Clock

_log = logging.getLogger("uso.breakers")


class _OnClock(CircuitMemoryStorage):
    """Remembers by the app's clock when a circuit was opened, which may be a rehearsal's."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(STATE_CLOSED)
        self._clock = clock
        self.opened: datetime | None = None

    @property
    def opened_at(self) -> datetime | None:
        """Return it as an instant as long ago on the machine's clock, with which pybreaker compares it."""
        return None if self.opened is None else datetime.now(UTC) - (self._clock.now() - self.opened)

    @opened_at.setter
    def opened_at(self, _machines: datetime) -> None:
        self.opened = self._clock.now()


class _Logged(CircuitBreakerListener):
    def state_change(self, cb: CircuitBreaker, _old: object, new: object) -> None:
        """Tell of it: an operator looks for the first word of an outage, and for the last."""
        _log.warning("%s: the circuit is %s", cb.name, getattr(new, "name", new))


class Circuit(CircuitBreaker):
    """One. `is_failure` tells what shows that the other side does not work; everything else is an answer.

    Who is cancelled while waiting has had no answer in the time that there was: that counts as a failure.
    """

    def __init__(
        self,
        name: str,
        clock: Clock,
        *,
        failures: int,
        rest: timedelta,
        is_failure: Callable[[Exception], bool],
    ) -> None:
        self._clock = clock
        self._on_clock = _OnClock(clock)
        super().__init__(
            failures,
            rest.total_seconds(),
            exclude=[lambda error: isinstance(error, Exception) and not is_failure(error)],
            listeners=[_Logged()],
            state_storage=self._on_clock,
            name=name,
            throw_new_error_on_trip=False,
        )

    def refuses(self) -> bool:
        """Say whether nobody may call now: it is left in peace, or somebody is trying it for all."""
        state = self.current_state
        return state == STATE_HALF_OPEN or (state == STATE_OPEN and self._clock.now() < self.again_from())

    def again_from(self) -> datetime:
        """Return from when it may be called again, by the app's clock."""
        now, opened = self._clock.now(), self._on_clock.opened
        return now if opened is None else max(now, opened + timedelta(seconds=self.reset_timeout))
