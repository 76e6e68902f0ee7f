"""Conflict simulation: chocolates, a limo, and dinner at seven (flow 1.2-1 step 8)."""

from datetime import timedelta

import pytest
from chain_kit import CROW, PLAIN, at, item, leg, minutes, plans, spot, vendor
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.money import Money
from shared.domain.places import GeoPoint
from shared.domain.timechain import (
    Conditions,
    ConflictAnalysis,
    Courier,
    DeliveryRequest,
    LegKind,
    Plan,
    Stop,
    SuggestionType,
    compute,
    conflict_json_ld,
    simulate_addition,
    simulate_items,
)
from shared.domain.timechain.travel import TravelModel
from shared.errors import Infeasible, InvalidInput

NOW = at(18, 5)
PICKUP = at(18, 15)
DINNER = at(19)
THRESHOLD = timedelta(minutes=10)
COURIER = Courier(id="quick", handling_minutes=5, cost=Money(minor=1299))
HOME, RESTAURANT, CHOCOLATIER = spot(0), spot(40), spot(48)
CHOCOLATES = Stop(
    leg_id="chocolates", item="chocolates", point=CHOCOLATIER, place_name="Cocoa House", minutes=4
)


def evening(*, ride_minutes: int = 40, dinner_as: str = "fixed_start") -> Plan:
    """A limo ten minutes from pickup, then dinner at seven, with five minutes to spare."""
    ride = leg(
        "ride",
        ride_minutes,
        kind=LegKind.SERVICE,
        fixed_start=PICKUP,
        origin=HOME,
        destination=RESTAURANT,
        destination_name="the restaurant",
    )
    dinner = leg("dinner", 120, "ride", kind=LegKind.SERVICE)
    dinner = dinner.model_copy(update={"name": "dinner", "destination_name": "the restaurant"})
    if dinner_as == "fixed_start":
        return Plan(legs=(ride, dinner.model_copy(update={"fixed_start": DINNER})))
    arrive = {"minutes": 0, "due": DINNER}
    return Plan(legs=(ride, dinner.model_copy(update=arrive)))


def simulated(plan: Plan, stop: Stop = CHOCOLATES, **more: object) -> ConflictAnalysis:
    given = {"start": NOW, "threshold": THRESHOLD, "courier": COURIER, "policy": PLAIN, "routing": CROW}
    return simulate_addition(plan, stop, **{**given, **more})  # type: ignore[arg-type]


@pytest.mark.flow("1.2-1")
def test_chocolates_on_the_way_make_you_15_minutes_late_for_dinner() -> None:
    """48 minutes to the shop, 4 there, 8 back: an hour instead of 40, with 5 to spare, is 15 late."""
    plan = evening()
    assert compute(plan, start=NOW, policy=PLAIN).is_feasible
    analysis = simulated(plan)
    assert analysis.conflict_detected
    assert analysis.time_impact_minutes == 15
    (conflict,) = analysis.conflicts
    assert (conflict.leg_id, conflict.leg_name) == ("dinner", "dinner")
    assert (conflict.deadline, conflict.new_arrival_time) == (DINNER, at(19, 15))
    assert conflict.delay_minutes == 15
    assert analysis.message == (
        "Adding chocolates will make you 15 minutes late for dinner. Should I proceed, or would you like me "
        "to courier the chocolates separately to the restaurant?"
    )
    separate, proceed = analysis.suggestions
    assert separate.type is SuggestionType.SEPARATE_DELIVERY
    assert proceed.type is SuggestionType.PROCEED
    assert separate.alternative is not None
    assert separate.alternative.model_dump(
        include={"type", "item", "delivery_location", "estimated_cost"}
    ) == {
        "type": "courier",
        "item": "chocolates",
        "delivery_location": "the restaurant",
        "estimated_cost": {"minor": 1299, "currency": "USD"},
    }
    assert separate.alternative.arrives_at == NOW + minutes(13)
    assert "$12.99" in separate.message


@pytest.mark.flow("1.2-1")
def test_the_same_on_real_streets() -> None:
    """South Austin to a restaurant on Sixth Street, with a chocolatier in the north, by the urban model."""
    home = GeoPoint(latitude=30.2100, longitude=-97.7700)
    restaurant = GeoPoint(latitude=30.2672, longitude=-97.7431)
    shop = GeoPoint(latitude=30.2990, longitude=-97.7400)
    roads = TravelModel()
    direct = roads.minutes(home, restaurant)
    detour = roads.minutes(home, shop) + roads.minutes(shop, restaurant) - direct
    ride = evening().leg("ride").model_copy(update={"minutes": 40, "origin": home, "destination": restaurant})
    stop = CHOCOLATES.model_copy(update={"point": shop, "minutes": 20 - detour})
    analysis = simulated(evening().with_leg(ride), stop, routing=None, policy=None)
    assert analysis.time_impact_minutes == 15
    assert analysis.suggestions[0].type is SuggestionType.SEPARATE_DELIVERY


def test_a_dinner_with_an_hour_to_arrive_by_is_missed_by_the_same_15_minutes() -> None:
    analysis = simulated(evening(dinner_as="due"))
    assert analysis.conflicts[0].delay_minutes == 15
    assert analysis.time_impact_minutes == 20
    assert "15 minutes late for dinner" in analysis.message


def test_agents_read_the_impact_as_a_duration() -> None:
    shown = conflict_json_ld(simulated(evening()))
    assert shown["@type"] == "ConflictAnalysis"
    assert shown["timeImpact"] == "PT15M"
    assert shown["conflicts"][0]["delay"] == "PT15M"
    assert shown["suggestions"][0]["priceSpecification"]["price"] == "12.99"


@pytest.mark.parametrize(("stay", "late", "asked"), [(0, 11, True), (-1, 10, False)])
def test_only_more_than_the_threshold_is_worth_a_question(stay: int, late: int, asked: bool) -> None:
    plan = evening(ride_minutes=40 + stay)
    analysis = simulated(plan, CHOCOLATES.model_copy(update={"minutes": 0}))
    assert analysis.conflict_detected
    assert analysis.conflicts[0].delay_minutes == late
    assert bool(analysis.suggestions) is asked
    assert ("Should I" in analysis.message) is asked


def test_a_shop_on_the_way_breaks_nothing() -> None:
    on_the_way = CHOCOLATES.model_copy(update={"point": spot(20), "minutes": 3})
    analysis = simulated(evening(dinner_as="due"), on_the_way)
    assert not analysis.conflict_detected
    assert analysis.suggestions == ()
    assert analysis.time_impact_minutes == 3
    assert analysis.message == "Adding chocolates takes 3 minutes more, and everything stays on time."


def test_time_to_spare_swallows_a_small_stop() -> None:
    on_the_way = CHOCOLATES.model_copy(update={"point": spot(20), "minutes": 3})
    assert simulated(evening(), on_the_way).message == "Adding chocolates keeps your timeline as it is."


def test_a_courier_who_would_be_late_too_is_not_suggested() -> None:
    custom = CHOCOLATES.model_copy(update={"ready_at": at(18, 50)})
    analysis = simulated(evening(), custom)
    assert [each.type for each in analysis.suggestions] == [SuggestionType.PROCEED, SuggestionType.LEAVE_OUT]
    assert analysis.message.endswith("Should I proceed, or leave the chocolates out?")


def test_custom_chocolates_are_waited_for() -> None:
    custom = CHOCOLATES.model_copy(update={"ready_at": at(19, 10)})
    assert simulated(evening(), custom).conflicts[0].delay_minutes == 22


def test_what_was_late_before_is_not_blamed_on_the_addition() -> None:
    plan = evening(ride_minutes=60)
    assert compute(plan, start=NOW, policy=PLAIN).late_minutes == 15
    harmless = CHOCOLATES.model_copy(update={"point": spot(20), "minutes": 0})
    analysis = simulated(plan, harmless)
    assert not analysis.conflict_detected


def test_the_plan_to_proceed_with_was_computed() -> None:
    analysis = simulated(evening())
    assert [each.id for each in analysis.plan.legs] == [
        "chocolates:way",
        "chocolates:stop",
        "ride",
        "dinner",
    ]
    assert compute(analysis.plan, start=NOW, policy=PLAIN).late_minutes == 15
    assert analysis.plan.leg("chocolates:way").fixed_start == PICKUP


def test_a_ride_under_way_turns_off_from_where_it_is() -> None:
    plan = evening()
    riding = plan.with_leg(plan.leg("ride").model_copy(update={"started_at": PICKUP}))
    with pytest.raises(Infeasible, match="chocolates"):
        simulated(riding, start=at(18, 35))
    analysis = simulated(riding, start=at(18, 35), position=spot(20))
    assert analysis.conflicts[0].new_arrival_time == at(18, 35) + minutes(28 + 4 + 8)


def test_the_stop_goes_where_it_harms_least_unless_told_otherwise() -> None:
    plan = evening(dinner_as="due")
    home = leg("home", 40, "dinner", kind=LegKind.SERVICE, origin=RESTAURANT, destination=HOME)
    there_and_back = plan.model_copy(update={"legs": (*plan.legs, home)})
    assert not simulated(there_and_back).conflict_detected
    assert simulated(there_and_back, on_leg="ride").conflict_detected


def test_a_plan_without_ways_has_no_room_for_a_stop() -> None:
    with pytest.raises(Infeasible):
        simulated(Plan(legs=(leg("wait", 5),)))


@given(plans(hours=True), st.integers(0, 60), st.integers(0, 80))
@settings(max_examples=50, deadline=None)
def test_a_simulation_changes_nothing(plan: Plan, stay: int, where: int) -> None:
    legs = tuple(
        each.model_copy(update={"origin": spot(10 * number), "destination": spot(10 * number + 7)})
        for number, each in enumerate(plan.legs)
    )
    plan = plan.model_copy(update={"legs": legs})
    stop = CHOCOLATES.model_copy(update={"point": spot(where), "minutes": stay})
    written = plan.model_dump_json(), stop.model_dump_json()
    first = simulate_addition(plan, stop, start=NOW, threshold=THRESHOLD, courier=COURIER, routing=CROW)
    again = simulate_addition(plan, stop, start=NOW, threshold=THRESHOLD, courier=COURIER, routing=CROW)
    assert first == again
    assert (plan.model_dump_json(), stop.model_dump_json()) == written


ANN, BOB = vendor("ann", 20), vendor("bob", 30)
ORDER = DeliveryRequest(
    items=(item("roses", ANN),),
    deliver_to=spot(0),
    deadline=at(11, 40),
    courier=Courier(handling_minutes=0),
    destination_name="the party",
)


def added(lead: int) -> ConflictAnalysis:
    return simulate_items(
        ORDER,
        [item("vase", ANN, lead=lead)],
        start=at(10),
        threshold=THRESHOLD,
        courier=COURIER,
        policy=PLAIN,
        routing=CROW,
        conditions=Conditions(),
    )


def test_goods_that_fit_in_are_added_without_a_question() -> None:
    analysis = added(70)
    assert not analysis.conflict_detected
    assert analysis.time_impact_minutes == 10


def test_goods_that_take_too_long_can_follow_by_courier() -> None:
    analysis = added(100)
    assert analysis.conflicts[0].delay_minutes == 20
    assert analysis.message == (
        "Adding Vase will make your delivery 20 minutes late. Should I proceed, or would you like me to "
        "courier the Vase separately to the party?"
    )
    alternative = analysis.suggestions[0].alternative
    assert alternative is not None
    assert alternative.arrives_at == at(12, 5)
    assert not alternative.in_time


@pytest.mark.parametrize("goods", [[], [item("roses", BOB)]])
def test_nothing_or_a_taken_id_cannot_be_added(goods: list[object]) -> None:
    with pytest.raises(InvalidInput):
        simulate_items(
            ORDER,
            goods,  # type: ignore[arg-type]
            start=at(10),
            threshold=THRESHOLD,
            courier=COURIER,
        )
