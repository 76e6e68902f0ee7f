"""What several of the books' doors show: lines of accounts, as data and as rows of an export."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from pydantic import Field

from shared.domain.csv_text import Cell
from shared.domain.ledger.own import OwnAccount
from shared.domain.model import Model
from shared.domain.money import Money
from shared.services.ledger.statements import AccountLine, AccountPage

COLUMNS = ("number", "at", "entry", "order", "reason", "reference", "amount", "balance", "currency")


class PageQuery(Model):
    """Which page, newest first; `before` is what the page before said."""

    before: int | None = Field(default=None, ge=1)
    limit: int = Field(default=50, ge=1, le=200)


class Transaction(Model):
    """One posting. `amount` is signed: what it added; `balance` is what there then was."""

    number: int
    at: datetime
    entry: str
    order_id: str
    reason: str
    reverses: str
    amount: Money
    balance: Money

    @classmethod
    def of(cls, shown: AccountLine) -> Self:
        """Show a line of an account."""
        line = shown.line
        return cls(
            number=shown.number,
            at=line.at,
            entry=line.key,
            order_id=line.order_id,
            reason=line.reason,
            reverses=line.reverses,
            amount=line.amount(),
            balance=shown.balance,
        )


class Holding(Model):
    """What an account holds in one currency; reserved is what is on its way out of it."""

    balance: Money
    reserved: Money
    available: Money


class Transactions(Model):
    """A page of transactions; `before` asks for the next one, null on the last."""

    items: tuple[Transaction, ...]
    before: int | None

    @classmethod
    def of(cls, page: AccountPage) -> Self:
        """Show a page."""
        return cls(items=tuple(Transaction.of(line) for line in page.lines), before=page.before)


def holdings(account: OwnAccount) -> tuple[Holding, ...]:
    """What an account holds, per currency."""
    return tuple(
        Holding(
            balance=account.balance(currency),
            reserved=account.set_aside(currency),
            available=account.available(currency),
        )
        for currency in sorted(account.turnover)
    )


def row(shown: AccountLine) -> Sequence[Cell]:
    """A line of an export, under COLUMNS."""
    line = shown.line
    return (
        shown.number,
        line.at,
        line.key,
        line.order_id,
        line.reason,
        line.posting.reference,
        line.amount(),
        shown.balance,
        line.currency,
    )
