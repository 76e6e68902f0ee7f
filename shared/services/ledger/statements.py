"""Statements: of an order, of an own account page by page, of everything."""

from collections.abc import AsyncIterator

from shared.domain.ledger import Account, Entry
from shared.domain.ledger.own import Line, OwnAccount
from shared.domain.ledger.statement import OrderStatement, order_statement
from shared.domain.ledger.trial import TrialBalance
from shared.domain.model import Model
from shared.domain.money import Money
from shared.ports.store import Document, Query, Store, Where, every
from shared.services.kinds import ORDERS
from shared.services.ledger.accounts import LEDGER, POSTING, OwnAccounts
from shared.services.ledger.projection import Projection
from shared.services.records import ENTRY, Records

_LOOKS = 3
"""What is booked between reading the entries and the order looks like a gap; it is gone at the next look."""


class AccountLine(Model):
    """One posting of an account. `number` counts them; `balance` is what it then held in that currency."""

    number: int
    line: Line
    balance: Money


class AccountPage(Model):
    """A page of an account's postings, newest first, and what the account holds now."""

    account: OwnAccount
    lines: tuple[AccountLine, ...]
    before: int | None
    """The number to go on from; None on the last page."""


class Statements:
    """Reads what was booked; every look catches up with the entries first."""

    def __init__(self, store: Store, records: Records, projection: Projection, accounts: OwnAccounts) -> None:
        self._store = store
        self._records = records
        self._projection = projection
        self._accounts = accounts

    async def statement_of_order(self, order_id: str) -> OrderStatement:
        """List everything that was booked for an order, as it happened. Raises NotFound."""
        for _ in range(_LOOKS):
            entries = await self._entries(order_id)
            order = (await self._records.get(ORDERS, order_id)).value
            statement = order_statement(order_id, entries, order.book)
            if statement.complete:
                break
        return statement

    async def _entries(self, order_id: str) -> list[Entry]:
        query = Query([Where("kind", "==", ENTRY)])
        documents = [each async for each in every(self._store, ORDERS.container, order_id, query)]
        documents.sort(key=lambda document: document.body["place"])
        return [Entry.model_validate(document.body["entry"]) for document in documents]

    async def statement_of_account(
        self, account: Account, *, before: int | None = None, limit: int = 50
    ) -> AccountPage:
        """Show what happened to an own account, newest first; `before` is a number of an earlier page."""
        await self._projection.catch_up()
        where = [Where("kind", "==", POSTING)]
        if before is not None:
            where.append(Where("sequence", "<", before))
        query = Query(where, order_by="-sequence", limit=limit)
        page = await self._store.query(LEDGER, account.id, query)
        lines = tuple(_line(document) for document in page.documents)
        return AccountPage(
            account=await self._accounts.balance(account),
            lines=lines,
            before=lines[-1].number if page.continuation and lines else None,
        )

    async def lines_of_account(self, account: Account) -> AsyncIterator[AccountLine]:
        """Walk all that happened to an own account, oldest first; for an export."""
        await self._projection.catch_up()
        query = Query([Where("kind", "==", POSTING)], order_by="sequence")
        async for document in every(self._store, LEDGER, account.id, query):
            yield _line(document)

    async def trial_balance(self) -> TrialBalance:
        """Sum up everything that was ever booked, by kind of account and currency."""
        return await self._projection.trial_balance()


def _line(document: Document) -> AccountLine:
    line = Line.model_validate(document.body["line"])
    balance = Money(minor=document.body["balance"], currency=line.currency)
    return AccountLine(number=document.body["sequence"], line=line, balance=balance)
