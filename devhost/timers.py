"""Timer triggers: each function on its schedule, once past due after a downtime, never on top of itself."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from devhost.bindings import TIMER, AppFunction
from devhost.context import HostRetry
from devhost.contracts import Clock
from devhost.converters import timer_request
from devhost.database import open_database
from devhost.functions import Functions
from devhost.outputs import Outputs
from devhost.retries import RetryPolicy
from devhost.schedule import Schedule, parse_schedule
from devhost.tasks import TaskSet

logger = logging.getLogger("devhost.timers")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS timers (
    function TEXT PRIMARY KEY, schedule TEXT NOT NULL, last TEXT, next TEXT NOT NULL, updated TEXT NOT NULL
);
"""


@dataclass(slots=True)
class Timer:
    """One timer function and where it stands."""

    function: AppFunction
    schedule: Schedule
    monitored: bool
    retry: RetryPolicy
    next: datetime
    last: datetime | None = None
    updated: datetime | None = None
    past_due: bool = False
    running: bool = False
    attempt: int = 0
    error: BaseException | None = None
    runs: int = 0


class Timers:
    """All timers of the app. A `contracts.Source`."""

    def __init__(self, functions: Functions, outputs: Outputs, clock: Clock, path: Path) -> None:
        self._functions = functions
        self._outputs = outputs
        self._clock = clock
        self._database = open_database(path, _SCHEMA)
        self._tasks = TaskSet()
        self._started = False
        self.timers: list[Timer] = []

    async def start(self) -> None:
        """Work out when each timer is due next and run what must run at once."""
        now = self._clock.now()
        self.timers = [self._prepare(item, now) for item in self._functions.index.triggered_by(TIMER)]
        self._started = True
        self.poke()

    def _prepare(self, function: AppFunction, now: datetime) -> Timer:
        schedule = parse_schedule(function.trigger.text("schedule") or "")
        wanted = function.trigger.settings.get("useMonitor")
        monitored = (wanted is None or function.trigger.flag("useMonitor")) and not schedule.is_frequent(now)
        timer = Timer(
            function, schedule, monitored, RetryPolicy.of(function), next=schedule.after(now), updated=now
        )
        if monitored:
            self._recall(timer, now)
        if function.trigger.flag("runOnStartup"):
            timer.next = now
        self._remember(timer)
        return timer

    def _recall(self, timer: Timer, now: datetime) -> None:
        row = self._database.execute(
            "SELECT * FROM timers WHERE function = ?", (timer.function.name,)
        ).fetchone()
        # A changed schedule says nothing about what was missed under the old one.
        if row is None or row["schedule"] != timer.schedule.text:
            return
        timer.last = datetime.fromisoformat(row["last"]) if row["last"] else None
        timer.updated = datetime.fromisoformat(row["updated"])
        timer.next = datetime.fromisoformat(row["next"])
        timer.past_due = timer.next < now

    async def stop(self) -> None:
        """Abandon what runs; a monitored timer that was cut off is past due at the next start."""
        self._started = False
        await self._tasks.cancel()
        self._database.close()

    def poke(self) -> None:
        """Start every timer that is due."""
        if not self._started:
            return
        now = self._clock.now()
        for timer in self.timers:
            if not timer.running and timer.next <= now:
                self._fire(timer)

    def idle(self) -> bool:
        """Say whether no timer runs or is due."""
        now = self._clock.now()
        return not self._tasks and not any(timer.next <= now for timer in self.timers)

    def next_due(self) -> datetime | None:
        """Return the earliest instant at which a timer fires."""
        return min((timer.next for timer in self.timers if not timer.running), default=None)

    def run_now(self, name: str) -> bool:
        """Fire a timer by hand, as the portal can; False when there is none of that name or it runs."""
        found = next((item for item in self.timers if item.function.name.lower() == name.lower()), None)
        if found is None or found.running:
            return False
        self._fire(found)
        return True

    def _fire(self, timer: Timer) -> None:
        timer.running = True
        self._tasks.start(self._run(timer))

    async def _run(self, timer: Timer) -> None:
        fired = self._clock.now()
        following = timer.schedule.after(fired)
        request = timer_request(self._info(timer, following))
        retry = HostRetry(timer.attempt, timer.retry.limit, timer.error)
        timer.error = None
        try:
            outcome = await self._functions.invoke(timer.function, request, retry=retry)
            self._outputs.deliver(timer.function, outcome)
        except Exception as error:
            logger.error("timer function '%s' failed", timer.function.name, exc_info=error)
            timer.error = error
        self._finish(timer, fired)

    def _finish(self, timer: Timer, fired: datetime) -> None:
        now = self._clock.now()
        timer.running, timer.runs = False, timer.runs + 1
        delay = timer.retry.delay(timer.attempt) if timer.error else None
        if delay is not None:
            timer.attempt += 1
            timer.next = now + max(delay, timedelta(milliseconds=1))
        else:
            timer.attempt, timer.last, timer.past_due = 0, fired, False
            timer.next, timer.updated = timer.schedule.after(now), now
            self._remember(timer)
        self.poke()

    def _info(self, timer: Timer, following: datetime) -> dict[str, Any]:
        status = {
            "Last": _instant(timer.last),
            "Next": following.isoformat(),
            "LastUpdated": _instant(timer.updated),
        }
        return {
            "IsPastDue": timer.past_due,
            "Schedule": {"AdjustForDST": True},
            "ScheduleStatus": status if timer.monitored else None,
        }

    def _remember(self, timer: Timer) -> None:
        # What runs on start-up is not a due date to catch up with.
        due = timer.next if timer.next > self._clock.now() or timer.past_due else None
        due = due or timer.schedule.after(self._clock.now())
        self._database.execute(
            "INSERT OR REPLACE INTO timers VALUES (?, ?, ?, ?, ?)",
            (
                timer.function.name,
                timer.schedule.text,
                timer.last.isoformat() if timer.last else None,
                due.isoformat(),
                (timer.updated or self._clock.now()).isoformat(),
            ),
        )


def _instant(moment: datetime | None) -> str:
    return moment.isoformat() if moment else "0001-01-01T00:00:00"
