"""What a partner earns: held, earned, paid, and when the next payout is (flow 2.8-2)."""

from datetime import date, datetime

from pydantic import Field

from shared.domain.cards import message_card
from shared.domain.csv_text import csv_text
from shared.domain.ledger import Account, AccountKind
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.payouts import Payout, Schedule
from shared.domain.status import PayoutStatus
from shared.errors import Conflict
from shared.services.earnings import PendingLeg
from triggers.access import partner_of
from triggers.money.views import COLUMNS, Holding, PageQuery, Transactions, holdings, row
from triggers.web.answer import Document, Reply
from triggers.web.call import Call


class PayoutView(Model):
    """One payout."""

    id: str
    amount: Money
    status: PayoutStatus
    created_at: datetime
    settled_at: datetime | None
    returned: Money
    """What of it was taken back against a debt."""

    @classmethod
    def of(cls, payout: Payout) -> "PayoutView":
        """Show a payout."""
        return cls(
            **payout.model_dump(include={"id", "amount", "status", "created_at", "settled_at"}),
            returned=Money(minor=payout.returned, currency=payout.amount.currency),
        )


class ScheduleView(Model):
    """How and when a partner is paid. `next` is null for schedules that do not go by days."""

    schedule: Schedule
    next: date | None
    account_opened: bool
    can_be_paid: bool
    missing: tuple[str, ...]
    """What the payment provider still needs, in its own words."""


class FinanceView(Model):
    """The dashboard: sums per currency, legs whose money is held, payouts, a page of transactions."""

    pending: tuple[PendingLeg, ...]
    """Legs whose money is held until they are verified; the amount is the partner's own share."""
    pending_sums: tuple[Money, ...]
    earned: tuple[Holding, ...]
    """Released and not yet paid; negative after a clawback, and then the next earnings go against it."""
    paid: tuple[Money, ...]
    payouts: ScheduleView
    latest_payouts: tuple[PayoutView, ...]
    history: Transactions


class SetSchedule(Model):
    """When to be paid."""

    schedule: Schedule


class OpenAccount(Model):
    """Where the provider may write to."""

    email: str = Field(default="", max_length=254, pattern=r"^([^@\s]+@[^@\s]+)?$")


class OnboardingView(Model):
    """Where to complete the account; the link is short-lived and for the partner alone."""

    url: str
    expires_at: datetime
    payouts: ScheduleView


async def my_finance(call: Call, query: PageQuery) -> Reply[FinanceView]:
    """Show the calling partner's money."""
    app, account = call.app, _account_of(call)
    await app.payouts.look(account)
    pending = await app.earnings.pending(account.owner)
    page = await app.statements.statement_of_account(account, before=query.before, limit=query.limit)
    payee = await app.payees.get(account)
    view = FinanceView(
        pending=pending,
        pending_sums=_sums(pending),
        earned=holdings(page.account),
        paid=tuple(Money(minor=minor, currency=currency) for currency, minor in sorted(payee.paid.items())),
        payouts=await _schedule(call, account),
        latest_payouts=tuple(PayoutView.of(payout) for payout in await app.payouts.history(account)),
        history=Transactions.of(page),
    )
    facts = [("Held", _listed(view.pending_sums)), ("Earned", _listed([h.balance for h in view.earned]))]
    facts += [("Paid", _listed(view.paid)), ("Schedule", view.payouts.schedule.value.replace("_", " "))]
    return Reply(view, adaptive_card=message_card("Your money", "As booked until now.", facts=facts))


async def export(call: Call) -> Document:
    """Give all of the calling partner's transactions as CSV, oldest first."""
    rows = [row(line) async for line in call.app.statements.lines_of_account(_account_of(call))]
    return Document(csv_text(COLUMNS, rows).encode())


async def set_schedule(call: Call, body: SetSchedule) -> Reply[ScheduleView]:
    """Choose when to be paid; saying it twice changes nothing."""
    account = _account_of(call)
    await call.app.payees.set_schedule(account, body.schedule)
    return Reply(await _schedule(call, account))


async def open_account(call: Call, body: OpenAccount | None = None) -> Reply[OnboardingView]:
    """Open the partner's account at the payment provider, once, and make a link where to complete it."""
    account = _account_of(call)
    await call.app.payees.open_account(account, email=body.email if body else "")
    link = await call.app.payees.onboarding_link(account)
    return Reply(
        OnboardingView(url=link.url, expires_at=link.expires_at, payouts=await _schedule(call, account))
    )


async def pay_now(call: Call) -> Reply[list[PayoutView]]:
    """Begin to pay everything that is earned; what is on its way already is not paid twice."""
    account = _account_of(call)
    payee = await call.app.payouts.look(account)
    if not payee.can_be_paid:
        raise Conflict("Your account cannot be paid to yet; please complete it.", code="account_not_ready")
    await call.app.payouts.begin(account)
    latest = await call.app.payouts.history(account)
    return Reply([PayoutView.of(payout) for payout in latest if payout.status is PayoutStatus.OPEN])


async def _schedule(call: Call, account: Account) -> ScheduleView:
    payee = await call.app.payees.get(account)
    return ScheduleView(
        schedule=payee.schedule,
        next=await call.app.payees.next_payout(account),
        account_opened=payee.provider_account != "",
        can_be_paid=payee.can_be_paid,
        missing=payee.missing,
    )


def _account_of(call: Call) -> Account:
    return Account(kind=AccountKind.VENDOR_PAYABLE, owner=partner_of(call.caller))


def _sums(pending: tuple[PendingLeg, ...]) -> tuple[Money, ...]:
    currencies = sorted({leg.amount.currency for leg in pending})
    return tuple(
        Money.total((leg.amount for leg in pending if leg.amount.currency == currency), currency)
        for currency in currencies
    )


def _listed(amounts: "tuple[Money, ...] | list[Money]") -> str:
    return ", ".join(map(str, amounts)) or "nothing"
