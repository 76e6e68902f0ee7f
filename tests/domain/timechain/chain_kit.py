"""Short hands for the Time-Chain's tests: a week in May 2026, legs, and random plans."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from shared.domain.catalogue import Product, Vendor
from shared.domain.money import Money
from shared.domain.places import BusinessHours, GeoPoint, Place
from shared.domain.timechain import BufferPolicy, Conditions, Leg, LegKind, Plan, PlannedItem

AUSTIN = ZoneInfo("America/Chicago")
MONDAY = date(2026, 5, 4)
PLAIN = BufferPolicy(
    preparation_pct=0,
    customization_pct=0,
    travel_pct=0,
    assembly_pct=0,
    delivery_pct=0,
    high_reliability_pct=0,
    medium_reliability_pct=0,
    low_reliability_pct=0,
)
"""No buffers: minutes are minutes."""


def at(hour: int, minute: int = 0, *, day: date = MONDAY) -> datetime:
    """An Austin wall-clock time, in UTC."""
    return datetime.combine(day, time(hour, minute), AUSTIN).astimezone(UTC)


def leg(id: str, minutes: int, *after: str, kind: LegKind = LegKind.WAIT, **more: Any) -> Leg:
    return Leg(id=id, name=id.title(), kind=kind, minutes=minutes, after=after, **more)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


HOURS = BusinessHours()
KINDS = list(LegKind)


@st.composite
def plans(draw: st.DrawFn, *, hours: bool = False, kinds: list[LegKind] = KINDS) -> Plan:
    """Random plans of up to nine legs, some with their own deadlines, within ten days of Monday 8:00."""
    count = draw(st.integers(1, 9))
    legs: list[Leg] = []
    for number in range(count):
        after = draw(st.sets(st.sampled_from(range(number)), max_size=3)) if number else set()
        legs.append(
            leg(
                f"l{number}",
                draw(st.integers(0, 700)),
                *(f"l{before}" for before in sorted(after)),
                kind=draw(st.sampled_from(kinds)),
                reliability=draw(st.sampled_from([0.5, 0.85, 0.99])),
                hours=draw(st.none() | business_hours()) if hours else None,
                due=draw(st.none() | st.none() | instants()),
                not_before=draw(st.none() | st.none() | instants()),
            )
        )
    return Plan(legs=tuple(draw(st.permutations(legs))), deadline=draw(st.none() | instants()))


def instants() -> st.SearchStrategy[datetime]:
    return st.integers(0, 60 * 24 * 10).map(lambda offset: at(8) + minutes(offset))


@st.composite
def business_hours(draw: st.DrawFn) -> BusinessHours:
    opens = draw(st.integers(0, 14))
    return BusinessHours(
        opens=time(opens),
        closes=time(draw(st.integers(opens + 2, 23)), 30),
        days=frozenset(draw(st.sets(st.integers(0, 6), min_size=3))),
    )


def weather() -> st.SearchStrategy[Conditions]:
    days = st.sets(st.integers(0, 9).map(lambda day: MONDAY + timedelta(days=day)))
    return days.map(lambda chosen: Conditions(adverse_days=frozenset(chosen)))


# Places on one line of latitude: with CROW, a minute per step.
def spot(steps: int) -> GeoPoint:
    return GeoPoint(latitude=30.0, longitude=-97.0 + steps / 1000)


class Crow:
    """A routing on which each step of `spot` takes a minute."""

    def minutes(self, origin: GeoPoint, destination: GeoPoint) -> int:
        return round(abs(origin.longitude - destination.longitude) * 1000)


CROW = Crow()


def vendor(id: str, steps: int, **more: Any) -> Vendor:
    place = Place(address=f"{id} street", point=spot(steps))
    return Vendor(id=id, name=id.title(), business_type="florist", place=place, **more)


def item(id: str, seller: Vendor, *, lead: int = 60, price: int = 5000, **more: Any) -> PlannedItem:
    known = {name: more.pop(name) for name in ("kind", "lock") if name in more}
    product = Product(
        id=f"p-{id}",
        vendor_id=seller.id,
        name=id.title(),
        price=Money(minor=price),
        lead_minutes=lead,
        **known,
    )
    return PlannedItem(leg_id=id, product=product, vendor=seller, **more)
