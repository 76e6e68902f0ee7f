"""Which entries a query allows, relevance aside."""

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

    def __call__(self, entry: Entry) -> bool:
        """Say whether `entry` passes every filter."""
        return (
            self._sort(entry)
            and self._price(entry)
            and self._vendors(entry)
            and self._query.capabilities <= entry.capabilities
            and self._unwanted.isdisjoint(entry.colours)
            and self._near(entry)
            and self._in_stock(entry)
        )

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

    def _in_stock(self, entry: Entry) -> bool:
        return not self._query.in_stock_only or in_stock(entry, self._stock, self._query.quantity)


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
