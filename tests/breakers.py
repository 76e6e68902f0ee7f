"""Circuit breakers for adapters that a test builds by itself."""

from shared.adapters.breakers import Breakers
from shared.ports.clock import Clock
from shared.settings import Settings
from tests.clocks import HandClock


def breakers(clock: Clock | None = None) -> Breakers:
    """Return breakers of their own; without a clock, on one that stands still."""
    return Breakers(clock or HandClock(), Settings())
