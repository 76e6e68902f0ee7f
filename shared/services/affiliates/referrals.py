"""Which affiliate brought an order, if one did (2.6-2 step 4)."""

import re
from collections.abc import Iterable
from datetime import datetime

from shared.domain.affiliates.links import TOKEN, Click, is_attributed
from shared.domain.affiliates.rates import Referral
from shared.services.affiliates.clicks import Clicks
from shared.services.catalogue import CatalogueService
from shared.services.kinds import AFFILIATES, LINKS
from shared.services.records import Records
from shared.settings import Settings

_CLICK = re.compile(r"aff_[0-9a-z]+-c_[0-9a-z]+")
_LINK = re.compile(r"aff_[0-9a-z]+-k[0-9a-f]+")


class Referrals:
    """Traces an order to a click, or to the token of a link for protocols."""

    def __init__(
        self, records: Records, clicks: Clicks, catalogue: CatalogueService, settings: Settings
    ) -> None:
        self._records = records
        self._clicks = clicks
        self._catalogue = catalogue
        self._settings = settings

    async def resolve(
        self, click_id: str, product_ids: Iterable[str], *, customer_id: str, at: datetime
    ) -> Referral | None:
        """Return who brought an order placed at `at`, and which of its products that is for.

        None when nobody did, or nobody may earn on it: the click is unknown or too old, the affiliate is not
        active or the customer itself, or the link is about other products. A wrong click is no error: the
        customer's order does not depend on it.
        """
        click = await self._click(click_id, at)
        found = await self._records.find(LINKS, click.link_id) if click else None
        if click is None or found is None:
            return None
        link = found.value
        affiliate = (await self._records.get(AFFILIATES, link.affiliate_id)).value
        window = self._settings.attribution_window
        if not is_attributed(affiliate, click, customer_id=customer_id, at=at, window=window):
            return None
        products = (self._catalogue.find_product(id) for id in product_ids)
        covered = frozenset(product.id for product in products if product and link.covers(product))
        if not covered:
            return None
        return Referral(
            affiliate_id=affiliate.id, link_id=link.id, commission=affiliate.agreed, product_ids=covered
        )

    async def _click(self, click_id: str, at: datetime) -> Click | None:
        if _CLICK.fullmatch(click_id):
            return await self._clicks.find(click_id)
        token = click_id.removeprefix(TOKEN)
        if token != click_id and _LINK.fullmatch(token):
            return Click(link_id=token, at=at)  # a token is used in the very purchase
        return None
