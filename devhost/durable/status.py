"""Instances and histories as the public API shows them (extension: DurableOrchestrationStatus)."""

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from devhost.durable import events as ev
from devhost.durable.errors import BadRequest
from devhost.durable.models import Instance

Json = dict[str, Any]

PAGE_SIZE = 100
_INT64 = 2**63
_HIDDEN = frozenset({ev.ORCHESTRATOR_STARTED, ev.ORCHESTRATOR_COMPLETED})
_SCHEDULED = frozenset({ev.TASK_SCHEDULED, ev.SUB_CREATED, ev.TIMER_CREATED})


@dataclass(frozen=True, slots=True)
class Filters:
    """Which instances to list or purge. Empty means all."""

    created_from: datetime | None = None
    created_to: datetime | None = None
    statuses: frozenset[str] = frozenset()
    prefix: str = ""
    page_size: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list, and the token that leads to the next (None on the last)."""

    items: list[Json] = field(default_factory=list)
    continuation: str | None = None


def where(filters: Filters, continuation: str | None) -> tuple[str, list[Any]]:
    """Write filters as SQL with its parameters. Raises BadRequest for a token that is not ours."""
    terms, params = ["1"], list[Any]()
    if filters.created_from is not None:
        terms.append("created >= ?")
        params.append(ev.micros(filters.created_from))
    if filters.created_to is not None:
        terms.append("created <= ?")
        params.append(ev.micros(filters.created_to))
    if filters.statuses:
        terms.append(f"status IN ({', '.join('?' * len(filters.statuses))})")
        params.extend(sorted(filters.statuses))
    if filters.prefix:
        terms.append("substr(id, 1, ?) = ?")
        params.extend((len(filters.prefix), filters.prefix))
    if continuation:
        terms.append("(created, id) > (?, ?)")
        params.extend(_parse_token(continuation))
    return " AND ".join(terms), params


def token(instance: Instance) -> str:
    """Return the continuation token that leads past this instance."""
    return _encode([instance.created, instance.id])


def _parse_token(text: str) -> tuple[int, str]:
    match _decode(text):
        case [int(created), str(instance_id)] if abs(created) < _INT64 and ev.is_storable(instance_id):
            return created, instance_id
    raise BadRequest("The continuation token is not valid.")


def entity_token(identifier: str) -> str:
    """Return the continuation token that leads past this entity."""
    return _encode([identifier])


def parse_entity_token(text: str | None) -> str:
    """Return the entity id after which a list goes on. Raises BadRequest."""
    if not text:
        return ""
    match _decode(text):
        case [str(identifier)] if ev.is_storable(identifier):
            return identifier
    raise BadRequest("The continuation token is not valid.")


def _encode(parts: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


def _decode(text: str) -> Any:
    try:
        return json.loads(base64.urlsafe_b64decode(text.encode()))
    except (ValueError, RecursionError) as error:
        raise BadRequest("The continuation token is not valid.") from error


def status_json(instance: Instance, *, show_input: bool) -> Json:
    """Show an instance, without history."""
    return {
        "name": instance.name,
        "instanceId": instance.id,
        "runtimeStatus": instance.status,
        "input": _loads(instance.input) if show_input else None,
        "customStatus": _loads(instance.custom_status),
        "output": _loads(instance.output),
        "createdTime": _seconds(instance.created),
        "lastUpdatedTime": _seconds(instance.updated),
    }


def history_json(history: list[ev.Event], *, show_output: bool) -> list[Json]:
    """Show a history as the extension does: each completion together with what it completes."""
    scheduled = {event["EventId"]: event for event in history if event["EventType"] in _SCHEDULED}
    finished = {_task_of(event) for event in history}
    return [
        _shown(event, scheduled, show_output=show_output)
        for event in history
        if event["EventType"] not in _HIDDEN
        and not (event["EventType"] in _SCHEDULED and event["EventId"] in finished)
    ]


def _shown(event: ev.Event, scheduled: dict[int, ev.Event], *, show_output: bool) -> Json:
    shown: Json = {"EventType": ev.TYPE_NAMES[event["EventType"]], "Timestamp": event["Timestamp"]}
    origin = scheduled.get(_task_of(event))
    if origin is not None:
        shown["ScheduledTime"] = origin["Timestamp"]
    name = (origin or event).get("Name")
    if name is not None:
        raised = event["EventType"] in (ev.EVENT_RAISED, ev.EVENT_SENT)
        shown["Name" if raised else "FunctionName"] = name
    for key in ("FireAt", "Reason", "Details", "InstanceId"):
        if event.get(key) is not None:
            shown[key] = event[key]
    if event["EventType"] == ev.EXECUTION_COMPLETED:
        number = event["OrchestrationStatus"]
        shown["OrchestrationStatus"] = next(s for s, n in ev.STATUS_NUMBERS.items() if n == number)
    if show_output:
        for key in ("Input", "Result"):
            if event.get(key) is not None:
                shown[key] = _loads_leniently(event[key])
    return shown


def _task_of(event: ev.Event) -> int:
    key = "TimerId" if "TimerId" in event else "TaskScheduledId"
    return int(event[key]) if key in event else -1


def _loads(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _loads_leniently(text: str) -> Any:
    # The result of a failed instance and the reason of a termination are plain text.
    try:
        return json.loads(text)
    except ValueError:
        return text


def _seconds(count: int) -> str:
    return ev.from_micros(count).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def entity_json(identifier: str, state: str | None, touched: int, *, fetch_state: bool) -> Json:
    """Show an entity."""
    name, key = identifier[1:].split("@", 1)
    shown: Json = {"entityId": {"name": name, "key": key}, "lastOperationTime": _seconds(touched)}
    if fetch_state:
        shown["state"] = _loads(state)
    return shown
