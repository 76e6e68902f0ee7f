"""What the index keeps of a product or bundle: plain values that a search reads quickly."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.catalogue import Availability, Bundle, Product, ProductKind, Vendor
from shared.domain.places import GeoPoint
from shared.domain.scout.text_index import (
    CAPABILITIES,
    CATEGORY,
    COLOURS,
    DESCRIPTION,
    NAME,
    PARTS,
    TAGS,
    Text,
    colour_bases,
    plain_colours,
)


@dataclass(slots=True)
class Entry:
    """One searchable thing; for a product, `vendors` has one member and `parts` none."""

    id: str
    key: str
    product: Product | None
    bundle: Bundle | None
    parts: tuple[Product, ...]
    vendors: tuple[Vendor, ...]
    price: int
    boost: float
    quality: float
    margin: float
    kind: ProductKind | None
    vendor_ids: frozenset[str]
    capabilities: frozenset[str]
    colours: frozenset[str]
    """Base colours."""
    coloured: bool
    """Whether the colours are a full list, so that a colour outside of it is the wrong one."""
    product_ids: tuple[str, ...]
    sellable: bool

    def distance_from(self, point: GeoPoint) -> float:
        """Return metres from `point` to the farthest vendor."""
        return max(vendor.place.point.metres_to(point) for vendor in self.vendors)


def product_key(product_id: str) -> str:
    """Return the key of a product's entry, and of its vector."""
    return "p:" + product_id


def bundle_key(bundle_id: str) -> str:
    """Return the key of a bundle's entry, and of its vector."""
    return "b:" + bundle_id


def product_entry(product: Product, vendor: Vendor) -> Entry:
    """Flatten a product."""
    colours = product_colours(product)
    return Entry(
        id=product.id,
        key=product_key(product.id),
        product=product,
        bundle=None,
        parts=(),
        vendors=(vendor,),
        price=product.price.minor,
        boost=product.boost,
        quality=product.quality,
        margin=product.margin,
        kind=product.kind,
        vendor_ids=frozenset({vendor.id}),
        capabilities=product.capabilities,
        colours=frozenset(colour_bases(colours)),
        coloured=bool(colours),
        product_ids=(product.id,),
        sellable=product.availability is not Availability.OUT_OF_STOCK,
    )


def bundle_entry(bundle: Bundle, parts: Sequence[Product], vendors: Sequence[Vendor]) -> Entry:
    """Flatten a bundle whose parts and their vendors are known."""
    unique = {vendor.id: vendor for vendor in vendors}
    return Entry(
        id=bundle.id,
        key=bundle_key(bundle.id),
        product=None,
        bundle=bundle,
        parts=tuple(parts),
        vendors=tuple(unique.values()),
        price=bundle.price.minor,
        boost=bundle.boost,
        quality=bundle.quality,
        margin=bundle.margin,
        kind=None,
        vendor_ids=frozenset(unique),
        capabilities=frozenset().union(*(part.capabilities for part in parts)),
        colours=frozenset(colour_bases(_bundle_colours(parts))),
        coloured=False,
        product_ids=tuple(bundle.product_ids),
        sellable=all(part.availability is not Availability.OUT_OF_STOCK for part in parts),
    )


def product_colours(product: Product) -> frozenset[str]:
    """Return the listed colours, or those that the name gives away when none are listed."""
    return product.colours or plain_colours(product.name)


def product_text(product: Product, vendor: Vendor) -> Text:
    """Return what is indexed of a product."""
    colours = product_colours(product)
    return Text(
        fields=[
            (NAME, product.name),
            (TAGS, " , ".join(sorted(product.tags))),
            (CATEGORY, product.category),
            (CAPABILITIES, " , ".join(sorted(product.capabilities))),
            (COLOURS, " ".join(sorted(product.colours))),
            (DESCRIPTION, product.description),
        ],
        category=product.category,
        vendors=vendor.name,
        colours=colours,
    )


def bundle_text(bundle: Bundle, parts: Sequence[Product]) -> Text:
    """Return what is indexed of a bundle: its own words first, then those of its parts."""
    return Text(
        fields=[
            (NAME, bundle.name),
            (TAGS, " , ".join(sorted(bundle.tags))),
            (DESCRIPTION, bundle.description),
            (PARTS, " ".join(f"{part.name} {part.category}" for part in parts)),
        ],
        colours=_bundle_colours(parts),
        colour_share=0.6,
    )


def meaning_of(thing: Product | Bundle) -> str:
    """Return what is embedded of a product or bundle: what a person would say of it, never whose it is.

    With the tags a model finds more than without them (`dev.py bench search`).
    """
    category = f"{thing.category}. " if isinstance(thing, Product) and thing.category else ""
    tags = f" For: {', '.join(sorted(thing.tags))}" if thing.tags else ""
    return f"{thing.name}. {category}{thing.description}.{tags}"


def _bundle_colours(parts: Sequence[Product]) -> frozenset[str]:
    return frozenset(colour for part in parts for colour in product_colours(part))
