"""From text to words and stems."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

ROSE_WINE = "rosewine"
"""How the wine is spelt here, to keep it apart from the flower."""
_ROSE = re.compile(r"\bros[ée]\b(?=\s+(?:wine|champagne|prosecco|brut|cava|bubbly))|\brosé\b")
_APOSTROPHE = re.compile(r"(?<=\w)['\u2018\u2019](?=\w)")
_TOKEN = re.compile(r"[^\W_]+(?:['\u2018\u2019][^\W_]+)*")
_POSSESSIVE = re.compile(r"['\u2018\u2019]s$")
_WORD = re.compile(r"[a-z0-9]+")
MAX_WORD = 40


def words(text: str) -> list[str]:
    """Return the lower-case words of `text` without accents; `mother's` is one word, `mothers`."""
    lowered = _ROSE.sub(ROSE_WINE, text.lower()) if "ros" in text.lower() else text.lower()
    if not lowered.isascii():
        decomposed = unicodedata.normalize("NFKD", _APOSTROPHE.sub("", lowered))
        lowered = "".join(c for c in decomposed if not unicodedata.combining(c))
    return [word[:MAX_WORD] for word in _WORD.findall(_APOSTROPHE.sub("", lowered))]


def spoken(text: str) -> tuple[list[str], list[str]]:
    """Return the words of `text`, and beside each how to show it to the person who said it."""
    lowered = _ROSE.sub(ROSE_WINE, text.lower())
    pairs = [(word, token) for token in _TOKEN.findall(lowered) for word in words(token)]
    shown = [
        "rosé" if word == ROSE_WINE else _POSSESSIVE.sub("", token) if words(token) == [word] else word
        for word, token in pairs
    ]
    return [word for word, _ in pairs], shown


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return the English stem of a lower-case word (Snowball)."""
    return str(_stemmer().stemWord(word))


def stems(text: str) -> list[str]:
    """Return the stems of the words of `text`, in order."""
    return [stem(word) for word in words(text)]


@cache
def _stemmer() -> Any:
    import snowballstemmer  # the package loads some thirty languages: not before the first search

    return snowballstemmer.stemmer("english")
