"""The condition tree: weather, calendar, inventory and price leaves under ALL and ANY."""

from datetime import date, time
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared.domain.model import Model


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
    item: str = ""
    """What people call it, once `product` is an id."""
    at_least: int = Field(default=1, ge=1)

    @property
    def name(self) -> str:
        """What to call it in a sentence."""
        return self.item or self.product


class Price(Model):
    """A product costs at most `at_most` minor units, or fell by `drop_percent` from `reference`."""

    type: Literal["price"] = "price"
    product: str
    item: str = ""
    """What people call it, once `product` is an id."""
    at_most: int | None = Field(default=None, ge=0)
    currency: str = "USD"
    drop_percent: int | None = Field(default=None, ge=1, le=99)
    reference: int | None = Field(default=None, ge=0)
    """Minor units when the watch began; the caller that starts the watch fills it in."""

    @property
    def name(self) -> str:
        """What to call it in a sentence."""
        return self.item or self.product

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
