"""What a customer's message is about, by rules alone: offline, the same every time, fast (flow ops-3).

The text is data. Whatever it tells its reader to do is only more text, and no words beside a danger take the
danger away.
"""

from collections.abc import Iterator, Sequence

from shared.domain.operations.reading import ANNOYED, Reading, TicketIntent
from shared.domain.operations.understanding.anger import anger
from shared.domain.operations.understanding.danger import MAX_FOUND, dangers, disguised
from shared.domain.operations.understanding.intents import (
    CLEAR,
    SURE,
    WORTH_A_WORD,
    order_numbers,
    reason_of,
    wants_person,
    weighed,
)
from shared.domain.operations.understanding.plain import plain
from shared.domain.operations.understanding.spelling import meant

MAX_READ = 20_000
"""Characters of a message that are weighed; danger is looked for in what follows, too, piece by piece."""
MAX_SEARCHED = 10 * MAX_READ
_OVERLAP = 200
_FAINT = 3
"""Weight up to which an intent is no more than a guess."""
Weighed = Sequence[tuple[TicketIntent, int]]


def read(text: str) -> Reading:
    """Read a message. Never raises, whatever the text."""
    text, rest = text[:MAX_READ], text[MAX_READ - _OVERLAP : MAX_SEARCHED]
    clear = plain(text)
    said = meant(clear)
    found = tuple(dict.fromkeys((*dangers(said), *disguised(clear), *_dangers_in(rest))))[:MAX_FOUND]
    clear, said = clear.replace("\n", " "), said.replace("\n", " ")
    heat, asks_person, wanted = anger(text, said), wants_person(said), weighed(said)
    leading = TicketIntent.DANGER if found else _leading(wanted, heat=heat, asks_person=asks_person)
    return Reading(
        intent=leading,
        also=tuple(each for each, weight in wanted if weight >= WORTH_A_WORD and each is not leading),
        anger=heat,
        dangers=found,
        reason=reason_of(said),
        order_numbers=order_numbers(clear),
        wants_person=asks_person,
        confidence=1.0 if found else min(1.0, wanted[0][1] / SURE) if wanted else 0.0,
    )


def _dangers_in(rest: str) -> Iterator[str]:
    for at in range(0, len(rest) - _OVERLAP, MAX_READ):
        clear = plain(rest[at : at + MAX_READ + _OVERLAP])
        yield from dangers(meant(clear))
        yield from disguised(clear)


def _leading(wanted: Weighed, *, heat: int, asks_person: bool) -> TicketIntent:
    intent, weight = wanted[0] if wanted else (TicketIntent.OTHER, 0)
    if asks_person and weight < CLEAR:  # "can I talk to someone?"
        return TicketIntent.OTHER
    if weight <= _FAINT and heat >= ANNOYED:
        return TicketIntent.COMPLAINT
    return intent if weight > 1 else TicketIntent.OTHER
