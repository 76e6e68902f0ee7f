"""How many of it, and for how many people."""

from shared.domain.intents.lexicon import Tag
from shared.domain.intents.models import EntityType
from shared.domain.intents.moments import number_at
from shared.domain.intents.sentence import Sentence
from shared.domain.intents.tokens import Kind

MAX_QUANTITY = 9999
_PEOPLE = {
    "people",
    "guest",
    "person",
    "kid",
    "adult",
    "child",
    "attendee",
    "friend",
    "pax",
    "us",
    "coworker",
    "colleague",
}
_SKIPPABLE = {Tag.STYLE, Tag.COLOUR, Tag.CUSTOMIZATION, Tag.RECIPIENT, Tag.OCCASION}
_COUNTED = {Tag.PRODUCT, Tag.SERVICE}
_POINTING = {"them", "those", "these", "it", "that", "each", "more", "units", "pieces"}


def read_guests(s: Sentence) -> int | None:
    """Read "for 20 people", "dinner for two", "party of 6"."""
    served = any(h.value in {"restaurant", "catering"} for h in s.of(Tag.SERVICE))
    for i in range(len(s.tokens)):
        count = None if s.owner[i] else _count(s, i)
        if count is None or count > MAX_QUANTITY:
            continue
        people = i + 1 < len(s.tokens) and s.tokens[i + 1].root in _PEOPLE
        seated = s.word(i - 1) in {"for", "of"} and (
            (served and i + 1 >= len(s.tokens)) or (served and s.hit_at.get(i + 1) is None and _ends(s,
            i + 1))
            or (served and s.hit_at.get(i + 1) is not None and s.hit_at[i + 1].tag is Tag.FILLER)
            or s.word(i - 2) in {"table", "party"}
        )  # fmt: skip
        if people or seated:
            s.claim(EntityType.QUANTITY, str(count), i, i + (2 if people else 1))
            return count
    return None


def _ends(s: Sentence, at: int) -> bool:
    return at >= len(s.tokens) or s.tokens[at].kind is Kind.MARK or s.owner[at] is not None


def _count(s: Sentence, at: int) -> int | None:
    if s.word(at) in {"a", "an", "one", "few"} or "." in s.word(at):
        return None
    return number_at(s.tokens, at)


def read_quantities(s: Sentence) -> dict[int, int]:
    """Find counts; maps the first token of the counted hit (-1: the thing spoken of) to how many."""
    found: dict[int, int] = {}
    at = 0
    while at < len(s.tokens):
        count, end = _how_many(s, at)
        if count and count <= MAX_QUANTITY:
            target = _counted(s, end)
            if target is not None or _is_pronounced(s, at, end):
                s.claim(EntityType.QUANTITY, str(count), at, end)
                found.setdefault(-1 if target is None else target, count)
                at = end
                continue
        at += 1
    return found


def _how_many(s: Sentence, at: int) -> tuple[int | None, int]:
    if s.owner[at] is not None:
        return None, at
    if s.word(at) == "half" and s.word(at + 1) in {"a", "dozen"}:
        last = at + 2 if s.word(at + 1) == "dozen" else at + 3
        return (6, last) if s.tokens[min(last, len(s.tokens)) - 1].root == "dozen" else (None, at)
    if s.tokens[at].root == "dozen":
        return 12, at + 1
    if s.word(at) == "x" and at + 1 < len(s.tokens) and s.tokens[at + 1].glued:
        return _count(s, at + 1), at + 2
    if s.word(at) in {"a", "one"} and s.word(at + 1) in {"dozen", "couple", "pair"}:
        count = {"dozen": 12, "couple": 2, "pair": 1}[s.word(at + 1)]
        return count, at + (3 if s.word(at + 2) == "of" else 2)
    number = _count(s, at)
    if number is None:
        return None, at
    count, end = number, at + 1
    if end < len(s.tokens) and s.tokens[end].root == "dozen":
        return count * 12, end + 1
    if s.word(end) in {"hundred", "thousand"} and s.tokens[at].word != "hundred":
        return count * (100 if s.word(end) == "hundred" else 1000), end + 1
    if s.word(end) == "x" and s.tokens[end].glued:
        return count, end + 1
    return count, end


def _counted(s: Sentence, at: int) -> int | None:
    """The first token of the product or service within four steps of modifiers."""
    for _ in range(5):
        hit = s.hit_at.get(at)
        if hit and hit.tag in _COUNTED:
            return hit.first
        if (
            at >= len(s.tokens)
            or s.tokens[at].kind is Kind.NUMBER
            or s.word(at) in {"for", "by", "on", "in", "at", "and"}
        ):
            return None
        if s.tokens[at].kind is Kind.MARK and s.word(at) != "-":
            return None
        at = hit.last if hit and hit.tag in _SKIPPABLE else at + 1
    return None


def _is_pronounced(s: Sentence, at: int, end: int) -> bool:
    """Whether the count stands for the thing spoken of: "make it two", "two of those", "3 please"."""
    if s.word(at - 1) in {"it", "that", "them"} and s.word(at - 2) in {"make", "do", "want"}:
        return True
    if s.word(end) == "of" and s.word(end + 1) in _POINTING | {"the"}:
        return True
    if s.word(at - 1) in {"to", "need", "want", "take", "get", "order", "have", "quantity"}:
        return _ends(s, end) or s.word(end) in _POINTING | {"please", "instead", "in", "by", "for"}
    return at == 0 and (end >= len(s.tokens) or s.word(end) in {"please"} | _POINTING)
