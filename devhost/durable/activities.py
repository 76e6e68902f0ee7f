"""Runs scheduled activities side by side, up to a limit, and keeps what came of them until it is stored."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable

from devhost.contracts import Clock, DurableFunctions, FunctionError
from devhost.durable import events as ev
from devhost.durable.http_activity import HttpActivity
from devhost.durable.models import Activity
from devhost.durable.replay import HTTP_ACTIVITY
from devhost.durable.warnings import WarningLog

log = logging.getLogger("devhost.durable")

Completion = tuple[Activity, ev.Event]


class ActivityPool:
    """Activities that wait, run, or have ended. `wake` is called whenever one has ended."""

    def __init__(
        self,
        functions: DurableFunctions,
        clock: Clock,
        warnings: WarningLog,
        *,
        limit: int,
        wake: Callable[[], None],
    ) -> None:
        self._functions = functions
        self._clock = clock
        self._warnings = warnings
        self._limit = limit
        self._wake = wake
        self._http = HttpActivity()
        self._waiting: deque[Activity] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._completions: list[Completion] = []

    @property
    def busy(self) -> bool:
        """Whether anything waits, runs, or has not been stored."""
        return bool(self._waiting or self._running or self._completions)

    def add(self, activities: Iterable[Activity]) -> None:
        """Queue activities whose rows are stored."""
        self._waiting.extend(activities)

    def dispatch(self) -> None:
        """Start as many as the limit allows."""
        while self._waiting and len(self._running) < self._limit:
            task = asyncio.create_task(self._run(self._waiting.popleft()))
            self._running.add(task)
            task.add_done_callback(self._ended)

    def take_completions(self) -> list[Completion]:
        """Take what has ended since the last time, to store it."""
        completions, self._completions = self._completions, []
        return completions

    async def stop(self) -> None:
        """Abandon what runs. Its rows are still stored, so it will run again."""
        tasks = list(self._running)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._http.close()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._wake()

    async def _run(self, activity: Activity) -> None:
        try:
            if activity.name == HTTP_ACTIVITY:
                result = await self._http.run(activity.input)
            else:
                result = await self._functions.run_activity(activity.name, activity.input)
        except FunctionError as error:
            event = self._failed(activity, error.type_name, error.message, error.details)
        except Exception as error:
            log.exception("The host could not run activity '%s'.", activity.name)
            event = self._failed(activity, type(error).__name__, str(error), "")
        else:
            self._warnings.payload(activity.instance, f"The result of '{activity.name}'", result)
            now = ev.wire_time(self._clock.now())
            event = ev.new_event(ev.TASK_COMPLETED, now, TaskScheduledId=activity.task_id, Result=result)
        self._completions.append((activity, event))

    def _failed(self, activity: Activity, type_name: str, message: str, details: str) -> ev.Event:
        return ev.new_event(
            ev.TASK_FAILED,
            ev.wire_time(self._clock.now()),
            TaskScheduledId=activity.task_id,
            Reason=f"Activity function '{activity.name}' failed: {type_name}: {message}",
            Details=ev.dumps({"ClassName": type_name, "Message": message, "StackTraceString": details}),
            FailureDetails=None,
        )
