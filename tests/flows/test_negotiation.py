"""Change requests between customer and partner (1.6-1, 2.7-1, 2.7-2, 2.7-4, 6.6-1), step by step."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.harness import World, running
from tests.street import Deal, Shop, escalations, flowers, no_harm, opened, ordered

PURPLE = "Pink is booked, but I have a Deep Purple Metallic available at no extra cost"


@dataclass(frozen=True, slots=True)
class Scene:
    """Alice has bought red flowers for 50.00 at the corner shop, which has taken the order on."""

    world: World
    shop: Shop
    deal: Deal


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with running(tmp_path / "data") as world:
        yield await bought(world)
        await no_harm(world)


async def bought(world: World, quantity: int = 1, hours: float = 24) -> Scene:
    shop = await opened(
        world,
        "corner",
        flowers("red", "red"),
        flowers("purple", "purple", 5000, name="Deep Purple Metallic", image_url="https://x.test/p.png"),
        flowers("yellow", "yellow", 5575, name="Yellow Sunflowers"),
        flowers("white", "white", 4125, name="White Lilies"),
    )
    deal = await ordered(world, {"id": "red", "quantity": quantity}, hours=hours)
    await shop.accepts(await deal.leg())
    return Scene(world, shop, deal)


async def offer_of(scene: Scene, text: str) -> dict[str, Any]:
    """Ask for pink, let the shop reply, and return the negotiation."""
    asked = await scene.deal.asks("I want pink flowers instead of red")
    assert await scene.shop.replies(f"{asked['id']}.1", text) == "applied"
    return await scene.deal.negotiation()


@pytest.mark.flow("1.6-1")
@pytest.mark.flow("6.6-1")
@pytest.mark.flow("2.7-1")
async def test_the_partner_is_asked_in_its_channel_with_buttons_and_a_deadline(scene: Scene) -> None:
    asked = await scene.deal.asks("I want pink flowers instead of red")
    assert (asked["status"], asked["round"], asked["just_in_time"]) == ("awaiting_partner_reply", 1, False)
    assert asked["reply_by"] == "2026-05-04T15:00:00Z", "60 minutes, as it is not urgent"
    (question,) = await scene.shop.inbox("change_request")
    assert question == (
        "Customer requested change: pink flowers instead of red flowers. Can you fulfill? [Yes] [No]"
    )
    (message,) = await scene.shop.messages("change_request")
    assert message["request"]["buttons"] == ["Accept", "Decline", "Modify"]
    assert await scene.deal.legs() == [("Red Flowers", "accepted")], (
        "nothing changes before there is an answer"
    )
    assert any("I am asking Corner" in line for line in await scene.deal.told())


@pytest.mark.flow("2.7-1")
@pytest.mark.flow("1.6-1")
@pytest.mark.parametrize("answer", [{"button": "Accept"}, {"text": "Yes"}, {"text": "Sure, no problem!"}])
async def test_a_yes_by_button_or_word_changes_the_order_at_the_same_price(
    scene: Scene, answer: dict[str, str]
) -> None:
    asked = await scene.deal.asks("I want pink flowers instead of red")
    assert await scene.shop.replies(f"{asked['id']}.1", **answer) == "applied"
    assert (await scene.deal.negotiation())["status"] == "accepted"
    assert await scene.deal.legs() == [("pink flowers", "accepted")]
    assert await scene.deal.paid() == 5000
    assert await scene.shop.left("red") == 10, "what is not delivered any more goes back on the shelf"
    assert "Agreed: pink flowers. Thank you!" in await scene.shop.inbox("notice")
    assert (await scene.deal.told())[-1].startswith("Done: Corner now makes pink flowers")


@pytest.mark.flow("6.6-1")
@pytest.mark.flow("2.7-1")
async def test_a_counter_offer_is_enriched_and_put_to_the_customer(scene: Scene) -> None:
    negotiation = await offer_of(scene, PURPLE)
    assert negotiation["status"] == "awaiting_user_approval"
    (offer,) = negotiation["offers"]
    assert (offer["item"], offer["product_id"]) == ("Deep Purple Metallic", "purple")
    assert (offer["image_url"], offer["extra"]["minor"]) == ("https://x.test/p.png", 0)
    update = (await scene.world.updates(scene.deal.customer, "thr1"))[-1]
    assert "Deep Purple Metallic" in update["narrative"]
    assert update["card"]["type"] == "AdaptiveCard"
    assert await scene.deal.legs() == [("Red Flowers", "accepted")], "the customer decides first"
    assert (await scene.deal.decides(f"negotiations/{negotiation['id']}", "approve")).status == 202
    assert (await scene.deal.negotiation())["status"] == "accepted"
    assert await scene.deal.legs() == [("Deep Purple Metallic", "accepted")]
    assert (await scene.shop.left("red"), await scene.shop.left("purple")) == (10, 9)
    assert "Agreed: Deep Purple Metallic. Thank you!" in await scene.shop.inbox("notice")


@pytest.mark.flow("6.6-1")
@pytest.mark.parametrize(
    ("text", "item", "extra"),
    [
        ("No pink, but I have Yellow Sunflowers available", "Yellow Sunflowers", 575),
        ("No pink, but I have White Lilies available", "White Lilies", -875),
        ("No pink, but I have White Lilies for $3.50 extra", "White Lilies", 350),
        ("Pink is sold out, we can do White Lilies for $12.35 less", "White Lilies", -1235),
        ("Pink is sold out, but I have peonies for $61.20", "peonies", 1120),
        ("Pink is sold out, but I have peonies at no extra cost", "peonies", 0),
    ],
)
async def test_the_price_difference_is_settled_to_the_cent(
    scene: Scene, text: str, item: str, extra: int
) -> None:
    negotiation = await offer_of(scene, text)
    assert [(o["item"], o["extra"]["minor"]) for o in negotiation["offers"]] == [(item, extra)]
    await scene.deal.decides(f"negotiations/{negotiation['id']}", "approve")
    assert await scene.deal.legs() == [(item, "accepted")]
    assert await scene.deal.paid() == 5000 + extra


@pytest.mark.flow("6.6-1")
async def test_the_difference_counts_for_every_piece(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as world:
        scene = await bought(world, quantity=3)
        negotiation = await offer_of(scene, "No pink, but I have Yellow Sunflowers available")
        assert negotiation["offers"][0]["extra"]["minor"] == 3 * 575
        await scene.deal.decides(f"negotiations/{negotiation['id']}", "approve")
        assert await scene.deal.paid() == 3 * 5575
        assert (await scene.shop.left("red"), await scene.shop.left("yellow")) == (10, 7)


@pytest.mark.flow("6.6-1")
async def test_a_yes_that_costs_more_asks_the_customer_first(scene: Scene) -> None:
    asked = await scene.deal.asks("I want yellow sunflowers instead of red flowers")
    await scene.shop.replies(f"{asked['id']}.1", "Yes")
    negotiation = await scene.deal.negotiation()
    assert negotiation["status"] == "awaiting_user_approval"
    assert negotiation["offers"][0]["extra"]["minor"] == 575
    assert await scene.deal.paid() == 5000, "nobody pays more without a yes"


@pytest.mark.flow("6.6-1")
async def test_a_rejected_counter_offer_goes_back_to_the_partner(scene: Scene) -> None:
    negotiation = await offer_of(scene, PURPLE)
    await scene.deal.decides(f"negotiations/{negotiation['id']}", "reject")
    negotiation = await scene.deal.negotiation()
    assert (negotiation["status"], negotiation["round"]) == ("awaiting_partner_reply", 2)
    asked_again = "would rather not take Deep Purple Metallic"
    assert sum(asked_again in text for text in await scene.shop.inbox("change_request")) == 1
    await scene.shop.replies(f"{negotiation['id']}.2", "Ok, yes, pink then")
    assert (await scene.deal.negotiation())["status"] == "accepted"


@pytest.mark.flow("6.6-1")
async def test_a_counter_offer_that_nobody_decides_on_lapses_after_a_day(scene: Scene) -> None:
    negotiation = await offer_of(scene, "No pink, but I have Yellow Sunflowers available")
    await scene.world.advance(hours=23, minutes=59)
    assert (await scene.deal.negotiation())["status"] == "awaiting_user_approval"
    await scene.world.advance(minutes=1)
    assert (await scene.deal.negotiation())["status"] == "rejected"
    assert await scene.deal.legs() == [("Red Flowers", "accepted")]
    assert await scene.deal.paid() == 5000
    late = await scene.deal.decides(f"negotiations/{negotiation['id']}", "approve")
    assert (late.status, late.code) == (409, "not_open")
    assert "The change is off. Please go on with Red Flowers as ordered." in await scene.shop.inbox("notice")


@pytest.mark.flow("6.6-1")
async def test_a_declined_extra_charge_leaves_the_order_as_it_was(scene: Scene) -> None:
    negotiation = await offer_of(scene, "No pink, but I have Yellow Sunflowers available")
    await scene.world.admin().call(
        "PUT", "/api/v1/simulator/payments/declines", {"customer_id": "alice", "declined": True}
    )
    await scene.deal.decides(f"negotiations/{negotiation['id']}", "approve")
    assert (await scene.deal.negotiation())["status"] == "rejected"
    assert await scene.deal.legs() == [("Red Flowers", "accepted")]
    assert await scene.deal.paid() == 5000
    assert (await scene.shop.left("red"), await scene.shop.left("yellow")) == (9, 10)


@pytest.mark.flow("1.6-1")
@pytest.mark.flow("6.6-1")
async def test_a_rejected_change_is_searched_elsewhere_without_anybody_asking(scene: Scene) -> None:
    await opened(scene.world, "pinkery", flowers("pink", "pink", 5500))
    negotiation = await offer_of(scene, "No, we don't have pink flowers")
    assert negotiation["status"] == "rejected"
    recovery = await scene.deal.recovery(negotiation["recovery_id"])
    assert (recovery["status"], recovery["proposal"]["vendor_id"]) == ("proposed", "pinkery")
    assert await escalations(scene.world) == []


@pytest.mark.flow("2.7-4")
@pytest.mark.flow("6.6-2")
async def test_an_hour_of_silence_brings_a_person_in(scene: Scene) -> None:
    asked = await scene.deal.asks("I want pink flowers instead of red")
    await scene.world.advance(minutes=59)
    assert (await scene.deal.negotiation())["status"] == "awaiting_partner_reply"
    await scene.world.advance(minutes=1)
    assert (await scene.deal.negotiation())["status"] == "escalated"
    (task,) = await escalations(scene.world)
    assert (task["reason"], task["subject"], task["status"]) == ("timeout", asked["id"], "pending")
    assert await scene.shop.replies(f"{asked['id']}.1", "Yes") == "kept", "too late to count, but not lost"
    negotiation = await scene.deal.negotiation()
    assert (negotiation["status"], negotiation["messages"][-1]["text"]) == ("escalated", "Yes")
    assert negotiation["messages"][-1]["applied"] is False


@pytest.mark.flow("2.7-4")
@pytest.mark.flow("6.6-2")
async def test_fifteen_minutes_are_all_there_is_when_the_work_is_about_to_begin(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as world:
        scene = await bought(world, hours=3)
        asked = await scene.deal.asks("I want pink flowers instead of red")
        assert (asked["just_in_time"], asked["reply_by"]) == (True, "2026-05-04T14:15:00Z")
        await world.advance(minutes=14)
        assert (await scene.deal.negotiation())["status"] == "awaiting_partner_reply"
        await world.advance(minutes=1)
        (task,) = await escalations(world)
        assert (task["reason"], task["priority"]) == ("urgency", 3)


@pytest.mark.flow("6.6-2")
async def test_waiting_ends_when_the_work_comes_within_two_hours(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as world:
        scene = await bought(world, hours=4)
        asked = await scene.deal.asks("I want pink flowers instead of red")
        assert asked["just_in_time"] is False
        assert "2026-05-04T14:00:00Z" < asked["reply_by"] < "2026-05-04T15:00:00Z"
        await world.advance(minutes=59)
        (task,) = await escalations(world)
        assert task["reason"] == "urgency"


@pytest.mark.flow("6.6-2")
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("I already told you no pink!", "sentiment"),
        ("hmm the van", "unclear"),
        ("No pink, but I have peonies for \u20ac20 extra", "unclear"),
    ],
)
async def test_anger_and_riddles_are_for_people(scene: Scene, text: str, reason: str) -> None:
    negotiation = await offer_of(scene, text)
    assert negotiation["status"] == "escalated"
    (task,) = await escalations(scene.world)
    assert (task["reason"], text in task["summary"]) == (reason, True)
    questions = len(await scene.shop.inbox())
    await scene.world.advance(hours=3)
    assert len(await scene.shop.inbox()) == questions, "the AI is silent while a person has the task"


@pytest.mark.flow("6.6-2")
async def test_the_third_counter_offer_is_a_deadlock(scene: Scene) -> None:
    negotiation = await offer_of(scene, PURPLE)
    await scene.deal.decides(f"negotiations/{negotiation['id']}", "reject")
    await scene.shop.replies(f"{negotiation['id']}.2", "How about White Lilies?")
    assert (await scene.deal.negotiation())["status"] == "awaiting_user_approval"
    await scene.deal.decides(f"negotiations/{negotiation['id']}", "reject")
    await scene.shop.replies(f"{negotiation['id']}.3", "How about Yellow Sunflowers?")
    assert (await scene.deal.negotiation())["status"] == "escalated"
    (task,) = await escalations(scene.world)
    assert task["reason"] == "deadlock"


@pytest.mark.flow("1.6-1")
async def test_what_cannot_be_changed_is_refused_with_its_reason(scene: Scene) -> None:
    path = f"/api/v1/orders/{scene.deal.id}/change-requests"
    unclear = await scene.deal.customer.call("POST", path, {"text": "hello there"})
    assert (unclear.status, unclear.code) == (400, "needs_clarification")
    await scene.deal.asks("I want pink flowers instead of red")
    again = await scene.deal.customer.call("POST", path, {"text": "I want white flowers instead of red"})
    assert (again.status, again.code) == (409, "change_under_way")
    stranger = await scene.world.customer("mallory").call("POST", path, {"text": "blue instead of red"})
    assert stranger.status == 404
    assert (await scene.world.admin().call("POST", path, {"text": "blue instead of red"})).status == 403


@pytest.mark.flow("1.6-1")
async def test_asking_twice_with_one_key_asks_the_partner_once(scene: Scene) -> None:
    first = await scene.deal.asks("I want pink flowers instead of red", key="k1")
    again = await scene.deal.asks("I want pink flowers instead of red", key="k1")
    assert again["id"] == first["id"]
    assert len(await scene.shop.inbox("change_request")) == 1
    path = f"/api/v1/orders/{scene.deal.id}/change-requests"
    other = await scene.deal.customer.call("POST", path, {"text": "white instead of red"}, key="k1")
    assert (other.status, other.code) == (409, "idempotency_key_reused")
