"""Of whom something is bought: by price, time and reliability, within the margin (flows ops-1, ops-x1).

A purchase is what one supplier sells of an order: its delivery is paid once. The lines of a purchase together
leave their margin after goods and delivery, and no line alone costs more than it may.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from pydantic import Field

from shared.domain.model import Model
from shared.domain.money import Money, share_of
from shared.domain.operations.purchases import Purchase, PurchaseLine
from shared.domain.operations.shop import ShopLine

WHOLE_BPS = 10_000


class Candidate(Model):
    """Someone who sells a line. `price` is of one unit, `shipping` of a whole order, `days` to the door."""

    supplier_id: str
    supplier_sku: str
    price: Money
    shipping: Money
    stock: int = Field(ge=0)
    days: int = Field(ge=0)
    preferred: bool = False
    """The shop's usual source of this line: taken when it fits; everyone else is a backup."""
    reliability: float = Field(default=1.0, ge=0, le=1)
    """How often the supplier has kept its word."""


class Weights(Model):
    """What counts how much, and what must stay of a line's price (`shared.settings`)."""

    price: float = 0.5
    time: float = 0.3
    reliability: float = 0.2
    min_margin_bps: int = Field(default=1000, ge=0, le=WHOLE_BPS)


class Basket(Model):
    """What is bought of one supplier. `limit` is the most that it may come to without eating the margin."""

    supplier_id: str
    lines: tuple[PurchaseLine, ...]
    cost: Money
    limit: Money


class Selection(Model):
    """Who sells what, in the order of their first lines; and the lines that nobody sells as needed."""

    baskets: tuple[Basket, ...] = ()
    missing: tuple[str, ...] = ()


Takes = tuple[ShopLine, Candidate]


def selected(
    lines: Sequence[ShopLine], candidates: Mapping[str, Sequence[Candidate]], weights: Weights
) -> Selection:
    """Choose of whom each line is bought. `candidates` by line id; their order does not matter.

    Line by line, the usual source first, then the best of the others. What nobody sells alone with enough
    left, for its share of a delivery is too dear, is tried again next to what is bought anyway, and together.
    """
    draft = _Draft(weights)
    for _ in range(2):
        for line in (line for line in lines if not draft.has(line)):
            for candidate in _ranked(line, candidates.get(line.id, ()), weights):
                if draft.takes([(line, candidate)]):
                    break
    _tried_together([line for line in lines if not draft.has(line)], candidates, draft)
    return Selection(baskets=draft.baskets(), missing=tuple(line.id for line in lines if not draft.has(line)))


def without_refused(
    line: ShopLine, candidates: Iterable[Candidate], refusals: Iterable[Purchase]
) -> tuple[Candidate, ...]:
    """Leave out who has just refused this line; who only named another price may be asked at that price."""
    refused = [each for each in refusals if line.id in each.line_ids]
    return tuple(
        candidate
        for candidate in candidates
        if not any(_stands_in_the_way(each, candidate, line) for each in refused)
    )


def _stands_in_the_way(refusal: Purchase, candidate: Candidate, line: ShopLine) -> bool:
    if refusal.supplier_id != candidate.supplier_id:
        return False
    if refusal.refusal != "price_changed" or refusal.cost.currency != candidate.price.currency:
        return True
    return (candidate.price * line.quantity + candidate.shipping).minor <= refusal.cost.minor


def _ranked(line: ShopLine, candidates: Sequence[Candidate], weights: Weights) -> list[Candidate]:
    """The usual source first, then by score; what cannot be bought at all is not there."""
    able = [each for each in candidates if _can_sell(line, each)]
    if not able:
        return []
    dearest = max(_alone(line, each) for each in able)
    slowest = max(each.days for each in able)

    def rank(each: Candidate) -> tuple[bool, Fraction, str, str]:
        score = (
            Fraction(weights.price) * Fraction(_alone(line, each), dearest or 1)
            + Fraction(weights.time) * Fraction(each.days, slowest or 1)
            + Fraction(weights.reliability) * (1 - Fraction(each.reliability))
        )
        return not each.preferred, score, each.supplier_id, each.supplier_sku

    return sorted(able, key=rank)


def _can_sell(line: ShopLine, candidate: Candidate) -> bool:
    currency = line.total.currency
    is_same = candidate.price.currency == candidate.shipping.currency == currency
    return is_same and candidate.stock >= line.quantity


def _alone(line: ShopLine, candidate: Candidate) -> int:
    return (candidate.price * line.quantity + candidate.shipping).minor


def _tried_together(
    left: Sequence[ShopLine], candidates: Mapping[str, Sequence[Candidate]], draft: "_Draft"
) -> None:
    """Put what is left into one purchase of someone who sells several of them."""
    sellers = sorted({each.supplier_id for line in left for each in candidates.get(line.id, ())})
    for seller in sellers:
        takes: list[Takes] = []
        for line in (line for line in left if not draft.has(line)):
            of_seller = [each for each in candidates.get(line.id, ()) if each.supplier_id == seller]
            able = [each for each in of_seller if _can_sell(line, each)]
            if able:
                takes.append((line, min(able, key=lambda each: (each.price.minor, each.supplier_sku))))
        if len(takes) > 1:
            draft.takes(takes)


class _Draft:
    """Purchases while they are put together; nothing enters that would break a rule."""

    def __init__(self, weights: Weights) -> None:
        self._keeps = WHOLE_BPS - weights.min_margin_bps
        self._taken: dict[str, list[Takes]] = {}

    def has(self, line: ShopLine) -> bool:
        return any(line.id == taken.id for takes in self._taken.values() for taken, _ in takes)

    def takes(self, more: list[Takes]) -> bool:
        """Add lines of one supplier, if its purchase keeps to the rules with them; say whether."""
        seller = more[0][1].supplier_id
        together = [*self._taken.get(seller, []), *more]
        if not self._keeps_margin(together) or not _is_in_stock(together):
            return False
        self._taken[seller] = together
        return True

    def _keeps_margin(self, takes: list[Takes]) -> bool:
        for line, candidate in takes:
            alone = candidate.price * line.quantity
            if line.total.minor and alone.minor > self._most(line.total).minor:
                return False
        return _cost(takes).minor <= self._limit(takes).minor

    def _most(self, paid: Money) -> Money:
        return share_of(paid, self._keeps)

    def _limit(self, takes: list[Takes]) -> Money:
        return self._most(Money.total((line.total for line, _ in takes), takes[0][0].total.currency))

    def baskets(self) -> tuple[Basket, ...]:
        return tuple(
            Basket(supplier_id=seller, lines=_lines(takes), cost=_cost(takes), limit=self._limit(takes))
            for seller, takes in self._taken.items()
        )


def _cost(takes: list[Takes]) -> Money:
    """Goods, and the dearest of the deliveries, once."""
    currency = takes[0][0].total.currency
    goods = Money.total((candidate.price * line.quantity for line, candidate in takes), currency)
    return goods + max((candidate.shipping for _, candidate in takes), key=lambda shipping: shipping.minor)


def _is_in_stock(takes: list[Takes]) -> bool:
    wanted: dict[str, int] = {}
    for line, candidate in takes:
        wanted[candidate.supplier_sku] = wanted.get(candidate.supplier_sku, 0) + line.quantity
    return all(candidate.stock >= wanted[candidate.supplier_sku] for _, candidate in takes)


def _lines(takes: list[Takes]) -> tuple[PurchaseLine, ...]:
    return tuple(
        PurchaseLine(line_id=line.id, supplier_sku=candidate.supplier_sku, quantity=line.quantity)
        for line, candidate in takes
    )
