"""Synchronised arrival: at a hub, and at the door."""

from datetime import date

from chain_kit import CROW, HOURS, PLAIN, at, item, leg, minutes, spot, vendor

from shared.domain.timechain import (
    Hub,
    LegKind,
    Plan,
    compare,
    compute,
    plan_delivery,
    synchronised,
)
from shared.domain.timechain.delivery import Courier

START = at(10)
BARE = Courier(handling_minutes=0)


def hub_plan() -> Plan:
    legs = (
        leg("near", 10, kind=LegKind.TRAVEL),
        leg("far", 55, kind=LegKind.TRAVEL),
        leg("assemble", 30, "near", "far", kind=LegKind.ASSEMBLE),
        leg("deliver", 20, "assemble", kind=LegKind.DELIVER),
    )
    return Plan(legs=legs, deadline=START + minutes(200))


def test_what_is_near_sets_out_later_so_that_all_arrive_together() -> None:
    timeline = compute(hub_plan(), start=START, policy=PLAIN)
    (meeting,) = timeline.meetings
    assert meeting.leg_id == "assemble"
    assert meeting.meets_at == START + minutes(55)
    assert [arrival.arrives_at for arrival in meeting.arrivals] == [meeting.meets_at] * 2
    assert timeline.leg("near").starts_at == START
    assert timeline.leg("near").suggested_start == START + minutes(45)
    assert timeline.leg("far").suggested_start == START


def test_just_in_time_keeps_the_arrival() -> None:
    before = compute(hub_plan(), start=START, policy=PLAIN)
    after = compute(synchronised(hub_plan(), before), start=START, policy=PLAIN)
    assert compare(before, after).delay_minutes == 0
    assert after.leg("near").finishes_at == after.leg("far").finishes_at


def test_a_hub_that_is_still_closed_is_reached_when_it_opens() -> None:
    legs = tuple(
        each.model_copy(update={"hours": HOURS}) if each.id == "assemble" else each
        for each in hub_plan().legs
    )
    timeline = compute(Plan(legs=legs), start=at(5), policy=PLAIN)
    assert {arrival.arrives_at for arrival in timeline.meetings[0].arrivals} == {at(9)}


def test_what_cannot_come_later_waits_and_says_how_long() -> None:
    """A pick-up before the weekend: the shop is closed when the other item sets out."""
    legs = (
        leg("shop", 30, kind=LegKind.TRAVEL, hours=HOURS, within="begin"),
        leg("far", 60, kind=LegKind.TRAVEL, not_before=at(10, day=date(2026, 5, 9))),
        leg("assemble", 30, "shop", "far", kind=LegKind.ASSEMBLE),
    )
    timeline = compute(Plan(legs=legs), start=START, policy=PLAIN)
    shop = timeline.meetings[0].arrivals[0]
    assert shop.suggested_start == at(17, day=date(2026, 5, 8))
    assert shop.waits_minutes == (24 - 17 + 11) * 60 - 30


def test_two_vendors_without_a_hub_arrive_at_the_door_together() -> None:
    items = [item("roses", vendor("ann", 10), lead=20), item("cake", vendor("bob", 30), lead=90)]
    plan = plan_delivery(items, deliver_to=spot(0), deadline=at(16), courier=BARE, routing=CROW)
    timeline = compute(plan, start=START, policy=PLAIN)
    (meeting,) = timeline.meetings
    assert meeting.leg_id is None
    assert meeting.meets_at == START + minutes(120)
    assert timeline.leg("roses:deliver").suggested_start == START + minutes(110)


def test_an_arrival_is_never_put_off_past_the_deadline_for_the_sake_of_the_others() -> None:
    legs = (leg("near", 10, kind=LegKind.DELIVER), leg("far", 90, kind=LegKind.DELIVER))
    timeline = compute(Plan(legs=legs, deadline=START + minutes(60)), start=START, policy=PLAIN)
    near, far = timeline.meetings[0].arrivals
    assert near.arrives_at == START + minutes(60)
    assert far.arrives_at == START + minutes(90)


def test_what_is_already_under_way_is_not_held_back() -> None:
    plan = hub_plan()
    moving = plan.with_leg(plan.leg("near").model_copy(update={"started_at": START - minutes(2)}))
    timeline = compute(moving, start=START, policy=PLAIN)
    assert timeline.meetings[0].arrivals[0].waits_minutes == 47
    assert synchronised(moving, timeline).leg("near") == moving.leg("near")


def test_a_hub_brings_several_vendors_together() -> None:
    items = [item("roses", vendor("ann", 10), lead=20), item("cake", vendor("bob", 30), lead=90)]
    hub = Hub(id="hub", name="East Hub", place=vendor("hub", 20).place, minutes=15)
    plan = plan_delivery(items, deliver_to=spot(0), deadline=at(16), courier=BARE, hub=hub, routing=CROW)
    timeline = compute(plan, start=START, policy=PLAIN)
    assert [each.leg_id for each in timeline.legs] == [
        "roses:prepare",
        "roses:travel",
        "cake:prepare",
        "cake:travel",
        "hub:assemble",
        "hub:deliver",
    ]
    assert timeline.arrival == START + minutes(90 + 10 + 15 + 20)
    assert timeline.critical_path == ("cake:prepare", "cake:travel", "hub:assemble", "hub:deliver")
    assert timeline.leg("roses:travel").suggested_start == START + minutes(90)
