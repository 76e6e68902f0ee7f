"""Typed documents over the store: load, change, commit with the events that announce the change (rule 3)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from shared.domain.aggregate import Aggregate
from shared.domain.events import Event
from shared.domain.ledger.entries import Entry
from shared.errors import NotFound, Unavailable
from shared.ports.clock import Clock
from shared.ports.events import EVENT_TTL, CloudEvent, event_document
from shared.ports.store import AlreadyExists, Create, Document, Operation, PreconditionFailed, Replace, Store
from shared.ports.telemetry import continues, traceparent
from shared.services.outbox import Outbox

T = TypeVar("T", bound=Aggregate)
MAX_RACES = 8
ENTRY = "entry"
"""The `kind` of a document that holds a ledger entry."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """Where one type of aggregate lives, and how its partition follows from its id.

    What `is_story` keeps where it began, and all that is done with it later is of that trace.
    """

    name: str
    container: str
    model: type[T]
    partition: Callable[[str], str]
    is_story: bool = False


@dataclass(frozen=True, slots=True)
class Stored(Generic[T]):
    """An aggregate as read, with the etag that a change must still meet; None: not stored yet."""

    kind: Kind[T]
    value: T
    etag: str | None = None

    def becomes(self, value: T) -> "Stored[T]":
        """The same record holding `value`."""
        return Stored(self.kind, value, self.etag)


@dataclass(frozen=True, slots=True)
class Change(Generic[T]):
    """What an aggregate becomes, with the events that announce it and the ledger entries that it books."""

    value: T
    events: Sequence[Event] = ()
    entries: Sequence[Entry] = ()


class Records:
    """Reads and commits aggregates. Every commit is one transactional batch in one partition."""

    def __init__(self, store: Store, outbox: Outbox, clock: Clock) -> None:
        self._store = store
        self._outbox = outbox
        self._clock = clock

    def now(self) -> datetime:
        """The current instant, for the stamps of what is written."""
        return self._clock.now()

    async def find(self, kind: Kind[T], id: str) -> Stored[T] | None:
        """Return the aggregate, or None."""
        document = await self._store.read(kind.container, kind.partition(id), id)
        return None if document is None else _stored(kind, document)

    async def get(self, kind: Kind[T], id: str) -> Stored[T]:
        """Return the aggregate. Raises NotFound."""
        found = await self.find(kind, id)
        if found is None:
            raise NotFound(kind.name, id)
        return found

    async def commit(
        self,
        *changes: Stored[Any],
        events: Sequence[Event] = (),
        entries: Sequence[Entry] = (),
        inbox: str | None = None,
    ) -> None:
        """Write `changes` and `entries`, and announce `events` of the first of them, all or nothing.

        `inbox` is the id of the message being handled. Raises AlreadyExists when that message was handled
        before or a new aggregate exists, PreconditionFailed when someone else wrote in between.
        """
        head = changes[0]
        container, partition = head.kind.container, head.kind.partition(head.value.id)
        now = self._clock.now()
        operations: list[Operation] = [_write(change, now) for change in changes]
        operations += [
            Create(*event_document(_envelope(head.value, event, n, now)), ttl=EVENT_TTL)
            for n, event in enumerate(events)
        ]
        operations += [
            Create(*entry_document(entry, place=(head.value.revision + 1, n)))
            for n, entry in enumerate(entries)
        ]
        if inbox is not None:
            operations.append(Create(f"inbox:{inbox}", {"handled_at": now.isoformat()}, ttl=EVENT_TTL))
        await self._store.batch(container, partition, operations)
        if events:
            await self._outbox.relay_soon(container)

    async def update(
        self,
        kind: Kind[T],
        id: str,
        change: Callable[[T], tuple[T, Sequence[Event]]],
        *,
        inbox: str | None = None,
    ) -> T:
        """Load, `change` and commit, as `apply` does, for a change that books nothing."""
        return await self.apply(kind, id, lambda value: Change(*change(value)), inbox=inbox)

    async def apply(
        self, kind: Kind[T], id: str, change: Callable[[T], Change[T]], *, inbox: str | None = None
    ) -> T:
        """Load, `change` and commit, again when someone else wrote in between.

        `change` is pure and may raise; returning its argument unchanged writes nothing. A message, named by
        `inbox`, that was handled before changes nothing any more, however the aggregate stands by now.
        """
        for _ in range(MAX_RACES):
            stored = await self.get(kind, id)
            if inbox is not None and await self.handled(kind, id, inbox):
                return stored.value
            made = change(stored.value)
            if made.value is stored.value:
                return made.value
            try:
                await self.commit(
                    stored.becomes(made.value), events=made.events, entries=made.entries, inbox=inbox
                )
            except PreconditionFailed:
                continue
            return made.value
        raise Unavailable(f"{kind.name} '{id}' is being changed by too many at once; try again.")

    async def create(self, kind: Kind[T], value: T, *, events: Sequence[Event] = ()) -> T:
        """Store a new aggregate; when it exists already, return what is stored and announce nothing."""
        try:
            await self.commit(Stored(kind, value), events=events)
        except AlreadyExists:
            return (await self.get(kind, value.id)).value
        return value

    async def handled(self, kind: Kind[T], id: str, inbox: str) -> bool:
        """Say whether the message `inbox` was handled in the partition of `id`."""
        return await self._store.read(kind.container, kind.partition(id), f"inbox:{inbox}") is not None

    async def booked(self, kind: Kind[T], id: str, key: str) -> bool:
        """Say whether the partition of `id` holds a ledger entry under `key`."""
        return await self._store.read(kind.container, kind.partition(id), entry_id(key)) is not None


def decision_key(key: str | None) -> str | None:
    """The inbox entry of a customer's decision that came with an idempotency key."""
    return None if key is None else f"decision:{key}"


def _stored(kind: Kind[T], document: Document) -> Stored[T]:
    value = kind.model.model_validate(document.body)
    continues(value.traceparent)
    return Stored(kind, value, document.etag)


def entry_document(entry: Entry, *, place: tuple[int, int] = (0, 0)) -> tuple[str, Mapping[str, Any]]:
    """Return the id and body under which a ledger entry is stored; it is created once and never changed.

    `place` orders the entries of one aggregate: the revision that booked it, and which of that one's it is.
    """
    return entry_id(entry.key), {"kind": ENTRY, "entry": entry.model_dump(mode="json"), "place": place}


def entry_id(key: str) -> str:
    """The id of the document that holds the entry under `key`."""
    return f"entry:{key}"


def _write(change: Stored[Any], now: datetime) -> Operation:
    change.value.verify()
    update: dict[str, Any] = {"revision": change.value.revision + 1, "updated_at": now}
    if change.etag is None and change.kind.is_story and not change.value.traceparent:
        update["traceparent"] = traceparent()
    stamped = change.value.model_copy(update=update)
    body = stamped.model_dump(mode="json")
    if change.etag is None:
        return Create(stamped.id, body)
    return Replace(stamped.id, body, if_match=change.etag)


def _envelope(value: Aggregate, event: Event, n: int, now: datetime) -> CloudEvent:
    return CloudEvent(
        id=f"{value.id}:{value.revision + 1}:{n}",
        type=f"uso.{event.type}",
        subject=value.id,
        time=now,
        traceparent=traceparent(value.traceparent),
        data=dict(event.data),
    )
