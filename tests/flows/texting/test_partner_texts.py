"""Partners on WhatsApp (2.7-1, 2.7-2, 2.7-3), through Twilio's doors, step by step."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flows.texting.phones import Scene, bought, texting
from tests.street import escalations, no_harm, ordered

PURPLE = "Pink is booked, but I have a Deep Purple Metallic available at no extra cost"
PINK = "I want pink flowers instead of red"


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with texting(tmp_path / "data") as (world, twilio):
        yield await bought(world, twilio)
        await no_harm(world)


@pytest.mark.flow("2.7-1")
async def test_the_request_arrives_on_whatsapp_with_buttons_and_deadline(scene: Scene) -> None:
    asked = await scene.deal.asks(PINK)
    assert (asked["status"], asked["channel"]) == ("awaiting_partner_reply", "whatsapp")
    question = scene.phone.shown[-1]
    assert "Customer requested change: pink flowers instead of red flowers" in question.body
    assert "Please answer by 04 May, 15:01 UTC" in question.body
    assert question.buttons == ("Accept", "Decline", "Modify")
    assert await scene.shop.inbox("change_request") == [], "and nowhere else"


@pytest.mark.flow("2.7-1")
@pytest.mark.parametrize(("button", "status"), [("Accept", "accepted"), ("Decline", "rejected")])
async def test_a_tap_answers_the_question_that_it_stands_under(
    scene: Scene, button: str, status: str
) -> None:
    await scene.deal.asks(PINK)
    await scene.phone.taps(button, scene.phone.shown[-1])
    assert (await scene.deal.negotiation())["status"] == status


@pytest.mark.flow("2.7-1")
@pytest.mark.parametrize(("text", "status"), [("Yes", "accepted"), ("No, sorry", "rejected")])
async def test_a_word_answers_the_only_open_question(scene: Scene, text: str, status: str) -> None:
    await scene.deal.asks(PINK)
    await scene.phone.writes(text)
    assert (await scene.deal.negotiation())["status"] == status


@pytest.mark.flow("2.7-1")
async def test_an_order_is_taken_on_or_declined_by_a_tap_and_a_second_thought_is_too_late(
    scene: Scene,
) -> None:
    deal = await ordered(scene.world, {"id": "white", "quantity": 1})
    order = scene.phone.shown[-1]
    assert order.buttons == ("Accept", "Decline")
    await scene.phone.taps("Decline", order)
    before = await deal.legs()
    assert before[0] == ("White Lilies", "rejected")
    await scene.phone.taps("Accept", order)
    assert await deal.legs() == before
    assert "settled in the meantime" in scene.phone.read[-1]


@pytest.mark.flow("2.7-1")
@pytest.mark.parametrize("text", ["Thanks!", "OK", "\U0001f44d"])
async def test_thanks_are_nobodys_task(scene: Scene, text: str) -> None:
    await scene.phone.writes(text)
    assert await escalations(scene.world) == []


@pytest.mark.flow("2.7-2")
async def test_a_counter_offer_in_free_text_goes_to_the_customer_and_through(scene: Scene) -> None:
    await scene.deal.asks(PINK)
    await scene.phone.writes(PURPLE)
    negotiation = await scene.deal.negotiation()
    assert negotiation["status"] == "awaiting_user_approval"
    (offer,) = negotiation["offers"]
    assert (offer["item"], offer["product_id"], offer["extra"]["minor"]) == (
        "Deep Purple Metallic",
        "purple",
        0,
    )
    assert offer["image_url"] == "https://x.test/p.png"
    update = (await scene.world.updates(scene.deal.customer, "thr1"))[-1]
    assert "https://x.test/p.png" in str(update["card"])
    assert await scene.deal.legs() == [("Red Flowers", "accepted")], "the customer decides first"
    await scene.deal.decides(f"negotiations/{negotiation['id']}", "approve")
    assert await scene.deal.legs() == [("Deep Purple Metallic", "accepted")]
    assert scene.phone.read[-1] == "Agreed: Deep Purple Metallic. Thank you!"


@pytest.mark.flow("2.7-2")
async def test_modify_asks_for_words_and_the_words_are_the_offer(scene: Scene) -> None:
    await scene.deal.asks(PINK)
    await scene.phone.taps("Modify", scene.phone.shown[-1])
    assert "What can you offer instead" in scene.phone.read[-1]
    assert (await scene.deal.negotiation())["status"] == "awaiting_partner_reply", "nobody has said a thing"
    await scene.phone.writes("We could do White Lilies for $3.50 extra")
    (offer,) = (await scene.deal.negotiation())["offers"]
    assert (offer["item"], offer["extra"]["minor"]) == ("White Lilies", 350)


@pytest.mark.flow("2.7-3")
async def test_a_photo_is_kept_and_shown_to_the_customer_as_an_offer(scene: Scene) -> None:
    await scene.deal.asks(PINK)
    await scene.phone.writes("Will this purple work?", **scene.twilio.picture())
    negotiation = await scene.deal.negotiation()
    assert negotiation["status"] == "awaiting_user_approval"
    (offer,) = negotiation["offers"]
    assert offer["item"] in ("purple", "Deep Purple Metallic")
    path = offer["image_url"].removeprefix(scene.world.host.url)
    async with scene.world.http.get(f"{scene.world.host.url}{path}") as photo:
        assert (photo.status, photo.content_type) == (200, "image/jpeg")
        assert (await photo.read()).startswith(b"\xff\xd8\xff")
        assert photo.headers["X-Content-Type-Options"] == "nosniff"
    assert negotiation["messages"][-1]["photo_url"] == offer["image_url"]
    await scene.deal.decides(f"negotiations/{negotiation['id']}", "approve")
    assert (await scene.deal.negotiation())["status"] == "accepted"
