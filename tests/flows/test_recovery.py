"""The order that recovers by itself (1.6-1 steps 4 to 6, 6.3-1, 6.3-2), and every way in which it may end."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shared.domain.catalogue import Lock
from tests.harness import World, running
from tests.street import Deal, Shop, escalations, flowers, no_harm, opened, ordered, resolved

FAR = {"address": "Round Rock", "point": {"latitude": 30.5083, "longitude": -97.6789}}


@dataclass(frozen=True, slots=True)
class Scene:
    """Alice has bought red flowers at the corner shop, which has taken the order on."""

    world: World
    corner: Shop
    deal: Deal

    async def refused(self, text: str = "I want pink flowers instead of red") -> dict[str, Any]:
        """The corner shop cannot make the change; return the recovery that began."""
        asked = await self.deal.asks(text)
        await self.corner.replies(f"{asked['id']}.1", "No, we don't have pink flowers")
        negotiation = await self.deal.negotiation(asked["id"])
        return await self.deal.recovery(negotiation["recovery_id"])

    async def broken(self, reason: str, leg_id: str = "") -> dict[str, Any]:
        """Operations report that the leg cannot be delivered; return the recovery that began."""
        body = {"order_id": self.deal.id, "leg_id": leg_id or await self.deal.leg(), "reason": reason}
        made = await self.world.admin().post("/api/v1/recoveries", body)
        await self.world.settle()
        return await self.deal.recovery(made["id"])

    async def declining_card(self, *, declined: bool = True) -> None:
        """Alice's bank says no from now on."""
        body = {"customer_id": "alice", "declined": declined}
        await self.world.admin().call("PUT", "/api/v1/simulator/payments/declines", body)


@pytest.fixture
async def scene(world: World) -> AsyncIterator[Scene]:
    yield await bought(world)
    await no_harm(world)


async def bought(world: World, quantity: int = 1, **more: Any) -> Scene:
    corner = await opened(world, "corner", flowers("red", "red", **more))
    deal = await ordered(world, {"id": "red", "quantity": quantity})
    await corner.accepts(await deal.leg())
    return Scene(world, corner, deal)


async def pinkery(world: World, price: int = 5500, id: str = "pinkery", **more: Any) -> Shop:
    return await opened(world, id, flowers(f"{id}-pink", "pink", price), **more)


# --- 6.3-1: what the customer asked for, elsewhere ---------------------------------------------------


@pytest.mark.everywhere
@pytest.mark.flow("6.3-1")
@pytest.mark.flow("1.6-1")
@pytest.mark.flow("5.4-7")
async def test_a_rejected_change_is_sourced_from_another_vendor(world: World) -> None:
    admin, alice = world.admin(), world.customer()
    await admin.post("/api/v1/simulator/live-demo/setup", {})
    deal = await ordered(world, "demo-red-flowers", hours=9)
    assert await deal.legs() == [("Red Flowers", "accepted")]
    said = await alice.post(
        "/api/v1/chat", {"text": "I want pink flowers instead of red", "thread_id": "thr1"}
    )
    await world.settle()
    negotiation = await deal.negotiation(said["negotiation_id"])
    recovery = await deal.recovery(negotiation["recovery_id"])
    assert (recovery["status"], recovery["proposal"]["vendor_name"]) == ("proposed", "Flower Shop B")
    assert recovery["proposal"]["difference"]["minor"] == 500
    assert await deal.legs() == [("Red Flowers", "accepted")], "the old leg stays until the new one is sure"
    question = (await world.updates(alice, "thr1"))[-1]
    assert question["narrative"].endswith("Should I proceed?")
    assert "trusted" in question["reasoning"], "the customer is told why this one"
    assert question["card"]["type"] == "AdaptiveCard"
    await alice.post("/api/v1/chat", {"text": "Yes, proceed", "thread_id": "thr1"})
    await world.settle()
    assert await deal.legs() == [("Red Flowers", "cancelled"), ("Pink Flowers", "accepted")]
    assert await deal.paid() == 5500
    assert (await deal.negotiation(negotiation["id"]))["status"] == "recovered_autonomously"
    assert (await deal.told())[-1].startswith("All set: Pink Flowers from Flower Shop B")
    assert await escalations(world) == [], "no human intervention"
    await no_harm(world)


@pytest.mark.everywhere
@pytest.mark.flow("6.3-1")
async def test_the_new_vendor_is_asked_only_after_the_customer_and_before_anything_is_cancelled(
    scene: Scene,
) -> None:
    pink = await pinkery(scene.world)
    recovery = await scene.refused()
    assert await pink.legs() == [], "nothing is placed before the customer has agreed"
    assert await pink.left("pinkery-pink") == 9, "but the goods are reserved"
    await scene.deal.decides(f"recoveries/{recovery['id']}", "approve")
    (leg,) = await pink.legs()
    assert leg["status"] == "pending"
    assert await scene.deal.legs() == [("Red Flowers", "accepted"), ("Pink Flowers", "pending")]
    assert await scene.deal.paid() == 5000, "the new one is not paid before it is sure"
    await pink.accepts(leg["leg_id"])
    assert await scene.deal.legs() == [("Red Flowers", "cancelled"), ("Pink Flowers", "accepted")]
    assert await scene.deal.paid() == 5500
    holds = [leg["hold"] for leg in (await scene.deal.now())["legs"]]
    assert holds == ["refunded", "held"], "the old leg's money is released, the new one's is held"
    assert (await scene.corner.left("red"), await pink.left("pinkery-pink")) == (10, 9)
    assert any(text.startswith("Cancelled: Red Flowers") for text in await scene.corner.inbox("cancellation"))


@pytest.mark.flow("6.3-1")
async def test_the_best_alternative_is_trusted_near_and_similar_in_price(scene: Scene) -> None:
    await pinkery(scene.world, 5500, "trusted", trust=95)
    await pinkery(scene.world, 5100, "doubtful", trust=20)
    await pinkery(scene.world, 5500, "distant", trust=95, location=FAR)
    await pinkery(scene.world, 6001, "pricey", trust=100)
    recovery = await scene.refused()
    assert recovery["proposal"]["vendor_id"] == "trusted"
    tried = " ".join(line["outcome"] for line in recovery["attempts"])
    assert "more than 20 % dearer" in tried


@pytest.mark.flow("6.3-1")
async def test_the_timeline_is_computed_again_and_shown_side_by_side(scene: Scene) -> None:
    await opened(scene.world, "slow", flowers("slow-pink", "pink", 5000, lead_minutes=95))
    before = (await scene.deal.customer.get(f"/api/v1/orders/{scene.deal.id}/timeline"))["timeline"]
    recovery = await scene.refused()
    assert recovery["timeline_before"] == before
    delay = recovery["proposal"]["delay_minutes"]
    assert delay > 0
    assert recovery["change"]["delay_minutes"] == delay
    assert any(
        "Your timeline shows" in line and "Should I proceed?" in line for line in await scene.deal.told()
    )
    await scene.deal.decides(f"recoveries/{recovery['id']}", "approve")
    await Shop(scene.world, "slow", "").accepts(recovery["proposal"]["leg_id"])
    after = (await scene.deal.customer.get(f"/api/v1/orders/{scene.deal.id}/timeline"))["timeline"]
    assert after["arrival"] > before["arrival"]


@pytest.mark.flow("6.3-1")
@pytest.mark.parametrize(("price", "quantity"), [(5999, 1), (4001, 1), (5000, 1), (5333, 3), (4667, 7)])
async def test_the_price_difference_is_settled_to_the_cent(tmp_path: Path, price: int, quantity: int) -> None:
    async with running(tmp_path / "data") as world:
        scene = await bought(world, quantity)
        pink = await pinkery(world, price)
        recovery = await scene.refused()
        assert recovery["proposal"]["difference"]["minor"] == (price - 5000) * quantity
        await scene.deal.decides(f"recoveries/{recovery['id']}", "approve")
        await pink.accepts(recovery["proposal"]["leg_id"])
        order = await scene.deal.now()
        assert order["paid"]["minor"] == order["total"]["minor"] == price * quantity
        assert (await scene.corner.left("red"), await pink.left("pinkery-pink")) == (10, 10 - quantity)
        await no_harm(world)


@pytest.mark.flow("6.3-1")
@pytest.mark.flow("1.6-1")
async def test_a_no_that_keeps_the_original_changes_nothing(scene: Scene) -> None:
    pink = await pinkery(scene.world)
    recovery = await scene.refused()
    await scene.deal.decides(f"recoveries/{recovery['id']}", "reject", {"keep_original": True})
    assert (await scene.deal.recovery(recovery["id"]))["status"] == "rejected"
    assert await scene.deal.legs() == [("Red Flowers", "accepted")]
    assert await scene.deal.paid() == 5000
    assert (await scene.corner.left("red"), await pink.left("pinkery-pink")) == (9, 10)
    assert await pink.inbox() == [], "the other vendor never hears of it"
    assert (await scene.deal.told())[-1] == "I kept your original order."


@pytest.mark.everywhere
@pytest.mark.flow("6.3-1")
async def test_a_no_that_drops_the_original_gives_all_the_money_back(scene: Scene) -> None:
    pink = await pinkery(scene.world)
    recovery = await scene.refused()
    await scene.deal.decides(f"recoveries/{recovery['id']}", "reject", {"keep_original": False})
    order = await scene.deal.now()
    assert (order["status"], order["payment_status"], order["paid"]["minor"]) == ("cancelled", "refunded", 0)
    assert (await scene.corner.left("red"), await pink.left("pinkery-pink")) == (10, 10)
    assert len(await scene.corner.inbox("cancellation")) == 1


@pytest.mark.flow("6.3-1")
async def test_a_day_of_silence_releases_the_reservation_and_keeps_the_original(scene: Scene) -> None:
    pink = await pinkery(scene.world)
    recovery = await scene.refused()
    await scene.world.advance(hours=23, minutes=59)
    assert await pink.left("pinkery-pink") == 9
    await scene.world.advance(minutes=1)
    assert await pink.left("pinkery-pink") == 10
    assert (await scene.deal.recovery(recovery["id"]))["status"] == "rejected"
    assert await scene.deal.legs() == [("Red Flowers", "accepted")]
    late = await scene.deal.decides(f"recoveries/{recovery['id']}", "approve")
    assert (late.status, late.code) == (409, "not_open")


@pytest.mark.flow("6.3-1")
@pytest.mark.parametrize("silent", [False, True])
async def test_a_new_vendor_that_cannot_is_followed_by_the_next_best(scene: Scene, silent: bool) -> None:
    first = await pinkery(scene.world, 5500, "first", trust=95)
    second = await pinkery(scene.world, 5200, "second", trust=60)
    recovery = await scene.refused()
    assert recovery["proposal"]["vendor_id"] == "first"
    await scene.deal.decides(f"recoveries/{recovery['id']}", "approve")
    leg = recovery["proposal"]["leg_id"]
    if silent:
        await scene.world.advance(minutes=60)
        late = await first.portal.call("POST", f"/api/v1/partners/me/orders/{leg}/accept", {})
        assert late.status == 409
    else:
        await first.rejects(leg, "Sorry, just sold the last one")
    recovery = await scene.deal.recovery(recovery["id"])
    assert (recovery["status"], recovery["proposal"]["vendor_id"]) == ("proposed", "second")
    assert await first.left("first-pink") == 10
    word = "cancelled" if silent else "rejected"
    assert await scene.deal.legs() == [("Red Flowers", "accepted"), ("Pink Flowers", word)]
    await scene.deal.decides(f"recoveries/{recovery['id']}", "approve")
    await second.accepts(recovery["proposal"]["leg_id"])
    assert await scene.deal.paid() == 5200
    assert [status for _, status in await scene.deal.legs()] == ["cancelled", word, "accepted"]


@pytest.mark.flow("6.3-1")
async def test_a_yes_that_is_delivered_again_late_does_not_meet_the_next_proposal(scene: Scene) -> None:
    first = await pinkery(scene.world, 5500, "first", trust=95)
    await pinkery(scene.world, 5200, "second", trust=60)
    recovery = await scene.refused()
    path = f"recoveries/{recovery['id']}"
    await scene.deal.decides(path, "approve", key="yes-1")
    await first.rejects(recovery["proposal"]["leg_id"], "Sorry, just sold the last one")
    assert (await scene.deal.recovery(recovery["id"]))["proposal"]["vendor_id"] == "second"
    again = await scene.deal.decides(path, "approve", key="yes-1")
    assert again.status == 202
    assert (await scene.deal.recovery(recovery["id"]))["status"] == "proposed"


@pytest.mark.flow("6.3-1")
async def test_after_three_vendors_a_person_takes_over_and_the_original_still_stands(scene: Scene) -> None:
    shops = [await pinkery(scene.world, 5000 + 10 * n, f"shop-{n}", trust=90 - n) for n in range(4)]
    recovery = await scene.refused()
    for n in range(3):
        assert recovery["proposal"]["vendor_id"] == f"shop-{n}"
        await scene.deal.decides(f"recoveries/{recovery['id']}", "approve")
        await shops[n].rejects(recovery["proposal"]["leg_id"])
        recovery = await scene.deal.recovery(recovery["id"])
    assert recovery["status"] == "escalated"
    (task,) = await escalations(scene.world)
    assert (task["reason"], task["subject"]) == ("no_alternative", recovery["id"])
    assert "Shop 0: the vendor declined; proposal 2: Shop 1: the vendor declined" in task["summary"]
    assert await shops[3].inbox() == []
    assert (await scene.deal.legs())[0] == ("Red Flowers", "accepted")
    assert await scene.deal.paid() == 5000


@pytest.mark.flow("6.3-1")
async def test_without_an_alternative_a_person_learns_what_was_tried(scene: Scene) -> None:
    await pinkery(scene.world, 9900)
    recovery = await scene.refused()
    assert recovery["status"] == "escalated"
    (task,) = await escalations(scene.world)
    assert "Pink Flowers of Pinkery: costs" in task["summary"]
    assert await scene.deal.legs() == [("Red Flowers", "accepted")]
    assert (await scene.deal.told())[-1].startswith("I have asked a colleague")


@pytest.mark.flow("6.3-1")
@pytest.mark.flow("6.3-2")
async def test_a_partner_that_is_locked_hard_is_never_swapped(world: World) -> None:
    corner = await opened(world, "corner", flowers("red", "red"))
    await world.app.catalogue.refresh()
    locked = world.app.catalogue.product("red").model_copy(update={"lock": Lock.HARD})
    await world.app.catalogue.put_product(locked)
    pink = await pinkery(world, 5000)
    deal = await ordered(world, "red")
    await corner.accepts(await deal.leg())
    recovery = await Scene(world, corner, deal).refused()
    assert (recovery["status"], recovery["proposal"]) == ("escalated", None)
    (task,) = await escalations(world)
    assert "locked to its vendor" in task["summary"]
    assert await pink.inbox() == []


@pytest.mark.flow("6.3-1")
async def test_a_declined_payment_of_the_difference_leaves_the_old_leg_untouched(scene: Scene) -> None:
    pink = await pinkery(scene.world)
    recovery = await scene.refused()
    await scene.declining_card()
    await scene.deal.decides(f"recoveries/{recovery['id']}", "approve")
    await pink.accepts(recovery["proposal"]["leg_id"])
    recovery = await scene.deal.recovery(recovery["id"])
    assert (recovery["status"], recovery["outcome"]) == ("failed", "payment_declined")
    assert await scene.deal.legs() == [("Red Flowers", "accepted"), ("Pink Flowers", "cancelled")]
    assert await scene.deal.paid() == 5000
    assert (await scene.corner.left("red"), await pink.left("pinkery-pink")) == (9, 10)
    assert len(await pink.inbox("cancellation")) == 1, "the new vendor learns that it is off"
    assert await scene.corner.inbox("cancellation") == []


@pytest.mark.flow("6.3-1")
async def test_a_vendor_that_gives_up_while_its_customer_thinks_leaves_nothing_to_keep(scene: Scene) -> None:
    pink = await pinkery(scene.world)
    recovery = await scene.refused()
    await scene.corner.rejects(await scene.deal.leg(), "We close for good")
    await scene.deal.decides(f"recoveries/{recovery['id']}", "reject", {"keep_original": True})
    order = await scene.deal.now()
    assert (order["status"], order["paid"]["minor"]) == ("cancelled", 0), "no goods: then the money back"
    assert await pink.left("pinkery-pink") == 10


@pytest.mark.flow("1.6-1")
async def test_after_a_swap_the_new_vendor_is_asked_for_the_next_change(scene: Scene) -> None:
    pink = await pinkery(scene.world, 5000)
    recovery = await scene.refused()
    await scene.deal.decides(f"recoveries/{recovery['id']}", "approve")
    await pink.accepts(recovery["proposal"]["leg_id"])
    asked = await scene.deal.asks("I want white flowers instead of pink")
    assert len(await pink.inbox("change_request")) == 1
    await pink.replies(f"{asked['id']}.1", "No, sorry")
    assert await scene.deal.paid() == 5000
    assert [each["subject"] for each in await escalations(scene.world)] != []


# --- 6.3-2: USO substitutes on its own ---------------------------------------------------------------


@pytest.mark.flow("6.3-2")
@pytest.mark.parametrize("reason", ["item_unavailable", "damaged_at_hub"])
async def test_what_costs_nothing_more_and_is_in_time_is_substituted_without_asking(
    scene: Scene, reason: str
) -> None:
    other = await opened(scene.world, "other", flowers("other-red", "red", 4800))
    recovery = await scene.broken(reason)
    assert (recovery["status"], recovery["decide_by"]) == ("approved", None)
    assert await scene.deal.legs() == [("Red Flowers", "accepted"), ("Red Flowers", "pending")]
    await other.accepts(recovery["proposal"]["leg_id"])
    assert (await scene.deal.recovery(recovery["id"]))["status"] == "completed"
    assert await scene.deal.legs() == [("Red Flowers", "cancelled"), ("Red Flowers", "accepted")]
    assert await scene.deal.paid() == 4800, "what is saved goes back"
    assert await scene.corner.left("red") == 9, "spoilt goods do not go back on the shelf"
    assert any("you pay nothing more" in line for line in await scene.deal.told())
    assert await escalations(scene.world) == []


@pytest.mark.flow("6.3-2")
@pytest.mark.flow("2.3-1")
async def test_a_vendor_that_declines_its_order_is_replaced_without_asking(world: World) -> None:
    corner = await opened(world, "corner", flowers("red", "red"))
    other = await opened(world, "other", flowers("other-red", "red", 5000))
    deal = await ordered(world, "red")
    await corner.rejects(await deal.leg(), "The van broke down")
    (leg,) = await other.legs()
    await other.accepts(leg["leg_id"])
    assert await deal.legs() == [("Red Flowers", "cancelled"), ("Red Flowers", "accepted")]
    assert await deal.paid() == 5000
    assert await corner.inbox("cancellation") == [], "who gave up needs no cancellation"
    told = await deal.told()
    assert any("The van broke down" in str(each) for each in await world.updates(deal.customer, "thr1"))
    assert told[-1].startswith("All set: Red Flowers from Other")
    await no_harm(world)


@pytest.mark.flow("6.3-2")
async def test_a_vendor_may_give_up_even_after_it_had_accepted(scene: Scene) -> None:
    other = await opened(scene.world, "other", flowers("other-red", "red", 5000))
    await scene.corner.rejects(await scene.deal.leg(), "Flooded")
    await other.accepts((await other.legs())[0]["leg_id"])
    assert await scene.deal.legs() == [("Red Flowers", "cancelled"), ("Red Flowers", "accepted")]


@pytest.mark.flow("6.3-2")
async def test_a_substitute_that_costs_more_needs_a_yes_and_a_no_gives_the_money_back(scene: Scene) -> None:
    await opened(scene.world, "other", flowers("other-red", "red", 5600))
    recovery = await scene.broken("item_unavailable")
    assert (recovery["status"], recovery["proposal"]["difference"]["minor"]) == ("proposed", 600)
    await scene.deal.decides(f"recoveries/{recovery['id']}", "reject", {"keep_original": True})
    order = await scene.deal.now()
    assert (order["status"], order["paid"]["minor"]) == ("cancelled", 0), "there is nothing to keep"


@pytest.mark.flow("6.3-2")
async def test_a_substitute_that_would_be_late_needs_a_yes(world: World) -> None:
    corner = await opened(world, "corner", flowers("red", "red"))
    await opened(world, "slow", flowers("slow-red", "red", 5000, lead_minutes=600))
    deal = await ordered(world, "red", hours=6)
    await corner.accepts(await deal.leg())
    recovery = await Scene(world, corner, deal).broken("damaged_at_hub")
    assert (recovery["status"], recovery["change"]["still_feasible"]) == ("proposed", False)


@pytest.mark.flow("6.3-2")
async def test_what_is_in_time_is_preferred_to_what_is_trusted_more(world: World) -> None:
    corner = await opened(world, "corner", flowers("red", "red"))
    await opened(world, "slow", flowers("slow-red", "red", 5000, lead_minutes=600), trust=100)
    await opened(world, "quick", flowers("quick-red", "red", 5000), trust=40)
    deal = await ordered(world, "red", hours=6)
    await corner.accepts(await deal.leg())
    recovery = await Scene(world, corner, deal).broken("damaged_at_hub")
    assert recovery["proposal"]["vendor_id"] == "quick"


@pytest.mark.flow("6.3-2")
async def test_a_customer_without_goods_and_with_a_declined_card_gets_a_person(scene: Scene) -> None:
    other = await opened(scene.world, "other", flowers("other-red", "red", 5600))
    recovery = await scene.broken("item_unavailable")
    await scene.declining_card()
    await scene.deal.decides(f"recoveries/{recovery['id']}", "approve")
    await other.accepts(recovery["proposal"]["leg_id"])
    assert (await scene.deal.recovery(recovery["id"]))["status"] == "escalated"
    assert len(await escalations(scene.world)) == 1
    assert await scene.deal.paid() == 5000, "held until the person has decided"


@pytest.mark.flow("6.3-2")
@pytest.mark.parametrize(
    ("resolution", "status", "paid"), [("decline_change", "cancelled", 0), ("close", "processing", 5000)]
)
async def test_a_person_decides_what_becomes_of_an_order_that_nobody_can_deliver(
    scene: Scene, resolution: str, status: str, paid: int
) -> None:
    recovery = await scene.broken("item_unavailable")
    assert recovery["status"] == "escalated"
    (task,) = await escalations(scene.world)
    assert (await resolved(scene.world, task["id"], resolution)).status == 200
    order = await scene.deal.now()
    assert (order["status"], order["paid"]["minor"]) == (status, paid)


@pytest.mark.flow("6.3-2")
async def test_a_person_may_send_uso_searching_again(scene: Scene) -> None:
    recovery = await scene.broken("item_unavailable")
    (task,) = await escalations(scene.world)
    other = await opened(scene.world, "other", flowers("other-red", "red", 5000))
    await resolved(scene.world, task["id"], "recover")
    await other.accepts((await other.legs())[0]["leg_id"])
    assert await scene.deal.legs() == [("Red Flowers", "cancelled"), ("Red Flowers", "accepted")]
    assert (await scene.deal.recovery(recovery["id"]))["status"] == "escalated"


@pytest.mark.flow("6.3-2")
async def test_an_order_that_nobody_delivers_or_settles_is_refunded_in_the_end(
    tmp_path: Path,
) -> None:
    async with running(tmp_path / "data", person_timeout="P1D") as world:
        scene = await bought(world)
        await scene.broken("damaged_at_hub")
        await world.advance(hours=23)
        assert await scene.deal.paid() == 5000
        await world.advance(hours=1)
        assert await scene.deal.paid() == 0
        await no_harm(world)


@pytest.mark.flow("6.3-2")
async def test_two_items_of_one_order_recover_side_by_side(world: World) -> None:
    corner = await opened(world, "corner", flowers("red", "red"), flowers("white", "white", 3000))
    reds = await opened(world, "reds", flowers("reds-red", "red", 5500))
    whites = await opened(world, "whites", flowers("whites-white", "white", 3300))
    deal = await ordered(world, "red", "white")
    scene = Scene(world, corner, deal)
    first, second = await deal.leg(0), await deal.leg(1)
    for leg in (first, second):
        await corner.accepts(leg)
    one = await scene.broken("item_unavailable", first)
    two = await scene.broken("damaged_at_hub", second)
    assert one["proposal"]["leg_id"] != two["proposal"]["leg_id"]
    await deal.decides(f"recoveries/{two['id']}", "approve")
    await whites.accepts(two["proposal"]["leg_id"])
    await deal.decides(f"recoveries/{one['id']}", "approve")
    await reds.accepts(one["proposal"]["leg_id"])
    order = await deal.now()
    live = {leg["name"]: leg["vendor_id"] for leg in order["legs"] if leg["status"] == "accepted"}
    assert live == {"Red Flowers": "reds", "White Flowers": "whites"}
    assert order["paid"]["minor"] == 5500 + 3300
    timeline = (await deal.customer.get(f"/api/v1/orders/{deal.id}/timeline"))["timeline"]
    assert {leg["vendor_id"] for leg in timeline["legs"]} >= {"reds", "whites"}
    await no_harm(world)


@pytest.mark.flow("6.3-2")
async def test_calling_one_item_off_leaves_the_other_in_recovery(world: World) -> None:
    corner = await opened(world, "corner", flowers("red", "red"), flowers("white", "white", 3000))
    await opened(world, "reds", flowers("reds-red", "red", 5500))
    await opened(world, "whites", flowers("whites-white", "white", 3300))
    deal = await ordered(world, "red", "white")
    first, second = await deal.leg(0), await deal.leg(1)
    await corner.rejects(first)
    await corner.rejects(second)
    await deal.decides(f"recoveries/{deal.id}-r1", "reject", {"keep_original": False})
    order = await deal.now()
    assert (order["status"], order["paid"]["minor"]) == ("processing", 3000)
    await deal.decides(f"recoveries/{deal.id}-r2", "reject", {"keep_original": False})
    order = await deal.now()
    assert (order["status"], order["paid"]["minor"]) == ("cancelled", 0)


@pytest.mark.flow("6.3-2")
async def test_progress_of_one_item_does_not_forget_the_one_in_recovery(world: World) -> None:
    corner = await opened(world, "corner", flowers("red", "red"))
    cakes = await opened(world, "cakes", flowers("cake", "white", 3000, name="White Garland"))
    other = await opened(world, "other", flowers("other-red", "red", 5500))
    deal = await ordered(world, "red", "cake")
    await corner.accepts(await deal.leg(0))
    await cakes.accepts(await deal.leg(1))
    recovery = await Scene(world, corner, deal).broken("item_unavailable")
    await corner.rejects(await deal.leg(0))
    assert (await cakes.reports(await deal.leg(1), "In Progress")).status == 200
    await deal.decides(f"recoveries/{recovery['id']}", "approve")
    await other.accepts(recovery["proposal"]["leg_id"])
    assert [status for _, status in await deal.legs()] == ["cancelled", "in_progress", "accepted"]
    await no_harm(world)


@pytest.mark.flow("6.3-2")
async def test_what_cannot_be_recovered_is_refused(scene: Scene) -> None:
    pink = await pinkery(scene.world)
    recovery = await scene.refused()
    body = {"order_id": scene.deal.id, "leg_id": await scene.deal.leg(), "reason": "damaged_at_hub"}
    again = await scene.world.admin().call("POST", "/api/v1/recoveries", body)
    assert again.data["id"] == recovery["id"], "one that is under way is shown"
    await scene.deal.decides(f"recoveries/{recovery['id']}", "approve")
    new = {**body, "leg_id": recovery["proposal"]["leg_id"]}
    assert (await scene.world.admin().call("POST", "/api/v1/recoveries", new)).status == 409
    await pink.accepts(recovery["proposal"]["leg_id"])
    assert (await scene.world.admin().call("POST", "/api/v1/recoveries", body)).status == 409
    missing = {**body, "leg_id": f"{scene.deal.id}-l77"}
    assert (await scene.world.admin().call("POST", "/api/v1/recoveries", missing)).status == 404
    assert (await scene.deal.customer.call("POST", "/api/v1/recoveries", body)).status == 403
    assert (
        await scene.world.customer("mallory").call("GET", f"/api/v1/recoveries/{recovery['id']}")
    ).status == 404
