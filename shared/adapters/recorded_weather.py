"""The embedded weather: forecasts for an offline world that change as their day nears, as real ones do.

Without an override a forecast follows from region, day and how far off the day is: the same question at the
same instant always has the same answer, on every machine. A region is one degree wide, so that a city has
one weather. Skies come in the mix of Austin's months; each revision (see `_REVISIONS`) keeps the forecast
before it more often than not, so a Thursday may be sunny a week ahead, turn rainy and clear up again.

An override scripts a day at a place: from an instant on, its forecast is what was set. Tests, the demo and
an admin use it. It lives in the store: container `weather`, partition the cell of 0.1 degrees ("30.3,-97.7"),
id the date, body `{"script": [{"since": instant, "forecast": {...}}, ...]}`. The latest entry that has begun
counts; the horizon holds for overrides too.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from hashlib import blake2b
from math import floor
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from shared.domain.places import GeoPoint, cell_of
from shared.errors import InvalidInput, Unavailable
from shared.ports.clock import Clock
from shared.ports.store import AlreadyExists, Create, Missing, PreconditionFailed, Replace, Store
from shared.ports.weather import Forecast, Sky

CONTAINER = "weather"
HORIZON = timedelta(days=16)
PUBLISHED_AT = timedelta(hours=6)
"""A new day's forecasts come out at six in the morning, local time."""

_REVISIONS = ((0, 1.0), (1, 0.85), (3, 0.75), (6, 0.65), (10, 0.60))
"""(days ahead from which this forecast was made, chance that it already agreed with the next one)."""

_LAPSE_PER_DEGREE = 0.7
"""Degrees Celsius that it gets colder per degree of latitude away from Austin towards the pole."""

_AUSTIN_LATITUDE = 30
_ATTEMPTS = 5


class _Month(NamedTuple):
    """Austin's mean high and low in Celsius, and the share of cloudy, rainy and stormy days."""

    high: float
    low: float
    cloudy: float
    rainy: float
    stormy: float


_CLIMATE = (
    _Month(17, 5, 0.34, 0.18, 0.02),
    _Month(19, 7, 0.32, 0.18, 0.03),
    _Month(23, 11, 0.32, 0.18, 0.05),
    _Month(27, 15, 0.32, 0.18, 0.07),
    _Month(30, 20, 0.30, 0.20, 0.09),
    _Month(34, 23, 0.24, 0.14, 0.06),
    _Month(36, 24, 0.18, 0.10, 0.04),
    _Month(36, 24, 0.18, 0.10, 0.04),
    _Month(33, 21, 0.24, 0.17, 0.06),
    _Month(28, 16, 0.26, 0.17, 0.06),
    _Month(22, 10, 0.30, 0.17, 0.03),
    _Month(17, 6, 0.34, 0.17, 0.02),
)
_MILLIMETRES = {Sky.RAINY: (2.0, 18.0), Sky.STORMY: (10.0, 45.0), Sky.SNOWY: (1.0, 8.0)}
_COOLER = {Sky.CLOUDY: 2.0, Sky.RAINY: 5.0, Sky.STORMY: 4.0, Sky.SNOWY: 6.0}


class RecordedWeather:
    """The weather port without a network. `zone` is where days and the hour of publication are told."""

    def __init__(self, clock: Clock, store: Store | None = None, *, zone: str = "America/Chicago") -> None:
        self._clock = clock
        self._store = store
        self._zone = ZoneInfo(zone)

    async def forecast(self, point: GeoPoint, day: date) -> Forecast | None:
        """Return what is forecast now for `day`, or None more than 16 days ahead.

        A day gone by answers with its last forecast.
        """
        now = self._clock.now().astimezone(self._zone)
        if day > now.date() + HORIZON:
            return None
        scripted = await self._scripted(point, day, now)
        if scripted is not None:
            return scripted
        published = (now - PUBLISHED_AT).date()
        return _recorded(point, day, days_ahead=(day - published).days)

    async def set_override(
        self,
        point: GeoPoint,
        *,
        day: date,
        sky: Sky,
        since: datetime | None = None,
        high_c: float | None = None,
        low_c: float | None = None,
        precipitation_mm: float | None = None,
    ) -> Forecast:
        """Let the forecast of `day` around `point` be `sky` from `since` (aware; default now) on.

        Numbers not given are plausible ones. Entries for other instants stay, so a change of mind is two
        calls; the same instant again replaces its entry. Raises InvalidInput for a naive
        `since`, Unavailable without a store or when others keep writing the same day.
        """
        if since is not None and since.tzinfo is None:
            raise InvalidInput("An override begins at an instant with an offset.", field="since")
        base = _forecast(point, day, sky)
        given = {"high_c": high_c, "low_c": low_c, "precipitation_mm": precipitation_mm}
        forecast = base.model_copy(update={name: value for name, value in given.items() if value is not None})
        await self._write(point, day, since or self._clock.now(), forecast)
        return forecast

    async def _scripted(self, point: GeoPoint, day: date, now: datetime) -> Forecast | None:
        if self._store is None:
            return None
        document = await self._store.read(CONTAINER, cell_of(point), day.isoformat())
        if document is None:
            return None
        begun = [entry for entry in document.body["script"] if _since(entry) <= now]
        return Forecast.model_validate(max(begun, key=_since)["forecast"]) if begun else None

    async def _write(self, point: GeoPoint, day: date, since: datetime, forecast: Forecast) -> None:
        if self._store is None:
            raise Unavailable("Overrides of the weather need a store.")
        entry = {"since": since.isoformat(), "forecast": forecast.model_dump(mode="json")}
        key = day.isoformat()
        for _ in range(_ATTEMPTS):
            old = await self._store.read(CONTAINER, cell_of(point), key)
            kept = [each for each in old.body["script"] if _since(each) != since] if old else []
            body = {"script": sorted([*kept, entry], key=_since)}
            change = Replace(key, body, if_match=old.etag) if old else Create(key, body)
            try:
                await self._store.batch(CONTAINER, cell_of(point), [change])
            except (AlreadyExists, Missing, PreconditionFailed):
                continue
            return
        raise Unavailable(f"The weather of {key} is being changed by others.")


def _since(entry: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(entry["since"])


def _recorded(point: GeoPoint, day: date, *, days_ahead: int) -> Forecast:
    """Return the forecast made `days_ahead` days before, following the revisions out from the day itself."""
    region = f"{floor(point.latitude)},{floor(point.longitude)}"
    sky = _drawn_sky(point, day, _chance(region, day, "sky", 0))
    for from_days, agrees in _REVISIONS[1:]:
        if days_ahead < from_days:
            break
        if _chance(region, day, "agrees", from_days) > agrees:
            sky = _drawn_sky(point, day, _chance(region, day, "sky", from_days))
    return _forecast(point, day, sky)


def _drawn_sky(point: GeoPoint, day: date, chance: float) -> Sky:
    month = _CLIMATE[day.month - 1]
    if chance < month.stormy:
        return Sky.STORMY
    if chance < month.stormy + month.rainy:
        freezing = month.low - _colder(point) < 0
        return Sky.SNOWY if freezing else Sky.RAINY
    return Sky.CLOUDY if chance < month.stormy + month.rainy + month.cloudy else Sky.SUNNY


def _forecast(point: GeoPoint, day: date, sky: Sky) -> Forecast:
    """Return plausible numbers for a sky, the same ones whenever it is forecast for that day."""
    month = _CLIMATE[day.month - 1]
    region = f"{floor(point.latitude)},{floor(point.longitude)}"
    warmer = (_chance(region, day, "warmth", 0) - 0.5) * 6 - _colder(point)
    high = month.high + warmer - _COOLER.get(sky, 0.0)
    least, most = _MILLIMETRES.get(sky, (0.0, 0.0))
    return Forecast(
        day=day,
        sky=sky,
        high_c=round(high, 1),
        low_c=round(min(month.low + warmer, high - 2), 1),
        precipitation_mm=round(least + (most - least) * _chance(region, day, "rain", 0), 1),
    )


def _colder(point: GeoPoint) -> float:
    return (abs(floor(point.latitude)) - _AUSTIN_LATITUDE) * _LAPSE_PER_DEGREE


def _chance(region: str, day: date, what: str, revision: int) -> float:
    """Return a number in [0, 1) that depends on nothing but its arguments."""
    key = f"{region}|{day.isoformat()}|{what}|{revision}".encode()
    return int.from_bytes(blake2b(key, digest_size=6).digest()) / 2**48
