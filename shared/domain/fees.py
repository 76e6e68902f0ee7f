"""What the platform takes of each sale: one table of rates, by region and by service type (flow 5.1-2, M15).

Precedence: a rule for a region and a service type beats one for the region, which beats one for the service
type, which beats the default rate. Of several regions that a vendor lies in, the smallest one counts, and of
two of one size the one named first in the table.

A table is never changed. Each has a number, and from its instant on it replaces every table before it, also
those that were to come into force later.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import Field

from shared.domain.aggregate import Aggregate
from shared.domain.catalogue import SLUG, ProductKind
from shared.domain.model import Model
from shared.domain.places import GeoPoint
from shared.errors import InvalidInput

MAX_BPS = 10_000
WIDEST_KM = 20_100.0
"""Half way round the earth: a circle that is everywhere."""


class Region(Model):
    """A circle on the map with a name."""

    name: str = Field(pattern=SLUG)
    centre: GeoPoint
    radius_km: float = Field(gt=0, le=WIDEST_KM)

    def contains(self, point: GeoPoint) -> bool:
        """Say whether a place lies in it, its edge included."""
        return self.centre.metres_to(point) <= self.radius_km * 1000


class FeeRule(Model):
    """A rate for a region, a service type, or both. Rates are in basis points, hundredths of a percent."""

    region: str | None = Field(default=None, pattern=SLUG)
    kind: ProductKind | None = None
    fee_bps: int = Field(ge=0, le=MAX_BPS)


class FeeRates(Model):
    """What an admin sets: the default rate, the regions, and the rules that differ from it."""

    default_bps: int = Field(ge=0, le=MAX_BPS)
    regions: tuple[Region, ...] = Field(default=(), max_length=100)
    rules: tuple[FeeRule, ...] = Field(default=(), max_length=500)


class Rate(Model):
    """A rate and what it follows from, e.g. `austin, service` or `default`."""

    fee_bps: int
    because: str


class FeeTable(Aggregate):
    """The rates of one version. Version 0 is the platform's settings."""

    version: int = Field(ge=0)
    rates: FeeRates
    effective_from: datetime
    by: str
    note: str = Field(default="", max_length=500)


def check(rates: FeeRates) -> None:
    """Raise InvalidInput, naming the field, for rates that contradict themselves."""
    names: set[str] = set()
    for n, region in enumerate(rates.regions):
        if region.name in names:
            raise InvalidInput(f"There are two regions '{region.name}'.", field=f"regions.{n}.name")
        names.add(region.name)
    seen: set[tuple[str | None, ProductKind | None]] = set()
    for n, rule in enumerate(rates.rules):
        if rule.region is None and rule.kind is None:
            raise InvalidInput("A rule names a region or a service type.", field=f"rules.{n}")
        if rule.region is not None and rule.region not in names:
            raise InvalidInput(f"There is no region '{rule.region}' here.", field=f"rules.{n}.region")
        if (rule.region, rule.kind) in seen:
            raise InvalidInput("There are two rules for the same.", field=f"rules.{n}")
        seen.add((rule.region, rule.kind))


def rate(rates: FeeRates, point: GeoPoint, kind: ProductKind) -> Rate:
    """Return the rate for a vendor at `point` that sells something of `kind`."""
    rules: Mapping[tuple[str | None, ProductKind | None], FeeRule] = {
        (rule.region, rule.kind): rule for rule in rates.rules
    }
    around = [each.name for each in sorted(rates.regions, key=lambda r: r.radius_km) if each.contains(point)]
    for wanted in (*((name, kind) for name in around), *((name, None) for name in around), (None, kind)):
        if (rule := rules.get(wanted)) is not None:
            return Rate(fee_bps=rule.fee_bps, because=", ".join(str(part) for part in wanted if part))
    return Rate(fee_bps=rates.default_bps, because="default")


def to_come(newest_first: Sequence[FeeTable], now: datetime) -> list[FeeTable]:
    """Return the tables that will come into force after `now`, soonest first.

    One that a newer table replaces before it begins never will.
    """
    coming: list[FeeTable] = []
    for table in newest_first:
        if table.effective_from <= now:
            break
        if not coming or table.effective_from < coming[-1].effective_from:
            coming.append(table)
    return coming[::-1]
