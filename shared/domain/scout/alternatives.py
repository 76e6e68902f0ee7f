"""Another vendor's product in place of one that cannot be had (flow 6.3-1 step 4.2, M6).

Rules: never the original vendor, never a product or vendor that a lock forbids, the same kind of product,
price within a window around the original's, in stock, within reach of the delivery place, and truly what was
asked for: a colour that is named is a must. What passes is ranked by

    score = 0.5 * trust + 0.3 * proximity + 0.2 * price similarity

with trust = trust_score / 100, proximity = 1 at the door falling to 0 at `within_m`, and price similarity = 1
at the same price falling to 0 at the edge of the window.
"""

from collections.abc import Sequence

from pydantic import Field

from shared.domain.catalogue import Lock, Product, Vendor
from shared.domain.model import Model
from shared.domain.places import GeoPoint
from shared.domain.scout.entries import Entry
from shared.domain.scout.filters import in_stock
from shared.domain.scout.index import CatalogueIndex
from shared.domain.scout.matching import NAMED, Matches, in_true_colour
from shared.domain.scout.models import StockLookup
from shared.domain.scout.wish import Wish

ENOUGH = 0.3
"""Relevance from which a product counts as what was asked for."""
NEAR_MISS = 0.2
"""Relevance from which a product is worth a line in the log of what was tried."""


class AlternativeWeights(Model):
    """How much trust, proximity and price similarity count; each input is 0..1."""

    trust: float = Field(default=0.5, ge=0, le=1)
    proximity: float = Field(default=0.3, ge=0, le=1)
    price: float = Field(default=0.2, ge=0, le=1)


class AlternativeQuery(Model):
    """What is wanted instead of `original`. Distances in metres.

    `wanted` is the customer's description ("pink flowers"); empty means something like the original.
    `lock` is how firmly the order or bundle ties the original's vendor; the product's own lock
    counts as well.
    `capabilities` defaults to those of the original. Without `deliver_to`, nearness plays no part.
    """

    wanted: str = Field(default="", max_length=2000)
    original: Product
    quantity: int = Field(default=1, ge=1)
    deliver_to: GeoPoint | None = None
    within_m: float = Field(default=40_000, gt=0)
    price_window_pct: int = Field(default=20, ge=0, le=100)
    exclude_vendor_ids: frozenset[str] = frozenset()
    exclude_product_ids: frozenset[str] = frozenset()
    capabilities: frozenset[str] | None = None
    lock: Lock = Lock.NONE
    limit: int = Field(default=5, ge=1, le=50)
    weights: AlternativeWeights = AlternativeWeights()


class Alternative(Model):
    """A product that can take the original's place; the three parts of `score` are 0..1.

    `price_difference` is in minor units, positive when it costs more than the original, per piece.
    """

    product: Product
    vendor: Vendor
    score: float
    relevance: float
    trust: float
    proximity: float
    price_similarity: float
    price_difference: int
    distance_m: float | None
    reason: str


class Refused(Model):
    """A product that was looked at and why it was not taken, in words for a person."""

    product_id: str
    product_name: str
    vendor_id: str
    vendor_name: str
    reason: str


class Alternatives(Model):
    """What was found, best first, and the log of what was tried."""

    found: tuple[Alternative, ...] = ()
    refused: tuple[Refused, ...] = ()
    summary: str


def alternatives(
    index: CatalogueIndex, query: AlternativeQuery, *, stock: StockLookup | None = None
) -> Alternatives:
    """Find what may replace the original, by the rules above."""
    if Lock.HARD in (query.lock, query.original.lock):
        return Alternatives(summary=f"{query.original.name} is locked to its vendor and is never swapped.")
    wish, matches = index.read(query.wanted or _description(query.original))
    judge = _Judge(query, wish, matches, stock)
    found: list[Alternative] = []
    refused: list[tuple[float, Refused]] = []
    for number, relevance in index.relevances(wish, matches).items():
        entry = index.entry(number)
        product = entry.product if entry else None
        if entry is None or product is None or product.id == query.original.id:
            continue
        reason = judge.objection(number, entry, product, relevance)
        if reason is None:
            found.append(judge.alternative(entry, product, relevance))
        elif relevance >= NEAR_MISS:
            refused.append((relevance, _refused(entry.vendors[0], product, reason)))
    found.sort(key=lambda each: (-each.score, -each.relevance, each.product.id))
    refused.sort(key=lambda pair: (-pair[0], pair[1].product_id))
    log = tuple(each for _, each in refused[:20])
    return Alternatives(found=tuple(found[: query.limit]), refused=log, summary=_summary(query, found, log))


class _Judge:
    """The rules of one query, in the order in which they are told to a person."""

    def __init__(
        self,
        query: AlternativeQuery,
        wish: Wish,
        matches: Sequence[Matches],
        stock: StockLookup | None,
    ) -> None:
        self._query, self._wish, self._stock = query, wish, stock
        self._true_colour = in_true_colour(wish, matches) if wish.colours else None
        self._named = [found for group, found in zip(wish.groups, matches, strict=True) if group.head]
        needs = query.capabilities
        self._capabilities = query.original.capabilities if needs is None else needs
        price = query.original.price.minor
        self._window = price * query.price_window_pct // 100

    def objection(self, number: int, entry: Entry, product: Product, relevance: float) -> str | None:
        """Return why `entry` may not replace the original, or None."""
        query, original = self._query, self._query.original
        return (
            self._not_wanted(number, product, relevance)
            or self._forbidden(entry, product)
            or self._wrong_price(product)
            or self._missing(entry, product)
            or self._too_far(entry)
            or ("is another kind of thing" if product.kind is not original.kind else None)
            or ("is sold out" if not in_stock(entry, self._stock, query.quantity) else None)
        )

    def _not_wanted(self, number: int, product: Product, relevance: float) -> str | None:
        if self._true_colour is not None and number not in self._true_colour:
            return f"does not come in {' or '.join(self._wish.colours)}"
        named = not self._named or any(found.get(number, 0.0) >= NAMED for found in self._named)
        if relevance < ENOUGH or not named:
            return "is not what was asked for"
        ours, theirs = self._query.original.category, product.category
        if not self._query.wanted and ours and theirs and ours != theirs:
            return "is another kind of thing"
        return None

    def _forbidden(self, entry: Entry, product: Product) -> str | None:
        if product.vendor_id == self._query.original.vendor_id:
            return "comes from the same vendor"
        if not self._query.exclude_vendor_ids.isdisjoint(entry.vendor_ids):
            return "comes from a vendor that is ruled out"
        if product.id in self._query.exclude_product_ids:
            return "was ruled out before"
        if product.lock is Lock.HARD:
            return "is locked by its curator"
        return None

    def _wrong_price(self, product: Product) -> str | None:
        ours, theirs = self._query.original.price, product.price
        if ours.currency != theirs.currency:
            return f"is priced in {theirs.currency}"
        if abs(theirs.minor - ours.minor) > self._window:
            word = "dearer" if theirs.minor > ours.minor else "cheaper"
            return f"costs {theirs}, more than {self._query.price_window_pct} % {word} than {ours}"
        return None

    def _missing(self, entry: Entry, product: Product) -> str | None:
        missing = self._capabilities - entry.capabilities
        if missing:
            return f"lacks {', '.join(sorted(missing))}"
        service_lock = Lock.SERVICE in (self._query.lock, self._query.original.lock)
        if service_lock and product.category != self._query.original.category:
            return "would change the service, which is locked"
        return None

    def _too_far(self, entry: Entry) -> str | None:
        if self._query.deliver_to is None:
            return None
        away = entry.distance_from(self._query.deliver_to)
        return f"is {away / 1000:.0f} km away" if away > self._query.within_m else None

    def alternative(self, entry: Entry, product: Product, relevance: float) -> Alternative:
        """Score an entry that passed."""
        vendor, query = entry.vendors[0], self._query
        away = entry.distance_from(query.deliver_to) if query.deliver_to else None
        difference = product.price.minor - query.original.price.minor
        trust = vendor.trust_score / 100
        proximity = 1.0 if away is None else max(0.0, 1 - away / query.within_m)
        similarity = 1.0 if difference == 0 else 1 - abs(difference) / (self._window + 1)
        weights = query.weights
        total = weights.trust * trust + weights.proximity * proximity + weights.price * similarity
        return Alternative(
            product=product,
            vendor=vendor,
            score=round(total, 6),
            relevance=round(relevance, 6),
            trust=trust,
            proximity=round(proximity, 6),
            price_similarity=round(similarity, 6),
            price_difference=difference,
            distance_m=away,
            reason=_reason(vendor, difference, away, product),
        )


def _description(original: Product) -> str:
    return f"{original.name} {original.category}"


def _reason(vendor: Vendor, difference: int, away: float | None, product: Product) -> str:
    money = product.price.model_copy(update={"minor": abs(difference)})
    price = "the same price" if difference == 0 else f"{money} {'more' if difference > 0 else 'less'}"
    parts = [f"trusted {vendor.trust_score} of 100", price]
    if away is not None:
        parts.insert(1, f"{away / 1000:.1f} km from the delivery place")
    return f"{vendor.name} has {product.name}: {', '.join(parts)}"


def _refused(vendor: Vendor, product: Product, reason: str) -> Refused:
    return Refused(
        product_id=product.id,
        product_name=product.name,
        vendor_id=vendor.id,
        vendor_name=vendor.name,
        reason=reason,
    )


def _summary(query: AlternativeQuery, found: Sequence[Alternative], log: Sequence[Refused]) -> str:
    wanted = query.wanted or query.original.name
    if found:
        others = f", the best of {len(found)}" if len(found) > 1 else ""
        return f"{found[0].product.name} at {found[0].vendor.name} answers '{wanted}'{others}."
    if not log:
        return f"Nobody in the catalogue sells '{wanted}'."
    tried = "; ".join(f"{each.product_name} at {each.vendor_name} {each.reason}" for each in log[:3])
    return f"Nothing can replace {query.original.name} as '{wanted}'. Closest: {tried}."
