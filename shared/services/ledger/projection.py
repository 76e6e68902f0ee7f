"""Entries become postings, totals and an index of the provider's days (rule 3's change feed).

An entry lies where the balance is that it guards. From there everything else follows from the feeds of the
two containers that hold entries: postings of own accounts, each once by its id; the index, the same however
often it is written; the totals together with how far the feed was read, in one document under its etag. So
a crash anywhere, and a second process at the same work, count nothing twice and leave nothing out.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from shared.domain.ledger import Account, AccountKind, Entry, Home
from shared.domain.ledger.own import Line, OwnAccount, lines_of
from shared.domain.ledger.trial import Totals, TrialBalance, trial_balance
from shared.domain.negotiations import EscalationReason
from shared.ports.events import CloudEvent
from shared.ports.store import (
    MAX_BATCH,
    AlreadyExists,
    Create,
    Document,
    Operation,
    PreconditionFailed,
    Replace,
    Store,
    Upsert,
)
from shared.services.escalations import EscalationService
from shared.services.ledger.accounts import LEDGER, VIEWS, OwnAccounts
from shared.services.records import ENTRY

SOURCES = ("orders", "shop_orders", LEDGER)
"""Containers that hold entries."""
TOTALS = "totals"
PROVIDER_POSTING = "provider_posting"
_PAGE = 1000
_WORTH_A_MARK = 200
"""Changes without an entry that are still worth remembering that they were read."""
_log = logging.getLogger(__name__)


class Projection:
    """Reads the feeds as far as they go."""

    def __init__(self, store: Store, accounts: OwnAccounts, escalations: EscalationService) -> None:
        self._store = store
        self._accounts = accounts
        self._escalations = escalations
        self._lock = asyncio.Lock()

    async def catch_up(self) -> int:
        """Project every entry that was not yet; return how many there were."""
        async with self._lock:
            return sum([await self._follow(source) for source in SOURCES])

    async def hear(self, event: CloudEvent) -> None:
        """Money has moved somewhere."""
        await self.catch_up()

    async def trial_balance(self) -> TrialBalance:
        """Sum up every entry there is."""
        await self.catch_up()
        return trial_balance([(await self._totals(source))[0] for source in SOURCES])

    async def _follow(self, source: str) -> int:
        count = 0
        while True:
            totals, etag = await self._totals(source)
            feed = await self._store.changes(source, after=totals.cursor, limit=_PAGE)
            entries = [_entry(each) for each in feed.documents if each.body.get("kind") == ENTRY]
            if not entries and len(feed.documents) < _WORTH_A_MARK:
                return count
            await self._spread(entries)
            if await self._counted(source, totals.plus(entries, cursor=feed.cursor), etag):
                count += len(entries)

    async def _spread(self, entries: Iterable[Entry]) -> None:
        own: dict[Account, list[Line]] = defaultdict(list)
        days: dict[str, list[Operation]] = defaultdict(list)
        for line in (line for entry in entries for line in lines_of(entry)):
            if line.posting.account.home is Home.OWN:
                own[line.posting.account].append(line)
            elif line.posting.account.kind is AccountKind.PROVIDER_BALANCE and line.posting.reference:
                body = {"kind": PROVIDER_POSTING, "line": line.model_dump(mode="json")}
                days[provider_day(utc_day(line.at))].append(Upsert(line.id, body))
        for account, lines in own.items():
            after = await self._accounts.record(account, lines)
            if after.is_overdrawn:
                await self._report_overdrawn(after)
        for day, operations in days.items():
            await self._index(day, operations)

    async def _index(self, day: str, operations: Sequence[Operation]) -> None:
        for start in range(0, len(operations), MAX_BATCH):
            await self._store.batch(VIEWS, day, operations[start : start + MAX_BATCH])

    async def _counted(self, source: str, totals: Totals, etag: str | None) -> bool:
        body = totals.model_dump(mode="json")
        write = Create(source, body) if etag is None else Replace(source, body, if_match=etag)
        try:
            await self._store.batch(VIEWS, TOTALS, [write])
        except (AlreadyExists, PreconditionFailed):
            return False  # another process has counted these
        return True

    async def _totals(self, source: str) -> tuple[Totals, str | None]:
        document = await self._store.read(VIEWS, TOTALS, source)
        return (Totals(), None) if document is None else (Totals.model_validate(document.body), document.etag)

    async def _report_overdrawn(self, state: OwnAccount) -> None:
        """An entry has taken what was never reserved: it stands, and a person looks into it."""
        id, since = state.account.id, min(state.negative_since.values())
        _log.error("the account %s is overdrawn", id)
        await self._escalations.raise_alarm(
            subject=f"overdrawn-{id}-{utc_day(since)}",
            reason=EscalationReason.BOOKS_DIFFER,
            summary=f"More was taken from {id} than it had.",
        )


def provider_day(day: date) -> str:
    """The partition of VIEWS that lists the provider's references of a day (UTC)."""
    return f"provider:{day.isoformat()}"


def utc_day(at: datetime) -> date:
    """The day that an instant belongs to in the books."""
    return at.astimezone(UTC).date()


def _entry(document: Document) -> Entry:
    return Entry.model_validate(document.body["entry"])
