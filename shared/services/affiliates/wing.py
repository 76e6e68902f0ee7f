"""Everything about affiliates, put together (M21)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.ports.kyc import KycChecks
from shared.ports.store import Store
from shared.services.affiliates.clicks import Clicks
from shared.services.affiliates.commissions import CommissionService
from shared.services.affiliates.directory import AffiliateDirectory
from shared.services.affiliates.feed import AffiliateFeed
from shared.services.affiliates.links import LinkService
from shared.services.affiliates.performance import PerformanceService
from shared.services.affiliates.purses import Purses
from shared.services.affiliates.referrals import Referrals
from shared.services.affiliates.registration import AffiliateService
from shared.services.bookkeeping import Hears
from shared.services.catalogue import CatalogueService
from shared.services.payouts.payees import Payees
from shared.services.records import Records
from shared.settings import Settings

ORDER_NEWS = (
    *("uso.order.confirmed", "uso.order.cancelled", "uso.order.completed"),
    *("uso.funds.released", "uso.leg.refunded", "uso.recovery.closed", "uso.negotiation.closed"),
)
"""After any of these an order's commissions may stand differently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AffiliateWing:
    """The use cases."""

    registration: AffiliateService
    links: LinkService
    referrals: Referrals
    commissions: CommissionService
    performance: PerformanceService
    directory: AffiliateDirectory
    feed: AffiliateFeed
    purses: Purses

    def hearers(self) -> Mapping[str, Sequence[Hears]]:
        """Who hears of what, for `Bookkeeping`."""
        return {
            **{type_: [self.commissions.hear_order] for type_ in ORDER_NEWS},
            "uso.payout.paid": [self.commissions.hear_payout],
            "uso.affiliate.changed": [self.feed.hear, self.links.make_first, self.purses.list_payee],
        }


def affiliate_wing(
    records: Records,
    store: Store,
    *,
    kyc: KycChecks,
    catalogue: CatalogueService,
    payees: Payees,
    settings: Settings,
) -> AffiliateWing:
    """Build the wing."""
    clicks = Clicks(store, settings)
    directory = AffiliateDirectory(store)
    commissions = CommissionService(records, store, payees)
    return AffiliateWing(
        registration=AffiliateService(records, store, kyc, catalogue, settings),
        links=LinkService(records, store, clicks, directory, catalogue, settings),
        referrals=Referrals(records, clicks, catalogue, settings),
        commissions=commissions,
        performance=PerformanceService(clicks, commissions, directory),
        directory=directory,
        feed=AffiliateFeed(records),
        purses=Purses(records, payees),
    )
