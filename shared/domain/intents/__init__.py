"""The rule-based intent resolver: a sentence in, a typed intent with an honest confidence out (M4).

Vocabularies are data modules, each kind of phrase has its reader, `resolver` weighs the evidence.
"""

from shared.domain.intents.models import (
    CONFIDENT,
    Budget,
    ChangeAction,
    ChangeRequest,
    Deadline,
    DeadlineKind,
    Entity,
    EntityType,
    IntentKind,
    Need,
    NeedKind,
    NextAction,
    Place,
    PlaceRelation,
    Reference,
    ReferenceKind,
    Refinement,
    ResolvedIntent,
    ShownItem,
    ThreadContext,
)
from shared.domain.intents.resolver import resolve

__all__ = [
    "CONFIDENT",
    "Budget",
    "ChangeAction",
    "ChangeRequest",
    "Deadline",
    "DeadlineKind",
    "Entity",
    "EntityType",
    "IntentKind",
    "Need",
    "NeedKind",
    "NextAction",
    "Place",
    "PlaceRelation",
    "Reference",
    "ReferenceKind",
    "Refinement",
    "ResolvedIntent",
    "ShownItem",
    "ThreadContext",
    "resolve",
]
