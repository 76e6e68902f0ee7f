"""Histories of plans that have ended go after a while; what they did stays, and is not done again."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from devhost.messages import Properties
from shared.ports.topics import EVENTS_TOPIC
from shared.services.kinds import ORDERS
from tests.flows.steps import order, wish
from tests.harness import World, running

ROSES = "bb-dozen-red-roses"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with running(tmp_path / "data", keep_plans_for="P1D") as world:
        yield world


async def status_of(world: World, instance_id: str) -> str | None:
    page = await world.host.engine.list_instances()
    return next((each["runtimeStatus"] for each in page.items if each["instanceId"] == instance_id), None)


async def test_a_plan_that_has_ended_is_forgotten_and_what_it_did_is_not(world: World) -> None:
    alice = world.customer()
    made = await order(alice, ROSES)
    waits = await wish(alice, "order a ghost orchid on Friday")
    assert await status_of(world, made["id"]) == "Completed"
    await world.advance(hours=20)
    assert await status_of(world, made["id"]) == "Completed", "not before its time"
    await world.advance(days=2)
    assert await status_of(world, made["id"]) is None
    assert await status_of(world, waits["id"]) == "Running", "whoever waits is never forgotten"
    still = await alice.get(f"/api/v1/orders/{made['id']}")
    assert [movement["amount"] for movement in still["movements"]] == [
        movement["amount"] for movement in made["movements"]
    ]


async def test_news_of_a_forgotten_plan_that_come_again_do_nothing_twice(world: World) -> None:
    alice = world.customer()
    made = await order(alice, ROSES)
    await world.advance(days=3)
    before = await alice.get(f"/api/v1/orders/{made['id']}")
    feed = await world.app.store.changes(ORDERS.container)
    events = [each.body["event"] for each in feed.documents if each.body.get("kind") == "event"]
    assert events
    for n, event in enumerate(events):
        world.host.bus.send(EVENTS_TOPIC, json.dumps(event).encode(), Properties(message_id=f"late:{n}"))
    await world.settle()
    after = await alice.get(f"/api/v1/orders/{made['id']}")
    assert after == before
