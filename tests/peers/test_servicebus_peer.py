"""The broker of the tests is what the real SDK takes for Service Bus, as far as app and triggers need it."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.peers.servicebus.broker import Broker
    from tests.peers.servicebus.entities import Topic

pytestmark = pytest.mark.wire


@pytest.fixture
async def broker() -> "AsyncIterator[Broker]":
    from tests.peers.servicebus.broker import running
    from tests.peers.servicebus.entities import Namespace

    async with running(Namespace()) as broker:
        yield broker


@pytest.fixture
def topic(broker: "Broker") -> "Topic":
    return broker.namespace.add_topic("events")


@pytest.fixture
async def client(broker: "Broker") -> AsyncIterator[Any]:
    from azure.servicebus.aio import ServiceBusClient

    async with ServiceBusClient.from_connection_string(broker.connection_string, retry_total=0) as opened:
        yield opened


async def send(client: Any, *ids: str, session: str | None = None, label: str = "paid") -> None:
    from azure.servicebus import ServiceBusMessage

    async with client.get_topic_sender("events") as sender:
        batch = await sender.create_message_batch()
        for id in ids:
            batch.add_message(
                ServiceBusMessage(
                    b"{}",
                    message_id=id,
                    subject=label,
                    session_id=session,
                    application_properties={"of": "ours"},
                )
            )
        await sender.send_messages(batch)


async def ids(receiver: Any, count: int, seconds: float = 2) -> list[str]:
    return [each.message_id for each in await receiver.receive_messages(count, seconds)]


async def test_a_message_is_locked_counted_given_back_and_dead_in_the_end(
    broker: "Broker", topic: "Topic", client: Any
) -> None:
    queue = broker.namespace.subscribe(topic, "books", max_deliveries=2)
    await send(client, "m1", "m2")
    async with client.get_subscription_receiver("events", "books") as receiver:
        first, second = await receiver.receive_messages(5, 2)
        assert (first.sequence_number, first.delivery_count) == (1, 0)
        assert first.application_properties == {b"of": b"ours"}
        await receiver.complete_message(second)
        for count in (1, None):
            await receiver.abandon_message(first)
            if count is not None:
                (first,) = await receiver.receive_messages(5, 2)
                assert first.delivery_count == count
    assert queue.messages == []
    assert queue.dead is not None
    assert [each.message_id for each in queue.dead.messages] == ["m1"]


async def test_a_lock_runs_out_unless_it_is_renewed(broker: "Broker", topic: "Topic", client: Any) -> None:
    from azure.servicebus.exceptions import MessageLockLostError

    broker.namespace.subscribe(topic, "books")
    await send(client, "m1", "m2")
    async with client.get_subscription_receiver("events", "books") as receiver:
        first, second = await receiver.receive_messages(2, 2)
        broker.namespace.clock.skip(seconds=40)
        await receiver.renew_message_lock(first)
        broker.namespace.clock.skip(seconds=40)
        await receiver.complete_message(first)
        with pytest.raises(MessageLockLostError):
            await receiver.complete_message(second)
        assert await ids(receiver, 2) == ["m2"]


async def test_a_subscription_with_labels_takes_those_only(
    broker: "Broker", topic: "Topic", client: Any
) -> None:
    some = broker.namespace.subscribe(topic, "some", labels=("paid",))
    every = broker.namespace.subscribe(topic, "every")
    await send(client, "m1", label="paid")
    await send(client, "m2", label="placed")
    assert [each.message_id for each in some.messages] == ["m1"]
    assert [each.message_id for each in every.messages] == ["m1", "m2"]


async def test_a_session_is_one_receivers_and_in_order(broker: "Broker", topic: "Topic", client: Any) -> None:
    from azure.servicebus import NEXT_AVAILABLE_SESSION
    from azure.servicebus.exceptions import SessionCannotBeLockedError

    broker.namespace.subscribe(topic, "plans", sessions=True)
    await send(client, "a1", "a2", session="a")
    await send(client, "b1", session="b")
    await send(client, "a3", session="a")
    async with client.get_subscription_receiver("events", "plans", session_id="a") as receiver:
        assert await ids(receiver, 5) == ["a1", "a2", "a3"]
        other = client.get_subscription_receiver("events", "plans", session_id="a")
        with pytest.raises(SessionCannotBeLockedError):
            await other.receive_messages(1, 2)
        await other.close()
        following = client.get_subscription_receiver(
            "events", "plans", session_id=NEXT_AVAILABLE_SESSION, max_wait_time=2
        )
        async with following:
            assert following.session.session_id == "b"
            assert await ids(following, 5) == ["b1"]


async def test_a_batch_is_taken_whole_or_not_at_all(broker: "Broker", topic: "Topic", client: Any) -> None:
    from azure.servicebus import ServiceBusMessage
    from azure.servicebus.exceptions import ServiceBusError

    plans = broker.namespace.subscribe(topic, "plans", sessions=True)
    books = broker.namespace.subscribe(topic, "books")
    async with client.get_topic_sender("events") as sender:
        with pytest.raises(ServiceBusError):
            await sender.send_messages([ServiceBusMessage(b"1", session_id="a"), ServiceBusMessage(b"2")])
    assert plans.messages == books.messages == []


async def test_a_queue_and_a_receiver_that_deletes(broker: "Broker", client: Any) -> None:
    from azure.servicebus import ServiceBusMessage

    queue = broker.namespace.add_queue("Jobs")
    async with client.get_queue_sender("jobs") as sender:
        await sender.send_messages(ServiceBusMessage(b"1", message_id="m1"))
    async with client.get_queue_receiver("jobs", receive_mode="receiveanddelete") as receiver:
        assert await ids(receiver, 5) == ["m1"]
    assert queue.messages == []


async def test_killed_and_started_again_it_remembers(broker: "Broker", topic: "Topic", client: Any) -> None:
    broker.namespace.subscribe(topic, "books")
    await send(client, "m1")
    port = broker.port
    broker.kill()
    await broker.start()
    assert broker.port == port
    async with client.get_subscription_receiver("events", "books") as receiver:
        assert await ids(receiver, 5) == ["m1"]
