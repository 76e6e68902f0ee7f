"""How Open-Meteo is asked: seldom, for all at once, in the place's own days."""

import asyncio
from datetime import date, timedelta

import pytest
from pydantic import SecretStr

from shared.adapters.open_meteo.weather import ATTRIBUTION
from shared.domain.places import GeoPoint
from shared.errors import Unavailable
from shared.ports.weather import Forecast, Sky
from tests.peers.open_meteo.bench import Bench
from tests.peers.open_meteo.peer import CLEAR, NOTHING, PLACES, RAIN
from tests.peers.open_meteo.peer import Sky as Said

AUSTIN = GeoPoint(latitude=30.2672, longitude=-97.7431)
CHICAGO = GeoPoint(latitude=41.8781, longitude=-87.6298)
TODAY, THURSDAY = date(2026, 5, 4), date(2026, 5, 7)


async def test_a_forecast_says_what_was_answered_and_whose_it_is(bench: Bench) -> None:
    bench.peer.say(THURSDAY, Said(63, 24.0, 17.5, 11.3, 0.1))
    assert await bench.process().forecast(AUSTIN, THURSDAY) == Forecast(
        day=THURSDAY,
        sky=Sky.RAINY,
        high_c=24.0,
        low_c=17.5,
        precipitation_mm=11.3,
        attribution=ATTRIBUTION,
    )


async def test_one_request_brings_all_days_of_a_cell_to_the_horizon(bench: Bench) -> None:
    weather = bench.process()
    for ahead in range(-1, 16):
        await weather.forecast(AUSTIN, TODAY + timedelta(days=ahead))
    # two more places within the cell 30.3,-97.7
    await weather.forecast(GeoPoint(latitude=30.3499, longitude=-97.6501), THURSDAY)
    await weather.forecast(GeoPoint(latitude=30.2501, longitude=-97.7499), THURSDAY)

    (asked,) = bench.peer.asked
    assert (asked["latitude"], asked["longitude"]) == ("30.3", "-97.7")
    assert (asked["timezone"], asked["forecast_days"], asked["past_days"]) == ("auto", "16", "1")
    assert bench.peer.requests == {"forecast": 1, "meta": 1}


async def test_another_cell_is_another_request(bench: Bench) -> None:
    weather = bench.process()
    await weather.forecast(AUSTIN, THURSDAY)
    await weather.forecast(CHICAGO, THURSDAY)
    assert len(bench.peer.asked) == 2


async def test_however_many_ask_at_once_it_is_fetched_once(bench: Bench) -> None:
    weather, bench.peer.gate = bench.process(), asyncio.Event()
    asking = [asyncio.create_task(weather.forecast(AUSTIN, THURSDAY)) for _ in range(50)]
    await bench.peer.waited.wait()
    bench.peer.gate.set()
    found = await asyncio.gather(*asking)
    assert len({each.model_dump_json() for each in found if each}) == 1
    assert bench.peer.requests == {"forecast": 1, "meta": 1}


async def test_who_gives_up_waiting_does_not_end_it_for_the_others(bench: Bench) -> None:
    weather, bench.peer.gate = bench.process(), asyncio.Event()
    first, second = (asyncio.create_task(weather.forecast(AUSTIN, THURSDAY)) for _ in range(2))
    await bench.peer.waited.wait()
    first.cancel()
    bench.peer.gate.set()
    assert await second is not None
    assert first.cancelled()
    assert bench.peer.requests == {"forecast": 1, "meta": 1}


async def test_processes_share_what_one_of_them_fetched(bench: Bench) -> None:
    await bench.process().forecast(AUSTIN, THURSDAY)
    assert await bench.process().forecast(AUSTIN, THURSDAY) is not None
    assert bench.peer.requests == {"forecast": 1, "meta": 1}


# --- until the next run of the model --------------------------------------------------------------------


async def test_it_is_asked_again_when_the_model_has_run_again(bench: Bench) -> None:
    """The clock shows 14:00; the run of 6:00 is there since 11:00, that of 12:00 will be at 17:00."""
    weather = bench.process()
    await weather.forecast(AUSTIN, THURSDAY)
    bench.peer.say(THURSDAY, RAIN)
    bench.clock.pass_(hours=2, minutes=59)
    before = await weather.forecast(AUSTIN, THURSDAY)
    bench.clock.pass_(minutes=20)
    after = await weather.forecast(AUSTIN, THURSDAY)

    assert before is not None
    assert after is not None
    assert (before.sky, after.sky) == (Sky.SUNNY, Sky.RAINY)
    assert bench.peer.requests["forecast"] == 2


async def test_a_run_that_not_all_servers_have_yet_does_not_count(bench: Bench) -> None:
    weather = bench.process()
    bench.clock.pass_(hours=2, minutes=55)
    await weather.forecast(AUSTIN, THURSDAY)
    bench.clock.pass_(minutes=12)  # 17:07: some server has it since 17:00
    await weather.forecast(AUSTIN, THURSDAY)
    assert bench.peer.requests == {"forecast": 1, "meta": 2}
    bench.clock.pass_(minutes=10)
    await weather.forecast(AUSTIN, THURSDAY)
    assert bench.peer.requests == {"forecast": 2, "meta": 3}


async def test_a_day_of_a_watcher_that_looks_hourly_costs_four_or_five_requests(bench: Bench) -> None:
    for hour in range(24):
        await bench.process().forecast(AUSTIN, THURSDAY)
        assert bench.peer.requests["meta"] == hour + 1
        bench.clock.pass_(hours=1)
    assert bench.peer.requests["forecast"] <= 5


async def test_a_model_that_stops_running_does_not_make_a_forecast_eternal(bench: Bench) -> None:
    weather = bench.process()
    stopped = bench.clock.now()
    await weather.forecast(AUSTIN, THURSDAY)
    bench.peer.now = lambda: stopped
    bench.clock.pass_(hours=6)
    await weather.forecast(AUSTIN, THURSDAY)
    assert bench.peer.requests["forecast"] == 2


async def test_without_metadata_a_forecast_counts_for_an_hour(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    weather = bench.process(open_meteo_model="no_such_model")
    for _ in range(4):
        await weather.forecast(AUSTIN, THURSDAY)
        bench.clock.pass_(minutes=20)
    assert bench.peer.requests["forecast"] == 2
    assert "no_such_model cannot be looked up: Open-Meteo answered 404: Not Found" in caplog.text


async def test_metadata_that_is_away_for_a_while_makes_nothing_old(bench: Bench) -> None:
    weather = bench.process()
    await weather.forecast(AUSTIN, THURSDAY)
    bench.clock.pass_(hours=1, minutes=30)
    bench.peer.faults = [503, 503]
    await weather.forecast(AUSTIN, THURSDAY)
    assert bench.peer.requests == {"forecast": 1, "meta": 3}


# --- days -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "today"),
    [
        ("America/Chicago", date(2026, 5, 4)),
        ("Asia/Tokyo", date(2026, 5, 4)),
        ("Pacific/Kiritimati", date(2026, 5, 5)),
    ],
)
async def test_days_are_the_place_s_own(bench: Bench, zone: str, today: date) -> None:
    """It is 14:00 in UTC, 23:00 in Tokyo, and 4:00 of the next day in Kiritimati."""
    weather = bench.process()
    for ahead in (-1, 0, 14):
        assert await weather.forecast(PLACES[zone], today + timedelta(days=ahead)) is not None
    for ahead in (-2, 15, 16):
        assert await weather.forecast(PLACES[zone], today + timedelta(days=ahead)) is None
    assert len(bench.peer.asked) == 1


async def test_a_day_beyond_every_horizon_is_not_even_asked_for(bench: Bench) -> None:
    assert await bench.process().forecast(AUSTIN, TODAY + timedelta(days=17)) is None
    assert not bench.peer.requests


async def test_a_day_that_comes_into_reach_is_found_later(bench: Bench) -> None:
    weather, day = bench.process(), TODAY + timedelta(days=16)
    assert await weather.forecast(AUSTIN, day) is None
    bench.clock.pass_(days=2)
    assert await weather.forecast(AUSTIN, day) is not None


async def test_a_gap_within_the_horizon_is_not_the_horizon(bench: Bench) -> None:
    weather = bench.process()
    bench.peer.say(THURSDAY, NOTHING)
    bench.peer.say(THURSDAY + timedelta(days=1), CLEAR._replace(rain=None))
    for ahead in (0, 1):
        with pytest.raises(Unavailable, match="gap"):
            await weather.forecast(AUSTIN, THURSDAY + timedelta(days=ahead))
    assert await weather.forecast(AUSTIN, THURSDAY + timedelta(days=2)) is not None


async def test_a_place_without_any_values_has_no_horizon(bench: Bench) -> None:
    for ahead in range(-1, 16):
        bench.peer.say(TODAY + timedelta(days=ahead), NOTHING)
    with pytest.raises(Unavailable, match="no values"):
        await bench.process().forecast(AUSTIN, THURSDAY)


# --- keys -----------------------------------------------------------------------------------------------


async def test_a_customer_s_key_goes_with_every_request(bench: Bench) -> None:
    bench.peer.key = "k-" + "loopback"
    assert await bench.process(open_meteo_key=SecretStr(bench.peer.key)).forecast(AUSTIN, THURSDAY)
    assert bench.peer.requests == {"forecast": 1, "meta": 1}


@pytest.mark.parametrize(
    ("key", "said"), [(None, "401: API key required"), ("k-other", "400: The supplied API key is invalid")]
)
async def test_a_key_that_is_wrong_or_missing_is_told_and_never_shown(
    bench: Bench, key: str | None, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    bench.peer.key = "k-" + "loopback"
    with pytest.raises(Unavailable, match=said) as refused:
        await bench.process(open_meteo_key=None if key is None else SecretStr(key)).forecast(AUSTIN, THURSDAY)
    shown = f"{refused.value!r} {refused.value.__cause__!r} {refused.value.__context__!r} {caplog.text}"
    assert "k-other" not in shown
    assert bench.peer.requests["forecast"] == 1, "a refusal is not asked for twice"
