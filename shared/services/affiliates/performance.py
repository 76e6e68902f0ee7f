"""Figures of affiliates: for each of its own dashboard, for admins of all (2.6-3, 5.4-12)."""

import asyncio

from shared.domain.affiliates.models import Affiliate, AffiliateStatus
from shared.domain.affiliates.performance import Figures, Performance, Ranking, figures
from shared.domain.model import Model
from shared.services.affiliates.clicks import Clicks, Counts
from shared.services.affiliates.commissions import CommissionService
from shared.services.affiliates.directory import AffiliateDirectory

AT_ONCE = 25
"""Affiliates whose figures are read side by side."""


class Ranked(Model):
    """One affiliate with its figures."""

    affiliate: Affiliate
    performance: Performance


class Overview(Model):
    """The affiliates that were asked for, best first, and the figures of all affiliates together."""

    ranked: tuple[Ranked, ...]
    count: int
    """How many there are that answer, before the list was cut."""
    together: Performance


class PerformanceService:
    """Adds figures up when someone looks; a look at all of them reads a few documents of each."""

    def __init__(self, clicks: Clicks, commissions: CommissionService, directory: AffiliateDirectory) -> None:
        self._clicks = clicks
        self._commissions = commissions
        self._directory = directory

    async def of(self, affiliate_id: str) -> Figures:
        """An affiliate's own figures."""
        counts = await self.counts(affiliate_id)
        earnings = await self._commissions.earnings(affiliate_id)
        paid = await self._commissions.paid_out(affiliate_id)
        return figures(shown=counts.shown, clicks=counts.clicks, earnings=earnings, paid=paid)

    async def counts(self, affiliate_id: str) -> Counts:
        """How often each link was shown and followed."""
        return await self._clicks.counts(affiliate_id)

    async def overview(self, *, status: AffiliateStatus | None, by: Ranking, limit: int) -> Overview:
        """Rank the affiliates; of equals the newest first."""
        await self._directory.refresh()
        all_of_them = self._directory.all()
        found: dict[str, Figures] = {}
        for start in range(0, len(all_of_them), AT_ONCE):
            some = [each.id for each in all_of_them[start : start + AT_ONCE]]
            found |= zip(some, await asyncio.gather(*map(self.of, some)), strict=True)
        wanted = [each for each in all_of_them if status in (None, each.status)]
        wanted.sort(key=lambda each: -found[each.id].rank(by, trust=each.trust_score))
        return Overview(
            ranked=tuple(
                Ranked(affiliate=each, performance=found[each.id].performance()) for each in wanted[:limit]
            ),
            count=len(wanted),
            together=sum(found.values(), Figures()).performance(),
        )
