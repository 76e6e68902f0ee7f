"""Things that are due: kept in one partition, found by one query, forgotten once they are dealt with."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.ports.clock import Clock
from shared.ports.store import (
    MAX_BATCH,
    Delete,
    Document,
    Missing,
    Query,
    Scalar,
    Store,
    Upsert,
    Where,
    every,
)


@dataclass(frozen=True, slots=True)
class Due:
    """Something to look at from an instant on, and what has to be known of it then."""

    id: str
    at: datetime
    body: Mapping[str, Scalar] = field(default_factory=dict)


class DueList:
    """One list; putting an id in again replaces what it was due for."""

    def __init__(self, store: Store, clock: Clock, *, container: str, partition: str) -> None:
        self._store = store
        self._clock = clock
        self._container = container
        self._partition = partition

    async def put(self, *things: Due) -> None:
        """Remember `things`, as few writes as may be."""
        writes = [Upsert(each.id, {**each.body, "due": _stamp(each.at)}) for each in things]
        for start in range(0, len(writes), MAX_BATCH):
            await self._store.batch(self._container, self._partition, writes[start : start + MAX_BATCH])

    async def due(self) -> AsyncIterator[Document]:
        """Yield what is due by now; it stays in the list until it is forgotten."""
        query = Query([Where("due", "<=", _stamp(self._clock.now()))])
        async for document in every(self._store, self._container, self._partition, query):
            yield document

    async def forget(self, id: str) -> None:
        """Take something out; what is not there need not be."""
        try:
            await self._store.batch(self._container, self._partition, [Delete(id)])
        except Missing:
            return


def pause_after(tries: int, *, first: timedelta, hiccups: int) -> timedelta:
    """Return the pause after so many tries in vain: `first` through the hiccups, then doubled each time."""
    doublings = max(0, tries - 1 - hiccups)
    return first * (1 << doublings)


def _stamp(instant: datetime) -> str:
    """Of one length always, so that instants compare as texts."""
    return instant.isoformat(timespec="microseconds")
