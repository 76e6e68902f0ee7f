"""The payment port: customers' payments, money to others, disputes, and the provider's own books.

Every write carries a key. The same key always gives the same answer and moves money once; the same key with
another request is a Conflict (`key_reused`). Failures: PaymentDeclined (nothing moved), Conflict (the thing's
state does not allow it, e.g. `refund_exceeds_payment`), Unavailable (no answer: ask again with the same key).
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from pydantic import Field, SecretStr

from shared.domain.evidence import Evidence as Evidence
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.status import DisputeState as DisputeState
from shared.domain.status import PaymentState as PaymentState
from shared.ports.events import CloudEvent

KEY = Field(min_length=1, max_length=200)


# --- what customers pay -----------------------------------------------------------------------------


class Payment(Model):
    """One payment as the provider sees it now. `captured` and `refunded` are parts of it in minor units."""

    id: str
    key: str
    state: PaymentState
    amount: Money
    captured: int = 0
    refunded: int = 0
    group: str = ""


class Action(Model):
    """What the customer must do; for their own eyes only, so it is asked for when they look, never stored."""

    url: str = ""
    client_secret: SecretStr


class AuthoriseRequest(Model):
    """Reserve an amount, once for everything. `group` ties the payment to the transfers it pays for.

    `method` is the provider's id of a stored payment method; empty takes the customer's default. With
    `capture` the money is taken at once, which is how a price difference is settled without the customer.
    """

    key: str = KEY
    customer_id: str
    amount: Money
    group: str = ""
    method: str = ""
    description: str = ""
    capture: bool = False


class CaptureRequest(Model):
    """Take an authorised amount, or less of it; the rest is let go."""

    key: str = KEY
    payment_id: str
    amount: Money


class CancelRequest(Model):
    """Let an authorisation go."""

    key: str = KEY
    payment_id: str


class RefundRequest(Model):
    """Give back part or all of a captured payment."""

    key: str = KEY
    payment_id: str
    amount: Money


class Refund(Model):
    """Money that went back."""

    id: str
    key: str
    payment_id: str
    amount: Money


class Payments(Protocol):
    """Payments of customers."""

    async def authorise(self, request: AuthoriseRequest) -> Payment:
        """Reserve (or take) the amount; REQUIRES_ACTION is an answer. Raises PaymentDeclined."""
        ...

    async def payment(self, payment_id: str) -> Payment:
        """Return how a payment stands. Raises NotFound."""
        ...

    async def action(self, payment_id: str) -> Action | None:
        """Return what the customer must do; None when there is nothing (any more)."""
        ...

    async def capture(self, request: CaptureRequest) -> Payment:
        """Take the amount. Raises Conflict when it is more than authorised or the authorisation is gone."""
        ...

    async def cancel(self, request: CancelRequest) -> Payment:
        """Let an authorisation go; again changes nothing. Raises Conflict when it was captured."""
        ...

    async def refund(self, request: RefundRequest) -> Refund:
        """Give the amount back. Raises Conflict for more than was captured and not yet refunded."""
        ...


# --- what others are paid ---------------------------------------------------------------------------


class ConnectedAccount(Model):
    """A payee's account at the provider. `missing` are the provider's words for what it still needs."""

    id: str
    can_be_paid: bool
    missing: tuple[str, ...] = ()


class OnboardingLink(Model):
    """Where a payee gives the provider its details; short-lived, for that payee alone."""

    url: str
    expires_at: datetime


class TransferRequest(Model):
    """Move money from the platform's balance to a connected account."""

    key: str = KEY
    account_id: str
    amount: Money
    group: str = ""
    payment_id: str = ""
    """The payment that the money is part of, so that it need not have settled yet."""
    description: str = ""


class Transfer(Model):
    """Money that went to a connected account; `reversed` of it came back, in minor units."""

    id: str
    key: str
    account_id: str
    amount: Money
    reversed: int = 0


class ReversalRequest(Model):
    """Take back part or all of a transfer."""

    key: str = KEY
    transfer_id: str
    amount: Money


class Reversal(Model):
    """Money that came back."""

    id: str
    key: str
    transfer_id: str
    amount: Money


class Transfers(Protocol):
    """Money to vendors, affiliates and workers."""

    async def open_account(self, key: str, *, payee_id: str, email: str = "") -> ConnectedAccount:
        """Open a payee's account, once per key; it can be paid after onboarding."""
        ...

    async def account(self, account_id: str) -> ConnectedAccount:
        """Return how an account stands. Raises NotFound."""
        ...

    async def onboarding_link(self, account_id: str, *, return_url: str, refresh_url: str) -> OnboardingLink:
        """Make a link for the payee."""
        ...

    async def transfer(self, request: TransferRequest) -> Transfer:
        """Send the amount. Raises Conflict (`account_not_ready`, `insufficient_balance`)."""
        ...

    async def reverse(self, request: ReversalRequest) -> Reversal:
        """Take the amount back. Raises Conflict for more than is left of the transfer."""
        ...


# --- disputes ---------------------------------------------------------------------------------------


class ProviderDispute(Model):
    """A chargeback as the provider sees it. The amount and the fee are taken from the balance at once.

    An inquiry, which does not take money, only asks: the bank may leave it at that.
    """

    id: str
    payment_id: str
    amount: Money
    fee: Money
    reason: str
    state: DisputeState
    due_by: datetime
    submitted: bool = False
    takes_money: bool = True


class Disputes(Protocol):
    """Chargebacks and their evidence. It can be staged as often as need be, and is submitted once."""

    async def dispute(self, dispute_id: str) -> ProviderDispute:
        """Return how a dispute stands. Raises NotFound."""
        ...

    async def stage_evidence(self, key: str, dispute_id: str, evidence: Evidence) -> ProviderDispute:
        """Put evidence there without submitting it. Raises Conflict once it was submitted."""
        ...

    async def submit_evidence(self, key: str, dispute_id: str, evidence: Evidence) -> ProviderDispute:
        """Send the evidence to the bank; again changes nothing."""
        ...


# --- the provider's books ---------------------------------------------------------------------------


class MovementKind(StrEnum):
    """What moved the platform's balance at the provider."""

    PAYMENT = "payment"
    REFUND = "refund"
    TRANSFER = "transfer"
    REVERSAL = "reversal"
    DISPUTE = "dispute"
    DISPUTE_WON = "dispute_won"
    PAYOUT = "payout"
    OTHER = "other"


class BalanceMovement(Model):
    """One line of the provider's books. `amount` is signed, without `fee`; `source_id` is what moved it."""

    id: str
    kind: MovementKind
    source_id: str
    amount: Money
    fee: Money
    at: datetime


class ProviderBooks(Protocol):
    """What the provider has written down, for the reconciliation."""

    def movements(self, since: datetime, until: datetime) -> AsyncIterator[BalanceMovement]:
        """Yield every movement of the balance from `since` (included) until `until` (excluded)."""
        ...

    async def balance(self, currency: str) -> Money:
        """Return what the provider holds for the platform now, pending money included."""
        ...


# --- news -------------------------------------------------------------------------------------------


class NewsKind(StrEnum):
    """What the provider tells of by itself. It is only a reason to look: the truth is asked for."""

    PAYMENT_CHANGED = "payment_changed"
    REFUND_CHANGED = "refund_changed"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_CHANGED = "dispute_changed"
    ACCOUNT_CHANGED = "account_changed"
    PAYOUT_CHANGED = "payout_changed"


class ProviderNews(Model):
    """One piece of news. `object_id` is the payment, dispute, account or payout that it is about.

    `payment_id` and `group` are given where the news carries them.
    """

    id: str = Field(max_length=255)
    kind: NewsKind
    object_id: str = Field(max_length=255)
    payment_id: str = ""
    group: str = ""
    at: datetime


NEWS_TYPE = "uso.provider.news"


def news_event(news: ProviderNews) -> CloudEvent:
    """Return the event that tells of `news`; its data is the news itself."""
    return CloudEvent(
        id=f"news:{news.id}"[:128],
        type=NEWS_TYPE,
        subject=news.object_id[:200],
        time=news.at,
        data=news.model_dump(mode="json"),
    )


class ProviderWebhooks(Protocol):
    """Reads the provider's webhooks."""

    def read(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> ProviderNews | None:
        """Verify a delivery over its raw body and read it; None for news that nobody here follows.

        Raises Unauthenticated for a missing, wrong, too old or too early signature, InvalidInput for a body
        that is signed but cannot be read.
        """
        ...


class PaymentProvider(Payments, Transfers, Disputes, ProviderBooks, ProviderWebhooks, Protocol):
    """All of it, as one adapter offers it."""


# --- rehearsal --------------------------------------------------------------------------------------


class ProviderPayout(Model):
    """Money that left the platform's balance for the platform's own bank."""

    id: str
    key: str
    amount: Money


class SignedNews(Model):
    """One piece of news as a webhook: `headers` sign `body`, as of now. `due`: it is still held back."""

    news: ProviderNews
    due: datetime | None
    headers: Mapping[str, str]
    body: str


class PaymentRehearsal(Protocol):
    """A provider whose failures can be rehearsed: the embedded one."""

    async def decline(self, customer_id: str, *, declined: bool = True) -> None:
        """From now on decline (or accept again) this customer's payments."""
        ...

    async def require_action(self, customer_id: str, *, required: bool = True) -> None:
        """From now on ask this customer to confirm each payment (or no longer)."""
        ...

    async def act(self, payment_id: str, *, succeed: bool = True) -> Payment:
        """Do what the customer was asked to do, or fail at it."""
        ...

    async def onboard(self, account_id: str, *, complete: bool = True) -> ConnectedAccount:
        """Let a payee complete its details, or the provider ask for them again."""
        ...

    async def open_dispute(
        self, key: str, payment_id: str, *, reason: str, amount: Money | None = None
    ) -> ProviderDispute:
        """Let the customer's bank take a payment back."""
        ...

    async def close_dispute(self, dispute_id: str, *, won: bool) -> ProviderDispute:
        """Let the bank decide."""
        ...

    async def evidence(self, dispute_id: str) -> Evidence:
        """Return what was staged or submitted. Raises NotFound."""
        ...

    async def pay_out(self, key: str, amount: Money) -> ProviderPayout:
        """Send a part of the balance to the platform's bank. Raises Conflict (`insufficient_balance`)."""
        ...

    async def shape_news(self, *, delay: timedelta, copies: int) -> None:
        """From now on hold each piece of news back for `delay`, then tell it `copies` times (0: never)."""
        ...

    def deliveries(self, since: datetime, until: datetime) -> AsyncIterator[SignedNews]:
        """Yield all news from `since` (included) until `until` (excluded), signed now, told or not."""
        ...

    def rotate_webhook_secret(self) -> None:
        """Sign with a new secret; what the one before signed is still accepted until the next rotation."""
        ...

    async def catch_up(self) -> int:
        """Do what became due: held news, lapsed authorisations, disputes nobody answered. Return how many."""
        ...
