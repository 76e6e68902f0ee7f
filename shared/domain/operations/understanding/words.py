"""Which words are words: what is none may be a misspelt one."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from spellchecker import SpellChecker

from shared.domain.operations.understanding.lexicon import ENGLISH, FOREIGN, KEY_WORDS
from shared.domain.scout.spelling import distance

LANGUAGES = ("en", "es", "fr", "de")
SEEN = {"en": 40}
"""How often a word must have been counted, by language: rarer ones are often slips themselves."""
SHORTEST = 4
TWO_EDITS_FROM = 8


@cache
def _dictionary(language: str) -> SpellChecker:
    return SpellChecker(language=language)


@lru_cache(maxsize=50_000)
def is_word(word: str, *, foreign: bool = False) -> bool:
    """Whether a word is one in English; with `foreign`, in any language that customers write in."""
    languages = LANGUAGES if foreign else LANGUAGES[:1]
    return any(_dictionary(language)[word] > SEEN.get(language, 0) for language in languages)


def is_foreign(words: Sequence[str]) -> bool:
    """Whether a text is in another language than English, by its commonest little words."""
    return sum(word in FOREIGN for word in words) > sum(word in ENGLISH for word in words)


def mended(text: str) -> str:
    """Return a plain text in which slips of what customers write about are spelt as they are meant."""
    return re.sub(r"[a-z]+", lambda found: _meant(found.group()), text)


@lru_cache(maxsize=20_000)
def _meant(word: str) -> str:
    """Return the key word that a slip stands for; any other word as it is."""
    if len(word) < SHORTEST or not word.isalpha() or word in KEY_WORDS:
        return word
    near = [
        (edits, known)
        for known in KEY_WORDS
        if abs(len(known) - len(word)) <= (most := 2 if len(known) >= TWO_EDITS_FROM else 1)
        and (edits := distance(word, known)) <= most
    ]
    return min(near)[1] if near and not is_word(word, foreign=True) else word
