"""The operations engine, put together."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """The ports that the engine stands on, and its use cases."""


def operations() -> Operations:
    """Build the engine."""
    return Operations()
