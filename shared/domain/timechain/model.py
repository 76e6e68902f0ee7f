"""What a Time-Chain is made of: legs of work and travel, joined into a plan (M5, flow 6.2-1)."""

from enum import StrEnum

from pydantic import AwareDatetime, Field

from shared.domain.model import Model
from shared.domain.places import BusinessHours, GeoPoint
from shared.errors import InvalidInput


class InvalidPlan(InvalidInput, ValueError):
    """A plan that is no graph of legs: a cycle, an unknown or a repeated id. `leg_id` names the culprit."""

    code = "invalid_plan"

    def __init__(self, detail: str, *, leg_id: str) -> None:
        super().__init__(detail, field="legs")
        self.leg_id = leg_id


class LegKind(StrEnum):
    """What happens in a leg; decides its buffer and how it treats opening hours."""

    PREPARE = "prepare"
    CUSTOMIZE = "customize"
    TRAVEL = "travel"
    ASSEMBLE = "assemble"
    DELIVER = "deliver"
    WAIT = "wait"
    SERVICE = "service"


class Within(StrEnum):
    """How a leg keeps to its hours."""

    PAUSE = "pause"
    """Work stops at closing time and goes on at the next opening."""
    WHOLE = "whole"
    """The leg begins only when it fits into the rest of the day; one longer than a day pauses."""
    BEGIN = "begin"
    """Only its beginning lies in the hours, closing minute included: a pick-up from a shop."""


SPLITTABLE = frozenset({LegKind.PREPARE, LegKind.CUSTOMIZE})


class Leg(Model):
    """One step of an order. Durations are whole minutes before buffers; instants are aware.

    `items` are the order legs it serves. `fixed_start` is a booking: it begins then, and beginning later is
    late. `due` is the instant it must be finished by. A leg with `done_at` keeps its real times, one with
    `started_at` alone is under way. A `paused` leg (a proof waits, M8) goes on at the earliest now, with
    `minutes - worked_minutes` left. `reliability` is the share of promises kept by whoever does it, 0..1.
    """

    id: str = Field(min_length=1, max_length=160)
    name: str = Field(min_length=1, max_length=400)
    kind: LegKind
    minutes: int = Field(ge=0, le=60 * 24 * 90)
    after: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    vendor_id: str | None = None
    hours: BusinessHours | None = None
    within: Within | None = None
    not_before: AwareDatetime | None = None
    fixed_start: AwareDatetime | None = None
    due: AwareDatetime | None = None
    started_at: AwareDatetime | None = None
    done_at: AwareDatetime | None = None
    paused: bool = False
    worked_minutes: int = Field(default=0, ge=0)
    reliability: float = Field(default=0.85, ge=0, le=1)
    origin: GeoPoint | None = None
    destination: GeoPoint | None = None
    destination_name: str = Field(default="", max_length=300)

    @property
    def keeps_hours(self) -> Within:
        """How it keeps to its hours, its kind's habit unless it says otherwise."""
        return self.within or (Within.PAUSE if self.kind in SPLITTABLE else Within.WHOLE)

    @property
    def remaining_minutes(self) -> int:
        """Minutes of work still to do once it goes on, before buffers."""
        return max(0, self.minutes - self.worked_minutes)

    @property
    def under_way(self) -> bool:
        """Whether it has begun, has not ended, and nothing holds it."""
        return self.started_at is not None and self.done_at is None and not self.paused

    @property
    def pending(self) -> bool:
        """Whether its beginning (or going on) still lies ahead."""
        return self.done_at is None and not self.under_way


class Plan(Model):
    """A graph of legs. The last legs must be finished by `deadline`; `zone` is where rush hours are told."""

    legs: tuple[Leg, ...] = Field(min_length=1)
    deadline: AwareDatetime | None = None
    zone: str = "America/Chicago"

    def leg(self, id: str) -> Leg:
        """Return the leg called `id`. Raises InvalidPlan."""
        for leg in self.legs:
            if leg.id == id:
                return leg
        raise InvalidPlan(f"The plan has no leg '{id}'.", leg_id=id)

    def with_leg(self, leg: Leg) -> "Plan":
        """Return this plan with `leg` in place of the one of the same id. Raises InvalidPlan."""
        self.leg(leg.id)
        return self.model_copy(
            update={"legs": tuple(leg if old.id == leg.id else old for old in self.legs)},
        )
