"""The day's money for model calls, counted in the store for all instances together, and each call's record.

Container `language`, partition the day (UTC): `spent` is a `DaySpent`, `call:{id}` a `ModelCall`. What a call
may cost at most is taken before it, and set right after it in the batch that keeps its record; where a
process dies in between, the most stays counted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, timedelta

from shared.domain.model_calls import DaySpent, ModelCall
from shared.errors import Unavailable
from shared.ports.clock import Clock
from shared.ports.language import CALLS, SPENT
from shared.ports.store import AlreadyExists, Create, Missing, Operation, PreconditionFailed, Replace, Store

KEEP = int(timedelta(days=30).total_seconds())
_RACES = 20


class NoBudget(Unavailable):
    """The day's money is used up."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """Micro-dollars that were taken of a day's money."""

    day: str
    micros: int


class Till:
    """At most `per_day` micro-dollars a day."""

    def __init__(self, store: Store, clock: Clock, *, per_day: int) -> None:
        self._store = store
        self._clock = clock
        self._per_day = per_day

    async def reserve(self, micros: int) -> Reservation:
        """Take what a call may cost. Raises NoBudget when that is not there any more, and Unavailable."""

        def take(spent: DaySpent) -> DaySpent:
            if spent.micros + micros > self._per_day:
                raise NoBudget("The day's money for the language model is used up.")
            return spent.model_copy(update={"micros": spent.micros + micros, "calls": spent.calls + 1})

        day = self._clock.now().astimezone(UTC).date().isoformat()
        await self._change(day, take)
        return Reservation(day, micros)

    async def settle(self, reservation: Reservation, call: ModelCall) -> None:
        """Count what a call has cost instead of what was taken for it, and keep its record."""
        record = Create(f"call:{call.id}", {**call.model_dump(mode="json"), "kind": "call"}, ttl=KEEP)
        difference = call.cost_micros - reservation.micros

        def set_right(spent: DaySpent) -> DaySpent:
            by_use = spent.by_use | {call.use: spent.by_use.get(call.use, 0) + call.cost_micros}
            return spent.model_copy(update={"micros": spent.micros + difference, "by_use": by_use})

        await self._change(reservation.day, set_right, record)

    async def _change(self, day: str, change: Callable[[DaySpent], DaySpent], *more: Operation) -> None:
        for _ in range(_RACES):
            document = await self._store.read(CALLS, day, SPENT)
            before = DaySpent.model_validate(document.body) if document else DaySpent()
            body = change(before).model_dump(mode="json")
            counted = (
                Replace(SPENT, body, if_match=document.etag, ttl=KEEP)
                if document
                else Create(SPENT, body, ttl=KEEP)
            )
            try:
                return await self._store.batch(CALLS, day, [counted, *more])
            except (AlreadyExists, Missing, PreconditionFailed):
                continue
        raise Unavailable("Too many count their model calls at once.")
