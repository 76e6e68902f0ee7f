"""For whom, for what occasion, and where."""

import re

from shared.domain.intents.lexicon import Tag
from shared.domain.intents.models import EntityType, Place, PlaceRelation
from shared.domain.intents.sentence import Sentence
from shared.domain.intents.tokens import Kind
from shared.domain.patterns import Pattern

_SUFFIXES = frozenset(
    "street st avenue ave boulevard blvd road rd lane ln drive dr way parkway pkwy court ct place pl "  # noqa: SIM905
    "highway hwy trail trl circle cir loop terrace cove plaza square".split()
)
_RELATIONS = {
    "to": PlaceRelation.DELIVER_TO, "at": PlaceRelation.DELIVER_TO, "in": PlaceRelation.NEAR,
    "near": PlaceRelation.NEAR, "around": PlaceRelation.NEAR, "by": PlaceRelation.NEAR,
    "from": PlaceRelation.PICKUP, "into": PlaceRelation.DELIVER_TO, "within": PlaceRelation.NEAR,
}  # fmt: skip
_ON_THE_WAY = Pattern(r"\bon (?:my|the|our|her|his) way (?:home|back|(?:to|from) (?:the |my |our )?\w+)")
_OWN_PLACE = Pattern(
    r"\b(to|at|from) ((?:my|her|his|our|their|the) (?:mom's |parents' |wife's )?(?:house|home"
    r"|office|apartment|hotel|"
    r"work|school|venue|workplace|restaurant|hospital|studio|warehouse|condo|dorm|front desk|place"
    r"|church|hub))\b"
    r"|\b(to) (work|school)\b"
)
_MINE = {"my", "our", "his", "her", "their", "your", "the", "a", "an", "dear"}


def read_place(s: Sentence) -> Place | None:
    """Read the place that matters most: an address, then a way, then a named place."""
    return _address(s) or _way(s) or _own(s) or _named(s) or _unknown(s)


def _address(s: Sentence) -> Place | None:
    for i, token in enumerate(s.tokens):
        if token.kind is not Kind.NUMBER or s.owner[i] or "." in token.word:
            continue
        for end in range(i + 2, min(i + 6, len(s.tokens))):
            inner = s.hit_at.get(end - 1)
            if s.tokens[end - 1].kind is Kind.MARK or s.tokens[end].kind is Kind.MARK:
                break
            if inner and inner.tag is Tag.FILLER:
                break
            if s.tokens[end].root in _SUFFIXES and not s.tokens[end].glued:
                last = _city_after(s, end + 1)
                return _claimed(s, s.said(i, last), _relation(s, i, PlaceRelation.DELIVER_TO), i, last)
    return None


def _city_after(s: Sentence, at: int) -> int:
    """Extend an address by ", Austin, TX 78704"."""
    for _ in range(3):
        skip = at + 1 if s.word(at) == "," else at
        hit = s.hit_at.get(skip)
        if hit and hit.tag is Tag.PLACE:
            at = hit.last
        elif skip < len(s.tokens) and len(s.word(skip)) == 5 and s.tokens[skip].kind is Kind.NUMBER:
            return skip + 1
        else:
            break
    return at


def _way(s: Sentence) -> Place | None:
    found = _ON_THE_WAY.search(s.flat)
    if not found:
        return None
    first, last = s.token_range(found)
    name = found.group().rpartition(" ")[2]
    return _claimed(s, name, PlaceRelation.ON_THE_WAY, first, last)


def _own(s: Sentence) -> Place | None:
    found = _OWN_PLACE.search(s.flat)
    if not found:
        return None
    first, last = s.token_range(found)
    relation = _RELATIONS[found.group(1) or found.group(3)]
    return _claimed(s, found.group(2) or found.group(4), relation, first + 1, last)


def _named(s: Sentence) -> Place | None:
    named = [hit for hit in s.of(Tag.PLACE) if not any(s.owner[hit.first : hit.last])]
    if not named:
        return None
    best = next((hit for hit in named if _before(s, hit.first) in _RELATIONS), named[0])
    for hit in named:
        if hit is not best:
            s.claim(EntityType.PLACE, hit.value, hit.first, hit.last)
    return _claimed(
        s, s.said(best.first, best.last), _relation(s, best.first, PlaceRelation.NEAR), best.first, best.last
    )


def _unknown(s: Sentence) -> Place | None:
    """Trust a capitalised unknown word after a preposition of place ("in Marfa", "near Posse East")."""
    for i, token in enumerate(s.tokens):
        if not token.capital or i in s.hit_at or s.owner[i] or s.word(i - 1) not in {"in", "near", "at"}:
            continue
        last = i + 1
        if token.word in {"st", "mt", "ft"} and s.word(last) == ".":
            last += 1
        while last < len(s.tokens) and s.tokens[last].capital and not s.owner[last]:
            last += 1
        return _claimed(s, s.said(i, last), _RELATIONS[s.word(i - 1)], i, last)
    return None


def _before(s: Sentence, at: int) -> str:
    return s.word(at - 2) if s.word(at - 1) in {"the", "my"} else s.word(at - 1)


def _relation(s: Sentence, at: int, default: PlaceRelation) -> PlaceRelation:
    said = _before(s, at)
    if said == "to" and s.word(at - 2) == "close":
        return PlaceRelation.NEAR
    collecting = re.search(r"\b(?:pick(?:ing)? (?:it |them |us |me )?up|pickup|collect)\b", s.flat[:MAX_LOOK])
    if collecting and said in {"at", "from", "in"}:
        return PlaceRelation.PICKUP
    return _RELATIONS.get(said, default)


MAX_LOOK = 2000


def _claimed(s: Sentence, name: str, relation: PlaceRelation, first: int, last: int) -> Place:
    s.claim(EntityType.PLACE, name, first, last)
    return Place(name=name, relation=relation)


def read_recipient(s: Sentence) -> str | None:
    """Read for whom it is: a relation ("my mom"), else a name, else a pronoun."""
    for hit in s.of(Tag.RECIPIENT):
        if any(s.owner[hit.first : hit.last]) or not _is_meant(s, hit.first):
            continue
        s.claim(EntityType.RECIPIENT, hit.value, hit.first, hit.last)
        return hit.value
    return _name(s) or _pronoun(s)


def _is_meant(s: Sentence, at: int) -> bool:
    before = s.word(at - 1)
    if before in {"my", "our", "his", "her", "their"}:
        return True
    reach = [s.word(i) for i in range(max(0, at - 6), at)]
    return ("for" in reach or "to" in reach) and (
        before in _MINE | {"for", "to"} or s.tokens[at].kind is Kind.WORD
    )


def _name(s: Sentence) -> str | None:
    for i, token in enumerate(s.tokens):
        hit = s.hit_at.get(i)
        if s.owner[i] or (hit and hit.tag is not Tag.NAME) or token.kind is not Kind.WORD:
            continue
        before = s.word(i - 1)
        known = hit is not None and before in {
            "for",
            "to",
            "send",
            "get",
            "surprise",
            "give",
            "buy",
            "my",
            "and",
        }
        if known or (token.capital and before in {"for", "to", "send"}):
            name = s.text[token.start : token.start + len(token.root)]
            s.claim(EntityType.RECIPIENT, name, i, i + 1)
            return name
    return None


def _pronoun(s: Sentence) -> str | None:
    for i, token in enumerate(s.tokens):
        if (
            token.word in {"her", "him", "them", "me", "us", "myself"}
            and s.word(i - 1) == "for"
            and not s.owner[i]
        ):
            s.claim(EntityType.RECIPIENT, token.word, i, i + 1)
            return token.word
    return None


_EVENT_HINTS = {
    "baby": "baby shower",
    "newborn": "baby shower",
    "bride": "bridal shower",
    "bridal": "bridal shower",
}


def read_occasion(s: Sentence) -> str | None:
    """Read the occasion; a bare "shower" is a party when something is wanted for it."""
    best: str | None = None
    for hit in s.of(Tag.OCCASION):
        if any(o not in {None, EntityType.TIME} for o in s.owner[hit.first : hit.last]):
            continue
        if (
            hit.value == "wedding"
            and s.word(hit.last - 1) == "proposal"
            and s.word(hit.last) in {"letter", "deck"}
        ):
            continue
        s.claim(EntityType.OCCASION, hit.value, hit.first, hit.last)
        if best is None or best == "party":
            best = hit.value
    return best or _bare_shower(s)


def _bare_shower(s: Sentence) -> str | None:
    for i, token in enumerate(s.tokens):
        if token.root != "shower" or i in s.hit_at or s.owner[i]:
            continue
        around = {t.root for t in s.tokens}
        found = next((event for hint, event in _EVENT_HINTS.items() if hint in around), None)
        reach = {s.word(j) for j in range(max(0, i - 5), i)}
        if found or reach & {"for", "pm", "am", "to"}:
            occasion = found or "shower"
            s.claim(EntityType.OCCASION, occasion, i, i + 1)
            return occasion
    return None
