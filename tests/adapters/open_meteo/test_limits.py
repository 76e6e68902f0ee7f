"""The API's limits: counted for all processes, never gone over, believed when Open-Meteo counts otherwise."""

import asyncio
from datetime import date

import pytest

from shared.adapters.open_meteo.calls import Calls, Spent
from shared.adapters.open_meteo.client import WEIGHT
from shared.domain.places import GeoPoint
from shared.errors import Unavailable
from tests.peers.open_meteo.bench import Bench
from tests.peers.open_meteo.peer import LIMITS

THURSDAY = date(2026, 5, 7)


def cell(number: int) -> GeoPoint:
    """Places in cells of their own."""
    return GeoPoint(latitude=number / 10 - 80, longitude=10.0)


async def test_every_request_counts_as_open_meteo_counts_it(bench: Bench) -> None:
    weather, other = bench.process(), bench.process()
    for number in range(10):
        await (weather if number % 2 else other).forecast(cell(number), THURSDAY)
    counted = await bench.store.read("weather", "open-meteo", "calls")
    assert counted is not None
    for window, peer_s in (("minute", "Minutely"), ("hour", "Hourly"), ("day", "Daily")):
        assert counted.body[window]["calls"] == pytest.approx(10 * WEIGHT, abs=0.01)
        assert bench.peer.calls(peer_s) == pytest.approx(10 * WEIGHT)


async def test_a_minute_s_share_of_the_budget_is_not_gone_over_and_the_next_minute_has_its_own(
    bench: Bench,
) -> None:
    weather = bench.process(open_meteo_calls_per_day=100)  # six a minute: four requests
    for number in range(4):
        await weather.forecast(cell(number), THURSDAY)
    with pytest.raises(Unavailable, match="calls of this minute are used up"):
        await weather.forecast(cell(4), THURSDAY)
    assert bench.peer.requests["forecast"] == 4
    bench.clock.pass_(minutes=1)
    await weather.forecast(cell(4), THURSDAY)
    assert bench.peer.requests["forecast"] == 5


async def test_neither_are_an_hour_s_and_a_day_s(bench: Bench) -> None:
    calls = Calls(bench.store, bench.clock, per_day=100)
    for _ in range(10):
        await calls.spend(5)
        bench.clock.pass_(minutes=1)
    with pytest.raises(Spent, match="calls of this hour are used up"):
        await calls.spend(5)
    for _ in range(10):
        bench.clock.pass_(minutes=50)
        await calls.spend(5)
    bench.clock.pass_(hours=1)
    with pytest.raises(Spent, match="calls of this day are used up"):
        await calls.spend(5)
    bench.clock.pass_(hours=4)
    await calls.spend(5)


async def test_what_is_remembered_costs_nothing_when_the_budget_is_used_up(bench: Bench) -> None:
    weather = bench.process(open_meteo_calls_per_day=100)
    for number in range(4):
        await weather.forecast(cell(number), THURSDAY)
    for number in range(4):
        assert await weather.forecast(cell(number), THURSDAY) is not None


async def test_many_at_once_are_all_counted(bench: Bench) -> None:
    calls = [Calls(bench.store, bench.clock, per_day=10_000) for _ in range(8)]
    await asyncio.gather(*(each.spend(1) for each in calls for _ in range(5)))
    counted = await bench.store.read("weather", "open-meteo", "calls")
    assert counted is not None
    assert counted.body["minute"]["calls"] == 40


@pytest.mark.parametrize(
    ("window", "named", "still", "over"),
    [
        ("Minutely", "minute", {"seconds": 59}, {"minutes": 1}),
        ("Hourly", "hour", {"minutes": 59}, {"hours": 1}),
        ("Daily", "day", {"hours": 9}, {"hours": 10}),
    ],
)
async def test_when_others_used_the_address_up_nobody_asks_until_it_is_over(
    bench: Bench, window: str, named: str, still: dict[str, float], over: dict[str, float]
) -> None:
    """The clock shows 14:00 in UTC, where a day of Open-Meteo's ends at midnight."""
    bench.peer.used[window] = (bench.peer._name(window), LIMITS[window])
    with pytest.raises(Unavailable, match=f"no more calls: {window} API request limit exceeded"):
        await bench.process().forecast(cell(0), THURSDAY)
    assert bench.peer.requests["forecast"] == 1, "it is not asked twice"

    start = bench.clock.now()
    bench.clock.pass_(**still)
    for number in range(5):  # another process knows as well, and it is no failure that opens a breaker
        with pytest.raises(Unavailable, match=f"calls of this {named} are used up"):
            await bench.process().forecast(cell(number), THURSDAY)
    assert bench.peer.requests["forecast"] == 1

    bench.clock.instant = start
    bench.clock.pass_(**over)
    assert await bench.process().forecast(cell(0), THURSDAY) is not None
