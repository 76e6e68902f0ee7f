"""What can be bought and from whom: vendors, products, bundles (M1, M2, M20, M22)."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.places import BusinessHours, Place

SLUG = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"


class ProductKind(StrEnum):
    """The node of the Graph of Needs that a product can fill (flow 1.2-1 step 2)."""

    PRODUCT = "product"
    SERVICE = "service"
    CUSTOMIZATION = "customization"
    PACKAGING = "packaging"
    DELIVERY = "delivery"


class Availability(StrEnum):
    """Whether a product may be sold at all; how many there are is the inventory's business (M25)."""

    ALWAYS = "always"
    CONDITIONAL = "conditional"
    OUT_OF_STOCK = "out_of_stock"


class ChannelKind(StrEnum):
    """How a partner is reached (M24)."""

    API = "api"
    SIMULATOR = "simulator"
    WHATSAPP = "whatsapp"
    SMS = "sms"
    EMAIL = "email"


class Lock(StrEnum):
    """How firmly a curator tied a vendor to an item; hard is never swapped, not even by recovery (M22)."""

    NONE = "none"
    SOFT = "soft"
    SERVICE = "service"
    HARD = "hard"


class Channel(Model):
    """Where a partner's messages go: `address` is a URL for api, a partner id for the simulator."""

    kind: ChannelKind = ChannelKind.SIMULATOR
    address: str = Field(default="", max_length=500)


class Vendor(Model):
    """A partner that sells or carries. `trust_score` is 0..100, `reliability` the share of promises kept."""

    id: str = Field(pattern=SLUG)
    name: str = Field(min_length=1, max_length=120)
    business_type: str = Field(min_length=1, max_length=60)
    place: Place
    hours: BusinessHours = BusinessHours()
    channel: Channel = Channel()
    trust_score: int = Field(default=50, ge=0, le=100)
    reliability: float = Field(default=0.85, ge=0, le=1)
    simulated: bool = False


class Product(Model):
    """Something for sale. `lead_minutes` is preparation time; `boost`, `quality`, `margin` are 0..1 (M20)."""

    id: str = Field(pattern=SLUG)
    vendor_id: str = Field(pattern=SLUG)
    name: str = Field(min_length=1, max_length=160)
    description: str = Field(default="", max_length=4000)
    kind: ProductKind = ProductKind.PRODUCT
    category: str = Field(default="", max_length=60)
    price: Money
    tags: frozenset[str] = frozenset()
    colours: frozenset[str] = frozenset()
    capabilities: frozenset[str] = frozenset()
    lead_minutes: int = Field(default=60, ge=0, le=60 * 24 * 90)
    quality: float = Field(default=0.5, ge=0, le=1)
    boost: float = Field(default=0.0, ge=0, le=1)
    margin: float = Field(default=0.1, ge=0, le=1)
    availability: Availability = Availability.ALWAYS
    lock: Lock = Lock.NONE
    image_url: str = Field(default="", max_length=500)

    @model_validator(mode="after")
    def _priced(self) -> Self:
        if self.price.minor < 0:
            raise ValueError("a price is never negative")
        return self


class Visibility(StrEnum):
    """What a customer sees of a bundle: everything, or its name and total only (flow 1.2-1 step 6)."""

    TRANSPARENT = "transparent"
    CONCIERGE = "concierge"
    HYBRID = "hybrid"


class Bundle(Model):
    """A curated set sold as one. Its price may differ from the sum of its parts (M20)."""

    id: str = Field(pattern=SLUG)
    name: str = Field(min_length=1, max_length=160)
    description: str = Field(default="", max_length=4000)
    product_ids: tuple[str, ...] = Field(min_length=2, max_length=20)
    price: Money
    visibility: Visibility = Visibility.TRANSPARENT
    tags: frozenset[str] = frozenset()
    boost: float = Field(default=0.0, ge=0, le=1)
    quality: float = Field(default=0.5, ge=0, le=1)
    margin: float = Field(default=0.1, ge=0, le=1)
