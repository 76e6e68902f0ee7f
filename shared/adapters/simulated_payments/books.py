"""The provider's books: a log by day, the balance, and what falls due, all derived from what is stored.

A movement is stored in the batch of what moved, so it is never lost and never stands alone. `collected` reads
the change feed from where it stopped and copies movements and news to the log of their day and whatever
has a date to the partition `later`, then counts the movements and moves its mark, in one guarded write. The
copies are the same however often they are written; a crash in between means copying again, and counting once.

What must not take more than there is (transfers, payouts) changes the totals in its own batch; its line
says that it was counted.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from shared.adapters.simulated_payments.memory import CONTAINER, MAX_RACES, Desk, Found
from shared.adapters.simulated_payments.records import Line, NewsRecord, Record, Totals, day_of, stamp
from shared.domain.money import Money
from shared.errors import Unavailable
from shared.ports.payments import BalanceMovement
from shared.ports.store import (
    MAX_BATCH,
    AlreadyExists,
    Document,
    Feed,
    Operation,
    PreconditionFailed,
    Query,
    Upsert,
    Where,
    every,
)

BALANCE = "balance"
"""Partition and id of the totals."""
LATER = "later"
BOOKED, TOLD = "booked", "told"
PAGE = 1000
WORTH_A_MARK = 100
"""Changes that concern nobody here and are still worth remembering that they were seen."""
_DERIVED = {BOOKED, TOLD, LATER}

R = TypeVar("R", bound=Record)

Copies = Mapping[str, Sequence[Operation]]
"""What is copied, by partition."""


class Books(Desk):
    """`ProviderBooks`, and the ground for what is guarded by the balance."""

    async def movements(self, since: datetime, until: datetime) -> AsyncIterator[BalanceMovement]:
        """Yield every movement of the balance from `since` (included) until `until` (excluded)."""
        async for document in self._log(BOOKED, since, until):
            yield BalanceMovement.model_validate(document.body["movement"])

    async def balance(self, currency: str) -> Money:
        """Return what the provider holds for the platform now; nothing is ever pending here."""
        return (await self.collected()).value.of(currency)

    async def collected(self) -> Found[Totals]:
        """Count what was not counted yet and return the totals, with the etag for changing them."""
        lost = 0
        while lost < MAX_RACES:
            found = await self._memory.find(BALANCE, BALANCE, Totals) or Found(Totals(), None)
            feed = await self._memory.store.changes(CONTAINER, after=found.value.cursor, limit=PAGE)
            copies = _copies(feed.documents)
            if not copies and len(feed.documents) < WORTH_A_MARK:
                return found
            await self._copy(copies)
            counted = _counted(found.value, feed)
            try:
                await self._memory.write(BALANCE, [counted.write(BALANCE, found.etag)])
            except (AlreadyExists, PreconditionFailed):
                lost += 1
        raise Unavailable("The books are being written by too many at once; try again.")

    async def _copy(self, copies: Copies) -> None:
        for partition, operations in copies.items():
            for start in range(0, len(operations), MAX_BATCH):
                await self._memory.write(partition, operations[start : start + MAX_BATCH])

    async def _log(self, name: str, since: datetime, until: datetime) -> AsyncIterator[Document]:
        """Walk a log, day by day."""
        first = (await self.collected()).value.first_day
        if first is None:
            return
        day, last = max(first, day_of(since)), day_of(min(until, self._memory.now()))
        span = (Where("at", ">=", stamp(since)), Where("at", "<", stamp(until)))
        while day <= last:
            query = Query(span, order_by="at")
            async for document in every(self._memory.store, CONTAINER, f"{name}:{day}", query):
                yield document
            day += timedelta(days=1)


def _copies(changes: Sequence[Document]) -> Copies:
    copies: dict[str, list[Operation]] = defaultdict(list)
    for document in changes:
        if document.body.get("kind") in _DERIVED:
            continue
        if (line := _read(document, Line)) is not None:
            at = line.movement.at
            body = {"kind": BOOKED, "at": stamp(at), "movement": line.movement.model_dump(mode="json")}
            copies[f"{BOOKED}:{day_of(at)}"].append(Upsert(line.movement.id, body))
        if (told := _read(document, NewsRecord)) is not None:
            at = told.news.at
            body = {"kind": TOLD, "at": stamp(at), "news": told.model_dump(mode="json")}
            copies[f"{TOLD}:{day_of(at)}"].append(Upsert(told.news.id, body))
        if (due := document.body.get("due")) is not None:
            body = {"kind": LATER, "due": due, "what": document.body["kind"]}
            body |= {"partition": document.partition, "id": document.id}
            copies[LATER].append(Upsert(f"{document.partition}:{document.id}", body))
    return copies


def _counted(totals: Totals, feed: Feed) -> Totals:
    days = [] if totals.first_day is None else [totals.first_day]
    for document in feed.documents:
        line, told = _read(document, Line), _read(document, NewsRecord)
        if line is not None:
            days.append(day_of(line.movement.at))
            if not line.counted:
                totals = totals.plus(line.net, line.movement.amount.currency)
        if told is not None:
            days.append(day_of(told.news.at))
    first = min(days) if days else None
    return totals.model_copy(update={"cursor": feed.cursor, "first_day": first})


def _read(document: Document, model: type[R]) -> R | None:
    is_one = document.body.get("kind") == model.kind
    return model.model_validate(document.body["record"]) if is_one else None
