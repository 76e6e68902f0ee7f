"""An inverted index of texts with weighted fields, in the manner of BM25F, with concepts among its terms.

A term is a stem (`=stem` where it is beside the point), `~phrase`, `#concept`, `c:colour` or `v:stem` (the
vendor's name). What a text says for a term is an impact of 0..255, fixed when the text is added: lengths are
measured against typical ones, not against the rest of the catalogue, so that adding one product never changes
what another is worth.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from shared.domain.scout.meaning import ANY, Lexicon, Meaning, lexicon
from shared.domain.scout.spelling import Speller
from shared.domain.scout.words import stem, words

FULL = 255
SATURATION = 1.0
"""Weight at which a term has half of its possible impact."""
HEADROOM = 1.25
"""A word in name and tags is as good as it gets; more of it adds nothing."""
BESIDE_THE_POINT = 0.3
"""What remains of a thing-word in a text of another category: the rose of a rose candle."""


@dataclass(frozen=True, slots=True)
class Field:
    """How much a word in a field counts, and how long the field usually is, in words."""

    weight: float
    usual: int
    slope: float = 0.4
    """How strongly unusual length counts: 0 not at all, 1 fully."""


NAME = Field(3.0, 4)
TAGS = Field(2.0, 6, 0.3)
CATEGORY = Field(2.0, 1, 0.1)
CAPABILITIES = Field(1.5, 2, 0.2)
COLOURS = Field(1.5, 2, 0.2)
DESCRIPTION = Field(0.7, 20)
PARTS = Field(1.2, 10)


@dataclass(slots=True)
class Text:
    """What is indexed of one product or bundle."""

    fields: list[tuple[Field, str]]
    category: str = ""
    vendors: str = ""
    colours: frozenset[str] = frozenset()
    colour_share: float = 1.0
    """How surely the whole comes in its colours: a bundle only in part."""


@dataclass(slots=True)
class Postings:
    """The texts that have a term, by number, and each one's impact."""

    numbers: "array[int]" = field(default_factory=lambda: array("I"))
    impacts: bytearray = field(default_factory=bytearray)


class TextIndex:
    """Append-only: a removed text is marked by the owner, who rebuilds now and then."""

    def __init__(self) -> None:
        self._postings: dict[str, Postings] = {}
        self.alive = bytearray()
        """By number: 1, or 0 once the text is outdated."""
        self.speller = Speller()
        self._lexicon: Lexicon = lexicon()
        for word in self._lexicon.surface:
            self.speller.learn(word)

    def add(self, number: int, text: Text) -> None:
        """Index `text` under `number`, which must be higher than all before."""
        self.alive.extend(bytes(number + 1 - len(self.alive)))
        self.alive[number] = 1
        for term, impact in _Weigher(text, self._lexicon, self.speller).impacts():
            postings = self._postings.get(term)
            if postings is None:
                postings = self._postings[term] = Postings()
            postings.numbers.append(number)
            postings.impacts.append(impact)

    def count(self, term: str) -> int:
        """Return how many texts that are not outdated have `term`."""
        postings = self._postings.get(term)
        return sum(map(self.alive.__getitem__, postings.numbers)) if postings else 0

    def postings(self, term: str) -> Postings | None:
        """Return the postings of `term`, if any text has it."""
        return self._postings.get(term)


class _Weigher:
    """Adds up what one text says for each term."""

    def __init__(self, text: Text, words_known: Lexicon, speller: Speller) -> None:
        self._text, self._lexicon, self._speller = text, words_known, speller
        self._weights: dict[str, float] = {}
        self._meant: set[str] = set()
        self._about = self._exclusive_things(text.category)

    def impacts(self) -> Iterator[tuple[str, int]]:
        """Return each term of the text with its impact."""
        for kind, content in self._text.fields:
            self._add_field(kind, content)
        for term, weight in self._weights.items():
            share = HEADROOM * weight / (weight + SATURATION)
            if term in self._meant:
                yield term, _impact(share)
            else:
                yield term, _impact(share * BESIDE_THE_POINT)
                yield "=" + term, _impact(share)
        for term in {"v:" + stem(word) for word in words(self._text.vendors)}:
            yield term, FULL
        for base, strength in colour_bases(self._text.colours).items():
            share = self._text.colour_share * (1.0 if base == ANY else strength)
            yield "c:" + base, _impact(share)

    def _add_field(self, kind: Field, content: str) -> None:
        found = words(content)
        if not found:
            return
        each = kind.weight / (1 - kind.slope + kind.slope * max(len(found), kind.usual) / kind.usual)
        sequence = [stem(word) for word in found]
        phrases: dict[int, frozenset[str]] = {}
        for span in self._lexicon.spans(sequence):
            if span.phrase:
                self._add(span.phrase, each, span.meanings)
                named = frozenset(meaning.concept.name for meaning in span.meanings)
                phrases.update(dict.fromkeys(range(span.start, span.end), named))
            for meaning in span.meanings:
                others = span.meanings if meaning.concept.exclusive else ()
                self._add("#" + meaning.concept.name, each * meaning.strength, others)
        for at, (word, stemmed) in enumerate(zip(found, sequence, strict=True)):
            if word not in self._lexicon.ignored:
                self._speller.learn(word)
                self._add(stemmed, each, self._lexicon.meanings(stemmed), phrases.get(at))

    def _add(
        self,
        term: str,
        weight: float,
        meanings: tuple[Meaning, ...],
        phrase: frozenset[str] | None = None,
    ) -> None:
        """Add to a term; the word counts fully unless it names a thing that the text is not about.

        A diaper cake is about no cake: the words of a `phrase` mean what the phrase means.
        """
        self._weights[term] = self._weights.get(term, 0.0) + weight
        exclusive = {meaning.concept.name for meaning in meanings if meaning.concept.exclusive}
        bounds = [each for each in (self._about, phrase) if each]
        if not exclusive or not any(each.isdisjoint(exclusive) for each in bounds):
            self._meant.add(term)

    def _exclusive_things(self, category: str) -> frozenset[str]:
        return frozenset(
            meaning.concept.name
            for span in self._lexicon.spans([stem(word) for word in words(category)])
            for meaning in span.meanings
            if meaning.concept.exclusive
        )


def plain_colours(name: str) -> frozenset[str]:
    """Return the base colours that a product's name gives away, for feeds that list none."""
    spans = lexicon().spans([stem(word) for word in words(name)])
    return frozenset(span.shade[0] for span in spans if span.shade and span.plain)


def colour_bases(colours: Iterable[str]) -> Mapping[str, float]:
    """Return the base colours (or the open one) of a product's colour list, with strength."""
    bases: dict[str, float] = {}
    for colour in colours:
        base, strength = lexicon().shade(colour) or (" ".join(stem(w) for w in words(colour)), 1.0)
        bases[base] = max(strength, bases.get(base, 0.0))
    return bases


def _impact(share: float) -> int:
    return max(1, min(FULL, round(FULL * share)))
