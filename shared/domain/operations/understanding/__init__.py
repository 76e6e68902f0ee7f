"""What a customer's message is about, by rules alone: offline, the same every time, fast (flow ops-3).

The text is data. Whatever it tells its reader to do is only more text, and no words beside a danger take the
danger away.
"""

from shared.domain.operations.reading import Reading, TicketIntent
from shared.domain.operations.understanding.anger import anger
from shared.domain.operations.understanding.danger import dangers
from shared.domain.operations.understanding.intents import (
    SURE,
    WORTH_A_WORD,
    order_numbers,
    reason_of,
    wants_person,
    weighed,
)
from shared.domain.operations.understanding.plain import plain
from shared.domain.operations.understanding.words import mended


def _leading(intents: list[TicketIntent], *, is_danger: bool, only_person: bool) -> TicketIntent:
    if is_danger:
        return TicketIntent.DANGER
    asks_only = only_person and intents == [TicketIntent.PRODUCT_QUESTION]  # "can I talk to someone?"
    return intents[0] if intents and not asks_only else TicketIntent.OTHER


def read(text: str) -> Reading:
    """Read a message. Never raises, whatever the text."""
    clear = plain(text)
    found = dangers(clear)
    wanted = weighed(mended(clear))
    intents = [intent for intent, weight in wanted if weight >= WORTH_A_WORD or intent is wanted[0][0]]
    asks_person = wants_person(clear)
    leading = _leading(intents, is_danger=bool(found), only_person=asks_person and len(wanted) <= 1)
    return Reading(
        intent=leading,
        also=tuple(intent for intent in intents if intent is not leading),
        anger=anger(text, clear),
        dangers=found,
        reason=reason_of(clear),
        order_numbers=order_numbers(clear),
        wants_person=asks_person,
        confidence=1.0 if found else min(1.0, wanted[0][1] / SURE) if wanted else 0.0,
    )
