"""Events to Azure Service Bus over its documented REST send operation, which the local host speaks too.

POST {base}/{topic}/messages with BrokerProperties; 201 means the message is stored.
"""

import json
from collections.abc import Sequence

import aiohttp

from shared.errors import Unavailable
from shared.ports.events import CloudEvent

TIMEOUT_SECONDS = 10


class ServiceBusRest:
    """`shared.ports.events.EventBus` for a local Service Bus; the event id is the MessageId."""

    def __init__(self, base_url: str, topic: str) -> None:
        self._url = f"{base_url.rstrip('/')}/{topic}/messages"
        self._session: aiohttp.ClientSession | None = None

    async def publish(self, events: Sequence[CloudEvent]) -> None:
        """Send each event. Raises Unavailable when one cannot be stored."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS))
        for event in events:
            properties = {"MessageId": event.id, "Label": event.type, "CorrelationId": event.subject}
            headers = {
                "BrokerProperties": json.dumps(properties),
                "Content-Type": "application/cloudevents+json",
            }
            try:
                async with self._session.post(
                    self._url, data=event.model_dump_json().encode(), headers=headers
                ) as answer:
                    status = answer.status
            except (aiohttp.ClientError, TimeoutError) as error:
                raise Unavailable(f"The event bus did not answer: {type(error).__name__}.") from error
            if status != 201:
                raise Unavailable(f"The event bus answered {status}.")

    async def close(self) -> None:
        """Release connections."""
        if self._session is not None:
            await self._session.close()


class NoBus:
    """No bus is configured: events stay in the outbox until there is one."""

    async def publish(self, events: Sequence[CloudEvent]) -> None:
        """Refuse, so that the outbox keeps the events."""
        raise Unavailable("No event bus is configured (USO_BUS_URL).")

    async def close(self) -> None:
        """Nothing to release."""
