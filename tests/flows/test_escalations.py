"""What the machine hands over to people, and how it goes on from there (6.6-2, 2.7-4, 5.4b-4)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.harness import World, running
from tests.street import Deal, Shop, escalations, flowers, no_harm, opened, ordered, resolved

BASE = "/api/v1/escalations"


async def stuck(world: World, id: str = "corner", hours: float = 24) -> tuple[Shop, Deal, dict[str, Any]]:
    """A negotiation that the partner made difficult; return its shop, order and task."""
    shop = await opened(world, id, flowers(f"{id}-red", "red"), flowers(f"{id}-yellow", "yellow", 5575))
    deal = await ordered(world, f"{id}-red", hours=hours)
    await shop.accepts(await deal.leg())
    asked = await deal.asks("I want pink flowers instead of red")
    await shop.replies(f"{asked['id']}.1", "I already told you no pink!")
    task = next(each for each in await escalations(world) if each["subject"] == asked["id"])
    return shop, deal, task


@pytest.mark.flow("6.6-2")
@pytest.mark.flow("5.4b-4")
async def test_a_task_says_why_it_is_there_and_what_it_is_about(world: World) -> None:
    _, deal, task = await stuck(world)
    assert (task["reason"], task["status"], task["priority"]) == ("sentiment", "pending", 2)
    assert (task["order_id"], task["vendor_id"]) == (deal.id, "corner")
    assert task["due"] < (world.now() + timedelta(hours=24)).isoformat()
    context = await world.admin().get(f"/api/v1/negotiations/{task['subject']}")
    assert [message["sender"] for message in context["messages"]] == ["system", "partner"]
    assert context["escalation_id"] == task["id"]
    assert any("colleague" in line for line in await deal.told()), "the customer knows a person is on it"


@pytest.mark.flow("5.4b-4")
async def test_the_queue_shows_the_most_urgent_first_and_settled_ones_last(world: World) -> None:
    _, _, later = await stuck(world, "later", hours=48)
    _, _, sooner = await stuck(world, "sooner", hours=10)
    _, _, urgent = await stuck(world, "urgent", hours=3)
    _, _, settled = await stuck(world, "settled", hours=4)
    await resolved(world, settled["id"], "close")
    order = [task["id"] for task in await escalations(world)]
    assert order == [urgent["id"], sooner["id"], later["id"], settled["id"]]
    await world.admin().post(f"{BASE}/{later['id']}/assign", {"priority": "critical"})
    order = [task["id"] for task in await escalations(world)]
    assert order[:3] == [urgent["id"], later["id"], sooner["id"]]
    await world.advance(hours=7)
    assert [task["id"] for task in await escalations(world)][:3] == [urgent["id"], sooner["id"], later["id"]]
    pending = await world.admin().get(BASE, status="pending")
    assert {task["id"] for task in pending} == {urgent["id"], sooner["id"]}


@pytest.mark.flow("5.4b-4")
async def test_a_task_is_assigned_with_a_priority_and_a_note_to_oneself_or_a_colleague(world: World) -> None:
    _, _, task = await stuck(world)
    admin = world.admin()
    mine = await admin.post(f"{BASE}/{task['id']}/assign", {})
    assert (mine["status"], mine["assigned_to"], mine["priority"]) == ("assigned", "ops", 2)
    theirs = await admin.post(
        f"{BASE}/{task['id']}/assign", {"to": "bob", "priority": "critical", "note": "He knows them."}
    )
    assert (theirs["assigned_to"], theirs["priority"]) == ("bob", 3)
    assert [(note["by"], note["text"]) for note in theirs["notes"]] == [("ops", "He knows them.")]
    assert (await resolved(world, task["id"], "close")).data["notes"][-1]["text"] == "Called them."
    late = await admin.call("POST", f"{BASE}/{task['id']}/assign", {})
    assert (late.status, late.code) == (409, "illegal_move")


@pytest.mark.flow("5.4b-4")
async def test_the_queue_is_for_admins(world: World) -> None:
    shop, deal, task = await stuck(world)
    for caller in (deal.customer, shop.portal):
        assert (await caller.call("GET", BASE)).status == 403
        body = {"resolution": "close", "note": "x"}
        assert (await caller.call("POST", f"{BASE}/{task['id']}/resolve", body)).status == 403
    assert (await world.nobody().call("GET", BASE)).status == 401
    assert (await resolved(world, "esc_nothing", "close")).status == 404
    blank = await world.admin().call(
        "POST", f"{BASE}/{task['id']}/resolve", {"resolution": "close", "note": " "}
    )
    assert blank.status == 400


@pytest.mark.flow("6.6-2")
@pytest.mark.flow("2.7-4")
async def test_a_person_got_the_partner_to_agree(world: World) -> None:
    shop, deal, task = await stuck(world)
    await resolved(world, task["id"], "accept_change")
    assert (await deal.negotiation())["status"] == "accepted"
    assert await deal.legs() == [("pink flowers", "accepted")]
    assert "Agreed: pink flowers. Thank you!" in await shop.inbox("notice")
    await no_harm(world)


@pytest.mark.flow("6.6-2")
async def test_accepting_for_the_customer_takes_the_partners_last_offer(world: World) -> None:
    shop = await opened(
        world, "corner", flowers("red", "red"), flowers("yellow", "yellow", 5575, name="Yellow Sunflowers")
    )
    deal = await ordered(world, "red")
    await shop.accepts(await deal.leg())
    asked = await deal.asks("I want pink flowers instead of red")
    for round_, flower in enumerate(("blue iris", "green hydrangea"), start=1):
        await shop.replies(f"{asked['id']}.{round_}", f"How about {flower}?")
        await deal.decides(f"negotiations/{asked['id']}", "reject")
    await shop.replies(f"{asked['id']}.3", "How about Yellow Sunflowers?")
    (task,) = await escalations(world)
    await resolved(world, task["id"], "accept_change")
    assert await deal.legs() == [("Yellow Sunflowers", "accepted")]
    assert await deal.paid() == 5575


@pytest.mark.flow("6.6-2")
@pytest.mark.flow("2.7-4")
@pytest.mark.parametrize("resolution", ["decline_change", "close"])
async def test_a_person_leaves_the_order_as_it_was(world: World, resolution: str) -> None:
    shop, deal, task = await stuck(world)
    await resolved(world, task["id"], resolution)
    assert (await deal.negotiation())["status"] == "rejected"
    assert await deal.legs() == [("Red Flowers", "accepted")]
    assert await deal.paid() == 5000
    assert "The change is off. Please go on with Red Flowers as ordered." in await shop.inbox("notice")
    assert (await deal.asks("I want white flowers instead of red"))["status"] == "awaiting_partner_reply"
    await no_harm(world)


@pytest.mark.flow("6.6-2")
async def test_a_person_sends_uso_to_another_vendor(world: World) -> None:
    _, deal, task = await stuck(world)
    other = await opened(world, "other", flowers("pink", "pink", 5000))
    await resolved(world, task["id"], "recover")
    negotiation = await deal.negotiation()
    recovery = await deal.recovery(negotiation["recovery_id"])
    assert recovery["status"] == "proposed"
    await deal.decides(f"recoveries/{recovery['id']}", "approve")
    await other.accepts(recovery["proposal"]["leg_id"])
    assert (await deal.negotiation())["status"] == "recovered_autonomously"
    assert await deal.legs() == [("Red Flowers", "cancelled"), ("Pink Flowers", "accepted")]


@pytest.mark.flow("5.4b-4")
async def test_a_task_is_settled_once(world: World) -> None:
    _, deal, task = await stuck(world)
    assert (await resolved(world, task["id"], "decline_change")).data["resolution"] == "decline_change"
    assert (await resolved(world, task["id"], "decline_change")).data["resolution"] == "decline_change"
    other = await resolved(world, task["id"], "accept_change")
    assert (other.status, other.code) == (409, "already_resolved")
    assert await deal.legs() == [("Red Flowers", "accepted")]


@pytest.mark.flow("6.6-2")
async def test_a_person_may_take_longer_than_the_longest_timer(tmp_path: Path) -> None:
    async with running(tmp_path / "data", person_timeout="P7D") as world:
        _, deal, task = await stuck(world, hours=24 * 60)
        await world.advance(days=5, hours=1)
        assert (await deal.negotiation())["status"] == "escalated"
        await resolved(world, task["id"], "accept_change")
        assert (await deal.negotiation())["status"] == "accepted"
        await no_harm(world)


@pytest.mark.flow("6.6-2")
async def test_the_order_just_stays_when_no_person_finds_the_time(tmp_path: Path) -> None:
    async with running(tmp_path / "data", person_timeout="P1D") as world:
        _, deal, _ = await stuck(world, hours=24 * 60)
        await world.advance(days=1)
        assert (await deal.negotiation())["status"] == "rejected"
        assert await deal.legs() == [("Red Flowers", "accepted")]
        await no_harm(world)
