"""Whether a condition holds: three-valued, each leaf with its reason in human words."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from shared.domain.conditions.facts import Evaluation, Facts, LeafState, ProductFact, State, WeatherFact
from shared.domain.conditions.models import (
    WEEK,
    All,
    Any,
    Calendar,
    Condition,
    Inventory,
    Leaf,
    Price,
    Sky,
    Weather,
)
from shared.domain.conditions.timing import key_of, next_in_calendar, walk
from shared.domain.conditions.wording import describe
from shared.domain.money import Money


def evaluate(condition: Condition, facts: Facts, *, now: datetime, zone: ZoneInfo) -> Evaluation:
    """Say of each leaf and of the whole whether it holds at `now`, from `facts` keyed as by `lookups`.

    A missing fact is unknown. Calendar leaves need no fact. A weather leaf is judged for the next day that
    the calendar around it allows, so "sunny Thursday" looks at Thursday even on a Tuesday.
    """
    seen = [_leaf_state(leaf, at, facts, now, zone) for leaf, at in walk(condition, (), now, zone)]
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
    fact = None
    if isinstance(leaf, Calendar):
        seen = _judge_calendar(leaf, now, zone)
    elif at is None:
        seen = _Seen(State.NOT_MET, "its day has passed")
    else:
        fact = facts.get(key_of(leaf, at, zone))
        if isinstance(leaf, Weather):
            seen = _judge_weather(leaf, fact, at.astimezone(zone).date())
        elif isinstance(leaf, Inventory):
            seen = _judge_stock(leaf, fact)
        else:
            seen = _judge_price(leaf, fact)
    return LeafState(
        leaf=leaf,
        words=describe(leaf),
        state=seen.state,
        why=seen.why,
        news=seen.news or seen.why,
        attribution=fact.attribution if isinstance(fact, WeatherFact) else None,
    )


class _Seen(NamedTuple):
    """A judgement; `news` words it as what has just happened, where that differs from `why`."""

    state: State
    why: str
    news: str = ""


def _day_words(day: date) -> str:
    return f"{WEEK[day.weekday()].title()}, {day:%B} {day.day}"


def _judge_calendar(leaf: Calendar, now: datetime, zone: ZoneInfo) -> _Seen:
    moment = next_in_calendar(leaf, now, zone)
    if moment is None:
        return _Seen(State.NOT_MET, "its day has passed")
    if moment <= now:
        return _Seen(State.MET, f"today is {_day_words(now.astimezone(zone).date())}")
    local = moment.astimezone(zone)
    if local.date() == now.astimezone(zone).date():
        return _Seen(State.NOT_MET, f"it is not yet {local:%H:%M}")
    return _Seen(State.NOT_MET, f"the next such day is {_day_words(local.date())}")


_SATISFIES: dict[Sky, frozenset[Sky]] = {
    Sky.DRY: frozenset({Sky.DRY, Sky.SUNNY, Sky.CLOUDY, Sky.WINDY, Sky.FOGGY}),
    Sky.RAINY: frozenset({Sky.RAINY, Sky.STORMY}),
}


def _judge_weather(leaf: Weather, fact: object, day: date) -> _Seen:
    forecast = f"the forecast for {_day_words(day)}"
    if not isinstance(fact, WeatherFact):
        return _Seen(State.UNKNOWN, f"there is no forecast for {_day_words(day)} yet")
    changed = f"the forecast for {WEEK[day.weekday()].title()} just changed to '{fact.sky.title()}'"
    if leaf.sky and fact.sky not in _SATISFIES.get(leaf.sky, frozenset({leaf.sky})):
        return _Seen(State.NOT_MET, f"{forecast} is '{fact.sky.title()}', not '{leaf.sky.title()}'", changed)
    if leaf.at_least is None and leaf.at_most is None:
        return _Seen(State.MET, f"{forecast} is '{fact.sky.title()}'", changed)
    if fact.high is None:
        return _Seen(State.UNKNOWN, f"{forecast} names no temperature")
    high = fact.high if leaf.unit == "C" else fact.high * 9 / 5 + 32
    fits = (leaf.at_least is None or high >= leaf.at_least) and (leaf.at_most is None or high <= leaf.at_most)
    degrees = f"{high:.0f} \u00b0{leaf.unit}"
    news = f"the forecast for {WEEK[day.weekday()].title()} just changed to {degrees}"
    return _Seen(State.MET if fits else State.NOT_MET, f"{forecast} is {degrees}", news)


def _judge_stock(leaf: Inventory, fact: object) -> _Seen:
    if not isinstance(fact, ProductFact) or fact.available is None:
        return _Seen(State.UNKNOWN, f"the stock of {leaf.name} is not known")
    if fact.available >= leaf.at_least:
        return _Seen(State.MET, f"{leaf.name} is in stock", f"{leaf.name} just came in")
    if fact.available <= 0:
        return _Seen(State.NOT_MET, f"{leaf.name} is out of stock", f"{leaf.name} just sold out")
    return _Seen(State.NOT_MET, f"only {fact.available} of {leaf.name} in stock, {leaf.at_least} wanted")


def _judge_price(leaf: Price, fact: object) -> _Seen:
    if not isinstance(fact, ProductFact) or fact.price is None:
        return _Seen(State.UNKNOWN, f"the price of {leaf.name} is not known")
    bound, price = leaf.at_most, fact.price
    if bound is None:
        if leaf.reference is None or leaf.drop_percent is None:
            return _Seen(State.UNKNOWN, f"no earlier price of {leaf.name} to compare with")
        bound = leaf.reference * (100 - leaf.drop_percent) // 100
    if price.currency != leaf.currency:
        return _Seen(State.UNKNOWN, f"{leaf.name} is priced in {price.currency}, not in {leaf.currency}")
    news = f"the price of {leaf.name} just changed to {price}"
    if price.minor <= bound:
        return _Seen(State.MET, f"{leaf.name} costs {price}", news)
    limit = Money(minor=bound, currency=leaf.currency)
    return _Seen(State.NOT_MET, f"{leaf.name} costs {price}, more than {limit}", news)
