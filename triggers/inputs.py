"""What several doors take: ids, places and zones, parsed and looked up at the door."""

from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from shared.bootstrap import App
from shared.domain.model import Model
from shared.domain.places import GeoPoint, Place, known_zone
from shared.errors import InvalidInput

OrderId = Annotated[str, Field(pattern=r"^ord_[0-9a-z]+$", max_length=64)]
LegId = Annotated[str, Field(pattern=r"^ord_[0-9a-z]+-l[0-9]+$", max_length=64)]
NegotiationId = Annotated[str, Field(pattern=r"^ord_[0-9a-z]+-n[0-9]+$", max_length=64)]
RecoveryId = Annotated[str, Field(pattern=r"^ord_[0-9a-z]+-r[0-9]+$", max_length=64)]
"""What belongs to an order lies beside it in the store, so only the form of an id tells of what it is one."""


def _checked_zone(name: str) -> str:
    if not known_zone(name):
        raise ValueError("this is no IANA time zone, such as America/Chicago")
    return name


Zone = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_checked_zone)]
"""An IANA time zone name."""


class PlaceInput(Model):
    """An address; its position may be left out where the address names a known place."""

    address: str = Field(min_length=1, max_length=300, pattern=r"\S")
    point: GeoPoint | None = None


async def located(given: PlaceInput, app: App, *, field: str) -> Place:
    """Return the place with its position. Raises InvalidInput naming `field` when nobody knows it."""
    if given.point is not None:
        return Place(address=given.address, point=given.point)
    place = await app.geocoder.locate(given.address)
    if place is None:
        raise InvalidInput("I do not know where this is; please add its position.", field=f"{field}.address")
    return place


def zone_or_home(zone: str | None, app: App) -> ZoneInfo:
    """The caller's zone, or the platform's."""
    return ZoneInfo(zone or app.settings.home_zone)
