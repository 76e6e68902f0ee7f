"""Paying what others have earned: who is paid, how often, and what became of each payout (2.8-1, 2.8-2).

Vendors are paid when money is released unless they want it otherwise, affiliates weekly or monthly, workers
at once (M21, M16).
"""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from pydantic import Field

from shared.domain.ledger import Account, AccountKind, Entry, credit, debit
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.status import PayoutStatus, move


class Schedule(StrEnum):
    """When a payee is paid."""

    ON_RELEASE = "on_release"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    MANUAL = "manual"


CHOICES: Mapping[AccountKind, tuple[Schedule, ...]] = {
    AccountKind.VENDOR_PAYABLE: tuple(Schedule),
    AccountKind.AFFILIATE_COMMISSION: (Schedule.WEEKLY, Schedule.MONTHLY),
    AccountKind.GIG_WALLET: (Schedule.ON_RELEASE,),
}
"""Whose earnings can be paid out, and by which schedules; the first is the default."""
BY_DATE = (Schedule.DAILY, Schedule.WEEKLY, Schedule.MONTHLY)


def next_due(schedule: Schedule, after: date) -> date | None:
    """Return the first day after `after` on which the schedule pays; None for those without days.

    Weeks pay on Mondays, months on their first day.
    """
    match schedule:
        case Schedule.DAILY:
            return after + timedelta(days=1)
        case Schedule.WEEKLY:
            return after + timedelta(days=7 - after.weekday())
        case Schedule.MONTHLY:
            return (after.replace(day=1) + timedelta(days=32)).replace(day=1)
        case _:
            return None


class TakeBack(Model):
    """A part of a paid payout that is being taken back; `key` is the provider's and the entry's."""

    key: str
    payout_id: str
    amount: Money


class Payee(Model):
    """Someone who is paid out of one account. `waiting`: a payout was due before they could be paid."""

    account: Account
    provider_account: str = ""
    """The connected account at the payment provider."""
    email: str | None = None
    """What it was asked for with; None: it was not yet. A key is for one request, so this stays."""
    can_be_paid: bool = False
    missing: tuple[str, ...] = ()
    """What the provider still needs, in its own words."""
    schedule: Schedule
    waiting: bool = False
    payouts: int = 0
    """How many payouts were begun: the number of the last."""
    open: Mapping[str, str] = Field(default_factory=dict)
    """The payout that is on its way, by currency."""
    paid: Mapping[str, int] = Field(default_factory=dict)
    """What was paid and not taken back, in minor units by currency."""
    taking_back: TakeBack | None = None
    """The reversal that is on its way."""

    @classmethod
    def of(cls, account: Account) -> "Payee":
        """Someone about whom nothing is stored yet."""
        return cls(account=account, schedule=CHOICES[account.kind][0])

    def opened(self, payout: "Payout") -> "Payee":
        """The payee with a payout on its way."""
        open_ = {**self.open, payout.amount.currency: payout.id}
        return self.model_copy(update={"open": open_, "payouts": payout.number, "waiting": False})

    def closed(self, payout: "Payout") -> "Payee":
        """The payee without it."""
        left = {currency: id for currency, id in self.open.items() if id != payout.id}
        return self.model_copy(update={"open": left})

    def got(self, amount: Money) -> "Payee":
        """The payee with `amount` more on their account, or less."""
        paid = self.paid.get(amount.currency, 0) + amount.minor
        return self.model_copy(update={"paid": {**self.paid, amount.currency: paid}})


class Payout(Model):
    """One payout: written down and reserved first, then sent, then booked.

    `attempt` numbers the keys under which it was sent: a new one only after the provider's clear no, so that
    a lost answer is always asked for again. `run` numbers the plans that were started to send it.
    """

    id: str
    number: int
    account: Account
    amount: Money
    destination: str
    """The connected account that the money goes to."""
    status: PayoutStatus = PayoutStatus.OPEN
    created_at: datetime
    settled_at: datetime | None = None
    attempt: int = 1
    run: int = 1
    stuck: bool = False
    """Its plan has given up; a person was told."""
    reason: str = ""
    transfer_id: str = ""
    returned: int = 0
    """What of it was taken back, in minor units."""
    returns: int = 0
    """How many times."""

    @property
    def key(self) -> str:
        """Of its entry, and of the reservation until then."""
        return f"payout:{self.id}"

    @property
    def transfer_key(self) -> str:
        """Of its effect at the provider."""
        return f"{self.id}:transfer:{self.attempt}"

    @property
    def plan(self) -> str:
        """Instance id of the plan that sends it."""
        return f"{self.id}-{self.run}"

    def left(self) -> Money:
        """What of it was not taken back."""
        return Money(minor=self.amount.minor - self.returned, currency=self.amount.currency)

    def moved(self, target: PayoutStatus, **update: object) -> "Payout":
        """Return the payout in `target`. Raises IllegalMove."""
        status = move("payout", self.status, target)
        return self.model_copy(update={"status": status, "stuck": False, **update})


def payout_id(account: Account, number: int) -> str:
    """Name an account's payout; the id may stand in an instance id."""
    return f"po_{hashlib.sha256(account.id.encode()).hexdigest()[:16]}-{number}"


def payout_entry(payout: Payout, *, transfer_id: str, at: datetime) -> Entry:
    """Book a payout that was sent."""
    account = payout.account
    return Entry(
        key=payout.key,
        at=at,
        currency=payout.amount.currency,
        postings=(
            debit(account.kind, account.owner, payout.amount),
            credit(AccountKind.PROVIDER_BALANCE, "", payout.amount, reference=transfer_id),
        ),
        reason="payout",
    )


def take_back_entry(payout: Payout, taken: TakeBack, *, reversal_id: str, at: datetime) -> Entry:
    """Book a part of a payout that came back: a reversal that names its origin."""
    account = payout.account
    return Entry(
        key=taken.key,
        at=at,
        currency=taken.amount.currency,
        postings=(
            debit(AccountKind.PROVIDER_BALANCE, "", taken.amount, reference=reversal_id),
            credit(account.kind, account.owner, taken.amount),
        ),
        reason="taken back against a debt",
        reverses=payout.key,
    )
