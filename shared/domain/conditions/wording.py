"""Conditions as people read them, and what only the caller knows filled in."""

from collections.abc import Iterator, Mapping
from datetime import time

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
