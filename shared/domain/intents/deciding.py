"""What kind of intent it is, how strong the evidence is, and what is in doubt."""

from shared.domain.conditions import Inventory, Price, leaves
from shared.domain.intents import weighing
from shared.domain.intents.lexicon import Tag
from shared.domain.intents.models import (
    CONFIDENT,
    ChangeAction,
    IntentKind,
    ReferenceKind,
)
from shared.domain.intents.reading import Read
from shared.domain.intents.sentence import Sentence
from shared.domain.intents.tokens import Kind
from shared.domain.patterns import Pattern
from shared.domain.replies import DecisionKind, understand_decision

_SHORT = 12
"""Answers to a question are short; a longer sentence is a new wish."""


def decide(read: Read) -> tuple[IntentKind, float]:
    """Choose the kind and say how strong the evidence for it is, 0..1."""
    return _answer(read) or _about_an_order(read) or _wish(read)


def _answer(read: Read) -> tuple[IntentKind, float] | None:
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


def _about_an_order(read: Read) -> tuple[IntentKind, float] | None:
    cues, ordered = read.cues, read.thread.active_order_id is not None
    if cues.promptish:
        return None
    if cues.ideas:
        return IntentKind.UNKNOWN, 0.3
    if cues.support and not (read.phrases and not ordered and _is_shopping(read)):
        return IntentKind.SUPPORT, 0.95
    if cues.track:
        return IntentKind.TRACK, 0.97
    if cues.cancel and not read.change:
        return IntentKind.CANCEL, 0.96
    if read.change:
        return IntentKind.CHANGE_ORDER, 0.95
    if _buys_shown(read):
        return IntentKind.CHECKOUT, 0.95
    if (
        cues.checkout
        and not read.waiting.condition
        and (read.reference or not read.phrases or _PAYS.search(read.s.flat))
    ):
        return IntentKind.CHECKOUT, 0.95
    return None


_PAYS = Pattern(r"\bpay (?:with|by|using|now)\b")
_BUYS = Pattern(
    r"^(?:(?:ok|okay|great|yes|perfect|alright|good|then|please|hmm) )*(?:i'll|i will|let's|i'd like to|"
    r"i want to|we'll|can i|could i|can we)? ?(?:take|go with|go for|buy|order|book|get|have|choose|pick|"
    r"reserve) (?:the|that|this)\b"
)


def _buys_shown(read: Read) -> bool:
    """Whether an item that was shown is chosen by its name ("I'll go with the lilies")."""
    item = read.reference is not None and read.reference.kind is ReferenceKind.ITEM
    return item and not read.waiting.condition and _BUYS.search(read.s.flat) is not None


def _is_shopping(read: Read) -> bool:
    return read.s.flat.startswith(("i need a ", "i want a ", "send ", "looking for", "buy ", "find "))


def _wish(read: Read) -> tuple[IntentKind, float]:
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
    if evidence < 0.3 and not (read.cues.asks and unknown_words(read.s)):
        return IntentKind.UNKNOWN, evidence
    return kind, evidence


def _refines(read: Read, shown: bool) -> bool:
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


_ASKS_FOR_IT = Pattern(
    r"\b(?:do you have|can i (?:have|get)|is there|have you got|how about) (?:it|that|this|them"
    r"|those|one) in\b"
)
_WEAK_POINTERS = {"that one", "this one", "it", "that", "this", "them", "those", "these"}


def _subject(read: Read) -> float:
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
    if unknown_words(read.s) and read.cues.asks:
        return 0.65
    return 0.5 if vague else 0.2


def unknown_words(s: Sentence) -> list[str]:
    """Words that no vocabulary knows: perhaps a product that only the catalogue knows."""
    return [
        t.word
        for i, t in enumerate(s.tokens)
        if t.kind is Kind.WORD and i not in s.hit_at and s.owner[i] is None
    ]


def doubts_of(read: Read, kind: IntentKind) -> list[weighing.Doubt]:
    """Collect the reasons to be less sure of an intent of this kind."""
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
    if kind is IntentKind.CANCEL and read.waiting.condition:
        doubts.append(weighing.DOUBT_CANCEL_IF)
    if kind is IntentKind.STANDING:
        doubts += _standing_doubts(read)
    if kind in {IntentKind.REFINE, IntentKind.CHECKOUT}:
        doubts += _reference_doubts(read, kind)
    change = read.change if kind is IntentKind.CHANGE_ORDER else None
    if change and change.action is ChangeAction.REPLACE and change.wanted is None:
        doubts.append(weighing.DOUBT_CHANGE)
    return doubts


def _standing_doubts(read: Read) -> list[weighing.Doubt]:
    if read.waiting.condition is None:
        return [weighing.DOUBT_WAIT]
    if _subject(read) < CONFIDENT:
        return [weighing.DOUBT_WHAT]
    doubts = [weighing.DOUBT_RECURRING] if read.waiting.recurring else []
    product = [leaf for leaf in leaves(read.waiting.condition) if isinstance(leaf, Price | Inventory)]
    if any(not leaf.product for leaf in product):
        doubts.append(weighing.DOUBT_PRODUCT)
    return doubts


def _reference_doubts(read: Read, kind: IntentKind) -> list[weighing.Doubt]:
    reference, thread = read.reference, read.thread
    shown = bool(thread.last_results)
    if shown and read.refinement and reference and reference.words in _WEAK_POINTERS:
        return []  # "that's too expensive" speaks of all that was shown
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
