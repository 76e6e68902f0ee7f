"""Plans run in this process against real steps: what a durable host does, without its persistence.

A plan is a task; its steps are tried as often as it says; its waits end when their event is raised or when
the clock is moved on. Events of the outbox reach the plans, the narrator and those who keep books.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import azure.durable_functions as df

from activities.blueprint import STEPS
from orchestrators.blueprint import PLANS
from shared.bootstrap import App
from shared.ports.events import CloudEvent
from tests.clocks import HandClock
from triggers.dispatch import dispatch

_HOMES = {name: module for module, names in STEPS.items() for name in names}
_PLANS = {plan.__name__: plan for plan in PLANS}
Step = Callable[[Any, App], Awaitable[Any]]


@dataclass
class _Activity:
    name: str
    attempts: int
    pause: timedelta
    payload: dict[str, Any]


@dataclass
class _Child:
    plan: str
    payload: Any
    instance_id: str


@dataclass
class _Timer:
    at: datetime
    is_cancelled: bool = False

    def cancel(self) -> None:
        self.is_cancelled = True


@dataclass
class _Event:
    name: str


@dataclass
class _AnyOf:
    parts: Sequence[Any]


class _Context:
    """As much of a DurableOrchestrationContext as `Plan` uses."""

    def __init__(self, given: Any, clock: HandClock) -> None:
        self._given, self._clock = given, clock

    @property
    def current_utc_datetime(self) -> datetime:
        return self._clock.now()

    def get_input(self) -> Any:
        return self._given

    def call_activity_with_retry(
        self, name: str, options: df.RetryOptions, payload: dict[str, Any]
    ) -> _Activity:
        pause = timedelta(milliseconds=options.first_retry_interval_in_milliseconds)
        return _Activity(name, options.max_number_of_attempts, pause, payload)

    def call_sub_orchestrator(self, plan: str, payload: Any, instance_id: str) -> _Child:
        return _Child(plan, payload, instance_id)

    def create_timer(self, at: datetime) -> _Timer:
        return _Timer(at)

    def wait_for_external_event(self, name: str) -> _Event:
        return _Event(name)

    def task_any(self, parts: Sequence[Any]) -> _AnyOf:
        return _AnyOf(parts)


@dataclass
class Running:
    """One plan. `waits` is set while it waits for time or an event, with the instant that ends the wait."""

    name: str
    task: "asyncio.Task[Any] | None" = None
    raised: list[str] = field(default_factory=list)
    waits: "asyncio.Future[Any] | None" = None
    until: datetime | None = None
    listens: dict[str, Any] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)

    @property
    def rests(self) -> bool:
        return self.waits is not None and not self.waits.done()


class SmallHost:
    """The event bus, the durable client and the engine in one."""

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock
        self.app: App
        self.plans: dict[str, Running] = {}
        self.told: list[CloudEvent] = []
        self.starts: list[str] = []
        self.wrap = self._run
        self.runs_plans = True
        self.before_waiting: Callable[[str], Any] | None = None
        """Called with the events that a plan begins to wait for: what the world does meanwhile."""
        self._queue: list[CloudEvent] = []

    # --- the bus --------------------------------------------------------------------------------

    async def publish(self, events: Sequence[CloudEvent]) -> None:
        self._queue += events

    async def close(self) -> None:
        for running in self.plans.values():
            if running.task is not None and not running.task.done():
                running.task.cancel()

    async def stop(self) -> None:
        """From now on run no plans: their events are only told."""
        await self.close()
        self.runs_plans = False

    # --- the durable client ---------------------------------------------------------------------

    async def get_status(self, instance_id: str) -> Any:
        running = self.plans.get(instance_id)
        if running is None:
            return SimpleNamespace(runtime_status=None)
        done = running.task is not None and running.task.done()
        status = df.OrchestrationRuntimeStatus
        return SimpleNamespace(runtime_status=status.Completed if done else status.Running)

    async def start_new(self, plan: str, instance_id: str, payload: Any) -> None:
        self.starts.append(instance_id)
        running = self.plans[instance_id] = Running(plan)
        running.task = asyncio.create_task(self._live(running, payload))

    async def raise_event(self, instance_id: str, name: str, _: Any) -> None:
        running = self.plans[instance_id]
        if running.rests and name in running.listens:
            assert running.waits is not None
            running.waits.set_result(running.listens[name])
        else:
            running.raised.append(name)

    # --- time -----------------------------------------------------------------------------------

    async def settle(self) -> None:
        """Let everything happen that needs no time."""
        while True:
            while self._queue:
                await self._deliver(self._queue.pop(0))
            plans = self.plans.values() if self.runs_plans else ()
            busy = [r.task for r in plans if r.task and not r.task.done() and not r.rests]
            if not busy and not self._queue:
                return
            await asyncio.sleep(0)

    async def run_out(self, most: timedelta = timedelta(days=10)) -> None:
        """Let time pass from one timer to the next, until nothing waits any more or `most` has passed."""
        end = self.clock.instant + most
        await self.settle()
        while waiting := [r for r in self.plans.values() if r.rests and r.until and r.until <= end]:
            first = min(waiting, key=lambda r: r.until or end)
            assert first.waits is not None
            assert first.until is not None
            self.clock.instant = max(self.clock.instant, first.until)
            first.waits.set_result(None)
            await self.settle()

    async def advance(self, by: timedelta) -> None:
        """Let `by` pass, whether or not anybody waits for it."""
        end = self.clock.instant + by
        await self.run_out(by)
        self.clock.instant = max(self.clock.instant, end)

    def result(self, instance_id: str) -> Any:
        """What a plan ended with. Raises what it failed with."""
        task = self.plans[instance_id].task
        assert task is not None
        assert task.done(), f"{instance_id} has not ended"
        return task.result()

    async def _deliver(self, event: CloudEvent) -> None:
        self.told.append(event)
        await self.app.narrator.narrate(event)
        await self.app.bookkeeping.hear(event)
        if self.runs_plans:
            await dispatch(event, self, self.app.wakeups)  # type: ignore[arg-type]

    # --- the engine -----------------------------------------------------------------------------

    async def _live(self, running: Running, payload: Any) -> Any:
        plan: Generator[Any, Any, Any] = _PLANS[running.name](_Context(payload, self.clock))  # type: ignore[arg-type]
        answer: Any = None
        error: Exception | None = None
        while True:
            try:
                wanted = plan.throw(error) if error else plan.send(answer)
            except StopIteration as ended:
                return ended.value
            answer, error = None, None
            try:
                answer = await self._do(running, wanted)
            except Exception as failed:  # noqa: BLE001 - as the SDK does: its class is lost on the way
                error = Exception(f"{type(failed).__name__}: {failed}")

    async def _do(self, running: Running, wanted: Any) -> Any:
        match wanted:
            case _Activity():
                return await self._step(running, wanted)
            case _Child():
                await self.start_new(wanted.plan, wanted.instance_id, wanted.payload)
                task = self.plans[wanted.instance_id].task
                assert task is not None
                return await task
            case _Timer():
                return await self._wait(running, wanted, {})
            case _AnyOf(parts):
                timer = next(part for part in parts if isinstance(part, _Timer))
                events = {part.name: part for part in parts if isinstance(part, _Event)}
                return await self._wait(running, timer, events)
        raise AssertionError(f"no plan does this: {wanted!r}")

    async def _step(self, running: Running, wanted: _Activity) -> Any:
        """Each try runs what the worker runs: the step's own function, with its own input model."""
        import importlib

        step = getattr(importlib.import_module(_HOMES[wanted.name]), wanted.name)
        model = inspect.signature(step, eval_str=True).parameters["step"].annotation
        running.steps.append(wanted.name)
        for attempt in range(1, wanted.attempts + 1):
            try:
                result = await self.wrap(wanted.name, step, model.model_validate(wanted.payload))
                return result.model_dump(mode="json")
            except Exception:
                if attempt == wanted.attempts:
                    raise
                self.clock.instant += wanted.pause
        return None

    async def _run(self, name: str, step: Step, given: Any) -> Any:
        return await step(given, self.app)

    async def _wait(self, running: Running, timer: _Timer, events: Mapping[str, _Event]) -> Any:
        for name in running.raised:
            if name in events:
                return events[name]
        running.waits = asyncio.get_running_loop().create_future()
        running.until, running.listens = timer.at, dict(events)
        if self.before_waiting is not None:
            for name in events:
                await self.before_waiting(name)
        winner = await running.waits
        running.waits = None
        return winner if winner is not None else timer
