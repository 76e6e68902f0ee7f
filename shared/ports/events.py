"""The event bus port: CloudEvents 1.0 out of the outbox."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

from pydantic import Field

from shared.domain.model import Model
from shared.errors import TooLarge
from shared.ports.telemetry import traceparent


class CloudEvent(Model):
    """A CloudEvents 1.0 envelope in structured JSON mode; `id` is the bus's MessageId.

    `sequence` is the CloudEvents extension of that name: it orders the events of one partition of
    the outbox, and so those of one subject. `traceparent` is that of the extension for distributed tracing.
    """

    specversion: Literal["1.0"] = "1.0"
    id: str = Field(min_length=1, max_length=128)
    source: str = "uso"
    type: str = Field(min_length=1, max_length=80)
    subject: str = Field(min_length=1, max_length=200)
    time: datetime
    sequence: str = ""
    traceparent: str = Field(default="", max_length=55, exclude_if=lambda value: not value)
    datacontenttype: Literal["application/json"] = "application/json"
    data: dict[str, Any] = Field(default_factory=dict)


MAX_EVENT_BYTES = 64 * 1024
"""Of an event as JSON. Every tier of Service Bus takes 256 KB, so what could be stored can be sent."""
EVENT_TTL = 100 * 24 * 3600
"""Seconds that an event stays readable in its partition after it was sent.

Longer than a plan waits by default (an intent: 90 days): a restore starts every plan again by its event.
"""


def event_document(event: CloudEvent) -> tuple[str, Mapping[str, Any]]:
    """Return the id and body under which `event` is stored, beside the state that it announces.

    It takes along the trace in which it is stored, unless it has one already.
    Raises TooLarge: an event that no bus takes would hold up all that come after it.
    """
    event = event.model_copy(update={"traceparent": event.traceparent or traceparent()})
    if len(event.model_dump_json().encode()) > MAX_EVENT_BYTES:
        raise TooLarge(MAX_EVENT_BYTES)
    return f"event:{event.id}", {"kind": "event", "event": event.model_dump(mode="json")}


class EventBus(Protocol):
    """Where the outbox relay sends. At least once; consumers deduplicate by event id."""

    async def publish(self, events: Sequence[CloudEvent]) -> None:
        """Send `events` in order. Raises Unavailable; some may have been sent then."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...
