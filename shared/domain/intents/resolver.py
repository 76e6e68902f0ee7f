"""The intent resolver: reads a sentence once, piece by piece, then weighs what was found (M4).

Pure and linear in the length of the sentence. Words that read like instructions to a machine are data.
"""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from shared.domain.intents import weighing
from shared.domain.intents.deciding import decide, doubts_of
from shared.domain.intents.models import (
    EntityType,
    IntentKind,
    NeedKind,
    ResolvedIntent,
    ThreadContext,
)
from shared.domain.intents.reading import read_all
from shared.domain.intents.searching import needs_of, query_of
from shared.domain.intents.sentence import values


def resolve(
    text: str, *, now: datetime, zone: ZoneInfo, thread: ThreadContext | None = None
) -> ResolvedIntent:
    """Resolve a customer's sentence; `now` is aware, `zone` is the customer's. Never raises on any text."""
    read = read_all(text, now.astimezone(zone), thread or ThreadContext())
    kind, evidence = decide(read)
    needs = needs_of(read, kind)
    doubts = doubts_of(read, kind)
    confidence = weighing.weigh(kind, evidence, weighing.coverage(read.s), doubts)
    timing: Literal["immediate", "standing"] = "standing" if kind is IntentKind.STANDING else "immediate"
    products = [n for n in needs if n.kind in {NeedKind.PRODUCT, NeedKind.SERVICE}]
    return ResolvedIntent(
        kind=kind,
        timing=timing,
        search_query=query_of(read, kind, needs),
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
        colours=values(read.s, EntityType.COLOUR),
        excluded_colours=read.excluded,
        style_words=values(read.s, EntityType.STYLE),
        refinement=read.refinement if kind is IntentKind.REFINE else None,
        change=read.change if kind is IntentKind.CHANGE_ORDER else None,
        refers_to=read.reference,
        confidence=confidence,
        clarifying_question=weighing.question(kind, confidence, doubts),
        recommended_next_action=weighing.next_action(kind, confidence),
    )
