"""The whole app with its events over AMQP: an order, a broker that is away, dead letters at their doors."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from shared.ports.topics import MONEY, PLANS, SUBSCRIPTIONS
from tests.doors.stage import placed
from tests.harness import World

if TYPE_CHECKING:
    from tests.peers.servicebus.broker import Broker

pytestmark = pytest.mark.wire

UNDER_WAY = ("confirmed", "processing")
ADMIN = "/api/v1/admin/dead-letters"


@pytest.fixture
async def world(broker: "Broker", tmp_path: Path) -> AsyncIterator[World]:
    from tests.peers.servicebus.hosted import on_service_bus

    async with on_service_bus(broker, tmp_path / "data") as world:
        await world.admin().post("/api/v1/simulator/live-demo/setup", {})
        yield world


async def status_of(world: World, order_id: str) -> str:
    return str((await world.customer().get(f"/api/v1/orders/{order_id}"))["status"])


async def test_an_order_goes_its_way_over_service_bus(broker: "Broker", world: World) -> None:
    order = await placed(world, world.customer())
    assert await status_of(world, order["id"]) in UNDER_WAY
    told = [sent.label for sent in broker.queue(PLANS).messages if sent.session_id == order["id"]]
    assert told[0] == "uso.order.placed"
    assert "uso.order.confirmed" in told
    for each in SUBSCRIPTIONS:
        assert len(broker.queue(each.name).messages) == len(set(broker.topic.arrivals))


async def test_an_order_that_is_placed_while_the_bus_is_away_goes_its_way_later(
    broker: "Broker", world: World
) -> None:
    broker.kill()
    order = await placed(world, world.customer())
    assert await status_of(world, order["id"]) == "pending"
    await broker.start()
    await world.advance(minutes=11)  # the relay timer's turn
    await world.settle()
    assert await status_of(world, order["id"]) in UNDER_WAY


async def test_an_admin_sees_dead_letters_of_service_bus_and_sends_them_again(
    broker: "Broker", world: World
) -> None:
    admin = world.admin()
    order = await placed(world, world.customer())
    queue = broker.queue(MONEY)
    while (entry := queue.take()) is not None:
        assert entry.token is not None
        queue.abandon(entry.token)
    page = await admin.get(f"{ADMIN}/{MONEY}", limit=2)
    assert (page["items"][0]["type"], page["items"][0]["subject"]) == ("uso.order.placed", order["id"])
    assert len(page["items"]) == 2
    number = page["items"][0]["number"]
    assert queue.dead is not None
    held = queue.dead.take()
    assert held is not None
    assert held.token is not None
    assert (await admin.call("POST", f"{ADMIN}/{MONEY}/{number}/replay")).status == 409
    queue.dead.abandon(held.token)
    assert (await admin.post(f"{ADMIN}/{MONEY}/{number}/replay"))["replayed"] == 1
    assert (await admin.call("POST", f"{ADMIN}/{MONEY}/{number}/replay")).status == 404
    left = await admin.post(f"{ADMIN}/{MONEY}/replay")
    assert left["more"] is False
    assert (await admin.get(f"{ADMIN}/{MONEY}"))["items"] == []
    await world.settle()
    assert await status_of(world, order["id"]) in UNDER_WAY, "everything was heard twice, and did nothing"
    broker.kill()
    answer = await admin.call("GET", f"{ADMIN}/{MONEY}")
    assert (answer.status, answer.code) == (503, "unavailable")
