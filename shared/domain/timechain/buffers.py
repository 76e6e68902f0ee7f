"""Dynamic buffers (M5): how much longer than planned each leg may take before anyone is late."""

from collections.abc import Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from pydantic import Field

from shared.domain.model import Model
from shared.domain.timechain.model import LegKind

WHOLE_PCT = 100
_PARTS = WHOLE_PCT**3


class RushHour(Model):
    """A stretch of local time `[opens, closes)` with slow roads."""

    opens: time
    closes: time


class Conditions(Model):
    """What the outside world does to a plan: the local days on which weather slows travel."""

    adverse_days: frozenset[date] = frozenset()


class BufferPolicy(Model):
    """M5: buffer = minutes * (base + reliability) * time of day * weather, rounded up to a minute.

    Everything is a whole percentage, so that the sum is exact. Rush hour and weather act only on the kinds
    that are on the road (`exposed`), and are judged where the leg begins. Waits and booked services take
    no buffer; preparation has no base of its own, only its vendor's reliability.
    """

    preparation_pct: int = Field(default=0, ge=0)
    customization_pct: int = Field(default=25, ge=0)
    travel_pct: int = Field(default=10, ge=0)
    assembly_pct: int = Field(default=20, ge=0)
    delivery_pct: int = Field(default=15, ge=0)
    high_reliability: float = 0.95
    """From here on a vendor counts as highly reliable."""
    medium_reliability: float = 0.80
    """From here on as of medium reliability, below as of low."""
    high_reliability_pct: int = Field(default=10, ge=0)
    medium_reliability_pct: int = Field(default=25, ge=0)
    low_reliability_pct: int = Field(default=50, ge=0)
    rush_factor_pct: int = Field(default=120, ge=WHOLE_PCT)
    weather_factor_pct: int = Field(default=115, ge=WHOLE_PCT)
    rush_hours: tuple[RushHour, ...] = Field(
        default_factory=lambda: (
            RushHour(opens=time(7), closes=time(9)),
            RushHour(opens=time(16), closes=time(18)),
        ),
    )
    rush_days: frozenset[int] = frozenset(range(5))
    exposed: frozenset[LegKind] = frozenset({LegKind.TRAVEL, LegKind.DELIVER})

    def base_pct(self, kind: LegKind) -> int | None:
        """Return the base share of a kind, None when it takes no buffer at all."""
        bases: Mapping[LegKind, int] = {
            LegKind.PREPARE: self.preparation_pct,
            LegKind.CUSTOMIZE: self.customization_pct,
            LegKind.TRAVEL: self.travel_pct,
            LegKind.ASSEMBLE: self.assembly_pct,
            LegKind.DELIVER: self.delivery_pct,
        }
        return bases.get(kind)

    def reliability_pct(self, reliability: float) -> int:
        """Return the share that a vendor's reliability (0..1) adds."""
        if reliability >= self.high_reliability:
            return self.high_reliability_pct
        if reliability >= self.medium_reliability:
            return self.medium_reliability_pct
        return self.low_reliability_pct

    def buffer(
        self,
        minutes: int,
        *,
        kind: LegKind,
        reliability: float,
        rush: bool = False,
        adverse: bool = False,
    ) -> int:
        """Return the buffer of a leg in whole minutes."""
        base = self.base_pct(kind)
        if base is None:
            return 0
        on_road = kind in self.exposed
        time_of_day = self.rush_factor_pct if rush and on_road else WHOLE_PCT
        weather = self.weather_factor_pct if adverse and on_road else WHOLE_PCT
        scaled = minutes * (base + self.reliability_pct(reliability)) * time_of_day * weather
        return -(-scaled // _PARTS)

    def is_rush(self, minute: int, *, zone: ZoneInfo) -> bool:
        """Whether a minute since the epoch lies in a rush hour of `zone`."""
        local = datetime.fromtimestamp(minute * 60, zone)
        if local.weekday() not in self.rush_days:
            return False
        return any(rush.opens <= local.time() < rush.closes for rush in self.rush_hours)
