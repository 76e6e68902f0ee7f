"""What must be looked up for a condition, what was seen, and what follows from it."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from shared.domain.attribution import Attribution
from shared.domain.conditions.models import Leaf, Sky
from shared.domain.model import Model
from shared.domain.money import Money


class DayLookup(NamedTuple):
    """The forecast of one place for one local day; equal for every intent that asks for it."""

    place: str | None
    day: date


class ProductLookup(NamedTuple):
    """Stock and price of one product (id or query)."""

    product: str


LookupKey = DayLookup | ProductLookup


class WeatherFact(Model):
    """A day's forecast; `high` is the daytime high in degrees Celsius."""

    sky: Sky
    high: float | None = None
    attribution: Attribution | None = None


class ProductFact(Model):
    """What is known of a product now; `None` is unknown."""

    available: int | None = None
    price: Money | None = None


Facts = Mapping[LookupKey, WeatherFact | ProductFact | None]


class State(StrEnum):
    """Three-valued truth: what nobody could look up is unknown, not false."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class LeafState(Model):
    """One line of the IF/THEN map: the condition, whether it holds, and why in human words.

    `news` says the same as something that has just happened, for telling of a change. `attribution` names
    whose data it rests on, where that must be said.
    """

    leaf: Leaf
    words: str
    state: State
    why: str
    news: str = ""
    attribution: Attribution | None = None


class Evaluation(Model):
    """The whole map at one instant."""

    state: State
    leaves: tuple[LeafState, ...]
