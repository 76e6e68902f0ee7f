"""What an affiliate earned, as its orders and its payouts say (flow 2.6-3). Pure.

A transaction is one order's commission. It is read off the order as it stands, so that events may come twice
and in any order: what is still held will be earned, what was released is earned, what was clawed back is not.

Payouts pay the balance of the affiliate's account, not single transactions; they are laid over what was
earned, oldest first. A clawback of something paid leaves the difference over for what is earned next, just as
the account's next payout is smaller by it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from shared.domain.affiliates.models import CommissionType
from shared.domain.aggregate import Aggregate
from shared.domain.ledger import split
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.order_money import held_of
from shared.domain.orders import Order, OrderLeg
from shared.domain.status import OrderStatus
from shared.errors import LedgerError

CONFIRMED = frozenset({OrderStatus.PROCESSING, OrderStatus.COMPLETED})


class CommissionStatus(StrEnum):
    """Where a commission stands: waiting for the delivery, earned, paid out, or lost."""

    PENDING = "pending"
    PAYABLE = "payable"
    PAID = "paid"
    CANCELLED = "cancelled"


class CommissionLeg(Model):
    """One leg's part; amounts in minor units. `pending` is still to be earned, `earned` is."""

    leg_id: str
    name: str
    value: int
    """What the commission is of: its price, refunds taken off."""
    type: CommissionType
    rate_bps: int = 0
    fixed_minor: int = 0
    pending: int = 0
    earned: int = 0


class CommissionTransaction(Aggregate):
    """The commission of one order. `paid` is what payouts have covered of it."""

    affiliate_id: str
    order_id: str
    link_id: str
    currency: str
    ordered_at: datetime
    legs: tuple[CommissionLeg, ...]
    order_revision: int
    earned_at: datetime | None = None
    """When something of it was first earned: the order in which payouts cover."""
    paid: int = Field(default=0, ge=0)
    due: int = Field(default=0, ge=0)
    """What is earned and not covered by a payout, in minor units; stored, to be asked for."""

    def verify(self) -> None:
        """Raise LedgerError when it says that more is paid than is earned."""
        if self.paid + self.due != self.earned:
            raise LedgerError(f"{self.id} earned {self.earned}, but {self.paid} are paid and {self.due} due")

    @property
    def order_value(self) -> int:
        """What its legs are worth."""
        return sum(leg.value for leg in self.legs)

    @property
    def pending(self) -> int:
        """What is still to be earned."""
        return sum(leg.pending for leg in self.legs)

    @property
    def earned(self) -> int:
        """What is earned, clawbacks taken off."""
        return sum(leg.earned for leg in self.legs)

    @property
    def status(self) -> CommissionStatus:
        """Where it stands as a whole."""
        if self.pending:
            return CommissionStatus.PENDING
        if not self.earned:
            return CommissionStatus.CANCELLED
        return CommissionStatus.PAID if self.paid >= self.earned else CommissionStatus.PAYABLE

    def money(self, minor: int) -> Money:
        """An amount in its currency."""
        return Money(minor=minor, currency=self.currency)


class Sums(Model):
    """An affiliate's amounts in one currency, in minor units."""

    pending: int = 0
    earned: int = 0
    covered: int = 0
    """What of payouts is laid over transactions."""

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            pending=self.pending + other.pending,
            earned=self.earned + other.earned,
            covered=self.covered + other.covered,
        )


class Earnings(Aggregate):
    """All that an affiliate earned, added up as it happens."""

    affiliate_id: str
    conversions: Mapping[str, int] = Field(default_factory=dict)
    """Orders by link."""
    sums: Mapping[str, Sums] = Field(default_factory=dict)
    """By currency."""

    def of(self, currency: str) -> Sums:
        """The sums of one currency."""
        return self.sums.get(currency, Sums())

    def plus(self, currency: str, more: Sums) -> "Earnings":
        """Return the earnings with amounts added to the sums of a currency."""
        return self.model_copy(update={"sums": {**self.sums, currency: self.of(currency) + more}})

    def converted(self, link_id: str) -> "Earnings":
        """Count an order."""
        counted = {**self.conversions, link_id: self.conversions.get(link_id, 0) + 1}
        return self.model_copy(update={"conversions": counted})

    @property
    def orders(self) -> int:
        """How many orders its links brought."""
        return sum(self.conversions.values())


def affiliates_of(order: Order) -> list[str]:
    """Who earns on an order."""
    return sorted({leg.terms.affiliate_id for leg in order.legs if leg.terms.affiliate_id})


def is_confirmed(order: Order) -> bool:
    """Whether an order has come about: only then is there anything to earn on it."""
    return order.status in CONFIRMED or any(leg.earned for leg in order.legs)


def transaction_id(affiliate_id: str, order_id: str) -> str:
    """The id of an order's transaction."""
    return f"{affiliate_id}-{order_id}"


def read_off(
    order: Order, affiliate_id: str, known: CommissionTransaction | None, *, at: datetime
) -> CommissionTransaction:
    """Return an affiliate's transaction as the order says; `known` is how it stood."""
    legs = [leg for leg in order.legs if leg.terms.affiliate_id == affiliate_id]
    parts = tuple(_leg(order, leg) for leg in legs)
    earned = sum(part.earned for part in parts)
    paid = min(known.paid, earned) if known else 0
    fresh = known or CommissionTransaction(
        id=transaction_id(affiliate_id, order.id),
        created_at=at,
        updated_at=at,
        affiliate_id=affiliate_id,
        order_id=order.id,
        link_id=legs[0].terms.link_id,
        currency=order.currency(),
        ordered_at=order.created_at,
        legs=(),
        order_revision=0,
    )
    return fresh.model_copy(
        update={
            "legs": parts,
            "order_revision": order.revision,
            "earned_at": fresh.earned_at or (at if earned else None),
            "paid": paid,
            "due": earned - paid,
        }
    )


def added_up(
    earnings: Earnings, before: CommissionTransaction | None, after: CommissionTransaction
) -> Earnings:
    """Return the earnings with a transaction's change in them."""
    if before is None:
        earnings = earnings.converted(after.link_id)
    more = Sums(
        pending=after.pending - (before.pending if before else 0),
        earned=after.earned - (before.earned if before else 0),
        covered=after.paid - (before.paid if before else 0),
    )
    return earnings.plus(after.currency, more)


def laid_over(spare: int, due: Iterable[CommissionTransaction]) -> list[CommissionTransaction]:
    """Cover what is due with what was paid out, oldest first, and return what changed.

    The last one may be covered in part; it is paid when the rest comes.
    """
    changed: list[CommissionTransaction] = []
    for each in due:
        part = min(spare, each.due)
        if part <= 0:
            break
        changed.append(each.model_copy(update={"paid": each.paid + part, "due": each.due - part}))
        spare -= part
    return changed


def news(before: CommissionTransaction | None, after: CommissionTransaction) -> CommissionStatus | None:
    """The status worth telling the affiliate of; None when it is what it was, or nothing was to be earned."""
    known = before.status if before else CommissionStatus.CANCELLED
    return None if known is after.status else after.status


def _leg(order: Order, leg: OrderLeg) -> CommissionLeg:
    held, terms = held_of(order, leg), leg.terms
    earned = leg.earned or split(Money.zero(order.currency()), terms)
    return CommissionLeg(
        leg_id=leg.id,
        name=leg.name,
        value=(held + earned.total()).minor,
        type=CommissionType.CPA if terms.commission_minor else CommissionType.CPE,
        rate_bps=terms.commission_bps,
        fixed_minor=terms.commission_minor,
        pending=split(held, terms).commission.minor,
        earned=earned.commission.minor,
    )
