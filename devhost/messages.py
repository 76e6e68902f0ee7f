"""A Service Bus message as the host keeps it, and as the trigger's converter wants it."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from azure.functions.meta import Datum

from devhost.bindings import SERVICE_BUS
from devhost.converters import decode

LOCK = timedelta(minutes=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Properties:
    """What a sender may say about a message."""

    message_id: str = ""
    correlation_id: str | None = None
    session_id: str | None = None
    label: str | None = None
    content_type: str | None = None
    reply_to: str | None = None
    reply_to_session_id: str | None = None
    to: str | None = None
    partition_key: str | None = None
    time_to_live: timedelta | None = None
    scheduled_enqueue_time: datetime | None = None
    application: Mapping[str, Any] = field(default_factory=dict)

    def with_id(self) -> "Properties":
        """Return the same with a message id, made up when the sender gave none."""
        return self if self.message_id else replace(self, message_id=uuid.uuid4().hex)


@dataclass(frozen=True, slots=True)
class Message:
    """A message in a queue or subscription."""

    sequence: int
    entity: str
    body: bytes
    properties: Properties
    enqueued: datetime
    delivery_count: int = 0
    dead_reason: str | None = None
    dead_description: str | None = None

    @property
    def expires(self) -> datetime | None:
        """Return when the message lapses, or None."""
        life = self.properties.time_to_live
        return None if life is None else self.enqueued + life


def single(message: Message, now: datetime) -> Any:
    """Build the azure.functions.ServiceBusMessage of one message."""
    metadata = {name: _datum(value) for name, value in _metadata(message, now).items() if value is not None}
    return decode(SERVICE_BUS, Datum(message.body, "bytes"), metadata)


def batch(messages: Sequence[Message], now: datetime) -> Any:
    """Build the list that a trigger with cardinality 'many' is handed."""
    rows = [_metadata(message, now) for message in messages]
    metadata = {f"{name}Array": Datum(json.dumps([row[name] for row in rows]), "json") for name in rows[0]}
    bodies = SimpleNamespace(bytes=[message.body for message in messages])
    return decode(SERVICE_BUS, Datum(bodies, "collection_bytes"), metadata)


def _metadata(message: Message, now: datetime) -> dict[str, Any]:
    said = message.properties
    return {
        "MessageId": said.message_id,
        "CorrelationId": said.correlation_id,
        "SessionId": said.session_id,
        "Label": said.label,
        "Subject": said.label,
        "ContentType": said.content_type,
        "ReplyTo": said.reply_to,
        "ReplyToSessionId": said.reply_to_session_id,
        "To": said.to,
        "PartitionKey": said.partition_key,
        "DeliveryCount": message.delivery_count,
        "SequenceNumber": message.sequence,
        "EnqueuedSequenceNumber": message.sequence,
        "EnqueuedTimeUtc": _instant(message.enqueued),
        "ExpiresAtUtc": _instant(message.expires),
        "ScheduledEnqueueTimeUtc": _instant(said.scheduled_enqueue_time),
        "LockedUntil": _instant(now + LOCK),
        "LockToken": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{message.entity}/{message.sequence}")),
        "TimeToLive": _span(said.time_to_live),
        "DeadLetterReason": message.dead_reason,
        "DeadLetterErrorDescription": message.dead_description,
        "ApplicationProperties": dict(said.application),
        "UserProperties": dict(said.application),
    }


def _datum(value: Any) -> Datum:
    if isinstance(value, dict):
        return Datum(json.dumps(value), "json")
    return Datum(value, "int" if isinstance(value, int) else "string")


def _instant(value: datetime | None) -> str | None:
    return None if value is None else value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _span(value: timedelta | None) -> str | None:
    # The SDK reads no more than hours, minutes and seconds.
    if value is None or value >= _DAY:
        return None
    seconds = int(value.total_seconds())
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def to_json(properties: Properties) -> str:
    """Write properties for the store."""
    raw = {name: getattr(properties, name) for name in _TEXTS}
    raw["application"] = dict(properties.application)
    raw["time_to_live"] = properties.time_to_live.total_seconds() if properties.time_to_live else None
    due = properties.scheduled_enqueue_time
    raw["scheduled_enqueue_time"] = due.isoformat() if due else None
    return json.dumps({name: value for name, value in raw.items() if value not in (None, {}, "")})


def from_json(text: str) -> Properties:
    """Read properties back from the store."""
    raw = json.loads(text)
    if "time_to_live" in raw:
        raw["time_to_live"] = timedelta(seconds=raw["time_to_live"])
    if "scheduled_enqueue_time" in raw:
        raw["scheduled_enqueue_time"] = datetime.fromisoformat(raw["scheduled_enqueue_time"])
    return Properties(**raw)


_TEXTS = (
    "message_id",
    "correlation_id",
    "session_id",
    "label",
    "content_type",
    "reply_to",
    "reply_to_session_id",
    "to",
    "partition_key",
)
