"""The plumbing that all plans share: steps with retries, waits that may take weeks, undo."""

from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any, TypeVar

import azure.durable_functions as df

T = TypeVar("T")
Steps = Generator[Any, Any, T]
Json = dict[str, Any]

FIRST_RETRY_MS = 5_000
ATTEMPTS = 5
PAUSE, LONGEST_PAUSE = timedelta(minutes=10), timedelta(hours=6)
PATIENCE = 17
"""How often what must happen is tried again, with pauses that double: for three days."""
TRACE = "traceparent"
"""In the input of a plan that was started in a trace, and of its steps, which go on with it."""
LONGEST_TIMER = timedelta(days=5)
"""Python timers beyond six days misbehave in the extension; a longer wait is a loop of these."""


class Plan:
    """One orchestration's hands. `subject` is what every step gets as its input, e.g. the order's id."""

    def __init__(self, context: df.DurableOrchestrationContext, **subject: Any) -> None:
        self._context = context
        self._subject = subject
        given: Json = context.get_input()
        self._trace = {TRACE: given[TRACE]} if TRACE in given else {}
        self._undo: list[tuple[str, Json]] = []

    def step(self, activity: str, **more: Any) -> Steps[Json]:
        """Run one activity, a single yield; errors are tried again, expected failures are values."""
        return (yield from self._run(activity, more, attempts=ATTEMPTS))

    def tried(self, activity: str, **more: Any) -> Steps[Json | None]:
        """Run one activity that depends on someone else's system; None when no try got through."""
        return (yield from self._tried(activity, more, attempts=ATTEMPTS))

    def once(self, activity: str, **more: Any) -> Steps[Json | None]:
        """Run one activity of which it may well be known that it fails; None when it did."""
        return (yield from self._tried(activity, more, attempts=1))

    def outcome(self, activity: str, **more: Any) -> Steps[Json]:
        """Run one activity whose failure for good is an outcome like any other: `ok` is false."""
        result = yield from self.tried(activity, **more)
        if result is None:
            return {"ok": False, "code": "unavailable", "detail": f"{activity} did not get through"}
        return result

    def patiently(self, activity: str, **more: Any) -> Steps[Json | None]:
        """Run one activity, waiting for an outage of days to end; None when it did not.

        After the first tries there is one between two pauses: an outage must not fill the history.
        """
        result = yield from self.tried(activity, **more)
        for n in range(PATIENCE):
            if result is not None:
                break
            yield from self.rest(min(PAUSE * 2**n, LONGEST_PAUSE))
            result = yield from self.once(activity, **more)
        return result

    def surely(self, activity: str, **more: Any) -> Steps[Json]:
        """Run one activity without which something would be lost in silence; an outage is waited for."""
        result = yield from self.patiently(activity, **more)
        return (yield from self.step(activity, **more)) if result is None else result

    def _tried(self, activity: str, more: Json, *, attempts: int) -> Steps[Json | None]:
        try:
            return (yield from self._run(activity, more, attempts=attempts))
        except Exception:  # noqa: BLE001 - the SDK raises nothing more precise
            return None

    def _run(self, activity: str, more: Json, *, attempts: int) -> Steps[Json]:
        options = df.RetryOptions(FIRST_RETRY_MS, attempts)
        result: Json = yield self._context.call_activity_with_retry(
            activity, options, {**self._subject, **more, **self._trace}
        )
        return result

    def child(self, orchestrator: str, instance_id: str, payload: Json) -> Steps[Json]:
        """Run another plan as a part of this one."""
        result: Json = yield self._context.call_sub_orchestrator(
            orchestrator, {**payload, **self._trace}, instance_id
        )
        return result

    def heard(self, event: str, until: str, *, at_most: timedelta | None = None) -> Steps[bool]:
        """Wait for `event` until the ISO instant `until`, `at_most` so long; say whether it came.

        The event only wakes: what it is about is read from the store by the step that follows. Each event
        name is used by one wait of one plan.
        """
        deadline = datetime.fromisoformat(until)
        if at_most is not None:
            deadline = min(deadline, self._context.current_utc_datetime + at_most)
        while (left := deadline - self._context.current_utc_datetime) > timedelta(0):
            timer = self._context.create_timer(self._context.current_utc_datetime + min(left, LONGEST_TIMER))
            waited = self._context.wait_for_external_event(event)
            winner = yield self._context.task_any([waited, timer])
            if winner is waited:
                timer.cancel()
                return True
        return False

    def rest(self, span: timedelta) -> Steps[None]:
        """Do nothing for `span`, at most LONGEST_TIMER."""
        yield self._context.create_timer(self._context.current_utc_datetime + min(span, LONGEST_TIMER))

    def goes_on(self, **progress: Any) -> None:
        """End here and begin anew with the same subject and `progress`, so that the history stays short.

        Events that nobody has consumed are dropped. So this is for a plan that begins with a look at the
        stored truth, is about to do so, and has no timer or task in the air.
        """
        self._context.continue_as_new({**self._subject, **progress, **self._trace})

    def undoable(self, activity: str, **more: Any) -> None:
        """Register an undo before its step runs: the step may have happened though its answer was lost."""
        self._undo.append((activity, more))

    def undo(self, **why: Any) -> Steps[list[str]]:
        """Run the registered undos, last first, and forget them; `why` is added to their inputs.

        One that fails for good stops none of the others; the names of those are returned.
        """
        failed: list[str] = []
        while self._undo:
            activity, more = self._undo.pop()
            if (yield from self.tried(activity, **more, **why)) is None:
                failed.append(activity)
        return failed
