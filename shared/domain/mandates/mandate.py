"""A mandate and what was drawn on it. Both lie in one partition, so one batch changes both.

The mandate holds the sums, so its etag guards the budget however many orders draw on it at once; each order's
draws are a document of their own, so the mandate stays small. A draw's key begins with its order's id
(`{order}` or `{order}:{leg}:{step}`), which tells the order that it counts for.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from shared.domain.aggregate import Aggregate
from shared.domain.mandates.terms import MandateTerms
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.status import DrawStatus
from shared.errors import LedgerError


class MandateStatus(StrEnum):
    """How a mandate stands at an instant; it follows from its terms and what was revoked."""

    NOT_YET_VALID = "not_yet_valid"
    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Draw(Model):
    """One reservation: `amount` held; once settled, `settled` of it is spent and the rest free again."""

    amount: int = Field(ge=0)
    status: DrawStatus = DrawStatus.RESERVED
    settled: int = Field(default=0, ge=0)


class Spending(Aggregate):
    """What one order draws on a mandate, in minor units. `given_back` are refunds by their own keys."""

    draws: Mapping[str, Draw] = Field(default_factory=dict)
    given_back: Mapping[str, int] = Field(default_factory=dict)

    @property
    def reserved(self) -> int:
        """Held and not yet spent."""
        return sum(draw.amount for draw in self.draws.values() if draw.status is DrawStatus.RESERVED)

    @property
    def settled(self) -> int:
        """Ever spent."""
        return sum(draw.settled for draw in self.draws.values())

    @property
    def returned(self) -> int:
        """Ever refunded."""
        return sum(self.given_back.values())

    @property
    def is_use(self) -> bool:
        """Whether the order counts as a use: something was drawn for it and not all of that released."""
        return any(draw.status is not DrawStatus.RELEASED for draw in self.draws.values())

    def verify(self) -> None:
        """Raise LedgerError when more was spent than reserved, or more refunded than spent."""
        over = any(draw.settled > draw.amount for draw in self.draws.values())
        if over or not 0 <= self.returned <= self.settled:
            raise LedgerError(f"the spending {self.id} does not add up")


class Mandate(Aggregate):
    """A delegated authorisation with its running sums, in minor units of the terms' currency.

    `token` is the text that the customer signed: the evidence that they allowed it. It is shown to nobody.
    """

    terms: MandateTerms
    kid: str
    token: str
    reserved: int = Field(default=0, ge=0)
    settled: int = Field(default=0, ge=0)
    given_back: int = Field(default=0, ge=0)
    used: int = Field(default=0, ge=0)
    """Orders that count as uses."""
    revoked_at: datetime | None = None

    @property
    def customer_id(self) -> str:
        """Whose money it is about."""
        return self.terms.customer_id

    @property
    def spent(self) -> int:
        """Settled, refunds taken off."""
        return self.settled - self.given_back

    @property
    def left(self) -> int:
        """What can still be reserved."""
        return self.terms.limits.total - self.reserved - self.spent

    def money(self, minor: int) -> Money:
        """An amount in the mandate's currency."""
        return Money(minor=minor, currency=self.terms.limits.currency)

    def status(self, now: datetime, *, key_is_live: bool) -> MandateStatus:
        """Say how it stands at `now`. Revoking a key revokes what it signed."""
        if self.revoked_at is not None or not key_is_live:
            return MandateStatus.REVOKED
        if now >= self.terms.expires_at:
            return MandateStatus.EXPIRED
        begins = self.terms.not_before
        return MandateStatus.NOT_YET_VALID if begins and now < begins else MandateStatus.ACTIVE

    def after(self, before: Spending, now: Spending) -> "Mandate":
        """Carry a change of one order's spending over to the sums."""
        return self.model_copy(
            update={
                "reserved": self.reserved + now.reserved - before.reserved,
                "settled": self.settled + now.settled - before.settled,
                "given_back": self.given_back + now.returned - before.returned,
                "used": self.used + now.is_use - before.is_use,
            }
        )

    def verify(self) -> None:
        """Raise LedgerError when the sums say what can never be: above all, more drawn than was allowed."""
        limits = self.terms.limits
        sums_are_sound = min(self.reserved, self.given_back, self.spent, self.left, self.used) >= 0
        if not sums_are_sound or (limits.uses is not None and self.used > limits.uses):
            raise LedgerError(f"the mandate {self.id} does not add up")


def spending_id(mandate_id: str, key: str) -> str:
    """The id of the document that holds a draw: its order's."""
    return f"{mandate_id}-{key.partition(':')[0]}"
