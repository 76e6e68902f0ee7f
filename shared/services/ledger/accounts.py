"""Accounts that are guarded in a document of their own: read, reserved, released, posted to.

Container `ledger`, partition: the account's id. Beside the document `balance` lie its postings, the entries
that were booked here rather than in an order's partition, and a note of every reservation that has ended, so
that a late repetition of it sets nothing aside again. Everything that changes the balance changes it in the
same batch, guarded by the balance's etag.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from shared.domain.ledger import Account, Entry, Home
from shared.domain.ledger.own import Line, OwnAccount, lines_of
from shared.domain.money import Money
from shared.errors import LedgerError, Unavailable
from shared.ports.store import AlreadyExists, Create, Operation, PreconditionFailed, Replace, Store, Upsert
from shared.services.records import MAX_RACES, entry_document

LEDGER = "ledger"
"""Container of own accounts; partition: the account's id."""
VIEWS = "ledger_views"
"""Container of what is derived from entries and accounts, for those who look for some of many."""
BALANCE = "balance"
POSTING = "posting"
NEGATIVE = "negative"
"""Partition of VIEWS that names every account that owes, and some that did."""
_SPENT, _RELEASED = "spent", "released"
_REMEMBERED = int(timedelta(days=90).total_seconds())
"""Seconds for which a reservation that has ended is known."""
_CHUNK = 30
"""Postings in one batch: each may end two reservations, and the balance is written beside them."""


@dataclass
class Draft:
    """A change of one account that is being put together."""

    account: OwnAccount
    etag: str | None
    _before: OwnAccount = field(init=False)
    _ops: list[Operation] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._before = self.account

    def post(self, line: Line) -> None:
        """Post a fact."""
        self._took(self.account.posted(line), line)

    def spend(self, line: Line) -> None:
        """Post what is asked for. Raises Conflict (`insufficient_funds`)."""
        self._took(self.account.spent(line), line)

    def reserve(self, key: str, amount: Money) -> bool:
        """Set an amount aside, if it is available."""
        after = self.account.reserving(key, amount)
        self.account = after or self.account
        return after is not None

    def release(self, key: str) -> None:
        """Free what is set aside under `key`, now and for good."""
        self.account = self.account.freed(key)
        self._ops.append(_note(key, _RELEASED))

    @property
    def turns_negative(self) -> bool:
        """Whether it owes in a currency in which it did not before."""
        return bool(self.account.negative_since.keys() - self._before.negative_since.keys())

    def operations(self) -> list[Operation]:
        """What to write, into the account's partition and in one batch."""
        body = {"kind": BALANCE, "account": self.account.model_dump(mode="json")}
        first = Create(BALANCE, body) if self.etag is None else Replace(BALANCE, body, if_match=self.etag)
        return [first, *self._ops]

    def _took(self, after: OwnAccount, line: Line) -> None:
        ended = self.account.reserved.keys() - after.reserved.keys()
        balance = after.balance(line.currency).minor
        body = {"kind": POSTING, "sequence": after.postings, "balance": balance}
        self._ops.append(Create(f"{POSTING}:{line.id}", {**body, "line": line.model_dump(mode="json")}))
        self._ops += [_note(key, _SPENT) for key in sorted(ended)]
        self.account = after


class OwnAccounts:
    """Use cases on one account."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def balance(self, account: Account) -> OwnAccount:
        """Return what an account holds, as far as the orders' entries have been projected."""
        return (await self.draft(account)).account

    async def reserve(self, account: Account, key: str, amount: Money) -> bool:
        """Set a positive `amount` aside under `key`; False when less is available.

        The same key again is the same reservation, also when it was spent since; one that was released stays
        released. Raises Conflict (`key_reused`) for another amount.
        """
        for _ in range(MAX_RACES):
            draft = await self.draft(account)
            ended = await self._store.read(LEDGER, account.id, _note_id(key))
            if ended is not None:
                return bool(ended.body["ended"] == _SPENT)
            known = key in draft.account.reserved
            if not draft.reserve(key, amount):
                return False
            if known or await self.commit(draft):
                return True
        raise _contended(account)

    async def release(self, account: Account, key: str) -> None:
        """Free what is reserved under `key`, and let it be reserved no more; again changes nothing."""
        for _ in range(MAX_RACES):
            draft = await self.draft(account)
            if await self._store.read(LEDGER, account.id, _note_id(key)) is not None:
                return
            draft.release(key)
            if await self.commit(draft):
                return
        raise _contended(account)

    async def post_own(self, entry: Entry) -> bool:
        """Book an entry in its own account's partition, if that has enough; False: it was booked before.

        Exactly one of its accounts is guarded by itself. Raises Conflict (`insufficient_funds`).
        """
        account = home_of(entry)
        for _ in range(MAX_RACES):
            draft = await self.draft(account)
            id, body = entry_document(entry)
            if await self._store.read(LEDGER, account.id, id) is not None:
                return False
            for line in _lines_on(account, entry):
                draft.spend(line)
            if await self.commit(draft, Create(id, body)):
                return True
        raise _contended(account)

    async def record(self, account: Account, lines: Sequence[Line]) -> OwnAccount:
        """Post facts, each once; return what the account then holds."""
        for start in range(0, len(lines), _CHUNK):
            await self._record(account, lines[start : start + _CHUNK])
        return await self.balance(account)

    async def draft(self, account: Account) -> Draft:
        """Read an account for changing it."""
        document = await self._store.read(LEDGER, account.id, BALANCE)
        if document is None:
            return Draft(OwnAccount(account=account), None)
        return Draft(OwnAccount.model_validate(document.body["account"]), document.etag)

    async def commit(self, draft: Draft, *more: Operation) -> bool:
        """Write a change of an account with `more` in its partition; False: someone else wrote in between."""
        account = draft.account.account
        if draft.turns_negative:  # listed first: the list may name one that does not owe
            await self._store.batch(VIEWS, NEGATIVE, [Upsert(account.id, {"kind": NEGATIVE})])
        try:
            await self._store.batch(LEDGER, account.id, [*draft.operations(), *more])
        except (AlreadyExists, PreconditionFailed):
            return False
        return True

    async def _record(self, account: Account, lines: Sequence[Line]) -> None:
        for _ in range(MAX_RACES):
            draft, new = await self.draft(account), await self._unposted(account, lines)
            if not new:
                return
            for line in new:
                draft.post(line)
            if await self.commit(draft):
                return
        raise _contended(account)

    async def _unposted(self, account: Account, lines: Sequence[Line]) -> list[Line]:
        return [
            line
            for line in lines
            if await self._store.read(LEDGER, account.id, f"{POSTING}:{line.id}") is None
        ]


def home_of(entry: Entry) -> Account:
    """The one account of an entry that is guarded by itself. Raises LedgerError."""
    own = {posting.account.id: posting.account for posting in entry.postings}
    own = {id: account for id, account in own.items() if account.home is Home.OWN}
    if len(own) != 1:
        raise LedgerError(f"{entry.key} concerns {sorted(own)}; it belongs to one own account")
    return next(iter(own.values()))


def _lines_on(account: Account, entry: Entry) -> list[Line]:
    return [line for line in lines_of(entry) if line.posting.account == account]


def _note_id(key: str) -> str:
    return f"reservation:{key}"


def _note(key: str, ended: str) -> Operation:
    return Upsert(_note_id(key), {"kind": "reservation", "ended": ended}, ttl=_REMEMBERED)


def _contended(account: Account) -> Unavailable:
    return Unavailable(f"The account {account.id} is being changed by too many at once; try again.")
