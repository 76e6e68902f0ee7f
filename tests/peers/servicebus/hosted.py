"""The running app with its events over AMQP: what the broker takes, the local host hands to its triggers.

Azure's host reads subscriptions by itself. Here it is told of each message at once, so a world comes to rest
as with its own bus, and its clock passes over nothing.
"""

import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from devhost.messages import Properties
from devhost.servicebus import ServiceBus
from shared.chosen_adapters import Ports
from tests.harness import World, served
from tests.peers.servicebus.broker import Broker
from tests.peers.servicebus.entities import Sent, Topic


@contextlib.asynccontextmanager
async def on_service_bus(
    broker: Broker, data: Path, *, ports: Ports | None = None, **settings: str
) -> AsyncIterator[World]:
    """Serve the app from `data` with `broker` as its Service Bus."""
    connection = broker.connection_string
    async with served(data, ports=ports, bus_url="", bus_connection=connection, **settings) as world:
        with forwarding(broker.topic, world.host.bus):
            yield world


@contextlib.contextmanager
def forwarding(topic: Topic, bus: ServiceBus) -> Iterator[None]:
    """Hand every new message of `topic` to the triggers of a host, while the block lasts."""

    def hand_over(sent: Sent) -> None:
        said = Properties(
            message_id=sent.message_id,
            label=sent.label,
            correlation_id=sent.correlation_id,
            session_id=sent.session_id,
            content_type=sent.content_type,
        )
        bus.send(topic.name, sent.body, said)

    topic.on_new = hand_over
    try:
        yield
    finally:
        topic.on_new = None
