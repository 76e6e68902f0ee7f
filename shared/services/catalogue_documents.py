"""How the catalogue lies in the store.

Container `catalogue`; a vendor's partition holds `vendor`, `product:{id}` and its imports, the partition
`bundles` holds `bundle:{id}`. Every body has `kind`, and `deleted: true` once its thing is gone: the change
feed shows no deletions, so a deletion is a change. Container `product-owners` says whose a product id is.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import ValidationError

from shared.domain.catalogue import Bundle, Product, Vendor
from shared.domain.catalogue_import import FeedItem
from shared.domain.model import Model
from shared.errors import Unavailable
from shared.ports.store import Document, Upsert

CONTAINER = "catalogue"
OWNERS = "product-owners"
BUNDLES = "bundles"
CHUNK_TTL = 30 * 24 * 3600
"""Seconds after which the chunks of an import that was never committed disappear."""
CHUNK_SIZE = 50

M = TypeVar("M", bound=Model)


class Kind(StrEnum):
    """What a document of the catalogue holds."""

    VENDOR = "vendor"
    PRODUCT = "product"
    BUNDLE = "bundle"
    IMPORT = "import"
    CHUNK = "chunk"
    SEED = "seed"


class Import(Model):
    """The marker that commits an import: from this write on, all its rows count, for every reader."""

    import_id: str
    vendor_id: str
    chunks: int
    applied: bool = False
    restock: bool = True
    """Whether the feed's quantities replace those of products that are already stocked."""


class Chunk(Model):
    """A part of an import, written before the marker."""

    items: tuple[FeedItem, ...]


def document(kind: Kind, id: str, value: Model, *, deleted: bool = False, ttl: int | None = None) -> Upsert:
    """Return the write of one document."""
    return Upsert(id, {"kind": kind, "deleted": deleted, "value": value.model_dump(mode="json")}, ttl)


def vendor_document(vendor: Vendor, *, deleted: bool = False) -> Upsert:
    """Return the write of a vendor."""
    return document(Kind.VENDOR, "vendor", vendor, deleted=deleted)


def product_document(product: Product, *, deleted: bool = False) -> Upsert:
    """Return the write of a product."""
    return document(Kind.PRODUCT, f"product:{product.id}", product, deleted=deleted)


def bundle_document(bundle: Bundle, *, deleted: bool = False) -> Upsert:
    """Return the write of a bundle."""
    return document(Kind.BUNDLE, f"bundle:{bundle.id}", bundle, deleted=deleted)


def import_document(marker: Import) -> Upsert:
    """Return the write of an import's marker."""
    return document(Kind.IMPORT, marker_id(marker.import_id), marker)


def marker_id(import_id: str) -> str:
    """Return the document id of an import's marker."""
    return f"import:{import_id}"


def chunk_id(import_id: str, number: int) -> str:
    """Return the document id of a chunk."""
    return f"chunk:{import_id}:{number}"


def chunk_documents(import_id: str, items: Sequence[FeedItem]) -> list[Upsert]:
    """Return the writes of the chunks that hold `items`."""
    return [
        document(
            Kind.CHUNK,
            chunk_id(import_id, number),
            Chunk(items=tuple(items[start : start + CHUNK_SIZE])),
            ttl=CHUNK_TTL,
        )
        for number, start in enumerate(range(0, len(items), CHUNK_SIZE))
    ]


def value_of(stored: Document, model: type[M]) -> M:
    """Return what a document holds. Raises Unavailable when it cannot be read as that."""
    value: Any = stored.body.get("value")
    try:
        return model.model_validate(value)
    except ValidationError as error:
        where = f"{stored.partition}/{stored.id}"
        raise Unavailable(f"The catalogue document {where} cannot be read.") from error
