"""An API like Open-Meteo's on loopback: one forecast for everywhere, parameters checked, calls counted.

Its refusals and limits are written after Open-Meteo's source, its answers after recorded ones (`recordings`).
Like Open-Meteo it packs what it sends unless it is asked not to.
"""

import asyncio
import contextlib
import json
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from aiohttp import web

from shared.domain.places import GeoPoint
from tests.peers.loopback import on_loopback

Fault = int | Literal["drop", "hang", "garbage", "cut", "huge", "torn"]
"""A status, or: no answer, one that never comes, no JSON, half of it, too much of it, a part missing."""

RUN_EVERY, RUN_TAKES = timedelta(hours=6), timedelta(hours=5)
LIMITS = {"Minutely": 600.0, "Hourly": 5_000.0, "Daily": 10_000.0}
_AGAIN = {"Minutely": "in one minute", "Hourly": "in the next hour", "Daily": "tomorrow"}
_LETTERS = {"Minutely": 16, "Hourly": 13, "Daily": 10}
MODELS = {"ncep_gfs013", "dwd_icon_d2"}
KNOWN = {
    "weather_code": "wmo code",
    "temperature_2m_max": "\u00b0C",
    "temperature_2m_min": "\u00b0C",
    "precipitation_sum": "mm",
    "sunshine_duration": "s",
    "daylight_duration": "s",
    "wind_speed_10m_max": "km/h",
}
PLACES = {
    "America/Chicago": GeoPoint(latitude=30.3, longitude=-97.7),
    "Europe/Berlin": GeoPoint(latitude=52.5, longitude=13.4),
    "Asia/Tokyo": GeoPoint(latitude=35.7, longitude=139.7),
    "Pacific/Kiritimati": GeoPoint(latitude=1.9, longitude=-157.4),
}
"""Where `timezone=auto` finds which zone: that of the nearest."""

DAYLIGHT = 48_000.0


class Sky(NamedTuple):
    """What is forecast for a day; `sun` is the share of the daylight in which it shines."""

    code: int | None
    high: float | None = 29.4
    low: float | None = 18.1
    rain: float | None = 0.0
    sun: float | None = 0.9


CLEAR, OVERCAST, RAIN = Sky(0), Sky(3, sun=0.2), Sky(63, 24.0, 17.5, 11.3, 0.1)
NOTHING = Sky(None, None, None, None, None)


class Refused(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass
class OpenMeteoPeer:
    """A running peer. `script` says of days what is forecast, and from when on; other days are clear."""

    now: Callable[[], datetime]
    url: str = ""
    key: str | None = None
    script: list[tuple[datetime | None, date, Sky]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    away: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    """The query of every request for a forecast that was answered with one."""
    requests: Counter[str] = field(default_factory=Counter)
    """How many there were of each kind, whatever came of them."""
    used: dict[str, tuple[str, float]] = field(default_factory=dict)
    """Calls that others made from the same address count as well."""
    waited: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once a request waits at the gate."""
    gate: asyncio.Event | None = None
    """While it is there and not set, answers wait."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def say(self, day: date, sky: Sky, *, since: datetime | None = None) -> None:
        """Let the forecast for a day be so, from now or from an instant on."""
        self.script.append((since, day, sky))

    async def serve(self, request: web.Request) -> web.StreamResponse:
        kind = "forecast" if request.path == "/v1/forecast" else "meta"
        self.requests[kind] += 1
        if self.gate is not None:
            self.waited.set()
            await self.gate.wait()
        fault: Fault | None = 503 if self.away else self.faults.pop(0) if self.faults else None
        try:
            if isinstance(fault, int):
                raise Refused(fault, "Something went wrong")
            answer = self._forecast(request) if kind == "forecast" else self._meta(request)
        except Refused as refused:
            return _packed(request, {"reason": refused.reason, "error": True}, refused.status)
        if fault is not None:
            return await self._spoilt(request, fault, answer)
        return _packed(request, answer)

    async def _spoilt(self, request: web.Request, fault: str, answer: Any) -> web.Response:
        text = json.dumps(answer)
        if fault == "hang":
            await self.stopping.wait()
        if fault in ("drop", "hang"):
            assert request.transport is not None
            request.transport.close()
        if fault == "torn":
            answer.get("daily", {}).pop("precipitation_sum", None)
            answer.pop("last_run_initialisation_time", None)
            text = json.dumps(answer)
        bodies = {
            "garbage": "<html>We'll be right back</html>",
            "cut": text[:-9],
            "huge": text + " " * 1_000_000,
        }
        return web.Response(text=bodies.get(fault, text), content_type="application/json")

    # --- what is answered -------------------------------------------------------------------------------

    def _meta(self, request: web.Request) -> Any:
        model = request.path.removeprefix("/data/").removesuffix("/static/meta.json")
        if model not in MODELS:
            raise Refused(404, "Not Found")
        self._admit(request.query.get("apikey"))
        run = self._run()
        seconds = {"initialisation": run, "modification": run + RUN_TAKES, "availability": run + RUN_TAKES}
        return {
            **{f"last_run_{name}_time": int(at.timestamp()) for name, at in seconds.items()},
            "temporal_resolution_seconds": 3600,
            "update_interval_seconds": int(RUN_EVERY.total_seconds()),
        }

    def _run(self) -> datetime:
        """The latest run that is available."""
        ready = self.now() - RUN_TAKES
        return ready.replace(hour=ready.hour // 6 * 6, minute=0, second=0, microsecond=0)

    def _forecast(self, request: web.Request) -> Any:
        query = dict(request.query)
        self._admit(query.pop("apikey", None))
        self._within_limits()
        latitude = _number(query, "latitude", 90)
        longitude = _number(query, "longitude", 180)
        ahead, past = _days(query, "forecast_days", 7, 16), _days(query, "past_days", 0, 92)
        names = [name for name in query.get("daily", "").split(",") if name]
        for name in names:
            if name not in KNOWN:
                said = f"Cannot initialize ForecastVariableDaily from invalid String value {name}."
                raise Refused(400, f"Data corrupted at path ''. {said}")
        zone = _zone(query.get("timezone", "GMT"), latitude, longitude)
        self._count(max(1.0, len(names) / 10) * max(1.0, (ahead + past) / 14))
        self.asked.append(query)
        now = self.now().astimezone(zone)
        days = [now.date() + timedelta(days=n) for n in range(-past, ahead)]
        skies = [self._sky(day) for day in days]
        if ahead == 16:
            skies[-1] = NOTHING  # the models do not reach that far
        offset = now.utcoffset() or timedelta()
        return {
            "latitude": round(latitude, 2),
            "longitude": round(longitude, 2) + 1e-6,
            "generationtime_ms": 0.0938,
            "utc_offset_seconds": int(offset.total_seconds()),
            "timezone": zone.key,
            "timezone_abbreviation": now.tzname(),
            "elevation": 149.0,
            "daily_units": {"time": "iso8601", **{name: KNOWN[name] for name in names}},
            "daily": {
                "time": [day.isoformat() for day in days],
                **{name: [_value(name, sky) for sky in skies] for name in names},
            },
        }

    def _sky(self, day: date) -> Sky:
        said = [sky for since, of, sky in self.script if of == day and (not since or since <= self.now())]
        return said[-1] if said else CLEAR

    # --- keys and limits --------------------------------------------------------------------------------

    def _admit(self, key: str | None) -> None:
        if self.key is not None and key is None:
            raise Refused(401, "API key required. Please add &apikey= to the URL.")
        if self.key is not None and key != self.key:
            raise Refused(400, "The supplied API key is invalid.")

    def _within_limits(self) -> None:
        if self.key is not None:
            return
        for window, limit in LIMITS.items():
            if self.calls(window) >= limit:
                raise Refused(429, f"{window} API request limit exceeded. Please try again {_AGAIN[window]}.")

    def calls(self, window: str) -> float:
        """How many are used of the current minute, hour or day."""
        name, calls = self.used.get(window, ("", 0.0))
        return calls if name == self._name(window) else 0.0

    def _count(self, weight: float) -> None:
        self.used = {window: (self._name(window), self.calls(window) + weight) for window in LIMITS}

    def others_call(self, times: float) -> None:
        """Let others use as many calls right now."""
        self._count(times)

    def _name(self, window: str) -> str:
        return self.now().isoformat()[: _LETTERS[window]]


def _value(name: str, sky: Sky) -> float | None:
    values = {
        "weather_code": sky.code,
        "temperature_2m_max": sky.high,
        "temperature_2m_min": sky.low,
        "precipitation_sum": sky.rain,
        "sunshine_duration": None if sky.sun is None else round(sky.sun * DAYLIGHT, 2),
        "daylight_duration": DAYLIGHT,
    }
    return values.get(name, 11.5)


def _number(query: dict[str, str], name: str, most: int) -> float:
    try:
        value = float(query[name])
    except (KeyError, ValueError):
        raise Refused(400, f"Value of type 'String' required for key '{name}'.") from None
    if not -most <= value <= most:
        raise Refused(400, f"{name.title()} must be in range of -{most} to {most}\u00b0. Given: {value}.")
    return value


def _days(query: dict[str, str], name: str, default: int, most: int) -> int:
    value = int(query.get(name, default))
    if not 0 <= value <= most:
        what = name.replace("_", " ").capitalize()
        raise Refused(400, f"{what} is invalid. Allowed range 0 to {most}. Given {value}.")
    return value


def _zone(name: str, latitude: float, longitude: float) -> ZoneInfo:
    if name == "auto":
        here = GeoPoint(latitude=latitude, longitude=longitude)
        return ZoneInfo(min(PLACES, key=lambda zone: here.metres_to(PLACES[zone])))
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError):
        raise Refused(400, "Invalid timezone") from None


def _packed(request: web.Request, answer: Any, status: int = 200) -> web.Response:
    body = json.dumps(answer, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if "deflate" in request.headers.get("Accept-Encoding", "deflate"):
        body, headers["Content-Encoding"] = zlib.compress(body), "deflate"
    return web.Response(body=body, status=status, headers=headers)


@contextlib.asynccontextmanager
async def running_peer(now: Callable[[], datetime]) -> AsyncIterator[OpenMeteoPeer]:
    peer = OpenMeteoPeer(now)
    async with on_loopback(peer.serve) as url:
        peer.url = url
        try:
            yield peer
        finally:
            peer.stopping.set()
            if peer.gate is not None:
                peer.gate.set()
