"""What was booked for an order, line by line, with what each account then held; and that it adds up."""

from collections.abc import Sequence
from datetime import datetime

from shared.domain.ledger.accounts import Account
from shared.domain.ledger.book import Book, HoldSummary
from shared.domain.ledger.entries import Entry
from shared.domain.model import Model
from shared.domain.money import Money


class StatementLine(Model):
    """One posting. `balance` is what its account holds after the entry, as far as the order goes."""

    account: Account
    debit: int
    credit: int
    balance: Money
    reference: str


class StatementEntry(Model):
    """One entry with its lines."""

    key: str
    at: datetime
    reason: str
    reverses: str
    lines: tuple[StatementLine, ...]


class OrderStatement(Model):
    """All entries of an order, oldest first."""

    order_id: str
    currency: str
    entries: tuple[StatementEntry, ...]
    summary: HoldSummary
    debits: int
    credits: int
    balanced: bool
    """Debits equal credits, and held = released + refunded + fees + remaining."""
    complete: bool
    """The entries are all that the order itself has written down."""


def order_statement(order_id: str, entries: Sequence[Entry], book: Book) -> OrderStatement:
    """Replay an order's entries; `book` is what the order itself says of them."""
    replayed = Book(currency=book.currency)
    shown: list[StatementEntry] = []
    for entry in entries:
        replayed = replayed.posted(entry)
        shown.append(_shown(entry, replayed))
    summary = replayed.summary()
    parts = summary.released + summary.refunded + summary.fees + summary.remaining
    debits = sum(debited for debited, _ in replayed.turnover.values())
    credits_ = sum(credited for _, credited in replayed.turnover.values())
    return OrderStatement(
        order_id=order_id,
        currency=replayed.currency,
        entries=tuple(shown),
        summary=summary,
        debits=debits,
        credits=credits_,
        balanced=debits == credits_ and summary.held == parts,
        complete=dict(replayed.turnover) == dict(book.turnover),
    )


def _shown(entry: Entry, book: Book) -> StatementEntry:
    lines = tuple(
        StatementLine(
            account=posting.account,
            debit=posting.debit,
            credit=posting.credit,
            balance=book.balance(posting.account.kind, posting.account.owner),
            reference=posting.reference,
        )
        for posting in entry.postings
    )
    return StatementEntry(
        key=entry.key, at=entry.at, reason=entry.reason, reverses=entry.reverses, lines=lines
    )
