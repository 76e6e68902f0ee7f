"""A month of a business: intents begun, orders placed, and what waiting costs beside the seed's claim."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tools.cost import rules
from tools.cost.counted import Counted
from tools.cost.flow_names import ORDER, PLACE_WEEK, SHOP_ORDER, WAITING_WEEK, WISH, WISH_GRANTED
from tools.cost.prices import Prices
from tools.cost.rules import SCANNED, Hub
from tools.cost.usage import Model, Usage

PLACES = 100
"""Places that people live in, at most: who waits in one shares its forecasts."""
CLAIM = 0.0001
"""Dollars: "7-day wait = ~168 seconds execution = ~$0.0001" (the specification, 6.7-1)."""
CROWDS = (1, 1_000, 100_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """What a month brings. Every intent waits for `weeks` and then buys."""

    intents: int
    orders: int
    shop_orders: int = 0
    weeks: float = 1.0

    @property
    def waiting(self) -> float:
        """How many intents wait at any time."""
        return self.intents * self.weeks / rules.WEEKS

    @property
    def places(self) -> float:
        """How many places are watched at any time."""
        return min(self.waiting, PLACES)


def usage_of(business: Business, model: Model, counts: Mapping[str, Counted], hub: Hub) -> Usage:
    """Return what a month of it uses, with the floor that is there without any."""
    one = {name: model.usage(counted) for name, counted in counts.items()}
    intent = one[WISH] + one[WAITING_WEEK] * business.weeks + one[WISH_GRANTED]
    return (
        model.idle_month(counts, hub)
        + intent * business.intents
        + one[PLACE_WEEK] * (business.places * rules.WEEKS)
        + one[ORDER] * business.orders
        + one[SHOP_ORDER] * business.shop_orders
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Dollars of one intent's week at list price, where `intents` wait."""

    intents: int
    most: float
    """What one more costs: its row read by the watcher, its timer, its share of a place's forecasts."""
    least: float
    """The same if returning a row costs hardly more than loading it, and no minimum ever counts."""
    floor: float
    """Its share of what is there anyway."""

    @property
    def verdict(self) -> str:
        """Whether the claim holds for everything that is paid."""
        if self.most + self.floor <= CLAIM:
            return "holds"
        return "does not hold" if self.least + self.floor > CLAIM else "an invoice must tell"


def waiting(
    model: Model, prices: Prices, counts: Mapping[str, Counted], hub: Hub, crowds: Sequence[int] = CROWDS
) -> list[Waiting]:
    """Return what a week of waiting costs one of few, and one of many."""
    plan = model.plan
    floor = prices.list_price(model.idle_month(counts, hub), plan) / rules.WEEKS
    best = replace(model, units=SCANNED, plan=plan.at_best)
    return [
        Waiting(
            intents=crowd,
            most=prices.list_price(_own_week(model, counts, crowd), plan),
            least=prices.list_price(_own_week(best, counts, crowd), plan),
            floor=floor / crowd,
        )
        for crowd in crowds
    ]


def _own_week(model: Model, counts: Mapping[str, Counted], crowd: int) -> Usage:
    of_place = model.usage(counts[PLACE_WEEK]) * (min(crowd, PLACES) / crowd)
    return model.usage(counts[WAITING_WEEK]) + of_place
