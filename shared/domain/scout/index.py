"""The catalogue in memory, searchable (M1) and ranked (M20)."""

from collections.abc import Iterable, Mapping, Sequence
from heapq import nlargest
from types import MappingProxyType

from shared.domain.catalogue import Bundle, Product, Vendor
from shared.domain.places import GeoPoint
from shared.domain.scout.blend import blend, is_understood
from shared.domain.scout.entries import (
    Entry,
    bundle_entry,
    bundle_key,
    bundle_text,
    product_entry,
    product_key,
    product_text,
)
from shared.domain.scout.filters import Filter
from shared.domain.scout.matching import Matches, in_true_colour, match, relevances, without
from shared.domain.scout.meaning import ANY
from shared.domain.scout.models import Hit, RankingWeights, ScoutQuery, ScoutResult, StockLookup
from shared.domain.scout.text_index import TextIndex
from shared.domain.scout.wish import Wish, read

SLACK = 1024
"""Outdated texts that are tolerated before the text index is rebuilt, besides a quarter of all."""
WORTH_SAYING = 0.3
"""Match from which a word is named as a reason."""


class CatalogueIndex:
    """Vendors, products and bundles by id, and text search over what is for sale.

    A product shows in results once its vendor is known, a bundle once all its parts and their vendors are.
    Not thread-safe: one event loop owns it.
    """

    def __init__(self) -> None:
        self._vendors: dict[str, Vendor] = {}
        self._products: dict[str, Product] = {}
        self._bundles: dict[str, Bundle] = {}
        self._by_vendor: dict[str, set[str]] = {}
        self._bundles_with: dict[str, set[str]] = {}
        self._clear_texts()

    def _clear_texts(self) -> None:
        self._texts = TextIndex()
        self._entries: list[Entry | None] = []
        self._numbers: dict[str, int] = {}
        self._coloured = bytearray()
        self._outdated = 0

    def __len__(self) -> int:
        return len(self._products) + len(self._bundles)

    @property
    def vendors(self) -> Mapping[str, Vendor]:
        """All vendors by id, read-only."""
        return MappingProxyType(self._vendors)

    @property
    def products(self) -> Mapping[str, Product]:
        """All products by id, read-only."""
        return MappingProxyType(self._products)

    @property
    def bundles(self) -> Mapping[str, Bundle]:
        """All bundles by id, read-only."""
        return MappingProxyType(self._bundles)

    def vendor(self, vendor_id: str) -> Vendor | None:
        """Return a vendor, if known."""
        return self._vendors.get(vendor_id)

    def product(self, product_id: str) -> Product | None:
        """Return a product, if known."""
        return self._products.get(product_id)

    def bundle(self, bundle_id: str) -> Bundle | None:
        """Return a bundle, if known."""
        return self._bundles.get(bundle_id)

    def products_of(self, vendor_id: str) -> list[Product]:
        """Return a vendor's products, by id."""
        return [self._products[id] for id in sorted(self._by_vendor.get(vendor_id, ()))]

    def put_vendor(self, vendor: Vendor) -> None:
        """Add or replace a vendor; its products are indexed under its new name."""
        before = self._vendors.get(vendor.id)
        self._vendors[vendor.id] = vendor
        if before is None or before.name != vendor.name:
            self._reindex(self._by_vendor.get(vendor.id, ()))
        elif before != vendor:
            self._refresh_entries(self._by_vendor.get(vendor.id, ()))

    def put_product(self, product: Product) -> None:
        """Add or replace a product."""
        before = self._products.get(product.id)
        if before == product:
            return
        if before is not None and before.vendor_id != product.vendor_id:
            self._by_vendor[before.vendor_id].discard(product.id)
        self._products[product.id] = product
        self._by_vendor.setdefault(product.vendor_id, set()).add(product.id)
        self._reindex([product.id])

    def put_bundle(self, bundle: Bundle) -> None:
        """Add or replace a bundle."""
        before = self._bundles.get(bundle.id)
        if before == bundle:
            return
        self._unlink(before)
        self._bundles[bundle.id] = bundle
        for product_id in bundle.product_ids:
            self._bundles_with.setdefault(product_id, set()).add(bundle.id)
        self._index_bundle(bundle)

    def remove_product(self, product_id: str) -> None:
        """Forget a product; bundles that need it no longer show."""
        product = self._products.pop(product_id, None)
        if product is not None:
            self._by_vendor[product.vendor_id].discard(product_id)
            self._outdate(product_key(product_id))
            self._reindex_bundles([product_id])

    def remove_bundle(self, bundle_id: str) -> None:
        """Forget a bundle."""
        self._unlink(self._bundles.pop(bundle_id, None))
        self._outdate(bundle_key(bundle_id))

    def remove_vendor(self, vendor_id: str) -> None:
        """Forget a vendor; its products stay known by id and no longer show."""
        if self._vendors.pop(vendor_id, None) is not None:
            self._reindex(self._by_vendor.get(vendor_id, ()))

    def search(
        self, query: ScoutQuery, *, stock: StockLookup | None = None, nearest: Sequence[str] = ()
    ) -> ScoutResult:
        """Return what answers `query`, best first (M1 step 5 of flow 1.2-1).

        `stock` is needed for `in_stock_only`; without it only products marked out of stock are dropped.
        `nearest` are keys of the entries that mean about the same as the text, closest first.
        """
        allowed = Filter(query, stock=stock)
        wish, matches = self.read(query.text, colour=query.colour)
        by_rules = self.relevances(wish, matches)
        near = self._numbered(nearest, allowed)
        found = self._blended(by_rules, near, wish) if near else by_rules
        if query.require_colour and wish.colours:
            surely = in_true_colour(wish, matches)
            found = {number: value for number, value in found.items() if number in surely}
        ranked = self._ranked(found, allowed, query.weights)
        best = self._best(ranked, query.limit)
        return ScoutResult(
            hits=tuple(self._hit(row, wish, matches, query.near, near) for row in best),
            total=len(ranked),
            colours=tuple(wish.colours),
            corrected=wish.corrected,
            unknown=tuple(wish.unknown),
            understood=is_understood(wish, by_rules),
        )

    def _numbered(self, keys: Iterable[str], allowed: Filter) -> list[int]:
        numbers = [number for key in keys if (number := self._numbers.get(key)) is not None]
        return [number for number in numbers if (entry := self._entries[number]) and allowed(entry)]

    def _blended(self, by_rules: Mapping[int, float], near: Sequence[int], wish: Wish) -> dict[int, float]:
        """Let what means the same join; a colour that was said, and what must not be, count for it, too."""
        fitting = {*wish.colours, ANY}
        others = {
            number
            for number in near
            if (entry := self._entries[number]) and entry.coloured and fitting.isdisjoint(entry.colours)
        }
        blended = blend(by_rules, near, off_colour=others if wish.colours else ())
        return without(wish, blended, self._texts)

    def _ranked(
        self, found: Mapping[int, float], allowed: Filter, weights: RankingWeights
    ) -> list[tuple[float, float, int]]:
        entries = self._entries
        by_relevance, by_boost = weights.relevance, weights.boost
        by_quality, by_margin = weights.quality, weights.margin
        passing = found.items()
        if not allowed.open:
            passing = {n: r for n, r in found.items() if (e := entries[n]) is not None and allowed(e)}.items()
        return [
            (
                by_relevance * relevance
                + by_boost * entry.boost
                + by_quality * entry.quality
                + by_margin * entry.margin,
                relevance,
                number,
            )
            for number, relevance in passing
            if (entry := entries[number]) is not None
        ]

    def _best(self, ranked: list[tuple[float, float, int]], limit: int) -> list[tuple[float, float, Entry]]:
        """Return the best rows in order; equal ones by id, so that the order never depends on history."""
        if not ranked:
            return []
        worst = nlargest(limit, ranked)[-1][:2]
        close = [
            (row[0], row[1], entry) for row in ranked if row[:2] >= worst and (entry := self._entries[row[2]])
        ]
        close.sort(key=lambda row: (-row[0], -row[1], row[2].key))
        return close[:limit]

    def suggest_bundles(
        self, query: ScoutQuery, *, limit: int = 3, stock: StockLookup | None = None
    ) -> tuple[Hit, ...]:
        """Return curated bundles that answer `query`, those with a good margin preferred (M4, M20)."""
        favoured = RankingWeights(
            relevance=query.weights.relevance,
            boost=query.weights.boost,
            quality=query.weights.margin,
            margin=query.weights.quality,
        )
        only = {"include_products": False, "include_bundles": True, "limit": limit, "weights": favoured}
        return self.search(query.model_copy(update={**only, "kinds": frozenset()}), stock=stock).hits

    def read(self, text: str, *, colour: str | None = None) -> tuple[Wish, list[Matches]]:
        """Understand a text against this catalogue, and match each part of it."""
        wish = read(text, index=self._texts, size=len(self._numbers), colour=colour)
        return wish, [match(group, self._texts) for group in wish.groups]

    def relevances(self, wish: Wish, matches: list[Matches]) -> dict[int, float]:
        """Return the relevance of each entry number; everything answers a wish that names nothing."""
        if not wish.groups:
            found = {number: 1.0 for number, entry in enumerate(self._entries) if entry is not None}
        else:
            found = relevances(wish, matches, coloured=self._coloured, alive=self._texts.alive)
        return without(wish, found, self._texts) if wish.avoid else found

    def entry(self, number: int) -> Entry | None:
        """Return the entry under a number of `relevances`."""
        return self._entries[number]

    def _hit(
        self,
        row: tuple[float, float, Entry],
        wish: Wish,
        matches: list[Matches],
        point: GeoPoint | None,
        near: Sequence[int],
    ) -> Hit:
        total, relevance, entry = row
        away = entry.distance_from(point) if point else None
        number = self._numbers[entry.key]
        return Hit(
            product=entry.product,
            bundle=entry.bundle,
            parts=entry.parts,
            vendors=entry.vendors,
            score=round(total, 6),
            relevance=round(relevance, 6),
            distance_m=away,
            why=self._why(number, wish, matches, away, is_near=number in near),
        )

    def _why(
        self, number: int, wish: Wish, matches: list[Matches], away: float | None, *, is_near: bool
    ) -> str:
        said = [
            group.label
            for group, found in zip(wish.groups, matches, strict=True)
            if found.get(number, 0.0) >= WORTH_SAYING
        ]
        reasons = ["matches " + ", ".join(said)] if said else ["close in meaning"] if is_near else []
        if away is not None:
            reasons.append(f"{away / 1000:.1f} km away")
        return "; ".join(reasons)

    def _reindex(self, product_ids: Iterable[str]) -> None:
        ids = list(product_ids)
        for product_id in ids:
            product = self._products[product_id]
            vendor = self._vendors.get(product.vendor_id)
            key = product_key(product_id)
            self._outdate(key)
            if vendor is not None:
                entry = product_entry(product, vendor)
                self._append(key, entry)
                self._texts.add(self._numbers[key], product_text(product, vendor))
        self._reindex_bundles(ids)
        self._tidy()

    def _refresh_entries(self, product_ids: Iterable[str]) -> None:
        ids = list(product_ids)
        for product_id in ids:
            product = self._products[product_id]
            self._entries[self._numbers[product_key(product_id)]] = product_entry(
                product, self._vendors[product.vendor_id]
            )
        self._reindex_bundles(ids)

    def _reindex_bundles(self, product_ids: Iterable[str]) -> None:
        affected = {id for product_id in product_ids for id in self._bundles_with.get(product_id, ())}
        for bundle_id in sorted(affected):
            self._index_bundle(self._bundles[bundle_id])

    def _index_bundle(self, bundle: Bundle) -> None:
        key = bundle_key(bundle.id)
        self._outdate(key)
        parts = [self._products[id] for id in bundle.product_ids if id in self._products]
        vendors = [self._vendors[part.vendor_id] for part in parts if part.vendor_id in self._vendors]
        if len(parts) == len(vendors) == len(bundle.product_ids):
            self._append(key, bundle_entry(bundle, parts, vendors))
            self._texts.add(self._numbers[key], bundle_text(bundle, parts))

    def _append(self, key: str, entry: Entry) -> None:
        self._numbers[key] = len(self._entries)
        self._entries.append(entry)
        self._coloured.append(1 if entry.coloured else 0)

    def _outdate(self, key: str) -> None:
        number = self._numbers.pop(key, None)
        if number is not None:
            self._entries[number] = None
            self._texts.alive[number] = 0
            self._outdated += 1

    def _unlink(self, bundle: Bundle | None) -> None:
        for product_id in bundle.product_ids if bundle else ():
            self._bundles_with[product_id].discard(bundle.id)  # type: ignore[union-attr]

    def _tidy(self) -> None:
        if self._outdated <= SLACK + len(self._entries) // 4:
            return
        self._clear_texts()
        for product_id, product in self._products.items():
            vendor = self._vendors.get(product.vendor_id)
            if vendor is not None:
                key = product_key(product_id)
                self._append(key, product_entry(product, vendor))
                self._texts.add(self._numbers[key], product_text(product, vendor))
        for bundle in self._bundles.values():
            self._index_bundle(bundle)
