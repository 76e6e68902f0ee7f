"""Entries: balanced sets of postings under one key, added once and never changed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from pydantic import Field, model_validator

from shared.domain.ledger.accounts import Account, AccountKind
from shared.domain.model import Model
from shared.domain.money import Money


class Posting(Model):
    """One line of an entry: exactly one of `debit` and `credit` is positive, in minor units.

    `reference` is the payment provider's id of the effect that the line records, where there is one.
    """

    account: Account
    debit: int = Field(default=0, ge=0)
    credit: int = Field(default=0, ge=0)
    reference: str = Field(default="", max_length=128)

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if (self.debit == 0) == (self.credit == 0):
            raise ValueError("a posting is either a debit or a credit, and not of nothing")
        return self


class Entry(Model):
    """Debits that equal credits, of one currency, under the key of the effect that they record."""

    key: str = Field(min_length=1, max_length=200)
    at: datetime
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    postings: tuple[Posting, ...] = Field(min_length=2, max_length=100)
    reason: str = Field(default="", max_length=500)
    order_id: str = ""
    reverses: str = ""
    """Key of the entry that this one takes back."""

    @model_validator(mode="after")
    def _balanced(self) -> Self:
        debited = sum(posting.debit for posting in self.postings)
        credited = sum(posting.credit for posting in self.postings)
        if debited != credited:
            raise ValueError(f"the entry {self.key} debits {debited} and credits {credited}")
        return self


def debit(kind: AccountKind, owner: str, amount: Money, *, reference: str = "") -> Posting:
    """A debit of a positive amount."""
    account = Account(kind=kind, owner=owner)
    return Posting(account=account, debit=amount.minor, reference=reference)


def credit(kind: AccountKind, owner: str, amount: Money, *, reference: str = "") -> Posting:
    """A credit of a positive amount."""
    account = Account(kind=kind, owner=owner)
    return Posting(account=account, credit=amount.minor, reference=reference)


def reversal(entry: Entry, *, key: str, at: datetime, reason: str) -> Entry:
    """Take an entry back: the same lines on the other side, naming the origin."""
    postings: Iterable[Posting] = (
        Posting(account=each.account, debit=each.credit, credit=each.debit, reference=each.reference)
        for each in entry.postings
    )
    return entry.model_copy(
        update={"key": key, "at": at, "reason": reason, "postings": tuple(postings), "reverses": entry.key}
    )
