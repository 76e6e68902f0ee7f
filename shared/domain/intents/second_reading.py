"""What a language model may add where the rules would have to ask what a sentence is about (rule 8).

It may say that goods are sought, and name them in words that the rules then read like a customer's own; or
that an order's progress or help is asked for. All of that only shows something. Whatever sets things in
motion (buying, changing, cancelling, approving, waiting), every amount, day, place and item is only ever
what the rules read.
"""

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from shared.domain.intents.kinds import QUESTIONS, read_cues
from shared.domain.intents.models import CONFIDENT, IntentKind, NextAction, ResolvedIntent
from shared.domain.intents.resolver import resolve
from shared.domain.model import Model
from shared.domain.patterns import Pattern

_VAGUE = frozenset(
    {IntentKind.UNKNOWN, IntentKind.DISCOVER, IntentKind.DISCOVER_COMPOSITE, IntentKind.BROWSE}
)
_THING = Pattern(r"^[a-z][a-z']*(?:[ -][a-z']+){0,3}$")
_MAX_THING = 40


class SoughtKind(StrEnum):
    """What a sentence is about, as far as a model may say."""

    GOODS = "goods"
    ORDER_STATUS = "order_status"
    HELP = "help"
    UNCLEAR = "unclear"


class Sought(Model):
    """A model's proposal; `thing` is a search phrase for what would meet the wish."""

    kind: SoughtKind
    thing: str = ""


_ASKED_FOR = {SoughtKind.ORDER_STATUS: IntentKind.TRACK, SoughtKind.HELP: IntentKind.SUPPORT}


def may_be_asked(rules: ResolvedIntent, text: str) -> bool:
    """Say whether a model may help: the rules do not know what is wanted, and doubt nothing in particular.

    Words to a machine are for nobody.
    """
    only_vague = rules.kind in _VAGUE and rules.clarifying_question == QUESTIONS[rules.kind]
    return only_vague and not read_cues(" ".join(text.lower().split())).promptish


def checked(rules: ResolvedIntent, proposal: Sought, *, now: datetime, zone: ZoneInfo) -> ResolvedIntent:
    """Put both together: the rules' own reading, but for what is sought, if those words will do."""
    if proposal.kind is SoughtKind.GOODS:
        return _with_thing(rules, proposal.thing, now, zone)
    kind = _ASKED_FOR.get(proposal.kind)
    if kind is None:
        return rules
    return _settled(rules, kind=kind, search_query="", needs=(), recommended_next_action=NextAction.COMPLETE)


def _with_thing(rules: ResolvedIntent, thing: str, now: datetime, zone: ZoneInfo) -> ResolvedIntent:
    words = " ".join(thing.lower().split())
    if len(words) > _MAX_THING or _THING.search(words) is None:
        return rules
    read = resolve(f"find {words}", now=now, zone=zone)
    says_more = read.budget or read.deadline or read.place or read.conditions or read.quantity > 1
    if read.kind is not IntentKind.DISCOVER or says_more:
        return rules
    return _settled(
        rules,
        kind=IntentKind.DISCOVER,
        search_query=words,
        needs=read.needs,
        product_words=(words,),
        refers_to=None,
        recommended_next_action=NextAction.DISCOVER_PRODUCTS,
    )


def _settled(rules: ResolvedIntent, **update: object) -> ResolvedIntent:
    sure = {"confidence": CONFIDENT, "clarifying_question": None}
    return rules.model_copy(update=update | sure)
