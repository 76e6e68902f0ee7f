"""The Service Bus REST send API, and the dead letters, under `/devhost/servicebus`."""

import base64
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from aiohttp import web

from devhost.errors import BadMessageError, UnknownEntityError
from devhost.guard import problem
from devhost.messages import Message, Properties
from devhost.servicebus import ServiceBus

BATCH = "application/vnd.microsoft.servicebus.json"

# Everything else a sender puts into the headers is a property of the message.
_HTTP_NAMES = """
    accept accept-encoding accept-language accept-charset authorization brokerproperties cache-control
    connection content-encoding content-length content-type cookie date expect forwarded from host
    keep-alive origin pragma proxy-connection referer te trailer transfer-encoding upgrade
    upgrade-insecure-requests user-agent via x-forwarded-for x-forwarded-host x-forwarded-proto
    x-ms-retrypolicy servicebusauthorization servicebussupplementaryauthorization
"""
_HTTP_HEADERS = frozenset(_HTTP_NAMES.split())
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_SPAN = re.compile(r"(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})(?:\.\d+)?")


def add_bus_routes(app: web.Application, bus: ServiceBus) -> None:
    """Mount the send API and the dead letters."""

    async def send(request: web.Request) -> web.Response:
        entity = request.match_info["entity"]
        body = await request.read()
        try:
            messages = _batch(body) if request.content_type == BATCH else [(body, _from_headers(request))]
            bus.send_many(entity, messages)
        except UnknownEntityError as error:
            return problem(410, str(error))
        except BadMessageError as error:
            return problem(400, str(error))
        return web.Response(status=201)

    async def counts(_: web.Request) -> web.Response:
        listed = {
            name: {"active": item.active, "scheduled": item.scheduled, "dead": item.dead}
            for name, item in bus.counts().items()
        }
        return web.json_response({"entities": listed})

    async def dead(request: web.Request) -> web.Response:
        letters = bus.dead_letters(request.query.get("entity"))
        return web.json_response({"deadLetters": [_letter(letter) for letter in letters]})

    async def resubmit(request: web.Request) -> web.Response:
        sequence = int(request.match_info["sequence"])
        if not bus.resubmit(sequence):
            return problem(404, f"there is no dead letter {sequence}")
        return web.json_response({"sequence": sequence, "resubmitted": True})

    app.router.add_get("/devhost/servicebus", counts)
    app.router.add_get("/devhost/servicebus/deadletters", dead)
    app.router.add_post(r"/devhost/servicebus/deadletters/{sequence:[0-9]{1,18}}/resubmit", resubmit)
    app.router.add_post("/devhost/servicebus/{entity:.+}/messages", send)


def _from_headers(request: web.Request) -> Properties:
    text = request.headers.get("BrokerProperties", "{}")
    custom = {
        name: _header_value(value)
        for name, value in request.headers.items()
        if name.lower() not in _HTTP_HEADERS and not name.lower().startswith("sec-")
    }
    return _properties(_object(text, "BrokerProperties"), custom, request.headers.get("Content-Type"))


def _header_value(text: str) -> Any:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        try:
            return json.loads(text)
        except ValueError:
            return text[1:-1]
    if text in ("true", "false"):
        return text == "true"
    return json.loads(text) if _NUMBER.fullmatch(text) and not text.lstrip("-").startswith("00") else text


def _object(value: Any, name: str) -> Mapping[str, Any]:
    try:
        parsed = json.loads(value) if isinstance(value, str | bytes) else value
    except ValueError as error:
        raise BadMessageError(f"{name} is not JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise BadMessageError(f"{name} must be a JSON object")
    return parsed


def _batch(body: bytes) -> list[tuple[bytes, Properties]]:
    try:
        items = json.loads(body)
    except ValueError as error:
        raise BadMessageError(f"the batch is not JSON: {error}") from error
    if not isinstance(items, list):
        raise BadMessageError("a batch is a JSON array of messages")
    return [_item(item) for item in items]


def _utf8(text: str, name: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise BadMessageError(f"{name} holds half of a character (a lone surrogate)") from error


def _item(item: Any) -> tuple[bytes, Properties]:
    message = _object(item, "a message of the batch")
    content = message.get("Body")
    if not isinstance(content, str):
        raise BadMessageError("a message of the batch needs a Body of text")
    broker = _object(message.get("BrokerProperties") or {}, "BrokerProperties")
    custom = _object(message.get("UserProperties") or {}, "UserProperties")
    return _utf8(content, "Body"), _properties(broker, custom, None)


def _properties(broker: Mapping[str, Any], custom: Mapping[str, Any], content_type: str | None) -> Properties:
    session, partition = _text(broker, "SessionId"), _text(broker, "PartitionKey")
    if session and partition and session != partition:
        raise BadMessageError("SessionId and PartitionKey must be the same when both are set")
    return Properties(
        message_id=_text(broker, "MessageId") or "",
        correlation_id=_text(broker, "CorrelationId"),
        session_id=session,
        label=_text(broker, "Label"),
        content_type=_text(broker, "ContentType") or content_type,
        reply_to=_text(broker, "ReplyTo"),
        reply_to_session_id=_text(broker, "ReplyToSessionId"),
        to=_text(broker, "To"),
        partition_key=partition,
        time_to_live=_life(broker),
        scheduled_enqueue_time=_moment(broker.get("ScheduledEnqueueTimeUtc")),
        application=dict(custom),
    )


def _text(broker: Mapping[str, Any], name: str) -> str | None:
    value = broker.get(name)
    if value is None:
        return None
    if isinstance(value, dict | list | bool):
        raise BadMessageError(f"{name} must be text")
    _utf8(str(value), name)
    return str(value)


def _life(broker: Mapping[str, Any]) -> timedelta | None:
    span = broker.get("TimeToLiveTimeSpan")
    if isinstance(span, str) and (match := _SPAN.fullmatch(span)):
        days, hours, minutes, seconds = (int(group or 0) for group in match.groups())
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    value = broker.get("TimeToLive")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise BadMessageError("TimeToLive must be a number of seconds above zero")
    # Azure's own default, "for ever", is a number no calendar holds.
    return timedelta(seconds=value) if value < timedelta(days=36500).total_seconds() else None


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        moment = parsedate_to_datetime(value) if "," in value else datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError) as error:
        raise BadMessageError(
            f"ScheduledEnqueueTimeUtc '{value}' is no instant: write it as in "
            f"'Thu, 07 May 2026 09:00:00 GMT' or '2026-05-07T09:00:00Z'"
        ) from error


def _letter(letter: Message) -> dict[str, Any]:
    said = letter.properties
    return {
        "sequence": letter.sequence,
        "entity": letter.entity,
        "messageId": said.message_id,
        "correlationId": said.correlation_id,
        "sessionId": said.session_id,
        "label": said.label,
        "deliveryCount": letter.delivery_count,
        "reason": letter.dead_reason,
        "description": letter.dead_description,
        "enqueued": letter.enqueued.isoformat().replace("+00:00", "Z"),
        "applicationProperties": dict(said.application),
        **_body(letter.body),
    }


def _body(body: bytes) -> dict[str, str]:
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"bodyBase64": base64.b64encode(body).decode()}
