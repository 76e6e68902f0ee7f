"""News of the payment provider: stored first, told on through the outbox, acted on by those who follow it."""

from shared.ports.clock import Clock
from shared.ports.events import EVENT_TTL, event_document
from shared.ports.payments import ProviderNews, news_event
from shared.ports.store import AlreadyExists, Create, Store
from shared.services.outbox import Outbox

CONTAINER = "payments"
NEWS = "news"


class NewsDesk:
    """Takes news in, once per id, as long as its event is kept."""

    def __init__(self, store: Store, outbox: Outbox, clock: Clock) -> None:
        self._store = store
        self._outbox = outbox
        self._clock = clock

    async def receive(self, news: ProviderNews) -> bool:
        """Store and announce `news`; False: it came before."""
        seen = {"received_at": self._clock.now().isoformat(), "kind": "inbox"}
        try:
            await self._store.batch(
                CONTAINER,
                NEWS,
                [
                    Create(f"inbox:{news.id}", seen, ttl=EVENT_TTL),
                    Create(*event_document(news_event(news)), ttl=EVENT_TTL),
                ],
            )
        except AlreadyExists:
            return False
        await self._outbox.relay_soon(CONTAINER)
        return True
