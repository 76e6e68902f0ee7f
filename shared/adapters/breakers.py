"""Circuit breakers: who fails again and again is left in peace for a while, and callers learn it at once.

Every adapter's call to the outside goes through here, under the name of whom it calls. What shows that the
other side does not work is a failure: no answer, half an answer, a server error. A refusal (4xx, a declined
card, a mailbox that does not exist) is an answer, and a limit (429) as well: whoever states one is there.

The state belongs to this process: each one finds out for itself, with a few calls, and forgets it at its end.
It may be used from several event loops and threads.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from shared.errors import Unavailable
from shared.ports.clock import Clock
from shared.settings import Settings

if TYPE_CHECKING:
    from shared.adapters.circuits import Circuit

MOST = 1000
"""Circuits that are remembered; of more, those that were not used for the longest are forgotten."""


def is_unavailable(error: Exception) -> bool:
    """Say whether an adapter's own error means that the other side does not work."""
    return isinstance(error, Unavailable)


class Breakers:
    """One circuit for each name; whoever may choose a URL has a name of their own."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        self._clock = clock
        self._failures = settings.breaker_failures
        self._rest = settings.breaker_rest
        self._circuits: OrderedDict[str, Circuit] = OrderedDict()
        self._guard = threading.Lock()

    @contextmanager
    def calling(
        self, name: str, *, is_failure: Callable[[Exception], bool] = is_unavailable
    ) -> Iterator[None]:
        """Let the block call `name`, and note how it ends.

        After `breaker_failures` in a row nobody calls it for `breaker_rest`: Unavailable is raised instead.
        Then the first who comes tries it for all; the others are told to wait until that has ended.
        """
        from pybreaker import CircuitBreakerError

        circuit = self._circuit(name, is_failure)
        if circuit.refuses():
            raise _resting(circuit)
        try:
            with circuit.calling():
                yield
        except CircuitBreakerError:
            raise _resting(circuit) from None

    def check(self, name: str) -> None:
        """Raise Unavailable while `name` is left in peace: for who must not spend anything on a call then."""
        with self._guard:
            circuit = self._circuits.get(name)
        if circuit is not None and circuit.refuses():
            raise _resting(circuit)

    def _circuit(self, name: str, is_failure: Callable[[Exception], bool]) -> "Circuit":
        from shared.adapters.circuits import Circuit

        with self._guard:
            if name not in self._circuits:
                self._circuits[name] = Circuit(
                    name, self._clock, failures=self._failures, rest=self._rest, is_failure=is_failure
                )
            self._circuits.move_to_end(name)
            if len(self._circuits) > MOST:
                self._circuits.popitem(last=False)
            return self._circuits[name]


def _resting(circuit: "Circuit") -> Unavailable:
    again = circuit.again_from().isoformat(timespec="seconds")
    return Unavailable(
        f"{circuit.name} failed again and again; it is asked again from {again}.",
        extensions={"retry_at": again},
    )
