"""The outbox: events stand in the same batch as the state they announce; a relay sends them on (rule 3)."""

import asyncio
import logging
from collections.abc import Sequence

from shared.errors import Unavailable
from shared.ports.clock import Clock
from shared.ports.events import CloudEvent, EventBus
from shared.ports.store import Store, Upsert, follow
from shared.ports.telemetry import measure

OUTBOX_CONTAINERS = (
    *("orders", "intents", "simulator", "escalations", "payments", "ledger"),
    *("disputes", "fees", "affiliates", "shop_orders", "shop_news", "tickets", "safety", "texts"),
)
PAUSE = 5.0
_PAGE = 1000
_RELAY = "relay"
_log = logging.getLogger(__name__)


class Outbox:
    """Relays stored events to the bus, in order per partition, at least once."""

    def __init__(self, store: Store, bus: EventBus, clock: Clock | None = None) -> None:
        """With a `clock` it tells how long events have waited."""
        self._store = store
        self._bus = bus
        self._clock = clock
        self._lock = asyncio.Lock()
        self._resume_at = 0.0

    async def relay(self, container: str) -> int:
        """Send what `container` holds unsent; return how many events went out. Raises Unavailable."""
        sent = 0
        async with self._lock:
            cursor = await self._cursor(container)
            async for feed in follow(self._store, container, cursor, limit=_PAGE):
                events = [
                    CloudEvent.model_validate(
                        {**document.body["event"], "sequence": f"{document.version:020}"}
                    )
                    for document in feed.documents
                    if document.body.get("kind") == "event"
                ]
                if events:
                    await self._bus.publish(events)
                    self._tell(events)
                await self._store.batch(_RELAY, container, [Upsert("cursor", {"cursor": feed.cursor})])
                sent += len(events)
        return sent

    async def relay_soon(self, container: str) -> None:
        """Relay now if the bus is there; otherwise the relay timer does it later.

        After a failure the bus is left alone for PAUSE seconds, so that an outage costs a commit nothing.
        """
        now = asyncio.get_running_loop().time()
        if now < self._resume_at:
            return
        try:
            await self.relay(container)
        except Unavailable as error:
            self._resume_at = now + PAUSE
            _log.warning("events of %s wait for the relay timer: %s", container, error.detail)

    async def relay_all(self) -> int:
        """Relay every container; the timer's job. Raises Unavailable."""
        return sum([await self.relay(container) for container in OUTBOX_CONTAINERS])

    def _tell(self, sent: Sequence[CloudEvent]) -> None:
        if self._clock is not None:
            now = self._clock.now()
            for event in sent:
                measure("uso.outbox.lag", (now - event.time).total_seconds())

    async def _cursor(self, container: str) -> str | None:
        document = await self._store.read(_RELAY, container, "cursor")
        return document.body["cursor"] if document else None
