"""What a day's calls of the language model were, and what they cost, for whoever pays for them."""

from datetime import UTC, date

from shared.domain.model import Model
from shared.domain.model_calls import DaySpent, ModelCall
from shared.ports.clock import Clock
from shared.ports.language import CALLS, SPENT
from shared.ports.store import Query, Store, Where
from shared.settings import Settings

MICROS_PER_CENT = 10_000


class CallsOfDay(Model):
    """Calls of a day (UTC), the latest first. Money is in micro-dollars; `limit_micros` is the day's."""

    day: date
    spent: DaySpent
    limit_micros: int
    calls: tuple[ModelCall, ...]


class LanguageCalls:
    """Reads the books that the adapter keeps."""

    def __init__(self, store: Store, clock: Clock, settings: Settings) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings

    async def of_day(self, day: date | None = None, *, limit: int = 50) -> CallsOfDay:
        """Return a day's sum and its latest calls; today's without a day."""
        day = day or self._clock.now().astimezone(UTC).date()
        document = await self._store.read(CALLS, day.isoformat(), SPENT)
        query = Query([Where("kind", "==", "call")], order_by="-at", limit=limit)
        page = await self._store.query(CALLS, day.isoformat(), query)
        return CallsOfDay(
            day=day,
            spent=DaySpent.model_validate(document.body) if document else DaySpent(),
            limit_micros=self._settings.openai_cents_per_day * MICROS_PER_CENT,
            calls=tuple(
                ModelCall.model_validate({k: v for k, v in each.body.items() if k != "kind"})
                for each in page.documents
            ),
        )
