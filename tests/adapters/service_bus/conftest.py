"""A broker with the topic as it is on Azure, and an app's way to it."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from shared.adapters.service_bus_amqp.dead_letters import ServiceBusDeadLetters
from shared.adapters.service_bus_amqp.namespace import BusNamespace
from shared.adapters.service_bus_amqp.sender import ServiceBusAmqp
from shared.ports.topics import EVENTS_TOPIC
from tests.breakers import breakers

if TYPE_CHECKING:
    from tests.peers.servicebus.broker import Broker

ATTEMPT_SECONDS = 3.0


@pytest.fixture
async def broker() -> "AsyncIterator[Broker]":
    from tests.peers.servicebus.broker import running

    async with running() as broker:
        yield broker


@pytest.fixture
async def bus(broker: "Broker") -> AsyncIterator[ServiceBusAmqp]:
    opened = ServiceBusAmqp(by_key(broker), EVENTS_TOPIC, attempt_seconds=ATTEMPT_SECONDS)
    yield opened
    await opened.close()


@pytest.fixture
def dead_letters(broker: "Broker") -> ServiceBusDeadLetters:
    return ServiceBusDeadLetters(by_key(broker), EVENTS_TOPIC)


def by_key(broker: "Broker") -> BusNamespace:
    return BusNamespace(breakers(), connection=SecretStr(broker.connection_string))
