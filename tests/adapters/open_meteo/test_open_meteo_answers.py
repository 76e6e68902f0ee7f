"""What Open-Meteo really answered, read; and what its codes mean."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from shared.adapters.open_meteo.answers import DAILY, SKIES, DailyAnswer, Day, MetaAnswer, Refusal
from shared.errors import Unavailable
from shared.ports.weather import Sky

RECORDINGS = Path(__file__).parents[2] / "peers" / "open_meteo" / "recordings"
DOCUMENTED = [0, 1, 2, 3, 45, 48, 51, 53, 55, 56, 57, 61, 63, 65, 66, 67, 71, 73, 75, 77, 80, 81, 82, 85, 86]
"""The codes of open-meteo.com/en/docs, but for thunder."""

THUNDER = [95, 96, 99]


def recorded(name: str) -> dict[date, Day]:
    answer = DailyAnswer.model_validate_json((RECORDINGS / f"{name}.json").read_bytes())
    return {each.day: each for each in answer.days()}


def day(**given: Any) -> Day:
    dry = {"code": 0, "high": 30.0, "low": 20.0, "rain": 0.0, "sunshine": None, "daylight": None}
    return Day.model_validate({"day": date(2026, 5, 7), **dry, **given})


def columns(**given: Any) -> dict[str, Any]:
    daily = {"time": ["2026-05-07"], **{name: [1.0] for name in DAILY}, **given.pop("daily", {})}
    units = {"temperature_2m_max": "\u00b0C", "temperature_2m_min": "\u00b0C", "precipitation_sum": "mm"}
    return {"daily": daily, "daily_units": {**units, **given.pop("daily_units", {})}}


def test_bright_days_with_an_overcast_hour_or_fog_are_told_by_their_sun() -> None:
    """Recorded in the Netherlands: codes 3, 45 and 3, and the sun for 83, 62 and 94 % of the daylight."""
    days = recorded("almelo")
    assert [each.code for each in days.values()] == [3, 45, 3]
    assert [each.forecast().sky for each in days.values()] == [Sky.SUNNY, Sky.CLOUDY, Sky.SUNNY]
    third = days[date(2026, 10, 5)].forecast()
    assert (third.high_c, third.low_c, third.precipitation_mm) == (22.2, 11.6, 0.0)


def test_without_the_sun_the_code_counts_alone() -> None:
    days = recorded("jacui")
    skies = [each.forecast().sky for each in days.values()]
    storm, rain = Sky.STORMY, Sky.RAINY
    assert skies == [storm, rain, storm, storm, rain, storm, Sky.CLOUDY]
    assert days[date(2025, 6, 18)].forecast().precipitation_mm == 134.2
    assert {each.forecast().sky for each in recorded("berlin").values()} == {Sky.CLOUDY}


def test_a_refusal_and_metadata_are_read() -> None:
    refused = Refusal.model_validate_json((RECORDINGS / "latitude.json").read_bytes())
    assert refused == Refusal(
        error=True, reason="Latitude must be in range of -90 to 90\u00b0. Given: 999.0."
    )
    meta = MetaAnswer.model_validate_json((RECORDINGS / "meta.json").read_bytes())
    assert meta.last_run_availability_time - meta.last_run_initialisation_time == 5094


def test_every_documented_code_has_a_sky() -> None:
    assert sorted(SKIES) == [*DOCUMENTED, *THUNDER]
    assert {SKIES[code] for code in THUNDER} == {Sky.STORMY}
    assert not {SKIES[code] for code in DOCUMENTED} & {Sky.STORMY}


@pytest.mark.parametrize(
    ("code", "sun", "sky"),
    [
        (0, 0.1, Sky.SUNNY),
        (1, None, Sky.SUNNY),
        (2, 0.66, Sky.CLOUDY),
        (2, 0.67, Sky.SUNNY),
        (3, 0.95, Sky.SUNNY),
        (48, 0.2, Sky.CLOUDY),
        (51, 0.95, Sky.RAINY),
        (67, 0.0, Sky.RAINY),
        (71, 0.9, Sky.SNOWY),
        (80, 0.9, Sky.RAINY),
        (86, 0.0, Sky.SNOWY),
        (96, 0.95, Sky.STORMY),
    ],
)
def test_the_sun_makes_a_dry_day_sunny_and_no_wet_one(code: int, sun: float | None, sky: Sky) -> None:
    sunshine = None if sun is None else sun * 48_000
    assert day(code=code, sunshine=sunshine, daylight=48_000.0).forecast().sky is sky


def test_a_polar_night_is_no_division_by_zero() -> None:
    assert day(code=3, sunshine=0.0, daylight=0.0).forecast().sky is Sky.CLOUDY


@pytest.mark.parametrize("code", [-1, 4, 42, 100])
def test_a_code_that_nobody_documents_is_no_forecast(code: int) -> None:
    with pytest.raises(Unavailable, match=f"weather code {code} is not known"):
        day(code=code).forecast()


@pytest.mark.parametrize("missing", ["code", "high", "low", "rain"])
def test_a_value_that_is_missing_is_no_forecast(missing: str) -> None:
    assert not day(**{missing: None}).is_known
    with pytest.raises(Unavailable, match="gap"):
        day(**{missing: None}).forecast()


@pytest.mark.parametrize(
    "wrong",
    [
        {"daily": {"weather_code": [1, 2]}},
        {"daily": {"time": []}},
        {"daily": {"sunshine_duration": []}},
        {"daily": {"temperature_2m_max": ["warm"]}},
        {"daily": {"weather_code": [0.5]}},
        {"daily_units": {"temperature_2m_max": "\u00b0F"}},
        {"daily_units": {"precipitation_sum": "inch"}},
    ],
)
def test_columns_that_do_not_fit_or_have_other_units_are_refused(wrong: dict[str, Any]) -> None:
    DailyAnswer.model_validate(columns())
    with pytest.raises(ValidationError):
        DailyAnswer.model_validate(columns(**wrong))


def test_a_variable_that_no_model_has_may_be_null_or_left_out() -> None:
    given = columns(
        daily={"temperature_2m_min": [None], "sunshine_duration": None},
        daily_units={"temperature_2m_min": "undefined"},
    )
    (only,) = DailyAnswer.model_validate(given).days()
    assert not only.is_known
    assert only.sunshine is None
