"""An account that is guarded in a document of its own: credits of a customer, earnings of a payee.

What was posted to it, what of it is reserved, and the rule that nobody spends what is reserved for another
purpose. Facts are posted whatever they do to the balance, for they have happened; spending is asked for.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import Field

from shared.domain.ledger.accounts import Account
from shared.domain.ledger.book import Turnover
from shared.domain.ledger.entries import Entry, Posting
from shared.domain.model import Model
from shared.domain.money import Money
from shared.errors import Conflict


class Line(Model):
    """One posting of an entry with what a statement says of it. `n` is its place in the entry."""

    key: str
    n: int = Field(ge=0)
    at: datetime
    currency: str
    posting: Posting
    reason: str = ""
    order_id: str = ""
    reverses: str = ""

    @property
    def id(self) -> str:
        """Names the posting among all of its account."""
        return f"{self.key}:{self.n}"

    @property
    def takes(self) -> bool:
        """Whether it takes from what its account holds."""
        return self.posting.account.is_taken_by(self.posting.debit, self.posting.credit)

    def amount(self) -> Money:
        """What it adds to its account's balance; negative when it takes."""
        minor = self.posting.account.balance(self.posting.debit, self.posting.credit)
        return Money(minor=minor, currency=self.currency)


def lines_of(entry: Entry) -> Sequence[Line]:
    """The postings of an entry, each with what it needs to stand alone."""
    return [
        Line(
            key=entry.key,
            n=n,
            at=entry.at,
            currency=entry.currency,
            posting=posting,
            reason=entry.reason,
            order_id=entry.order_id,
            reverses=entry.reverses,
        )
        for n, posting in enumerate(entry.postings)
    ]


class OwnAccount(Model):
    """What an account holds, per currency."""

    account: Account
    turnover: Mapping[str, Turnover] = Field(default_factory=dict)
    """Debits and credits ever posted, by currency."""
    reserved: Mapping[str, Money] = Field(default_factory=dict)
    """What is set aside, by key."""
    postings: int = 0
    """How many there were: the number of the last."""
    negative_since: Mapping[str, datetime] = Field(default_factory=dict)
    """Since when it holds less than nothing, by currency."""

    def balance(self, currency: str) -> Money:
        """What it holds."""
        debited, credited = self.turnover.get(currency, (0, 0))
        return Money(minor=self.account.balance(debited, credited), currency=currency)

    def set_aside(self, currency: str) -> Money:
        """What of it is reserved."""
        parts = (amount for amount in self.reserved.values() if amount.currency == currency)
        return Money.total(parts, currency)

    def available(self, currency: str) -> Money:
        """What can still be spent or reserved; negative when it owes."""
        return self.balance(currency) - self.set_aside(currency)

    def reserving(self, key: str, amount: Money) -> "OwnAccount | None":
        """Set a positive `amount` aside; None when less is available.

        The same key again is the same reservation. Raises Conflict when it was for another amount.
        """
        if (known := self.reserved.get(key)) is not None:
            if known != amount:
                raise Conflict(f"{key} has reserved {known}, not {amount}.", code="key_reused")
            return self
        if (self.available(amount.currency) - amount).minor < 0:
            return None
        return self.model_copy(update={"reserved": {**self.reserved, key: amount}})

    def freed(self, *keys: str) -> "OwnAccount":
        """Nothing is set aside under `keys` any more."""
        left = {key: amount for key, amount in self.reserved.items() if key not in keys}
        return self if len(left) == len(self.reserved) else self.model_copy(update={"reserved": left})

    def posted(self, line: Line) -> "OwnAccount":
        """Post a fact. One that takes spends what was reserved under its entry's key, or its order's."""
        debited, credited = self.turnover.get(line.currency, (0, 0))
        turnover = (debited + line.posting.debit, credited + line.posting.credit)
        after = self.model_copy(
            update={
                "turnover": {**self.turnover, line.currency: turnover},
                "postings": self.postings + 1,
            }
        )
        after = after.freed(line.key, line.order_id) if line.takes else after
        return after._dated(line.currency, line.at)

    def spent(self, line: Line) -> "OwnAccount":
        """Post what is asked for. Raises Conflict (`insufficient_funds`) when it takes too much.

        It may take what is available, and what was reserved under its entry's key; a debt that others have
        made meanwhile does not undo a reservation.
        """
        amount = line.amount()
        covered = self.reserved.get(line.key)
        enough = covered is not None and (covered + amount).minor >= 0
        if line.takes and not enough:
            left = self.freed(line.key).available(line.currency)
            if (left + amount).minor < 0:
                detail = f"{line.key} takes {-amount} from {self.account.id}, which has {left}."
                raise Conflict(detail, code="insufficient_funds")
        return self.posted(line)

    @property
    def is_overdrawn(self) -> bool:
        """Whether it holds less than nothing though it may not."""
        return bool(self.negative_since) and not self.account.may_go_negative

    def _dated(self, currency: str, at: datetime) -> "OwnAccount":
        since = dict(self.negative_since)
        if self.balance(currency).minor >= 0:
            since.pop(currency, None)
        else:
            since.setdefault(currency, at)
        return self.model_copy(update={"negative_since": since})
