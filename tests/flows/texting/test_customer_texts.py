"""A customer on WhatsApp (1.5-2): opted in, told of everything, heard, with one history; step by step."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.flows.texting.phones import CUSTOMER, Phone, Scene, bought, texting
from tests.harness import Caller
from tests.street import no_harm

pytestmark = pytest.mark.flow("1.5-2")
PINK = "I want pink flowers instead of red"
DOOR = "/api/v1/threads/thr1/whatsapp"


@dataclass(frozen=True, slots=True)
class Talk:
    """Alice's conversation about her order, which goes on on her phone."""

    scene: Scene
    phone: Phone
    alice: Caller


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with texting(tmp_path / "data") as (world, twilio):
        scene = await bought(world, twilio)
        phone = Phone(world, twilio, CUSTOMER)
        alice = scene.deal.customer
        shown = (await alice.call("PUT", DOOR, {"number": CUSTOMER})).data
        assert (shown["state"], phone.shown) == ("pending", []), "nobody is texted who has not opted in"
        await phone.writes(shown["code"])
        yield Talk(scene, phone, alice)
        await no_harm(world)


async def test_status_updates_come_by_whatsapp_with_buttons(talk: Talk) -> None:
    assert "confirmed" in talk.phone.read[-1]
    await talk.scene.shop.reports(await talk.scene.deal.leg(), "In Progress")
    update = talk.phone.shown[-1]
    assert "Your Red Flowers is being prepared" in update.body
    assert update.buttons == ("Track Order", "Contact Support")


async def test_a_day_later_updates_are_approved_templates(talk: Talk) -> None:
    await talk.scene.world.advance(hours=24.5)
    await talk.scene.deal.asks(PINK)
    assert talk.phone.read[-1].startswith("USO: I am asking Corner for pink flowers")
    assert talk.phone.read[-1].endswith("(update)")


async def test_a_tap_tracks_the_order_and_both_places_show_it(talk: Talk) -> None:
    await talk.scene.shop.reports(await talk.scene.deal.leg(), "In Progress")
    await talk.phone.taps("Track Order", talk.phone.shown[-1])
    assert "Red Flowers is in progress" in talk.phone.read[-1]
    said = [(u["by"], u["narrative"]) for u in await talk.scene.world.updates(talk.alice, "thr1")]
    assert said[-2] == ("customer", "Where is my order?")
    assert said[-1] == ("uso", talk.phone.read[-1])


async def test_a_reply_by_phone_is_a_reply_in_the_chat(talk: Talk) -> None:
    await talk.phone.writes(PINK)
    negotiation = await talk.scene.deal.negotiation()
    assert negotiation["wanted"] == "pink flowers"
    await talk.scene.phone.writes("Pink is sold out, but I have White Lilies for $3.50 extra")
    question = talk.phone.shown[-1]
    assert "White Lilies" in question.body
    assert question.buttons == ("Yes", "No", "Contact Support")
    await talk.phone.taps("Yes", question)
    assert (await talk.scene.deal.negotiation())["status"] == "accepted"
    assert await talk.scene.deal.paid() == 5350


async def test_what_is_said_in_the_web_chat_stands_beside_it(talk: Talk) -> None:
    chat = {"text": "Where is my order?", "thread_id": "thr1"}
    reply = (await talk.alice.post("/api/v1/chat", chat))["reply"]
    said = [(u["by"], u["narrative"]) for u in await talk.scene.world.updates(talk.alice, "thr1")]
    assert said[-2:] == [("customer", "Where is my order?"), ("uso", reply)]


async def test_contact_support_reaches_a_person(talk: Talk) -> None:
    await talk.scene.shop.reports(await talk.scene.deal.leg(), "In Progress")
    await talk.phone.taps("Contact Support", talk.phone.shown[-1])
    assert "I have asked a colleague" in talk.phone.read[-1]
    listed = await talk.scene.world.admin().get("/api/v1/admin/operations/tickets")
    assert [ticket["status"] for ticket in listed] == ["escalated"]


async def test_a_message_delivered_twice_is_answered_once(talk: Talk) -> None:
    form = talk.phone.form("Where is my order?")
    await talk.phone.delivers(form)
    await talk.phone.delivers(form)
    assert sum("Red Flowers is accepted" in text for text in talk.phone.read) == 1


async def test_stop_ends_the_updates_there_and_nowhere_else(talk: Talk) -> None:
    await talk.phone.writes("STOP")
    before = len(talk.phone.shown)
    await talk.scene.shop.reports(await talk.scene.deal.leg(), "In Progress")
    assert len(talk.phone.shown) == before
    assert "being prepared" in (await talk.scene.deal.told())[-1]


async def test_an_outage_delays_updates_and_doubles_none(talk: Talk) -> None:
    talk.scene.twilio.away = True
    await talk.scene.shop.reports(await talk.scene.deal.leg(), "In Progress")
    await talk.scene.world.advance(minutes=5)
    assert "being prepared" in (await talk.scene.deal.told())[-1], "the conversation itself waits for nobody"
    talk.scene.twilio.away = False
    await talk.scene.world.advance(minutes=30)
    assert sum("being prepared" in text for text in talk.phone.read) == 1


async def test_the_next_conversation_goes_on_at_a_number_that_is_known(talk: Talk) -> None:
    other = (await talk.alice.post("/api/v1/chat", {"text": "hello"}))["thread_id"]
    path = f"/api/v1/threads/{other}/whatsapp"
    shown = (await talk.alice.call("PUT", path, {"number": CUSTOMER})).data
    assert (shown["state"], shown["code"]) == ("active", None)
    await talk.phone.writes("What can you do?")
    said = [u["by"] for u in await talk.scene.world.updates(talk.alice, other)]
    assert said == ["customer", "uso"]


async def test_nobody_opts_in_for_someone_elses_conversation(talk: Talk) -> None:
    stranger = talk.scene.world.customer("mallory")
    answer = await stranger.call("PUT", DOOR, {"number": "+15125550666"})
    assert (answer.status, answer.code) == (404, "not_found")
