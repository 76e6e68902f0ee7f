"""What Open-Meteo answers, parsed, and what its numbers mean in the port's words (open-meteo.com/en/docs)."""

from datetime import date
from typing import Self

from pydantic import BaseModel, model_validator

from shared.domain.model import Model
from shared.errors import Unavailable
from shared.ports.weather import Forecast, Sky

DAILY = (
    "weather_code",
    "temperature_2m_max",
    "temperature_2m_min",
    "precipitation_sum",
    "sunshine_duration",
    "daylight_duration",
)
_UNITS = {"temperature_2m_max": "\u00b0C", "temperature_2m_min": "\u00b0C", "precipitation_sum": "mm"}
_UNKNOWN_UNIT = "undefined"
"""Of a variable that no model has at this place; its values are null."""

SUNNY_SHARE = 2 / 3
"""Of the daylight in which the sun must shine for a dry day to be sunny. Our rule, not Open-Meteo's."""

SKIES = {
    0: Sky.SUNNY,  # clear: below 20 % of cloud
    1: Sky.SUNNY,  # mainly clear: below 50 %
    2: Sky.CLOUDY,  # partly cloudy: below 80 %
    3: Sky.CLOUDY,  # overcast
    **dict.fromkeys((45, 48), Sky.CLOUDY),  # fog, rime fog
    **dict.fromkeys((51, 53, 55), Sky.RAINY),  # drizzle
    **dict.fromkeys((56, 57), Sky.RAINY),  # freezing drizzle
    **dict.fromkeys((61, 63, 65), Sky.RAINY),  # rain
    **dict.fromkeys((66, 67), Sky.RAINY),  # freezing rain
    **dict.fromkeys((71, 73, 75), Sky.SNOWY),  # snow fall
    77: Sky.SNOWY,  # snow grains
    **dict.fromkeys((80, 81, 82), Sky.RAINY),  # rain showers
    **dict.fromkeys((85, 86), Sky.SNOWY),  # snow showers
    95: Sky.STORMY,  # thunderstorm
    **dict.fromkeys((96, 99), Sky.STORMY),  # thunderstorm with hail
}
"""The codes that Open-Meteo documents (WMO 4677). A day has the code of its worst hour, be it at night."""


class Day(Model):
    """One local day. Degrees Celsius, millimetres, seconds; None is a value that the models do not have."""

    day: date
    code: int | None
    high: float | None
    low: float | None
    rain: float | None
    sunshine: float | None
    daylight: float | None

    @property
    def is_known(self) -> bool:
        """Whether all is there that a forecast says."""
        return None not in (self.code, self.high, self.low, self.rain)

    def forecast(self) -> Forecast:
        """Say it in the port's words. Raises Unavailable for a value that is missing or not known."""
        if self.code is None or self.high is None or self.low is None or self.rain is None:
            raise Unavailable(f"Open-Meteo has a gap on {self.day}.")
        return Forecast(
            day=self.day,
            sky=self._sky(self.code),
            high_c=self.high,
            low_c=self.low,
            precipitation_mm=self.rain,
        )

    def _sky(self, code: int) -> Sky:
        sky = SKIES.get(code)
        if sky is None:
            raise Unavailable(f"Open-Meteo's weather code {code} is not known here.")
        # one overcast hour makes a 3 of a bright day, an hour of fog a 45: the sun itself tells more
        if sky is Sky.CLOUDY and self.sunshine and self.daylight:
            return Sky.SUNNY if self.sunshine / self.daylight >= SUNNY_SHARE else Sky.CLOUDY
        return sky


class _Columns(BaseModel):
    time: list[date]
    weather_code: list[int | None]
    temperature_2m_max: list[float | None]
    temperature_2m_min: list[float | None]
    precipitation_sum: list[float | None]
    sunshine_duration: list[float | None] | None = None
    daylight_duration: list[float | None] | None = None


class DailyAnswer(BaseModel):
    """The answer of `/v1/forecast` to `daily=` and `timezone=auto`: its days are local ones."""

    daily: _Columns
    daily_units: dict[str, str]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        columns = [values for name in DAILY if (values := getattr(self.daily, name)) is not None]
        if not self.daily.time or any(len(values) != len(self.daily.time) for values in columns):
            raise ValueError("the columns are not of one length")
        for name, unit in _UNITS.items():
            if self.daily_units.get(name) not in (unit, _UNKNOWN_UNIT):
                raise ValueError(f"{name} is not in {unit}")
        return self

    def days(self) -> tuple[Day, ...]:
        """The columns as days."""
        nothing = [None] * len(self.daily.time)
        rows = zip(
            self.daily.time,
            self.daily.weather_code,
            self.daily.temperature_2m_max,
            self.daily.temperature_2m_min,
            self.daily.precipitation_sum,
            self.daily.sunshine_duration or nothing,
            self.daily.daylight_duration or nothing,
            strict=True,
        )
        names = ("day", "code", "high", "low", "rain", "sunshine", "daylight")
        return tuple(Day.model_validate(dict(zip(names, row, strict=True))) for row in rows)


class MetaAnswer(BaseModel):
    """The answer of `/data/{model}/static/meta.json`, in Unix seconds."""

    last_run_initialisation_time: int
    last_run_availability_time: int


class Refusal(BaseModel):
    """What stands in the body when a request is refused, whatever the status."""

    error: bool
    reason: str = ""
