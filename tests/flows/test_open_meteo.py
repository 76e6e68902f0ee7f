"""The wish for a sunny day over Open-Meteo's forecasts: the app and the adapter on a peer (flow 6.7-2)."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.flows.steps import THREAD, say, stories, texts
from tests.harness import MONDAY, Caller, World, running
from tests.peers.open_meteo.peer import CLEAR, RAIN, OpenMeteoPeer, running_peer

BASE = "/api/v1/standing-intents"
SUNNY = "order flowers for my mom on the next sunny Thursday"
THURSDAY = date(2026, 5, 7)
STILL_WAITING = (
    "I'm still waiting to buy the flowers because the forecast for Thursday just changed to 'Rainy'"
    "\u2014monitoring for a clear window."
)


class Clock:
    """The world's clock, which there is once the world is."""

    def __init__(self) -> None:
        self.world: World | None = None

    def now(self) -> datetime:
        return (self.world.now() if self.world else MONDAY).astimezone(UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def peer(clock: Clock) -> AsyncIterator[OpenMeteoPeer]:
    async with running_peer(clock.now) as peer:
        yield peer


@pytest.fixture
async def world(clock: Clock, peer: OpenMeteoPeer, tmp_path: Path) -> AsyncIterator[World]:
    async with running(tmp_path / "data", open_meteo_url=peer.url, allow_private_urls="true") as world:
        clock.world = world
        yield world
        clock.world = None


async def shown(caller: Caller, intent_id: str) -> Any:
    await caller.world.settle()
    return await caller.get(f"{BASE}/{intent_id}")


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 5, day, hour, tzinfo=UTC)


@pytest.mark.flow("6.7-2")
@pytest.mark.flow("1.4-2")
async def test_it_waits_through_a_forecast_that_turns_and_turns_back_and_buys(
    world: World, peer: OpenMeteoPeer
) -> None:
    alice = world.customer()
    peer.say(THURSDAY, CLEAR)
    peer.say(THURSDAY, RAIN, since=at(5, 15))
    peer.say(THURSDAY, CLEAR, since=at(6, 20))
    intent_id = (await say(alice, SUNNY))["standing_intent_id"]
    await world.advance(hours=71)
    assert (await shown(alice, intent_id))["status"] == "waiting_approval"
    assert (await say(alice, "yes please"))["standing_intent_id"] == intent_id
    bought = await shown(alice, intent_id)
    assert bought["status"] == "completed"
    order = await alice.get(f"/api/v1/orders/{bought['order_id']}")
    assert len(order["movements"]) == 1, "paid once"
    told = await stories(world, alice)
    assert told[1] == STILL_WAITING
    assert told[2].startswith("Good news for your flowers: the forecast for Thursday just changed to 'Sunny'")
    assert told[3].startswith("The moment has come! May I buy Pink Peony Bouquet")

    assert {(query["latitude"], query["longitude"]) for query in peer.asked} == {("30.3", "-97.7")}
    assert len(peer.asked) <= 3 * 4 + 1, "no more often than the model runs"


@pytest.mark.flow("6.7-2")
async def test_wherever_a_forecast_is_shown_open_meteo_is_named(world: World, peer: OpenMeteoPeer) -> None:
    alice = world.customer()
    intent_id = (await say(alice, SUNNY))["standing_intent_id"]
    peer.say(THURSDAY, RAIN, since=at(5, 15))
    await world.advance(days=2)
    answer = await alice.call("GET", f"{BASE}/{intent_id}/progress")
    weather, day = answer.data["conditions"]
    assert weather["why"] == "the forecast for Thursday, May 7 is 'Rainy', not 'Sunny'"
    assert (weather["attribution"]["who"], weather["attribution"]["licence"]) == (
        "Open-Meteo.com",
        "CC BY 4.0",
    )
    assert day["attribution"] is None
    updates = await world.updates(alice, THREAD)
    assert updates[-1]["narrative"] == STILL_WAITING
    for card in (answer.body["adaptive_card"], updates[-1]["card"]):
        assert (
            "Weather data by [Open-Meteo.com](https://open-meteo.com/), "
            "[CC BY 4.0](https://creativecommons.org/licenses/by/4.0/), simplified"
        ) in texts(card)
    reply = (await say(alice, "how is it going?"))["reply"]
    assert "'Rainy', not 'Sunny'" in reply
    assert reply.endswith("Weather data by Open-Meteo.com (https://open-meteo.com/), CC BY 4.0, simplified.")

    peer.say(THURSDAY, CLEAR)
    await world.advance(hours=23)
    asked = (await world.updates(alice, THREAD))[-1]
    assert asked["narrative"].startswith("The moment has come!")
    assert "[Open-Meteo.com](https://open-meteo.com/)" in texts(asked["card"])


@pytest.mark.flow("6.7-2")
async def test_a_service_that_is_away_for_a_day_loses_no_wish_and_buys_nothing_blindly(
    world: World, peer: OpenMeteoPeer
) -> None:
    """Away from Wednesday 9:00 until Thursday 9:00 in Austin; the sun shines on that Thursday."""
    alice = world.customer()
    intent_id = (await say(alice, SUNNY))["standing_intent_id"]
    await world.advance(days=2)
    before = peer.requests["forecast"]
    peer.away = True
    await world.advance(hours=23, minutes=30)
    waiting = await shown(alice, intent_id)
    assert (waiting["status"], waiting["order_id"]) == ("active", None), "Thursday, 8:30, and nobody knows"
    progress = await alice.get(f"{BASE}/{intent_id}/progress")
    assert progress["conditions"][0]["state"] == "unknown"
    tick = await world.app.watcher.last_tick()
    assert tick is not None
    assert (tick.watched, tick.lookups, tick.failed_lookups) == (1, 1, 1)
    assert before < peer.requests["forecast"] < before + 60, "asked again, but not without end"

    peer.away = False
    await world.advance(hours=1)
    assert (await shown(alice, intent_id))["status"] == "waiting_approval"
    await say(alice, "yes please")
    assert (await shown(alice, intent_id))["status"] == "completed"


@pytest.mark.flow("6.7-2")
async def test_an_hour_without_the_service_changes_nothing(world: World, peer: OpenMeteoPeer) -> None:
    alice = world.customer()
    intent_id = (await say(alice, SUNNY))["standing_intent_id"]
    await world.advance(hours=3)
    told = await stories(world, alice)
    peer.away = True
    await world.advance(hours=8)
    assert (await alice.get(f"{BASE}/{intent_id}/progress"))["conditions"][0]["state"] == "met"
    assert await stories(world, alice) == told, "nobody is told of a hiccup"


@pytest.mark.flow("6.7-2")
async def test_many_wishes_in_one_cell_cost_one_request_and_one_elsewhere_another(
    world: World, peer: OpenMeteoPeer
) -> None:
    for name in ("alice", "bob", "carol"):
        await say(world.customer(name), SUNNY, thread=f"thr-{name}")
    south = {"address": "9300 S I-35", "point": {"latitude": 30.1672, "longitude": -97.7886}}
    await say(world.customer("dave"), SUNNY, thread="thr-dave", deliver_to=south)
    await world.advance(hours=1)
    tick = await world.app.watcher.last_tick()
    assert tick is not None
    assert (tick.watched, tick.lookups, tick.failed_lookups) == (4, 2, 0)
    assert sorted(query["latitude"] for query in peer.asked) == ["30.2", "30.3"]
