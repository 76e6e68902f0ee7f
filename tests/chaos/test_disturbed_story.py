"""Doubled, late, reordered and lost events, steps that die and run again: the story ends as it should."""

import contextlib
import random
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest

from shared.errors import Unavailable
from shared.ports.events import CloudEvent, EventBus
from tests.chaos.story import Ending, told
from tests.harness import World


def test_the_undisturbed_story_is_eventful(as_it_should: Ending) -> None:
    assert as_it_should["order"] == ("processing", "captured", 9500, 9500)
    assert [leg[4] for leg in as_it_should["legs"]] == ["cancelled", "rejected", "accepted"]
    assert [amount for _, amount in as_it_should["money"]] == [10000, -500]
    assert as_it_should["negotiation"] == "recovered_autonomously"
    assert as_it_should["stock"] == [
        [("red", 10), ("yellow", 10)],
        [("first-pink", 10)],
        [("second-pink", 8)],
    ]
    assert as_it_should["escalations"] == []
    assert as_it_should["waiting"] == [], "no wake-up is left over"


class Bus:
    """A bus that passes events on as `how` says; the app's own stands behind it."""

    def __init__(self, behind: EventBus, how: Callable[[Sequence[CloudEvent]], Sequence[CloudEvent]]) -> None:
        self._behind = behind
        self._how = how

    async def publish(self, events: Sequence[CloudEvent]) -> None:
        """Pass events on, in its way."""
        await self._behind.publish(self._how(events))

    async def close(self) -> None:
        """Nothing of its own to close."""


def bus_that(how: Callable[[Sequence[CloudEvent]], Sequence[CloudEvent]]) -> Callable[[World], None]:
    def disturb(world: World) -> None:
        outbox = world.app.outbox
        outbox._bus = Bus(outbox._bus, how)

    return disturb


def doubled(events: Sequence[CloudEvent]) -> Sequence[CloudEvent]:
    return [each for event in events for each in (event, event)]


def doubled_and_reversed(events: Sequence[CloudEvent]) -> Sequence[CloudEvent]:
    return [*reversed(events), *events]


class Straggling:
    """Sends everything of the past again with every new event."""

    def __init__(self) -> None:
        self._past: list[CloudEvent] = []

    def __call__(self, events: Sequence[CloudEvent]) -> Sequence[CloudEvent]:
        past, self._past = self._past, [*self._past, *events]
        return [*reversed(past), *events]


@pytest.mark.parametrize(
    "how", [doubled, doubled_and_reversed, Straggling()], ids=["twice", "mixed", "again"]
)
async def test_events_may_come_twice_and_in_any_order(
    tmp_path: Path, as_it_should: Ending, how: Callable[[Sequence[CloudEvent]], Sequence[CloudEvent]]
) -> None:
    assert await told(tmp_path, bus_that(how)) == as_it_should


class Lossy:
    """Loses wake-ups on their way to the plans."""

    def __init__(self, loses: Callable[[int, int], bool]) -> None:
        self._loses = loses
        self._tries: dict[tuple[str, str], int] = {}
        self.lost = 0

    def __call__(self, world: World) -> None:
        """Stand between the app and the engine."""
        deliver = world.host.engine.raise_event

        async def raise_event(instance_id: str, name: str, data_json: str | None = None) -> None:
            tries = self._tries.setdefault((instance_id, name), 0)
            self._tries[instance_id, name] = tries + 1
            if self._loses(len(self._tries), tries):
                self.lost += 1
            else:
                await deliver(instance_id, name, data_json)

        world.host.engine.raise_event = raise_event


def _half(seed: int) -> Callable[[int, int], bool]:
    dice = random.Random(seed)
    return lambda number, tries: tries < 3 and dice.random() < 0.5


@pytest.mark.parametrize(
    "loses",
    [
        lambda number, tries: tries == 0 and number % 2 == 0,
        lambda number, tries: tries == 0,
        _half(1),
        _half(2),
        _half(3),
    ],
    ids=["every second", "every first try", "half, seed 1", "half, seed 2", "half, seed 3"],
)
async def test_lost_wake_ups_are_repaired(
    tmp_path: Path, as_it_should: Ending, loses: Callable[[int, int], bool]
) -> None:
    lossy = Lossy(loses)

    async def long_enough(world: World) -> None:
        await world.advance(minutes=45)

    assert await told(tmp_path, lossy, long_enough) == as_it_should
    assert lossy.lost >= 3


_LEFT: ContextVar[int | None] = ContextVar("writes that this step may still make", default=None)


class Dying:
    """Lets every step die on its first try, right after its nth write; the answer of that write is lost."""

    def __init__(self, after: int) -> None:
        self._after = after
        self._tried: set[str] = set()
        self.deaths = 0

    def __call__(self, world: World) -> None:
        """Stand between the engine and the steps, and between the steps and the store."""
        functions, store = world.host.functions, world.app.store
        run, batch = functions.run_activity, store.batch

        async def run_activity(name: str, input_json: str) -> str:
            first = f"{name}:{input_json}" not in self._tried
            self._tried.add(f"{name}:{input_json}")
            token = _LEFT.set(self._after if first else None)
            try:
                return await run(name, input_json)
            finally:
                _LEFT.reset(token)

        async def batch_once(container: str, partition: str, operations: Sequence[Any]) -> Any:
            written = await batch(container, partition, operations)
            left = _LEFT.get()
            if left is not None:
                _LEFT.set(left - 1)
                if left == 1:
                    self.deaths += 1
                    raise Unavailable("The process died.")
            return written

        functions.run_activity = run_activity
        store.batch = batch_once  # type: ignore[method-assign]


@pytest.mark.parametrize("after", [1, 2, 3, 4, 5, 6])
async def test_a_step_may_die_after_any_write_and_run_again(
    tmp_path: Path, as_it_should: Ending, after: int
) -> None:
    dying = Dying(after)
    assert await told(tmp_path, dying) == as_it_should
    assert dying.deaths > 0


class Repeating:
    """Runs every step twice, as when the answer of the first time is lost."""

    def __call__(self, world: World) -> None:
        """Stand between the engine and the steps."""
        run = world.host.functions.run_activity

        async def run_activity(name: str, input_json: str) -> str:
            await run(name, input_json)
            return await run(name, input_json)

        world.host.functions.run_activity = run_activity


async def test_every_step_may_run_twice(tmp_path: Path, as_it_should: Ending) -> None:
    assert await told(tmp_path, Repeating()) == as_it_should


class Broken:
    """A bus that is down until it is mended."""

    def __init__(self, behind: EventBus) -> None:
        self.behind = behind
        self.down = True

    async def publish(self, events: Sequence[CloudEvent]) -> None:
        """Refuse while it is down."""
        if self.down:
            raise Unavailable("The event bus is down.")
        await self.behind.publish(events)

    async def close(self) -> None:
        """Nothing of its own to close."""


async def test_nothing_is_lost_or_told_twice_when_the_bus_is_down_for_an_hour(
    tmp_path: Path, as_it_should: Ending
) -> None:
    buses: list[Broken] = []

    def breaks(world: World) -> None:
        buses.append(Broken(world.app.outbox._bus))
        world.app.outbox._bus = buses[0]

    async def an_hour_without_it(world: World) -> None:
        if buses[0].down:
            with contextlib.suppress(Unavailable):
                await world.advance(minutes=60)
            buses[0].down = False
        await world.advance(minutes=25)

    assert await told(tmp_path, breaks, an_hour_without_it) == as_it_should
