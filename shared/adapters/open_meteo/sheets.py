"""What is remembered of a cell: all its days, as one model run sees them.

In this process, and in the store for all processes: container `weather`, partition the cell ("30.3,-97.7"),
id `open-meteo`. However many ask for a cell at once in a process, it is fetched once.
"""

from datetime import date, datetime, timedelta
from functools import partial

from shared.adapters.open_meteo.answers import Day
from shared.adapters.open_meteo.client import Client
from shared.adapters.open_meteo.flights import Flights
from shared.adapters.open_meteo.runs import Runs
from shared.domain.model import Model
from shared.domain.places import cell_point
from shared.errors import Unavailable
from shared.ports.clock import Clock
from shared.ports.store import Store, Upsert
from shared.ports.weather import Forecast

CONTAINER, DOCUMENT = "weather", "open-meteo"
FRESH_FOR = timedelta(hours=6)
"""At the longest: by then the models that are not followed have moved on as well."""

FRESH_WITHOUT_RUN = timedelta(hours=1)
"""While nobody knows which run is the latest: the regional models run hourly."""

HOLDS_FOR = timedelta(hours=12)
"""How long the last answer counts while Open-Meteo is away; after that nobody knows."""

_MOST_CELLS = 500


class Sheet(Model):
    """A cell's days at `fetched_at`, of the model's `run` (None: not known)."""

    fetched_at: datetime
    run: int | None
    days: tuple[Day, ...]

    def forecast(self, day: date) -> Forecast | None:
        """Return a day's forecast, None where the models do not reach. Raises Unavailable for a gap."""
        reach = max((each.day for each in self.days if each.is_known), default=None)
        if reach is None:
            raise Unavailable("Open-Meteo has no values at this place.")
        found = next((each for each in self.days if each.day == day), None)
        return found.forecast() if found is not None and day <= reach else None

    def is_fresh(self, run: int | None, now: datetime) -> bool:
        """Say whether asking again could bring nothing new."""
        age = now - self.fetched_at
        if run is None:
            return age < FRESH_WITHOUT_RUN
        return self.run == run and age < FRESH_FOR

    def holds(self, now: datetime) -> bool:
        """Say whether it may still be told when nothing newer can be had."""
        return now - self.fetched_at < HOLDS_FOR


class Sheets:
    """Fetches and remembers."""

    def __init__(self, client: Client, runs: Runs, store: Store, clock: Clock) -> None:
        self._client = client
        self._runs = runs
        self._store = store
        self._clock = clock
        self._remembered: dict[str, Sheet] = {}
        self._flights: Flights[Sheet] = Flights()

    async def of(self, cell: str) -> Sheet:
        """Return a cell's sheet: fresh, or a bit older while Open-Meteo is away. Raises Unavailable."""
        run = await self._runs.latest()
        sheet = self._remembered.get(cell)
        if sheet is None or not sheet.is_fresh(run, self._clock.now()):
            sheet = await self._stored(cell) or sheet
        if sheet is not None and sheet.is_fresh(run, self._clock.now()):
            self._remember(cell, sheet)
            return sheet
        try:
            return await self._flights.join(cell, partial(self._fetched, cell, run))
        except Unavailable:
            if sheet is None or not sheet.holds(self._clock.now()):
                raise
            return sheet

    async def _fetched(self, cell: str, run: int | None) -> Sheet:
        answer = await self._client.daily(cell_point(cell))
        sheet = Sheet(fetched_at=self._clock.now(), run=run, days=answer.days())
        self._remember(cell, sheet)
        kept = Upsert(DOCUMENT, sheet.model_dump(mode="json"), ttl=int(HOLDS_FOR.total_seconds()))
        await self._store.batch(CONTAINER, cell, [kept])
        return sheet

    async def _stored(self, cell: str) -> Sheet | None:
        document = await self._store.read(CONTAINER, cell, DOCUMENT)
        return Sheet.model_validate(document.body) if document else None

    def _remember(self, cell: str, sheet: Sheet) -> None:
        self._remembered.pop(cell, None)  # to the end: the first is the one not used for the longest
        self._remembered[cell] = sheet
        if len(self._remembered) > _MOST_CELLS:
            self._remembered.pop(next(iter(self._remembered)), None)
