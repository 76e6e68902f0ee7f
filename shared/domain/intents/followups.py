"""Words that only mean something in a thread: references, refinements, change requests."""

import re

from shared.domain.intents.lexicon import Hit, Tag
from shared.domain.intents.models import (
    ChangeAction,
    ChangeRequest,
    EntityType,
    Reference,
    ReferenceKind,
    Refinement,
    ShownItem,
    ThreadContext,
)
from shared.domain.intents.moments import NUMBERS, ORDINALS
from shared.domain.intents.sentence import Sentence
from shared.domain.intents.tokens import Kind, root
from shared.domain.patterns import Pattern

_NOUN = (
    r"(?:one|option|choice|item|bouquet|cake|result|bundle|product|set|arrangement|gift|basket|suggestion)"
)
_ORDINAL_WORDS = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|middle"
_ORDINAL = Pattern(
    rf"\b(?:the|your|that) ({_ORDINAL_WORDS}|\d{{1,2}} (?:st|nd|rd|th)) {_NOUN}s?\b"
    rf"|\b(?:the|your) ({_ORDINAL_WORDS})(?= (?:but|in|please|looks|for|with|and|is|instead|to)\b|$)"
    rf"|\b(?:option|number|item|choice|no) (\d{{1,2}}|one|two|three|four|five|six)\b"
)
_QUALITY = Pattern(r"\bthe (cheapest|cheaper|most expensive|priciest|biggest|smallest) (?:one|option)?\b")
_NAMED_ONE = Pattern(r"\b(?:the|that) ((?:\w+ ){1,3})one\b")
_DEFINITE = Pattern(r"\b(?:the|that|those) ((?:\w+ ?){1,3})")
_POINTER = Pattern(r"\b(it|that one|this one|that|this|them|those|these)\b")
_ORDER = Pattern(
    r"\b(?:my|the|our|this|existing|current) (?:\w+ )?(?:order|delivery|booking|reservation|purchase)\b"
)


def read_reference(s: Sentence, thread: ThreadContext) -> Reference | None:
    """Resolve the pointing word of a sentence against the thread."""
    if found := _ORDINAL.search(s.flat):
        words = next(g for g in found.groups() if g)
        return _marked(s, found, _by_position(found.group(), words, thread))
    if found := _QUALITY.search(s.flat):
        return _marked(s, found, _by_price(found.group(), found.group(1), thread))
    found = _NAMED_ONE.search(s.flat)
    if found and (match := _by_words(found.group(), found.group(1).split(), thread)):
        return _marked(s, found, match)
    for found in _DEFINITE.finditer(s.flat):
        words = found.group(1).split()
        for size in range(len(words), 0, -1):
            if match := _by_words(" ".join(words[:size]), words[:size], thread):
                return match
    if found := _POINTER.search(s.flat):
        return _pointed(found.group(1), thread)
    return None


def _marked(s: Sentence, found: re.Match[str], reference: Reference) -> Reference:
    first, last = s.token_range(found)
    if not any(s.owner[first:last]):
        s.claim(EntityType.REFERENCE, reference.id or found.group(), first, last)
    return reference


def _by_position(phrase: str, words: str, thread: ThreadContext) -> Reference:
    items = sorted(thread.last_results, key=lambda item: item.position)
    digits = words.split()[0]
    wanted = int(digits) if digits.isdecimal() else ORDINALS.get(words, NUMBERS.get(words, 0))
    if words == "last" and items:
        return _item(phrase, items[-1])
    if words == "middle" and items:
        return _item(phrase, items[len(items) // 2])
    item = next((item for item in items if item.position == wanted), None)
    return _item(phrase, item) if item else Reference(kind=ReferenceKind.UNRESOLVED, words=phrase)


def _by_price(phrase: str, quality: str, thread: ThreadContext) -> Reference:
    priced = [item for item in thread.last_results if item.price_minor is not None]
    if not priced or quality not in {"cheapest", "cheaper", "most expensive", "priciest"}:
        return Reference(kind=ReferenceKind.UNRESOLVED, words=phrase)
    choose = min if quality.startswith("cheap") else max
    return _item(phrase, choose(priced, key=lambda item: item.price_minor or 0))


def _by_words(phrase: str, words: list[str], thread: ThreadContext) -> Reference | None:
    wanted = {root(w) for w in words}
    matching = [i for i in thread.last_results if wanted <= {root(w) for w in i.name.lower().split()}]
    return _item(phrase, matching[0]) if len(matching) == 1 else None


def _pointed(word: str, thread: ThreadContext) -> Reference | None:
    chosen = next((i for i in thread.last_results if i.id == thread.selected_item_id), None)
    if chosen is None and len(thread.last_results) == 1:
        chosen = thread.last_results[0]
    if chosen:
        return _item(word, chosen)
    if thread.active_order_id and not thread.last_results:
        return Reference(kind=ReferenceKind.ORDER, words=word, id=thread.active_order_id)
    if thread.last_results:
        return Reference(kind=ReferenceKind.UNRESOLVED, words=word)
    return None


def _item(words: str, item: ShownItem) -> Reference:
    return Reference(kind=ReferenceKind.ITEM, words=words, id=item.id, name=item.name, position=item.position)


# --- refinements ------------------------------------------------------------------------------------

_REFINEMENTS = {
    Refinement.CHEAPER: Pattern(
        r"\b(?:cheaper|less expensive|less pricey|less costly|lower priced|lower price"
        r"|more affordable|too expensive|too pricey|too much|bit much|"
        r"save money|lower budget)\b"
    ),
    Refinement.PRICIER: Pattern(
        r"\b(?:fancier|more expensive|more luxurious|nicer|higher end|more premium|pricier|"
        r"more upscale|more elegant)\b"
    ),
    Refinement.BIGGER: Pattern(r"\b(?:bigger|larger|taller|more of them|a larger size)\b"),
    Refinement.SMALLER: Pattern(r"\b(?:smaller|tinier|less big|shorter)\b"),
    Refinement.FASTER: Pattern(r"\b(?:faster|sooner|quicker|earlier)\b"),
    Refinement.OTHER: Pattern(
        r"\b(?:something else|anything else|something different|(?:different|another"
        r"|other) (?:colou?r|size|style|flavou?r|kind)|else do you have|other options?|"
        r"alternatives?|different ones?|don't like (?:these|those|them|any)|"
        r"another one|none of (?:these|those|them)|"
        r"not (?:these|those|that one))\b"
    ),
    Refinement.MORE: Pattern(
        r"\b(?:show (?:me )?more|more options|see more|more like|what else|more results|"
        r"next page|any more|any others?)\b"
    ),
}


def read_refinement(s: Sentence) -> Refinement | None:
    """Read how a follow-up moves the last search ("cheaper", "something else")."""
    for refinement, pattern in _REFINEMENTS.items():
        if pattern.search(s.flat):
            return refinement
    return None


# --- change requests --------------------------------------------------------------------------------

_PART = r"((?:\S+ ){0,7}?\S+)"
_TAIL = r"(?= (?:please|thanks|for my order|in my order|on my order|if possible|by|for the|if you)\b|$)"
_LEAD = (
    r"(?:can|could|would|will|you|i|we|i'd|like|want|need|to|please|have|get|the|it|my|actually"
    r"|prefer|rather|a|"
    r"some|order|me|be|make|do|if|possible|is|them|us|and|so|hi|hello|hey|send|with|that|instead)"
)
_STRIP = Pattern(
    rf"^(?:{_LEAD} )+|(?: (?:please|thanks|thank you|now|though|instead|if possible|for|the|my))+$"
)

_INSTEAD = Pattern(rf"(?:^|\b){_PART} (?:instead of|rather than|in place of|and not|not) {_PART}{_TAIL}")
_INSTEAD_FIRST = Pattern(
    rf"\binstead of {_PART} (?:i want|i'd like|can i have|can we have|give me|send|get) {_PART}{_TAIL}"
)
_CHANGE_TO = Pattern(
    rf"\b(?:change|changing|swap|switch|replace|exchange|substitute|modify|turn) {_PART} (?:to|for"
    rf"|with|into|by) {_PART}{_TAIL}"
)
_ORDERED_BUT = Pattern(
    rf"\b(?:ordered|bought|got|chose) {_PART} but (?:now |actually |i |i'd |we |we'd |would |really ){{0,4}}"
    rf"(?:want|need|like|prefer|rather have) {_PART}{_TAIL}"
)
_SWITCH = Pattern(rf"\b(?:change|switch|swap|update)(?: it| them| that)? (?:to|for|into) {_PART}{_TAIL}")
_NO_MORE = Pattern(
    r"\b(?:don't|do not|no longer) (?:want|need) (?:the |that |any |my )?((?:\w+ ){0,3}\w+?) any ?more\b"
    r"|\btake (?:the |my |those )?((?:\w+ ){0,3}\w+) off\b"
)
_MAKE = Pattern(r"\b(?:make|do|have) (?:the|my|it|them)\b")
_MAKE_INSTEAD = Pattern(r"\bmake (?:it|them|the) .*\binstead\b")
_CHANGE_ANY = Pattern(r"\b(?:change|swap|switch|replace|exchange|modify|update|edit|amend)\b")
_ADD = Pattern(
    rf"\b(?:add|include|throw in|put in|append) {_PART} "
    r"(?:to|in|into|with|on) (?:my|the|our|this|that) ((?:\w+ ){0,3}\w+)"
)
_ALSO_ADD = Pattern(rf"\b(?:add|include|throw in) {_PART}{_TAIL}")
_REMOVE = Pattern(
    rf"\b(?:remove|drop|take out|leave out|take off|skip|delete|get rid of) {_PART}(?: from (?:my|the"
    rf"|our) (?:\w+ )?\w+)?{_TAIL}"
)
_TIME_WORDS = Pattern(
    r"\b(?:delivery|pickup|time|date|day|order|it|appointment|reservation|booking|ride|earlier|later)\b"
)
_RESCHEDULE = Pattern(
    r"\b(?:resched\w+|postpone|push back|push (?:it|the \w+|my \w+) back|move|an hour (?:earlier"
    r"|later)|\w+ (?:hours|minutes) (?:earlier|later)|bring forward|delay|deliver it (?:on|at"
    r"|earlier|later)|"
    r"change the (?:delivery )?(?:time|date|day)|(?:come|arrive|deliver\w*"
    r"|be delivered) (?:\w+ )?(?:earlier|later)|"
    r"pick me up (?:earlier|later))\b"
)
_DELIVER_AT = Pattern(r"\b(?:deliver|bring|send|get|have) (?:it|them|my order|the order|everything)\b")
_READDRESS = Pattern(
    r"\b(?:change|update|correct|wrong|new|different|fix) (?:the |my |our )?(?:delivery |shipping )?address\b"
    r"|\b(?:deliver|send|ship|bring|redirect) (?:it|them|my order|the order|that) to\b"
)


def read_change(
    s: Sentence, thread: ThreadContext, *, quantity: int | None, timed: bool
) -> ChangeRequest | None:
    """Read a change of a placed order, `None` when the sentence asks for none (flow 1.6-1)."""
    ordered = thread.active_order_id is not None or _ORDER.search(s.flat) is not None
    shopping = bool(thread.last_results) and thread.active_order_id is None
    if shopping:
        return None
    if ordered and _READDRESS.search(s.flat):
        return ChangeRequest(action=ChangeAction.READDRESS, target="address")
    if found := _ORDERED_BUT.search(s.flat):
        return _replacement(s, old=found.group(1), new=found.group(2))
    if (found := _INSTEAD_FIRST.search(s.flat)) or (found := _CHANGE_TO.search(s.flat)):
        if timed and _TIME_WORDS.search(found.group(1)) and not _things(s, found.group(2)):
            return ChangeRequest(action=ChangeAction.RESCHEDULE, target=_clean(found.group(1)))
        return _replacement(s, old=found.group(1), new=found.group(2))
    found = _INSTEAD.search(s.flat)
    if (
        found
        and _things(s, f"{found.group(1)} {found.group(2)}")
        and (ordered or " not " not in found.group())
    ):
        return _replacement(s, old=found.group(2), new=found.group(1))
    if ordered and timed and _DELIVER_AT.search(s.flat):
        return ChangeRequest(action=ChangeAction.RESCHEDULE, target="delivery")
    if (
        (ordered or timed)
        and _RESCHEDULE.search(s.flat)
        and (ordered or "resched" in s.flat or "earlier" in s.flat)
    ):
        return ChangeRequest(action=ChangeAction.RESCHEDULE, target="delivery")
    if (found := _ADD.search(s.flat)) and (_things(s, found.group(1)) or ordered):
        wanted, target = _clean(found.group(1)), _clean(found.group(2))
        return ChangeRequest(action=ChangeAction.ADD, wanted=wanted, target=target, quantity=quantity)
    if ordered and (found := _NO_MORE.search(s.flat)) and _things(s, found.group()):
        return ChangeRequest(action=ChangeAction.REMOVE, instead_of=found.group(1) or found.group(2))
    if ordered and (found := _SWITCH.search(s.flat)) and _things(s, found.group(1)):
        return ChangeRequest(action=ChangeAction.REPLACE, wanted=_clean(found.group(1)), quantity=quantity)
    if ordered and (found := _REMOVE.search(s.flat)):
        return ChangeRequest(action=ChangeAction.REMOVE, instead_of=_clean(found.group(1).split(" from ")[0]))
    if ordered and (found := _ALSO_ADD.search(s.flat)) and _things(s, found.group(1)):
        return ChangeRequest(action=ChangeAction.ADD, wanted=_clean(found.group(1)), quantity=quantity)
    return _vague_change(s, ordered=ordered, quantity=quantity)


def _vague_change(s: Sentence, *, ordered: bool, quantity: int | None) -> ChangeRequest | None:
    if ordered and quantity is not None and re.search(r"\bmake (?:it|that|them)\b", s.flat):
        return ChangeRequest(action=ChangeAction.QUANTITY, quantity=quantity)
    instead = re.search(r"\binstead\b", s.flat) is not None
    things = _things(s, s.flat)
    things.sort(key=lambda hit: hit.tag is not Tag.COLOUR)
    if things and _MAKE_INSTEAD.search(s.flat):
        ordered = True
    if ordered and things and (instead or (_MAKE.search(s.flat) or "rather" in s.flat)):
        wanted = " ".join(h.value if h.tag is Tag.COLOUR else s.words(h.first, h.last) for h in things)
        return ChangeRequest(action=ChangeAction.REPLACE, wanted=wanted, quantity=quantity)
    if ordered and _CHANGE_ANY.search(s.flat):
        return ChangeRequest(action=ChangeAction.REPLACE)
    return None


def _things(s: Sentence, part: str) -> list[Hit]:
    words = set(part.split())
    tags = {Tag.PRODUCT, Tag.SERVICE, Tag.COLOUR, Tag.CUSTOMIZATION, Tag.PACKAGING}
    return [h for h in s.hits if h.tag in tags and s.word(h.first) in words]


def _clean(part: str) -> str:
    """Strip the polite words around a thing: `i want pink flowers` is `pink flowers`."""
    return _STRIP.sub("", _STRIP.sub("", part.strip())).strip() or part.strip()


_FROM = Pattern(r"^(?:order )?from ")
_PRONOUNS = {"it", "that", "them", "this", "those", "these", "order"}


def _replacement(s: Sentence, *, old: str, new: str) -> ChangeRequest:
    """Complete each side from the other: "pink flowers instead of red" takes away the red flowers."""
    old, new = _FROM.sub("", _clean(old)), _clean(new)
    old, new = (re.sub(r"(?:^| )ones?$", "", part) or part for part in (old, new))
    noun_new, noun_old = _noun(s, new), _noun(s, old)
    if noun_new and not noun_old and _colour(s, old):
        old = f"{old} {noun_new}"
    elif noun_old and not noun_new and _colour(s, new):
        new = f"{new} {noun_old}"
    return ChangeRequest(
        action=ChangeAction.REPLACE, wanted=new, instead_of=None if old in _PRONOUNS else old
    )


def _noun(s: Sentence, part: str) -> str:
    words = part.split()
    for hit in s.hits:
        if hit.tag in {Tag.PRODUCT, Tag.SERVICE} and s.word(hit.first) in words:
            return s.words(hit.first, hit.last)
    return ""


def _colour(s: Sentence, part: str) -> bool:
    words = part.split()
    return any(h.tag is Tag.COLOUR and s.word(h.first) in words for h in s.hits)


def excluded_colours(s: Sentence) -> tuple[str, ...]:
    """Take out the colours that the customer does not want ("anything but red", "no pink")."""
    found = []
    for hit in s.of(Tag.COLOUR):
        before = {s.word(hit.first - 1), s.word(hit.first - 2)} if s.word(hit.first - 1) != "but" else {"no"}
        if before & {"no", "not", "without", "except"} and s.tokens[hit.first].kind is Kind.WORD:
            found.append(hit.value)
            for i in range(hit.first, hit.last):
                s.owner[i] = s.owner[i] or EntityType.COLOUR
    return tuple(found)
