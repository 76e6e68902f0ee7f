"""What an affiliate earns: figures, order by order, paid out, and its feed (flow 2.6-3)."""

from datetime import datetime

from pydantic import Field

from shared.domain.affiliates.commissions import CommissionStatus, CommissionTransaction
from shared.domain.affiliates.models import Affiliate, Commission, CommissionType, account_of
from shared.domain.affiliates.performance import Performance
from shared.domain.cards import message_card
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.payouts import Schedule
from shared.services.affiliates.feed import earns
from triggers.affiliates.views import AffiliateId, owned
from triggers.inputs import OrderId
from triggers.money.finance import PayoutView, ScheduleView
from triggers.web.answer import Reply
from triggers.web.call import Call


class PageQuery(Model):
    """How many to show."""

    limit: int = Field(default=50, ge=1, le=200)


class CommissionQuery(PageQuery):
    """`after` is the order of the last commission that was shown before."""

    after: OrderId | None = None


class DashboardView(Model):
    """How the affiliate does, what it earns per order now, and when it is paid next."""

    affiliate_id: str
    tracking_id: str | None
    commission: Commission
    performance: Performance
    payouts: ScheduleView


class CommissionLegView(Model):
    """One item of an order and its part of the commission."""

    leg_id: str
    name: str
    value: Money
    type: CommissionType
    rate_bps: int
    fixed: Money
    pending: Money
    earned: Money


class CommissionView(Model):
    """The commission of one order: `commission` is all of it, earned or not yet."""

    order_id: str
    link_id: str
    ordered_at: datetime
    status: CommissionStatus
    order_value: Money
    commission: Money
    pending: Money
    earned: Money
    paid: Money
    legs: tuple[CommissionLegView, ...]


class AccountView(Model):
    """Where to complete the account; the link is short-lived and for its owner alone."""

    url: str
    expires_at: datetime
    payouts: ScheduleView


class NoticeView(Model):
    """Something that the affiliate was told."""

    id: str
    at: datetime
    about: str
    text: str
    order_id: str | None


async def dashboard(call: Call, affiliate_id: AffiliateId) -> Reply[DashboardView]:
    """Show clicks, conversion rate, and commissions: all, pending, payable, paid."""
    affiliate = await owned(call, affiliate_id)
    figures = (await call.app.affiliates.performance.of(affiliate.id)).performance()
    view = DashboardView(
        affiliate_id=affiliate.id,
        tracking_id=affiliate.tracking_id or None,
        commission=affiliate.agreed,
        performance=figures,
        payouts=await _payouts(call, affiliate),
    )
    facts = [("Clicks", str(figures.clicks)), ("Orders", str(figures.conversions))]
    facts += [("Commissions", str(each.total)) for each in figures.earned]
    text = f"You earn {earns(affiliate.agreed)}."
    return Reply(view, adaptive_card=message_card(affiliate.name, text, facts=facts))


async def list_commissions(
    call: Call, affiliate_id: AffiliateId, query: CommissionQuery
) -> Reply[list[CommissionView]]:
    """List commissions, newest orders first, with what each is of."""
    affiliate = await owned(call, affiliate_id)
    found = await call.app.affiliates.commissions.transactions(
        affiliate.id, limit=query.limit, after=query.after
    )
    return Reply([_view(transaction) for transaction in found])


async def list_payouts(call: Call, affiliate_id: AffiliateId, query: PageQuery) -> Reply[list[PayoutView]]:
    """List what was paid out and what is on its way, newest first."""
    affiliate = await owned(call, affiliate_id)
    found = await call.app.payouts.history(account_of(affiliate.id), limit=query.limit)
    return Reply([PayoutView.of(payout) for payout in found])


async def open_account(call: Call, affiliate_id: AffiliateId) -> Reply[AccountView]:
    """Open the account that commissions go to, once, and make a link where its owner completes it."""
    affiliate = await owned(call, affiliate_id)
    account = account_of(affiliate.id)
    await call.app.payees.open_account(account, email=affiliate.contact.email)
    link = await call.app.payees.onboarding_link(account)
    return Reply(
        AccountView(url=link.url, expires_at=link.expires_at, payouts=await _payouts(call, affiliate))
    )


async def list_notices(call: Call, affiliate_id: AffiliateId, query: PageQuery) -> Reply[list[NoticeView]]:
    """List what the affiliate was told, newest first."""
    affiliate = await owned(call, affiliate_id)
    found = await call.app.affiliates.commissions.notices(affiliate.id, limit=query.limit)
    return Reply(
        [
            NoticeView(
                id=each.id, at=each.at, about=each.about, text=each.text, order_id=each.order_id or None
            )
            for each in found
        ]
    )


async def _payouts(call: Call, affiliate: Affiliate) -> ScheduleView:
    account = account_of(affiliate.id)
    await call.app.payees.refresh(account)
    payee = await call.app.payees.get(account)
    return ScheduleView(
        schedule=Schedule(affiliate.schedule),
        next=await call.app.payees.next_payout(account) if affiliate.is_active else None,
        account_opened=payee.provider_account != "",
        can_be_paid=payee.can_be_paid,
        missing=payee.missing,
    )


def _view(transaction: CommissionTransaction) -> CommissionView:
    money = transaction.money
    return CommissionView(
        order_id=transaction.order_id,
        link_id=transaction.link_id,
        ordered_at=transaction.ordered_at,
        status=transaction.status,
        order_value=money(transaction.order_value),
        commission=money(transaction.pending + transaction.earned),
        pending=money(transaction.pending),
        earned=money(transaction.earned),
        paid=money(transaction.paid),
        legs=tuple(
            CommissionLegView(
                leg_id=leg.leg_id,
                name=leg.name,
                value=money(leg.value),
                type=leg.type,
                rate_bps=leg.rate_bps,
                fixed=money(leg.fixed_minor),
                pending=money(leg.pending),
                earned=money(leg.earned),
            )
            for leg in transaction.legs
        ),
    )
