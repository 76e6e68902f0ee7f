"""Open-Meteo that fails in every way: a clear end, no useless asking, and the last answer for a while."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from shared.adapters.open_meteo.calls import CONTAINER, DOCUMENT, PARTITION
from shared.adapters.open_meteo.client import WEIGHT
from shared.domain.places import GeoPoint
from shared.errors import Unavailable
from shared.ports.weather import Sky
from tests.peers.open_meteo.bench import Bench
from tests.peers.open_meteo.peer import RAIN

AUSTIN = GeoPoint(latitude=30.2672, longitude=-97.7431)
THURSDAY = date(2026, 5, 7)


async def settled(bench: Bench, **settings: Any) -> Any:
    """A process that knows the latest run, so that the next request is one for a forecast."""
    weather = bench.process(**settings)
    await weather._sheets._runs.latest()
    bench.peer.requests.clear()
    return weather


@pytest.mark.parametrize("fault", [500, 502, 503, "drop"])
async def test_a_request_that_fails_is_made_once_more(bench: Bench, fault: Any) -> None:
    weather = await settled(bench)
    bench.peer.faults = [fault]
    assert await weather.forecast(AUSTIN, THURSDAY) is not None
    assert bench.peer.requests["forecast"] == 2


@pytest.mark.parametrize(("fault", "times"), [(500, 2), (503, 2), ("hang", 2), ("drop", 4)])
async def test_twice_is_enough(bench: Bench, fault: Any, times: int) -> None:
    """aiohttp itself repeats a GET whose connection breaks."""
    weather = await settled(bench, outbound_timeout=timedelta(milliseconds=200))
    bench.peer.faults = [fault] * times
    with pytest.raises(Unavailable):
        await weather.forecast(AUSTIN, THURSDAY)
    assert bench.peer.requests["forecast"] == times
    assert await weather.forecast(AUSTIN, THURSDAY) is not None


@pytest.mark.parametrize("fault", [301, 400, 404, "garbage", "cut", "huge", "torn"])
async def test_an_answer_that_is_none_is_not_asked_for_again_at_once(bench: Bench, fault: Any) -> None:
    weather = await settled(bench)
    bench.peer.faults = [fault]
    with pytest.raises(Unavailable):
        await weather.forecast(AUSTIN, THURSDAY)
    assert bench.peer.requests["forecast"] == 1
    assert await bench.store.read("weather", "30.3,-97.7", "open-meteo") is None, "nothing is remembered"
    assert await weather.forecast(AUSTIN, THURSDAY) is not None


@pytest.mark.parametrize("fault", [500, "drop", "garbage", "cut", "huge", "torn", 400, 429])
async def test_no_error_shows_the_key_or_the_url(
    bench: Bench, fault: Any, caplog: pytest.LogCaptureFixture
) -> None:
    bench.peer.key = "k-" + "loopback"
    weather = await settled(bench, open_meteo_key=SecretStr(bench.peer.key))
    bench.peer.faults = [fault] * 4
    with pytest.raises(Unavailable) as failed:
        await weather.forecast(AUSTIN, THURSDAY)
    error: BaseException | None = failed.value
    shown = [caplog.text]
    while error is not None:
        shown.append(f"{error!r}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    assert "loopback" not in " ".join(shown)
    assert "latitude" not in " ".join(shown)


async def test_a_refusal_is_told_in_open_meteo_s_words(bench: Bench) -> None:
    weather = await settled(bench)
    bench.peer.faults = [400]
    with pytest.raises(Unavailable, match="Open-Meteo answered 400: Something went wrong"):
        await weather.forecast(AUSTIN, THURSDAY)


async def test_a_failing_service_is_left_in_peace_and_then_tried_again(bench: Bench) -> None:
    weather, bench.peer.away = await settled(bench), True
    for number in range(20):
        with pytest.raises(Unavailable):
            await weather.forecast(GeoPoint(latitude=number, longitude=0), THURSDAY)
    assert bench.peer.requests["forecast"] == 5, "and then none for a while"
    used = await bench.store.read(CONTAINER, PARTITION, DOCUMENT)
    assert used is not None
    assert used.body["day"]["calls"] == pytest.approx(5 * WEIGHT, abs=0.01), "what is not asked is not spent"

    bench.clock.pass_(seconds=10)
    with pytest.raises(Unavailable, match="failed again and again"):
        await weather.forecast(AUSTIN, THURSDAY)
    assert bench.peer.requests["forecast"] == 6, "one tries it"

    bench.peer.away = False
    bench.clock.pass_(seconds=10)
    assert await weather.forecast(AUSTIN, THURSDAY) is not None
    assert await weather.forecast(GeoPoint(latitude=1, longitude=0), THURSDAY) is not None


async def test_metadata_that_fails_for_a_day_keeps_no_forecast_away(bench: Bench) -> None:
    weather = await settled(bench)
    for _ in range(24):
        bench.clock.pass_(hours=1)
        bench.peer.faults = [503, 503]
        assert await weather.forecast(AUSTIN, THURSDAY) is not None
    assert bench.peer.requests["forecast"] >= 4
    assert bench.peer.requests["meta"] >= 24, "it is looked for all the time"


async def test_the_last_answer_counts_for_half_a_day_and_no_longer(bench: Bench) -> None:
    weather = bench.process()
    await weather.forecast(AUSTIN, THURSDAY)
    bench.peer.away = True
    bench.peer.say(THURSDAY, RAIN)
    for _ in range(11):
        bench.clock.pass_(hours=1)
        known = await weather.forecast(AUSTIN, THURSDAY)
        assert known is not None
        assert known.sky is Sky.SUNNY
    assert await bench.process().forecast(AUSTIN, THURSDAY) is not None, "another process has it as well"
    bench.clock.pass_(hours=1)
    with pytest.raises(Unavailable):
        await weather.forecast(AUSTIN, THURSDAY)

    bench.peer.away = False
    bench.clock.pass_(hours=1)
    again = await weather.forecast(AUSTIN, THURSDAY)
    assert again is not None
    assert again.sky is Sky.RAINY


async def test_a_url_that_must_not_be_called_is_unavailable(bench: Bench) -> None:
    with pytest.raises(Unavailable):
        await bench.process(url="ftp://open-meteo.example").forecast(AUSTIN, THURSDAY)
    assert not bench.peer.requests
