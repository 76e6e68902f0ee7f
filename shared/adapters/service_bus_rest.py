"""Events to Azure Service Bus over its documented REST send operation, which the local host speaks too.

POST {base}/{topic}/messages with BrokerProperties; 201 means the message is stored. For dead letters the
local host is asked in its own way: Service Bus shows them over AMQP only.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import aiohttp

from shared.adapters.bus_messages import CONTENT_TYPE, event_id_of, session_of
from shared.errors import Unavailable
from shared.ports.dead_letters import DeadLetter
from shared.ports.events import CloudEvent

TIMEOUT_SECONDS = 10
MOST_SHOWN = 500
"""Dead letters, the oldest, that the local host lists."""


class ServiceBusRest:
    """`shared.ports.events.EventBus` for a local Service Bus, and `shared.ports.dead_letters.DeadLetters`."""

    def __init__(self, base_url: str, topic: str) -> None:
        self._base = base_url.rstrip("/")
        self._topic = topic
        self._session: aiohttp.ClientSession | None = None

    async def publish(self, events: Sequence[CloudEvent]) -> None:
        """Send each event. Raises Unavailable when one cannot be stored."""
        for event in events:
            properties = {
                "MessageId": event.id,
                "Label": event.type,
                "CorrelationId": event.subject,
                "SessionId": session_of(event),
            }
            headers = {"BrokerProperties": json.dumps(properties), "Content-Type": CONTENT_TYPE}
            path, body = f"{self._topic}/messages", event.model_dump_json().encode()
            status, _ = await self._ask("POST", path, data=body, headers=headers)
            if status != 201:
                raise Unavailable(f"The event bus answered {status}.")

    async def list(self, subscription: str, *, after: int = 0, limit: int) -> Sequence[DeadLetter]:
        """Return some of the MOST_SHOWN oldest. Raises Unavailable."""
        entity = f"{self._topic}/subscriptions/{subscription}"
        status, body = await self._ask("GET", "deadletters", params={"entity": entity})
        try:
            shown = [_letter(raw) for raw in json.loads(body)["deadLetters"]] if status == 200 else None
        except (ValueError, KeyError, TypeError):
            shown = None
        if shown is None:
            raise Unavailable(f"The event bus answered {status}, and no dead letters.")
        return [letter for letter in shown if letter.number > after][:limit]

    async def replay(self, subscription: str, numbers: Collection[int]) -> int:
        """Put dead letters back into their subscription. Raises Unavailable."""
        sent = 0
        there = {letter.number for letter in await self.list(subscription, limit=MOST_SHOWN)}
        for number in sorted(there & set(numbers)):
            status, _ = await self._ask("POST", f"deadletters/{number}/resubmit")
            if status not in (200, 404):
                raise Unavailable(f"The event bus answered {status}.")
            sent += status == 200
        return sent

    async def close(self) -> None:
        """Release connections."""
        if self._session is not None:
            await self._session.close()

    async def _ask(self, method: str, path: str, **more: Any) -> tuple[int, bytes]:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS))
        try:
            async with self._session.request(method, f"{self._base}/{path}", **more) as answer:
                return answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unavailable(f"The event bus did not answer: {type(error).__name__}.") from error


class NoBus:
    """No bus is configured: events stay in the outbox until there is one."""

    async def publish(self, events: Sequence[CloudEvent]) -> None:
        """Refuse, so that the outbox keeps the events."""
        raise _no_bus()

    async def list(self, subscription: str, *, after: int = 0, limit: int) -> Sequence[DeadLetter]:
        """Refuse: who has no bus has no dead letters to show."""
        raise _no_bus()

    async def replay(self, subscription: str, numbers: Collection[int]) -> int:
        """Refuse."""
        raise _no_bus()

    async def close(self) -> None:
        """Nothing to release."""


def _no_bus() -> Unavailable:
    return Unavailable("No event bus is configured (USO_BUS_NAMESPACE, USO_BUS_CONNECTION or USO_BUS_URL).")


def _letter(raw: Mapping[str, Any]) -> DeadLetter:
    return DeadLetter(
        number=raw["sequence"],
        event_id=event_id_of(raw.get("body", "").encode()) or raw["messageId"],
        type=raw["label"] or "",
        subject=raw["correlationId"] or "",
        reason=raw["reason"] or "",
        description=raw["description"] or "",
        enqueued_at=raw["enqueued"],
    )
