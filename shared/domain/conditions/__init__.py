"""Conditions of standing intents: what must hold before USO buys (flows 1.4-2, 6.7-1, 6.7-2).

The same small tree is parsed from a sentence, stored, watched hourly and shown as an IF/THEN map.
"""

from shared.domain.conditions.evaluation import evaluate
from shared.domain.conditions.facts import (
    DayLookup,
    Evaluation,
    Facts,
    LeafState,
    LookupKey,
    ProductFact,
    ProductLookup,
    State,
    WeatherFact,
)
from shared.domain.conditions.models import (
    WEEK,
    All,
    Any,
    Calendar,
    Condition,
    Inventory,
    Leaf,
    Price,
    Sky,
    Weather,
    Weekday,
)
from shared.domain.conditions.timing import earliest_possible, lookups
from shared.domain.conditions.wording import describe, fill, in_words, leaves, pinned

__all__ = [
    "WEEK",
    "All",
    "Any",
    "Calendar",
    "Condition",
    "DayLookup",
    "Evaluation",
    "Facts",
    "Inventory",
    "Leaf",
    "LeafState",
    "LookupKey",
    "Price",
    "ProductFact",
    "ProductLookup",
    "Sky",
    "State",
    "Weather",
    "WeatherFact",
    "Weekday",
    "describe",
    "earliest_possible",
    "evaluate",
    "fill",
    "in_words",
    "leaves",
    "lookups",
    "pinned",
]
