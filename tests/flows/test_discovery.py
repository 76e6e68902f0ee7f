"""From a sentence to what can be bought (flows 6.0-1, 6.1-1, and 1.2-1 steps 1 to 7)."""

from datetime import datetime
from typing import Any

import pytest

from tests.flows.steps import hear, order, say, stories, texts
from tests.harness import HOME, World

SHOWER = "Something fancy for a baby shower by Saturday"


def values(intent: Any, type_: str) -> list[str]:
    return [entity["value"] for entity in intent["entities"] if entity["type"] == type_]


@pytest.mark.flow("6.0-1")
async def test_an_agent_gets_intent_products_json_ld_and_a_card_for_one_sentence(world: World) -> None:
    answer = await hear(world.customer(), "I want to send flowers to my mom", platform="chatgpt")
    intent, products = answer.data["intent"], answer.data["products"]
    assert (intent["kind"], intent["timing"], intent["recipient"]) == ("discover", "immediate", "mom")
    assert intent["confidence"] >= 0.8
    assert values(intent, "product") == ["flowers"]
    assert all(product["total"]["minor"] > 0 for product in products)
    items = answer.body["machine_readable"]
    assert items["@type"] == "ItemList"
    assert [each["item"]["sku"] for each in items["itemListElement"]] == [each["id"] for each in products]
    assert items["itemListElement"][0]["item"]["offers"]["priceCurrency"] == "USD"
    card = answer.body["adaptive_card"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.5")
    assert products[0]["name"] in texts(card)
    assert products[0]["name"] in answer.data["reply"]


@pytest.mark.flow("6.0-1")
async def test_an_agent_without_a_token_is_refused_and_nothing_is_said(world: World) -> None:
    answer = await world.nobody().call("POST", "/api/v1/chat", {"text": "flowers"})
    assert (answer.status, answer.code) == (401, "unauthenticated")


@pytest.mark.flow("6.0-1")
async def test_a_partner_does_not_shop_in_a_customer_s_name(world: World) -> None:
    answer = await world.partner("rosewood-florals").call("POST", "/api/v1/chat", {"text": "flowers"})
    assert answer.status == 403


@pytest.mark.flow("6.0-1")
async def test_another_customer_s_conversation_is_as_if_it_were_not_there(world: World) -> None:
    await say(world.customer("alice"), "flowers for my mom")
    bob = world.customer("bob")
    assert (await hear(bob, "the first one")).code == "not_found"
    assert (await bob.call("GET", "/api/v1/threads/thr1")).code == "not_found"


@pytest.mark.flow("6.0-1")
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": "   "}, "text"),
        ({"text": "x" * 2001}, "text"),
        ({"text": "roses", "zone": "Mars/One"}, "zone"),
    ],
)
async def test_what_cannot_be_understood_names_the_field(world: World, body: Any, field: str) -> None:
    answer = await world.customer().call("POST", "/api/v1/chat", body)
    assert answer.status == 400
    assert field in [error["field"] for error in answer.body["errors"]]


@pytest.mark.flow("6.1-1")
@pytest.mark.flow("1.2-1")
async def test_a_sentence_becomes_entities_and_a_graph_of_needs(world: World) -> None:
    intent = (await say(world.customer(), SHOWER))["intent"]
    assert values(intent, "occasion") == ["baby shower"]
    assert values(intent, "style") == ["fancy"]
    assert values(intent, "time") == ["Saturday"]
    assert intent["deadline"]["day"] == "2026-05-09"
    needs = {need["kind"]: need for need in intent["needs"]}
    assert set(needs) == {"product", "customization", "packaging", "delivery"}
    assert needs["product"]["words"] == "baby shower gift"
    assert not needs["customization"]["explicit"], "implied by 'fancy', not said"
    assert needs["customization"]["after"] == [needs["product"]["id"]]
    assert needs["packaging"]["id"] in needs["delivery"]["after"]


@pytest.mark.flow("6.1-1")
@pytest.mark.flow("1.2-1")
async def test_a_deadline_is_immediate_and_a_condition_waits(world: World) -> None:
    alice = world.customer()
    now = await say(alice, SHOWER, thread="now")
    later = await say(alice, "order flowers on the next sunny day", thread="later")
    assert now["intent"]["timing"] == "immediate"
    assert now["products"]
    assert now["standing_intent_id"] is None
    assert later["intent"]["timing"] == "standing"
    assert later["reply"].startswith("We'll watch for the perfect moment!")
    assert later["products"] == []
    await world.settle()
    plan = await world.host.engine.get_status(later["standing_intent_id"])
    assert plan["runtimeStatus"] == "Running"


@pytest.mark.flow("6.1-1")
async def test_what_is_boosted_ranks_higher_and_what_does_not_match_never_shows(world: World) -> None:
    found = await world.nobody().get("/api/v1/discover", intent="red roses", limit=100)
    scores = [product["score"] for product in found["products"]]
    assert scores == sorted(scores, reverse=True)
    assert all("roses" in product["why"] for product in found["products"][:3])
    assert not [product for product in found["products"] if product["name"] == "Dog Birthday Box"]


@pytest.mark.flow("6.1-1")
async def test_below_the_limit_of_confidence_one_question_is_asked_and_nothing_is_done(world: World) -> None:
    answer = await hear(world.customer(), "get me something nice")
    data = answer.data
    assert data["intent"]["confidence"] < 0.8
    assert data["asks"] == data["reply"]
    assert data["reply"].count("?") == 1
    assert data["products"] == []
    assert answer.body["machine_readable"] is None


@pytest.mark.flow("6.1-1")
async def test_several_needs_in_one_sentence_are_each_answered_and_a_bundle_for_all(world: World) -> None:
    text = "I need a birthday cake, balloons and a photographer for Saturday"
    answer = await say(world.customer(), text)
    assert answer["products"][0]["id"] == "birthday-bash"
    by_need = {product["need"] for product in answer["products"]}
    assert by_need == {"bundle", "cake", "balloons", "photographer"}
    assert all(f"For {need}:" in answer["reply"] for need in ("cake", "balloons", "photographer"))
    cakes = [product["name"] for product in answer["products"] if product["need"] == "cake"]
    assert all("Cake" in name for name in cakes)


@pytest.mark.flow("6.1-1")
@pytest.mark.flow("1.2-1")
async def test_a_budget_a_place_and_a_colour_hold_for_all_that_is_shown(world: World) -> None:
    answer = await say(world.customer(), "pink flowers under $60 near Zilker Park")
    assert answer["products"]
    assert all(product["total"]["minor"] <= 6000 for product in answer["products"])
    assert "pink" in answer["products"][0]["name"].lower()


@pytest.mark.flow("6.1-1")
async def test_a_dozen_roses_is_one_bunch_at_the_price_of_one(world: World) -> None:
    alice = world.customer()
    answer = await say(alice, "12 red roses under $90")
    best = answer["products"][0]
    assert (best["name"], best["quantity"], best["total"]["minor"]) == ("Dozen Red Roses", 1, 5400)
    assert all(product["total"]["minor"] <= 9000 for product in answer["products"])
    many = await say(alice, "36 red roses", thread="thr2")
    dozen = next(product for product in many["products"] if product["name"] == "Dozen Red Roses")
    assert (dozen["quantity"], dozen["total"]["minor"]) == (3, 16200)


@pytest.mark.flow("6.1-1")
async def test_nothing_found_is_said_with_the_limit_that_was_in_the_way(world: World) -> None:
    answer = await say(world.customer(), "a wedding cake under $5")
    assert answer["products"] == []
    assert "for $5.00 or less" in answer["reply"]
    assert answer["order_id"] is None


@pytest.mark.flow("1.2-1")
async def test_what_arrives_in_time_comes_first_and_says_when(world: World) -> None:
    answer = await say(world.customer(), SHOWER)
    timed = [product for product in answer["products"] if product["arrives"]]
    assert len(timed) == 5
    late = [product["in_time"] is False for product in timed]
    assert late == sorted(late), "the late ones last"
    saturday = datetime.fromisoformat(answer["intent"]["deadline"]["instant"])
    for product in timed:
        assert (datetime.fromisoformat(product["arrives"]) <= saturday) is product["in_time"]


@pytest.mark.flow("1.2-1")
async def test_a_transparent_bundle_shows_vendors_and_parts_a_concierge_s_only_name_and_total(
    world: World,
) -> None:
    answer = await hear(world.customer(), SHOWER)
    shown = {product["id"]: product for product in answer.data["products"]}
    open_, secret = shown["posh-baby-bundle"], shown["white-glove-baby"]
    assert "Little Lark Baby Boutique" in open_["vendor"]
    assert "Name Embroidery" in open_["parts"]
    assert (secret["vendor"], secret["parts"], secret["distance_m"]) == (None, [], None)
    assert secret["total"] == {"minor": 20500, "currency": "USD"}
    nodes = {
        each["item"]["sku"]: each["item"]
        for each in answer.body["machine_readable"]["itemListElement"]
        if each["item"]["@id"].startswith("urn:uso:bundle")
    }
    assert "includesObject" in nodes["posh-baby-bundle"]["offers"]
    assert "includesObject" not in nodes["white-glove-baby"]["offers"]
    assert nodes["white-glove-baby"]["offers"]["seller"]["name"] == "USO"


@pytest.mark.flow("1.2-1")
async def test_a_concierge_s_order_keeps_its_vendors_and_parts_to_itself(world: World) -> None:
    alice = world.customer()
    made = await order(alice, "white-glove-baby")
    assert (made["title"], made["legs"], made["total"]["minor"]) == ("White Glove Baby Gift", [], 20500)
    answers = [
        await alice.call("GET", f"/api/v1/orders/{made['id']}"),
        await alice.call("GET", f"/api/v1/orders/{made['id']}/timeline"),
    ]
    said = f"{[answer.body for answer in answers]} {await world.updates(alice, 'thr1')}"
    for secret in ("Little Lark", "little-lark", "Threadneedle", "Ribbon and Bow", "Violet Crown"):
        assert secret not in said
    (story,) = await stories(world, alice)
    assert story.startswith("Your order is in: White Glove Baby Gift.")
    partner = await world.partner("little-lark").get("/api/v1/partners/me/orders")
    assert partner, "the vendors themselves know their part"


@pytest.mark.flow("1.2-1")
async def test_the_first_one_is_presented_and_a_yes_buys_it_by_the_deadline_said_before(world: World) -> None:
    alice = world.customer()
    shown = await say(alice, SHOWER)
    picked = await say(alice, "the first one")
    assert picked["reply"].endswith("Shall I order it?")
    assert picked["order_id"] is None
    bought = await say(alice, "yes please")
    made = await alice.get(f"/api/v1/orders/{bought['order_id']}")
    assert made["title"] == shown["products"][0]["name"]
    assert made["total"] == shown["products"][0]["total"]
    assert made["deliver_by"] == shown["intent"]["deadline"]["instant"]


@pytest.mark.flow("6.0-1")
async def test_the_second_one_but_in_pink(world: World) -> None:
    alice = world.customer()
    await say(alice, "red roses")
    answer = await say(alice, "the second one, but in pink")
    assert answer["reply"].startswith("Two Dozen Red Roses does not come in pink.")
    assert "Pink" in answer["products"][0]["name"]
    assert all(product["id"] != "bb-two-dozen-red-roses" for product in answer["products"])
    bought = await say(alice, "buy the first one")
    made = await alice.get(f"/api/v1/orders/{bought['order_id']}")
    assert [leg["name"] for leg in made["legs"]] == [answer["products"][0]["name"]]


@pytest.mark.flow("6.0-1")
async def test_make_it_two_doubles_the_price_before_and_the_amount_after_buying(world: World) -> None:
    alice = world.customer()
    await say(alice, "red roses")
    one = await say(alice, "the first one")
    two = await say(alice, "make it two")
    assert two["products"][0]["total"]["minor"] == 2 * one["products"][0]["total"]["minor"] == 10800
    bought = await say(alice, "buy it")
    made = await alice.get(f"/api/v1/orders/{bought['order_id']}")
    assert [(leg["name"], leg["quantity"]) for leg in made["legs"]] == [("Dozen Red Roses", 2)]
    assert made["total"]["minor"] == 10800


@pytest.mark.flow("6.0-1")
async def test_cheaper_is_cheaper_and_more_is_not_the_same_again(world: World) -> None:
    alice = world.customer()
    first = await say(alice, "show me chocolates")
    cheaper = await say(alice, "cheaper")
    limit = first["products"][0]["total"]["minor"]
    assert cheaper["products"]
    assert all(product["total"]["minor"] < limit for product in cheaper["products"])
    more = await say(alice, "show me more")
    assert not {p["id"] for p in more["products"]} & {p["id"] for p in cheaper["products"]}


@pytest.mark.flow("6.0-1")
async def test_buying_without_an_address_asks_where_and_then_buys(world: World) -> None:
    alice = world.customer()
    await say(alice, "red roses", deliver_to=None)
    asked = await say(alice, "buy the first one", deliver_to=None)
    assert asked["asks"] == "Where shall Dozen Red Roses go?"
    assert asked["order_id"] is None
    bought = await say(alice, "500 Congress Ave, Austin", deliver_to=None)
    made = await alice.get(f"/api/v1/orders/{bought['order_id']}")
    assert made["deliver_to"]["address"].startswith("500 Congress Ave")


@pytest.mark.flow("6.0-1")
async def test_the_same_request_again_buys_once(world: World) -> None:
    alice = world.customer()
    await say(alice, "red roses")
    body = {"text": "buy the first one", "thread_id": "thr1", "deliver_to": HOME}
    first = await alice.post("/api/v1/chat", body, key="k1")
    again = await alice.post("/api/v1/chat", body, key="k1")
    assert first["order_id"] == again["order_id"]
    await world.settle()
    assert len(await stories(world, alice)) == 2, "confirmed and accepted, each once"


@pytest.mark.flow("6.0-1")
async def test_a_yes_to_nothing_does_nothing(world: World) -> None:
    answer = await say(world.customer(), "yes")
    assert answer["asks"]
    assert [answer[name] for name in ("order_id", "recovery_id", "standing_intent_id")] == [None] * 3
