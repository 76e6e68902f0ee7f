"""The catalogue that comes with the app (`data/catalogue`): some 30 vendors around Austin, Texas."""

import hashlib
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from shared.domain.catalogue import Bundle, Vendor
from shared.domain.catalogue_import import FeedFormat
from shared.domain.model import Model
from shared.ports.store import Store
from shared.services.catalogue_documents import (
    BUNDLES,
    CONTAINER,
    Kind,
    bundle_document,
    document,
    vendor_document,
)
from shared.services.feed_import import FeedImporter

HOME = Path(__file__).resolve().parents[2] / "data" / "catalogue"
SEED = "seed"


class ShippedCatalogue(Model):
    """Vendors, one CSV feed per vendor id, bundles; `digest` names this version of them."""

    vendors: tuple[Vendor, ...]
    feeds: dict[str, bytes]
    bundles: tuple[Bundle, ...]
    digest: str


class _Seeded(Model):
    digest: str


@cache
def load_shipped(home: Path = HOME) -> ShippedCatalogue:
    """Read the shipped files. Raises ValueError when they do not fit together."""
    paths = [home / "vendors.json", home / "bundles.json", *sorted((home / "feeds").glob("*.csv"))]
    contents = [path.read_bytes().replace(b"\r\n", b"\n") for path in paths]
    vendors = TypeAdapter(tuple[Vendor, ...]).validate_json(contents[0])
    feeds = {path.stem: content for path, content in zip(paths[2:], contents[2:], strict=True)}
    if set(feeds) != {vendor.id for vendor in vendors}:
        raise ValueError(f"vendors and feeds differ: {sorted(set(feeds) ^ {v.id for v in vendors})}")
    return ShippedCatalogue(
        vendors=vendors,
        feeds=feeds,
        bundles=TypeAdapter(tuple[Bundle, ...]).validate_json(contents[1]),
        digest=hashlib.sha256(b"\0".join(contents)).hexdigest()[:16],
    )


class Seeder:
    """Writes the shipped catalogue into the store. Repeating it, or dying half-way, does no harm."""

    def __init__(self, store: Store, importer: FeedImporter) -> None:
        self._store, self._importer = store, importer

    async def run(self, shipped: ShippedCatalogue) -> bool:
        """Load `shipped` unless this version is there already; say whether it was not."""
        stored = await self._store.read(CONTAINER, SEED, SEED)
        if stored is not None and stored.body["value"] == {"digest": shipped.digest}:
            return False
        for vendor in shipped.vendors:
            await self._store.batch(CONTAINER, vendor.id, [vendor_document(vendor)])
            feed = shipped.feeds[vendor.id]
            report = await self._importer.run(vendor.id, feed, format=FeedFormat.CSV, restock=False)
            if report.rejected:
                raise ValueError(f"the shipped feed of {vendor.id} has bad rows: {report.rejected[:3]}")
        for bundle in shipped.bundles:
            await self._store.batch(CONTAINER, BUNDLES, [bundle_document(bundle)])
        done = document(Kind.SEED, SEED, _Seeded(digest=shipped.digest))
        await self._store.batch(CONTAINER, SEED, [done])
        return True
