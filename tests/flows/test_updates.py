"""What customers are told, where and why (1.4-1, 1.4-2, 1.4-3, 6.4-1), and the push to chat platforms."""

import base64
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from shared.domain.webhook_signature import verify
from tests.flows.steps import THREAD, orchid, order, say, sky, stories, texts, wish
from tests.harness import HOME, Caller, World, running
from tools.place import free_port

BASE = "/api/v1/standing-intents"
SUNNY = "order flowers for my mom on the next sunny Thursday"
TUESDAY = "order a ghost orchid on Tuesday"
SECRET = f"whsec_{base64.b64encode(b'0123456789abcdef0123456789abcdef').decode()}"


@dataclass
class Platform:
    """A chat platform that takes updates in, and fails as often as it is told to."""

    url: str
    failures: int = 0
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.heard.append((headers, await request.read()))
        self.failures -= 1
        return web.Response(status=503 if self.failures >= 0 else 204)

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.heard]

    @property
    def said(self) -> list[str]:
        return [json.loads(body)["narrative"] for _, body in self.heard]


@contextlib.asynccontextmanager
async def platform(**more: Any) -> AsyncIterator[Platform]:
    port = free_port()
    chatgpt = Platform(f"http://127.0.0.1:{port}/hook", **more)
    server = web.Application()
    server.router.add_post("/hook", chatgpt.take)
    runner = web.AppRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield chatgpt
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def linked(data: Path, chatgpt: Platform) -> AsyncIterator[World]:
    """An app that pushes the updates of ChatGPT's threads to it."""
    hooks = json.dumps({"chatgpt": chatgpt.url})
    settings = {"push_webhooks": hooks, "allow_private_urls": "true", "push_secret": SECRET}
    async with running(data, **settings) as world:
        yield world


async def bought_by_chat(alice: Caller, **more: Any) -> Any:
    await say(alice, "red roses", **more)
    answer = await say(alice, "buy the first one")
    await alice.world.settle()
    return await alice.get(f"/api/v1/orders/{answer['order_id']}")


async def reported(world: World, made: Any, status: str) -> None:
    leg = made["legs"][0]
    await world.partner(leg["vendor_id"]).post(
        f"/api/v1/partners/me/orders/{leg['id']}/status", {"status": status}
    )
    await world.settle()


# --- orders ------------------------------------------------------------------------------------------


@pytest.mark.flow("1.4-1")
@pytest.mark.flow("6.4-1")
async def test_every_change_of_an_order_is_told_once_in_order_with_its_reason_and_a_card(
    world: World,
) -> None:
    alice = world.customer()
    made = await order(alice, "bb-dozen-red-roses")
    for status in ("In Progress", "Ready for Pickup", "Ready for Pickup"):
        await reported(world, made, status)
    updates = await world.updates(alice, THREAD)
    assert [update["narrative"] for update in updates] == [
        "Your order is in: Dozen Red Roses from Bluebonnet Blooms. "
        "It should be with you by Monday 4 May, 10:35.",
        "Bluebonnet Blooms will take care of your Dozen Red Roses.",
        "Your Dozen Red Roses is being prepared.",
        "Your Dozen Red Roses is ready and waits for its ride.",
    ]
    assert updates[0]["reasoning"] == "I charged $54.00 once and hold it until each part is delivered."
    assert updates[3]["reasoning"].startswith("Still on track: expected Monday 4 May,")
    assert [update["at"] for update in updates] == sorted(update["at"] for update in updates)
    assert len({update["id"] for update in updates}) == 4
    for update in updates:
        assert (update["card"]["type"], update["card"]["version"]) == ("AdaptiveCard", "1.5")
        assert update["narrative"] in texts(update["card"])
        assert update["status_class"] in {"waiting", "action_taken", "decision_made"}


@pytest.mark.flow("1.4-1")
async def test_the_dashboard_shows_status_timeline_and_updates_of_the_order_alone(world: World) -> None:
    alice = world.customer()
    made = await order(alice, "bb-dozen-red-roses")
    other = await order(alice, "cc-signature-12")
    answer = await alice.call("GET", f"/api/v1/orders/{made['id']}/timeline")
    assert [leg["kind"] for leg in answer.data["timeline"]["legs"]] == ["prepare", "deliver"]
    assert len(answer.data["updates"]) == 2
    assert not [update for update in answer.data["updates"] if other["id"] in update["subject"]]
    assert "Dozen Red Roses at Bluebonnet Blooms" in texts(answer.body["adaptive_card"])
    shown = await alice.call("GET", f"/api/v1/orders/{made['id']}")
    assert shown.body["machine_readable"]["orderStatus"] == "https://schema.org/OrderProcessing"
    assert "$54.00" in texts(shown.body["adaptive_card"])


@pytest.mark.flow("1.4-1")
async def test_asking_where_the_order_is_gets_its_state_and_arrival(world: World) -> None:
    alice = world.customer()
    made = await bought_by_chat(alice)
    answer = await say(alice, "where is my order?")
    assert answer["reply"] == "Dozen Red Roses is accepted. Expected Monday 4 May, 10:35."
    assert answer["order_id"] == made["id"]
    assert answer["products"] == []


@pytest.mark.flow("6.4-1")
async def test_work_that_starts_late_is_told_with_how_late_it_will_be(world: World) -> None:
    alice = world.customer()
    made = await order(alice, "bb-dozen-red-roses", hours=2)
    await world.advance(hours=2)
    await reported(world, made, "In Progress")
    update = (await world.updates(alice, THREAD))[-1]
    assert update["narrative"] == "Your Dozen Red Roses is being prepared."
    assert "minutes late: expected Monday 4 May," in update["reasoning"]


@pytest.mark.flow("1.4-1")
async def test_a_conversation_is_shown_to_its_customer_and_to_those_who_operate(world: World) -> None:
    await order(world.customer("alice"), "bb-dozen-red-roses")
    path = f"/api/v1/threads/{THREAD}"
    assert (await world.customer("bob").call("GET", path)).status == 404
    assert (await world.nobody().call("GET", path)).status == 401
    assert (await world.partner("bluebonnet-blooms").call("GET", path)).status == 403
    assert (await world.admin().get(path))["updates"]


# --- the IF/THEN map and the ledger ------------------------------------------------------------------


@pytest.mark.flow("1.4-2")
@pytest.mark.flow("1.4-3")
async def test_the_map_shows_if_and_then_with_the_live_state_of_each_condition(world: World) -> None:
    alice = world.customer()
    await sky(world, "07", "rainy")
    intent = await wish(alice, SUNNY)
    answer = await alice.call("GET", f"{BASE}/{intent['id']}/progress")
    progress = answer.data
    assert progress["if_condition"] == "Weather == Sunny AND Day == Thursday"
    assert progress["then_action"] == "Order Pink Peony Bouquet"
    assert [(leaf["words"], leaf["state"], leaf["why"]) for leaf in progress["conditions"]] == [
        ("Weather == Sunny", "not_met", "the forecast for Thursday, May 7 is 'Rainy', not 'Sunny'"),
        ("Day == Thursday", "not_met", "the next such day is Thursday, May 7"),
    ]
    card = texts(answer.body["adaptive_card"])
    for words in ("IF", "Weather == Sunny AND Day == Thursday", "THEN", "Order Pink Peony Bouquet", "Rainy"):
        assert words in card


@pytest.mark.flow("1.4-2")
@pytest.mark.flow("6.4-1")
async def test_a_forecast_that_turns_is_told_with_the_reason_and_changes_the_map(world: World) -> None:
    alice = world.customer()
    await sky(world, "07", "sunny")
    intent = await wish(alice, SUNNY)
    await sky(world, "07", "rainy")
    await world.advance(hours=1)
    update = (await world.updates(alice, THREAD))[-1]
    assert update["narrative"] == (
        "I'm still waiting to buy the flowers because the forecast for Thursday just changed to 'Rainy'"
        "\u2014monitoring for a clear window."
    )
    assert update["reasoning"].startswith("The forecast for Thursday, May 7 is 'Rainy', not 'Sunny'")
    assert "\u2717" in texts(update["card"])
    progress = await alice.get(f"{BASE}/{intent['id']}/progress")
    assert progress["conditions"][0]["state"] == "not_met"
    assert progress["checked_at"] == "2026-05-04T15:00:00Z"


@pytest.mark.flow("1.4-2")
async def test_an_hour_in_which_nothing_changed_is_not_news(world: World) -> None:
    alice = world.customer()
    await sky(world, "07", "rainy")
    intent = await wish(alice, SUNNY)
    before = await stories(world, alice)
    await world.advance(hours=6)
    assert await stories(world, alice) == before
    progress = await alice.get(f"{BASE}/{intent['id']}/progress")
    assert progress["checked_at"] == "2026-05-04T20:00:00Z", "it looked all the same"


@pytest.mark.flow("1.4-3")
async def test_the_dashboard_lists_wishes_newest_first_with_next_step_and_expected_time(world: World) -> None:
    alice = world.customer()
    await orchid(world)
    first = await wish(alice, TUESDAY, approval_hours=2)
    await world.advance(minutes=1)
    second = await wish(alice, "order flowers on May 20")
    assert [intent["id"] for intent in await alice.get(BASE)] == [second["id"], first["id"]]
    waiting = await alice.get(f"{BASE}/{first['id']}/progress")
    assert waiting["next_step"] == "Watching until everything fits: the next such day is Tuesday, May 5."
    assert waiting["earliest"] == "2026-05-05T05:00:00Z"
    await world.advance(hours=23)
    asked = await alice.get(f"{BASE}/{first['id']}/progress")
    assert (asked["next_step"], asked["expected_by"]) == ("Waiting for your yes.", "2026-05-05T15:00:00Z")


@pytest.mark.flow("1.4-3")
async def test_the_ledger_tells_the_whole_story_without_what_uso_thought(world: World) -> None:
    alice = world.customer()
    await orchid(world)
    intent = await wish(alice, TUESDAY)
    await world.advance(hours=23)
    await alice.post(f"{BASE}/{intent['id']}/approve")
    await world.settle()
    answer = await alice.call("GET", f"{BASE}/{intent['id']}/progress")
    ledger = answer.data["ledger"]
    assert [entry["narrative"] for entry in ledger] == [
        "Found Ghost Orchid at River Chocolates for $50.00! Waiting until it is Tuesday, May 5.",
        "The moment has come: today is Tuesday, May 5.",
        "May I buy Ghost Orchid for $50.00?",
        "You said yes.",
    ]
    assert {entry["thought"] for entry in ledger} == {""}
    assert (answer.data["next_step"], answer.data["expected_by"]) == ("Done.", None)
    assert "You said yes." in texts(answer.body["adaptive_card"])


@pytest.mark.flow("1.4-3")
async def test_a_wish_is_changed_while_it_waits_and_the_old_one_is_forgotten(world: World) -> None:
    alice = world.customer()
    await orchid(world)
    intent = await wish(alice, TUESDAY)
    body = {"text": "order sunflowers on Friday", "deliver_to": HOME, "trust_level": "low"}
    answer = await alice.call("PUT", f"{BASE}/{intent['id']}", body)
    assert (answer.data["query"], answer.data["trust_level"]) == ("sunflowers", "low")
    assert answer.data["choice"]["item"] == "Texas Sunflower Bouquet"
    assert (await stories(world, alice))[-1].startswith("Found your sunflowers: Texas Sunflower Bouquet")
    await world.advance(hours=23)
    assert (await alice.get(f"{BASE}/{intent['id']}"))["status"] == "active", "it is Tuesday"
    assert not [story for story in await stories(world, alice) if "May I buy" in story]


@pytest.mark.flow("1.4-3")
async def test_a_wish_is_called_off_once_for_all_at_the_door_or_in_words(world: World) -> None:
    alice = world.customer()
    await orchid(world)
    intent = await wish(alice, TUESDAY)
    for _ in range(2):
        assert (await alice.call("DELETE", f"{BASE}/{intent['id']}")).data["status"] == "cancelled"
    made = await say(alice, SUNNY, thread="thr2")
    await world.settle()
    await say(alice, "cancel it", thread="thr2")
    await world.advance(hours=23)
    for id in (intent["id"], made["standing_intent_id"]):
        ended = await alice.get(f"{BASE}/{id}")
        assert (ended["status"], ended["reason"], ended["order_id"]) == (
            "cancelled",
            "You cancelled it.",
            None,
        )
        plan = await world.host.engine.get_status(id)
        assert plan["runtimeStatus"] == "Completed"
    assert (await stories(world, alice))[-1] == "I stopped waiting for your ghost orchid."


@pytest.mark.flow("1.4-3")
async def test_what_is_decided_or_over_can_no_longer_be_changed(world: World) -> None:
    alice = world.customer()
    await orchid(world)
    intent = await wish(alice, TUESDAY)
    path, body = f"{BASE}/{intent['id']}", {"text": "order sunflowers on Friday", "deliver_to": HOME}
    await world.advance(hours=23)
    assert (await alice.call("PUT", path, body)).code == "not_open"
    await alice.post(f"{path}/approve")
    await world.settle()
    assert (await alice.call("PUT", path, body)).code == "not_open"
    assert (await alice.call("DELETE", path)).code == "not_open"
    assert (await alice.get(path))["status"] == "completed"


@pytest.mark.flow("1.4-3")
async def test_asking_how_the_wish_stands_gets_the_reason_why_it_waits(world: World) -> None:
    alice = world.customer()
    await sky(world, "07", "rainy")
    await say(alice, SUNNY)
    await world.settle()
    for question in ("any news?", "why are you still waiting?", "what's the status of my flowers?"):
        answer = await say(alice, question)
        assert "the forecast for Thursday, May 7 is 'Rainy', not 'Sunny'" in answer["reply"]


# --- the push to a chat platform ---------------------------------------------------------------------


@pytest.mark.flow("6.4-1")
@pytest.mark.flow("1.4-1")
async def test_updates_are_pushed_signed_to_the_platform_of_their_conversation(tmp_path: Path) -> None:
    async with platform() as chatgpt, linked(tmp_path / "data", chatgpt) as world:
        alice = world.customer()
        await bought_by_chat(alice, platform="chatgpt")
        updates = await world.updates(alice, THREAD)
        assert chatgpt.said == [update["narrative"] for update in updates]
        assert chatgpt.ids == [update["id"] for update in updates]
        for headers, body in chatgpt.heard:
            verify([SECRET], headers=headers, body=body, now=world.now(), tolerance=timedelta(minutes=5))
            told = json.loads(body)
            assert (told["thread_id"], told["card"]["version"]) == (THREAD, "1.5")
            assert "delivery" not in told
        assert [(update["delivery"], update["retry_count"]) for update in updates] == [("delivered", 0)] * 2


@pytest.mark.flow("6.4-1")
async def test_a_platform_that_fails_is_tried_again_with_the_same_id_and_never_after_success(
    tmp_path: Path,
) -> None:
    async with platform(failures=3) as chatgpt, linked(tmp_path / "data", chatgpt) as world:
        alice = world.customer()
        await bought_by_chat(alice, platform="chatgpt")
        await world.advance(minutes=30)
        updates = await world.updates(alice, THREAD)
        assert len(updates) == 2
        assert {update["delivery"] for update in updates} == {"delivered"}
        assert sum(update["retry_count"] for update in updates) == 3
        assert set(chatgpt.ids) == {update["id"] for update in updates}
        assert len(chatgpt.heard) == 5
        await world.advance(hours=1)
        assert len(chatgpt.heard) == 5, "what was taken in is never sent again"


@pytest.mark.flow("6.4-1")
async def test_a_platform_that_comes_back_hours_later_gets_what_it_missed_once(tmp_path: Path) -> None:
    async with platform(failures=1000) as chatgpt, linked(tmp_path / "data", chatgpt) as world:
        alice = world.customer()
        await bought_by_chat(alice, platform="chatgpt")
        await world.advance(hours=2)
        assert 2 < len(chatgpt.heard) < 20, "with growing pauses"
        chatgpt.failures, chatgpt.heard = 0, []
        await world.advance(hours=4)
        updates = await world.updates(alice, THREAD)
        assert {update["delivery"] for update in updates} == {"delivered"}
        assert sorted(chatgpt.ids) == sorted(update["id"] for update in updates), "each once"


@pytest.mark.flow("6.4-1")
async def test_a_platform_that_never_answers_keeps_the_update_in_the_conversation(tmp_path: Path) -> None:
    async with platform(failures=1000) as chatgpt, linked(tmp_path / "data", chatgpt) as world:
        alice = world.customer()
        made = await bought_by_chat(alice, platform="chatgpt")
        await world.advance(hours=1)
        updates = await world.updates(alice, THREAD)
        assert len(updates) == 2
        assert {update["delivery"] for update in updates} == {"failed"}
        assert (await alice.get(f"/api/v1/orders/{made['id']}"))["status"] == "processing"


@pytest.mark.flow("6.4-1")
async def test_conversations_of_other_platforms_are_not_pushed(tmp_path: Path) -> None:
    async with platform() as chatgpt, linked(tmp_path / "data", chatgpt) as world:
        alice = world.customer()
        await bought_by_chat(alice, platform="gemini")
        assert [update["delivery"] for update in await world.updates(alice, THREAD)] == ["none", "none"]
        assert chatgpt.heard == []
