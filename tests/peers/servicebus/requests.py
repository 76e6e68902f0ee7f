"""Requests to `$cbs` and to an entity's `$management` node: tokens, peeking, locks."""

import uuid
from typing import Any

from proton import Message, int32, timestamp

from tests.peers.servicebus.entities import BusError, Queue
from tests.peers.servicebus.wire import handed_out, instant

MOST_PEEKED = 3
"""The service answers with fewer than were asked for when it likes."""


def put_token(request: Message, tokens: list[str]) -> Message:
    """Take any token (OASIS, Claims-Based Security 1.0)."""
    tokens.append(str(request.body))
    return _answer(request, 202)


def obey(request: Message, queue: Queue) -> Message:
    """Do what a request-response operation of Service Bus asks."""
    operation = str((request.properties or {})["operation"])
    body: dict[str, Any] = request.body or {}
    try:
        answer = _OPERATIONS[operation](queue, body)
    except BusError as error:
        return _answer(request, 410, condition=error.condition, description=error.description)
    return _answer(request, 200 if answer is not None else 204, answer)


def _peek(queue: Queue, body: dict[str, Any]) -> dict[str, Any] | None:
    asked = int(body["message-count"])
    found = queue.peek(int(body["from-sequence-number"]), min(asked, MOST_PEEKED))
    if not found:
        return None
    return {"messages": [{"message": handed_out(entry, queue.name)} for entry in found]}


def _renew(queue: Queue, body: dict[str, Any]) -> dict[str, Any]:
    tokens = [uuid.UUID(str(token)) for token in body["lock-tokens"].elements]
    expirations: list[timestamp] = [instant(queue.renew(token)) for token in tokens]
    return {"expirations": expirations}


def _settle(queue: Queue, body: dict[str, Any]) -> dict[str, Any]:
    status = str(body["disposition-status"])
    for token in (uuid.UUID(str(each)) for each in body["lock-tokens"].elements):
        if status == "completed":
            queue.complete(token)
        elif status == "abandoned":
            queue.abandon(token)
        else:
            queue.bury(token, str(body["deadletter-reason"]), str(body["deadletter-description"]))
    return {}


_OPERATIONS = {
    "com.microsoft:peek-message": _peek,
    "com.microsoft:renew-lock": _renew,
    "com.microsoft:update-disposition": _settle,
}


def _answer(
    request: Message,
    status: int,
    body: dict[str, Any] | None = None,
    *,
    condition: str = "",
    description: str = "",
) -> Message:
    said: dict[str, Any] = {"statusCode": int32(status), "statusDescription": description}
    said |= {"status-code": int32(status), "status-description": description}  # as $cbs calls them
    if condition:
        said["errorCondition"] = condition
    return Message(correlation_id=request.id, properties=said, body=body if body is not None else {})
