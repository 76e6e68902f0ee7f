"""The admins' doors to affiliates: look, verify by hand, manage (flow 5.4-12)."""

from typing import Literal

from pydantic import Field

from shared.domain.affiliates.models import Affiliate, AffiliateStatus, KycCheck, TrustFacts, WhiteGlove
from shared.domain.affiliates.performance import Performance, Ranking
from shared.domain.cards import message_card
from shared.domain.model import Model
from shared.services.affiliates.registration import Decisions
from triggers.affiliates.views import AffiliateId, AffiliateView, CommissionInput, commission_of
from triggers.web.answer import Reply
from triggers.web.call import Call


class OverviewQuery(Model):
    """Which affiliates to list, and by what they are ranked."""

    status: AffiliateStatus | None = None
    rank: Ranking = Ranking.NEWEST
    limit: int = Field(default=50, ge=1, le=200)


class AdminView(Model):
    """An affiliate with what only admins see: who owns it, what its trust counts, how it does."""

    affiliate: AffiliateView
    owner: str
    vendor_id: str | None
    facts: TrustFacts
    white_glove_setting: WhiteGlove
    performance: Performance


class OverviewView(Model):
    """The list, how many there are that answer, and the figures of all affiliates together."""

    affiliates: tuple[AdminView, ...]
    count: int
    together: Performance


class Review(Model):
    """A check decided by hand, and why; the affiliate reads the note."""

    check: KycCheck
    verdict: Literal["verified", "rejected"]
    note: str = Field(min_length=1, max_length=500, pattern=r"\S")


class Manage(Model):
    """What is set; what is left out stays. The trust score follows from reviews and punctuality."""

    commission: CommissionInput | None = None
    active: bool | None = None
    white_glove: WhiteGlove | None = None
    positive_reviews: int | None = Field(default=None, ge=0, le=10_000)
    on_time_pct: int | None = Field(default=None, ge=0, le=100)


async def overview(call: Call, query: OverviewQuery) -> Reply[OverviewView]:
    """List affiliates with trust, verification, rates and figures; ranked, the best come first."""
    found = await call.app.affiliates.performance.overview(
        status=query.status, by=query.rank, limit=query.limit
    )
    views = tuple(_view(each.affiliate, each.performance) for each in found.ranked)
    together = found.together
    facts = [("Clicks", str(together.clicks)), ("Orders", str(together.conversions))]
    facts += [("Paid", str(each.paid)) for each in together.earned]
    return Reply(
        OverviewView(affiliates=views, count=found.count, together=together),
        adaptive_card=message_card("Affiliates", f"{found.count} affiliates.", facts=facts),
    )


async def show(call: Call, affiliate_id: AffiliateId) -> Reply[AdminView]:
    """Show one affiliate with its verification results."""
    return await _answer(call, await call.app.affiliates.registration.get(affiliate_id))


async def review(call: Call, affiliate_id: AffiliateId, body: Review) -> Reply[AdminView]:
    """Approve or reject a check by hand; trust and status follow."""
    affiliate = await call.app.affiliates.registration.review(
        affiliate_id,
        body.check,
        verified=body.verdict == "verified",
        by=call.caller.subject,
        note=body.note,
    )
    return await _answer(call, affiliate)


async def manage(call: Call, affiliate_id: AffiliateId, body: Manage) -> Reply[AdminView]:
    """Set what an admin may set; a commission counts for orders placed from now on."""
    decisions = Decisions(
        commission=commission_of(body.commission, call) if body.commission else None,
        **body.model_dump(exclude={"commission"}),
    )
    return await _answer(call, await call.app.affiliates.registration.manage(affiliate_id, decisions))


async def _answer(call: Call, affiliate: Affiliate) -> Reply[AdminView]:
    figures = await call.app.affiliates.performance.of(affiliate.id)
    return Reply(_view(affiliate, figures.performance()))


def _view(affiliate: Affiliate, performance: Performance) -> AdminView:
    return AdminView(
        affiliate=AffiliateView.of(affiliate),
        owner=affiliate.owner,
        vendor_id=affiliate.vendor_id or None,
        facts=affiliate.facts,
        white_glove_setting=affiliate.white_glove,
        performance=performance,
    )
