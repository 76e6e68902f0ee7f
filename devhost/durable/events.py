"""History events on the wire: their numbers, their texts, and how instants are written."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

Event = dict[str, Any]

EXECUTION_STARTED = 0
EXECUTION_COMPLETED = 1
EXECUTION_TERMINATED = 3
TASK_SCHEDULED = 4
TASK_COMPLETED = 5
TASK_FAILED = 6
SUB_CREATED = 7
SUB_COMPLETED = 8
SUB_FAILED = 9
TIMER_CREATED = 10
TIMER_FIRED = 11
ORCHESTRATOR_STARTED = 12
ORCHESTRATOR_COMPLETED = 13
EVENT_SENT = 14
EVENT_RAISED = 15
EXECUTION_SUSPENDED = 19
EXECUTION_RESUMED = 20

INCOMING = frozenset(
    {
        EXECUTION_STARTED,
        EXECUTION_TERMINATED,
        TASK_COMPLETED,
        TASK_FAILED,
        SUB_COMPLETED,
        SUB_FAILED,
        TIMER_FIRED,
        EVENT_RAISED,
        EXECUTION_SUSPENDED,
        EXECUTION_RESUMED,
    }
)

TYPE_NAMES = {
    EXECUTION_STARTED: "ExecutionStarted",
    EXECUTION_COMPLETED: "ExecutionCompleted",
    EXECUTION_TERMINATED: "ExecutionTerminated",
    TASK_SCHEDULED: "TaskScheduled",
    TASK_COMPLETED: "TaskCompleted",
    TASK_FAILED: "TaskFailed",
    SUB_CREATED: "SubOrchestrationInstanceCreated",
    SUB_COMPLETED: "SubOrchestrationInstanceCompleted",
    SUB_FAILED: "SubOrchestrationInstanceFailed",
    TIMER_CREATED: "TimerCreated",
    TIMER_FIRED: "TimerFired",
    ORCHESTRATOR_STARTED: "OrchestratorStarted",
    ORCHESTRATOR_COMPLETED: "OrchestratorCompleted",
    EVENT_SENT: "EventSent",
    EVENT_RAISED: "EventRaised",
    EXECUTION_SUSPENDED: "ExecutionSuspended",
    EXECUTION_RESUMED: "ExecutionResumed",
}

STATUS_NUMBERS = {"Completed": 1, "ContinuedAsNew": 2, "Failed": 3, "Terminated": 5}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PLAYED, _NEW = '"IsPlayed":true', '"IsPlayed":false'

dumps = json.JSONEncoder(separators=(",", ":")).encode


def new_event(event_type: int, timestamp: str, event_id: int = -1, **fields: Any) -> Event:
    """Make a history event, its four mandatory fields first."""
    event = {"EventType": event_type, "EventId": event_id, "IsPlayed": True, "Timestamp": timestamp}
    event.update(fields)
    return event


def as_new(text: str) -> str:
    """Turn the text of a stored event (always played) into that of one which is met for the first time."""
    return text.replace(_PLAYED, _NEW, 1)


def is_storable(text: str | None) -> bool:
    """Say whether a text is Unicode; half of a surrogate pair is not, and SQLite takes none."""
    try:
        (text or "").encode()
    except UnicodeEncodeError:
        return False
    return True


def wire_time(instant: datetime) -> str:
    """Write an instant as the extension does: UTC, microseconds, `Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def micros(instant: datetime) -> int:
    """Count the microseconds from 1970 to `instant`."""
    return (instant - _EPOCH) // _MICROSECOND


def from_micros(count: int) -> datetime:
    """Return the instant that many microseconds after 1970."""
    return _EPOCH + timedelta(microseconds=count)


def parse_wire_time(text: str) -> datetime:
    """Read an instant from an action or event. One without an offset is UTC, as the SDK writes them."""
    instant = datetime.fromisoformat(text)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
