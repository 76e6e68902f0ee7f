"""Plans made from an order's items, and what changes when one of them does."""

import pytest
from chain_kit import CROW, PLAIN, at, item, minutes, spot, vendor
from pydantic import ValidationError

from shared.domain.catalogue import ProductKind
from shared.domain.places import GeoPoint
from shared.domain.timechain import (
    Courier,
    Customization,
    Hub,
    LegFate,
    LegKind,
    Plan,
    PlannedItem,
    TravelModel,
    Verdict,
    compare,
    compute,
    plan_delivery,
)

START = at(10)
BARE = Courier(handling_minutes=0)
ANN, BOB = vendor("ann", 20), vendor("bob", 25)


def planned(*items: PlannedItem, courier: Courier = BARE, hub: Hub | None = None) -> Plan:
    return plan_delivery(items, deliver_to=spot(0), deadline=at(16), courier=courier, hub=hub, routing=CROW)


def test_one_vendor_prepares_and_delivers() -> None:
    plan = planned(item("roses", ANN))
    assert [(leg.id, leg.kind, leg.after) for leg in plan.legs] == [
        ("roses:prepare", LegKind.PREPARE, ()),
        ("roses:deliver", LegKind.DELIVER, ("roses:prepare",)),
    ]
    assert compute(plan, start=START, policy=PLAIN).arrival == START + minutes(80)


def test_two_items_of_one_vendor_share_the_trip() -> None:
    plan = planned(item("roses", ANN, lead=30), item("vase", ANN, lead=50))
    assert [leg.id for leg in plan.legs] == ["roses:prepare", "vase:prepare", "roses:deliver"]
    assert plan.leg("roses:deliver").items == ("roses", "vase")
    assert compute(plan, start=START, policy=PLAIN).arrival == START + minutes(70)


def test_a_hub_for_one_vendor_is_no_detour() -> None:
    hub = Hub(id="hub", name="Hub", place=ANN.place)
    assert [leg.id for leg in planned(item("roses", ANN), hub=hub).legs] == ["roses:prepare", "roses:deliver"]


def test_customising_elsewhere_adds_the_way_there() -> None:
    work = Customization(name="Monogram", vendor=BOB, minutes=40)
    plan = planned(item("blanket", ANN, customizations=(work,)))
    assert [leg.id for leg in plan.legs] == [
        "blanket:prepare",
        "blanket:travel-1",
        "blanket:customize-1",
        "blanket:deliver",
    ]
    assert compute(plan, start=START, policy=PLAIN).arrival == START + minutes(60 + 5 + 40 + 25)


def test_customising_at_the_vendor_needs_no_way() -> None:
    work = Customization(name="Monogram", vendor=ANN, minutes=40, paused=True)
    plan = planned(item("blanket", ANN, customizations=(work,)))
    assert [leg.id for leg in plan.legs] == ["blanket:prepare", "blanket:customize-1", "blanket:deliver"]
    assert compute(plan, start=START).waiting[0].leg_id == "blanket:customize-1"


def test_a_courier_in_the_order_is_no_freight() -> None:
    plan = planned(item("roses", ANN), item("ride", BOB, kind=ProductKind.DELIVERY))
    assert [leg.id for leg in plan.legs] == ["roses:prepare", "roses:deliver"]


def test_the_vendors_word_replaces_the_lead_time() -> None:
    plan = planned(item("roses", ANN, lead=500, ready_at=at(11, 7)))
    assert compute(plan, start=START).leg("roses:prepare").finishes_at == at(11, 7)


def test_what_happened_replaces_what_was_planned() -> None:
    made = item("roses", ANN, started_at=at(9), done_at=at(9, 40))
    on_the_way = made.model_copy(update={"picked_up_at": at(9, 55)})
    there = on_the_way.model_copy(update={"delivered_at": at(10, 30)})
    assert compute(planned(made), start=START, policy=PLAIN).arrival == at(10, 20)
    assert compute(planned(on_the_way), start=START, policy=PLAIN).arrival == at(10, 15)
    assert compute(planned(there), start=at(12), policy=PLAIN).arrival == at(10, 30)


def test_a_shared_trip_has_left_only_when_all_of_it_has() -> None:
    left = item("roses", ANN, done_at=at(9), picked_up_at=at(9, 30))
    plan = planned(left, item("vase", ANN))
    assert plan.leg("roses:deliver").started_at is None


def test_nothing_is_picked_up_from_a_closed_shop() -> None:
    plan = planned(item("roses", ANN, lead=60))
    timeline = compute(plan, start=at(16, 30), policy=PLAIN)
    assert timeline.leg("roses:prepare").finishes_at > at(24 - 1)
    assert timeline.leg("roses:deliver").starts_at == timeline.leg("roses:prepare").finishes_at


def test_a_fast_courier_takes_a_share_of_the_driving_time() -> None:
    fast = Courier(id="hot", speed_pct=70, handling_minutes=4)
    assert planned(item("roses", ANN), courier=fast).leg("roses:deliver").minutes == 18


def test_items_have_legs_of_their_own() -> None:
    with pytest.raises(ValidationError, match="leg_id"):
        planned(item("roses", ANN), item("roses", BOB))


@pytest.mark.flow("6.3-1")
def test_another_vendor_a_little_further_away_is_a_5_minute_delay() -> None:
    before = compute(planned(item("flowers", ANN)), start=START, policy=PLAIN)
    after = compute(planned(item("flowers", BOB)), start=START, policy=PLAIN)
    change = compare(before, after)
    assert (change.delay_minutes, change.verdict) == (5, Verdict.LATER)
    assert change.in_words() == "a 5-minute delay"
    assert change.arrival_after - change.arrival_before == minutes(5)
    assert change.still_feasible
    assert [(leg.leg_id, leg.fate, leg.delay_minutes) for leg in change.legs] == [
        ("flowers:prepare", LegFate.MOVED, 0),
        ("flowers:deliver", LegFate.MOVED, 5),
    ]
    assert compare(after, before).in_words() == "5 minutes earlier"


def test_the_same_timeline_is_no_change() -> None:
    timeline = compute(planned(item("flowers", ANN)), start=START)
    change = compare(timeline, timeline)
    assert change.verdict is Verdict.UNCHANGED
    assert change.in_words() == "no change"
    assert {leg.fate for leg in change.legs} == {LegFate.KEPT}


def test_both_sides_show_what_came_and_what_went() -> None:
    before = compute(planned(item("roses", ANN)), start=START)
    after = compute(planned(item("cake", BOB)), start=START)
    assert [(leg.leg_id, leg.fate) for leg in compare(before, after).legs] == [
        ("cake:prepare", LegFate.ADDED),
        ("cake:deliver", LegFate.ADDED),
        ("roses:prepare", LegFate.REMOVED),
        ("roses:deliver", LegFate.REMOVED),
    ]


@pytest.mark.parametrize(
    ("later", "words"),
    [(1, "a 1-minute delay"), (8, "an 8-minute delay"), (60, "1 hour later"), (65, "1 hour 5 minutes later")],
)
def test_delays_are_said_as_people_say_them(later: int, words: str) -> None:
    plan = planned(item("roses", ANN))
    before = compute(plan, start=START, policy=PLAIN)
    after = compute(plan, start=START + minutes(later), policy=PLAIN)
    assert compare(before, after).in_words() == words


def test_driving_follows_the_documented_model() -> None:
    capitol = GeoPoint(latitude=30.2747, longitude=-97.7404)
    airport = GeoPoint(latitude=30.1945, longitude=-97.6699)
    assert capitol.metres_to(airport) == pytest.approx(11_190, abs=50)
    assert TravelModel().minutes(capitol, airport) == 28
    assert TravelModel().minutes(capitol, capitol) == 0
    assert TravelModel(speed_kmh=64).minutes(airport, capitol) == 14
