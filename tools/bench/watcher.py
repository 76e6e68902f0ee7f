"""(c) One tick of the watcher over 100,000 active standing intents, and how often it asks the outside."""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from shared.bootstrap import App, bootstrap
from shared.chosen_adapters import Ports
from shared.domain.conditions import Condition, DayLookup, LookupKey, lookups
from shared.domain.places import cell_point
from shared.services.watcher import Tick
from shared.settings import Settings
from tools.bench.figures import Figure, median
from tools.bench.watched import CELLS, ZONE, CountingWeather, Crowd, FixedClock, SwallowingBus, conditions

INTENTS = 100_000
ROUNDS = 3
AIM_SECONDS = 10
PRODUCTS = 60
NOW = datetime(2026, 5, 4, 14, tzinfo=UTC)


def measure() -> list[Figure]:
    """Build the crowd, then look at the world."""
    return asyncio.run(look_at(INTENTS))


async def look_at(count: int) -> list[Figure]:
    """Let `count` customers wait and measure the ticks."""
    weather = CountingWeather()
    async with _app(weather) as app:
        made = conditions(sorted(app.catalogue.index.products)[:PRODUCTS])
        await Crowd(app, made).grow(count)
        weather.asked.clear()
        calm = [await _tick(app, count) for _ in range(ROUNDS)]
        asked = len(weather.asked) // ROUNDS
        weather.sunny_at = cell_point(CELLS[1])
        turned = await _tick(app, count)
    return _figures(count, calm, turned, asked=asked, expected=_expected(made, app.settings))


@contextlib.asynccontextmanager
async def _app(weather: CountingWeather) -> AsyncIterator[App]:
    with tempfile.TemporaryDirectory() as folder:
        ports = Ports(clock=FixedClock(NOW), weather=weather, bus=SwallowingBus())
        app = bootstrap(Settings(data_dir=Path(folder)), ports)
        try:
            await app.catalogue.seed()
            await app.catalogue.refresh()
            yield app
        finally:
            await app.store.close()


async def _tick(app: App, count: int) -> tuple[float, Tick]:
    began = time.perf_counter()
    tick = await app.watcher.tick()
    taken = time.perf_counter() - began
    if tick.watched != count:
        raise RuntimeError(f"the tick looked at {tick.watched} intents, not at {count}")
    return taken, tick


def _expected(made: Sequence[Condition], settings: Settings) -> set[LookupKey]:
    zone, horizon = ZoneInfo(ZONE), settings.forecast_horizon
    return {key for condition in made for key in lookups(condition, NOW, zone, horizon=horizon)}


def _figures(
    count: int,
    calm: Sequence[tuple[float, Tick]],
    turned: tuple[float, Tick],
    *,
    asked: int,
    expected: set[LookupKey],
) -> list[Figure]:
    forecasts = sum(isinstance(key, DayLookup) for key in expected)
    return [
        Figure(
            name=f"tick over {count:,} intents",
            ours=median([taken for taken, _ in calm]),
            unit="s",
            aim=AIM_SECONDS,
            note=f"{calm[0][1].conditions} distinct conditions, nothing changed since the tick before",
        ),
        Figure(
            name="the same, a forecast just turned",
            ours=turned[0],
            unit="s",
            aim=AIM_SECONDS,
            note=f"{turned[1].changed:,} intents get a new line in their IF/THEN map",
        ),
        _exactly("lookups per tick", calm[0][1].lookups, len(expected), "distinct places, days and products"),
        _exactly("forecasts asked for per tick", asked, forecasts, "distinct places and days"),
    ]


def _exactly(name: str, counted: int, wanted: int, of: str) -> Figure:
    return Figure(name=name, ours=counted, unit="", aim=wanted, note=f"there are {wanted} {of}")
