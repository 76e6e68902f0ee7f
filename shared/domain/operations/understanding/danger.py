"""Whether somebody is or may be hurt (flows ops-4, ops-6). In doubt: yes.

What a message says besides, and whatever it tells its reader to do, takes no danger away: figures of speech
are passed over word by word, and only where nobody in danger could have written them.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from shared.domain.operations.understanding import danger_words as words
from shared.domain.operations.understanding.danger_phrases import PHRASES
from shared.domain.operations.understanding.figures import FIGURES
from shared.domain.operations.understanding.spelling import MAX_WORD, WORD, meant_word
from shared.domain.patterns import Pattern

MAX_FOUND = 20
MAX_SHOWN = 60
_ALWAYS = words.ALWAYS | words.ALWAYS_ELSEWHERE | {"firemark"}
_PHRASES = tuple((sign, Pattern(pattern)) for sign, pattern in PHRASES)
_FIGURES = tuple((sign, Pattern(pattern)) for sign, pattern in FIGURES)
_GLUED = Pattern(words.GLUED)
_MARK = re.compile(r"[^a-z0-9@$|!]")
_EDGES = '.,;:?!()[]{}<>"*_-~'
_SIGNS = {"firemark": "fire"}
JOINED_FROM = 6
GLUED_FROM = 6
SHORTEST = 4


def dangers(text: str) -> tuple[str, ...]:
    """Return what speaks of danger in a plain text of `meant` words, each once; nothing is no danger."""
    rest = _without_figures(text).replace("\n", " ")
    found = [
        each.group().strip() for sign, phrase in _PHRASES if sign in rest for each in phrase.finditer(rest)
    ]
    said = WORD.findall(rest)
    found += [_SIGNS.get(word, word) for word in said if word in _ALWAYS or _is_glued(word)]
    found += [*_beside_bodies(said), *_beside_beings(said), *_torn_apart(said)]
    return tuple(dict.fromkeys(each[:MAX_SHOWN] for each in found))[:MAX_FOUND]


def _is_glued(word: str) -> bool:
    return len(word) >= GLUED_FROM and _GLUED.search(word) is not None


def disguised(plain: str) -> tuple[str, ...]:
    """Return the words of danger that marks inside of them hide: `b*rned`, `f!re`."""
    chunks = (chunk.strip(_EDGES) for chunk in plain.split() if len(chunk) <= MAX_WORD)
    marked = (_MARK.sub("", chunk) for chunk in chunks if not chunk.isalnum() and "'" not in chunk)
    guesses = (meant_word(word) for word in marked if len(word) >= SHORTEST)
    return tuple(dict.fromkeys(guess for guess in guesses if guess in _ALWAYS))[:MAX_FOUND]


def _without_figures(text: str) -> str:
    """No figure of speech goes over the end of a line: what follows may be somebody else's."""
    for sign, figure in _FIGURES:
        if sign in text:
            text = figure.sub(" , ", text)
    return text


def _beside_bodies(said: Sequence[str]) -> Iterator[str]:
    for n, word in enumerate(said):
        if word in words.BODIES and _is_somebodys(said, n) and not _names_a_thing(said, n):
            yield from (each for each in _around(said, n) if each in words.NEAR_BODY)


def _is_somebodys(said: Sequence[str], n: int) -> bool:
    before = said[max(0, n - 2) : n]
    if said[n] in words.SURE_BODIES:
        return not (words.OWNERS | words.ON).isdisjoint(before)
    return not words.OWNERS.isdisjoint(before if before[-1:] and before[-1] in words.SIDES else before[-1:])


def _names_a_thing(said: Sequence[str], n: int) -> bool:
    return not words.THINGS.isdisjoint(said[n + 1 : n + 2])


def _beside_beings(said: Sequence[str]) -> Iterator[str]:
    for n, word in enumerate(said):
        if word in words.BEINGS and not _names_a_thing(said, n):
            yield from (each for each in _around(said, n) if each in words.NEAR_BEINGS)


def _around(said: Sequence[str], n: int) -> Sequence[str]:
    return said[max(0, n - words.NEAR) : n + words.NEAR + 1]


def _torn_apart(said: Sequence[str]) -> Iterator[str]:
    """Words with a gap in them: "bur ned"."""
    for one, other in pairwise(said):
        whole = one + other
        if len(whole) >= JOINED_FROM and len(one) > 1 and whole in _ALWAYS:
            yield whole
