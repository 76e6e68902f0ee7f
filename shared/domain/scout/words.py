"""From text to words and stems."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

_ROSE_WINE = re.compile(r"\bros[ée]\b(?=\s+(?:wine|champagne|prosecco|brut|cava|bubbly))|\brosé\b")
_APOSTROPHE = re.compile(r"(?<=\w)['\u2018\u2019](?=\w)")
_WORD = re.compile(r"[a-z0-9]+")
MAX_WORD = 40


def words(text: str) -> list[str]:
    """Return the lower-case words of `text` without accents; `mother's` is one word, `mothers`."""
    lowered = _ROSE_WINE.sub("rosewine", text.lower()) if "ros" in text.lower() else text.lower()
    if not lowered.isascii():
        decomposed = unicodedata.normalize("NFKD", _APOSTROPHE.sub("", lowered))
        lowered = "".join(c for c in decomposed if not unicodedata.combining(c))
    return [word[:MAX_WORD] for word in _WORD.findall(_APOSTROPHE.sub("", lowered))]


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
