"""Replays an orchestrator's actions over its history, as the extension's OutOfProcOrchestrationShim and
DurableTask's TaskOrchestrationContext do, and finds what is to be scheduled and what is still open.

Nothing of this is ever stored: every episode begins again from the first action and the first event.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from devhost.durable import events as ev
from devhost.durable.tasks import AllOf, AnyOf, Retry, Task

HTTP_ACTIVITY = "BuiltIn::HttpActivity"

CALL_ACTIVITY, CALL_ACTIVITY_RETRY, CALL_SUB, CALL_SUB_RETRY, CONTINUE_AS_NEW, CREATE_TIMER = range(6)
WAIT_EVENT, CALL_ENTITY, CALL_HTTP, SIGNAL_ENTITY, SIGNAL_ENTITY_AT, WHEN_ANY, WHEN_ALL = range(6, 13)

Action = dict[str, Any]

_DECISION_NAMES = {
    ev.TASK_SCHEDULED: "ScheduleTaskOrchestratorAction",
    ev.SUB_CREATED: "CreateSubOrchestrationAction",
    ev.TIMER_CREATED: "CreateTimerOrchestratorAction",
    ev.EVENT_SENT: "SendEventOrchestratorAction",
}
_EVENT_PHRASES = {
    ev.TASK_SCHEDULED: "an activity task",
    ev.SUB_CREATED: "a sub-orchestration task",
    ev.TIMER_CREATED: "a timer task",
    ev.EVENT_SENT: "a message to an entity",
}
_WAS_CHANGED = "Was a change made to the orchestrator code after this instance had already started running?"


class NonDeterministicError(Exception):
    """History holds what the replayed actions did not schedule (DurableTask names it alike)."""

    def __init__(self, message: str) -> None:
        super().__init__(f"Non-Deterministic workflow detected: {message} {_WAS_CHANGED}")


@dataclass(slots=True)
class Decision:
    """Something scheduled under an event id. `kind` is the number of the history event it becomes."""

    kind: int
    id: int
    name: str = ""
    input: Any = None
    instance: str | None = None
    version: str | None = None
    fire_at: str | None = None
    cancelled: bool = False
    request_id: str | None = None

    def describe(self) -> str:
        """Name the decision for a person."""
        if self.kind == ev.TIMER_CREATED:
            return f"timer {self.id} until {self.fire_at}"
        what = "sub-orchestration" if self.kind == ev.SUB_CREATED else "activity"
        return f"{what} '{self.name}' ({self.id})"


class Replay:
    """One replay. Feed it the whole history with `run`; then read `decisions`, `open` and the outcome."""

    def __init__(self, actions: list[Action], *, execution: str) -> None:
        self._actions = actions
        self._execution = execution
        self._next_action = 0
        self._awaited: Task | None = None
        self.next_id = 0
        self._now = ""
        self._tasks: dict[int, Task] = {}
        self._waiters: dict[str, list[Task]] = {}
        self._buffer: dict[str, deque[ev.Event]] = {}
        self.decisions: dict[int, Decision] = {}
        self.open: dict[int, Decision] = {}
        self.cancelled: set[int] = set()
        self.continue_as_new: Action | None = None
        self.carried_over: list[ev.Event] = []

    @property
    def finished(self) -> bool:
        """Whether every action has been awaited to its end."""
        return self._awaited is None and self._next_action == len(self._actions)

    @property
    def unheard(self) -> list[str]:
        """The names of the events that came and were never waited for."""
        return [event["Name"] for queue in self._buffer.values() for event in queue]

    @property
    def losers(self) -> list[Decision]:
        """The open timers whose race was decided by something else."""
        return [d for i, d in self.open.items() if d.kind == ev.TIMER_CREATED and self._lost(self._tasks[i])]

    def run(self, history: list[ev.Event]) -> None:
        """Process every event in order. Raises NonDeterministicError."""
        for event in history:
            handler = _HANDLERS.get(event["EventType"])
            if handler is not None:
                handler(self, event)

    @staticmethod
    def _lost(task: Task) -> bool:
        parent = task.parent
        while parent is not None:
            if parent.done:
                return True
            parent = parent.parent
        return False

    # --- history ---

    def _on_orchestrator_started(self, event: ev.Event) -> None:
        self._now = max(self._now, event["Timestamp"])

    def _on_execution_started(self, _event: ev.Event) -> None:
        self._advance()

    def _on_scheduled(self, event: ev.Event) -> None:
        event_id, kind, name = event["EventId"], event["EventType"], event.get("Name") or ""
        decision = self.decisions.pop(event_id, None)
        was = f"A previous execution of this orchestration scheduled {_EVENT_PHRASES[kind]} with sequence"
        if decision is None:
            raise NonDeterministicError(
                f"{was} ID {event_id} and name '{name}' (version '{event.get('Version') or ''}'), but the "
                "current replay execution hasn't (yet?) scheduled this task."
            )
        if decision.kind != kind:
            raise NonDeterministicError(
                f"{was} number {event_id} named '{name}', but the current orchestration replay instead "
                f"produced a {_DECISION_NAMES[decision.kind]} action with this sequence number."
            )
        if kind in (ev.TASK_SCHEDULED, ev.SUB_CREATED) and decision.name.lower() != name.lower():
            raise NonDeterministicError(
                f"{was} number {event_id} named '{name}', but the current orchestration replay instead "
                f"scheduled {_EVENT_PHRASES[kind]} named '{decision.name}' with this sequence number."
            )

    def _on_completed(self, event: ev.Event) -> None:
        self._close(event["TaskScheduledId"], failed=False)

    def _on_failed(self, event: ev.Event) -> None:
        self._close(event["TaskScheduledId"], failed=True)

    def _on_timer_fired(self, event: ev.Event) -> None:
        self._close(event["TimerId"], failed=False)

    def _on_event_raised(self, event: ev.Event) -> None:
        if self.continue_as_new is not None:
            self.carried_over.append(event)
            return
        name = event["Name"].lower()
        waiters = self._waiters.get(name)
        if waiters:
            self._resolve(waiters.pop(), failed=False)
        else:
            self._buffer.setdefault(name, deque()).append(event)

    def _close(self, task_id: int, *, failed: bool) -> None:
        if self.open.pop(task_id, None) is not None:
            self._resolve(self._tasks[task_id], failed=failed)

    def _resolve(self, task: Task, *, failed: bool) -> None:
        task.resolve(failed=failed)
        if self._awaited is not None and self._awaited.done:
            self._advance()

    # --- actions ---

    def _advance(self) -> None:
        self._awaited = None
        while self._next_action < len(self._actions):
            action = self._actions[self._next_action]
            self._next_action += 1
            task = self._invoke(action)
            if not task.done:
                self._awaited = task
                return

    def _invoke(self, action: Action) -> Task:
        return _INVOKERS[action["actionType"]](self, action)

    def _decide(self, kind: int, **fields: Any) -> Decision:
        decision = Decision(kind, self.next_id, **fields)
        self.next_id += 1
        self.decisions[decision.id] = decision
        return decision

    def _opened(self, decision: Decision) -> Task:
        task = Task()
        self.open[decision.id] = decision
        self._tasks[decision.id] = task
        return task

    def _call_activity(self, action: Action) -> Task:
        name, value = action["functionName"], action.get("input")
        return self._opened(self._decide(ev.TASK_SCHEDULED, name=name, input=value))

    def _call_http(self, action: Action) -> Task:
        request = action["httpRequest"]
        return self._opened(self._decide(ev.TASK_SCHEDULED, name=HTTP_ACTIVITY, input=request))

    def _call_sub(self, action: Action) -> Task:
        decision = self._decide(
            ev.SUB_CREATED,
            name=action["functionName"],
            input=action.get("input"),
            version=action.get("version"),
            instance=action.get("instanceId"),
        )
        decision.instance = decision.instance or f"{self._execution}:{decision.id}"
        return self._opened(decision)

    def _with_retry(self, action: Action, call: Callable[["Replay", Action], Task]) -> Task:
        options = action["retryOptions"]
        interval = timedelta(milliseconds=options["firstRetryIntervalInMilliseconds"])
        return Retry(
            attempts=options["maxNumberOfAttempts"],
            attempt=lambda: call(self, action),
            pause=lambda: self._timer(interval),
            # The extra timer, due at once, is what RetryInterceptor calls "Dummy timer for back-compat".
            last_pause=lambda: self._timer(timedelta()),
        )

    def _call_activity_with_retry(self, action: Action) -> Task:
        return self._with_retry(action, Replay._call_activity)

    def _call_sub_with_retry(self, action: Action) -> Task:
        return self._with_retry(action, Replay._call_sub)

    def _timer(self, delay: timedelta) -> Task:
        fire_at = ev.wire_time(ev.parse_wire_time(self._now) + delay)
        return self._opened(self._decide(ev.TIMER_CREATED, fire_at=fire_at))

    def _create_timer(self, action: Action) -> Task:
        fire_at = ev.wire_time(ev.parse_wire_time(action["fireAt"]))
        decision = self._decide(ev.TIMER_CREATED, fire_at=fire_at)
        if not action.get("isCanceled"):
            return self._opened(decision)
        decision.cancelled = True
        self.cancelled.add(decision.id)
        return Task.ended(failed=True)

    def _wait_for_event(self, action: Action) -> Task:
        name = action["externalEventName"].lower()
        buffered = self._buffer.get(name)
        if buffered:
            buffered.popleft()
            return Task.ended()
        return self._wait(name)

    def _wait(self, name: str) -> Task:
        task = Task()
        self._waiters.setdefault(name, []).append(task)
        return task

    def _call_entity(self, action: Action) -> Task:
        decision = self._send(action)
        # The id must come out the same in every replay; history keeps it in EventSent.Input.
        decision.request_id = str(uuid5(NAMESPACE_OID, f"{self._execution}:{decision.id}"))
        return self._wait(decision.request_id)

    def _signal_entity(self, action: Action) -> Task:
        self._send(action)
        return Task.ended()

    def _send(self, action: Action) -> Decision:
        return self._decide(
            ev.EVENT_SENT,
            name=action["operation"],
            input=action.get("input"),
            instance=action["instanceId"],
            fire_at=action.get("fireAt"),
        )

    def _continue_as_new(self, action: Action) -> Task:
        self.continue_as_new = action
        return Task.ended()

    def _when_any(self, action: Action) -> Task:
        return AnyOf([self._invoke(child) for child in action["compoundActions"]])

    def _when_all(self, action: Action) -> Task:
        return AllOf([self._invoke(child) for child in action["compoundActions"]])


_HANDLERS: dict[int, Callable[[Replay, ev.Event], None]] = {
    ev.ORCHESTRATOR_STARTED: Replay._on_orchestrator_started,
    ev.EXECUTION_STARTED: Replay._on_execution_started,
    ev.TASK_SCHEDULED: Replay._on_scheduled,
    ev.SUB_CREATED: Replay._on_scheduled,
    ev.TIMER_CREATED: Replay._on_scheduled,
    ev.EVENT_SENT: Replay._on_scheduled,
    ev.TASK_COMPLETED: Replay._on_completed,
    ev.SUB_COMPLETED: Replay._on_completed,
    ev.TASK_FAILED: Replay._on_failed,
    ev.SUB_FAILED: Replay._on_failed,
    ev.TIMER_FIRED: Replay._on_timer_fired,
    ev.EVENT_RAISED: Replay._on_event_raised,
}

_INVOKERS: dict[int, Callable[[Replay, Action], Task]] = {
    CALL_ACTIVITY: Replay._call_activity,
    CALL_ACTIVITY_RETRY: Replay._call_activity_with_retry,
    CALL_SUB: Replay._call_sub,
    CALL_SUB_RETRY: Replay._call_sub_with_retry,
    CONTINUE_AS_NEW: Replay._continue_as_new,
    CREATE_TIMER: Replay._create_timer,
    WAIT_EVENT: Replay._wait_for_event,
    CALL_ENTITY: Replay._call_entity,
    CALL_HTTP: Replay._call_http,
    SIGNAL_ENTITY: Replay._signal_entity,
    SIGNAL_ENTITY_AT: Replay._signal_entity,
    WHEN_ANY: Replay._when_any,
    WHEN_ALL: Replay._when_all,
}
