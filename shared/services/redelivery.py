"""How long an event that found somebody away (`Unavailable`) is held before the bus may deliver it again.

Service Bus delivers at once what was given back: its ten deliveries would be over within a second, and the
event a dead letter. Held longer each time, they outlast an outage of eight minutes. What fails for another
reason would fail again, so it is not held: it would only keep others waiting.
"""

import asyncio
from collections.abc import Awaitable, Callable

from shared.ports.topics import MAX_DELIVERIES

FIRST, LONGEST = 1.0, 256.0
"""Seconds. Function and lock live for ten minutes (`host.json`)."""
Hold = Callable[[int], Awaitable[None]]


def pause_after(delivery: int) -> float:
    """Return the seconds for which to hold an event whose `delivery`-th delivery failed, counted from 1."""
    return 0.0 if delivery >= MAX_DELIVERIES else min(FIRST * 2.0 ** (delivery - 1), LONGEST)


async def hold(delivery: int) -> None:
    """Hold it."""
    await asyncio.sleep(pause_after(delivery))


async def hold_nothing(delivery: int) -> None:
    """Give it back at once: the local host has no outages, and a clock of its own."""
