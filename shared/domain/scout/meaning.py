"""The vocabulary, compiled once: which concepts a word or phrase stands for, and how surely."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from shared.domain.scout.vocabulary.colours import AMBIGUOUS, ANY_COLOUR, NOT_A_COLOUR, SHADES
from shared.domain.scout.vocabulary.concept import Concept, Sort
from shared.domain.scout.vocabulary.people import GENERIC, OCCASIONS, RECIPIENTS, STYLES
from shared.domain.scout.vocabulary.stopwords import IGNORED, PLACE_WORDS
from shared.domain.scout.vocabulary.things import THINGS
from shared.domain.scout.words import stem, stems

SAME = 0.95
"""How well a synonym fits what was asked: nearly as well as the word itself."""
NARROWER = 0.9
"""A rose, when flowers were asked for."""
BROADER = 0.4
"""Other flowers, when roses were asked for."""
SHADE = 0.85
"""Blush, when pink was asked for."""
ANY_SHADE = 0.5
"""A product in assorted colours, when pink was asked for."""

ANY = "any"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One concept that a word stands for; `strength` 0..1."""

    concept: Concept
    strength: float


@dataclass(frozen=True, slots=True)
class Span:
    """A known word or phrase found in a sequence of stems, at [start, end)."""

    start: int
    end: int
    meanings: tuple[Meaning, ...]
    shade: tuple[str, float] | None
    """Base colour and strength, when the words name a colour."""
    plain: bool = False
    """Whether the words can only mean the colour."""
    phrase: str = ""
    """The term under which a phrase of several words is indexed as such."""


class Lexicon:
    """Lookups over the vocabulary by stem or sequence of stems."""

    def __init__(self) -> None:
        self.concepts: dict[str, Concept] = {}
        self.related: dict[str, tuple[tuple[str, float], ...]] = {}
        self._meanings: dict[tuple[str, ...], dict[str, Meaning]] = {}
        self._shades: dict[tuple[str, ...], tuple[str, float]] = {}
        self._ambiguous = {(stem(word),) for word in AMBIGUOUS}
        self.any_colour = {stem(word) for word in ANY_COLOUR}
        self.ignored = IGNORED
        self.places = {stem(word) for word in PLACE_WORDS}
        self.surface: set[str] = set()
        for concept in (*THINGS, *OCCASIONS, *RECIPIENTS, *STYLES, *GENERIC):
            self._learn(concept)
        for base, shades in SHADES.items():
            for phrase in self._phrases(shades):
                self._shades[phrase] = (base, 1.0 if phrase == (stem(base),) else SHADE)
        self._dead_colours = set(self._phrases(NOT_A_COLOUR))
        keys = [*self._meanings, *self._shades, *self._dead_colours]
        self._longest: dict[str, int] = {}
        for key in keys:
            self._longest[key[0]] = max(len(key), self._longest.get(key[0], 0))

    def _learn(self, concept: Concept) -> None:
        self.concepts[concept.name] = concept
        pairs = (part.split(":") for part in concept.related.split(",") if part)
        self.related[concept.name] = tuple((name.strip(), float(strength)) for name, strength in pairs)
        for listed, strength in ((concept.narrower, NARROWER), (concept.same, SAME)):
            for phrase in self._phrases(listed):
                self._meanings.setdefault(phrase, {})[concept.name] = Meaning(concept, strength)

    def _phrases(self, listed: str) -> Iterator[tuple[str, ...]]:
        for phrase in listed.split(","):
            if phrase.strip():
                self.surface.update(phrase.split())
                yield tuple(stems(phrase))

    def spans(self, sequence: Sequence[str]) -> Iterator[Span]:
        """Find the known words and phrases, longest first; a phrase uses up its words."""
        at = 0
        while at < len(sequence):
            span = self._span(sequence, at)
            if span is None:
                at += 1
                continue
            yield span
            at = span.end

    def _span(self, sequence: Sequence[str], at: int) -> Span | None:
        longest = self._longest.get(sequence[at], 0)
        for length in range(min(longest, len(sequence) - at), 0, -1):
            key = tuple(sequence[at : at + length])
            meanings, shade = self._meanings.get(key), self._shades.get(key)
            if meanings or shade or key in self._dead_colours:
                found = tuple(meanings.values()) if meanings else ()
                phrase = "~" + " ".join(key) if length > 1 and found else ""
                plain = shade is not None and key not in self._ambiguous
                return Span(at, at + length, found, shade, plain=plain, phrase=phrase)
        return None

    def meanings(self, word: str) -> tuple[Meaning, ...]:
        """Return what one stem stands for."""
        return tuple(self._meanings.get((word,), {}).values())

    def shade(self, colour: str) -> tuple[str, float] | None:
        """Return base colour and strength of a colour as a vendor or customer writes it, `any` if open."""
        sequence = stems(colour)
        if not sequence:
            return None
        if any(word in self.any_colour for word in sequence):
            return ANY, ANY_SHADE
        for start in range(len(sequence)):
            known = self._shades.get(tuple(sequence[start:]))
            if known:
                return known if start == 0 else (known[0], SHADE)
        return None


@cache
def lexicon() -> Lexicon:
    """Return the one compiled vocabulary."""
    return Lexicon()


def usual_weight(concept: Concept) -> float:
    """Return how much a concept counts in a query, 0..1."""
    if concept.weight is not None:
        return concept.weight
    return _USUAL[concept.sort]


_USUAL = {
    Sort.THING: 1.0,
    Sort.OCCASION: 0.6,
    Sort.RECIPIENT: 0.4,
    Sort.STYLE: 0.35,
    Sort.GENERIC: 0.2,
}
