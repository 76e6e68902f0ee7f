"""How sure we are: confidence from evidence, and the one question that would settle the biggest doubt."""

from dataclasses import dataclass

from shared.domain.intents.kinds import QUESTIONS
from shared.domain.intents.lexicon import Tag
from shared.domain.intents.models import CONFIDENT, IntentKind, NextAction
from shared.domain.intents.sentence import Sentence
from shared.domain.intents.tokens import Kind

_CONTENTLESS = {Tag.FILLER, Tag.ASK, Tag.VAGUE, Tag.NAME}


@dataclass(frozen=True)
class Doubt:
    """A reason to be less sure: how much it costs, and the question that would settle it."""

    cost: float
    question: str | None = None


DOUBT_PAST = Doubt(0.45, "That moment has already passed. When should it arrive?")
DOUBT_DAYS = Doubt(0.25, "You named more than one day. Which one is the deadline?")
DOUBT_NEXT = Doubt(0.08)
DOUBT_WAIT = Doubt(
    0.40, "I can watch the weather, dates, stock and prices. Which of these should I wait for?"
)
DOUBT_RECURRING = Doubt(0.30, "I can order once, not yet on a schedule. Shall I order for the next such day?")
DOUBT_WHICH = Doubt(0.35, "Which of the items do you mean?")
DOUBT_NOT_SHOWN = Doubt(0.35, "I have not shown you anything yet. What are you looking for?")
DOUBT_CHANGE = Doubt(0.35, "What would you like to change in your order, and into what?")
DOUBT_NO_ORDER = Doubt(0.10)
DOUBT_PROMPT = Doubt(0.60)
DOUBT_WHAT = Doubt(0.10, "What should I order when that moment comes?")
DOUBT_CANCEL_IF = Doubt(0.40, "Shall I cancel it now, or only if that happens?")
DOUBT_PRODUCT = Doubt(0.30, "Which product should I watch for you?")


def coverage(s: Sentence) -> float:
    """The share of content words that some reader or vocabulary understood, 0..1."""
    content = understood = 0
    for i, token in enumerate(s.tokens):
        if token.kind is Kind.MARK:
            continue
        hit = s.hit_at.get(i)
        if s.owner[i] is None and hit and hit.tag in _CONTENTLESS:
            continue
        content += 1
        understood += s.owner[i] is not None or (hit is not None and hit.tag is not Tag.FILLER)
    return understood / content if content else 1.0


_WISHES = {IntentKind.DISCOVER, IntentKind.DISCOVER_COMPOSITE, IntentKind.STANDING, IntentKind.UNKNOWN}


def weigh(kind: IntentKind, evidence: float, covered: float, doubts: list[Doubt]) -> float:
    """Join the strength of the main evidence, how much was understood, and the doubts into 0..1.

    A wish is only as clear as its words; "where is my order" is clear whatever else is said.
    """
    share = 0.30 if kind in _WISHES else 0.12
    score = evidence * (1 - share + share * covered)
    for doubt in doubts:
        score -= doubt.cost
    return round(min(1.0, max(0.0, score)), 3)


def question(kind: IntentKind, confidence: float, doubts: list[Doubt]) -> str | None:
    """The one clarifying question, when the confidence is too low to act."""
    if confidence >= CONFIDENT:
        return None
    worst = max((d for d in doubts if d.question), key=lambda d: d.cost, default=None)
    return (worst.question if worst else None) or QUESTIONS[kind]


def next_action(kind: IntentKind, confidence: float) -> NextAction:
    """What the orchestrator should do next."""
    if kind is IntentKind.UNKNOWN:
        return NextAction.HANDLE_UNRELATED
    if confidence < CONFIDENT:
        return NextAction.COMPLETE_WITH_PROBING
    actions = {
        IntentKind.DISCOVER: NextAction.DISCOVER_PRODUCTS,
        IntentKind.BROWSE: NextAction.DISCOVER_PRODUCTS,
        IntentKind.DISCOVER_COMPOSITE: NextAction.DISCOVER_COMPOSITE,
        IntentKind.REFINE: NextAction.REFINE_BUNDLE_CATEGORY,
    }
    return actions.get(kind, NextAction.COMPLETE)
