"""Conditions of standing intents: what must hold before USO buys (flows 1.4-2, 6.7-1, 6.7-2).

A condition is a small tree of weather, calendar, inventory and price leaves joined by ALL and ANY.
The same serialisable models are parsed from a sentence, stored, watched hourly and shown as an IF/THEN map.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from shared.domain.model import Model
from shared.domain.money import Money


class Sky(StrEnum):
    """A day's sky, as forecast or as wished for; `dry` is only ever a wish or a vague forecast."""

    SUNNY = "sunny"
    CLOUDY = "cloudy"
    DRY = "dry"
    RAINY = "rainy"
    STORMY = "stormy"
    SNOWY = "snowy"
    WINDY = "windy"
    FOGGY = "foggy"


class Weekday(StrEnum):
    """Days of the week; `list(Weekday)[d.weekday()]` is the day of a date."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


WEEK: tuple[Weekday, ...] = tuple(Weekday)


class Weather(Model):
    """The forecast of the candidate day at a place (`None`: where the order is delivered)."""

    type: Literal["weather"] = "weather"
    place: str | None = None
    sky: Sky | None = None
    at_least: int | None = None
    """Lowest acceptable daytime high, in `unit`."""
    at_most: int | None = None
    """Highest acceptable daytime high, in `unit`."""
    unit: Literal["F", "C"] = "F"

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if self.sky is None and self.at_least is None and self.at_most is None:
            raise ValueError("a weather condition names a sky or a temperature")
        return self


class Calendar(Model):
    """Local days and hours: weekdays, first and last day (inclusive), hours `[from_time, until_time)`."""

    type: Literal["calendar"] = "calendar"
    weekdays: tuple[Weekday, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    from_time: time | None = None
    until_time: time | None = None

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValueError("the last day lies before the first")
        if self.from_time and self.until_time and self.until_time <= self.from_time:
            raise ValueError("the hours end before they begin")
        return self


class Inventory(Model):
    """A product (id, or query when no id is known yet) is in stock, at least `at_least` of it."""

    type: Literal["inventory"] = "inventory"
    product: str
    at_least: int = Field(default=1, ge=1)


class Price(Model):
    """A product costs at most `at_most` minor units, or fell by `drop_percent` from `reference`."""

    type: Literal["price"] = "price"
    product: str
    at_most: int | None = Field(default=None, ge=0)
    currency: str = "USD"
    drop_percent: int | None = Field(default=None, ge=1, le=99)
    reference: int | None = Field(default=None, ge=0)
    """Minor units when the watch began; the caller that starts the watch fills it in."""

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if (self.at_most is None) == (self.drop_percent is None):
            raise ValueError("a price condition names either a bound or a drop")
        return self


class All(Model):
    """Every part holds at the same time."""

    type: Literal["all"] = "all"
    of: tuple["Condition", ...] = Field(min_length=1, max_length=20)


class Any(Model):
    """At least one part holds."""

    type: Literal["any"] = "any"
    of: tuple["Condition", ...] = Field(min_length=1, max_length=20)


Leaf = Weather | Calendar | Inventory | Price
Condition = Annotated[Weather | Calendar | Inventory | Price | All | Any, Field(discriminator="type")]


# --- what to look up, and what was seen -------------------------------------------------------------


class DayLookup(NamedTuple):
    """The forecast of one place for one local day; equal for every intent that asks for it."""

    place: str | None
    day: date


class ProductLookup(NamedTuple):
    """Stock and price of one product (id or query)."""

    product: str


LookupKey = DayLookup | ProductLookup


class WeatherFact(Model):
    """A day's forecast; `high` is the daytime high in degrees Celsius."""

    sky: Sky
    high: float | None = None


class ProductFact(Model):
    """What is known of a product now; `None` is unknown."""

    available: int | None = None
    price: Money | None = None


Facts = Mapping[LookupKey, WeatherFact | ProductFact | None]


class State(StrEnum):
    """Three-valued truth: what nobody could look up is unknown, not false."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class LeafState(Model):
    """One line of the IF/THEN map: the condition, whether it holds, and why in human words."""

    leaf: Leaf
    words: str
    state: State
    why: str


class Evaluation(Model):
    """The whole map at one instant."""

    state: State
    leaves: tuple[LeafState, ...]


# --- reading a condition ----------------------------------------------------------------------------


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Yield the leaves in the order in which the customer said them."""
    if isinstance(condition, All | Any):
        for part in condition.of:
            yield from leaves(part)
    else:
        yield condition


def describe(condition: Condition) -> str:
    """Return the IF part of the logic map, e.g. `Weather == Sunny AND Day == Thursday` (flow 1.4-2)."""
    match condition:
        case All() | Any():
            joint = " AND " if isinstance(condition, All) else " OR "
            return joint.join(_bracketed(part) for part in condition.of)
        case Weather():
            return _describe_weather(condition)
        case Calendar():
            return _describe_calendar(condition)
        case Inventory(product=product, at_least=1):
            return f"Stock({product}) == Available"
        case Inventory():
            return f"Stock({condition.product}) >= {condition.at_least}"
        case Price(at_most=int(bound)):
            return f"Price({condition.product}) <= {Money(minor=bound, currency=condition.currency)}"
        case Price():
            return f"Price({condition.product}) drop >= {condition.drop_percent} %"


def _bracketed(part: Condition) -> str:
    many = isinstance(part, All | Any) and len(part.of) > 1
    return f"({describe(part)})" if many else describe(part)


def _describe_weather(leaf: Weather) -> str:
    parts = [f"Weather == {leaf.sky.title()}"] if leaf.sky else []
    if leaf.at_least is not None:
        parts.append(f"Temperature >= {leaf.at_least} \u00b0{leaf.unit}")
    if leaf.at_most is not None:
        parts.append(f"Temperature <= {leaf.at_most} \u00b0{leaf.unit}")
    return " AND ".join(parts)


def _describe_calendar(leaf: Calendar) -> str:
    parts = []
    if len(leaf.weekdays) == 1:
        parts.append(f"Day == {leaf.weekdays[0].title()}")
    elif leaf.weekdays:
        parts.append(f"Day in ({', '.join(day.title() for day in leaf.weekdays)})")
    if leaf.first_day and leaf.first_day == leaf.last_day:
        parts.append(f"Date == {leaf.first_day}")
    elif leaf.first_day and leaf.last_day:
        parts.append(f"Date in {leaf.first_day}..{leaf.last_day}")
    elif leaf.first_day or leaf.last_day:
        parts.append(f"Date >= {leaf.first_day}" if leaf.first_day else f"Date <= {leaf.last_day}")
    if leaf.from_time or leaf.until_time:
        parts.append(f"Time in {leaf.from_time or time.min:%H:%M}..{leaf.until_time or '24:00'!s:.5}")
    return " AND ".join(parts) or "Any day"


def fill(
    condition: Condition, *, place: str | None = None, references: Mapping[str, int] | None = None
) -> Condition:
    """Return the condition with what only the caller knows when a watch begins.

    `place` goes where none was named; `references` are prices in minor units by product.
    """
    match condition:
        case All() | Any():
            parts = tuple(fill(part, place=place, references=references) for part in condition.of)
            return condition.model_copy(update={"of": parts})
        case Weather(place=None):
            return condition.model_copy(update={"place": place})
        case Price(reference=None):
            return condition.model_copy(update={"reference": (references or {}).get(condition.product)})
        case _:
            return condition


# --- time -------------------------------------------------------------------------------------------


def earliest_possible(condition: Condition, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the earliest instant (UTC, >= `now`) at which the calendar parts can hold, `None` if never.

    Weather, stock and prices count as possible at any time, so an intent costs nothing before this instant.
    """
    match condition:
        case Calendar():
            return _next_in_calendar(condition, now, zone)
        case All():
            return _next_in_all(condition.of, now, zone)
        case Any():
            moments = [m for part in condition.of if (m := earliest_possible(part, now, zone))]
            return min(moments, default=None)
        case _:
            return now.astimezone(UTC)


def _next_in_calendar(leaf: Calendar, now: datetime, zone: ZoneInfo) -> datetime | None:
    now = now.astimezone(UTC)
    day = now.astimezone(zone).date()
    if leaf.first_day and leaf.first_day > day:
        day = leaf.first_day
    try:
        for _ in range(9):  # a weekday comes back within 7 days; one more when today's hours are over
            if leaf.last_day and day > leaf.last_day:
                return None
            tomorrow = day + timedelta(days=1)
            if not leaf.weekdays or WEEK[day.weekday()] in leaf.weekdays:
                start = datetime.combine(day, leaf.from_time or time.min, zone).astimezone(UTC)
                last = (day, leaf.until_time) if leaf.until_time else (tomorrow, time.min)
                if (moment := max(now, start)) < datetime.combine(*last, zone).astimezone(UTC):
                    return moment
            day = tomorrow
    except OverflowError:
        pass
    return None


def _next_in_all(parts: tuple[Condition, ...], now: datetime, zone: ZoneInfo) -> datetime | None:
    moment = now.astimezone(UTC)
    for _ in range(400):  # each pass moves on at least to another day; a year without one is never
        latest = moment
        for part in parts:
            possible = earliest_possible(part, latest, zone)
            if possible is None:
                return None
            latest = possible
        if latest == moment:
            return moment
        moment = latest
    return None


def _calendar_part(condition: Condition) -> Condition | None:
    """Return what the calendar alone demands; an alternative without a calendar demands nothing."""
    if isinstance(condition, Calendar):
        return condition
    if not isinstance(condition, All | Any):
        return None
    parts = tuple(part for c in condition.of if (part := _calendar_part(c)))
    if not parts or (isinstance(condition, Any) and len(parts) < len(condition.of)):
        return None
    return condition.model_copy(update={"of": parts})


class _Seen(NamedTuple):
    """A leaf and the first instant at which its surrounding calendar conditions hold."""

    leaf: Leaf
    at: datetime | None


def _walk(
    condition: Condition, frame: tuple[Condition, ...], now: datetime, zone: ZoneInfo
) -> Iterator[_Seen]:
    match condition:
        case All():
            inner = frame + tuple(part for c in condition.of if (part := _calendar_part(c)))
            for part in condition.of:
                yield from _walk(part, inner, now, zone)
        case Any():
            for part in condition.of:
                own = _calendar_part(part)
                yield from _walk(part, (*frame, own) if own else frame, now, zone)
        case _:
            yield _Seen(condition, _next_in_all(frame, now, zone))


def lookups(
    condition: Condition, now: datetime, zone: ZoneInfo, *, horizon: timedelta = timedelta(0)
) -> set[LookupKey]:
    """Return what must be looked up to evaluate `condition` now (flow 6.7-2).

    Nothing before the calendar allows it, except that candidate days within `horizon` are included, so that
    a narrator can tell of Thursday's forecast on Tuesday. To buy a day ahead, pass `now` + lead.
    """
    keys: set[LookupKey] = set()
    for leaf, at in _walk(condition, (), now, zone):
        if not isinstance(leaf, Calendar) and at is not None and at <= now + horizon:
            keys.add(_key(leaf, at, zone))
    return keys


def _key(leaf: Weather | Inventory | Price, at: datetime, zone: ZoneInfo) -> LookupKey:
    if isinstance(leaf, Weather):
        return DayLookup(leaf.place, at.astimezone(zone).date())
    return ProductLookup(leaf.product)


# --- evaluation -------------------------------------------------------------------------------------


def evaluate(condition: Condition, facts: Facts, *, now: datetime, zone: ZoneInfo) -> Evaluation:
    """Say of each leaf and of the whole whether it holds at `now`, from `facts` keyed as by `lookups`.

    A missing fact is unknown. Calendar leaves need no fact. A weather leaf is judged for the next day that
    the calendar around it allows, so "sunny Thursday" looks at Thursday even on a Tuesday.
    """
    seen = [_leaf_state(leaf, at, facts, now, zone) for leaf, at in _walk(condition, (), now, zone)]
    return Evaluation(state=_combine(condition, iter(seen)), leaves=tuple(seen))


def _combine(condition: Condition, states: Iterator[LeafState]) -> State:
    if not isinstance(condition, All | Any):
        return next(states).state
    parts = {_combine(part, states) for part in condition.of}
    decisive = State.NOT_MET if isinstance(condition, All) else State.MET
    if decisive in parts:
        return decisive
    return State.UNKNOWN if State.UNKNOWN in parts else parts.pop()


def _leaf_state(leaf: Leaf, at: datetime | None, facts: Facts, now: datetime, zone: ZoneInfo) -> LeafState:
    if isinstance(leaf, Calendar):
        state, why = _judge_calendar(leaf, now, zone)
    elif at is None:
        state, why = State.NOT_MET, "its day has passed"
    else:
        fact = facts.get(_key(leaf, at, zone))
        if isinstance(leaf, Weather):
            state, why = _judge_weather(leaf, fact, _day_words(at.astimezone(zone).date()))
        elif isinstance(leaf, Inventory):
            state, why = _judge_stock(leaf, fact)
        else:
            state, why = _judge_price(leaf, fact)
    return LeafState(leaf=leaf, words=describe(leaf), state=state, why=why)


def _day_words(day: date) -> str:
    return f"{WEEK[day.weekday()].title()}, {day:%B} {day.day}"


def _judge_calendar(leaf: Calendar, now: datetime, zone: ZoneInfo) -> tuple[State, str]:
    moment = _next_in_calendar(leaf, now, zone)
    if moment is None:
        return State.NOT_MET, "its day has passed"
    if moment <= now:
        return State.MET, f"today is {_day_words(now.astimezone(zone).date())}"
    local = moment.astimezone(zone)
    if local.date() == now.astimezone(zone).date():
        return State.NOT_MET, f"it is not yet {local:%H:%M}"
    return State.NOT_MET, f"the next such day is {_day_words(local.date())}"


_SATISFIES: dict[Sky, frozenset[Sky]] = {
    Sky.DRY: frozenset({Sky.DRY, Sky.SUNNY, Sky.CLOUDY, Sky.WINDY, Sky.FOGGY}),
    Sky.RAINY: frozenset({Sky.RAINY, Sky.STORMY}),
}


def _judge_weather(leaf: Weather, fact: object, day: str) -> tuple[State, str]:
    if not isinstance(fact, WeatherFact):
        return State.UNKNOWN, f"there is no forecast for {day} yet"
    if leaf.sky and fact.sky not in _SATISFIES.get(leaf.sky, frozenset({leaf.sky})):
        return State.NOT_MET, f"the forecast for {day} is '{fact.sky.title()}', not '{leaf.sky.title()}'"
    if leaf.at_least is None and leaf.at_most is None:
        return State.MET, f"the forecast for {day} is '{fact.sky.title()}'"
    if fact.high is None:
        return State.UNKNOWN, f"the forecast for {day} names no temperature"
    high = fact.high if leaf.unit == "C" else fact.high * 9 / 5 + 32
    fits = (leaf.at_least is None or high >= leaf.at_least) and (leaf.at_most is None or high <= leaf.at_most)
    return (State.MET if fits else State.NOT_MET), f"the forecast for {day} is {high:.0f} \u00b0{leaf.unit}"


def _judge_stock(leaf: Inventory, fact: object) -> tuple[State, str]:
    if not isinstance(fact, ProductFact) or fact.available is None:
        return State.UNKNOWN, f"the stock of {leaf.product} is not known"
    if fact.available >= leaf.at_least:
        return State.MET, f"{fact.available} of {leaf.product} in stock"
    if fact.available <= 0:
        return State.NOT_MET, f"{leaf.product} is out of stock"
    return State.NOT_MET, f"only {fact.available} of {leaf.product} in stock, {leaf.at_least} wanted"


def _judge_price(leaf: Price, fact: object) -> tuple[State, str]:
    if not isinstance(fact, ProductFact) or fact.price is None:
        return State.UNKNOWN, f"the price of {leaf.product} is not known"
    bound, price = leaf.at_most, fact.price
    if bound is None:
        if leaf.reference is None or leaf.drop_percent is None:
            return State.UNKNOWN, f"no earlier price of {leaf.product} to compare with"
        bound = leaf.reference * (100 - leaf.drop_percent) // 100
    if price.currency != leaf.currency:
        return State.UNKNOWN, f"{leaf.product} is priced in {price.currency}, not in {leaf.currency}"
    if price.minor <= bound:
        return State.MET, f"{leaf.product} costs {price}"
    limit = Money(minor=bound, currency=leaf.currency)
    return State.NOT_MET, f"{leaf.product} costs {price}, more than {limit}"
