"""All readers run over one sentence, in the order in which their claims must win."""

from dataclasses import dataclass
from datetime import datetime

from shared.domain.intents import followups
from shared.domain.intents.deadlines import Reading, Times, end_of_day, read_deadline, scan
from shared.domain.intents.kinds import Cues, read_cues
from shared.domain.intents.lexicon import Hit, Tag
from shared.domain.intents.models import (
    Budget,
    ChangeRequest,
    EntityType,
    Place,
    Reference,
    ReferenceKind,
    Refinement,
    ThreadContext,
)
from shared.domain.intents.money import read_budget
from shared.domain.intents.needs import Phrase, read_extras, read_phrases
from shared.domain.intents.people_and_places import read_occasion, read_place, read_recipient
from shared.domain.intents.quantities import read_guests, read_quantities
from shared.domain.intents.sentence import Sentence
from shared.domain.intents.waiting import Waiting, read_waiting


@dataclass
class Read:
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
        """How many of the thing spoken of ("make it two")."""
        return self.quantities.get(-1)


def read_all(text: str, now: datetime, thread: ThreadContext) -> Read:
    """Run every reader; `now` is local and aware."""
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
    return Read(
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
