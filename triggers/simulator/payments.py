"""Rehearsals with the embedded payment provider: whatever a customer, a payee or a bank may do."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.domain.ids import fresh
from shared.domain.instants import Instant
from shared.domain.model import Model
from shared.domain.money import Money
from shared.errors import InvalidInput
from shared.ports.payments import (
    BalanceMovement,
    ConnectedAccount,
    Evidence,
    NewsKind,
    Payment,
    ProviderDispute,
    ProviderPayout,
)
from triggers.simulator.ids import chosen
from triggers.web.answer import Reply
from triggers.web.call import Call
from triggers.web.plan import PathId

MAX_COPIES = 20
LOOKS_BACK = timedelta(days=1)
LONGEST_SPAN = timedelta(days=31)

PaymentId = Annotated[str, Field(pattern=r"^pi_[0-9a-f]{24}$")]
AccountId = Annotated[str, Field(pattern=r"^acct_[0-9a-f]{24}$")]
DisputeId = Annotated[str, Field(pattern=r"^dp_[0-9a-f]{40}$")]


class Amount(Money):
    """More than nothing, in minor units of its currency."""

    minor: int = Field(gt=0, le=10**12)


class DeclineBody(Model):
    """Whether the customer's payments are declined from now on."""

    customer_id: PathId
    declined: bool = True


class ActionBody(Model):
    """Whether the customer has to confirm each payment from now on."""

    customer_id: PathId
    required: bool = True


class ActBody(Model):
    """How the customer does what was asked."""

    succeed: bool = True


class OnboardBody(Model):
    """Whether the payee's details are complete."""

    complete: bool = True


class DisputeBody(Model):
    """What the bank takes back; without an amount, all that is left of the payment."""

    payment_id: PaymentId
    reason: str = Field(min_length=1, max_length=100, pattern=r"\S")
    amount: Amount | None = None


class VerdictBody(Model):
    """What the bank decided."""

    won: bool


class DisputeView(Model):
    """A dispute with what was said about it so far."""

    dispute: ProviderDispute
    evidence: Evidence


class PayOutBody(Model):
    """What goes to the platform's bank."""

    amount: Amount


class NewsBody(Model):
    """How news is told from now on: how much later, and how many times; 0 times is never."""

    delay_seconds: int = Field(default=0, ge=0, le=90 * 24 * 3600)
    copies: int = Field(default=1, ge=0, le=MAX_COPIES)


class SpanQuery(Model):
    """From `since` (included) until `until` (excluded); by default the day up to now."""

    since: Instant | None = None
    until: Instant | None = None

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """Return both ends. Raises InvalidInput for more than a month."""
        until = self.until or now + timedelta(microseconds=1)
        since = self.since or until - LOOKS_BACK
        if until - since > LONGEST_SPAN:
            raise InvalidInput(f"The span is at most {LONGEST_SPAN.days} days.", field="since")
        return since, until


class BooksQuery(SpanQuery):
    """Which part of the provider's books."""

    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")


class BooksView(Model):
    """What the provider holds for the platform now, and what moved it in the span, oldest first."""

    balance: Money
    movements: tuple[BalanceMovement, ...]


class DeliveryView(Model):
    """A webhook as the provider would send it now: POST `body` with `headers` to the payment webhook's door.

    `due` is when it is told by itself, null when it was.
    """

    id: str
    kind: NewsKind
    object_id: str
    payment_id: str
    at: AwareDatetime
    due: AwareDatetime | None
    headers: dict[str, str]
    body: str


async def decline(call: Call, body: DeclineBody) -> Reply[DeclineBody]:
    """Let the embedded payment provider decline a customer, or accept them again."""
    await call.app.payment_rehearsal.decline(body.customer_id, declined=body.declined)
    return Reply(body)


async def require_action(call: Call, body: ActionBody) -> Reply[ActionBody]:
    """Let the provider ask a customer to confirm each payment, or no longer."""
    await call.app.payment_rehearsal.require_action(body.customer_id, required=body.required)
    return Reply(body)


async def act(call: Call, payment_id: PaymentId, body: ActBody) -> Reply[Payment]:
    """Do what the customer was asked to do about a payment, or fail at it."""
    return Reply(await call.app.payment_rehearsal.act(payment_id, succeed=body.succeed))


async def onboard(call: Call, account_id: AccountId, body: OnboardBody) -> Reply[ConnectedAccount]:
    """Let a payee complete its details, or the provider ask for them again."""
    return Reply(await call.app.payment_rehearsal.onboard(account_id, complete=body.complete))


async def open_dispute(call: Call, body: DisputeBody) -> Reply[ProviderDispute]:
    """Let the customer's bank take a payment back."""
    return Reply(
        await call.app.payment_rehearsal.open_dispute(
            _key(call, "dispute"), body.payment_id, reason=body.reason, amount=body.amount
        )
    )


async def get_dispute(call: Call, claim_id: DisputeId) -> Reply[DisputeView]:
    """Show a dispute as the bank sees it, with the evidence."""
    evidence = await call.app.payment_rehearsal.evidence(claim_id)
    return Reply(DisputeView(dispute=await call.app.payments.dispute(claim_id), evidence=evidence))


async def close_dispute(call: Call, claim_id: DisputeId, body: VerdictBody) -> Reply[ProviderDispute]:
    """Let the bank decide a dispute."""
    return Reply(await call.app.payment_rehearsal.close_dispute(claim_id, won=body.won))


async def pay_out(call: Call, body: PayOutBody) -> Reply[ProviderPayout]:
    """Send a part of the balance to the platform's bank."""
    return Reply(await call.app.payment_rehearsal.pay_out(_key(call, "payout"), body.amount))


async def books(call: Call, query: BooksQuery) -> Reply[BooksView]:
    """Show what the provider itself has written down."""
    since, until = query.span(call.now)
    movements = [each async for each in call.app.payments.movements(since, until)]
    balance = await call.app.payments.balance(query.currency)
    return Reply(BooksView(balance=balance, movements=tuple(movements)))


async def shape_news(call: Call, body: NewsBody) -> Reply[NewsBody]:
    """Hold news back, repeat it or keep it to the deliveries from now on."""
    delay = timedelta(seconds=body.delay_seconds)
    await call.app.payment_rehearsal.shape_news(delay=delay, copies=body.copies)
    return Reply(body)


async def deliveries(call: Call, query: SpanQuery) -> Reply[list[DeliveryView]]:
    """List the provider's webhooks, freshly signed, to be sent in any order and as often as one likes."""
    since, until = query.span(call.now)
    found = [each async for each in call.app.payment_rehearsal.deliveries(since, until)]
    return Reply(
        [
            DeliveryView(
                id=each.news.id,
                kind=each.news.kind,
                object_id=each.news.object_id,
                payment_id=each.news.payment_id,
                at=each.news.at,
                due=each.due,
                headers=dict(each.headers),
                body=each.body,
            )
            for each in found
        ]
    )


def _key(call: Call, what: str) -> str:
    return f"rehearsal:{chosen(call, None, prefix=what) or fresh(what)}"
