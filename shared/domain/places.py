"""Where things are, and when a business is open."""

from datetime import datetime, time, timedelta
from functools import cache
from math import asin, cos, radians, sin, sqrt
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, model_validator

from shared.domain.model import Model

EARTH_RADIUS_M = 6_371_000.0


class GeoPoint(Model):
    """A WGS 84 position in degrees."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)

    def metres_to(self, other: "GeoPoint") -> float:
        """Great-circle distance in metres (haversine)."""
        lat1, lat2 = radians(self.latitude), radians(other.latitude)
        half_lat = (lat2 - lat1) / 2
        half_lon = radians(other.longitude - self.longitude) / 2
        chord = sin(half_lat) ** 2 + cos(lat1) * cos(lat2) * sin(half_lon) ** 2
        return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(chord)))


@cache
def _zones() -> frozenset[str]:
    """Every zone's name; finding them means walking the time zone database."""
    return frozenset(available_timezones())


def known_zone(name: str) -> bool:
    """Say whether `name` is a time zone of the IANA database."""
    return name in _zones()


def cell_of(point: GeoPoint) -> str:
    """The weather cell of a point, a tenth of a degree wide: places in one cell share one lookup."""
    # adding zero turns -0.0 into 0.0, so that both sides of the equator share a cell
    return f"{round(point.latitude, 1) + 0.0:.1f},{round(point.longitude, 1) + 0.0:.1f}"


def cell_point(cell: str) -> GeoPoint:
    """The position that stands for a cell. Raises ValueError for what is no cell."""
    latitude, _, longitude = cell.partition(",")
    return GeoPoint(latitude=float(latitude), longitude=float(longitude))


class Place(Model):
    """An address as a person writes it, with its position once known."""

    address: str = Field(min_length=1, max_length=300)
    point: GeoPoint


class BusinessHours(Model):
    """Opening hours in local time, the same on each open day. `days` counts Monday as 0."""

    opens: time = time(9)
    closes: time = time(17)
    days: frozenset[int] = frozenset(range(5))
    zone: str = "America/Chicago"

    @model_validator(mode="after")
    def _in_order(self) -> "BusinessHours":
        if not self.opens < self.closes:
            raise ValueError("a business opens before it closes")
        if not self.days or not self.days <= frozenset(range(7)):
            raise ValueError("days are 0 (Monday) to 6 (Sunday), at least one")
        return self

    def next_open(self, at: datetime) -> datetime:
        """Return the first instant at or after `at` (aware) when the business is open, in UTC."""
        local = at.astimezone(ZoneInfo(self.zone))
        for ahead in range(9):
            day = local.date() + timedelta(days=ahead)
            if day.weekday() not in self.days:
                continue
            start = datetime.combine(day, self.opens, ZoneInfo(self.zone))
            end = datetime.combine(day, self.closes, ZoneInfo(self.zone))
            if at < end:
                return max(at, start).astimezone(ZoneInfo("UTC"))
        raise AssertionError("a business with an open day opens within nine days")

    def closing_after(self, at: datetime) -> datetime:
        """Return the end (UTC) of the opening window that contains `at`."""
        local = at.astimezone(ZoneInfo(self.zone))
        return datetime.combine(local.date(), self.closes, ZoneInfo(self.zone)).astimezone(ZoneInfo("UTC"))
