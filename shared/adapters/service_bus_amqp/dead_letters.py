"""The dead letters of a namespace: peeked at without a lock, and sent to their topic again one by one.

The copy goes to every subscription of the topic; consumers do nothing about an event that they know.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Sequence
from typing import TYPE_CHECKING

from shared.adapters.bus_messages import event_id_of
from shared.adapters.service_bus_amqp.namespace import BusNamespace, hang_up
from shared.ports.dead_letters import DeadLetter

if TYPE_CHECKING:
    from azure.servicebus import ServiceBusMessage, ServiceBusReceivedMessage

    from shared.adapters.service_bus_amqp.sdk import Receiver, Sender

LIST_SECONDS = 15
REPLAY_SECONDS = 60
_AT_ONCE = 50
_WAIT_SECONDS = 5
"""For the next dead letters of which peeking told."""
_BROKERS_OWN = ("DeadLetterReason", "DeadLetterErrorDescription")
_MAX_TEXT = 500


class ServiceBusDeadLetters:
    """`shared.ports.dead_letters.DeadLetters` for Azure Service Bus; it connects for each call."""

    def __init__(self, namespace: BusNamespace, topic: str) -> None:
        self._namespace = namespace
        self._topic = topic

    async def list(self, subscription: str, *, after: int = 0, limit: int) -> Sequence[DeadLetter]:
        """Peek. Raises Unavailable."""
        with self._namespace.asked_to("show its dead letters"):
            async with asyncio.timeout(LIST_SECONDS), self._receiver(subscription) as receiver:
                return [_shown(message) for message in await _peeked(receiver, after, limit)]

    async def replay(self, subscription: str, numbers: Collection[int]) -> int:
        """Send those of `numbers` again. Raises Unavailable."""
        with self._namespace.asked_to("send its dead letters again"):
            async with (
                asyncio.timeout(REPLAY_SECONDS),
                self._receiver(subscription) as receiver,
                self._sender() as sender,
            ):
                return await _replay(receiver, sender, subscription, set(numbers))

    @contextlib.asynccontextmanager
    async def _receiver(self, subscription: str) -> "AsyncIterator[Receiver]":
        receiver = self._namespace.dead_letters(self._topic, subscription)
        try:
            yield receiver
        finally:
            await hang_up(receiver)

    @contextlib.asynccontextmanager
    async def _sender(self) -> "AsyncIterator[Sender]":
        sender = self._namespace.sender(self._topic)
        try:
            yield sender
        finally:
            await hang_up(sender)


async def _peeked(receiver: "Receiver", after: int, limit: int) -> "Sequence[ServiceBusReceivedMessage]":
    """Peek until there are `limit` or no more: the service may answer with fewer than it has."""
    found: list[ServiceBusReceivedMessage] = []
    while len(found) < limit:
        more = await receiver.peek_messages(limit - len(found), sequence_number=after + 1)
        if not more:
            break
        found += more
        after = more[-1].sequence_number or 0
    return found


async def _replay(receiver: "Receiver", sender: "Sender", subscription: str, wanted: set[int]) -> int:
    """Take dead letters from the oldest on until all that are wanted were seen; give the others back.

    After a failure their locks run out by themselves.
    """
    sent, passed = 0, []
    while wanted and (messages := await receiver.receive_messages(_AT_ONCE, _WAIT_SECONDS)):
        for message in messages:
            number = message.sequence_number or 0
            if number not in wanted:
                passed.append(message)
                continue
            await sender.send_messages(_copy(message, f"replay:{subscription}:{number}"))
            await receiver.complete_message(message)
            wanted.discard(number)
            sent += 1
    for message in passed:
        await receiver.abandon_message(message)
    return sent


def _copy(message: "ServiceBusReceivedMessage", message_id: str) -> "ServiceBusMessage":
    """The message under an id of its own: under the old one, duplicate detection would drop it.

    The new one follows from the dead letter, so that a replay that is repeated is heard once.
    """
    from azure.servicebus import ServiceBusMessage

    said = message.application_properties or {}
    return ServiceBusMessage(
        _body(message),
        message_id=message_id,
        subject=message.subject,
        correlation_id=message.correlation_id,
        session_id=message.session_id,
        content_type=message.content_type,
        application_properties={name: said[name] for name in said if _text(name) not in _BROKERS_OWN} or None,
    )


def _shown(message: "ServiceBusReceivedMessage") -> DeadLetter:
    return DeadLetter(
        number=message.sequence_number or 0,
        event_id=event_id_of(_body(message)) or _text(message.message_id),
        type=_text(message.subject),
        subject=_text(message.correlation_id),
        reason=_text(message.dead_letter_reason),
        description=_text(message.dead_letter_error_description),
        enqueued_at=message.enqueued_time_utc,
    )


def _body(message: "ServiceBusReceivedMessage") -> bytes:
    return b"".join(message.body)


def _text(value: object) -> str:
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value or "")
    return text[:_MAX_TEXT]
