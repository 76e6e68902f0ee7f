"""Whether somebody is or may be hurt (flows ops-4, ops-6). In doubt: yes.

What a message says besides, and whatever it tells its reader to do, takes no danger away.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from shared.domain.operations.understanding import lexicon
from shared.domain.operations.understanding.plain import readings, words_of
from shared.domain.operations.understanding.words import is_foreign, is_word
from shared.domain.scout.spelling import distance

MAX_FOUND = 20
FUZZY_FROM = 4
"""Letters from which a word is looked at for a misspelt one."""
TWO_EDITS_FROM = 8
LONGEST = 40
_PHRASES = tuple(re.compile(each) for each in lexicon.PHRASES)
_FIGURES = tuple(re.compile(each) for each in lexicon.FIGURES)
_GLUED = re.compile(
    r"(caught|on|set|catch)fire|burn(t|ed|s|ing)?(my|me|his|her|the)|(my|me|it)burn(t|ed|s)|electricshock"
)


def _by_first_letter() -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in sorted(lexicon.ALWAYS):
        if len(word) >= FUZZY_FROM:
            found[word[0]].append(word)
    return found


_LONG = _by_first_letter()


def dangers(text: str) -> tuple[str, ...]:
    """Return the words of a plain text that speak of danger, in their order; none is no danger."""
    rest = text
    for figure in _FIGURES:
        rest = figure.sub(" ", rest)
    found = [phrase.group().strip() for pattern in _PHRASES for phrase in pattern.finditer(rest)]
    words = words_of(rest)
    foreign = is_foreign(words)
    found += [word for word in words if is_danger(word, foreign=foreign)]
    found += _beside_bodies(words)
    return tuple(dict.fromkeys(each[:60] for each in found))[:MAX_FOUND]


@lru_cache(maxsize=20_000)
def is_danger(word: str, *, foreign: bool = False) -> bool:
    """Say whether a word alone speaks of danger, also misspelt; `foreign` when the text is not English."""
    if _GLUED.search(word):
        return True
    if len(word) > LONGEST:
        return False
    meant = readings(word)
    return any(_known(each) for each in meant) or (
        any(_misspelt(each) for each in meant) and not is_word(word, foreign=foreign)
    )


def _known(word: str) -> bool:
    return word.removesuffix("'s") in lexicon.ALWAYS


def _misspelt(word: str) -> bool:
    """Whether a word comes close to one of danger."""
    if len(word) < FUZZY_FROM or not word.isalpha():
        return False
    return any(
        abs(len(known) - len(word)) <= (edits := 2 if len(known) >= TWO_EDITS_FROM else 1)
        and distance(word, known) <= edits
        for known in _LONG.get(word[0], ())
    )


def _beside_bodies(words: Sequence[str]) -> Iterator[str]:
    for n, word in enumerate(words):
        beside = words[max(0, n - lexicon.NEAR) : n + lexicon.NEAR + 1]
        body = word in lexicon.NEAR_BODY and lexicon.BODIES.intersection(beside)
        if body or (word in lexicon.NEAR_BEINGS and lexicon.BEINGS.intersection(beside)):
            yield word
