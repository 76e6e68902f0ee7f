"""Which entries a query allows, relevance aside."""

from collections.abc import Callable, Iterator

from shared.domain.scout.entries import Entry
from shared.domain.scout.meaning import lexicon
from shared.domain.scout.models import ScoutQuery, StockLookup
from shared.domain.scout.words import stem, words


class Filter:
    """The filters of one query; distances are worked out once per set of vendors."""

    def __init__(self, query: ScoutQuery, *, stock: StockLookup | None = None) -> None:
        self._query = query
        self._stock = stock
        self._reachable: dict[frozenset[str], bool] = {}
        self._unwanted = frozenset(_base(colour) for colour in query.exclude_colours)

        self._checks = tuple(self._active())

    @property
    def open(self) -> bool:
        """Whether everything passes."""
        return not self._checks

    def __call__(self, entry: Entry) -> bool:
        """Say whether `entry` passes every filter."""
        return all(check(entry) for check in self._checks)

    def _active(self) -> Iterator[Callable[[Entry], bool]]:
        query = self._query
        if query.kinds or not (query.include_bundles and query.include_products):
            yield self._sort
        if query.price_min is not None or query.price_max is not None:
            yield self._price
        if query.vendor_id is not None or query.exclude_vendor_ids:
            yield self._vendors
        if query.capabilities:
            yield lambda entry: query.capabilities <= entry.capabilities
        if self._unwanted:
            yield lambda entry: self._unwanted.isdisjoint(entry.colours)
        if query.within_m is not None:
            yield self._near
        if query.in_stock_only:
            yield lambda entry: in_stock(entry, self._stock, query.quantity)

    def _sort(self, entry: Entry) -> bool:
        if entry.kind is None:
            return self._query.include_bundles and not self._query.kinds
        return self._query.include_products and (not self._query.kinds or entry.kind in self._query.kinds)

    def _price(self, entry: Entry) -> bool:
        low, high = self._query.price_min, self._query.price_max
        return (low is None or entry.price >= low) and (high is None or entry.price <= high)

    def _vendors(self, entry: Entry) -> bool:
        wanted = self._query.vendor_id
        return (wanted is None or wanted in entry.vendor_ids) and self._query.exclude_vendor_ids.isdisjoint(
            entry.vendor_ids
        )

    def _near(self, entry: Entry) -> bool:
        near, within = self._query.near, self._query.within_m
        if near is None or within is None:
            return True
        known = self._reachable.get(entry.vendor_ids)
        if known is None:
            known = self._reachable[entry.vendor_ids] = entry.distance_from(near) <= within
        return known


def in_stock(entry: Entry, stock: StockLookup | None, quantity: int) -> bool:
    """Say whether `quantity` of the entry, and of each part of a bundle, can be had now."""
    if not entry.sellable:
        return False
    if stock is None:
        return True
    for product_id in set(entry.product_ids):
        level = stock(product_id)
        if level is not None and level < quantity * entry.product_ids.count(product_id):
            return False
    return True


def _base(colour: str) -> str:
    known = lexicon().shade(colour)
    return known[0] if known else " ".join(stem(word) for word in words(colour))
