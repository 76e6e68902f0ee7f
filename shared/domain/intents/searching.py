"""What to look for: the Graph of Needs and the words of the search."""

from collections.abc import Iterator

from shared.domain.intents.deciding import unknown_words
from shared.domain.intents.lexicon import Tag
from shared.domain.intents.models import (
    EntityType,
    IntentKind,
    Need,
    ReferenceKind,
)
from shared.domain.intents.needs import Implied, graph
from shared.domain.intents.reading import Read
from shared.domain.intents.sentence import Sentence, values
from shared.domain.intents.tokens import Kind


def needs_of(read: Read, kind: IntentKind) -> tuple[Need, ...]:
    """Build the Graph of Needs; empty for intents that ask for nothing new."""
    if kind not in {
        IntentKind.DISCOVER,
        IntentKind.DISCOVER_COMPOSITE,
        IntentKind.STANDING,
        IntentKind.REFINE,
    }:
        return ()
    giftish = read.occasion or ("gift" if read.recipient else None)
    vague = any(h.tag is Tag.VAGUE for h in read.s.hits)
    only_gifts = all(p.head.value == "gift" for p in read.phrases)
    sends = any(t.root in {"send", "surprise", "bring"} for t in read.s.tokens)
    implied = Implied(
        gift_for=giftish if only_gifts and (vague or read.occasion or read.phrases) else None,
        delivery=sends or read.when.deadline is not None or read.recipient is not None,
        quantity=read.pronoun_quantity or 1,
    )
    return graph(read.s, read.phrases, read.extras, implied)


def query_of(read: Read, kind: IntentKind, needs: tuple[Need, ...]) -> str:
    """Return the words to search for, in the order of the sentence."""
    if kind is IntentKind.CHANGE_ORDER and read.change:
        return read.change.wanted or ""
    if kind is IntentKind.REFINE:
        return _refined_query(read)
    if kind not in {
        IntentKind.DISCOVER,
        IntentKind.DISCOVER_COMPOSITE,
        IntentKind.STANDING,
        IntentKind.BROWSE,
    }:
        return ""
    spans = {(e.start, e.end) for e in read.s.entities if e.type in _SEARCHED} | set(_names(read))
    words = [" ".join(read.s.text[start:end].lower().split()) for start, end in sorted(spans)]
    if not any(p.head.value for p in read.phrases):
        words += [w for w in unknown_words(read.s) if w not in words]
    if needs and not needs[0].explicit:
        words.append("gift")
    generic = all(p.head.value == "gift" for p in read.phrases)
    if generic and read.recipient and not read.occasion:
        words.append(f"for {read.recipient}")
    return " ".join(words)


def _names(read: Read) -> Iterator[tuple[int, int]]:
    """Spans of words that no rule knows and that stand before a thing: they may be its name."""
    s = read.s
    for phrase in read.phrases:
        for at in range(phrase.first, phrase.last):
            if s.owner[at] is None and s.hit_at.get(at) is None and s.tokens[at].kind is Kind.WORD:
                yield s.tokens[at].start, s.tokens[at].end


_SEARCHED = {
    EntityType.PRODUCT, EntityType.SERVICE, EntityType.COLOUR, EntityType.STYLE, EntityType.OCCASION,
    EntityType.CUSTOMIZATION,
}  # fmt: skip


def _refined_query(read: Read) -> str:
    """The last search, changed: a new colour replaces the old one."""
    item = read.reference.name if read.reference and read.reference.kind is ReferenceKind.ITEM else None
    base = item or read.thread.last_query or ""
    colours = values(read.s, EntityType.COLOUR)
    words = base.lower().split()
    if colours:
        known = {h.value for h in Sentence(base).of(Tag.COLOUR)}
        words = [*colours, *(w for w in words if w not in known)]
    fresh = [e.value for e in read.s.entities if e.type in {EntityType.STYLE, EntityType.PRODUCT}]
    return " ".join([*words, *(w for w in fresh if w not in words)])
