"""Replays kept histories: what would a plan of today do, had it lived through them?

Run as a program it prints a digest of every action of every episode of every history, as JSON; the argument
shifts the wall clock by so many seconds.
"""

import copy
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import azure.durable_functions as df
import azure.functions as func

from devhost.durable import events as ev
from devhost.durable.events import Event
from devhost.durable.recorded import contexts
from devhost.durable.replay import NonDeterministicError, Replay
from tests.replay.recorded import AGAIN, Recorded, load

Action = dict[str, Any]
Plan = Callable[[df.DurableOrchestrationContext], Any]
SCHEDULED = (ev.TASK_SCHEDULED, ev.SUB_CREATED, ev.TIMER_CREATED)


class BreaksRunningInstances(AssertionError):
    """A plan no longer does what its running instances did; the message says where, and what to do."""

    def __init__(self, recorded: Recorded, episode: int, what: str) -> None:
        super().__init__(
            f"{recorded.plan} has changed in a way that breaks the instances that are running now.\n"
            f"  history {recorded.name}, episode {episode}: {what}\n"
            f"  Give the changed plan a new name beside the old one, and let new instances start as that.\n"
            f"  Only if none of the old kind runs anywhere: record anew with {AGAIN}"
        )


@dataclass(frozen=True, slots=True)
class Episode:
    """One waking of a plan: what it said it wants done, and whether it ended, with what."""

    actions: list[Action]
    done: bool
    output: Any


def plans() -> dict[str, Plan]:
    """The plans of today by name."""
    from orchestrators.blueprint import PLANS

    return {plan.__name__: plan for plan in PLANS}


def episodes(plan: Plan, history: list[Event]) -> Iterator[Episode]:
    """Wake the plan as it was woken when the history came about."""
    handle = df.Orchestrator.create(plan)
    for context in contexts(history):
        state = json.loads(handle(func.OrchestrationContext(context)))
        yield Episode(state["actions"][0], state["isDone"], state.get("output"))


def check(recorded: Recorded, plan: Plan) -> None:
    """Raise BreaksRunningInstances unless the plan still does in every episode what was recorded."""
    before: list[Action] = []
    ends = [
        n + 1 for n, event in enumerate(recorded.events) if event["EventType"] == ev.ORCHESTRATOR_COMPLETED
    ]
    try:
        for number, (episode, end) in enumerate(zip(episodes(plan, recorded.events), ends, strict=True), 1):
            _appends(recorded, number, before, episode.actions)
            _schedules(recorded, number, episode, recorded.events[:end])
            before = episode.actions
    except BreaksRunningInstances:
        raise
    except Exception as error:
        raise BreaksRunningInstances(recorded, len(before), f"it fails: {error}") from error
    _ends(recorded, len(ends), episode)


def _appends(recorded: Recorded, number: int, before: list[Action], after: list[Action]) -> None:
    """Actions are only ever added; that a timer is given up may become known later."""
    for old, new in zip(before, after, strict=False):
        if uncancelled(old) != uncancelled(new) or cancelled(old) > cancelled(new):
            raise BreaksRunningInstances(recorded, number, f"it did {said(old)} and would now do {said(new)}")
    if len(after) < len(before):
        raise BreaksRunningInstances(
            recorded, number, f"it would forget that it did {said(before[len(after)])}"
        )


def _schedules(recorded: Recorded, number: int, episode: Episode, events: list[Event]) -> None:
    """What the actions schedule is what stands in the history, with the same inputs and instants."""
    started = next(event for event in events if event["EventType"] == ev.EXECUTION_STARTED)
    replay = Replay(episode.actions, execution=started["OrchestrationInstance"]["ExecutionId"])
    wanted = _Wanted(replay)
    try:
        for event in events:
            if event["EventType"] in SCHEDULED:
                wanted.note(event)
            replay.run([event])
    except NonDeterministicError as error:
        raise BreaksRunningInstances(recorded, number, str(error)) from error
    for what in (
        *wanted.differences,
        *(f"it would also schedule {d.describe()}" for d in replay.decisions.values()),
    ):
        raise BreaksRunningInstances(recorded, number, what)


class _Wanted:
    """Compares what the history scheduled with what the replay decided, field by field."""

    def __init__(self, replay: Replay) -> None:
        self._replay = replay
        self.differences: list[str] = []

    def note(self, event: Event) -> None:
        """Compare one scheduled event with the decision of its number, before the replay takes it."""
        decision = self._replay.decisions.get(event["EventId"])
        if decision is None or decision.kind != event["EventType"]:
            return  # the replay says so itself, and better
        if event["EventType"] == ev.TIMER_CREATED:
            same = datetime.fromisoformat(str(decision.fire_at)) == datetime.fromisoformat(event["FireAt"])
            was = event["FireAt"]
        else:
            was = _innermost(event["Input"])
            same = _innermost(decision.input) == was and decision.instance in (None, event.get("InstanceId"))
        if not same:
            now = decision.fire_at or _innermost(decision.input)
            self.differences.append(f"{decision.describe()} was given {was} and would now get {now}")


def _innermost(encoded: Any) -> Any:
    """The value inside the layers of JSON in which actions and events wrap inputs, each its own way."""
    while isinstance(encoded, str):
        encoded = json.loads(encoded)
    return _innermost(encoded[0]) if isinstance(encoded, list) else encoded


def _ends(recorded: Recorded, number: int, last: Episode) -> None:
    completed = next(event for event in recorded.events if event["EventType"] == ev.EXECUTION_COMPLETED)
    if not last.done or last.output != json.loads(completed["Result"]):
        raise BreaksRunningInstances(
            recorded, number, f"it ended with {completed['Result']} and would now say {last.output}"
        )


def uncancelled(action: Action) -> Action:
    """The action without what may still change: whether its timers were given up."""
    clean = copy.deepcopy(action)
    for part in _parts(clean):
        part.pop("isCanceled", None)
    return clean


def cancelled(action: Action) -> int:
    """How many of its timers were given up."""
    return sum(bool(part.get("isCanceled")) for part in _parts(action))


def _parts(action: Action) -> Iterator[Action]:
    yield action
    for part in action.get("compoundActions", []):
        yield from _parts(part)


def said(action: Action) -> str:
    """Name an action for a person."""
    words = [
        str(part[key])
        for part in _parts(action)
        for key in ("functionName", "externalEventName", "fireAt", "input")
        if part.get(key)
    ]
    return " ".join(words) or str(action)


def digests() -> dict[str, str]:
    """Return one digest per history, of all that its plan does in all its episodes."""
    known = plans()
    result = {}
    for recorded in load():
        all_of_it = [
            [episode.actions, episode.done, episode.output]
            for episode in episodes(known[recorded.plan], recorded.events)
        ]
        result[recorded.name] = hashlib.sha256(json.dumps(all_of_it).encode()).hexdigest()
    return result


if __name__ == "__main__":
    from tests.replay.elsewhere import shift_clocks

    shift_clocks(float(sys.argv[1]))
    print(json.dumps(digests()))
