"""The margin of a curated bundle, what price would be right, and which other parts would leave more (M22)."""

from collections.abc import Mapping

from shared.domain import fees
from shared.domain.affiliates.models import Affiliate
from shared.domain.affiliates.rates import Referral
from shared.domain.catalogue import Product
from shared.domain.fees import FeeRates
from shared.domain.margin import Margin, Part, margin, suggested_price
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.places import GeoPoint
from shared.domain.scout import AlternativeQuery
from shared.errors import Infeasible
from shared.services.affiliates.directory import AffiliateDirectory
from shared.services.affiliates.registration import limits_of
from shared.services.catalogue import CatalogueService
from shared.services.fees import FeeService
from shared.services.records import Records
from shared.settings import Settings

SHOWN = 5
"""Alternatives that are shown."""


class Swap(Model):
    """Another product in the place of a part, at the same price of the bundle, and what it gains."""

    replaces: str
    product_id: str
    name: str
    vendor_name: str
    list_price: Money
    total_margin: Money
    margin_percentage: float | None
    gain: Money


class Optimised(Model):
    """A bundle's margin, with what could be better."""

    bundle_id: str
    margin: Margin
    target_bps: int
    suggested_price: Money | None
    alternatives: tuple[Swap, ...]


class BundleMargins:
    """Reckons with the fees in force now and the commissions of vendors that are affiliates."""

    def __init__(
        self,
        records: Records,
        catalogue: CatalogueService,
        fees: FeeService,
        directory: AffiliateDirectory,
        settings: Settings,
    ) -> None:
        self._records = records
        self._catalogue = catalogue
        self._fees = fees
        self._directory = directory
        self._settings = settings
        self._limits = limits_of(settings)

    async def of(self, bundle_id: str) -> Optimised:
        """Reckon a bundle. Raises NotFound, and Infeasible when a part is gone or in another currency."""
        await self._catalogue.refresh()
        await self._directory.refresh()
        bundle = self._catalogue.bundle(bundle_id)
        rates = (await self._fees.in_force(self._records.now())).rates
        sellers = self._directory.sellers()
        parts = [self._part(self._sold(id), rates, sellers) for id in bundle.product_ids]
        if {part.list_price.currency for part in parts} != {bundle.price.currency}:
            raise Infeasible("Its parts and its price are in several currencies.", code="mixed_currencies")
        now = margin(bundle.price, parts, self._limits)
        target = self._settings.target_margin_bps
        return Optimised(
            bundle_id=bundle_id,
            margin=now,
            target_bps=target,
            suggested_price=suggested_price(parts, self._limits, target_bps=target),
            alternatives=await self._swaps(now, parts, rates, sellers),
        )

    async def _swaps(
        self, now: Margin, parts: list[Part], rates: FeeRates, sellers: Mapping[str, Affiliate]
    ) -> tuple[Swap, ...]:
        """The swaps of one part that leave more, the best first."""
        found: list[Swap] = []
        for n, part in enumerate(parts):
            for product in await self._like(self._sold(part.product_id)):
                new = self._part(product, rates, sellers)
                then = margin(now.total_bundle_price, [*parts[:n], new, *parts[n + 1 :]], self._limits)
                gain = then.total_margin - now.total_margin
                if gain.minor > 0:
                    found.append(
                        Swap(
                            replaces=part.product_id,
                            product_id=new.product_id,
                            name=new.name,
                            vendor_name=new.vendor_name,
                            list_price=new.list_price,
                            total_margin=then.total_margin,
                            margin_percentage=then.margin_percentage,
                            gain=gain,
                        )
                    )
        return tuple(sorted(found, key=lambda swap: (-swap.gain.minor, swap.product_id))[:SHOWN])

    async def _like(self, product: Product) -> list[Product]:
        settings = self._settings
        point = GeoPoint(latitude=settings.region_latitude, longitude=settings.region_longitude)
        query = AlternativeQuery(
            original=product, price_window_pct=settings.price_window_pct, deliver_to=point, lock=product.lock
        )
        found = (each.product for each in (await self._catalogue.alternatives(query)).found)
        return [each for each in found if each.price.currency == product.price.currency]

    def _sold(self, product_id: str) -> Product:
        product = self._catalogue.find_product(product_id)
        if product is None:
            raise Infeasible(f"The part '{product_id}' is not sold any more.", code="part_gone")
        return product

    def _part(self, product: Product, rates: FeeRates, sellers: Mapping[str, Affiliate]) -> Part:
        vendor = self._catalogue.vendor(product.vendor_id)
        return Part(
            product_id=product.id,
            name=product.name,
            vendor_id=vendor.id,
            vendor_name=vendor.name,
            list_price=product.price,
            fee_bps=fees.rate(rates, vendor.place.point, product.kind).fee_bps,
            referral=_referral(sellers.get(vendor.id), product),
        )


def _referral(affiliate: Affiliate | None, product: Product) -> Referral | None:
    if affiliate is None:
        return None
    return Referral(
        affiliate_id=affiliate.id,
        link_id="",
        commission=affiliate.agreed,
        product_ids=frozenset({product.id}),
    )
