"""Is it feasible, and what would an addition do (flows 6.2-1, and 1.2-1 steps 7 to 11)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.flows.steps import CHOCOLATES, THREAD, an_evening_out, hear, order, say, stories, texts
from tests.harness import HOME, Caller, World


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def placed(alice: Caller, by: str, *ids: str, **more: Any) -> Any:
    body = {"items": [{"id": id} for id in ids], "deliver_to": HOME, "deliver_by": by, "thread_id": THREAD}
    return await alice.call("POST", "/api/v1/orders", body | more)


async def untouched(alice: Caller, before: Any) -> None:
    after = await alice.get(f"/api/v1/orders/{before['id']}")
    assert (after["legs"], after["total"], after["paid"]) == (before["legs"], before["total"], before["paid"])


@pytest.mark.flow("1.2-1")
@pytest.mark.flow("6.2-1")
async def test_a_feasible_order_is_reserved_paid_once_and_sent_to_every_vendor(world: World) -> None:
    alice = world.customer()
    made = await order(alice, "bb-dozen-red-roses", "cc-signature-12")
    assert (made["status"], made["payment_status"], made["on_time"]) == ("processing", "captured", True)
    assert [leg["status"] for leg in made["legs"]] == ["accepted", "accepted"]
    assert made["paid"] == made["total"] == {"minor": 8600, "currency": "USD"}
    assert [movement["amount"]["minor"] for movement in made["movements"]] == [8600]
    told = await stories(world, alice)
    assert told[0].startswith("Your order is in: Dozen Red Roses from Bluebonnet Blooms and Signature")
    assert len(told) == 3


@pytest.mark.flow("6.2-1")
@pytest.mark.flow("1.2-1")
async def test_the_timeline_names_every_leg_with_travel_hours_and_synchronised_arrivals(world: World) -> None:
    alice = world.customer()
    made = await order(alice, "bb-dozen-red-roses", "cc-signature-12", "sm-vanilla-birthday", hours=96)
    answer = await alice.call("GET", f"/api/v1/orders/{made['id']}/timeline")
    timeline = answer.data["timeline"]
    kinds = [leg["kind"] for leg in timeline["legs"]]
    assert sorted(kinds) == ["deliver"] * 3 + ["prepare"] * 3
    assert all(leg["minutes"] > 0 for leg in timeline["legs"] if leg["kind"] == "deliver")
    cake = next(leg for leg in timeline["legs"] if "Cake" in leg["name"])
    opens = at(cake["starts_at"]).astimezone(at("2026-05-04T00:00:00-05:00").tzinfo)
    assert opens.hour >= 7, "nobody bakes at night"
    (meeting,) = timeline["meetings"]
    assert len(meeting["arrivals"]) == 3
    assert timeline["arrival"] == max(arrival["arrives_at"] for arrival in meeting["arrivals"])
    for leg in timeline["legs"]:
        assert leg["starts_at"] <= leg["suggested_start"] <= leg["latest_start"], (
            "late enough, never too late"
        )
    assert answer.body["machine_readable"]["@type"] == "ParcelDelivery"
    assert answer.body["adaptive_card"]["version"] == "1.5"


@pytest.mark.flow("6.2-1")
async def test_customisation_takes_its_time_before_the_order_can_arrive(world: World) -> None:
    alice = world.customer()
    plain = await order(alice, "cc-signature-12")
    custom = await order(alice, "cc-custom-chocolates", thread_id="thr2")
    assert at(custom["arrival"]) - at(plain["arrival"]) >= timedelta(hours=3)


@pytest.mark.flow("6.2-1")
@pytest.mark.flow("1.2-1")
async def test_what_cannot_be_in_time_is_refused_with_ways_out_that_can(world: World) -> None:
    alice = world.customer()
    by = "2026-05-04T16:00:00Z"
    answer = await placed(alice, by, "cc-custom-chocolates")
    assert (answer.status, answer.code) == (422, "deadline_unreachable")
    assert "Custom Message Chocolates" in answer.body["detail"]
    ways = answer.body["ways_out"]
    assert ways
    for way in ways:
        assert at(way["new_arrival"]) <= at(way["deliver_by"] or by), way["description"]
    assert "other_date" in [way["kind"] for way in ways]
    assert (await alice.call("GET", f"/api/v1/threads/{THREAD}")).status == 404, "nothing was begun"
    assert await world.partner("cacao-creek").get("/api/v1/partners/me/orders") == []


@pytest.mark.flow("6.2-1")
@pytest.mark.flow("1.2-1")
async def test_the_suggested_date_is_accepted_when_it_is_asked_for(world: World) -> None:
    alice = world.customer()
    refused = await placed(alice, "2026-05-04T16:00:00Z", "cc-custom-chocolates")
    date = next(way for way in refused.body["ways_out"] if way["kind"] == "other_date")
    made = await placed(alice, date["deliver_by"], "cc-custom-chocolates")
    assert made.status == 202
    assert made.data["on_time"]


@pytest.mark.flow("1.2-1")
async def test_in_a_conversation_the_refusal_comes_with_its_ways_out_in_words(world: World) -> None:
    alice = world.customer()
    await say(alice, "custom message chocolates by today 11 am")
    answer = await say(alice, "buy the custom message chocolates")
    assert answer["order_id"] is None
    assert "I could do this instead:" in answer["reply"]
    assert await world.updates(alice, THREAD) == []


@pytest.mark.flow("1.2-1")
async def test_a_declined_card_ends_the_order_without_a_trace(world: World) -> None:
    alice = world.customer()
    await world.app.payment_rehearsal.decline("alice")
    made = await order(alice, "bb-dozen-red-roses")
    assert (made["status"], made["payment_status"], made["movements"]) == ("cancelled", "failed", [])
    (story,) = await stories(world, alice)
    assert story == "I had to cancel your order. You were not charged."
    assert await world.partner("bluebonnet-blooms").get("/api/v1/partners/me/orders") == []


@pytest.mark.flow("1.2-1")
async def test_the_same_key_orders_once_and_another_order_under_it_is_refused(world: World) -> None:
    alice = world.customer()
    body = {"items": [{"id": "cc-signature-12"}], "deliver_to": HOME, "deliver_by": "2026-05-06T00:00:00Z"}
    first = await alice.post("/api/v1/orders", body, key="one")
    assert (await alice.post("/api/v1/orders", body, key="one"))["id"] == first["id"]
    other = await alice.call("POST", "/api/v1/orders", body | {"items": [{"id": "cc-heart-box"}]}, key="one")
    assert (other.status, other.code) == (409, "idempotency_key_reused")
    elsewhere = await world.customer("bob").post("/api/v1/orders", body, key="one")
    assert elsewhere["id"] != first["id"]


@pytest.mark.flow("1.2-1")
async def test_a_client_names_things_and_never_sets_a_price(world: World) -> None:
    item = {"id": "cc-signature-12", "price": {"minor": 1, "currency": "USD"}}
    answer = await placed(world.customer(), "2026-05-06T00:00:00Z", items=[item])
    assert answer.status == 400


@pytest.mark.flow("1.2-1")
async def test_someone_else_s_order_is_as_if_it_were_not_there(world: World) -> None:
    made = await order(world.customer("alice"), "cc-signature-12")
    bob, path = world.customer("bob"), f"/api/v1/orders/{made['id']}"
    for method, door in (("GET", path), ("GET", f"{path}/timeline"), ("POST", f"{path}/simulate")):
        answer = await bob.call(method, door, {"text": "roses"} if method == "POST" else None)
        assert (answer.status, answer.code) == (404, "not_found")


# --- the conflict simulation of step 8 --------------------------------------------------------------


@pytest.mark.flow("1.2-1")
async def test_chocolates_ten_minutes_before_the_limo_would_make_dinner_fifteen_minutes_late(
    world: World,
) -> None:
    alice = world.customer()
    made = await an_evening_out(world, alice)
    path = f"/api/v1/orders/{made['id']}/simulate"
    answer = await alice.call("POST", path, {"product_id": CHOCOLATES["id"]})
    found = answer.data
    assert (found["conflict_detected"], found["time_impact_minutes"]) == (True, 15)
    (conflict,) = found["conflicts"]
    assert (conflict["leg_name"], conflict["delay_minutes"]) == ("Steak Dinner for Two", 15)
    assert found["message"] == (
        "Adding Hand-lettered Chocolates will make you 15 minutes late for Steak Dinner for Two. "
        "Should I proceed, or would you like me to courier the Hand-lettered Chocolates separately "
        "to Oak and Ember Steakhouse?"
    )
    apart, proceed = found["suggestions"]
    assert (apart["type"], proceed["type"]) == ("separate_delivery", "proceed")
    assert apart["alternative"]["estimated_cost"] == {"minor": 1299, "currency": "USD"}
    assert at(apart["alternative"]["arrives_at"]) <= at(conflict["deadline"])
    assert answer.body["machine_readable"]["timeImpact"] == "PT15M"
    assert found["message"] in texts(answer.body["adaptive_card"])
    await untouched(alice, made)


@pytest.mark.flow("1.2-1")
async def test_courier_it_separately_brings_it_to_the_restaurant_in_time_for_its_fee(world: World) -> None:
    alice = world.customer()
    made = await an_evening_out(world, alice)
    asked = await hear(alice, "add hand-lettered chocolates to my limo ride")
    assert asked.data["simulation"]["time_impact_minutes"] == 15
    assert asked.data["asks"] == asked.data["reply"] == asked.data["simulation"]["message"]
    assert asked.body["machine_readable"]["@type"] == "ConflictAnalysis"
    await untouched(alice, made)
    answer = await say(alice, "courier them separately please")
    await world.settle()
    apart = await alice.get(f"/api/v1/orders/{answer['order_id']}")
    assert apart["id"] != made["id"]
    assert apart["deliver_to"]["address"] == "Oak and Ember Steakhouse"
    assert at(apart["arrival"]) <= at("2026-05-05T00:00:00Z")
    assert apart["delivery_fee"]["minor"] == 1299
    assert apart["total"] == apart["paid"] == {"minor": 4099, "currency": "USD"}
    await untouched(alice, made)


@pytest.mark.flow("1.2-1")
async def test_leaving_it_out_changes_nothing_and_a_later_yes_buys_nothing(world: World) -> None:
    alice = world.customer()
    made = await an_evening_out(world, alice)
    await say(alice, "add hand-lettered chocolates to my limo ride")
    answer = await say(alice, "no, leave them out")
    assert answer["reply"] == "All right, Hand-lettered Chocolates stays out. Your order is as it was."
    assert (await say(alice, "yes"))["order_id"] is None
    await untouched(alice, made)


@pytest.mark.flow("1.2-1")
async def test_an_addition_without_conflict_says_so_and_comes_along_on_a_yes(world: World) -> None:
    alice = world.customer()
    made = await order(alice, "bb-dozen-red-roses")
    asked = await say(alice, "add a signature chocolate box of 12 to my order")
    assert not asked["simulation"]["conflict_detected"]
    assert asked["simulation"]["suggestions"] == []
    assert asked["reply"].endswith("Shall I add it?")
    answer = await say(alice, "yes, please")
    await world.settle()
    added = await alice.get(f"/api/v1/orders/{answer['order_id']}")
    assert [leg["name"] for leg in added["legs"]] == ["Signature Chocolate Box of 12"]
    assert (added["deliver_to"], added["total"]["minor"]) == (made["deliver_to"], 3200)
    assert at(added["arrival"]) <= at(made["deliver_by"])
    await untouched(alice, made)


@pytest.mark.flow("1.2-1")
async def test_a_delay_within_the_threshold_is_told_without_a_question(world: World) -> None:
    alice = world.customer()
    made = await an_evening_out(world, alice)
    near = {"address": "a stone's throw", "point": {"latitude": 30.2872, "longitude": -97.7431}}
    admin, shop = world.admin(), "/api/v1/simulator/partners/river-chocolates"
    sheet = {k: v for k, v in (await admin.get(shop)).items() if k in SHOP_FIELDS}
    assert (await admin.call("PUT", shop, sheet | {"location": near})).status == 200
    path = f"/api/v1/orders/{made['id']}/simulate"
    found = await alice.post(path, {"product_id": CHOCOLATES["id"]})
    assert 0 < found["time_impact_minutes"] <= 10
    assert found["suggestions"] == []
    assert "?" not in found["message"]


SHOP_FIELDS = {
    "name", "business_type", "location", "channel", "identifier", "trust_score", "hours", "reliability",
}  # fmt: skip


@pytest.mark.flow("1.2-1")
@pytest.mark.parametrize(
    "body", [{}, {"text": "roses", "product_id": "cc-heart-box"}, {"product_id": "nope"}]
)
async def test_a_simulation_of_nothing_is_refused(world: World, body: dict[str, str]) -> None:
    alice = world.customer()
    made = await order(alice, "cc-signature-12")
    answer = await alice.call("POST", f"/api/v1/orders/{made['id']}/simulate", body)
    assert answer.status in {400, 404}
