"""All accounts summed up by kind and currency; debits that do not equal credits show here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pydantic import Field

from shared.domain.ledger.accounts import Account, AccountKind
from shared.domain.ledger.book import Turnover
from shared.domain.ledger.entries import Entry
from shared.domain.model import Model
from shared.domain.money import Money


class Totals(Model):
    """What one container's entries add up to, as far as its feed was read."""

    cursor: str | None = None
    """From where the feed is read on; None: from its start."""
    entries: int = 0
    sums: Mapping[str, Mapping[str, Turnover]] = Field(default_factory=dict)
    """Debits and credits by account kind and currency."""

    def plus(self, entries: Iterable[Entry], *, cursor: str | None) -> "Totals":
        """Count entries, each once, and remember how far the feed was read."""
        sums = {kind: dict(by_currency) for kind, by_currency in self.sums.items()}
        count = self.entries
        for entry in entries:
            count += 1
            for posting in entry.postings:
                by_currency = sums.setdefault(posting.account.kind.value, {})
                debited, credited = by_currency.get(entry.currency, (0, 0))
                by_currency[entry.currency] = (debited + posting.debit, credited + posting.credit)
        return Totals(cursor=cursor, entries=count, sums=sums)


class TrialLine(Model):
    """All accounts of one kind in one currency, in minor units."""

    kind: AccountKind
    currency: str
    debits: int
    credits: int
    balance: int
    """On the side on which the kind grows."""


class TrialSum(Model):
    """All accounts of one currency, in minor units."""

    currency: str
    debits: int
    credits: int
    balanced: bool


class TrialBalance(Model):
    """The whole ledger. It is balanced when it is in every currency."""

    lines: tuple[TrialLine, ...]
    sums: tuple[TrialSum, ...]
    entries: int
    balanced: bool

    def balance(self, kind: AccountKind, currency: str) -> Money:
        """What the accounts of a kind hold together."""
        minor = sum(line.balance for line in self.lines if (line.kind, line.currency) == (kind, currency))
        return Money(minor=minor, currency=currency)


def trial_balance(parts: Sequence[Totals]) -> TrialBalance:
    """Add up what was counted, in the order of the chart of accounts."""
    turnover: dict[tuple[AccountKind, str], Turnover] = defaultdict(lambda: (0, 0))
    for part in parts:
        for kind, by_currency in part.sums.items():
            for currency, (debited, credited) in by_currency.items():
                before = turnover[AccountKind(kind), currency]
                turnover[AccountKind(kind), currency] = (before[0] + debited, before[1] + credited)
    order = list(AccountKind)
    lines = tuple(
        _line(kind, currency, turnover[kind, currency])
        for kind, currency in sorted(turnover, key=lambda key: (order.index(key[0]), key[1]))
    )
    sums = tuple(_sum(currency, lines) for currency in sorted({line.currency for line in lines}))
    return TrialBalance(
        lines=lines,
        sums=sums,
        entries=sum(part.entries for part in parts),
        balanced=all(each.balanced for each in sums),
    )


def _line(kind: AccountKind, currency: str, turnover: Turnover) -> TrialLine:
    debited, credited = turnover
    balance = Account(kind=kind).balance(debited, credited)
    return TrialLine(kind=kind, currency=currency, debits=debited, credits=credited, balance=balance)


def _sum(currency: str, lines: Iterable[TrialLine]) -> TrialSum:
    mine = [line for line in lines if line.currency == currency]
    debits, credits_ = sum(line.debits for line in mine), sum(line.credits for line in mine)
    return TrialSum(currency=currency, debits=debits, credits=credits_, balanced=debits == credits_)
