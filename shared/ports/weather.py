"""The weather port: daily forecasts by place."""

from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from shared.domain.attribution import Attribution
from shared.domain.model import Model
from shared.domain.places import GeoPoint


class Sky(StrEnum):
    """The day's weather in one word, as a forecast for laypeople would say it."""

    SUNNY = "sunny"
    CLOUDY = "cloudy"
    RAINY = "rainy"
    SNOWY = "snowy"
    STORMY = "stormy"


class Forecast(Model):
    """One local day at one place. Temperatures in degrees Celsius, precipitation in millimetres.

    `attribution` names the source where it must be named beside what is shown.
    """

    day: date
    sky: Sky
    high_c: float
    low_c: float
    precipitation_mm: float = 0.0
    attribution: Attribution | None = None


class Weather(Protocol):
    """A forecast service."""

    async def forecast(self, point: GeoPoint, day: date) -> Forecast | None:
        """Return the forecast of `day` at `point`, or None when it is beyond the horizon.

        Raises Unavailable.
        """
        ...


class WeatherScript(Protocol):
    """A forecast service whose days can be scripted: the embedded one, for rehearsals."""

    async def set_override(
        self, point: GeoPoint, *, day: date, sky: Sky, since: datetime | None = None
    ) -> Forecast:
        """Let the forecast of `day` around `point` be `sky` from `since` (default: now) on."""
        ...
