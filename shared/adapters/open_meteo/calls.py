"""How many calls of Open-Meteo's limits are used, counted in the store for all processes together.

The free API allows 10,000 calls a day, 5,000 an hour and 600 a minute, by UTC and per address
(open-meteo.com/en/terms); a request for more than 10 variables or two weeks counts for more than one.
"""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from shared.errors import Unavailable
from shared.ports.clock import Clock
from shared.ports.store import AlreadyExists, Create, Missing, PreconditionFailed, Replace, Store

CONTAINER, PARTITION, DOCUMENT = "weather", "open-meteo", "calls"
_WINDOWS = {"minute": 16, "hour": 13, "day": 10}
"""Window -> how many letters of an ISO instant name it."""

_SHARES = {"minute": 0.06, "hour": 0.5, "day": 1.0}
"""Of a day's calls, what each window allows: the proportions of the free API."""

_KEPT = 2 * 24 * 60 * 60
_ATTEMPTS = 10
_WORDS = {"Minutely": "minute", "Hourly": "hour", "Daily": "day"}


class Spent(Unavailable):
    """The calls of a minute, an hour or a day are used up."""


class Calls:
    """A budget of `per_day` calls, and its shares for an hour and a minute.

    It lies in the store: container `weather`, partition `open-meteo`, id `calls`,
    body `{"minute": {"at": "2026-05-04T14:03", "calls": 2.4}, "hour": ..., "day": ...}`.
    """

    def __init__(self, store: Store, clock: Clock, *, per_day: int) -> None:
        self._store = store
        self._clock = clock
        self._limits = {window: share * per_day for window, share in _SHARES.items()}

    async def spend(self, weight: float) -> None:
        """Count a request. Raises Spent when it would go over a limit, Unavailable when all count at once."""
        for _ in range(_ATTEMPTS):
            used, etag = await self._read()
            for window, limit in self._limits.items():
                if used[window] + weight > limit:
                    raise Spent(f"Open-Meteo's calls of this {window} are used up.")
            if await self._write({window: count + weight for window, count in used.items()}, etag):
                return
        raise Unavailable("Too many count their calls of Open-Meteo at once.")

    async def exhaust(self, reason: str) -> None:
        """Open-Meteo says that a limit is reached, as others may share our address: believe it."""
        window = _WORDS.get(reason.partition(" ")[0], "minute")
        for _ in range(_ATTEMPTS):
            used, etag = await self._read()
            if await self._write({**used, window: max(used[window], self._limits[window])}, etag):
                return
        raise Unavailable("Too many count their calls of Open-Meteo at once.")

    async def _read(self) -> tuple[dict[str, float], str | None]:
        """Return what is used of the current minute, hour and day."""
        document = await self._store.read(CONTAINER, PARTITION, DOCUMENT)
        body: Mapping[str, Any] = document.body if document else {}
        names = self._names()
        counts = {
            window: body[window]["calls"] if body.get(window, {}).get("at") == names[window] else 0.0
            for window in _WINDOWS
        }
        return counts, document.etag if document else None

    async def _write(self, used: Mapping[str, float], etag: str | None) -> bool:
        names = self._names()
        body = {window: {"at": names[window], "calls": round(count, 3)} for window, count in used.items()}
        made = Create(DOCUMENT, body, ttl=_KEPT) if etag is None else Replace(DOCUMENT, body, etag, ttl=_KEPT)
        try:
            await self._store.batch(CONTAINER, PARTITION, [made])
        except (AlreadyExists, Missing, PreconditionFailed):
            return False
        return True

    def _names(self) -> dict[str, str]:
        now = self._clock.now().astimezone(UTC).isoformat()
        return {window: now[:letters] for window, letters in _WINDOWS.items()}
