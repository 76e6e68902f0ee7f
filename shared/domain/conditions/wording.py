"""Conditions as people read them, and what only the caller knows filled in."""

from collections.abc import Iterator, Mapping
from datetime import date, time

from shared.domain.conditions.models import (
    All,
    Any,
    Calendar,
    Condition,
    Inventory,
    Leaf,
    Price,
    Weather,
)
from shared.domain.money import Money


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
        case Inventory(at_least=1):
            return f"Stock({condition.name}) == Available"
        case Inventory():
            return f"Stock({condition.name}) >= {condition.at_least}"
        case Price(at_most=int(bound)):
            return f"Price({condition.name}) <= {Money(minor=bound, currency=condition.currency)}"
        case Price():
            return f"Price({condition.name}) drop >= {condition.drop_percent} %"


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


def in_words(condition: Condition) -> str:
    """Return the condition as one would say it, e.g. `the weather is sunny and it is Thursday`."""
    match condition:
        case All() | Any():
            joint = " and " if isinstance(condition, All) else ", or "
            return joint.join(in_words(part) for part in condition.of)
        case Weather():
            return _weather_in_words(condition)
        case Calendar():
            return _calendar_in_words(condition)
        case Inventory(at_least=1):
            return f"{condition.name} is in stock"
        case Inventory():
            return f"at least {condition.at_least} of {condition.name} are in stock"
        case Price(at_most=int(bound)):
            limit = Money(minor=bound, currency=condition.currency)
            return f"the price of {condition.name} is {limit} or less"
        case Price():
            return f"the price of {condition.name} falls by {condition.drop_percent} %"


def _weather_in_words(leaf: Weather) -> str:
    parts = [f"the weather is {leaf.sky}"] if leaf.sky else []
    if leaf.at_least is not None:
        parts.append(f"it gets at least {leaf.at_least} \u00b0{leaf.unit}")
    if leaf.at_most is not None:
        parts.append(f"it stays at {leaf.at_most} \u00b0{leaf.unit} or less")
    return " and ".join(parts)


def _calendar_in_words(leaf: Calendar) -> str:
    parts = [f"it is {' or '.join(day.title() for day in leaf.weekdays)}"] if leaf.weekdays else []
    first, last = (_date_in_words(day) if day else "" for day in (leaf.first_day, leaf.last_day))
    if first and first == last:
        parts.append(f"it is {first}")
    elif first and last:
        parts.append(f"it is between {first} and {last}")
    elif first or last:
        parts.append(f"it is {first} or later" if first else f"it is {last} at the latest")
    if leaf.from_time and leaf.until_time:
        parts.append(f"it is between {leaf.from_time:%H:%M} and {leaf.until_time:%H:%M}")
    elif leaf.from_time or leaf.until_time:
        bound = f"after {leaf.from_time:%H:%M}" if leaf.from_time else f"before {leaf.until_time:%H:%M}"
        parts.append(f"it is {bound}")
    return " and ".join(parts) or "the day has come"


def _date_in_words(day: date) -> str:
    return f"{day:%A, %B} {day.day}"


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


def pinned(condition: Condition, *, product: str, item: str, price: int) -> Condition:
    """Return the condition with its prices and stock about one product, named `item`, at `price` now.

    What a customer names ("chocolates") becomes what was found for them, so that what is watched is what is
    bought. A reference that is known already stays.
    """
    match condition:
        case All() | Any():
            parts = tuple(pinned(part, product=product, item=item, price=price) for part in condition.of)
            return condition.model_copy(update={"of": parts})
        case Price():
            known = (
                price if condition.reference is None or condition.product != product else condition.reference
            )
            return condition.model_copy(update={"product": product, "item": item, "reference": known})
        case Inventory():
            return condition.model_copy(update={"product": product, "item": item})
        case _:
            return condition
