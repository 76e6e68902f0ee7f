"""Recorded histories, made ready to be replayed by tests: over every prefix, anywhere, without an engine."""

from collections.abc import Iterator

from devhost.durable import events as ev
from devhost.durable.episode import context_json


def contexts(history: list[ev.Event]) -> Iterator[str]:
    """Yield the context JSON with which the orchestrator was called in each episode of a raw history.

    Given to the handler again, they must always yield the same actions; each list begins with the last.
    """
    started = next(event for event in history if event["EventType"] == ev.EXECUTION_STARTED)
    parent = started.get("ParentInstance")
    for begin, event in enumerate(history):
        if event["EventType"] != ev.ORCHESTRATOR_STARTED:
            continue
        end = _end_of_inbox(history, begin)
        yield context_json(
            [ev.dumps(old) for old in history[:begin]],
            [ev.dumps(new) for new in history[begin:end]],
            instance_id=started["OrchestrationInstance"]["InstanceId"],
            input_json=started["Input"],
            parent_id=parent["OrchestrationInstance"]["InstanceId"] if parent else None,
        )


def _end_of_inbox(history: list[ev.Event], begin: int) -> int:
    """Return where what came in ends and what was decided begins."""
    end = begin + 1
    while end < len(history) and history[end]["EventType"] in ev.INCOMING:
        end += 1
    return end
