"""One call for all who want the same at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Flights(Generic[T]):
    """Shares calls that are on their way, per event loop: a task serves one loop only."""

    def __init__(self) -> None:
        self._under_way: dict[tuple[asyncio.AbstractEventLoop, str], asyncio.Task[T]] = {}

    async def join(self, key: str, start: Callable[[], Awaitable[T]]) -> T:
        """Return what the call for `key` brings, or raise what it raises; start it if none is on its way.

        Who gives up waiting does not end it for the others.
        """
        place = (asyncio.get_running_loop(), key)
        flight = self._under_way.get(place)
        if flight is None:
            flight = self._under_way[place] = asyncio.create_task(_run(start))
            flight.add_done_callback(lambda done: self._landed(place, done))
        return await asyncio.shield(flight)

    def _landed(self, place: tuple[asyncio.AbstractEventLoop, str], flight: asyncio.Task[T]) -> None:
        del self._under_way[place]
        if not flight.cancelled():
            flight.exception()  # looked at, lest asyncio complains when everybody has gone


async def _run(start: Callable[[], Awaitable[T]]) -> T:
    return await start()
