"""Ways out of a plan that cannot keep its deadline: each is computed, the best comes first."""

from datetime import date, datetime

from chain_kit import CROW, MONDAY, PLAIN, at, item, leg, minutes, spot, vendor

from shared.domain.catalogue import Lock
from shared.domain.money import Money
from shared.domain.timechain import (
    Courier,
    Customization,
    DeliveryRequest,
    LegKind,
    Offer,
    Plan,
    PlannedItem,
    WayOut,
    WayOutKind,
    compute,
    earliest_deadline,
    ways_out,
)

START = at(10)
BARE = Courier(handling_minutes=0, cost=Money(minor=1000))
HOT = Courier(id="hot", name="Hot-Shot", handling_minutes=0, speed_pct=50, cost=Money(minor=2500))
ANN, BOB = vendor("ann", 60), vendor("bob", 20)


def request(*items: PlannedItem, deadline: datetime) -> DeliveryRequest:
    return DeliveryRequest(items=items, deliver_to=spot(0), deadline=deadline, courier=BARE)


def offer(seller: str = "bob", *, lead: int = 60, price: int = 5500) -> Offer:
    other = item("roses", vendor(seller, 20), lead=lead, price=price)
    return Offer(product=other.product, vendor=other.vendor)


def found(
    wish: DeliveryRequest, *, offers: list[Offer] | None = None, couriers: list[Courier] | None = None
) -> list[WayOut]:
    ways = ways_out(
        wish,
        start=START,
        policy=PLAIN,
        routing=CROW,
        offers={"roses": offers or []},
        couriers=couriers or [],
    )
    for way in ways:
        timeline = compute(way.plan, start=START, policy=PLAIN)
        assert timeline.is_feasible
        assert timeline.arrival == way.new_arrival
        assert way.request.plan(CROW) == way.plan
    return ways


def test_the_cheapest_way_that_keeps_all_and_the_date_comes_first() -> None:
    wish = request(item("roses", ANN), deadline=at(11, 30))
    ways = found(wish, offers=[offer()], couriers=[HOT])
    assert [(way.kind, way.cost_difference) for way in ways] == [
        (WayOutKind.OTHER_VENDOR, Money(minor=500)),
        (WayOutKind.OTHER_COURIER, Money(minor=1500)),
        (WayOutKind.OTHER_DATE, Money(minor=0)),
    ]
    assert ways[0].description == "Get Roses from Bob instead of Ann."
    assert ways[1].new_arrival == at(11, 30)
    assert ways[2].deadline == at(11, 30, day=date(2026, 5, 5))


def test_what_would_still_be_late_is_not_offered() -> None:
    wish = request(item("roses", ANN), deadline=at(11))
    kinds = {way.kind for way in found(wish, offers=[offer(lead=55)], couriers=[HOT])}
    assert kinds == {WayOutKind.OTHER_DATE}


def test_vendor_and_courier_change_together_only_when_neither_suffices_alone() -> None:
    wish = request(item("roses", ANN), deadline=at(11, 12))
    first = found(wish, offers=[offer()], couriers=[HOT])[0]
    assert first.description == "Get Roses from Bob instead of Ann. Let Hot-Shot carry it."
    assert first.new_arrival == at(11, 10)
    assert first.cost_difference == Money(minor=2000)


def test_the_slow_item_can_be_left_out() -> None:
    wish = request(item("roses", BOB), item("cake", ANN, lead=400, price=3000), deadline=at(12))
    dropped = found(wish)[-1]
    assert dropped.kind is WayOutKind.DROP_ITEM
    assert dropped.description == "Leave out Cake."
    assert dropped.cost_difference == Money(minor=-4000)


def test_a_hard_lock_is_never_swapped_nor_left_out() -> None:
    locked = item("roses", ANN, lock=Lock.HARD)
    ways = found(request(locked, item("card", BOB, lead=1), deadline=at(11, 30)), offers=[offer()])
    assert {way.kind for way in ways} == {WayOutKind.OTHER_DATE}


def test_what_is_made_or_customised_by_its_own_vendor_stays_there() -> None:
    made = item("roses", ANN, lead=0, done_at=at(9))
    tied = item("roses", ANN, customizations=(Customization(name="Ribbon", vendor=ANN, minutes=5),))
    for bound in (made, tied):
        ways = found(request(bound, deadline=at(10, 30)), offers=[offer(lead=0)])
        assert WayOutKind.OTHER_VENDOR not in {way.kind for way in ways}


def test_an_unknown_price_is_no_price() -> None:
    free = Courier(id="own", name="Own van", handling_minutes=0, speed_pct=10)
    (way, *_) = found(request(item("roses", ANN), deadline=at(11, 30)), couriers=[free])
    assert way.kind is WayOutKind.OTHER_COURIER
    assert way.cost_difference is None


def test_the_earliest_date_is_the_first_that_fits_and_keeps_the_hour() -> None:
    """Four days of work from Monday 10:00 end on Friday at 10:00; the trip takes an hour."""
    plan = request(item("roses", ANN, lead=4 * 8 * 60), deadline=at(11)).plan(CROW)
    assert earliest_deadline(plan, start=START, policy=PLAIN) == at(11, day=date(2026, 5, 8))
    tighter = plan.model_copy(update={"deadline": at(10, 59)})
    assert earliest_deadline(tighter, start=START, policy=PLAIN) == at(10, 59, day=date(2026, 5, 9))


def test_the_earliest_date_keeps_the_hour_when_the_clocks_change() -> None:
    saturday = date(2026, 3, 7)
    plan = Plan(legs=(leg("work", 20 * 60),), deadline=at(17, day=saturday))
    start = at(16, day=saturday)
    assert earliest_deadline(plan, start=start, policy=PLAIN) == at(17, day=date(2026, 3, 8))


def test_a_booking_moves_along_with_the_date() -> None:
    booked = leg("photo", 30, "print", kind=LegKind.SERVICE, fixed_start=at(11))
    plan = Plan(legs=(leg("print", 120), booked), deadline=at(12))
    assert earliest_deadline(plan, start=START, policy=PLAIN) == at(12, day=date(2026, 5, 5))


def test_no_date_in_the_horizon_is_no_date() -> None:
    plan = Plan(legs=(leg("work", 60 * 24 * 20),), deadline=at(12))
    assert earliest_deadline(plan, start=START, policy=PLAIN, horizon_days=19) is None
    assert earliest_deadline(plan.model_copy(update={"deadline": None}), start=START) is None


def test_a_feasible_plan_keeps_its_date() -> None:
    plan = Plan(legs=(leg("work", 60),), deadline=START + minutes(60))
    assert earliest_deadline(plan, start=START, policy=PLAIN) == at(11, day=MONDAY)
