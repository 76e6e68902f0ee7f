"""What the Time-Chain works out of a plan: when each leg runs, its slack, and whether all is in time (M5)."""

from pydantic import AwareDatetime

from shared.domain.model import Model
from shared.domain.timechain.model import InvalidPlan, LegKind


class TimelineLeg(Model):
    """One leg in time. `starts_at` is the earliest beginning, `suggested_start` the just-in-time one.

    `slack_minutes` is how long the beginning can be put off without breaking any deadline, negative when
    one is broken already. A leg is `critical` when putting it off by a minute puts off the arrival.
    """

    leg_id: str
    name: str
    kind: LegKind
    vendor_id: str | None
    items: tuple[str, ...]
    starts_at: AwareDatetime
    finishes_at: AwareDatetime
    latest_start: AwareDatetime
    suggested_start: AwareDatetime
    deadline: AwareDatetime | None
    """Its own deadline: when it must be finished, or must begin when it is booked."""
    reaches_deadline_at: AwareDatetime | None
    """Its end, or its beginning when it is booked, whichever `deadline` is about."""
    minutes: int
    buffer_minutes: int
    slack_minutes: int
    late_minutes: int
    critical: bool
    done: bool
    waiting: bool
    """Paused, e.g. for a proof; `latest_start` is when it must go on."""


class BreakingLeg(Model):
    """The leg that breaks a deadline, and why, in words. `deadline_leg_id` is the leg that comes late."""

    leg_id: str
    name: str
    deadline_leg_id: str
    late_minutes: int
    reason: str


class SynchronisedArrival(Model):
    """One leg that feeds a meeting: begun at `suggested_start` it arrives with the others."""

    leg_id: str
    suggested_start: AwareDatetime
    arrives_at: AwareDatetime
    waits_minutes: int
    """Minutes it still waits for the last arrival, because nothing can bring it later."""


class Meeting(Model):
    """Several legs that come together at `meets_at`: at a hub (`leg_id` assembles) or at the door."""

    leg_id: str | None
    meets_at: AwareDatetime
    arrivals: tuple[SynchronisedArrival, ...]


class Timeline(Model):
    """A computed plan. `total_minutes` runs from the start to the arrival, hours of closing included.

    `deadline` is the plan's, or the tightest one of its legs; `confidence` the weakest reliability among
    the legs still to do.
    """

    starts_at: AwareDatetime
    arrival: AwareDatetime
    deadline: AwareDatetime | None
    is_feasible: bool
    late_minutes: int
    total_minutes: int
    confidence: float
    critical_path: tuple[str, ...]
    breaking_leg: BreakingLeg | None
    legs: tuple[TimelineLeg, ...]
    meetings: tuple[Meeting, ...] = ()
    zone: str = "America/Chicago"

    def leg(self, id: str) -> TimelineLeg:
        """Return the leg called `id`. Raises InvalidPlan."""
        for leg in self.legs:
            if leg.leg_id == id:
                return leg
        raise InvalidPlan(f"The timeline has no leg '{id}'.", leg_id=id)

    @property
    def waiting(self) -> tuple[TimelineLeg, ...]:
        """The legs that somebody's answer holds."""
        return tuple(leg for leg in self.legs if leg.waiting)
