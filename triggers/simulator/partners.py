"""Simulated partners and what they sell (flows 5.4-1, 5.4-3)."""

from datetime import time
from typing import Annotated, Self

from pydantic import Field

from shared.domain import jsonld
from shared.domain.catalogue import SLUG, ChannelKind, Product, Vendor
from shared.domain.model import Model
from shared.domain.places import BusinessHours, Place
from shared.domain.simulator.partners import PartnerProfile, SimulatedPartner
from shared.errors import InvalidInput
from shared.services.simulator.partners import ProductSheet, StockedProduct
from triggers.inputs import PlaceInput, Zone, located
from triggers.simulator.ids import chosen
from triggers.web.answer import Reply
from triggers.web.call import Call

Weekday = Annotated[int, Field(ge=0, le=6)]
"""0 is Monday."""
_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"


class Hours(Model):
    """Opening hours on the partner's clock, e.g. 09:00 to 17:00; `days` counts Monday as 0."""

    opens: str = Field(default="09:00", pattern=_CLOCK)
    closes: str = Field(default="17:00", pattern=_CLOCK)
    days: frozenset[Weekday] = Field(default=frozenset(range(5)), min_length=1)
    zone: Zone = "America/Chicago"

    @classmethod
    def of(cls, hours: BusinessHours) -> Self:
        """Show `hours`."""
        opens, closes = hours.opens.isoformat("seconds"), hours.closes.isoformat("seconds")
        return cls(opens=opens, closes=closes, days=hours.days, zone=hours.zone)


class PartnerBody(Model):
    """A partner as an admin fills it in. `channel` and `identifier` are what it is shown to use."""

    name: str = Field(min_length=1, max_length=120)
    business_type: str = Field(min_length=1, max_length=60)
    location: PlaceInput
    channel: ChannelKind = ChannelKind.API
    identifier: str = Field(default="", max_length=200)
    trust_score: int = Field(default=50, ge=0, le=100)
    reliability: float = Field(default=0.85, ge=0, le=1)
    hours: Hours = Hours()
    capabilities: frozenset[str] = Field(default=frozenset(), max_length=50)


class NewPartner(PartnerBody):
    """A partner to be; without an id it gets one."""

    id: str | None = Field(default=None, pattern=SLUG)


class PartnerView(Model):
    """A partner as it stands."""

    id: str
    name: str
    business_type: str
    location: Place
    channel: ChannelKind
    identifier: str
    trust_score: int
    reliability: float
    hours: Hours
    capabilities: tuple[str, ...]

    @classmethod
    def of(cls, partner: SimulatedPartner) -> Self:
        """Show `partner`."""
        profile = partner.profile
        return cls(
            id=partner.id,
            name=profile.name,
            business_type=profile.business_type,
            location=profile.place,
            channel=profile.plays,
            identifier=profile.identifier,
            trust_score=profile.trust_score,
            reliability=profile.reliability,
            hours=Hours.of(profile.hours),
            capabilities=tuple(sorted(profile.capabilities)),
        )


class NewProduct(ProductSheet):
    """A product to be; without an id it gets one."""

    id: str | None = Field(default=None, pattern=SLUG)


class ProductView(Model):
    """A product with what is left of it; None is unlimited."""

    product: Product
    quantity: int | None

    @classmethod
    def of(cls, stocked: StockedProduct) -> Self:
        """Show `stocked`."""
        return cls(product=stocked.product, quantity=stocked.quantity)


class Removed(Model):
    """What is gone."""

    id: str


async def create_partner(call: Call, body: NewPartner) -> Reply[PartnerView]:
    """Make a simulated partner; the scout sees it at once (5.4-1 steps 2, 3, 6, 7)."""
    id = chosen(call, body.id, prefix="sim")
    partner = await call.app.simulator.partners.create(await _profile(call, body), id=id)
    return _partner(partner)


async def list_partners(call: Call) -> Reply[list[PartnerView]]:
    """List the simulated partners."""
    partners = await call.app.simulator.partners.list()
    return Reply([PartnerView.of(partner) for partner in partners])


async def get_partner(call: Call, partner_id: str) -> Reply[PartnerView]:
    """Show one simulated partner."""
    return _partner(await call.app.simulator.partners.get(partner_id))


async def put_partner(call: Call, body: PartnerBody, partner_id: str) -> Reply[PartnerView]:
    """Change a simulated partner."""
    await call.app.simulator.partners.get(partner_id)
    profile = await _profile(call, body)
    return _partner(await call.app.simulator.partners.update(partner_id, profile))


async def delete_partner(call: Call, partner_id: str) -> Reply[Removed]:
    """Take a simulated partner and its products out of the scout; its history stays."""
    await call.app.simulator.partners.remove(partner_id)
    return Reply(Removed(id=partner_id))


async def create_product(call: Call, body: NewProduct, partner_id: str) -> Reply[ProductView]:
    """Put a product on sale (5.4-1 step 4, 5.4-3 step 4)."""
    id = chosen(call, body.id, prefix="prd")
    sheet = ProductSheet.model_validate(body.model_dump(exclude={"id"}))
    stocked = await call.app.simulator.partners.add_product(partner_id, sheet, id=id)
    return _product(call, stocked)


async def list_products(call: Call, partner_id: str) -> Reply[list[ProductView]]:
    """List what a simulated partner sells, with what is left (5.4-3 step 3)."""
    stocked = await call.app.simulator.partners.products(partner_id)
    vendor = call.app.catalogue.vendor(partner_id)
    nodes = [jsonld.product(each.product, vendor) for each in stocked]
    return Reply([ProductView.of(each) for each in stocked], machine_readable=jsonld.item_list(nodes))


async def put_product(call: Call, body: ProductSheet, partner_id: str, product_id: str) -> Reply[ProductView]:
    """Change a product's price, stock, availability or words; the scout sees it at once (5.4-3 step 5)."""
    stocked = await call.app.simulator.partners.update_product(partner_id, product_id, body)
    return _product(call, stocked)


async def delete_product(call: Call, partner_id: str, product_id: str) -> Reply[Removed]:
    """Take a product off sale (5.4-3 step 6)."""
    await call.app.simulator.partners.remove_product(partner_id, product_id)
    return Reply(Removed(id=product_id))


async def _profile(call: Call, body: PartnerBody) -> PartnerProfile:
    return PartnerProfile.model_validate(
        {
            "name": body.name,
            "business_type": body.business_type,
            "place": await located(body.location, call.app, field="location"),
            "plays": body.channel,
            "identifier": body.identifier,
            "trust_score": body.trust_score,
            "reliability": body.reliability,
            "hours": _opening(body.hours),
            "capabilities": body.capabilities,
        }
    )


def _opening(hours: Hours) -> BusinessHours:
    opens, closes = time.fromisoformat(hours.opens), time.fromisoformat(hours.closes)
    if opens >= closes:
        raise InvalidInput("A business opens before it closes.", field="hours.closes")
    return BusinessHours(opens=opens, closes=closes, days=hours.days, zone=hours.zone)


def _partner(partner: SimulatedPartner) -> Reply[PartnerView]:
    vendor = partner.vendor()
    return Reply(
        PartnerView.of(partner),
        machine_readable=_business(vendor),
        links={"products": f"/api/v1/simulator/partners/{partner.id}/products"},
    )


def _business(vendor: Vendor) -> dict[str, object]:
    return {
        "@context": jsonld.CONTEXT,
        "@type": "LocalBusiness",
        "@id": f"urn:uso:vendor:{vendor.id}",
        "name": vendor.name,
        "address": {"@type": "PostalAddress", "streetAddress": vendor.place.address},
        "geo": {
            "@type": "GeoCoordinates",
            "latitude": vendor.place.point.latitude,
            "longitude": vendor.place.point.longitude,
        },
    }


def _product(call: Call, stocked: StockedProduct) -> Reply[ProductView]:
    vendor = call.app.catalogue.vendor(stocked.product.vendor_id)
    node = {"@context": jsonld.CONTEXT, **jsonld.product(stocked.product, vendor)}
    return Reply(ProductView.of(stocked), machine_readable=node)
