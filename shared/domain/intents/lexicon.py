"""The vocabularies compiled for longest-first matching over tokens; built on first use."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from shared.domain.intents import vocabulary as words
from shared.domain.intents.tokens import Token, root


class Tag(StrEnum):
    """Which vocabulary a phrase comes from."""

    PRODUCT = "product"
    SERVICE = "service"
    CUSTOMIZATION = "customization"
    PACKAGING = "packaging"
    DELIVERY = "delivery"
    OCCASION = "occasion"
    RECIPIENT = "recipient"
    COLOUR = "colour"
    STYLE = "style"
    PLACE = "place"
    NAME = "name"
    VAGUE = "vague"
    ASK = "ask"
    FILLER = "filler"


class Hit(NamedTuple):
    """Tokens `[first, last)` say `value`, of vocabulary `tag`."""

    tag: Tag
    value: str
    first: int
    last: int


class _Phrase(NamedTuple):
    roots: tuple[str, ...]
    tag: Tag
    value: str


def _phrases(tag: Tag, table: Mapping[str, str]) -> Iterable[_Phrase]:
    for value, line in table.items():
        for phrase in line.split(", "):
            yield _Phrase(tuple(root(w) for w in phrase.replace("-", " ").split()), tag, value)


def _plain(tag: Tag, line: str) -> Iterable[_Phrase]:
    return _phrases(tag, {phrase: phrase for phrase in line.split(", ")})


@cache
def _index() -> dict[str, tuple[_Phrase, ...]]:
    """Phrases by first root, longest first; of equal length the earlier vocabulary wins."""
    every = [
        *_phrases(Tag.PRODUCT, words.PRODUCTS),
        *_phrases(Tag.SERVICE, words.SERVICES),
        *_phrases(Tag.CUSTOMIZATION, words.CUSTOMIZATIONS),
        *_phrases(Tag.PACKAGING, words.PACKAGING),
        *_phrases(Tag.DELIVERY, words.DELIVERY),
        *_phrases(Tag.OCCASION, words.OCCASIONS),
        *_phrases(Tag.RECIPIENT, words.RECIPIENTS),
        *_phrases(Tag.PLACE, words.PLACES),
        *_plain(Tag.COLOUR, words.COLOURS),
        *_plain(Tag.STYLE, words.STYLES),
        *_plain(Tag.VAGUE, words.VAGUE),
        *_plain(Tag.ASK, words.ASKS),
        *_plain(Tag.FILLER, words.FILLERS),
        *_plain(Tag.NAME, words.NAMES),
    ]
    index: dict[str, list[_Phrase]] = {}
    for phrase in every:
        index.setdefault(phrase.roots[0], []).append(phrase)
    return {first: tuple(sorted(found, key=lambda p: -len(p.roots))) for first, found in index.items()}


def match(tokens: list[Token], closed: list[bool]) -> list[Hit]:
    """Return non-overlapping hits from left to right, skipping `closed` tokens and hyphens inside phrases."""
    index = _index()
    hits: list[Hit] = []
    at = 0
    while at < len(tokens):
        hit = None if closed[at] else _longest(tokens, at, index.get(tokens[at].root, ()), closed)
        if hit is None and not closed[at] and tokens[at].word != tokens[at].root:
            hit = _longest(tokens, at, index.get(tokens[at].word, ()), closed)
        if hit:
            hits.append(hit)
        at = hit.last if hit else at + 1
    return hits


def _longest(tokens: list[Token], at: int, phrases: tuple[_Phrase, ...], closed: list[bool]) -> Hit | None:
    for phrase in phrases:
        end = at + 1
        for wanted in phrase.roots[1:]:
            if end < len(tokens) and tokens[end].word == "-" and tokens[end].glued:
                end += 1
            if end >= len(tokens) or closed[end] or wanted not in (tokens[end].root, tokens[end].word):
                break
            end += 1
        else:
            return Hit(phrase.tag, phrase.value, at, end)
    return None
