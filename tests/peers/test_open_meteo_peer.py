"""The tests' own Open-Meteo refuses what Open-Meteo refuses, in its words, and answers in its shape."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.clocks import HandClock
from tests.peers.open_meteo.peer import OpenMeteoPeer, running_peer

RECORDINGS = Path(__file__).parent / "open_meteo" / "recordings"
GOOD = {"latitude": "52.52", "longitude": "13.41", "daily": "weather_code", "timezone": "auto"}
UNKNOWN = "Data corrupted at path ''. Cannot initialize ForecastVariableDaily from invalid String value "


@pytest.fixture
async def peer() -> AsyncIterator[OpenMeteoPeer]:
    async with running_peer(HandClock().now) as peer:
        yield peer


async def ask(peer: OpenMeteoPeer, **changes: str) -> tuple[int, Any, str | None]:
    query = {name: value for name, value in {**GOOD, **changes}.items() if value}
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{peer.url}/v1/forecast", params=query) as answer,
    ):
        return answer.status, await answer.json(), answer.headers.get("Content-Encoding")


def recorded(name: str) -> Any:
    return json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))


async def test_a_latitude_is_refused_as_was_recorded(peer: OpenMeteoPeer) -> None:
    assert (await ask(peer, latitude="999"))[:2] == (400, recorded("latitude"))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"longitude": "-180.1"}, "Longitude must be in range of -180 to 180\u00b0. Given: -180.1."),
        ({"daily": "weather_code,wether"}, f"{UNKNOWN}wether."),
        ({"timezone": "Europe/Atlantis"}, "Invalid timezone"),
        ({"forecast_days": "17"}, "Forecast days is invalid. Allowed range 0 to 16. Given 17."),
        ({"past_days": "93"}, "Past days is invalid. Allowed range 0 to 92. Given 93."),
    ],
)
async def test_wrong_parameters_are_refused_with_a_reason_and_not_counted(
    peer: OpenMeteoPeer, changes: dict[str, str], reason: str
) -> None:
    assert (await ask(peer, **changes))[:2] == (400, {"error": True, "reason": reason})
    assert peer.asked == []
    assert peer.calls("Daily") == 0


async def test_an_answer_has_the_shape_of_a_recorded_one(peer: OpenMeteoPeer) -> None:
    real = recorded("berlin")
    names = "weather_code,temperature_2m_max,temperature_2m_min,precipitation_sum"
    status, answer, packed = await ask(peer, daily=names, forecast_days="4")
    assert (status, packed) == (200, "deflate"), "as Open-Meteo packs what it sends"
    assert answer.keys() == real.keys()
    assert answer["timezone"] == real["timezone"]
    for name, values in answer["daily"].items():
        assert len(values) == len(real["daily"][name])
        assert answer["daily_units"][name] == real["daily_units"][name]
        assert {type(value) for value in values} <= {type(value) for value in real["daily"][name]}


async def test_limits_are_kept_by_weight(peer: OpenMeteoPeer) -> None:
    await ask(peer, forecast_days="14")
    assert peer.calls("Hourly") == 1
    await ask(peer, forecast_days="16", past_days="12")
    assert peer.calls("Hourly") == 3
    peer.others_call(600)
    status, refused, _ = await ask(peer)
    assert (status, refused["reason"]) == (
        429,
        "Minutely API request limit exceeded. Please try again in one minute.",
    )
