"""What others tell the operations engine: stored once per id with the event that it becomes, then relayed.

Container `shop_news`, one partition per sender; what comes again is known for as long as its event is kept.
A door that calls this does nothing else, so it answers fast.
"""

import hashlib

from shared.domain.events import Event
from shared.ports.clock import Clock
from shared.ports.events import EVENT_TTL, CloudEvent, event_document
from shared.ports.store import AlreadyExists, Create, Store
from shared.services.outbox import Outbox

CONTAINER = "shop_news"


class NewsInbox:
    """Takes deliveries in, once per sender and id."""

    def __init__(self, store: Store, outbox: Outbox, clock: Clock) -> None:
        self._store = store
        self._outbox = outbox
        self._clock = clock

    async def receive(self, sender: str, id: str, event: Event | None, *, subject: str) -> bool:
        """Store a delivery and announce `event`, if it becomes one; False: it came before."""
        now = self._clock.now()
        operations = [Create(f"inbox:{id}", {"kind": "inbox", "received_at": now.isoformat()}, ttl=EVENT_TTL)]
        if event is not None:
            told = CloudEvent(
                id=_event_id(f"{sender}:{id}"),
                type=f"uso.{event.type}",
                subject=subject,
                time=now,
                data=dict(event.data),
            )
            operations.append(Create(*event_document(told), ttl=EVENT_TTL))
        try:
            await self._store.batch(CONTAINER, sender, operations)
        except AlreadyExists:
            return False
        if event is not None:
            await self._outbox.relay_soon(CONTAINER)
        return True


def _event_id(key: str) -> str:
    """A key that is too long as its digest: cut off, two deliveries would be one to the bus."""
    return key if len(key) <= 128 else f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"
