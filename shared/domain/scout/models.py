"""What Scout is asked and what it answers."""

from collections.abc import Callable
from typing import Self

from pydantic import Field, model_validator

from shared.domain.catalogue import Bundle, Product, ProductKind, Vendor
from shared.domain.model import Model
from shared.domain.places import GeoPoint

StockLookup = Callable[[str], int | None]
"""Product id -> units that can be had now; None is unlimited."""


class RankingWeights(Model):
    """score = relevance*w + boost*w + quality*w + margin*w, each input 0..1 (M20)."""

    relevance: float = Field(default=0.4, ge=0, le=1)
    boost: float = Field(default=0.3, ge=0, le=1)
    quality: float = Field(default=0.2, ge=0, le=1)
    margin: float = Field(default=0.1, ge=0, le=1)


class ScoutQuery(Model):
    """A search (M1). Prices are in minor units, distances in metres; an empty text browses everything.

    `colour` adds to the colours found in the text; `require_colour` drops what does not come in one of
    them. `kinds` restricts products and leaves bundles out. `near` alone reports distances, `within_m`
    filters.
    A bundle passes a filter when all its parts do (`vendor_id`: when one does).
    """

    text: str = Field(default="", max_length=2000)
    colour: str | None = Field(default=None, max_length=40)
    require_colour: bool = False
    exclude_colours: frozenset[str] = frozenset()
    kinds: frozenset[ProductKind] = frozenset()
    include_products: bool = True
    include_bundles: bool = True
    price_min: int | None = Field(default=None, ge=0)
    price_max: int | None = Field(default=None, ge=0)
    near: GeoPoint | None = None
    within_m: float | None = Field(default=None, ge=0)
    capabilities: frozenset[str] = frozenset()
    vendor_id: str | None = None
    exclude_vendor_ids: frozenset[str] = frozenset()
    in_stock_only: bool = False
    quantity: int = Field(default=1, ge=1)
    """How many must be in stock, with `in_stock_only`."""
    limit: int = Field(default=20, ge=1, le=100)
    weights: RankingWeights = RankingWeights()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.within_m is not None and self.near is None:
            raise ValueError("within_m needs near")
        if self.price_min is not None and self.price_max is not None and self.price_min > self.price_max:
            raise ValueError("price_min is above price_max")
        return self


class Hit(Model):
    """A product or a bundle (exactly one is set) that answers the query; `score` and `relevance` are 0..1.

    `vendors` are those of the product or of the bundle's parts in order; `parts` the bundle's products;
    `distance_m` is to the farthest of the vendors; `why` says in a few words what matched.
    """

    product: Product | None = None
    bundle: Bundle | None = None
    parts: tuple[Product, ...] = ()
    vendors: tuple[Vendor, ...]
    score: float
    relevance: float
    distance_m: float | None = None
    why: str = ""

    @property
    def id(self) -> str:
        """The id of the product or bundle."""
        return self.product.id if self.product else self.bundle.id if self.bundle else ""

    @property
    def name(self) -> str:
        """The name of the product or bundle."""
        return self.product.name if self.product else self.bundle.name if self.bundle else ""


class ScoutResult(Model):
    """Hits, best first, and how the text was understood."""

    hits: tuple[Hit, ...] = ()
    total: int = 0
    """How many answered before `limit` cut."""
    colours: tuple[str, ...] = ()
    """Base colours asked for."""
    corrected: dict[str, str] = Field(default_factory=dict)
    """Misspelt words and what they were read as."""
    unknown: tuple[str, ...] = ()
    """Words that nothing in the catalogue matches."""
    understood: bool = True
    """Whether the rules know every word that matters, and something that answers it well."""
