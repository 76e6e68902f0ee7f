"""The condition tree: wording, evaluation, and when it can cost anything."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.domain.attribution import Attribution
from shared.domain.conditions import (
    WEEK,
    All,
    Any,
    Calendar,
    Condition,
    DayLookup,
    Inventory,
    Price,
    ProductFact,
    ProductLookup,
    Sky,
    State,
    Weather,
    WeatherFact,
    Weekday,
    describe,
    earliest_possible,
    evaluate,
    fill,
    leaves,
    lookups,
)
from shared.domain.money import Money

AUSTIN = ZoneInfo("America/Chicago")
MONDAY = datetime(2026, 5, 4, 10, tzinfo=AUSTIN)
THURSDAY = datetime(2026, 5, 7, 10, tzinfo=AUSTIN)
SUNNY_THURSDAY = All(of=(Weather(place="Austin", sky=Sky.SUNNY), Calendar(weekdays=(Weekday.THURSDAY,))))
KEY = DayLookup("Austin", date(2026, 5, 7))


def state(condition, facts, now=THURSDAY):
    return evaluate(condition, facts, now=now, zone=AUSTIN).state


def test_a_sunny_thursday_reads_as_the_logic_map_of_the_specification():
    assert describe(SUNNY_THURSDAY) == "Weather == Sunny AND Day == Thursday"


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Weather(at_least=70), "Temperature >= 70 °F"),
        (Weather(sky=Sky.DRY, at_most=20, unit="C"), "Weather == Dry AND Temperature <= 20 °C"),
        (Calendar(weekdays=(Weekday.FRIDAY, Weekday.SATURDAY)), "Day in (Friday, Saturday)"),
        (Calendar(first_day=date(2026, 5, 7), last_day=date(2026, 5, 7)), "Date == 2026-05-07"),
        (Calendar(first_day=date(2026, 5, 7), last_day=date(2026, 5, 9)), "Date in 2026-05-07..2026-05-09"),
        (Calendar(first_day=date(2026, 5, 7)), "Date >= 2026-05-07"),
        (Calendar(last_day=date(2026, 5, 7)), "Date <= 2026-05-07"),
        (Calendar(from_time=time(9), until_time=time(12)), "Time in 09:00..12:00"),
        (Calendar(from_time=time(9)), "Time in 09:00..24:00"),
        (Calendar(), "Any day"),
        (Inventory(product="peonies"), "Stock(peonies) == Available"),
        (Inventory(product="peonies", at_least=5), "Stock(peonies) >= 5"),
        (Price(product="roses", at_most=4000), "Price(roses) <= $40.00"),
        (Price(product="roses", drop_percent=20), "Price(roses) drop >= 20 %"),
        (
            Any(of=(SUNNY_THURSDAY, Inventory(product="x"))),
            "(Weather == Sunny AND Day == Thursday) OR Stock(x) == Available",
        ),
    ],
)
def test_every_condition_has_words(condition, words):
    assert describe(condition) == words


@pytest.mark.parametrize(
    "raw",
    [
        {"type": "weather"},
        {"type": "price", "product": "x"},
        {"type": "price", "product": "x", "at_most": 1, "drop_percent": 5},
        {"type": "calendar", "first_day": "2026-05-08", "last_day": "2026-05-07"},
        {"type": "calendar", "from_time": "12:00", "until_time": "09:00"},
        {"type": "all", "of": []},
        {"type": "moon", "phase": "full"},
        {"type": "inventory", "product": "x", "at_least": 0},
    ],
)
def test_a_condition_that_asks_nothing_sensible_is_refused(raw):
    with pytest.raises(ValidationError):
        TypeAdapter(Condition).validate_python(raw)


def test_a_tree_survives_storage():
    adapter = TypeAdapter(Condition)
    tree = Any(of=(SUNNY_THURSDAY, Price(product="r1", at_most=100), Inventory(product="r2", at_least=3)))
    assert adapter.validate_json(tree.model_dump_json()) == tree


def test_nothing_is_looked_up_before_the_day():
    assert earliest_possible(SUNNY_THURSDAY, MONDAY, AUSTIN) == datetime(2026, 5, 7, 5, tzinfo=UTC)
    assert lookups(SUNNY_THURSDAY, MONDAY, AUSTIN) == set()
    assert lookups(SUNNY_THURSDAY, THURSDAY, AUSTIN) == {KEY}


def test_a_horizon_shows_the_forecast_of_the_coming_day_without_firing():
    assert lookups(SUNNY_THURSDAY, MONDAY, AUSTIN, horizon=timedelta(days=3)) == {KEY}
    seen = evaluate(SUNNY_THURSDAY, {KEY: WeatherFact(sky=Sky.SUNNY)}, now=MONDAY, zone=AUSTIN)
    assert seen.state is State.NOT_MET
    assert seen.leaves[0].state is State.MET


def test_with_a_lead_the_eve_counts_as_the_day():
    eve = datetime(2026, 5, 6, 10, tzinfo=AUSTIN) + timedelta(days=1)
    assert lookups(SUNNY_THURSDAY, eve, AUSTIN) == {KEY}
    assert state(SUNNY_THURSDAY, {KEY: WeatherFact(sky=Sky.SUNNY)}, eve) is State.MET


def test_a_rainy_thursday_says_why_it_waits():
    seen = evaluate(SUNNY_THURSDAY, {KEY: WeatherFact(sky=Sky.RAINY)}, now=THURSDAY, zone=AUSTIN)
    assert seen.state is State.NOT_MET
    assert seen.leaves[0].why == "the forecast for Thursday, May 7 is 'Rainy', not 'Sunny'"
    assert seen.leaves[1].why == "today is Thursday, May 7"


def test_a_forecast_brings_along_whose_data_it_is():
    whose = Attribution(
        what="Weather data",
        who="Somebody",
        url="https://weather.example/",
        licence="CC BY 4.0",
        licence_url="https://licence.example/",
        changes="simplified",
    )
    for sky in (Sky.RAINY, Sky.SUNNY):
        fact = WeatherFact(sky=sky, attribution=whose)
        seen = evaluate(SUNNY_THURSDAY, {KEY: fact}, now=THURSDAY, zone=AUSTIN)
        assert [leaf.attribution for leaf in seen.leaves] == [whose, None]
    nothing = evaluate(SUNNY_THURSDAY, {KEY: None}, now=THURSDAY, zone=AUSTIN)
    assert [leaf.attribution for leaf in nothing.leaves] == [None, None]


def test_after_a_missed_thursday_the_next_one_is_the_candidate():
    friday = THURSDAY + timedelta(days=1)
    assert earliest_possible(SUNNY_THURSDAY, friday, AUSTIN) == datetime(2026, 5, 14, 5, tzinfo=UTC)


def test_what_could_not_be_looked_up_is_unknown_not_false():
    assert state(SUNNY_THURSDAY, {}) is State.UNKNOWN
    assert state(SUNNY_THURSDAY, {KEY: None}) is State.UNKNOWN
    assert state(SUNNY_THURSDAY, {}, MONDAY) is State.NOT_MET


def test_any_is_met_by_one_part_and_unknown_only_without_one():
    stock = Inventory(product="r1")
    either = Any(of=(stock, Inventory(product="r2")))
    key1, key2 = ProductLookup("r1"), ProductLookup("r2")
    assert state(either, {key1: ProductFact(available=1)}) is State.MET
    assert state(either, {key1: ProductFact(available=0)}) is State.UNKNOWN
    assert state(either, {key1: ProductFact(available=0), key2: ProductFact(available=0)}) is State.NOT_MET


@pytest.mark.parametrize(
    ("forecast", "wish", "met"),
    [
        (Sky.CLOUDY, Sky.DRY, True),
        (Sky.RAINY, Sky.DRY, False),
        (Sky.STORMY, Sky.RAINY, True),
        (Sky.SNOWY, Sky.DRY, False),
        (Sky.CLOUDY, Sky.SUNNY, False),
        (Sky.SUNNY, Sky.SUNNY, True),
    ],
)
def test_skies_are_compared_as_people_mean_them(forecast, wish, met):
    leaf = Weather(place="Austin", sky=wish)
    assert (state(leaf, {KEY: WeatherFact(sky=forecast)}) is State.MET) == met


@pytest.mark.parametrize(
    ("high", "expected"), [(21.2, State.MET), (21.0, State.NOT_MET), (None, State.UNKNOWN)]
)
def test_a_temperature_in_fahrenheit_is_judged_from_celsius(high, expected):
    leaf = Weather(place="Austin", at_least=70)
    assert state(leaf, {KEY: WeatherFact(sky=Sky.CLOUDY, high=high)}) is expected


@pytest.mark.parametrize(("minor", "expected"), [(4000, State.MET), (4001, State.NOT_MET), (0, State.MET)])
def test_a_price_bound_is_inclusive(minor, expected):
    facts = {ProductLookup("r1"): ProductFact(price=Money(minor=minor))}
    assert state(Price(product="r1", at_most=4000), facts) is expected


def test_a_drop_needs_a_price_to_compare_with():
    drop = Price(product="r1", drop_percent=20)
    facts = {ProductLookup("r1"): ProductFact(price=Money(minor=4000))}
    assert state(drop, facts) is State.UNKNOWN
    assert state(fill(drop, references={"r1": 5000}), facts) is State.MET
    assert state(fill(drop, references={"r1": 4999}), facts) is State.NOT_MET


def test_another_currency_is_not_compared():
    facts = {ProductLookup("r1"): ProductFact(price=Money(minor=1, currency="EUR"))}
    assert state(Price(product="r1", at_most=4000), facts) is State.UNKNOWN


def test_filling_keeps_a_place_that_was_named():
    tree = fill(All(of=(Weather(sky=Sky.DRY), Weather(place="Dallas", sky=Sky.DRY))), place="Austin")
    assert [leaf.place for leaf in leaves(tree) if isinstance(leaf, Weather)] == ["Austin", "Dallas"]


def test_one_place_and_day_is_looked_up_once_for_all():
    both = All(of=(Weather(place="Austin", sky=Sky.DRY), Weather(place="Austin", at_least=60)))
    assert lookups(both, THURSDAY, AUSTIN) == {KEY}


def test_a_day_that_has_passed_can_never_be():
    past = Calendar(first_day=date(2026, 5, 1), last_day=date(2026, 5, 1))
    tree = All(of=(Weather(place="Austin", sky=Sky.SUNNY), past))
    assert earliest_possible(tree, MONDAY, AUSTIN) is None
    assert lookups(tree, MONDAY, AUSTIN) == set()
    assert state(tree, {}, MONDAY) is State.NOT_MET


def test_two_calendars_meet_on_the_first_common_day():
    both = All(of=(Calendar(weekdays=(Weekday.FRIDAY,)), Calendar(first_day=date(2026, 5, 9))))
    assert earliest_possible(both, MONDAY, AUSTIN) == datetime(2026, 5, 15, 5, tzinfo=UTC)
    never = All(of=(Calendar(weekdays=(Weekday.FRIDAY,)), Calendar(weekdays=(Weekday.MONDAY,))))
    assert earliest_possible(never, MONDAY, AUSTIN) is None


def test_an_alternative_without_a_calendar_costs_at_once():
    tree = Any(of=(SUNNY_THURSDAY, Price(product="r1", at_most=3000)))
    assert lookups(tree, MONDAY, AUSTIN) == {ProductLookup("r1")}
    assert earliest_possible(tree, MONDAY, AUSTIN) == MONDAY


def test_hours_are_local_on_both_sides_of_a_clock_change():
    morning = Calendar(from_time=time(8), until_time=time(12))
    saturday = datetime(2026, 3, 7, 20, tzinfo=AUSTIN)  # clocks move forward that night
    assert earliest_possible(morning, saturday, AUSTIN) == datetime(2026, 3, 8, 13, tzinfo=UTC)
    autumn = datetime(2026, 10, 31, 20, tzinfo=AUSTIN)
    assert earliest_possible(morning, autumn, AUSTIN) == datetime(2026, 11, 1, 14, tzinfo=UTC)


def test_hours_that_are_over_today_come_again_tomorrow():
    morning = Calendar(weekdays=(Weekday.THURSDAY,), from_time=time(8), until_time=time(9))
    assert earliest_possible(morning, THURSDAY, AUSTIN) == datetime(2026, 5, 14, 13, tzinfo=UTC)


CALENDARS = st.builds(
    Calendar,
    weekdays=st.lists(st.sampled_from(WEEK), unique=True, max_size=3).map(tuple),
    first_day=st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    from_time=st.none() | st.just(time(9)),
    until_time=st.none() | st.just(time(17)),
)
LEAVES = CALENDARS | st.builds(Inventory, product=st.sampled_from(["a", "b"]))
TREES = st.recursive(
    LEAVES,
    lambda part: (
        st.lists(part, min_size=1, max_size=3).map(lambda p: All(of=tuple(p)))
        | st.lists(part, min_size=1, max_size=3).map(lambda p: Any(of=tuple(p)))
    ),
    max_leaves=6,
)


@given(tree=TREES, hours=st.integers(0, 24 * 400))
def test_a_tree_is_never_met_before_its_earliest_instant(tree, hours):
    now = MONDAY + timedelta(hours=hours)
    facts = {ProductLookup(p): ProductFact(available=1) for p in "ab"}
    earliest = earliest_possible(tree, now, AUSTIN)
    met = evaluate(tree, facts, now=now, zone=AUSTIN).state is State.MET
    assert met == (earliest is not None and earliest <= now)


@given(tree=TREES, hours=st.integers(0, 24 * 400))
def test_with_all_lookups_answered_nothing_stays_unknown(tree, hours):
    now = MONDAY + timedelta(hours=hours)
    facts = {key: ProductFact(available=0) for key in lookups(tree, now, AUSTIN)}
    overall = evaluate(tree, facts, now=now, zone=AUSTIN)
    assert overall.state is not State.UNKNOWN
    assert len(overall.leaves) == sum(1 for _ in leaves(tree))
