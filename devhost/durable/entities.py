"""Entities: batches of operations, one at a time per key, and the answers to those who called."""

import json
import logging
from dataclasses import dataclass
from typing import Any

from devhost.contracts import DurableFunctions, FunctionError
from devhost.durable import events as ev
from devhost.durable.errors import BadRequest
from devhost.durable.models import EntityOp
from devhost.durable.warnings import WarningLog

log = logging.getLogger("devhost.durable")


@dataclass(frozen=True, slots=True)
class EntityOutcome:
    """What a batch leads to: the new state and one answer per operation, in their order."""

    exists: bool
    state: str | None
    answers: list[str]


def entity_id(name: str, key: str) -> str:
    """Write an entity's id as the extension does. Raises BadRequest for an empty part."""
    if not name or not key:
        raise BadRequest("Entity name and key must not be empty.")
    if not ev.is_storable(name + key):
        raise BadRequest("Entity name and key must be Unicode.")
    return f"@{name.lower()}@{key}"


def split_entity_id(identifier: str) -> tuple[str, str]:
    """Take `@name@key` apart. Raises BadRequest when it is not of that form."""
    empty, _, rest = identifier.partition("@")
    name, at, key = rest.partition("@")
    if empty or not name or not at:
        raise BadRequest(f"'{identifier}' is no entity id of the form @name@key.")
    return name, key


def run_batch(
    functions: DurableFunctions,
    warnings: WarningLog,
    identifier: str,
    ops: list[EntityOp],
    current: tuple[bool, str | None],
) -> EntityOutcome:
    """Run a batch over the entity's current (existence, state)."""
    name, key = split_entity_id(identifier)
    exists, state = current
    if not functions.has_entity(name):
        return _failed(warnings, identifier, ops, current, f"The entity function '{name}' doesn't exist.")
    batch = [{"name": op.name, "input": op.input, "isSignal": op.is_signal} for op in ops]
    body = {"self": {"name": name, "key": key}, "exists": exists, "state": state, "batch": batch}
    try:
        text = functions.run_entity(name, ev.dumps(body))
    except FunctionError as error:
        return _failed(warnings, identifier, ops, current, f"{error.type_name}: {error.message}")
    except Exception as error:
        log.exception("The host could not run entity '%s'.", identifier)
        return _failed(warnings, identifier, ops, current, f"{type(error).__name__}: {error}")
    response = _parse(text, len(ops))
    if response is None:
        return _failed(warnings, identifier, ops, current, "The entity's response is not of the known form.")
    results = response["results"]
    for op, result in zip(ops, results, strict=True):
        if result["isError"] and op.is_signal:
            message = f"Operation '{op.name}' failed and nobody hears of it: {result['result']}"
            warnings.add(identifier, "signal-failed", message)
    state_now = response.get("entityState") if response["entityExists"] else None
    return EntityOutcome(response["entityExists"], state_now, [_answer(result) for result in results])


def _parse(text: str, expected: int) -> dict[str, Any] | None:
    """Read the SDK's response, or None when it is not one result per operation and a state."""
    try:
        response = json.loads(text)
        valid = isinstance(response["entityExists"], bool) and len(response["results"]) == expected
        valid = valid and all({"result", "isError"} <= result.keys() for result in response["results"])
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return response if valid else None


def _answer(result: dict[str, Any]) -> str:
    answer = {"result": result["result"]}
    if result["isError"]:
        answer["exceptionType"] = "Error"
    return ev.dumps(answer)


def _failed(
    warnings: WarningLog, identifier: str, ops: list[EntityOp], current: tuple[bool, str | None], reason: str
) -> EntityOutcome:
    warnings.add(identifier, "entity-failed", reason)
    answer = ev.dumps({"result": json.dumps(reason), "exceptionType": "Error"})
    return EntityOutcome(*current, [answer] * len(ops))
