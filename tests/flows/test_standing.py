"""The wish that waits: made, watched, asked about, bought or not (flows 6.7-1, 6.7-2, 6.7-3)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.flows.steps import orchid, order, say, sky, stories, wish
from tests.harness import Caller, World

BASE = "/api/v1/standing-intents"
SUNNY = "order flowers for my mom on the next sunny Thursday"
TUESDAY = "order a ghost orchid on Tuesday"
CHEAP = "buy a ghost orchid when its price drops below $40"


async def shown(caller: Caller, intent: Any) -> Any:
    await caller.world.settle()
    return await caller.get(f"{BASE}/{intent['id']}")


async def asked_on_tuesday(world: World, alice: Caller, **more: Any) -> Any:
    """A wish whose moment has come: it is Tuesday, 8:00 in Austin, and the customer is being asked."""
    await orchid(world)
    intent = await wish(alice, TUESDAY, **more)
    await world.advance(hours=23)
    intent = await shown(alice, intent)
    assert intent["status"] == "waiting_approval"
    return intent


async def charged(alice: Caller, intent: Any) -> int:
    made = await alice.get(f"/api/v1/orders/{intent['order_id']}")
    assert len(made["movements"]) == 1, "paid once"
    return int(made["paid"]["minor"])


@pytest.mark.everywhere
@pytest.mark.flow("6.7-1")
async def test_it_waits_for_the_sunny_thursday_tells_why_asks_and_buys(world: World) -> None:
    alice = world.customer()
    for forecast, since in (
        ("sunny", "2026-05-04T00:00:00Z"),
        ("rainy", "2026-05-05T15:00:00Z"),
        ("sunny", "2026-05-06T20:00:00Z"),
    ):
        await sky(world, "07", forecast, since=since)
    made = await say(alice, SUNNY)
    intent = {"id": made["standing_intent_id"]}
    assert (await shown(alice, intent))["condition_text"] == "Weather == Sunny AND Day == Thursday"
    await world.advance(hours=71)
    asked = await shown(alice, intent)
    assert (asked["status"], asked["order_id"]) == ("waiting_approval", None)
    await world.advance(minutes=1)
    assert (await say(alice, "yes please"))["standing_intent_id"] == intent["id"]
    bought = await shown(alice, intent)
    assert bought["status"] == "completed"
    assert await charged(alice, bought) == bought["choice"]["unit_price"]["minor"] == 7200
    told = await stories(world, alice)
    assert told[:4] == [
        "Found your flowers: Pink Peony Bouquet at Rosewood Florals for $72.00. "
        "We'll watch for the perfect moment!",
        "I'm still waiting to buy the flowers because the forecast for Thursday just changed to 'Rainy'"
        "\u2014monitoring for a clear window.",
        "Good news for your flowers: the forecast for Thursday just changed to 'Sunny'. "
        "I keep watching until the moment comes.",
        "The moment has come! May I buy Pink Peony Bouquet from Rosewood Florals for $72.00? "
        "I wait until Thursday 7 May, 17:00; without your yes I buy nothing.",
    ]
    after = told[4:]  # of one instant, and so in no order that counts
    assert any(
        story.startswith("Your order is in: Pink Peony Bouquet from Rosewood Florals.") for story in after
    )
    assert "Your wish came true: I bought Pink Peony Bouquet from Rosewood Florals for $72.00." in after


@pytest.mark.flow("6.7-1")
async def test_a_rainy_tuesday_passes_and_seven_more_days_cost_nothing(world: World) -> None:
    alice = world.customer()
    await sky(world, "05", "rainy")
    await sky(world, "12", "sunny")
    intent = await wish(alice, "order flowers for my mom on the next sunny Tuesday")
    before = len(await world.history(intent["id"]))
    await world.advance(days=7, hours=22)
    assert (await shown(alice, intent))["status"] == "active", "nobody is asked at seven in the morning"
    assert len(await world.history(intent["id"])) <= before + 4, "timers of at most five days, nothing else"
    await world.advance(hours=1)
    assert (await shown(alice, intent))["status"] == "waiting_approval"
    await alice.post(f"{BASE}/{intent['id']}/approve")
    assert (await shown(alice, intent))["status"] == "completed"
    assert len(await world.history(intent["id"])) < 40


@pytest.mark.flow("6.7-1")
async def test_the_answer_names_the_plan_that_runs_and_where_to_look(world: World) -> None:
    await orchid(world)
    body = {"text": TUESDAY, "deliver_to": {"address": "500 Congress Ave, Austin"}}
    answer = await world.customer().call("POST", BASE, body)
    assert answer.status == 202
    await world.settle()
    plan = await world.host.engine.get_status(answer.data["instance_id"])
    assert plan["runtimeStatus"] == "Running"
    assert answer.body["metadata"]["links"]["progress"] == f"{BASE}/{answer.data['id']}/progress"


@pytest.mark.flow("6.7-1")
@pytest.mark.parametrize(
    ("trust", "status", "last"),
    [
        ("high", "completed", "Your wish came true: I bought Ghost Orchid from River Chocolates for $50.00."),
        ("medium", "cancelled", "I stopped waiting for your ghost orchid."),
        (
            "low",
            "active",
            "You did not answer in time, so I bought nothing. "
            "I keep watching for the next good moment to buy the ghost orchid.",
        ),
    ],
)
async def test_silence_buys_stops_or_waits_on_as_far_as_trust_goes(
    world: World, trust: str, status: str, last: str
) -> None:
    alice = world.customer()
    intent = await asked_on_tuesday(world, alice, trust_level=trust, approval_hours=2)
    assert intent["decide_by"] == "2026-05-05T15:00:00Z"
    await world.advance(minutes=119)
    assert (await shown(alice, intent))["status"] == "waiting_approval"
    await world.advance(minutes=1)
    after = await shown(alice, intent)
    assert (after["status"], after["order_id"] is not None) == (status, trust == "high")
    told = await stories(world, alice)
    assert last in told
    assert any("Order" in story or "order is in" in story for story in told) is (trust == "high")


@pytest.mark.flow("6.7-1")
async def test_with_low_trust_the_next_tuesday_is_asked_about_again(world: World) -> None:
    alice = world.customer()
    intent = await asked_on_tuesday(world, alice, trust_level="low", approval_hours=1)
    await world.advance(hours=12)
    assert (await shown(alice, intent))["status"] == "active", "not twice on one day"


@pytest.mark.flow("6.7-1")
async def test_without_approval_it_buys_at_the_moment_and_says_why(world: World) -> None:
    alice = world.customer()
    await orchid(world)
    intent = await wish(alice, TUESDAY, requires_approval=False)
    await world.advance(hours=23)
    bought = await shown(alice, intent)
    assert (bought["status"], bought["reason"]) == ("completed", "You let me buy without asking.")
    assert await charged(alice, bought) == 5000
    assert not [story for story in await stories(world, alice) if "May I buy" in story]


@pytest.mark.flow("6.7-1")
async def test_a_moment_that_never_comes_ends_with_the_longest_wait(world: World) -> None:
    alice = world.customer()
    intent = await wish(alice, "order flowers on the next snowy day", max_wait_days=1)
    await world.advance(hours=23)
    assert (await shown(alice, intent))["status"] == "active"
    await world.advance(hours=1)
    ended = await shown(alice, intent)
    assert (ended["status"], ended["order_id"]) == ("cancelled", None)
    assert (await world.updates(alice, "thr1"))[-1]["reasoning"] == (
        "The moment did not come in the time that you gave me."
    )


@pytest.mark.flow("6.7-1")
async def test_a_wish_for_what_nobody_sells_ends_at_once_and_says_so(world: World) -> None:
    alice = world.customer()
    intent = await wish(alice, "order a submarine on Tuesday")
    assert (intent["status"], intent["reason"]) == ("cancelled", "I found nothing for 'submarine'.")


@pytest.mark.flow("6.7-1")
@pytest.mark.parametrize(
    ("text", "question"), [("order roses", "wait for"), ("on the next sunny day", "buy")]
)
async def test_a_wish_without_a_thing_or_a_condition_is_asked_about(
    world: World, text: str, question: str
) -> None:
    alice = world.customer()
    body = {"text": text, "deliver_to": {"address": "500 Congress Ave, Austin"}}
    answer = await alice.call("POST", BASE, body)
    assert (answer.status, answer.code) == (400, "needs_clarification")
    assert question in answer.body["detail"]
    assert await alice.get(BASE) == []


@pytest.mark.flow("6.7-1")
async def test_the_same_key_is_one_wish_of_one_customer(world: World) -> None:
    await orchid(world)
    alice, bob = world.customer("alice"), world.customer("bob")
    body = {"text": TUESDAY, "deliver_to": {"address": "500 Congress Ave, Austin"}}
    first = await alice.post(BASE, body, key="w1")
    assert (await alice.post(BASE, body, key="w1"))["id"] == first["id"]
    other = await alice.call("POST", BASE, body | {"text": CHEAP}, key="w1")
    assert (other.status, other.code) == (409, "idempotency_key_reused")
    assert (await bob.post(BASE, body, key="w1"))["id"] != first["id"]
    assert len(await alice.get(BASE)) == len(await bob.get(BASE)) == 1


# --- approval and other words from outside (6.7-3) ---------------------------------------------------


@pytest.mark.flow("6.7-3")
@pytest.mark.flow("6.7-1")
async def test_a_yes_twice_buys_once(world: World) -> None:
    alice = world.customer()
    intent = await asked_on_tuesday(world, alice)
    for _ in range(2):
        answer = await alice.call("POST", f"{BASE}/{intent['id']}/approve")
        assert answer.status == 202
    bought = await shown(alice, intent)
    assert bought["status"] == "completed"
    assert await charged(alice, bought) == 5000
    assert len(await world.partner("river-chocolates").get("/api/v1/partners/me/orders")) == 1


@pytest.mark.flow("6.7-3")
async def test_a_yes_before_the_moment_or_after_a_no_is_refused(world: World) -> None:
    alice = world.customer()
    await orchid(world)
    intent = await wish(alice, TUESDAY)
    early = await alice.call("POST", f"{BASE}/{intent['id']}/approve")
    assert (early.status, early.code) == (409, "not_open")
    await world.advance(hours=23)
    await alice.post(f"{BASE}/{intent['id']}/reject")
    ended = await shown(alice, intent)
    assert (ended["status"], ended["reason"]) == ("cancelled", "You said no.")
    late = await alice.call("POST", f"{BASE}/{intent['id']}/approve")
    assert (late.status, late.code) == (409, "not_open")
    assert (await shown(alice, intent))["order_id"] is None


@pytest.mark.flow("6.7-3")
async def test_a_yes_after_the_time_is_over_buys_nothing(world: World) -> None:
    alice = world.customer()
    intent = await asked_on_tuesday(world, alice, approval_hours=1)
    await world.advance(hours=1)
    assert (await alice.call("POST", f"{BASE}/{intent['id']}/approve")).code == "not_open"
    assert (await say(alice, "yes"))["standing_intent_id"] is None
    assert (await shown(alice, intent))["order_id"] is None


@pytest.mark.flow("6.7-3")
@pytest.mark.parametrize("by_chat", [True, False])
async def test_not_this_time_keeps_waiting_for_the_next_moment(world: World, by_chat: bool) -> None:
    alice = world.customer()
    intent = await asked_on_tuesday(world, alice)
    if by_chat:
        await say(alice, "not today, keep waiting")
    else:
        await alice.post(f"{BASE}/{intent['id']}/reject", {"keep_waiting": True})
    assert (await shown(alice, intent))["status"] == "active"
    await world.advance(hours=12)
    assert (await shown(alice, intent))["status"] == "active", "this Tuesday was let pass"
    told = await stories(world, alice)
    assert told[-1].startswith("You said not this time. I keep watching")


@pytest.mark.flow("6.7-3")
async def test_an_event_stored_while_the_plan_sleeps_resumes_it_where_it_stood(world: World) -> None:
    alice = world.customer()
    intent = await asked_on_tuesday(world, alice)
    durable = f"/runtime/webhooks/durabletask/instances/{intent['id']}"
    await world.send("POST", f"{durable}/suspend?reason=test")
    await world.settle()
    event = {"type": "UserApproval", "approved": True}
    await alice.post(f"{BASE}/{intent['id']}/events", event)
    assert (await shown(alice, intent))["status"] == "waiting_approval"
    await world.send("POST", f"{durable}/resume?reason=test")
    bought = await shown(alice, intent)
    assert bought["status"] == "completed"
    assert await charged(alice, bought) == 5000


@pytest.mark.flow("6.7-3")
async def test_a_wake_up_is_stored_until_the_plan_has_heard_it(world: World) -> None:
    alice = world.customer()
    intent = await asked_on_tuesday(world, alice)
    await world.app.wakeups.remember(intent["id"], "wake-99")
    await alice.post(f"{BASE}/{intent['id']}/approve")
    assert (await shown(alice, intent))["status"] == "completed"
    await world.advance(minutes=20)
    left = [each.event async for each in world.app.wakeups.overdue(older_than=timedelta(0))]
    assert left == [], "what a finished plan will never hear is forgotten"


@pytest.mark.flow("6.7-3")
async def test_a_claim_that_the_moment_came_is_checked_before_it_counts(world: World) -> None:
    alice = world.customer()
    await sky(world, "07", "sunny")
    intent = await wish(alice, SUNNY)
    await alice.post(f"{BASE}/{intent['id']}/events", {"type": "IntentConditionMet"})
    assert (await shown(alice, intent))["status"] == "active", "it is Monday"


@pytest.mark.flow("6.7-3")
async def test_news_of_stock_is_looked_at_at_once(world: World) -> None:
    alice = world.customer()
    await orchid(world, quantity=0)
    intent = await wish(alice, "order a ghost orchid when it is back in stock")
    assert intent["status"] == "active"
    await orchid(world, quantity=3)
    await alice.post(f"{BASE}/{intent['id']}/events", {"type": "InventoryAvailable"})
    assert (await shown(alice, intent))["status"] == "waiting_approval"


@pytest.mark.flow("6.7-3")
@pytest.mark.parametrize("body", [{}, {"type": "Earthquake"}, {"type": "UserApproval", "approved": "maybe"}])
async def test_an_event_that_nobody_knows_is_refused(world: World, body: Any) -> None:
    alice = world.customer()
    intent = await asked_on_tuesday(world, alice)
    assert (await alice.call("POST", f"{BASE}/{intent['id']}/events", body)).status == 400
    assert (await shown(alice, intent))["status"] == "waiting_approval"


@pytest.mark.flow("6.7-3")
async def test_someone_else_s_wish_is_neither_seen_nor_decided(world: World) -> None:
    intent = await asked_on_tuesday(world, world.customer("alice"))
    bob, admin, path = world.customer("bob"), world.admin(), f"{BASE}/{intent['id']}"
    for method, door in (
        ("GET", path),
        ("GET", f"{path}/progress"),
        ("POST", f"{path}/approve"),
        ("POST", f"{path}/reject"),
        ("DELETE", path),
    ):
        assert (await bob.call(method, door)).code == "not_found"
    assert (await admin.get(path))["id"] == intent["id"]
    assert (await admin.call("POST", f"{path}/approve")).code == "forbidden"
    assert (await shown(world.customer("alice"), intent))["status"] == "waiting_approval"
    assert await bob.get(BASE) == []


# --- what the watcher looks at (6.7-2) ---------------------------------------------------------------


@pytest.mark.flow("6.7-2")
async def test_many_wishes_for_one_day_cost_one_look_at_its_forecast(world: World) -> None:
    await sky(world, "07", "rainy")
    for name in ("alice", "bob", "carol"):
        await wish(world.customer(name), SUNNY, thread_id=f"thr-{name}")
    await world.advance(hours=1)
    tick = await world.app.watcher.last_tick()
    assert tick is not None
    assert (tick.watched, tick.conditions, tick.lookups) == (3, 1, 1)


@pytest.mark.flow("6.7-2")
async def test_wishes_for_the_price_and_the_stock_of_one_thing_share_a_look(world: World) -> None:
    await orchid(world)
    stock = "order a ghost orchid when at least 9 are in stock"
    await wish(world.customer("alice"), CHEAP, thread_id="a")
    await wish(world.customer("bob"), stock, thread_id="b")
    await world.advance(hours=1)
    tick = await world.app.watcher.last_tick()
    assert tick is not None
    assert (tick.watched, tick.conditions, tick.lookups) == (2, 2, 1)


@pytest.mark.flow("6.7-2")
async def test_a_wish_for_a_date_is_not_even_looked_at_before_its_day(world: World) -> None:
    alice = world.customer()
    await orchid(world)
    intent = await wish(alice, TUESDAY)
    await world.advance(hours=10)
    tick = await world.app.watcher.last_tick()
    assert tick is not None
    assert (tick.watched, tick.lookups) == (0, 0)
    await world.advance(hours=13)
    assert (await shown(alice, intent))["status"] == "waiting_approval"


@pytest.mark.flow("6.7-2")
async def test_a_price_that_falls_is_asked_about_and_paid(world: World) -> None:
    alice = world.customer()
    await orchid(world, price=5000)
    intent = await wish(alice, CHEAP)
    await world.advance(hours=1)
    assert (await shown(alice, intent))["status"] == "active"
    await orchid(world, price=3950)
    await world.advance(hours=1)
    assert "May I buy Ghost Orchid from River Chocolates for $39.50?" in (await stories(world, alice))[-1]
    await alice.post(f"{BASE}/{intent['id']}/approve")
    assert await charged(alice, await shown(alice, intent)) == 3950


@pytest.mark.flow("6.7-2")
async def test_a_fall_in_percent_counts_from_the_price_when_the_wish_was_made(world: World) -> None:
    alice = world.customer()
    await orchid(world, price=5000)
    intent = await wish(alice, "buy a ghost orchid when the price drops by 20%")
    await orchid(world, price=4001)
    await world.advance(hours=1)
    assert (await shown(alice, intent))["status"] == "active"
    await orchid(world, price=4000)
    await world.advance(hours=1)
    assert (await shown(alice, intent))["status"] == "waiting_approval"


@pytest.mark.flow("6.7-2")
@pytest.mark.flow("6.7-1")
async def test_what_became_dearer_after_the_yes_was_asked_for_is_not_bought(world: World) -> None:
    alice = world.customer()
    intent = await asked_on_tuesday(world, alice)
    await orchid(world, price=5001)
    await alice.post(f"{BASE}/{intent['id']}/approve")
    after = await shown(alice, intent)
    assert (after["status"], after["order_id"]) == ("active", None)
    assert (await stories(world, alice))[-1].startswith("Ghost Orchid now costs $50.01 instead of $50.00.")


@pytest.mark.flow("6.7-1")
async def test_what_sold_out_before_the_yes_is_waited_for_again_and_not_charged(world: World) -> None:
    alice, bob = world.customer("alice"), world.customer("bob")
    intent = await asked_on_tuesday(world, alice)
    await orchid(world, quantity=1)
    await order(bob, "ghost-orchid", thread_id="thr-bob")
    await alice.post(f"{BASE}/{intent['id']}/approve")
    after = await shown(alice, intent)
    assert (after["status"], after["order_id"]) == ("active", None)
    assert "Ghost Orchid is out of stock." in (await stories(world, alice))[-1]
    assert await alice.call("GET", f"{BASE}/{intent['id']}/progress")


@pytest.mark.flow("6.7-2")
async def test_and_needs_both_at_once_and_or_needs_one(world: World) -> None:
    alice = world.customer()
    await orchid(world, price=3900)
    both = await wish(alice, "buy a ghost orchid when its price is below $40 and on Friday", thread_id="a")
    either = await wish(alice, "buy a ghost orchid when it costs less than $30 or on Tuesday", thread_id="b")
    assert both["condition_text"] == "Price(Ghost Orchid) <= $40.00 AND Day == Friday"
    assert either["condition_text"] == "Price(Ghost Orchid) <= $30.00 OR Day == Tuesday"
    await world.advance(hours=23)
    assert (await shown(alice, both))["status"] == "active", "cheap, but it is Tuesday"
    assert (await shown(alice, either))["status"] == "waiting_approval", "dear, but it is Tuesday"


@pytest.mark.flow("6.7-1")
@pytest.mark.flow("6.0-1")
async def test_one_that_was_shown_can_be_waited_for_by_pointing_at_it(world: World) -> None:
    alice = world.customer()
    shown_ = await say(alice, "red roses")
    made = await say(alice, "buy the second one when it drops below $40")
    intent = await shown(alice, {"id": made["standing_intent_id"]})
    assert intent["choice"]["product_id"] == shown_["products"][1]["id"]
    assert intent["condition_text"] == "Price(Two Dozen Red Roses) <= $40.00"
    assert intent["status"] == "active"


@pytest.mark.flow("6.7-1")
async def test_twelve_roses_for_a_sunny_day_are_one_dozen(world: World) -> None:
    intent = await wish(world.customer(), "order 12 red roses on the next sunny Thursday")
    assert (intent["choice"]["item"], intent["choice"]["quantity"]) == ("Dozen Red Roses", 1)
