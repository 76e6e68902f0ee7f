"""Conversations: what was shown, what is open, and every update, in order (flows 1.4-1, 6.0-1)."""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field

from shared.domain.aggregate import Aggregate
from shared.domain.intents import IntentKind, ShownItem, ThreadContext
from shared.domain.model import Model
from shared.domain.narration import Card, Question, StatusClass
from shared.domain.orders import Order
from shared.domain.places import Place
from shared.errors import NotFound
from shared.ports.clock import Clock
from shared.ports.store import AlreadyExists, Create, Query, Store, Upsert, Where
from shared.services.records import Kind, Records

CONTAINER = "threads"
KEEP = timedelta(days=365)
SAID = "uso.said"
"""The type of what was said, among the updates of a conversation."""


class Asked(StrEnum):
    """What was asked last about the chosen item: whether to order it, or where it shall go."""

    ORDER = "order"
    PLACE = "place"


class Addition(Model):
    """Something that may be added to a running order: what was simulated and is now to be decided.

    `apart_to` and `apart_by` are where and until when a courier would bring it separately. `joins_by` is when
    it would be there with the rest; None where it would have to be fetched on a ride.
    """

    order_id: str
    product_id: str
    name: str
    quantity: int
    apart_to: Place | None = None
    apart_by: datetime | None = None
    joins_by: datetime | None = None


class Thread(Aggregate):
    """One conversation of one customer. `platform` is the chat platform that hears of every update."""

    customer_id: str
    platform: str | None = None
    last_results: tuple[ShownItem, ...] = ()
    last_intent: str | None = None
    last_query: str | None = None
    seen: tuple[str, ...] = ()
    """All that was shown for `last_query`."""
    amounts: dict[str, int] = Field(default_factory=dict)
    """How many of a shown item were asked for, where not one."""
    selected_item_id: str | None = None
    deliver_to: Place | None = None
    deliver_by: datetime | None = None
    asked: Asked | None = None
    addition: Addition | None = None
    standing_intent_id: str | None = None
    active_order_id: str | None = None
    pending: Question | None = None
    pending_question: str | None = None
    line_id: str = ""
    """The number at which the customer wants to hear of it as well, once it is known to be theirs."""


class Speaker(StrEnum):
    """Who a line of the conversation is of."""

    USO = "uso"
    CUSTOMER = "customer"


class StatusUpdate(Model):
    """One update in a thread; `id` is the event's, so that an event told twice is told once."""

    id: str
    at: datetime
    sequence: str = ""
    """Orders updates of the same instant, as their events were committed."""
    type: str
    subject: str
    status_class: StatusClass
    narrative: str
    reasoning: str = ""
    card: Card | None = None
    by: Speaker = Speaker.USO
    delivery: str = "none"
    """Of the push to the chat platform: none, pending, delivered or failed."""
    retry_count: int = 0


THREADS = Kind("thread", CONTAINER, Thread, lambda id: id)


class ThreadService:
    """Reads and writes conversations."""

    def __init__(self, records: Records, store: Store, clock: Clock) -> None:
        self._records = records
        self._store = store
        self._clock = clock

    async def open(
        self,
        thread_id: str,
        *,
        customer_id: str,
        platform: str | None = None,
        active_order_id: str | None = None,
    ) -> Thread:
        """Return the customer's thread, a new one if need be. Raises NotFound for someone else's."""
        now = self._clock.now()
        fresh = Thread(
            id=thread_id,
            created_at=now,
            updated_at=now,
            customer_id=customer_id,
            platform=platform,
            active_order_id=active_order_id,
        )
        found = await self._records.find(THREADS, thread_id)
        thread = found.value if found else await self._records.create(THREADS, fresh)
        if thread.customer_id != customer_id:
            raise NotFound("thread", thread_id)
        return thread

    async def turn_to(self, order: Order) -> None:
        """Let an order's conversation be about it from now on. Raises NotFound for someone else's."""
        thread = await self.open(order.thread_id, customer_id=order.customer_id, active_order_id=order.id)
        if thread.active_order_id != order.id:
            await self.remember(thread.id, active_order_id=order.id)

    async def find(self, thread_id: str) -> Thread | None:
        """Return a thread, or None."""
        found = await self._records.find(THREADS, thread_id)
        return found.value if found else None

    async def remember(self, thread_id: str, **update: object) -> Thread:
        """Change what the thread knows."""
        return await self._records.update(
            THREADS, thread_id, lambda thread: (thread.model_copy(update=update), [])
        )

    async def post(self, thread_id: str, update: StatusUpdate) -> bool:
        """Add an update, once per id; say whether it is new."""
        body = _body(update)
        try:
            await self._store.batch(
                CONTAINER,
                thread_id,
                [Create(f"update:{update.id}", body, ttl=int(KEEP.total_seconds()))],
            )
        except AlreadyExists:
            return False
        return True

    async def keep_turn(self, thread_id: str, said: str, answer: str, *, key: str, at: datetime) -> None:
        """Keep what the customer said and what was answered, once per key (flow 1.5-2 step 5)."""
        for number, (by, text) in enumerate(((Speaker.CUSTOMER, said), (Speaker.USO, answer))):
            turn = StatusUpdate(
                id=f"{key}:{number}",
                at=at,
                sequence=f"z{number}",  # after the events of the same instant
                type=SAID,
                subject=thread_id,
                status_class=StatusClass.ACTION_TAKEN,
                narrative=text,
                by=by,
            )
            await self.post(thread_id, turn)

    async def delivered(self, thread_id: str, update: StatusUpdate) -> None:
        """Keep how the push of an update went."""
        body = _body(update)
        await self._store.batch(
            CONTAINER,
            thread_id,
            [Upsert(f"update:{update.id}", body, ttl=int(KEEP.total_seconds()))],
        )

    async def update_of(self, thread_id: str, update_id: str) -> StatusUpdate | None:
        """Return one update."""
        document = await self._store.read(CONTAINER, thread_id, f"update:{update_id}")
        return None if document is None else _update(dict(document.body))

    async def updates(self, thread_id: str, *, limit: int = 100) -> list[StatusUpdate]:
        """The latest updates, oldest first."""
        query = Query([Where("kind", "==", "update")], order_by="-order", limit=limit)
        page = await self._store.query(CONTAINER, thread_id, query)
        return [_update(dict(document.body)) for document in reversed(page.documents)]


def context_of(thread: Thread) -> ThreadContext:
    """What the intent resolver needs to know of a thread."""
    return ThreadContext(
        last_results=thread.last_results,
        selected_item_id=thread.selected_item_id,
        last_intent=IntentKind(thread.last_intent) if thread.last_intent else None,
        last_query=thread.last_query,
        active_order_id=thread.active_order_id,
        pending_approval=thread.pending.text if thread.pending else None,
        pending_question=thread.pending_question,
    )


def _body(update: StatusUpdate) -> dict[str, object]:
    body = update.model_dump(mode="json")
    return {
        **body,
        "kind": "update",
        "order": f"{update.at.isoformat(timespec='microseconds')}|{update.sequence}",
    }


def _update(body: dict[str, object]) -> StatusUpdate:
    return StatusUpdate.model_validate({k: v for k, v in body.items() if k not in {"kind", "order"}})
