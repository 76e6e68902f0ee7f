"""The book of one order: what was posted to each account, and the promise that no cent is unaccounted for."""

from collections.abc import Iterable, Mapping

from pydantic import Field

from shared.domain.ledger.accounts import Account, AccountKind, Home
from shared.domain.ledger.entries import Entry, Posting
from shared.domain.model import Model
from shared.domain.money import Money
from shared.errors import LedgerError

Turnover = tuple[int, int]
"""Debits and credits ever posted to an account, in minor units."""
_REMAINING = frozenset(
    {AccountKind.CUSTOMER_FUNDS, AccountKind.HELD, AccountKind.DISPUTED, AccountKind.SHOP_SALES}
)
_EARNED = frozenset({AccountKind.VENDOR_PAYABLE, AccountKind.SUPPLIER_PAYABLE})
_FEES = frozenset({AccountKind.PLATFORM_FEE, AccountKind.AFFILIATE_COMMISSION, AccountKind.GIG_WALLET})
_SOURCES = frozenset(
    {
        AccountKind.PROVIDER_BALANCE,
        AccountKind.CHARGEBACK,
        AccountKind.CREDITS,
        AccountKind.GOODWILL,
        AccountKind.COST_OF_GOODS,
        AccountKind.PROVIDER_FEES,
        AccountKind.SHOP_CLEARING,
    }
)


class HoldSummary(Model):
    """Where an order's money is: held = released + refunded + fees + remaining, always."""

    held: Money
    """All that ever came in for the order: from the customer, from credits, from the platform itself."""
    released: Money
    """Earned by vendors and suppliers, clawbacks taken off."""
    refunded: Money
    fees: Money
    """The platform's, affiliates' and gig workers' share."""
    remaining: Money


class Book(Model):
    """The turnover of every account that one order touched, by account id."""

    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    turnover: Mapping[str, Turnover] = Field(default_factory=dict)

    def posted(self, entry: Entry) -> "Book":
        """Return the book with `entry` in it.

        Raises LedgerError when the currency differs, an account of the order that may not would go negative,
        or the order's money would no longer add up.
        """
        if self.turnover and entry.currency != self.currency:
            raise LedgerError(f"{entry.key} is in {entry.currency}, the book in {self.currency}")
        after = dict(self.turnover)
        for posting in entry.postings:
            debited, credited = after.get(posting.account.id, (0, 0))
            after[posting.account.id] = (debited + posting.debit, credited + posting.credit)
        book = Book(currency=entry.currency, turnover=after)
        book._check(entry.key, entry.postings)
        return book

    def balance(self, kind: AccountKind, owner: str = "") -> Money:
        """What an account holds as far as this order is concerned."""
        account = Account(kind=kind, owner=owner)
        debited, credited = self.turnover.get(account.id, (0, 0))
        return self._money(account.balance(debited, credited))

    def sum_of(self, kinds: Iterable[AccountKind]) -> Money:
        """What all accounts of `kinds` hold together."""
        wanted = frozenset(kinds)
        found = (Account.parse(id) for id in self.turnover)
        return Money.total(
            (self.balance(account.kind, account.owner) for account in found if account.kind in wanted),
            self.currency,
        )

    def summary(self) -> HoldSummary:
        """Say where the order's money is."""
        came_in = sent_back = refunded = 0
        for id, (debited, credited) in self.turnover.items():
            kind = Account.parse(id).kind
            if kind in _SOURCES:  # whichever side it grows on: a debit brings money into the order
                came_in += debited - credited
            if kind is AccountKind.REFUNDS:
                sent_back, refunded = sent_back + debited, refunded + credited
        return HoldSummary(
            held=self._money(came_in + sent_back),
            released=self.sum_of(_EARNED),
            refunded=self._money(refunded),
            fees=self.sum_of(_FEES),
            remaining=self.sum_of(_REMAINING),
        )

    def _check(self, key: str, postings: Iterable[Posting]) -> None:
        for posting in postings:
            account = posting.account
            guarded = account.home is Home.ORDER and not account.may_go_negative
            if guarded and self.balance(account.kind, account.owner).minor < 0:
                raise LedgerError(f"{key} would take more from {account.id} than there is")
        total = self.summary()
        if total.held != total.released + total.refunded + total.fees + total.remaining:
            raise LedgerError(f"after {key} the money of the order does not add up: {total!r}")

    def _money(self, minor: int) -> Money:
        return Money(minor=minor, currency=self.currency)
