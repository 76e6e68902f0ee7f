"""The catalogue: kept in the store, searched in memory (M1, M2; flows 1.2-1 step 5, 2.2-1, 5.4-1).

Every instance holds the whole catalogue in a `CatalogueIndex` and follows the store's change feed;
`refresh` costs one empty read while nothing changes.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TypeVar

from shared.domain.catalogue import Bundle, Product, Vendor
from shared.domain.catalogue_import import FeedFormat, ImportReport
from shared.domain.scout import (
    AlternativeQuery,
    Alternatives,
    CatalogueIndex,
    Hit,
    RankingWeights,
    ScoutQuery,
    ScoutResult,
    alternatives,
)
from shared.errors import InvalidInput, NotFound
from shared.ports.clock import Clock
from shared.ports.store import Document, Store, Upsert, follow
from shared.services.catalogue_documents import (
    BUNDLES,
    CONTAINER,
    Import,
    Kind,
    bundle_document,
    product_document,
    value_of,
    vendor_document,
)
from shared.services.feed_import import FeedImporter
from shared.services.inventory import InventoryService
from shared.services.meaning import Meaning
from shared.services.product_owners import ProductOwners
from shared.services.shipped_catalogue import Seeder, ShippedCatalogue, load_shipped
from shared.settings import Settings


class CatalogueService:
    """Vendors, products and bundles. The plain getters read memory as of the last `refresh`.

    What was taken out of the catalogue cannot be found or bought any more, but running orders still know it.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        settings: Settings | None = None,
        *,
        inventory: InventoryService | None = None,
        meaning: Meaning | None = None,
    ) -> None:
        settings = settings or Settings()
        self._store = store
        self._currency = settings.currency
        self._inventory = inventory or InventoryService(store, clock, ttl=settings.reservation_ttl)
        self._meaning = meaning
        self._owners = ProductOwners(store)
        self._importer = FeedImporter(store, clock, self._inventory, self._owners)
        self._weights = RankingWeights(
            relevance=settings.relevance_weight,
            boost=settings.boost_weight,
            quality=settings.quality_weight,
            margin=settings.margin_weight,
        )
        self._index = CatalogueIndex()
        self._retired_vendors: dict[str, Vendor] = {}
        self._retired_products: dict[str, Product] = {}
        self._seen: str | None = None
        self._turn = asyncio.Lock()

    @property
    def index(self) -> CatalogueIndex:
        """The catalogue in memory, as of the last refresh. Read only."""
        return self._index

    async def refresh(self) -> None:
        """Apply what changed in the store since the last time, and finish imports left half applied."""
        async with self._turn:
            async for feed in follow(self._store, CONTAINER, self._seen):
                for document in feed.documents:
                    await self._apply(document)
                self._seen = feed.cursor

    async def search(self, query: ScoutQuery, *, by_meaning: bool = False) -> ScoutResult:
        """Return what answers `query`, best first; with the platform's weights unless it brings its own.

        With `by_meaning`, what a model finds to mean the same joins where the rules do not understand the
        text: for people who look around. What is bought or decided unseen goes by the rules alone.
        """
        await self._refresh_for(stock=query.in_stock_only)
        query, stock = self._weighted(query), self._inventory.lookup()
        by_rules = self._index.search(query, stock=stock)
        if self._meaning is None or not by_meaning or by_rules.understood:
            return by_rules
        nearest = await self._meaning.nearest(query.text)
        return self._index.search(query, stock=stock, nearest=nearest) if nearest else by_rules

    async def suggest_bundles(self, query: ScoutQuery, *, limit: int = 3) -> tuple[Hit, ...]:
        """Return curated bundles that answer `query` (M4)."""
        await self._refresh_for(stock=query.in_stock_only)
        return self._index.suggest_bundles(self._weighted(query), limit=limit, stock=self._inventory.lookup())

    async def alternatives(self, query: AlternativeQuery) -> Alternatives:
        """Return what may replace a product that cannot be had (M6, flow 6.3-1), and what was tried."""
        await self._refresh_for(stock=True)
        return alternatives(self._index, query, stock=self._inventory.lookup())

    def vendor(self, vendor_id: str) -> Vendor:
        """Return a vendor. Raises NotFound."""
        return _known("vendor", vendor_id, self.find_vendor(vendor_id))

    def product(self, product_id: str) -> Product:
        """Return a product. Raises NotFound."""
        return _known("product", product_id, self.find_product(product_id))

    def bundle(self, bundle_id: str) -> Bundle:
        """Return a bundle. Raises NotFound."""
        return _known("bundle", bundle_id, self.find_bundle(bundle_id))

    def known_vendor(self, vendor_id: str) -> Vendor:
        """Return a vendor, also one taken out of the catalogue. Raises NotFound."""
        return _known(
            "vendor", vendor_id, self.find_vendor(vendor_id) or self._retired_vendors.get(vendor_id)
        )

    def known_product(self, product_id: str) -> Product:
        """Return a product, also one taken out of the catalogue. Raises NotFound."""
        found = self.find_product(product_id) or self._retired_products.get(product_id)
        return _known("product", product_id, found)

    def find_vendor(self, vendor_id: str) -> Vendor | None:
        """Return a vendor, if known."""
        return self._index.vendor(vendor_id)

    def find_product(self, product_id: str) -> Product | None:
        """Return a product, if known."""
        return self._index.product(product_id)

    def find_bundle(self, bundle_id: str) -> Bundle | None:
        """Return a bundle, if known."""
        return self._index.bundle(bundle_id)

    def products_of(self, vendor_id: str) -> list[Product]:
        """Return a vendor's products, by id."""
        return self._index.products_of(vendor_id)

    async def put_vendor(self, vendor: Vendor) -> None:
        """Add or change a vendor."""
        if vendor.id == BUNDLES:
            raise InvalidInput(f"'{BUNDLES}' cannot be a vendor's id.", field="id")
        await self._write(vendor.id, vendor_document(vendor))
        self._index.put_vendor(vendor)

    async def put_product(self, product: Product) -> None:
        """Add or change a product. How many there are is set at the inventory.

        Raises NotFound for an unknown vendor, Conflict when the id belongs to another vendor.
        """
        await self.refresh()
        self.vendor(product.vendor_id)
        await self._owners.claim(product.id, product.vendor_id)
        await self._write(product.vendor_id, product_document(product))
        self._index.put_product(product)

    async def put_bundle(self, bundle: Bundle) -> None:
        """Add or change a bundle. Raises InvalidInput when a part is unknown."""
        await self.refresh()
        for product_id in bundle.product_ids:
            if self.find_product(product_id) is None:
                raise InvalidInput(f"There is no product '{product_id}'.", field="product_ids")
        await self._write(BUNDLES, bundle_document(bundle))
        self._index.put_bundle(bundle)

    async def remove_vendor(self, vendor_id: str) -> None:
        """Take a vendor and all it sells out of the catalogue. An unknown one changes nothing."""
        await self.refresh()
        for product in self.products_of(vendor_id):
            await self.remove_product(product.id)
        vendor = self.find_vendor(vendor_id)
        if vendor is not None:
            await self._write(vendor_id, vendor_document(vendor, deleted=True))
            self._apply_vendor(vendor, deleted=True)

    async def remove_product(self, product_id: str) -> None:
        """Take a product out of the catalogue; its id stays its vendor's. An unknown one changes nothing."""
        await self.refresh()
        product = self.find_product(product_id)
        if product is not None:
            await self._write(product.vendor_id, product_document(product, deleted=True))
            self._apply_product(product, deleted=True)

    async def remove_bundle(self, bundle_id: str) -> None:
        """Take a bundle out of the catalogue. An unknown one changes nothing."""
        await self.refresh()
        bundle = self.find_bundle(bundle_id)
        if bundle is not None:
            await self._write(BUNDLES, bundle_document(bundle, deleted=True))
            self._index.remove_bundle(bundle_id)

    async def import_feed(
        self,
        vendor_id: str,
        content: bytes | str,
        format: FeedFormat,  # noqa: A002
        column_map: Mapping[str, str] | None = None,
        *,
        all_or_nothing: bool = False,
        curated: bool = True,
    ) -> ImportReport:
        """Import a vendor's products (flow 2.2-1): all valid rows at once, or nothing (`feed_import`).

        A feed that the platform did not curate sets none of the fields that rank and tie products.
        Raises NotFound for an unknown vendor, InvalidInput or TooLarge for a file that is broken as a whole.
        """
        await self.refresh()
        self.vendor(vendor_id)
        report = await self._importer.run(
            vendor_id,
            content,
            format=format,
            column_map=column_map,
            currency=self._currency,
            all_or_nothing=all_or_nothing,
            curated=curated,
        )
        await self.refresh()
        return report

    async def seed(self, shipped: ShippedCatalogue | None = None) -> bool:
        """Load the shipped catalogue, once per version of it; say whether there was anything to do.

        Stock that already exists is left alone, so that a new version restores no goods that were sold.
        """
        return await Seeder(self._store, self._importer).run(shipped or load_shipped())

    def _weighted(self, query: ScoutQuery) -> ScoutQuery:
        if "weights" in query.model_fields_set:
            return query
        return query.model_copy(update={"weights": self._weights})

    async def _refresh_for(self, *, stock: bool) -> None:
        await self.refresh()
        if stock:
            await self._inventory.refresh()

    async def _write(self, partition: str, *operations: Upsert) -> None:
        await self._store.batch(CONTAINER, partition, operations)

    async def _apply(self, document: Document) -> None:
        kind, deleted = document.body.get("kind"), bool(document.body.get("deleted"))
        if kind == Kind.PRODUCT:
            self._apply_product(value_of(document, Product), deleted=deleted)
        elif kind == Kind.VENDOR:
            self._apply_vendor(value_of(document, Vendor), deleted=deleted)
        elif kind == Kind.BUNDLE:
            self._apply_bundle(value_of(document, Bundle), deleted=deleted)
        elif kind == Kind.IMPORT:
            await self._finish(value_of(document, Import))

    def _apply_product(self, product: Product, *, deleted: bool) -> None:
        if deleted:
            self._retired_products[product.id] = product
            self._index.remove_product(product.id)
        else:
            self._index.put_product(product)

    def _apply_vendor(self, vendor: Vendor, *, deleted: bool) -> None:
        if deleted:
            self._retired_vendors[vendor.id] = vendor
            self._index.remove_vendor(vendor.id)
        else:
            self._index.put_vendor(vendor)

    def _apply_bundle(self, bundle: Bundle, *, deleted: bool) -> None:
        if deleted:
            self._index.remove_bundle(bundle.id)
        else:
            self._index.put_bundle(bundle)

    async def _finish(self, marker: Import) -> None:
        if marker.applied:
            return
        products: Sequence[Product] = await self._importer.finish(marker)
        for product in products:
            self._index.put_product(product)


T = TypeVar("T")


def _known(what: str, key: str, value: T | None) -> T:
    if value is None:
        raise NotFound(what, key)
    return value
