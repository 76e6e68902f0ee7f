"""What the embedded provider stores: each record, how it changes, and the news that it makes."""

import hashlib
from abc import abstractmethod
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Self

from pydantic import Field

from shared.domain.model import Model
from shared.domain.money import Money
from shared.errors import InvalidInput
from shared.ports.payments import (
    AuthoriseRequest,
    BalanceMovement,
    ConnectedAccount,
    DisputeState,
    Evidence,
    MovementKind,
    NewsKind,
    Payment,
    PaymentState,
    ProviderDispute,
    ProviderNews,
    ProviderPayout,
    Transfer,
)
from shared.ports.store import Body, Create, Operation, Replace

UNFINISHED = ("external_account", "tos_acceptance")
"""What a new account is missing, in Stripe's words."""


def digest(text: str, length: int = 24) -> str:
    """A short name for `text`, the same on every machine."""
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def id_of(prefix: str, key: str) -> str:
    """The id of what is made under an idempotency key."""
    return f"{prefix}_{digest(key)}"


def stamp(at: datetime) -> str:
    """An instant as text that sorts as instants do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def day_of(at: datetime) -> date:
    """The day of the log that an instant belongs to, in UTC."""
    return at.astimezone(UTC).date()


def must_be_positive(amount: Money) -> None:
    """Raise InvalidInput for an amount of nothing or less."""
    if amount.minor <= 0:
        raise InvalidInput("An amount to move is positive.", field="amount")


def within(amount: Money, limit: Money) -> bool:
    """Say whether `amount` is of the limit's currency and no more."""
    return amount.currency == limit.currency and amount.minor <= limit.minor


class Record(Model):
    """A stored thing. Its body names its kind, and by when it has to be looked at again."""

    kind: ClassVar[str]

    @property
    def due(self) -> datetime | None:
        """When time alone changes it."""
        return None

    def body(self) -> Body:
        """The document that holds it."""
        due = stamp(self.due) if self.due else None
        return {"kind": self.kind, "due": due, "record": self.model_dump(mode="json")}

    def write(self, id: str, etag: str | None = None) -> Operation:
        """Store it under `id`: new, or in the place of the version with `etag`."""
        return Create(id, self.body()) if etag is None else Replace(id, self.body(), if_match=etag)


class Telling(Record):
    """A record whose changes are news; `told` counts them, so that each piece has an id of its own."""

    told: int = 0

    @property
    @abstractmethod
    def object_id(self) -> str:
        """Id of what the news is about."""

    @property
    def payment_id(self) -> str:
        """The payment that it belongs to."""
        return ""

    @property
    def group(self) -> str:
        """The group of that payment."""
        return ""

    def telling(self, kind: NewsKind, *, at: datetime) -> tuple[Self, ProviderNews]:
        """Return the record after telling, and the news."""
        told = self.told + 1
        news = ProviderNews(
            id=f"evt_{self.object_id}_{told:04}",
            kind=kind,
            object_id=self.object_id,
            payment_id=self.payment_id,
            group=self.group,
            at=at,
        )
        return self.model_copy(update={"told": told}), news


class PaymentRecord(Telling):
    """A payment. `disputed` of it, in minor units, is with the bank, for now or for good."""

    kind: ClassVar[str] = "payment"
    payment: Payment
    customer_id: str
    take_at_once: bool = False
    lapses_at: datetime | None = None
    disputed: int = 0

    @classmethod
    def begun(cls, id: str, request: AuthoriseRequest) -> Self:
        """A payment that nobody has confirmed yet."""
        payment = Payment(
            id=id,
            key=request.key,
            state=PaymentState.REQUIRES_ACTION,
            amount=request.amount,
            group=request.group,
        )
        return cls(payment=payment, customer_id=request.customer_id, take_at_once=request.capture)

    @property
    def object_id(self) -> str:
        """Id of what the news is about."""
        return self.payment.id

    @property
    def payment_id(self) -> str:
        """The payment itself."""
        return self.payment.id

    @property
    def group(self) -> str:
        """Its group."""
        return self.payment.group

    @property
    def due(self) -> datetime | None:
        """When the authorisation lapses."""
        return self.lapses_at if self.payment.state is PaymentState.AUTHORISED else None

    @property
    def left(self) -> Money:
        """What can still be given back or taken back of it."""
        gone = self.payment.refunded + self.disputed
        return Money(minor=self.payment.captured - gone, currency=self.payment.amount.currency)

    def seen(self, now: datetime) -> Self:
        """The payment as it stands `now`: an authorisation that has lapsed is no more."""
        return self.becoming(state=PaymentState.CANCELLED) if self.due and now >= self.due else self

    def becoming(self, **changes: Any) -> Self:
        """The record with its payment changed."""
        return self.model_copy(update={"payment": self.payment.model_copy(update=changes)})


class DisputeRecord(Telling):
    """A chargeback with the evidence given so far."""

    kind: ClassVar[str] = "dispute"
    dispute: ProviderDispute
    evidence: Evidence = Evidence()
    payment_group: str = ""

    @property
    def object_id(self) -> str:
        """Id of what the news is about."""
        return self.dispute.id

    @property
    def payment_id(self) -> str:
        """The payment that is disputed."""
        return self.dispute.payment_id

    @property
    def group(self) -> str:
        """Its group."""
        return self.payment_group

    @property
    def due(self) -> datetime | None:
        """When the bank stops waiting for evidence."""
        return self.dispute.due_by if self.dispute.state is DisputeState.NEEDS_RESPONSE else None

    def seen(self, now: datetime) -> Self:
        """The dispute as it stands `now`: what was not answered in time is lost."""
        return self.becoming(state=DisputeState.LOST) if self.due and now >= self.due else self

    def becoming(self, **changes: Any) -> Self:
        """The record with its dispute changed."""
        return self.model_copy(update={"dispute": self.dispute.model_copy(update=changes)})

    def with_evidence(self, given: Evidence) -> Self:
        """The record with what `given` says put over what was there."""
        more = given.model_dump(exclude_defaults=True)
        return self.model_copy(update={"evidence": self.evidence.model_copy(update=more)})


class AccountRecord(Telling):
    """A payee's account."""

    kind: ClassVar[str] = "account"
    account: ConnectedAccount
    payee_id: str
    email: str = ""

    @property
    def object_id(self) -> str:
        """Id of what the news is about."""
        return self.account.id

    def onboarded(self, *, complete: bool) -> Self:
        """The account with its details complete, or asked for again."""
        missing = () if complete else UNFINISHED
        account = self.account.model_copy(update={"can_be_paid": complete, "missing": missing})
        return self.model_copy(update={"account": account})


class TransferRecord(Record):
    """Money sent to an account, and the payment it was taken from."""

    kind: ClassVar[str] = "transfer"
    transfer: Transfer
    payment_id: str = ""


class SourceRecord(Record):
    """What was transferred out of one payment, in minor units, reversals taken off."""

    kind: ClassVar[str] = "source"
    drawn: int = 0


class PayoutRecord(Telling):
    """Money sent to the platform's bank."""

    kind: ClassVar[str] = "payout"
    payout: ProviderPayout

    @property
    def object_id(self) -> str:
        """Id of what the news is about."""
        return self.payout.id


class Line(Record):
    """A movement, stored with what moved. `counted`: the totals were changed in the same batch."""

    kind: ClassVar[str] = "line"
    movement: BalanceMovement
    counted: bool = False

    @classmethod
    def of(
        cls,
        kind: MovementKind,
        source_id: str,
        amount: Money,
        *,
        at: datetime,
        fee: Money | None = None,
        counted: bool = False,
    ) -> Self:
        """A signed amount that `source_id` moved, and what the provider keeps for it."""
        movement = BalanceMovement(
            id=f"txn_{kind}_{source_id}",
            kind=kind,
            source_id=source_id,
            amount=amount,
            fee=fee or Money.zero(amount.currency),
            at=at,
        )
        return cls(movement=movement, counted=counted)

    @property
    def net(self) -> int:
        """What the balance changes by, in minor units."""
        return self.movement.amount.minor - self.movement.fee.minor


class Totals(Record):
    """The balance per currency, and how far it was counted."""

    kind: ClassVar[str] = "totals"
    cursor: str | None = None
    """Of the change feed: every line up to here is counted."""
    sums: dict[str, int] = Field(default_factory=dict)
    """Minor units by currency."""
    first_day: date | None = None
    """Of the log."""

    def plus(self, minor: int, currency: str) -> Self:
        """The totals with an amount added."""
        sums = {**self.sums, currency: self.sums.get(currency, 0) + minor}
        return self.model_copy(update={"sums": sums})

    def of(self, currency: str) -> Money:
        """The balance in one currency."""
        return Money(minor=self.sums.get(currency, 0), currency=currency)


class NewsRecord(Record):
    """A piece of news, stored with what it tells of; `held_until` when it is not out yet."""

    kind: ClassVar[str] = "news"
    news: ProviderNews
    copies: int = 1
    held_until: datetime | None = None

    @property
    def due(self) -> datetime | None:
        """When it goes out."""
        return self.held_until


class Shape(Record):
    """How news is told from now on."""

    kind: ClassVar[str] = "shape"
    delay_seconds: float = 0
    copies: int = 1


class Claim(Record):
    """Which request an idempotency key belongs to."""

    kind: ClassVar[str] = "claim"
    operation: str
    fingerprint: str
