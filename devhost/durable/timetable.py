"""What falls due later, in order: timers and delayed signals. The rows are stored; this is an index."""

import heapq
from collections.abc import Callable, Iterator

from devhost.durable.models import EntityOp, Message

Item = Message | EntityOp


class Timetable:
    """A heap by due instant, then by number. Items of which `is_dead` says so no longer count."""

    def __init__(self, is_dead: Callable[[Item], bool]) -> None:
        self._heap: list[tuple[int, int, Item]] = []
        self._is_dead = is_dead

    def add(self, due: int, item: Item) -> None:
        """Put an item in."""
        heapq.heappush(self._heap, (due, item.seq, item))

    def next_due(self) -> int | None:
        """Return when the first item that still counts is due, or None."""
        while self._heap and self._is_dead(self._heap[0][2]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now: int) -> Iterator[Item]:
        """Take out what is due at `now` and still counts, in order."""
        while (due := self.next_due()) is not None and due <= now:
            yield heapq.heappop(self._heap)[2]
