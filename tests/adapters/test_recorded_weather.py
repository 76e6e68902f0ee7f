"""The embedded weather: the same for everybody, changing as its day nears, scripted where a story needs."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from shared.adapters.recorded_weather import RecordedWeather
from shared.adapters.sqlite_store import SqliteStore
from shared.domain.places import GeoPoint, cell_of
from shared.errors import InvalidInput, Unavailable
from shared.ports.weather import Forecast, Sky, Weather
from tests.clocks import HandClock

AUSTIN = GeoPoint(latitude=30.2672, longitude=-97.7431)
EAST_AUSTIN = GeoPoint(latitude=30.2400, longitude=-97.6600)
CHICAGO = GeoPoint(latitude=41.8781, longitude=-87.6298)
THURSDAY = date(2026, 5, 7)
MONDAY_NOON = datetime(2026, 5, 4, 17, tzinfo=UTC)


@pytest.fixture
def clock() -> HandClock:
    return HandClock(MONDAY_NOON)


@pytest_asyncio.fixture
async def store(tmp_path: Path, clock: HandClock) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "store.db", clock)
    yield opened
    await opened.close()


async def year_of(point: GeoPoint, *, ahead: int = 0) -> list[Forecast]:
    clock = HandClock(MONDAY_NOON)
    weather = RecordedWeather(clock)
    found = []
    for day in range(365):
        clock.instant = MONDAY_NOON + timedelta(days=day)
        forecast = await weather.forecast(point, clock.instant.date() + timedelta(days=ahead))
        assert forecast is not None
        found.append(forecast)
    return found


async def test_it_is_a_weather_port(clock: HandClock) -> None:
    weather: Weather = RecordedWeather(clock)
    forecast = await weather.forecast(AUSTIN, THURSDAY)
    assert forecast is not None
    assert forecast.day == THURSDAY


async def test_the_same_question_has_the_same_answer_everywhere(clock: HandClock) -> None:
    first, other = RecordedWeather(clock), RecordedWeather(HandClock(MONDAY_NOON))
    assert await first.forecast(AUSTIN, THURSDAY) == await other.forecast(AUSTIN, THURSDAY)


async def test_the_recording_never_changes_between_releases(clock: HandClock) -> None:
    """Stories and recorded runs rest on these."""
    weather = RecordedWeather(clock)
    week = [await weather.forecast(AUSTIN, date(2026, 5, 4 + day)) for day in range(7)]
    assert [forecast.sky.value for forecast in week if forecast] == RECORDED_WEEK


async def test_a_city_has_one_weather_and_the_country_has_several(clock: HandClock) -> None:
    assert await year_of(AUSTIN) == await year_of(EAST_AUSTIN)
    assert await year_of(AUSTIN) != await year_of(CHICAGO)


@pytest.mark.parametrize(("ahead", "known"), [(0, True), (16, True), (17, False)])
async def test_the_horizon_is_sixteen_days(clock: HandClock, ahead: int, known: bool) -> None:
    day = clock.instant.date() + timedelta(days=ahead)
    assert (await RecordedWeather(clock).forecast(AUSTIN, day) is not None) is known


async def test_today_is_the_local_day(clock: HandClock) -> None:
    clock.instant = datetime(2026, 5, 5, 3, tzinfo=UTC)  # still Monday evening in Austin
    assert await RecordedWeather(clock).forecast(AUSTIN, date(2026, 5, 21)) is None
    assert await RecordedWeather(clock, zone="UTC").forecast(AUSTIN, date(2026, 5, 21)) is not None


async def test_a_day_gone_by_keeps_its_last_forecast(clock: HandClock) -> None:
    weather = RecordedWeather(clock)
    clock.instant = MONDAY_NOON + timedelta(days=3)
    on_the_day = await weather.forecast(AUSTIN, THURSDAY)
    clock.instant += timedelta(days=40)
    assert await weather.forecast(AUSTIN, THURSDAY) == on_the_day


async def test_austin_is_mostly_sunny_with_rain_now_and_then_and_no_snow() -> None:
    skies = Counter(forecast.sky for forecast in await year_of(AUSTIN))
    assert 0.35 <= skies[Sky.SUNNY] / 365 <= 0.65
    assert 0.10 <= skies[Sky.RAINY] / 365 <= 0.25
    assert skies[Sky.STORMY] > 3
    assert skies[Sky.SNOWY] == 0


async def test_it_snows_in_a_northern_winter() -> None:
    assert any(forecast.sky is Sky.SNOWY for forecast in await year_of(CHICAGO))


async def test_numbers_fit_the_sky() -> None:
    for forecast in await year_of(AUSTIN):
        assert forecast.low_c < forecast.high_c
        assert (forecast.precipitation_mm > 0) == (forecast.sky in {Sky.RAINY, Sky.STORMY, Sky.SNOWY})
        assert -5 < forecast.high_c < 43


async def test_forecasts_change_as_the_day_nears_and_the_nearer_the_better() -> None:
    def right(made_ahead: list[Forecast], happened: dict[date, Sky]) -> float:
        known = [each.sky is happened[each.day] for each in made_ahead if each.day in happened]
        return sum(known) / len(known)

    happened = {each.day: each.sky for each in await year_of(AUSTIN)}
    shares = [right(await year_of(AUSTIN, ahead=ahead), happened) for ahead in (0, 1, 4, 8, 15)]
    assert shares[0] == 1
    assert shares == sorted(shares, reverse=True)
    assert 0.35 < shares[-1] < 0.75


async def test_some_day_is_sunny_then_rainy_then_sunny_again() -> None:
    stories = []
    for offset in range(365):
        day = THURSDAY + timedelta(days=offset)
        clock = HandClock(MONDAY_NOON)
        skies: list[Sky] = []
        for ahead in (12, 8, 5, 2, 0):
            clock.instant = datetime(day.year, day.month, day.day, 17, tzinfo=UTC) - timedelta(days=ahead)
            forecast = await RecordedWeather(clock).forecast(AUSTIN, day)
            assert forecast is not None
            if not skies or skies[-1] is not forecast.sky:
                skies.append(forecast.sky)
        stories.append(skies)
    assert [Sky.SUNNY, Sky.RAINY, Sky.SUNNY] in stories


async def test_new_forecasts_come_out_at_six_in_the_morning(clock: HandClock) -> None:
    changes = set()
    for minute in range(0, 24 * 60 * 12, 60):
        clock.instant = datetime(2026, 5, 1, tzinfo=UTC) + timedelta(minutes=minute)
        before = await RecordedWeather(clock).forecast(AUSTIN, date(2026, 5, 14))
        clock.instant += timedelta(minutes=60)
        after = await RecordedWeather(clock).forecast(AUSTIN, date(2026, 5, 14))
        if before and after and before != after:
            changes.add(clock.instant.hour)
    assert changes <= {11}  # 06:00 CDT


async def test_an_override_scripts_a_day_from_an_instant_on(store: SqliteStore, clock: HandClock) -> None:
    weather = RecordedWeather(clock, store)
    await weather.set_override(AUSTIN, day=THURSDAY, sky=Sky.RAINY)
    await weather.set_override(
        AUSTIN, day=THURSDAY, sky=Sky.SUNNY, since=datetime(2026, 5, 6, 12, tzinfo=UTC), high_c=29.5
    )
    seen = []
    noon = datetime(2026, 5, 6, 12, tzinfo=UTC)
    for instant in (MONDAY_NOON, noon - timedelta(minutes=1), noon):
        clock.instant = instant
        forecast = await weather.forecast(AUSTIN, THURSDAY)
        assert forecast is not None
        seen.append(forecast.sky)
    assert seen == [Sky.RAINY, Sky.RAINY, Sky.SUNNY]
    assert forecast.high_c == 29.5
    assert forecast.precipitation_mm == 0


async def test_before_its_script_begins_a_day_has_its_own_weather(
    store: SqliteStore, clock: HandClock
) -> None:
    weather = RecordedWeather(clock, store)
    own = await weather.forecast(AUSTIN, THURSDAY)
    await weather.set_override(AUSTIN, day=THURSDAY, sky=Sky.SNOWY, since=MONDAY_NOON + timedelta(hours=1))
    assert await weather.forecast(AUSTIN, THURSDAY) == own


async def test_the_same_instant_replaces_its_entry(store: SqliteStore, clock: HandClock) -> None:
    weather = RecordedWeather(clock, store)
    await weather.set_override(AUSTIN, day=THURSDAY, sky=Sky.RAINY, since=MONDAY_NOON)
    await weather.set_override(AUSTIN, day=THURSDAY, sky=Sky.STORMY, since=MONDAY_NOON)
    document = await store.read("weather", "30.3,-97.7", "2026-05-07")
    assert document is not None
    assert [entry["forecast"]["sky"] for entry in document.body["script"]] == ["stormy"]


async def test_an_override_holds_in_its_cell_and_on_its_day_alone(
    store: SqliteStore, clock: HandClock
) -> None:
    weather, plain = RecordedWeather(clock, store), RecordedWeather(clock)
    await weather.set_override(AUSTIN, day=THURSDAY, sky=Sky.SNOWY)
    friday = THURSDAY + timedelta(days=1)
    assert await weather.forecast(AUSTIN, friday) == await plain.forecast(AUSTIN, friday)
    assert await weather.forecast(CHICAGO, THURSDAY) == await plain.forecast(CHICAGO, THURSDAY)


async def test_an_override_does_not_reach_beyond_the_horizon(store: SqliteStore, clock: HandClock) -> None:
    weather = RecordedWeather(clock, store)
    far = clock.instant.date() + timedelta(days=17)
    await weather.set_override(AUSTIN, day=far, sky=Sky.SUNNY)
    assert await weather.forecast(AUSTIN, far) is None
    clock.instant += timedelta(days=1)
    forecast = await weather.forecast(AUSTIN, far)
    assert forecast is not None
    assert forecast.sky is Sky.SUNNY


async def test_overrides_set_at_the_same_time_all_count(store: SqliteStore, clock: HandClock) -> None:
    weather = RecordedWeather(clock, store)
    instants = [MONDAY_NOON + timedelta(hours=hour) for hour in range(4)]
    await asyncio.gather(
        *(weather.set_override(AUSTIN, day=THURSDAY, sky=Sky.SUNNY, since=since) for since in instants)
    )
    document = await store.read("weather", cell_of(AUSTIN), "2026-05-07")
    assert document is not None
    assert len(document.body["script"]) == 4


async def test_without_a_store_nothing_can_be_scripted(clock: HandClock) -> None:
    with pytest.raises(Unavailable):
        await RecordedWeather(clock).set_override(AUSTIN, day=THURSDAY, sky=Sky.SUNNY)


async def test_an_instant_without_an_offset_is_refused(store: SqliteStore, clock: HandClock) -> None:
    with pytest.raises(InvalidInput, match="offset"):
        await RecordedWeather(clock, store).set_override(
            AUSTIN,
            day=THURSDAY,
            sky=Sky.SUNNY,
            since=datetime(2026, 5, 6, 12),  # noqa: DTZ001
        )


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [(30.2672, -97.7431, "30.3,-97.7"), (-0.04, 0.04, "0.0,0.0"), (-33.86, 151.21, "-33.9,151.2")],
)
def test_cells_are_a_tenth_of_a_degree(latitude: float, longitude: float, expected: str) -> None:
    assert cell_of(GeoPoint(latitude=latitude, longitude=longitude)) == expected


RECORDED_WEEK = ["sunny", "cloudy", "rainy", "sunny", "cloudy", "rainy", "sunny"]
