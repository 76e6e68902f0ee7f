"""How nearness in meaning joins what the rules found: the same, whoever looked for the nearest vectors.

    relevance = rules + (1 - rules) * closeness        closeness = CLOSEST * FADE / (FADE + rank)

The rank is that among the nearest of which the query allows the sale, 0 for the closest: as in reciprocal
rank fusion it counts instead of the cosine, whose scale is another for every model. What the rules understood
keeps their order: then nobody asks for the nearest (`is_understood`). `dev.py bench search` has measured the
numbers.
"""

from collections.abc import Container, Mapping, Sequence

from shared.domain.scout.matching import OFF_COLOUR
from shared.domain.scout.wish import Wish

CLOSEST = 0.95
"""What the closest in meaning is worth that the rules saw nothing in."""
FADE = 5
"""Rank at which half of that is left."""
NEAREST = 100
"""How many of the closest are asked for."""
JOINING = 50
"""How many of them join, at the most."""
SURE = 0.7
"""Relevance by the rules from which they have understood the wish."""


def is_understood(wish: Wish, relevances: Mapping[int, float]) -> bool:
    """Say whether the rules know every word that matters and found something that answers it."""
    if any(group.unknown for group in wish.groups):
        return False
    return not wish.groups or max(relevances.values(), default=0.0) >= SURE


def blend(
    relevances: Mapping[int, float], nearest: Sequence[int], *, off_colour: Container[int] = ()
) -> dict[int, float]:
    """Return the relevance of each entry number, those `nearest` in meaning (closest first) included."""
    blended = dict(relevances)
    for rank, number in enumerate(nearest[:JOINING]):
        closeness = CLOSEST * FADE / (FADE + rank) * (OFF_COLOUR if number in off_colour else 1.0)
        rules = blended.get(number, 0.0)
        blended[number] = rules + (1 - rules) * closeness
    return blended
