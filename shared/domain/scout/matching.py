"""How well each text answers a wish: relevance 0..1, from the postings of the wish's words only."""

from collections.abc import Sequence

from shared.domain.scout.text_index import FULL, TextIndex
from shared.domain.scout.wish import Group, Wish

OFF_COLOUR = 0.35
"""Factor for a product that comes in colours, but in none of those asked for."""
OFF_TOPIC = 0.25
"""Factor for what is none of the things asked for: a pink cake, for pink flowers."""
NAMED = 0.35
"""Match from which a product counts as one of the things asked for."""
CLEAR = 0.6
"""Match from which a group counts as covered; a weaker one covers its share only."""
TRUE_COLOUR = 0.8
"""Match from which a product comes in the colour asked for, rather than in colours that are open."""
FLOOR = 0.1
"""Relevance below this is none."""
RELATIVE_FLOOR = 0.12
"""So is relevance below this share of the best, once something answers well."""

Matches = dict[int, float]
"""Number of a text -> how well it answers one group, 0..1."""


def match(group: Group, index: TextIndex) -> Matches:
    """Return how well each text answers `group`: the best of its terms counts."""
    lists = [
        (strength, postings)
        for term, strength in group.terms.items()
        if (postings := index.postings(term)) is not None
    ]
    lists.sort(key=lambda pair: -len(pair[1].numbers))
    best: Matches = {}
    for strength, postings in lists:
        table = [strength * impact / FULL for impact in range(FULL + 1)]
        values = map(table.__getitem__, postings.impacts)
        if not best:
            best = dict(zip(postings.numbers, values, strict=True))
            continue
        known = best.get
        for number, value in zip(postings.numbers, values, strict=True):
            if value > known(number, 0.0):
                best[number] = value
    return best


def relevances(
    wish: Wish, matches: Sequence[Matches], *, coloured: bytearray, alive: bytearray
) -> dict[int, float]:
    """Return the relevance 0..1 of every text that says anything of the wish, above the floors.

    relevance = sum(weight * match) / sum(weight) * sqrt(weight of what is covered / sum(weight)),
    lowered for the wrong colour and for the wrong thing.
    """
    whole = sum(group.weight for group in wish.groups)
    if whole <= 0:
        return {}
    sums, covered, named, in_colour = _add_up(wish, matches)
    has_heads = any(group.head for group in wish.groups)
    wants_colour = bool(wish.colours)
    found: dict[int, float] = {}
    scale = whole**-1.5
    for number, total in sums.items():
        if not alive[number]:
            continue
        relevance = total * scale * covered[number] ** 0.5
        if has_heads and number not in named:
            relevance *= OFF_TOPIC
        if wants_colour and coloured[number] and number not in in_colour:
            relevance *= OFF_COLOUR
        if relevance >= FLOOR:
            found[number] = relevance
    if not found:
        return found
    floor = max(found.values()) * RELATIVE_FLOOR
    return found if floor <= FLOOR else {n: value for n, value in found.items() if value >= floor}


def _add_up(
    wish: Wish, matches: Sequence[Matches]
) -> tuple[dict[int, float], dict[int, float], set[int], set[int]]:
    sums: dict[int, float] = {}
    covered: dict[int, float] = {}
    named: set[int] = set()
    in_colour: set[int] = set()
    for group, found in zip(wish.groups, matches, strict=True):
        weight = group.weight
        if not sums:
            sums = {number: weight * value for number, value in found.items()}
            covered = {n: weight if value >= CLEAR else weight * value for n, value in found.items()}
        else:
            for number, value in found.items():
                sums[number] = sums.get(number, 0.0) + weight * value
                share = weight if value >= CLEAR else weight * value
                covered[number] = covered.get(number, 0.0) + share
        if group.head:
            named.update(number for number, value in found.items() if value >= NAMED)
        if group.colour:
            in_colour.update(found)
    return sums, covered, named, in_colour


def without(wish: Wish, found: dict[int, float], index: TextIndex) -> dict[int, float]:
    """Return `found` without the texts that clearly are what the wish wants to avoid."""
    for group in wish.avoid:
        avoided = match(group, index)
        found = {n: value for n, value in found.items() if avoided.get(n, 0.0) < CLEAR}
    return found


def in_true_colour(wish: Wish, matches: Sequence[Matches]) -> set[int]:
    """Return the texts that surely come in one of the colours asked for."""
    return {
        number
        for group, found in zip(wish.groups, matches, strict=True)
        if group.colour
        for number, value in found.items()
        if value >= TRUE_COLOUR
    }
