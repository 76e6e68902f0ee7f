"""What a word was meant to be: misspelt, in digits, or run together with its neighbours."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache

from shared.domain.operations.understanding.danger_words import (
    ALWAYS,
    ALWAYS_ELSEWHERE,
    BEINGS,
    BODIES,
    CONTEXT,
    GLUED,
    MISSPELT,
    NEAR_BEINGS,
    NEAR_BODY,
)
from shared.domain.operations.understanding.intent_words import KNOWN as INTENTS
from shared.domain.operations.understanding.intent_words import MISSPELT as MISSPELT_INTENTS
from shared.domain.operations.understanding.ordinary import ORDINARY
from shared.domain.patterns import Pattern
from shared.domain.scout.spelling import distance

FUZZY_FROM = 5
"""Letters of a known word from which others may stand for it."""
TWO_EDITS_FROM = 8
HEADLESS_FROM = 7
"""Letters from which the first may be missing."""
GLUED_FROM = 8
"""Letters from which a word may be several, written without spaces."""
MAX_WORD = 24
WORD = re.compile(r"[a-z0-9@$|]+(?:'[a-z]+)*")
_DANGERS = ALWAYS | ALWAYS_ELSEWHERE
_KNOWN = _DANGERS | CONTEXT | NEAR_BODY | NEAR_BEINGS | BODIES | BEINGS | INTENTS
_MISSPELT = MISSPELT_INTENTS | MISSPELT
_FUZZY = ALWAYS | CONTEXT | INTENTS
_LEET = tuple(str.maketrans("013456789@$!|", f"o{one}eas6t8gas{one}{one}") for one in "il")
_GLUED = Pattern(GLUED)
_TWICE = re.compile(r"([a-z])\1")


def meant(text: str) -> str:
    """Return a plain text with every word as it was meant."""
    return WORD.sub(lambda word: meant_word(word.group()), text)


@lru_cache(maxsize=20_000)
def meant_word(word: str) -> str:
    """Return the word that `word` was meant to be: itself, unless it is close to one that we know."""
    word = word.removesuffix("'s") if word.removesuffix("'s") in _DANGERS else word
    if word in _KNOWN or word in ORDINARY:
        return word
    if len(word) > MAX_WORD:
        glued = _GLUED.search(word)
        return glued.group() if glued else word[:MAX_WORD]
    return next(_guesses(word), word)


def _guesses(word: str) -> Iterator[str]:
    for reading in _readings(word):
        if reading in _MISSPELT:
            yield _MISSPELT[reading]
        if reading in _KNOWN and len(reading) >= FUZZY_FROM - 1:
            yield reading
    for reading in _readings(word):
        if reading not in ORDINARY and (close := _closest(reading)):
            yield close
    if len(word) >= GLUED_FROM and (glued := _GLUED.search(word)):
        yield glued.group()


def _readings(word: str) -> Sequence[str]:
    """The word itself, with digits read as letters, and with doubled letters once."""
    found = [word]
    if not word.isalpha() and any(each.isalpha() for each in word):
        found += [word.translate(table) for table in _LEET]
    return tuple(dict.fromkeys([*found, *(_TWICE.sub(r"\1", each) for each in found)]))


def _closest(word: str) -> str | None:
    if not (word.isalpha() and len(word) >= FUZZY_FROM - 1):
        return None
    known = {each for gap in _gaps(word) for each in _by_gap().get(gap, ())}
    allowed = [
        (edits, each not in ALWAYS, each) for each in known if (edits := _edits(word, each)) is not None
    ]
    return min(allowed)[2] if allowed else None


def _edits(word: str, known: str) -> int | None:
    """How many edits lie between the two, or None when they are too many for words so long."""
    edits = distance(word, known)
    if edits == 1:
        return 1 if word[0] == known[0] or (len(known) >= HEADLESS_FROM and word == known[1:]) else None
    if edits != 2 or len(known) < TWO_EDITS_FROM or word[0] != known[0]:
        return None
    return 2 if len(known) > TWO_EDITS_FROM or (word[:3], word[-1]) == (known[:3], known[-1]) else None


@cache
def _by_gap() -> Mapping[str, Sequence[str]]:
    """The known words by what is left of them when letters are missing."""
    found: dict[str, list[str]] = {}
    for known in sorted(each for each in _FUZZY if len(each) >= FUZZY_FROM):
        for gap in _gaps(known):
            found.setdefault(gap, []).append(known)
    return found


def _gaps(word: str) -> set[str]:
    """The word without one letter, and where it is long without two: two words that share one are close."""
    once = {word[:n] + word[n + 1 :] for n in range(len(word))}
    if len(word) < TWO_EDITS_FROM - 2:
        return {word} | once
    return {word} | once | {each[:n] + each[n + 1 :] for each in once for n in range(len(each))}
