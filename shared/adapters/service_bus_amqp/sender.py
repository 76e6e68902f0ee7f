"""Events to a topic, in batches as large as the service takes them.

Repeating is safe: a topic with duplicate detection drops what comes again under the same MessageId.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared.adapters.bus_messages import CONTENT_TYPE, session_of
from shared.adapters.per_loop import PerLoop
from shared.adapters.service_bus_amqp.namespace import BusNamespace, hang_up
from shared.errors import Unavailable
from shared.ports.events import CloudEvent

if TYPE_CHECKING:
    from azure.servicebus import ServiceBusMessage, ServiceBusMessageBatch

    from shared.adapters.service_bus_amqp.sdk import Sender

ATTEMPT_SECONDS = 8
"""For one batch, opening included. A batch has at most two attempts."""


@dataclass(slots=True)
class _Line:
    """What one event loop sends over; its sender is opened once and kept."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    sender: "Sender | None" = None


class ServiceBusAmqp:
    """`shared.ports.events.EventBus` for Azure Service Bus."""

    def __init__(
        self, namespace: BusNamespace, topic: str, *, attempt_seconds: float = ATTEMPT_SECONDS
    ) -> None:
        self._namespace = namespace
        self._topic = topic
        self._attempt_seconds = attempt_seconds
        self._lines = PerLoop(_Line)

    async def publish(self, events: Sequence[CloudEvent]) -> None:
        """Send `events` in order, batch after batch. Raises Unavailable; some may have been sent then."""
        line = self._lines.here()
        async with line.lock:
            waiting = list(events)
            while waiting:
                waiting = waiting[await self._send_some(line, waiting) :]

    async def close(self) -> None:
        """Release this event loop's connection; the next event opens anew."""
        line = self._lines.take()
        if line is not None:
            await _drop(line)
        await self._namespace.close()

    async def _send_some(self, line: _Line, events: Sequence[CloudEvent]) -> int:
        """Send as many of `events` as one batch takes; return how many."""
        was_open = line.sender is not None
        try:
            return await self._attempt(line, events)
        except Unavailable:
            if not was_open:
                raise
        # the service ends links that were idle for ten minutes, and says so to the next message
        return await self._attempt(line, events)

    async def _attempt(self, line: _Line, events: Sequence[CloudEvent]) -> int:
        with self._namespace.asked_to("take the events"):
            try:
                async with asyncio.timeout(self._attempt_seconds):
                    sender = line.sender = line.sender or self._namespace.sender(self._topic)
                    batch = await _filled(sender, events)
                    await sender.send_messages(batch)
            except BaseException:
                await _drop(line)
                raise
        return len(batch)


async def _drop(line: _Line) -> None:
    """Let go of a sender; of one that failed, nobody knows what its connection still delivers."""
    sender, line.sender = line.sender, None
    if sender is not None:
        await hang_up(sender)


async def _filled(sender: "Sender", events: Sequence[CloudEvent]) -> "ServiceBusMessageBatch":
    """Open the sender, and fill a batch of the size that the service then names."""
    from azure.servicebus.exceptions import MessageSizeExceededError

    batch = await sender.create_message_batch()
    for event in events:
        try:
            batch.add_message(_message(event))
        except MessageSizeExceededError:
            if len(batch) == 0:
                raise Unavailable(f"The event bus takes no message as large as event '{event.id}'.") from None
            break
    return batch


def _message(event: CloudEvent) -> "ServiceBusMessage":
    from azure.servicebus import ServiceBusMessage

    return ServiceBusMessage(
        event.model_dump_json().encode(),
        message_id=event.id,
        subject=event.type,
        correlation_id=event.subject,
        session_id=session_of(event),
        content_type=CONTENT_TYPE,
    )
