"""The form in which the vocabulary is written down."""

from enum import Enum
from typing import NamedTuple


def listed(text: str) -> frozenset[str]:
    """Return the blank-separated words of `text`."""
    return frozenset(text.split())


class Sort(Enum):
    """What a concept says about a wish; each sort weighs differently in a query."""

    THING = "thing"
    """What is wanted: flowers, a cake, a limo. A result that is none of the things asked for is no answer."""
    OCCASION = "occasion"
    RECIPIENT = "recipient"
    STYLE = "style"
    GENERIC = "generic"
    """Words such as gift or surprise, true of nearly everything."""


class Concept(NamedTuple):
    """One meaning. Word lists are comma-separated; several words form a phrase.

    `same` words mean the concept itself, `narrower` words imply it (a rose is a flower). `related` are
    weaker neighbours that a query for this concept also tries, as `name: strength`. An `exclusive` thing is
    not meant when the word only describes another thing: a rose candle is no flower.
    """

    name: str
    sort: Sort
    same: str
    narrower: str = ""
    related: str = ""
    exclusive: bool = False
    weight: float | None = None
    """Weight in a query; None takes the usual one of the sort."""
