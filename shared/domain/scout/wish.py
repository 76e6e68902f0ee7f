"""Reads a query: which words matter, how much, and which terms of the index may answer each."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import log

from shared.domain.scout.meaning import (
    ANY,
    ANY_SHADE,
    BROADER,
    SAME,
    SHADE,
    Meaning,
    Span,
    lexicon,
    usual_weight,
)
from shared.domain.scout.text_index import TextIndex
from shared.domain.scout.vocabulary.concept import Sort
from shared.domain.scout.vocabulary.stopwords import NEGATIONS
from shared.domain.scout.words import spoken, stem, words

COLOUR_WEIGHT = 0.9
PLACE_WEIGHT = 0.08
NUMBER_WEIGHT = 0.1
WORD_WEIGHT = 0.35
"""A word that the vocabulary does not know and every product has; rare words weigh up to RARE_EXTRA more."""
RARE_EXTRA = 0.45
DESCRIBING = 0.85
"""How well a word that describes another thing answers, when both were asked for."""
MISSPELT = 0.9
"""How far a guessed word is trusted."""
VENDOR_NAME = 0.6
MAX_GROUPS = 24


@dataclass(slots=True)
class Group:
    """One thing said in the query. Any of `terms` answers it, with its strength 0..1."""

    label: str
    weight: float
    terms: dict[str, float]
    head: bool = False
    """Whether it names what is wanted, rather than describing it."""
    colour: str | None = None
    """The base colour, when it demands one."""
    soft: bool = False
    """Whether it says for whom or for what, so that an unknown word beside it may be a mere name."""
    unknown: bool = False


@dataclass(slots=True)
class Wish:
    """A query, understood."""

    groups: list[Group] = field(default_factory=list)
    avoid: list[Group] = field(default_factory=list)
    """Things and colours that must not be: "no lilies"."""
    corrected: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    @property
    def colours(self) -> list[str]:
        """Base colours demanded."""
        return [group.colour for group in self.groups if group.colour]


def read(text: str, *, index: TextIndex, size: int, colour: str | None = None) -> Wish:
    """Understand `text` against the words of `index`, which holds `size` texts."""
    wish = Wish()
    reader = _Reader(wish, index, size)
    said, shown = spoken(text)
    covered: set[int] = set()
    sequence = [stem(word) for word in said]
    groups: list[tuple[int, Group]] = []
    for span in lexicon().spans(sequence):
        covered.update(range(span.start, span.end))
        label = " ".join(shown[span.start : span.end])
        if span.end - span.start == 1 and said[span.start] in lexicon().ignored:
            continue
        negated = span.start > 0 and said[span.start - 1] in NEGATIONS
        for group in _of_span(label, span, sequence):
            if not negated:
                groups.append((span.start, group))
            elif group.head or group.colour:
                wish.avoid.append(group)
    for at, word in enumerate(said):
        if at not in covered and word not in lexicon().ignored:
            groups.append((at, reader.word(word, sequence[at])))
    ordered = [group for _, group in sorted(groups, key=lambda pair: pair[0])]
    _allow_descriptions(ordered)
    _forgive_names(ordered)
    wish.groups = list(_merge([*ordered, *_asked_colour(colour)]))[:MAX_GROUPS]
    return wish


def _of_span(label: str, span: Span, sequence: list[str]) -> Iterator[Group]:
    single = sequence[span.start] if span.end - span.start == 1 else None
    if span.shade and span.plain:
        base, strength = span.shade
        terms = {"c:" + base: 1.0 if strength == 1.0 else SHADE, "c:" + ANY: ANY_SHADE}
        if single and strength < 1.0:
            terms[single] = 1.0
        yield Group(label, COLOUR_WEIGHT, terms, colour=base)
    elif span.meanings or span.shade:
        group = _of_meanings(label, span.meanings)
        group.terms[single or span.phrase] = 1.0
        if span.shade:
            group.terms["c:" + span.shade[0]] = SHADE
            group.weight = max(group.weight, 0.6)
        yield group


def _of_meanings(label: str, meanings: tuple[Meaning, ...]) -> Group:
    group = Group(label, 0.0, {})
    for meaning in meanings:
        concept = meaning.concept
        direct = meaning.strength == SAME
        _raise(group.terms, "#" + concept.name, 1.0 if direct else BROADER)
        group.head |= concept.sort is Sort.THING
        group.soft |= concept.sort in (Sort.OCCASION, Sort.RECIPIENT)
        group.weight = max(group.weight, usual_weight(concept))
        if direct:
            for name, strength in lexicon().related[concept.name]:
                _raise(group.terms, "#" + name, strength)
    return group


def _raise(terms: dict[str, float], term: str, strength: float) -> None:
    terms[term] = max(strength, terms.get(term, 0.0))


def _allow_descriptions(groups: list[Group]) -> None:
    """Of several things named, one may describe another: a chocolate cake, a rose candle."""
    heads = [group for group in groups if group.head]
    if len(heads) > 1:
        for group in heads:
            said = [term for term in group.terms if term[0] == "#" or ":" not in term]
            group.terms.update({"=" + term: DESCRIBING * group.terms[term] for term in said})


def _forgive_names(groups: list[Group]) -> None:
    """In "a present for Zelda's birthday" the unknown word is somebody, not something nobody sells."""
    if any(group.soft or (group.head and not group.unknown) for group in groups):
        for group in (each for each in groups if each.unknown):
            group.head, group.weight = False, WORD_WEIGHT


def _asked_colour(colour: str | None) -> Iterator[Group]:
    if colour:
        known = lexicon().shade(colour)
        base = known[0] if known else " ".join(stem(word) for word in words(colour))
        if base and base != ANY:
            yield Group(colour.lower(), COLOUR_WEIGHT, {"c:" + base: 1.0, "c:" + ANY: ANY_SHADE}, colour=base)


def _merge(groups: list[Group]) -> Iterator[Group]:
    seen: set[frozenset[str]] = set()
    colours: set[str] = set()
    for group in groups:
        key = frozenset(group.terms) or frozenset({"?" + group.label})
        if key in seen or (group.colour and group.colour in colours):
            continue
        seen.add(key)
        if group.colour:
            colours.add(group.colour)
        yield group


class _Reader:
    """Words outside the vocabulary, which only the catalogue itself can explain."""

    def __init__(self, wish: Wish, index: TextIndex, size: int) -> None:
        self._wish, self._index, self._size = wish, index, max(2, size)

    def word(self, word: str, stemmed: str) -> Group:
        if stemmed in lexicon().places:
            return Group(word, PLACE_WEIGHT, {stemmed: 1.0})
        if word[0].isdigit():
            return Group(word, NUMBER_WEIGHT, {stemmed: 1.0})
        if self._sold(stemmed):
            return self._literal(word, stemmed, 1.0)
        guess = self._index.speller.guess(word)
        meant = None if guess is None else self._meant(guess)
        if guess is None or meant is None:
            self._wish.unknown.append(word)
            return Group(word, WORD_WEIGHT + RARE_EXTRA, {}, head=True, unknown=True)
        self._wish.corrected[word] = guess
        return meant

    def _sold(self, stemmed: str) -> bool:
        return self._index.count(stemmed) > 0 or self._index.count("v:" + stemmed) > 0

    def _meant(self, guess: str) -> Group | None:
        sequence = [stem(guess)]
        for span in lexicon().spans(sequence):
            for group in _of_span(guess, span, sequence):
                group.terms = {term: strength * MISSPELT for term, strength in group.terms.items()}
                return group
        return self._literal(guess, sequence[0], MISSPELT) if self._sold(sequence[0]) else None

    def _literal(self, label: str, stemmed: str, trust: float) -> Group:
        found = max(1, self._index.count(stemmed))
        rarity = max(0.0, log(self._size / found) / log(self._size))
        terms = {stemmed: trust, "v:" + stemmed: VENDOR_NAME * trust}
        return Group(label, WORD_WEIGHT + RARE_EXTRA * rarity, terms, head=True)
