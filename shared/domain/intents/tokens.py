"""Cutting a sentence into tokens that know where they stand, in linear time."""

import re
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

MAX_CHARS = 2000
"""The door checks the length; what slips through is read only this far, to stay fast."""

_TOKEN = re.compile(
    r"\d{1,3}(?:,\d{3})++(?:\.\d++)?|\d++(?:\.\d++)?|[^\W\d_]++(?:['\u2019][^\W\d_]++)*+|[^\w\s]|_"
)
_MAX_DIGITS = 9

_IRREGULAR = {
    "cookies": "cookie", "brownies": "brownie", "onesies": "onesie", "smoothies": "smoothie",
    "hoodies": "hoodie", "movies": "movie", "selfies": "selfie", "succulents": "succulent",
    "knives": "knife", "scarves": "scarf", "loaves": "loaf", "irises": "iris", "dozens": "dozen",
    "glasses": "glass", "children": "child", "women": "woman", "men": "man", "wives": "wife",
    "macarons": "macaron", "photos": "photo", "veggies": "veggie", "canvases": "canvas", "yes": "yes",
    "this": "this", "was": "was", "has": "has", "does": "does", "gas": "gas", "its": "its", "as": "as",
    "plus": "plus", "us": "us", "is": "is", "his": "his", "hers": "hers", "always": "always",
    "christmas": "christmas", "texas": "texas", "las": "las", "dallas": "dallas", "congress": "congress",
    "bedclothes": "bedclothes", "chocolates": "chocolate", "pies": "pie", "ties": "tie",
}  # fmt: skip


class Kind(StrEnum):
    """What a token is made of."""

    WORD = "word"
    NUMBER = "number"
    MARK = "mark"


class Token(NamedTuple):
    """A word, number or mark; `text[start:end]` is what the customer typed."""

    word: str
    """Lower case, straight apostrophes."""
    root: str
    """Singular, without a possessive ending."""
    start: int
    end: int
    kind: Kind
    capital: bool
    glued: bool
    """No space before it."""

    @property
    def number(self) -> float | None:
        """The value of a number token of sane length."""
        if self.kind is not Kind.NUMBER or len(self.word) > _MAX_DIGITS:
            return None
        return float(self.word.replace(",", ""))


@lru_cache(maxsize=4096)
def root(word: str) -> str:
    """Return the singular of a lower-case word without a possessive ending; crude but consistent."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("'s"):
        return word[:-2]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is", "'s")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("oes") and len(word) > 5:
        return word[:-2]
    if word.endswith(("shes", "ches", "xes", "sses", "zzes")):
        return word[:-2]
    return word[:-1]


def tokenise(text: str) -> list[Token]:
    """Cut `text` into tokens in reading order."""
    tokens: list[Token] = []
    last = -1
    for match in _TOKEN.finditer(text, 0, MAX_CHARS):
        raw = match.group()
        start, end = match.span()
        word = raw.lower().replace("\u2019", "'")
        worded = Kind.WORD if raw[0].isalnum() else Kind.MARK
        kind = Kind.NUMBER if raw[0].isdecimal() else worded
        tokens.append(Token(word, root(word), start, end, kind, raw[0].isupper(), start == last))
        last = end
    return tokens
