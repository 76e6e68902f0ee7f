"""One sentence while it is being read: tokens, who claimed them, and the words as one plain string."""

import re
from bisect import bisect_right

from shared.domain.intents.lexicon import Hit, Tag, match
from shared.domain.intents.models import Entity, EntityType
from shared.domain.intents.tokens import MAX_CHARS, Kind, tokenise

_QUOTED = re.compile(r"[\"\u201c]([^\"\u201c\u201d]{1,200})[\"\u201d]")
_SPOKEN_MARKS = {"$", "%", "\u20ac", "\u00a3", "\u00b0"}


_VERBS = {"book", "watch", "plant", "ring", "frame", "print", "present", "card", "cap", "surprise", "game"}
_VERB_LEADS = {
    "to",
    "please",
    "you",
    "i'd",
    "and",
    "then",
    "just",
    "i",
    "we",
    ",",
    "-",
    "let's",
    "will",
    "i'll",
}
_OBJECTS = {
    "a", "an", "the", "my", "me", "us", "it", "for", "our", "some", "two", "three", "that", "them",
    "him", "her",
    "dinner", "this", "one", "something",
}  # fmt: skip


class Sentence:
    """Tokens with their lexicon hits; readers `claim` the tokens that they understood."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenise(text)
        self.entities: list[Entity] = []
        self.owner: list[EntityType | None] = [None] * len(self.tokens)
        self._claim_quotes()
        self.hits = [self._as_verb(hit) for hit in match(self.tokens, self.closed)]
        self.hit_at: dict[int, Hit] = {i: hit for hit in self.hits for i in range(hit.first, hit.last)}
        self.flat, self._starts, self._index = self._flatten()

    def _as_verb(self, hit: Hit) -> Hit:
        """Tell "book a photographer" from "a book", "watch for" from "a watch"."""
        if hit.tag is not Tag.PRODUCT or hit.last - hit.first > 1 or self.word(hit.first) not in _VERBS:
            return hit
        objects = self.word(hit.last) in _OBJECTS
        leads = hit.first == 0 or self.word(hit.first - 1) in _VERB_LEADS
        return hit._replace(tag=Tag.ASK) if objects and leads else hit

    def _claim_quotes(self) -> None:
        for quote in _QUOTED.finditer(self.text, 0, MAX_CHARS):
            inside = [i for i, t in enumerate(self.tokens) if quote.start() <= t.start < quote.end()]
            if inside:
                self.claim(EntityType.LITERAL, quote.group(1), inside[0], inside[-1] + 1)

    def _flatten(self) -> tuple[str, list[int], list[int]]:
        parts: list[str] = []
        starts: list[int] = []
        index: list[int] = []
        length = 0
        for i, token in enumerate(self.tokens):
            if (token.kind is Kind.MARK and token.word not in _SPOKEN_MARKS) or self.owner[i]:
                continue
            starts.append(length)
            index.append(i)
            parts.append(token.word)
            length += len(token.word) + 1
        return " ".join(parts), starts, index

    @property
    def closed(self) -> list[bool]:
        """Which tokens are claimed."""
        return [owner is not None for owner in self.owner]

    def claim(self, kind: EntityType, value: str, first: int, last: int) -> None:
        """Note that tokens `[first, last)` mean `value`."""
        start, end = self.tokens[first].start, self.tokens[last - 1].end
        self.entities.append(Entity(type=kind, value=value, start=start, end=end))
        for i in range(first, last):
            self.owner[i] = kind

    def token_range(self, found: re.Match[str]) -> tuple[int, int]:
        """The tokens `[first, last)` that a match in `flat` covers."""
        first = bisect_right(self._starts, found.start()) - 1
        last = bisect_right(self._starts, max(found.end() - 1, found.start())) - 1
        return self._index[max(first, 0)], self._index[max(last, 0)] + 1

    def of(self, *tags: Tag) -> list[Hit]:
        """The hits of these vocabularies, in reading order."""
        return [hit for hit in self.hits if hit.tag in tags]

    def said(self, first: int, last: int) -> str:
        """The customer's own words of tokens `[first, last)`."""
        return self.text[self.tokens[first].start : self.tokens[last - 1].end] if last > first else ""

    def words(self, first: int, last: int) -> str:
        """Tokens `[first, last)` in lower case without marks."""
        return " ".join(t.word for t in self.tokens[first:last] if t.kind is not Kind.MARK)

    def word(self, at: int) -> str:
        """The word at a token, empty outside the sentence."""
        return self.tokens[at].word if 0 <= at < len(self.tokens) else ""


def values(s: Sentence, kind: EntityType) -> tuple[str, ...]:
    """The distinct values of the entities of a type, in reading order."""
    found = sorted((e for e in s.entities if e.type is kind), key=lambda e: e.start)
    return tuple(dict.fromkeys(e.value for e in found))
