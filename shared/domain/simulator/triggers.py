"""When a scenario answers: a tree of conditions on one request, joined by ALL and ANY (5.4-4 step 3)."""

from datetime import datetime, time
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, WithJsonSchema, model_validator

from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.simulator.asks import Ask, RequestType

MAX_DEPTH = 5
LocalTime = Annotated[
    time,
    # "format": "time" of JSON schema demands an offset, which a time on the partner's own clock has not
    WithJsonSchema(
        {"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?$"}
    ),
]
"""A time of day on the partner's clock, e.g. 17:00."""
Short = Annotated[str, Field(min_length=1, max_length=80)]


class Always(Model):
    """Every request."""

    type: Literal["always"] = "always"


class ProductContains(Model):
    """The wanted item, or the text where no item is named, has these words in it; case does not matter."""

    type: Literal["product_contains"] = "product_contains"
    text: Short

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text.strip():
            raise ValueError("name at least one letter")
        return self


class RequestIs(Model):
    """The request is of one of these types."""

    type: Literal["request_type"] = "request_type"
    any_of: tuple[RequestType, ...] = Field(min_length=1, max_length=len(RequestType))


class TimeOfDay(Model):
    """The partner's clock stands at or after `after`, and before `before`; both may span midnight."""

    type: Literal["time_of_day"] = "time_of_day"
    after: LocalTime | None = None
    before: LocalTime | None = None

    @model_validator(mode="after")
    def _is_a_window(self) -> Self:
        if self.after is None and self.before is None:
            raise ValueError("name a time to begin, to end, or both")
        if self.after == self.before:
            raise ValueError("the window is empty")
        if any(edge is not None and edge.tzinfo is not None for edge in (self.after, self.before)):
            raise ValueError("times are the partner's local ones, without an offset")
        return self


class OrderValue(Model):
    """The affected leg costs more than `over`; never true where no value is known or in another currency."""

    type: Literal["order_value"] = "order_value"
    over: Money


class UserType(Model):
    """The request comes for this kind of user."""

    type: Literal["user_type"] = "user_type"
    user: Short


class AllOf(Model):
    """Every part holds."""

    type: Literal["all"] = "all"
    of: tuple["Trigger", ...] = Field(min_length=1, max_length=20)


class AnyOf(Model):
    """At least one part holds."""

    type: Literal["any"] = "any"
    of: tuple["Trigger", ...] = Field(min_length=1, max_length=20)


Leaf = Always | ProductContains | RequestIs | TimeOfDay | OrderValue | UserType
Trigger = Annotated[
    Always | ProductContains | RequestIs | TimeOfDay | OrderValue | UserType | AllOf | AnyOf,
    Field(discriminator="type"),
]


class LeafFinding(Model):
    """One line of an explanation: the condition in words, and whether it holds."""

    words: str
    holds: bool


def holds(trigger: Trigger, ask: Ask, *, now: datetime, zone: str) -> bool:
    """Say whether `trigger` fires for `ask` at `now` (aware) on the partner's clock."""
    match trigger:
        case AllOf():
            return all(holds(part, ask, now=now, zone=zone) for part in trigger.of)
        case AnyOf():
            return any(holds(part, ask, now=now, zone=zone) for part in trigger.of)
        case Always():
            return True
        case ProductContains():
            return _folded(trigger.text) in _folded(ask.wanted)
        case RequestIs():
            return ask.type in trigger.any_of
        case TimeOfDay():
            return _within(trigger, now.astimezone(ZoneInfo(zone)).time())
        case OrderValue():
            return _exceeds(ask.order_value, trigger.over)
        case UserType():
            return _folded(ask.user_type) == _folded(trigger.user)


def findings(trigger: Trigger, ask: Ask, *, now: datetime, zone: str) -> tuple[LeafFinding, ...]:
    """Say of each leaf, in order, whether it holds: why a scenario did or did not fire (5.4-6 step 3)."""
    if isinstance(trigger, AllOf | AnyOf):
        return tuple(found for part in trigger.of for found in findings(part, ask, now=now, zone=zone))
    return (LeafFinding(words=describe(trigger), holds=holds(trigger, ask, now=now, zone=zone)),)


def describe(trigger: Trigger) -> str:
    """Write the IF part in words, e.g. `order value > $500.00 AND product contains 'flowers'`."""
    match trigger:
        case AllOf() | AnyOf():
            joint = " AND " if isinstance(trigger, AllOf) else " OR "
            return joint.join(_bracketed(part) for part in trigger.of)
        case Always():
            return "always"
        case ProductContains():
            return f"product contains '{trigger.text}'"
        case RequestIs():
            return f"request is {' or '.join(trigger.any_of)}"
        case TimeOfDay():
            after = f"after {trigger.after:%H:%M}" if trigger.after is not None else ""
            before = f"before {trigger.before:%H:%M}" if trigger.before is not None else ""
            return f"time is {' and '.join(filter(None, (after, before)))}"
        case OrderValue():
            return f"order value > {trigger.over}"
        case UserType():
            return f"user is {trigger.user}"


def depth(trigger: Trigger) -> int:
    """Count the levels of the tree; a leaf is one."""
    return (
        1 + max((depth(part) for part in trigger.of), default=0) if isinstance(trigger, AllOf | AnyOf) else 1
    )


def _within(window: TimeOfDay, local: time) -> bool:
    begun = window.after is None or local >= window.after
    unfinished = window.before is None or local < window.before
    spans_midnight = window.after is not None and window.before is not None and window.after > window.before
    return (begun or unfinished) if spans_midnight else (begun and unfinished)


def _exceeds(value: Money | None, over: Money) -> bool:
    return value is not None and value.currency == over.currency and value.minor > over.minor


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _bracketed(part: Trigger) -> str:
    many = isinstance(part, AllOf | AnyOf) and len(part.of) > 1
    return f"({describe(part)})" if many else describe(part)
