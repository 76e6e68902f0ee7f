"""The intent resolver: reads a sentence once, piece by piece, then weighs what was found (M4).

Pure and linear in the length of the sentence. Words that read like instructions to a machine are data.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from shared.domain.conditions import Inventory, Price, leaves
from shared.domain.intents import followups, weighing
from shared.domain.intents.deadlines import Reading, Times, end_of_day, read_deadline, scan
from shared.domain.intents.kinds import Cues, read_cues
from shared.domain.intents.lexicon import Hit, Tag
from shared.domain.intents.models import (
    Budget,
    ChangeAction,
    ChangeRequest,
    EntityType,
    IntentKind,
    Need,
    NeedKind,
    Place,
    Reference,
    ReferenceKind,
    Refinement,
    ResolvedIntent,
    ThreadContext,
)
from shared.domain.intents.money import read_budget
from shared.domain.intents.needs import Implied, Phrase, graph, read_extras, read_phrases
from shared.domain.intents.people_and_places import read_occasion, read_place, read_recipient
from shared.domain.intents.quantities import read_guests, read_quantities
from shared.domain.intents.sentence import Sentence
from shared.domain.intents.tokens import Kind
from shared.domain.intents.waiting import Waiting, read_waiting
from shared.domain.replies import DecisionKind, understand_decision

_HOLIDAYS = {
    "valentine's day", "mother's day", "father's day", "christmas", "thanksgiving", "easter",
    "halloween", "new year",
}  # fmt: skip
_SHORT = 12
"""Answers to a question are short; a longer sentence is a new wish."""


@dataclass
class _Read:
    """All that the readers found in one sentence."""

    s: Sentence
    thread: ThreadContext
    cues: Cues
    when: Reading
    budget: Budget | None
    place: Place | None
    recipient: str | None
    occasion: str | None
    guests: int | None
    quantities: dict[int, int]
    phrases: list[Phrase]
    extras: list[Hit]
    waiting: Waiting
    refinement: Refinement | None
    reference: Reference | None
    change: ChangeRequest | None
    excluded: tuple[str, ...]

    @property
    def pronoun_quantity(self) -> int | None:
        return self.quantities.get(-1)


def resolve(
    text: str, *, now: datetime, zone: ZoneInfo, thread: ThreadContext | None = None
) -> ResolvedIntent:
    """Resolve a customer's sentence; `now` is aware, `zone` is the customer's. Never raises on any text."""
    read = _read(text, now.astimezone(zone), thread or ThreadContext())
    kind, evidence = _kind(read)
    needs = _needs(read, kind)
    doubts = _doubts(read, kind)
    confidence = weighing.weigh(kind, evidence, weighing.coverage(read.s), doubts)
    timing: Literal["immediate", "standing"] = "standing" if kind is IntentKind.STANDING else "immediate"
    products = [n for n in needs if n.kind in {NeedKind.PRODUCT, NeedKind.SERVICE}]
    return ResolvedIntent(
        kind=kind,
        timing=timing,
        search_query=_query(read, kind, needs),
        entities=tuple(sorted(read.s.entities, key=lambda e: (e.start, e.end))),
        needs=needs,
        deadline=read.when.deadline,
        budget=read.budget,
        recipient=read.recipient,
        occasion=read.occasion,
        place=read.place,
        quantity=read.pronoun_quantity or (products[0].quantity if products else 1),
        guests=read.guests,
        conditions=read.waiting.condition if kind is IntentKind.STANDING else None,
        product_words=tuple(n.words for n in products if n.explicit),
        colours=_values(read.s, EntityType.COLOUR),
        excluded_colours=read.excluded,
        style_words=_values(read.s, EntityType.STYLE),
        refinement=read.refinement if kind is IntentKind.REFINE else None,
        change=read.change if kind is IntentKind.CHANGE_ORDER else None,
        refers_to=read.reference,
        confidence=confidence,
        clarifying_question=weighing.question(kind, confidence, doubts),
        recommended_next_action=weighing.next_action(kind, confidence),
    )


def _values(s: Sentence, kind: EntityType) -> tuple[str, ...]:
    found = sorted((e for e in s.entities if e.type is kind), key=lambda e: e.start)
    return tuple(dict.fromkeys(e.value for e in found))


# --- reading ----------------------------------------------------------------------------------------


def _read(text: str, now: datetime, thread: ThreadContext) -> _Read:
    s = Sentence(text)
    place = read_place(s)
    times = scan(s.tokens, now, _outside_time(s))
    waiting = read_waiting(s, times, _watched(s, thread))
    when = _deadline(s, times, waiting, now)
    money = read_budget(s.tokens, s.closed)
    for m in money:
        s.claim(EntityType.BUDGET, s.said(m.start, m.end), m.start, m.end)
    occasion = read_occasion(s)
    guests = read_guests(s)
    quantities = read_quantities(s)
    recipient = read_recipient(s)
    change = followups.read_change(
        s, thread, quantity=next(iter(quantities.values()), None), timed=when.deadline is not None
    )
    reference = followups.read_reference(s, thread)
    excluded = followups.excluded_colours(s) if change is None else ()
    phrases = read_phrases(s, quantities)
    extras = read_extras(s)
    return _Read(
        s=s,
        thread=thread,
        cues=read_cues(s.flat),
        when=_same_day(when, extras, now, s) if not waiting.condition else when,
        budget=_budget([m.budget for m in money]),
        place=place,
        recipient=recipient,
        occasion=occasion,
        guests=guests,
        quantities=quantities,
        phrases=phrases,
        extras=extras,
        waiting=waiting,
        refinement=followups.read_refinement(s),
        reference=reference,
        change=change,
        excluded=excluded,
    )


def _outside_time(s: Sentence) -> list[bool]:
    """Words that are spoken for: "evening gown" holds no evening, "mother's day" is both."""
    closed = s.closed
    for hit in s.hits:
        if hit.last - hit.first > 1 and hit.tag not in _MAY_HOLD_TIME and s.word(hit.first) != "rainy":
            closed[hit.first : hit.last] = [True] * (hit.last - hit.first)
    return closed


_MAY_HOLD_TIME = {Tag.OCCASION, Tag.FILLER, Tag.RECIPIENT}


def _watched(s: Sentence, thread: ThreadContext) -> str:
    """The product that price and stock conditions are about: id of the item pointed at, else its words."""
    reference = followups.read_reference(s, thread) if thread.last_results else None
    if reference and reference.kind is ReferenceKind.ITEM and reference.id:
        s.entities = [e for e in s.entities if e.type is not EntityType.REFERENCE]
        s.owner = [None if o is EntityType.REFERENCE else o for o in s.owner]
        return reference.id
    probe = Sentence(s.text)
    named = read_phrases(probe, {}, loose=False)
    return named[0].words if named else (thread.last_query or "")


def _deadline(s: Sentence, times: Times, waiting: Waiting, now: datetime) -> Reading:
    rest = Times(
        days=[d for d in times.days if d not in waiting.days],
        clocks=[c for c in times.clocks if c not in waiting.clocks],
    )
    when = read_deadline(s.text, s.tokens, rest, now)
    for days in rest.days:
        if not any(s.owner[days.start : days.end]):
            s.claim(EntityType.TIME, s.said(days.start, days.end), days.start, days.end)
    for clock in rest.clocks:
        if not any(s.owner[clock.start : clock.end]):
            s.claim(EntityType.TIME, s.said(clock.start, clock.end), clock.start, clock.end)
    return when


def _same_day(when: Reading, extras: list[Hit], now: datetime, s: Sentence) -> Reading:
    """Give "same day delivery" the deadline it speaks of."""
    if when.deadline is not None:
        return when
    for hit in extras:
        if hit.tag is Tag.DELIVERY and hit.value in {"same_day", "next_day"}:
            words = s.said(hit.first, hit.last)
            return Reading(end_of_day(0 if hit.value == "same_day" else 1, now, words))
    return when


def _budget(limits: list[Budget]) -> Budget | None:
    """Join "at least $20" and "under $50"; of two bounds of a sort the first counts."""
    if not limits:
        return None
    first = limits[0]
    for other in limits[1:]:
        if first.max_minor is None and other.max_minor is not None and other.currency == first.currency:
            first = first.model_copy(update={"max_minor": other.max_minor})
        elif first.min_minor is None and other.min_minor is not None and other.currency == first.currency:
            first = first.model_copy(update={"min_minor": other.min_minor})
    return first


# --- deciding ---------------------------------------------------------------------------------------


def _kind(read: _Read) -> tuple[IntentKind, float]:
    """Choose the kind and say how strong the evidence for it is, 0..1."""
    return _answer(read) or _about_an_order(read) or _wish(read)


def _answer(read: _Read) -> tuple[IntentKind, float] | None:
    words = len(read.s.tokens)
    decided = understand_decision(read.s.text)
    pending = read.thread.pending_approval is not None
    fresh = bool(read.phrases) and decided.keep_original is None
    if decided.kind is DecisionKind.UNCLEAR or words > _SHORT or (fresh and not pending):
        return None
    if read.change or read.waiting.condition or read.refinement:
        return None
    if not pending and (read.cues.cancel or read.cues.support or read.cues.track):
        return None
    if not pending and (read.reference or read.cues.checkout or words > 5 or read.when.deadline):
        return None
    kind = IntentKind.APPROVE if decided.kind is DecisionKind.APPROVE else IntentKind.REJECT
    return kind, decided.confidence + 0.03 if pending else 0.6


def _about_an_order(read: _Read) -> tuple[IntentKind, float] | None:
    cues, ordered = read.cues, read.thread.active_order_id is not None
    if cues.promptish:
        return None
    if cues.support and not (read.phrases and not ordered and _is_shopping(read)):
        return IntentKind.SUPPORT, 0.95
    if cues.track:
        return IntentKind.TRACK, 0.97
    if cues.cancel and not read.change:
        return IntentKind.CANCEL, 0.96
    if read.change:
        return IntentKind.CHANGE_ORDER, 0.95
    if cues.checkout and not read.waiting.condition and not (read.phrases and not read.reference):
        return IntentKind.CHECKOUT, 0.95
    return None


def _is_shopping(read: _Read) -> bool:
    return read.s.flat.startswith(("i need a ", "i want a ", "send ", "looking for", "buy ", "find "))


def _wish(read: _Read) -> tuple[IntentKind, float]:
    shown = bool(read.thread.last_results) or read.thread.last_query is not None
    if read.cues.promptish and not read.phrases:
        return IntentKind.UNKNOWN, 0.2
    if read.waiting.condition or (read.waiting.not_understood and (read.phrases or read.occasion)):
        return IntentKind.STANDING, _subject(read)
    if _refines(read, shown):
        return IntentKind.REFINE, 0.95
    if read.cues.browse and not (read.phrases and read.when.deadline):
        return IntentKind.BROWSE, 0.92
    categories = {p.head.value for p in read.phrases} - {"gift"}
    kind = IntentKind.DISCOVER
    if len(categories) > 1 or (read.cues.plan and read.occasion):
        kind = IntentKind.DISCOVER_COMPOSITE
    evidence = _subject(read)
    if evidence < 0.3 and not (read.cues.asks and _unknown_words(read.s)):
        return IntentKind.UNKNOWN, evidence
    return kind, evidence


def _refines(read: _Read, shown: bool) -> bool:
    pointed = read.reference is not None and read.reference.kind is not ReferenceKind.ORDER
    named = [p for p in read.phrases if p.head.value != "gift"]
    if read.reference and read.reference.words not in _WEAK_POINTERS and pointed:
        return True
    if read.refinement and not named:
        return True
    if not shown:
        return not named and _ASKS_FOR_IT.search(read.s.flat) is not None
    modified = bool(read.s.entities) or read.pronoun_quantity is not None
    return not named and modified and (pointed or len(read.s.tokens) <= _SHORT)


_ASKS_FOR_IT = re.compile(
    r"\b(?:do you have|can i (?:have|get)|is there|have you got|how about) (?:it|that|this|them"
    r"|those|one) in\b"
)
_WEAK_POINTERS = {"it", "that", "this", "them", "those", "these"}


def _subject(read: _Read) -> float:
    """How well we know what is wanted: a product is certain, an occasion good, a mere style is not."""
    specific = [p for p in read.phrases if p.head.value != "gift"]
    if specific or (read.reference and read.reference.kind is ReferenceKind.ITEM):
        return 1.0
    if read.phrases and (read.occasion or read.recipient):
        return 0.97
    if read.occasion:
        return 0.93
    if read.phrases:
        return 0.88
    if any(h.tag is not Tag.DELIVERY for h in read.extras):
        return 0.85
    vague = any(h.tag is Tag.VAGUE for h in read.s.hits)
    if read.extras or read.budget or (read.recipient and (vague or read.cues.asks)):
        return 0.6
    if _unknown_words(read.s) and read.cues.asks:
        return 0.65
    return 0.5 if vague else 0.2


def _unknown_words(s: Sentence) -> list[str]:
    """Words that no vocabulary knows: perhaps a product that only the catalogue knows."""
    return [
        t.word
        for i, t in enumerate(s.tokens)
        if t.kind is Kind.WORD and i not in s.hit_at and s.owner[i] is None
    ]


def _doubts(read: _Read, kind: IntentKind) -> list[weighing.Doubt]:
    doubts: list[weighing.Doubt] = []
    if read.cues.promptish:
        doubts.append(weighing.DOUBT_PROMPT)
    wishes = kind in {
        IntentKind.DISCOVER,
        IntentKind.DISCOVER_COMPOSITE,
        IntentKind.STANDING,
        IntentKind.REFINE,
    }
    if read.when.past and wishes:
        doubts.append(weighing.DOUBT_PAST)
    if read.when.conflicting and wishes:
        doubts.append(weighing.DOUBT_DAYS)
    if read.when.vague:
        doubts.append(weighing.DOUBT_NEXT)
    if kind is IntentKind.STANDING:
        doubts += _standing_doubts(read)
    if kind in {IntentKind.REFINE, IntentKind.CHECKOUT}:
        doubts += _reference_doubts(read, kind)
    change = read.change if kind is IntentKind.CHANGE_ORDER else None
    if change and change.action is ChangeAction.REPLACE and change.wanted is None:
        doubts.append(weighing.DOUBT_CHANGE)
    return doubts


def _standing_doubts(read: _Read) -> list[weighing.Doubt]:
    if read.waiting.condition is None:
        return [weighing.DOUBT_WAIT]
    doubts = [weighing.DOUBT_RECURRING] if read.waiting.recurring else []
    product = [leaf for leaf in leaves(read.waiting.condition) if isinstance(leaf, Price | Inventory)]
    if any(not leaf.product for leaf in product):
        doubts.append(weighing.DOUBT_PRODUCT)
    return doubts


def _reference_doubts(read: _Read, kind: IntentKind) -> list[weighing.Doubt]:
    reference, thread = read.reference, read.thread
    shown = bool(thread.last_results)
    if reference and reference.kind is ReferenceKind.UNRESOLVED:
        return [weighing.DOUBT_WHICH if shown else weighing.DOUBT_NOT_SHOWN]
    if not shown and thread.last_query is None and thread.selected_item_id is None:
        return [weighing.DOUBT_NOT_SHOWN]
    if (
        kind is IntentKind.CHECKOUT
        and reference is None
        and thread.selected_item_id is None
        and len(thread.last_results) > 1
    ):
        return [weighing.DOUBT_WHICH]
    return []


# --- what to search for -----------------------------------------------------------------------------


def _needs(read: _Read, kind: IntentKind) -> tuple[Need, ...]:
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


def _query(read: _Read, kind: IntentKind, needs: tuple[Need, ...]) -> str:
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
    searched = sorted((e for e in read.s.entities if e.type in _SEARCHED), key=lambda e: e.start)
    words = [" ".join(read.s.text[e.start : e.end].lower().split()) for e in searched]
    if not any(p.head.value for p in read.phrases):
        words += [w for w in _unknown_words(read.s) if w not in words]
    if needs and not needs[0].explicit:
        words.append("gift")
    generic = all(p.head.value == "gift" for p in read.phrases)
    if generic and read.recipient and not read.occasion:
        words.append(f"for {read.recipient}")
    return " ".join(words)


_SEARCHED = {
    EntityType.PRODUCT, EntityType.SERVICE, EntityType.COLOUR, EntityType.STYLE, EntityType.OCCASION,
    EntityType.CUSTOMIZATION,
}  # fmt: skip


def _refined_query(read: _Read) -> str:
    """The last search, changed: a new colour replaces the old one."""
    item = read.reference.name if read.reference and read.reference.kind is ReferenceKind.ITEM else None
    base = item or read.thread.last_query or ""
    colours = _values(read.s, EntityType.COLOUR)
    words = base.lower().split()
    if colours:
        known = {h.value for h in Sentence(base).of(Tag.COLOUR)}
        words = [*colours, *(w for w in words if w not in known)]
    fresh = [e.value for e in read.s.entities if e.type in {EntityType.STYLE, EntityType.PRODUCT}]
    return " ".join([*words, *(w for w in fresh if w not in words)])
