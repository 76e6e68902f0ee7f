"""Danger wakes a person and stops the advertising (flow ops-6), driven by signed mails and the clock."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.feeds import whole_feed
from tests.flows.operations.support_desk import SETTINGS, writes
from tests.harness import World, running
from tests.shop_orders import AUSTIN

NECK, MONITOR = "prod-neck-massager", "prod-baby-monitor"
ADMIN = "/api/v1/admin/operations"
SIMULATOR = "/api/v1/simulator"
BURNED = "This product burned my neck!"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with running(tmp_path / "data", **SETTINGS) as world:
        yield world


async def buys(world: World, email: str, sku: str = "NECK-MASSAGER") -> None:
    """Somebody buys something at the shop."""
    order = {"email": email, "name": "Jane Doe", "address": AUSTIN.model_dump(), "lines": [{"sku": sku}]}
    await world.admin().post(f"{SIMULATOR}/shop/orders", order)
    await world.settle()


async def reports(world: World, email: str, *, id: str = "m1", text: str = BURNED) -> None:
    """A customer writes a mail."""
    await writes(world, text, id=f"{id}-{email}", sender=email)
    await world.settle()


async def heard(world: World) -> list[dict[str, Any]]:
    """What those on duty have heard."""
    return list((await world.admin().get(f"{SIMULATOR}/alerts"))["alerts"])


async def active(world: World, product_id: str = NECK) -> list[bool]:
    """Whether the campaigns of a product run."""
    products = (await world.admin().get(f"{ADMIN}/campaigns"))["products"]
    (product,) = [each for each in products if each["product_id"] == product_id]
    return [campaign["active"] for campaign in product["campaigns"]]


async def paused_events(world: World) -> list[dict[str, Any]]:
    """Every CAMPAIGN_PAUSED that was announced."""
    documents = await whole_feed(world.app.store, "safety")
    events = [document.body["event"] for document in documents if document.body.get("kind") == "event"]
    return [event for event in events if event["type"] == "uso.CAMPAIGN_PAUSED"]


async def open_tickets(world: World) -> list[dict[str, Any]]:
    tickets = await world.admin().get(f"{ADMIN}/tickets")
    return [each for each in tickets if each["status"] == "escalated"]


@pytest.mark.flow("ops-6")
async def test_one_report_calls_a_person_by_every_channel_and_the_campaign_runs_on(world: World) -> None:
    await buys(world, "jane@example.com")
    await reports(world, "jane@example.com")

    calls = await heard(world)
    assert sorted(call["channel"] for call in calls) == ["push", "slack", "sms"]
    assert {call["alert"]["level"] for call in calls} == {"critical"}
    assert all("burned" in call["alert"]["text"] for call in calls)
    assert await active(world) == [True, True]
    assert await paused_events(world) == []


@pytest.mark.flow("ops-6")
async def test_two_customers_within_a_week_stop_the_campaigns_at_once(world: World) -> None:
    for email in ("jane@example.com", "john@example.com"):
        await buys(world, email)
    await reports(world, "jane@example.com")
    await world.advance(days=6)
    await reports(world, "john@example.com", text="it burnd my skin")

    assert await active(world) == [False, False]
    assert await active(world, MONITOR) == [True, True]
    (event,) = await paused_events(world)
    assert event["data"] == {"product_id": NECK, "campaigns": "cmp_101 cmp_201", "reports": 2}


@pytest.mark.flow("ops-6")
async def test_the_same_customer_twice_and_two_a_week_apart_stop_nothing(world: World) -> None:
    for email in ("jane@example.com", "john@example.com"):
        await buys(world, email)
    await reports(world, "jane@example.com")
    await reports(world, "jane@example.com", id="m2", text="It burned me AGAIN")
    assert await active(world) == [True, True]
    await world.advance(days=8)
    await reports(world, "john@example.com")
    assert await active(world) == [True, True]


@pytest.mark.flow("ops-6")
async def test_nobody_answers_for_a_weekend_and_is_called_ever_more_rarely(world: World) -> None:
    await buys(world, "jane@example.com")
    await reports(world, "jane@example.com")
    await world.advance(hours=1)
    first_hour = {call["alert"]["key"] for call in await heard(world)}
    await world.advance(days=2)
    weekend = {call["alert"]["key"] for call in await heard(world)}

    assert len(first_hour) == 4, "at once, and after 5, 15 and 35 minutes"
    assert 20 < len(weekend) < 40
    (ticket,) = await open_tickets(world)
    assert len(await world.history(f"{ticket['ticket_id']}-alarm-m1")) < 400


@pytest.mark.flow("ops-6")
async def test_whoever_takes_it_over_is_called_no_more(world: World) -> None:
    await buys(world, "jane@example.com")
    await reports(world, "jane@example.com")
    (ticket,) = await open_tickets(world)
    await world.admin().post(f"/api/v1/tickets/{ticket['ticket_id']}/take-over", {})
    await world.settle()
    before = len(await heard(world))
    await world.advance(days=1)

    assert len(await heard(world)) == before
    (alarm,) = (await world.admin().get(f"{ADMIN}/alerts"))["alarms"]
    assert alarm["over"] == "taken"


@pytest.mark.flow("ops-6")
async def test_a_task_that_was_given_to_somebody_calls_no_more_either(world: World) -> None:
    await buys(world, "jane@example.com")
    await reports(world, "jane@example.com")
    (task,) = [t for t in await world.admin().get("/api/v1/escalations") if t["reason"] == "danger"]
    await world.admin().post(f"/api/v1/escalations/{task['id']}/assign", {"note": "mine"})
    before = len(await heard(world))
    await world.advance(days=1)
    assert len(await heard(world)) == before


@pytest.mark.flow("ops-6")
async def test_channels_that_fail_stop_no_other_and_all_silent_is_tried_until_one_works(world: World) -> None:
    await world.admin().call(
        "PUT", f"{SIMULATOR}/outside/troubles", {"silent_channels": ["push", "sms", "slack"]}
    )
    await buys(world, "jane@example.com")
    await reports(world, "jane@example.com")
    assert await heard(world) == []
    await world.admin().call("PUT", f"{SIMULATOR}/outside/troubles", {"silent_channels": ["push"]})
    await world.advance(minutes=15)

    assert {call["channel"] for call in await heard(world)} == {"sms", "slack"}


@pytest.mark.flow("ops-6")
async def test_an_ad_platform_that_is_away_for_a_day_is_waited_for_and_nobody_waits_for_it(
    world: World,
) -> None:
    back = world.now() + timedelta(days=1)
    await world.admin().call("PUT", f"{SIMULATOR}/outside/troubles", {"ads_away_until": back.isoformat()})
    for email in ("jane@example.com", "john@example.com"):
        await buys(world, email)
        await reports(world, email)
    assert len(await heard(world)) >= 3, "the alert went out all the same"
    await world.advance(days=2)

    assert await active(world) == [False, False]
    assert len(await paused_events(world)) == 1


@pytest.mark.flow("ops-6")
async def test_a_person_stops_and_resumes_campaigns_and_old_reports_count_no_more(world: World) -> None:
    admin = world.admin()
    for email in ("jane@example.com", "john@example.com", "june@example.com"):
        await buys(world, email)
    await reports(world, "jane@example.com")
    await admin.post(f"{ADMIN}/campaigns/{NECK}/freeze")
    await world.settle()
    assert await active(world) == [False, False]

    await world.advance(hours=1)
    await admin.post(f"{ADMIN}/campaigns/{NECK}/resume", {"reason": "a new batch"})
    assert await active(world) == [True, True]
    await world.advance(hours=1)
    await reports(world, "john@example.com")
    assert await active(world) == [True, True], "one report since"
    await reports(world, "june@example.com")
    assert await active(world) == [False, False], "two"
    again = await admin.call("POST", f"{ADMIN}/campaigns/{MONITOR}/resume", {"reason": "x"})
    assert again.status in (404, 409)
