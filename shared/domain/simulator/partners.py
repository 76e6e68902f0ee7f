"""A partner that exists only in the simulator (flow 5.4-1 step 3)."""

from typing import Any, Literal

from pydantic import Field, field_validator

from shared.domain.aggregate import Aggregate
from shared.domain.catalogue import Channel, ChannelKind, Vendor
from shared.domain.model import Model
from shared.domain.places import BusinessHours, Place, known_zone


class PartnerProfile(Model):
    """What an admin fills in. `plays` and `identifier` are the channel that the partner is shown to use.

    Messages reach the simulator whatever it plays: no phone rings. `trust_score` is 0..100, `reliability`
    the share of promises kept.
    """

    name: str = Field(min_length=1, max_length=120)
    business_type: str = Field(min_length=1, max_length=60)
    place: Place
    plays: ChannelKind = ChannelKind.API
    identifier: str = Field(default="", max_length=200)
    trust_score: int = Field(default=50, ge=0, le=100)
    reliability: float = Field(default=0.85, ge=0, le=1)
    hours: BusinessHours = BusinessHours()
    capabilities: frozenset[str] = Field(default=frozenset(), max_length=50)

    @field_validator("hours")
    @classmethod
    def _zone_exists(cls, hours: BusinessHours) -> BusinessHours:
        if not known_zone(hours.zone):
            raise ValueError(f"there is no time zone {hours.zone!r}")
        return hours


class SimulatedPartner(Aggregate):
    """A stored profile. A removed one is gone from the scout but still named by its history."""

    kind: Literal["simulated_partner"] = "simulated_partner"
    profile: PartnerProfile
    removed: bool = False

    def vendor(self) -> Vendor:
        """Return the partner as the catalogue sells from it."""
        shown = PartnerProfile.model_fields.keys() & Vendor.model_fields.keys()
        fields: dict[str, Any] = {name: getattr(self.profile, name) for name in shown}
        channel = Channel(kind=ChannelKind.SIMULATOR, address=self.id)
        return Vendor(id=self.id, channel=channel, simulated=True, **fields)
