"""Waits until the host has nothing left to do, and moves the virtual clock from one due instant on."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from devhost.clock import VirtualClock
from devhost.contracts import Clock, Source
from devhost.errors import HostError
from devhost.tasks import TaskSet

# Work on the loop settles within a few turns; only work in threads or outside needs real waiting.
_TURNS = 200
_NAP = 0.001
_STUCK = 10_000


class NotVirtualError(HostError):
    """Real time cannot be moved."""


class BackwardsError(HostError):
    """The clock never goes back."""


class NeverSettlesError(HostError):
    """Work keeps falling due at the same instant."""


class Conductor:
    """Knows all sources of work and the invocations in flight, and leads them through time."""

    def __init__(self, clock: Clock, sources: Sequence[Source], in_flight: Callable[[], int]) -> None:
        self._clock = clock
        self._sources = sources
        self._in_flight = in_flight
        self._one_at_a_time = asyncio.Lock()

    @property
    def mode(self) -> str:
        """Return `virtual` or `real`."""
        return "virtual" if isinstance(self._clock, VirtualClock) else "real"

    def now(self) -> datetime:
        """Return the clock's instant."""
        return self._clock.now()

    def idle(self) -> bool:
        """Say whether nothing runs and nothing is due."""
        return self._in_flight() == 0 and all(source.idle() for source in self._sources)

    def next_due(self) -> datetime | None:
        """Return the earliest instant at which anything falls due."""
        return min((due for source in self._sources if (due := source.next_due()) is not None), default=None)

    def poke(self) -> None:
        """Let every source look at the clock."""
        for source in self._sources:
            source.poke()

    async def settle(self, within: float | None = None) -> bool:
        """Wait until the host is idle; False when that took longer than `within` seconds."""
        deadline = None if within is None else time.monotonic() + within
        turns = calm = 0
        while calm < 2:
            # A task that just ended may have left work that only starts on the loop's next turn.
            await asyncio.sleep(0 if turns < _TURNS else _NAP)
            calm = calm + 1 if self.idle() else 0
            turns += 1
            if calm == 0 and deadline is not None and time.monotonic() > deadline:
                return False
        return True

    async def advance(self, target: datetime | Callable[[datetime], datetime]) -> int:
        """Move to `target`, letting everything due on the way happen in order; return how many stops it took.

        A callable is handed the instant at which this advance begins, after those before it have ended.
        """
        clock = self._clock
        if not isinstance(clock, VirtualClock):
            raise NotVirtualError(
                "the host runs on the real clock: start it with --clock virtual to move time"
            )
        async with self._one_at_a_time:
            goal = target if isinstance(target, datetime) else target(clock.now())
            if goal < clock.now():
                raise BackwardsError(f"the clock stands at {clock.now().isoformat()} and never goes back")
            return await self._walk(clock, goal)

    async def _walk(self, clock: VirtualClock, goal: datetime) -> int:
        stops = same = 0
        await self.settle()
        while (due := self.next_due()) is not None and due <= goal:
            same = same + 1 if due <= clock.now() else 0
            if same > _STUCK:
                raise NeverSettlesError(f"work falls due again and again at {clock.now().isoformat()}")
            clock.set(max(due, clock.now()))
            self.poke()
            stops += 1
            await self.settle()
        clock.set(goal)
        self.poke()
        await self.settle()
        return stops


class Ticker:
    """On the real clock: pokes the sources whenever something falls due."""

    def __init__(self, conductor: Conductor, longest_sleep: float = 0.1) -> None:
        self._conductor = conductor
        self._longest = longest_sleep
        self._tasks = TaskSet()

    def start(self) -> None:
        """Begin to tick."""
        self._tasks.start(self._run())

    async def stop(self) -> None:
        """Stop ticking."""
        await self._tasks.cancel()

    async def _run(self) -> None:
        while True:
            due = self._conductor.next_due()
            pause = self._longest
            if due is not None:
                pause = min(pause, (due - self._conductor.now()).total_seconds())
            await asyncio.sleep(max(pause, 0.001))
            # Always, since what was planned during the pause may be due already and is then no longer "next".
            self._conductor.poke()
