"""One episode: replay the orchestrator over its history and what is new, and work out what follows.

Nothing is written and nothing in memory changes here; the engine commits the outcome in one transaction.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from devhost.contracts import DurableFunctions
from devhost.durable import events as ev
from devhost.durable.entities import split_entity_id
from devhost.durable.errors import BadRequest
from devhost.durable.models import (
    COMPLETED,
    CONTINUED_AS_NEW,
    FAILED,
    RUNNING,
    SUSPENDED,
    TERMINATED,
    History,
    Instance,
    Message,
)
from devhost.durable.replay import (
    CREATE_TIMER,
    HTTP_ACTIVITY,
    WHEN_ALL,
    WHEN_ANY,
    Action,
    Decision,
    NonDeterministicError,
    Replay,
)
from devhost.durable.warnings import WarningLog

FAILURE_MARK = "\n\n$OutOfProcData$:"
CUSTOM_STATUS_BYTES = 16 * 1024
LONG_TIMER_SEGMENT = timedelta(days=3)

_CONTEXT_TAIL = (
    '"upperSchemaVersion":1,"upperSchemaVersionNew":2,"longRunningTimerIntervalDuration":"3.00:00:00",'
    '"maximumShortTimerDuration":"6.00:00:00","defaultHttpAsyncRequestSleepTimeMillseconds":30000}'
)


class EpisodeFailure(Exception):
    """The instance fails at once, open tasks or not."""


@dataclass(slots=True)
class Outcome:
    """What one episode leads to."""

    instance: Instance
    messages: list[Message]
    now: str
    events: list[ev.Event]
    texts: list[str]
    status: str = RUNNING
    output: str | None = None
    reason: str | None = None
    details: str | None = None
    custom_status: str | None = None
    decisions: list[Decision] = field(default_factory=list)
    cancelled: set[int] = field(default_factory=set)
    next_input: str | None = None
    carried_over: list[ev.Event] = field(default_factory=list)

    def add(self, event: ev.Event) -> None:
        """Append an event to the history."""
        self.events.append(event)
        self.texts.append(ev.dumps(event))

    def end(self, status: str, *, output: str | None, event_id: int = -1) -> None:
        """Close the instance (or the generation) with `status`."""
        self.status = status
        self.output = output
        number = ev.STATUS_NUMBERS[status]
        result = self.reason if self.reason is not None else output
        self.add(
            ev.new_event(
                ev.EXECUTION_COMPLETED, self.now, event_id, OrchestrationStatus=number, Result=result
            )
        )

    def fail(self, reason: str, details: str | None, *, event_id: int = -1) -> None:
        """Close the instance as failed."""
        self.reason, self.details = reason, details
        self.end(FAILED, output=json.dumps(reason), event_id=event_id)


class EpisodeRunner:
    """Runs episodes of any instance. `replay_twice` runs the code twice and compares the actions."""

    def __init__(self, functions: DurableFunctions, warnings: WarningLog, *, replay_twice: bool) -> None:
        self._functions = functions
        self._warnings = warnings
        self._replay_twice = replay_twice

    def run(self, instance: Instance, history: History, messages: list[Message], now: str) -> Outcome:
        """Work out the episode that `messages` cause at `now`."""
        started = ev.new_event(ev.ORCHESTRATOR_STARTED, now)
        outcome = Outcome(
            instance,
            messages,
            now,
            [started, *(m.event for m in messages)],
            [ev.dumps(started), *(m.text for m in messages)],
            custom_status=instance.custom_status,
        )
        if not self._controlled(outcome):
            try:
                self._decide(outcome, history)
            except EpisodeFailure as error:
                outcome.decisions = []
                outcome.fail(str(error), None)
        outcome.add(ev.new_event(ev.ORCHESTRATOR_COMPLETED, now))
        return outcome

    def _controlled(self, outcome: Outcome) -> bool:
        """Handle terminate and suspend, which need no replay. Such a message is the last of its batch."""
        last = outcome.events[-1]
        if last["EventType"] == ev.EXECUTION_TERMINATED:
            outcome.reason = last["Input"]
            outcome.end(TERMINATED, output=json.dumps(last["Input"]))
            return True
        if last["EventType"] == ev.EXECUTION_SUSPENDED:
            outcome.status = SUSPENDED
            return True
        return False

    def _decide(self, outcome: Outcome, history: History) -> None:
        instance = outcome.instance
        body = context_json(
            history.texts,
            outcome.texts,
            instance_id=instance.id,
            input_json=instance.input,
            parent_id=instance.parent.instance if instance.parent else None,
        )
        state = self._call(instance, body)
        self._take_custom_status(outcome, state)
        replay = _replay(instance, state, [*history.events, *outcome.events])
        outcome.cancelled = replay.cancelled
        decisions = sorted(replay.decisions.values(), key=lambda decision: decision.id)
        for decision in decisions:
            self._check(instance, decision)
        outcome.decisions = decisions
        for decision in decisions:
            outcome.add(_decision_event(decision, outcome.now))
        self._warn_of_long_timers(instance, outcome, state)
        self._conclude(outcome, state, replay)

    def _call(self, instance: Instance, body: str) -> dict[str, Any]:
        state = self._call_once(instance, body)
        if self._replay_twice:
            again = self._call_once(instance, body)
            if again != state:
                self._warnings.add(instance.id, "replay-differs", "Two replays of one history differ.")
                raise EpisodeFailure(
                    "Non-Deterministic workflow detected: two replays of the same history gave different "
                    f"results: {ev.dumps(state)} and {ev.dumps(again)}."
                )
        return state

    def _call_once(self, instance: Instance, body: str) -> dict[str, Any]:
        try:
            text = self._functions.run_orchestrator(instance.name, body)
        except Exception as error:
            # The SDK hides its state in the message (extension: OutOfProcExceptionHelpers).
            _, mark, text = str(error).rpartition(FAILURE_MARK)
            if not mark:
                raise EpisodeFailure(f"Orchestrator function '{instance.name}' failed: {error}") from error
        try:
            state = json.loads(text)
        except ValueError as error:
            raise EpisodeFailure(
                f"Orchestrator function '{instance.name}' failed: "
                "Out of proc orchestrators must return a valid JSON schema"
            ) from error
        if not isinstance(state, dict) or not {"actions", "isDone"} <= state.keys():
            raise EpisodeFailure(
                f"Orchestrator function '{instance.name}' failed: "
                "The data returned by the out-of-process function execution was not valid json."
            )
        return state

    def _take_custom_status(self, outcome: Outcome, state: dict[str, Any]) -> None:
        if state.get("customStatus") is None:
            return
        outcome.custom_status = ev.dumps(state["customStatus"])
        if len(outcome.custom_status.encode("utf-16-le")) > CUSTOM_STATUS_BYTES:
            outcome.custom_status = outcome.instance.custom_status
            raise EpisodeFailure(
                f"Orchestrator function '{outcome.instance.name}' failed: The size of the JSON-serialized "
                "payload must not exceed 16 KB of UTF-16 encoded text."
            )

    def _check(self, instance: Instance, decision: Decision) -> None:
        name = decision.name
        texts = (name, decision.instance, decision.version, decision.input)
        if not all(ev.is_storable(text) for text in texts if isinstance(text, str)):
            raise EpisodeFailure(f"Orchestrator function '{instance.name}' failed: a text is not Unicode.")
        if decision.kind == ev.TASK_SCHEDULED and name != HTTP_ACTIVITY:
            known, kind = self._functions.has_activity(name), "an activity"
        elif decision.kind == ev.SUB_CREATED:
            known, kind = self._functions.has_orchestrator(name), "an orchestrator"
        else:
            _check_recipient(instance, decision)
            return
        if decision.kind == ev.SUB_CREATED and (decision.instance or "").startswith("@"):
            raise EpisodeFailure(
                f"Orchestrator function '{instance.name}' failed: "
                "Sub-orchestration instance ids must not start with @."
            )
        if not known:
            raise EpisodeFailure(
                f"Orchestrator function '{instance.name}' failed: The function '{name}' doesn't exist, is "
                f"disabled, or is not {kind} function."
            )
        self._warnings.payload(instance.id, f"The input of '{name}'", decision.input)

    def _conclude(self, outcome: Outcome, state: dict[str, Any], replay: Replay) -> None:
        instance, error = outcome.instance, state.get("error")
        if not error and not state["isDone"]:
            return
        if replay.open or not replay.finished:
            self._warn_of_open_tasks(instance, replay)
            return
        event_id = replay.next_id
        if replay.unheard:
            names = ", ".join(f"'{name}'" for name in replay.unheard)
            self._warnings.add(instance.id, "event-unheard", f"Ended without ever waiting for event {names}.")
        if error:
            reason = f"Orchestrator function '{instance.name}' failed: {error}"
            outcome.fail(reason, f"Message: {error}", event_id=event_id)
        elif replay.continue_as_new is not None:
            outcome.next_input = _as_input(replay.continue_as_new.get("input"))
            outcome.carried_over = replay.carried_over
            outcome.end(CONTINUED_AS_NEW, output=outcome.next_input, event_id=event_id)
        else:
            output = state.get("output")
            outcome.end(COMPLETED, output=None if output is None else ev.dumps(output), event_id=event_id)
            self._warnings.payload(instance.id, "The output", outcome.output)

    def _warn_of_open_tasks(self, instance: Instance, replay: Replay) -> None:
        losers = replay.losers
        for timer in losers:
            message = (
                f"Losing {timer.describe()} was not cancelled; it keeps the instance running until then."
            )
            self._warnings.add(instance.id, "timer-not-cancelled", message)
        others = [d.describe() for d in replay.open.values() if d not in losers]
        if not others and not losers:
            others = ["an external event or entity call that is awaited"]
        if others:
            message = f"The orchestrator returned while still open: {', '.join(others)}. It stays Running."
            self._warnings.add(instance.id, "returned-with-open-tasks", message)

    def _warn_of_long_timers(self, instance: Instance, outcome: Outcome, state: dict[str, Any]) -> None:
        if not any(decision.kind == ev.TIMER_CREATED for decision in outcome.decisions):
            return
        first_segment = ev.wire_time(ev.parse_wire_time(outcome.now) + LONG_TIMER_SEGMENT)
        if any(_is_long_timer(action, first_segment) for action in _actions(state)):
            message = (
                "A timer of more than 6 days: steps behind it wait for the end of its 3-day segments and "
                "it cannot be cancelled. Loop over timers of at most 5 days instead."
            )
            self._warnings.add(instance.id, "long-timer", message)


def _check_recipient(instance: Instance, decision: Decision) -> None:
    if decision.kind != ev.EVENT_SENT:
        return
    try:
        split_entity_id(decision.instance or "")
    except BadRequest as error:
        raise EpisodeFailure(f"Orchestrator function '{instance.name}' failed: {error}") from error


def _replay(instance: Instance, state: dict[str, Any], history: list[ev.Event]) -> Replay:
    replay = Replay(_actions(state), execution=instance.execution)
    try:
        replay.run(history)
    except NonDeterministicError as error:
        raise EpisodeFailure(str(error)) from error
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise EpisodeFailure(
            f"Orchestrator function '{instance.name}' failed: malformed actions: {error!r}"
        ) from error
    return replay


def _actions(state: dict[str, Any]) -> list[Action]:
    actions: list[Action] = state["actions"][0] if state["actions"] else []
    return actions


def _as_input(value: Any) -> str:
    # The action carries the input as JSON text; ExecutionStarted.Input encodes that text once more.
    return json.dumps(value)


def _is_long_timer(action: Action, first_segment: str) -> bool:
    """Whether the SDK made this action of a LongTimerTask: a WhenAll of one timer, three days away."""
    if action["actionType"] not in (WHEN_ALL, WHEN_ANY):
        return False
    children = action["compoundActions"]
    if action["actionType"] == WHEN_ALL and len(children) == 1 and children[0]["actionType"] == CREATE_TIMER:
        return bool(ev.wire_time(ev.parse_wire_time(children[0]["fireAt"])) == first_segment)
    return any(_is_long_timer(child, first_segment) for child in children)


def context_json(
    old: Sequence[str],
    new: Sequence[str],
    *,
    instance_id: str,
    input_json: str | None,
    parent_id: str | None,
) -> str:
    """Make the body of an orchestrator call from the texts of past and new events (extension:
    OrchestrationTriggerAttributeBindingProvider).
    """
    past = ",".join(old)
    history = ",".join([*([past] if past else []), *map(ev.as_new, new)])
    return (
        f'{{"history":[{history}],"input":{input_json or "null"},"instanceId":{json.dumps(instance_id)},'
        f'"isReplaying":{"true" if past else "false"},"parentInstanceId":{json.dumps(parent_id)},'
        f"{_CONTEXT_TAIL}"
    )


def _decision_event(decision: Decision, now: str) -> ev.Event:
    kind = decision.kind
    if kind == ev.TIMER_CREATED:
        return ev.new_event(kind, now, decision.id, FireAt=decision.fire_at)
    if kind == ev.TASK_SCHEDULED:
        # An activity takes an array of arguments; ours is the one JSON text.
        text = ev.dumps([decision.input])
        return ev.new_event(kind, now, decision.id, Name=decision.name, Version="", Input=text)
    if kind == ev.SUB_CREATED:
        return ev.new_event(
            kind,
            now,
            decision.id,
            Name=decision.name,
            Version=decision.version or "",
            InstanceId=decision.instance,
            Input=_as_input(decision.input),
        )
    return ev.new_event(
        kind, now, decision.id, InstanceId=decision.instance, Name="op", Input=_request_message(decision)
    )


def _request_message(decision: Decision) -> str:
    message: dict[str, Any] = {
        "op": decision.name,
        "signal": decision.request_id is None,
        "input": None if decision.input is None else json.dumps(decision.input),
    }
    if decision.request_id is not None:
        message["id"] = decision.request_id
    if decision.fire_at is not None:
        message["due"] = decision.fire_at
    return ev.dumps(message)
