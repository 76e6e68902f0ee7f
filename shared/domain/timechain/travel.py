"""How long the way takes: a simple urban model, and the seam for a routing service."""

from math import ceil
from typing import Protocol

from pydantic import Field

from shared.domain.model import Model
from shared.domain.places import GeoPoint


class Routing(Protocol):
    """Anything that knows driving times; a routing service's answers can be wrapped as one."""

    def minutes(self, origin: GeoPoint, destination: GeoPoint) -> int:
        """Return the driving time in whole minutes, without loading or handing over."""
        ...


class TravelModel(Model):
    """Driving in a city: the great-circle distance times a detour factor, at a mean speed, rounded up.

    Streets make a way about 1.3 times as long as the crow flies; 32 km/h is a usual mean over a US city's
    streets and highways by day. Rush hour and weather come on top, as buffers.
    """

    detour_factor: float = Field(default=1.3, ge=1)
    speed_kmh: float = Field(default=32.0, gt=0)

    def minutes(self, origin: GeoPoint, destination: GeoPoint) -> int:
        """Return the driving time in whole minutes, 0 only for the same spot."""
        metres_per_minute = self.speed_kmh * 1000 / 60
        # The rounding keeps the last bits of a float from adding a minute to a way that is exact.
        return ceil(round(origin.metres_to(destination) * self.detour_factor / metres_per_minute, 6))
