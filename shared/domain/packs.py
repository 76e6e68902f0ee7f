"""How many of an item make up what someone counted: a dozen roses are sold as one bunch, not as twelve."""

from shared.domain.catalogue import Product
from shared.domain.intents.moments import NUMBERS
from shared.domain.patterns import Pattern

_DOZEN = Pattern(r"\b(?:(half a|half|two|three|\d{1,3}) )?dozen\b")
_COUNTED = Pattern(r"\b(?:box|pack|set|case|tray|bunch|bag|tin|crate) of (\w+)\b|\b(\d{1,3})[- ]pack\b")
_LOOSE = frozenset({"flowers", "balloons", "chocolates", "cookies", "bakery"})
"""Categories in which people count pieces that nobody sells one by one."""
_AS_SOLD = Pattern(
    r"\b(?:box|pack|set|case|tray|bunch|bag|tin|crate|bouquet|arrangement|posy|basket|wreath|garland|hamper"
    r"|vase|bottle|dozen)(?:e?s)?\b"
)


def counted_as_sold(words: str) -> bool:
    """Whether `words` count what is on the shelf ("two boxes of truffles"), not its content ("12 roses")."""
    return _AS_SOLD.search(words.lower()) is not None


def pieces_in(name: str) -> int | None:
    """Return how many pieces an item says it holds: 24 for `Two Dozen Red Roses`; None if it says not."""
    name = name.lower()
    if found := _DOZEN.search(name):
        many = found.group(1) or "1"
        return 6 if many.startswith("half") else 12 * _number(many)
    if found := _COUNTED.search(name):
        return _number(found.group(1) or found.group(2)) or None
    return None


def amount_of(product: Product, counted: int, *, as_sold: bool) -> int:
    """Return how many of `product` make up `counted`; a bouquet that does not say its size is enough."""
    if as_sold or counted == 1:
        return counted
    inside = pieces_in(product.name)
    if inside:
        return -(-counted // inside)
    return 1 if product.category in _LOOSE else counted


def _number(word: str) -> int:
    return int(word) if word.isdecimal() else NUMBERS.get(word, 0)
