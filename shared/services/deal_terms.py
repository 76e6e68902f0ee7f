"""The terms of an order's legs, agreed when it is placed: the platform's fee, and a commission if due."""

from collections.abc import Sequence
from datetime import datetime

from shared.domain import fees
from shared.domain.affiliates.rates import Referral, referred, renewed
from shared.domain.catalogue import Product, Vendor
from shared.domain.ledger import Terms
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.orders import OrderLeg
from shared.services.affiliates.referrals import Referrals
from shared.services.affiliates.registration import limits_of
from shared.services.catalogue import CatalogueService
from shared.services.fees import FeeService
from shared.settings import Settings


class Part(Model):
    """One leg to be: what is sold, by whom, and what the customer pays for all of it."""

    product: Product
    vendor: Vendor
    price: Money


class DealTerms:
    """Asked once per order, so that all its legs are agreed by one table of fees."""

    def __init__(
        self, fees: FeeService, referrals: Referrals, catalogue: CatalogueService, settings: Settings
    ) -> None:
        self._fees = fees
        self._referrals = referrals
        self._catalogue = catalogue
        self._limits = limits_of(settings)

    async def agree(
        self, parts: Sequence[Part], *, customer_id: str, click_id: str, at: datetime
    ) -> list[Terms]:
        """Return the terms of each part of an order placed at `at`, in their order."""
        ids = [part.product.id for part in parts]
        referral = None
        if click_id:
            referral = await self._referrals.resolve(click_id, ids, customer_id=customer_id, at=at)
        return await self.terms_of(parts, referral, at=at)

    async def agreed(
        self, legs: Sequence[OrderLeg], *, customer_id: str, click_id: str, at: datetime
    ) -> tuple[OrderLeg, ...]:
        """Return the legs of an order placed at `at` with their terms."""
        parts = [self._part(leg) for leg in legs]
        terms = await self.agree(parts, customer_id=customer_id, click_id=click_id, at=at)
        return tuple(leg.model_copy(update={"terms": each}) for leg, each in zip(legs, terms, strict=True))

    async def terms_of(
        self, parts: Sequence[Part], referral: Referral | None, *, at: datetime
    ) -> list[Terms]:
        """Return the terms of each part, given who brought the customer."""
        table = await self._fees.in_force(at)
        terms = [
            Terms(fee_bps=fees.rate(table.rates, each.vendor.place.point, each.product.kind).fee_bps)
            for each in parts
        ]
        if referral is None:
            return terms
        return referred(
            terms,
            [each.price for each in parts],
            covered=[each.product.id in referral.product_ids for each in parts],
            referral=referral,
            limits=self._limits,
        )

    async def terms(self, part: Part, referral: Referral | None, *, at: datetime) -> Terms:
        """Return the terms of a single part."""
        (terms,) = await self.terms_of([part], referral, at=at)
        return terms

    async def taken_over(self, leg: OrderLeg, old: OrderLeg, *, at: datetime) -> OrderLeg:
        """Return a leg that takes another's place in an order placed at `at`, with its terms.

        Its vendor pays the fee that was in force then, and the commission stays what was agreed.
        """
        part = self._part(leg)
        fee = await self._fees.rate_for(part.vendor, part.product, at)
        return leg.model_copy(update={"terms": renewed(old.terms, fee, price=leg.price)})

    def _part(self, leg: OrderLeg) -> Part:
        return Part(
            product=self._catalogue.known_product(leg.product_id),
            vendor=self._catalogue.known_vendor(leg.vendor_id),
            price=leg.price,
        )
