"""What the durable plans left behind: actions and history, counted in the stored histories."""

from collections.abc import Sequence
from typing import Any

from devhost.durable.events import EVENT_SENT, SUB_CREATED, TASK_SCHEDULED, TIMER_CREATED

ACTIONS = frozenset({TASK_SCHEDULED, SUB_CREATED, TIMER_CREATED, EVENT_SENT})


def summary(plans: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return id, name, number of durable actions and of history events of every plan."""
    return [
        {
            "id": plan["id"],
            "name": plan["name"],
            "durable_actions": sum(event["EventType"] in ACTIONS for event in plan["history"]),
            "history_events": len(plan["history"]),
        }
        for plan in plans
    ]
