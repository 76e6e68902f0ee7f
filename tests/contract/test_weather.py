"""The contract of the weather port: one suite for the embedded weather and for Open-Meteo.

A weather is added to RIGS together with a way to make it and to take it away.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

import pytest

from shared.adapters.recorded_weather import RecordedWeather
from shared.adapters.sqlite_store import SqliteStore
from shared.domain.places import GeoPoint, cell_of, cell_point
from shared.ports.weather import Sky, Weather
from tests.clocks import HandClock
from tests.peers.open_meteo.bench import Bench, running_bench
from tests.peers.open_meteo.peer import Sky as Said

AUSTIN = GeoPoint(latitude=30.2672, longitude=-97.7431)
TODAY, THURSDAY = date(2026, 5, 4), date(2026, 5, 7)
"""Monday and Thursday; it is 9:00 in Austin."""


CODES = {Sky.SUNNY: 0, Sky.CLOUDY: 3, Sky.RAINY: 63, Sky.SNOWY: 73, Sky.STORMY: 95}


class Rig(Protocol):
    """A weather, its clock, and what a test may let be forecast around Austin."""

    clock: HandClock

    @property
    def weather(self) -> Weather: ...

    async def makes(self, day: date, sky: Sky) -> None: ...


class EmbeddedRig:
    """The embedded weather, which is scripted."""

    def __init__(self, weather: RecordedWeather, clock: HandClock) -> None:
        self.weather = weather
        self.clock = clock

    async def makes(self, day: date, sky: Sky) -> None:
        await self.weather.set_override(AUSTIN, day=day, sky=sky)


class OpenMeteoRig:
    """The adapter to Open-Meteo, and the server that it really talks to."""

    def __init__(self, bench: Bench) -> None:
        self.weather = bench.process()
        self.clock = bench.clock
        self._peer = bench.peer

    async def makes(self, day: date, sky: Sky) -> None:
        self._peer.say(day, Said(CODES[sky], sun=0.9 if sky is Sky.SUNNY else 0.1))


@contextlib.asynccontextmanager
async def embedded(data: Path) -> AsyncIterator[Rig]:
    clock = HandClock()
    store = SqliteStore(data / "store.sqlite", clock)
    yield EmbeddedRig(RecordedWeather(clock, store), clock)
    await store.close()


@contextlib.asynccontextmanager
async def open_meteo(data: Path) -> AsyncIterator[Rig]:
    async with running_bench(data) as bench:
        yield OpenMeteoRig(bench)


RIGS: dict[str, Callable[[Path], AbstractAsyncContextManager[Rig]]] = {
    "embedded": embedded,
    "open_meteo": open_meteo,
}


@pytest.fixture(params=RIGS)
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    async with RIGS[request.param](tmp_path) as rig:
        yield rig


@pytest.mark.parametrize("sky", Sky)
async def test_a_forecast_is_of_the_day_and_says_its_sky(rig: Rig, sky: Sky) -> None:
    await rig.makes(THURSDAY, sky)
    found = await rig.weather.forecast(AUSTIN, THURSDAY)
    assert found is not None
    assert (found.day, found.sky) == (THURSDAY, sky)


async def test_its_numbers_are_those_of_a_day_on_earth(rig: Rig) -> None:
    for ahead in range(14):
        found = await rig.weather.forecast(AUSTIN, TODAY + timedelta(days=ahead))
        assert found is not None
        assert -90 < found.low_c <= found.high_c < 60
        assert 0 <= found.precipitation_mm < 2000


async def test_every_day_of_the_next_two_weeks_has_one_and_a_day_far_off_has_none(rig: Rig) -> None:
    for ahead in range(15):
        assert await rig.weather.forecast(AUSTIN, TODAY + timedelta(days=ahead)) is not None
    for ahead in (17, 30, 365):
        assert await rig.weather.forecast(AUSTIN, TODAY + timedelta(days=ahead)) is None


async def test_yesterday_is_known(rig: Rig) -> None:
    """For customers for whom it is still yesterday."""
    assert await rig.weather.forecast(AUSTIN, TODAY - timedelta(days=1)) is not None


async def test_the_same_question_at_the_same_instant_has_one_answer(rig: Rig) -> None:
    found = await asyncio.gather(*(rig.weather.forecast(AUSTIN, THURSDAY) for _ in range(5)))
    assert len({each.model_dump_json() for each in found if each}) == 1
    in_its_cell = await rig.weather.forecast(cell_point(cell_of(AUSTIN)), THURSDAY)
    assert in_its_cell == found[0]


async def test_a_forecast_that_turns_is_seen_within_half_a_day(rig: Rig) -> None:
    await rig.makes(THURSDAY, Sky.SUNNY)
    before = await rig.weather.forecast(AUSTIN, THURSDAY)
    await rig.makes(THURSDAY, Sky.STORMY)
    rig.clock.pass_(hours=12)
    after = await rig.weather.forecast(AUSTIN, THURSDAY)
    assert before is not None
    assert after is not None
    assert (before.sky, after.sky) == (Sky.SUNNY, Sky.STORMY)


@pytest.mark.parametrize(
    "point",
    [
        GeoPoint(latitude=90, longitude=0),
        GeoPoint(latitude=-90, longitude=180),
        GeoPoint(latitude=0.04, longitude=-179.99),
        GeoPoint(latitude=-0.01, longitude=0.01),
    ],
)
async def test_there_is_a_weather_everywhere(rig: Rig, point: GeoPoint) -> None:
    assert await rig.weather.forecast(point, THURSDAY) is not None
