"""The event bus adapter against the Service Bus of the local host, and against nothing at all."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from shared.adapters.service_bus_rest import NoBus, ServiceBusRest
from shared.errors import Unavailable
from shared.ports.events import CloudEvent
from shared.ports.topics import EVENTS_TOPIC
from tests.harness import World
from tools.place import free_port

TELLS_NOTHING = "uso.nothing.followed"
"""An event of a newer version: every subscription takes it, and nobody acts on it."""


def event(id: str, **data: str) -> CloudEvent:
    at = datetime(2026, 5, 4, 14, tzinfo=UTC)
    return CloudEvent(id=id, type=TELLS_NOTHING, subject="thing", time=at, data=data)


@pytest.fixture
async def bus(world: World) -> AsyncIterator[ServiceBusRest]:
    opened = ServiceBusRest(f"{world.host.url}/devhost/servicebus/", EVENTS_TOPIC)
    yield opened
    await opened.close()


async def test_events_reach_every_subscription_and_are_handled(world: World, bus: ServiceBusRest) -> None:
    await bus.publish([event("e1"), event("e2", text="ünïcödé 🌷")])
    await world.settle()
    counts = world.host.bus.counts()
    assert counts
    assert all((each.active, each.dead) == (0, 0) for each in counts.values())


async def test_the_same_event_twice_does_no_harm(world: World, bus: ServiceBusRest) -> None:
    await bus.publish([event("e1")])
    await bus.publish([event("e1"), event("e1")])
    await world.settle()
    assert all(each.dead == 0 for each in world.host.bus.counts().values())


async def test_a_topic_that_is_not_there_is_unavailable(world: World) -> None:
    bus = ServiceBusRest(f"{world.host.url}/devhost/servicebus", "no-such-topic")
    with pytest.raises(Unavailable, match="answered 4"):
        await bus.publish([event("e1")])
    await bus.close()


async def test_a_bus_that_does_not_answer_is_unavailable() -> None:
    bus = ServiceBusRest(f"http://127.0.0.1:{free_port()}", EVENTS_TOPIC)
    with pytest.raises(Unavailable, match="did not answer"):
        await bus.publish([event("e1")])
    await bus.close()


async def test_without_a_bus_events_stay_where_they_are() -> None:
    with pytest.raises(Unavailable, match="USO_BUS_URL"):
        await NoBus().publish([event("e1")])
    await NoBus().close()
