"""Which run of the weather model is the latest: until the next one, a forecast that is remembered is as good.

Open-Meteo mixes models; the one that is followed (setting `open_meteo_model`) is a global one that decides
days ahead and runs every six hours. Its metadata does not count as a call, and says when a run is available
(open-meteo.com/en/docs/model-updates).
"""

import logging
from datetime import datetime, timedelta

from shared.adapters.open_meteo.client import Client
from shared.adapters.open_meteo.flights import Flights
from shared.domain.model import Model
from shared.errors import Unavailable
from shared.ports.clock import Clock
from shared.ports.store import Store, Upsert

CONTAINER, PARTITION, DOCUMENT = "weather", "open-meteo", "run"
LOOK_EVERY = timedelta(minutes=10)
SPREADS_FOR = timedelta(minutes=10)
"""How long Open-Meteo's servers may take to agree on a run once the first of them has it."""

_KEPT = 24 * 60 * 60
_log = logging.getLogger(__name__)


class Look(Model):
    """What a look at the metadata said. `run` is in Unix seconds, None when there is none to rely on."""

    at: datetime
    run: int | None


class Runs:
    """Follows one model. Processes share what one of them has seen, as a note in the store."""

    def __init__(self, client: Client, store: Store, clock: Clock, *, model: str) -> None:
        self._client = client
        self._store = store
        self._clock = clock
        self._model = model
        self._look: Look | None = None
        self._flights: Flights[Look] = Flights()

    async def latest(self) -> int | None:
        """Return when the latest run began that all servers have, as last known; None when it never was."""
        now = self._clock.now()
        if self._look is None or not _holds(self._look, now):
            self._look = await self._noted()
        if self._look is None or not _holds(self._look, now):
            self._look = await self._flights.join(self._model, self._looked)
        return self._look.run

    async def _looked(self) -> Look:
        now, before = self._clock.now(), self._look
        look = Look(at=now, run=await self._settled(before, now))
        note = Upsert(DOCUMENT, look.model_dump(mode="json"), ttl=_KEPT)
        await self._store.batch(CONTAINER, PARTITION, [note])
        return look

    async def _noted(self) -> Look | None:
        document = await self._store.read(CONTAINER, PARTITION, DOCUMENT)
        return Look.model_validate(document.body) if document else None

    async def _settled(self, before: Look | None, now: datetime) -> int | None:
        known = before.run if before else None
        try:
            meta = await self._client.meta(self._model)
        except Unavailable as error:
            _log.warning("The latest run of %s cannot be looked up: %s", self._model, error.detail)
            return known
        is_everywhere = meta.last_run_availability_time + SPREADS_FOR.total_seconds() <= now.timestamp()
        return meta.last_run_initialisation_time if is_everywhere else known


def _holds(look: Look, now: datetime) -> bool:
    return now - look.at < LOOK_EVERY
