"""What a customer wants (flow ops-3): every intent is weighed, the heaviest leads."""

from collections.abc import Sequence

from shared.domain.disputes import RefundReason
from shared.domain.operations.reading import TicketIntent
from shared.domain.operations.understanding.intent_words import INTENTS, ORDER, PERSON, REASONS
from shared.domain.patterns import Pattern

WORTH_A_WORD = 5
"""Weight from which an intent is named besides the leading one."""
CLEAR = 6
"""Weight from which a wish is certain."""
SURE = 10
_WISHES = (
    TicketIntent.CANCELLATION,
    TicketIntent.ADDRESS_CHANGE,
    TicketIntent.REFUND_REQUEST,
    TicketIntent.TRACKING,
)
MAX_NUMBERS = 10
_RULES = {
    intent: tuple((weight, Pattern(pattern)) for weight, pattern in rules)
    for intent, rules in INTENTS.items()
}
_RANK = {intent: rank for rank, intent in enumerate(INTENTS)}
_REASONS = tuple((reason, Pattern(pattern)) for reason, pattern in REASONS)
_PERSON = Pattern(PERSON)
_ORDER = Pattern(ORDER)


def weighed(text: str) -> Sequence[tuple[TicketIntent, int]]:
    """Return the intents that a text of `meant` words speaks of, the heaviest first.

    Who complains and wants something besides is helped with what they want.
    """
    found = {
        intent: sum(weight for weight, pattern in rules if pattern.search(text))
        for intent, rules in _RULES.items()
    }
    if any(found[intent] >= CLEAR for intent in _WISHES):
        found[TicketIntent.COMPLAINT] //= 2
    return sorted((each for each in found.items() if each[1]), key=lambda each: (-each[1], _RANK[each[0]]))


def reason_of(text: str) -> RefundReason | None:
    """Why somebody wants their money back, where they say so."""
    return next((reason for reason, pattern in _REASONS if pattern.search(text)), None)


def wants_person(text: str) -> bool:
    """Whether they ask for somebody."""
    return _PERSON.search(text) is not None


def order_numbers(plain: str) -> tuple[str, ...]:
    """The order numbers that a plain text names."""
    found = (each.group(1) or each.group(2) for each in _ORDER.finditer(plain))
    return tuple(dict.fromkeys(found))[:MAX_NUMBERS]
