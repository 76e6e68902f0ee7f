"""What belongs to an event loop, as connections and their locks do: one per loop, made on first use.

The Functions worker runs every async function on one loop, so that is one; a second loop gets its own.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")


class PerLoop(Generic[T]):
    """One of something for each event loop; it goes when its loop goes."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: WeakKeyDictionary[asyncio.AbstractEventLoop, T] = WeakKeyDictionary()
        self._guard = threading.Lock()

    def here(self) -> T:
        """Return this loop's."""
        loop = asyncio.get_running_loop()
        with self._guard:
            if loop not in self._made:
                self._made[loop] = self._make()
            return self._made[loop]

    def take(self) -> T | None:
        """Hand over this loop's, if there is one; the next `here` makes another."""
        loop = asyncio.get_running_loop()
        with self._guard:
            return self._made.pop(loop, None)
