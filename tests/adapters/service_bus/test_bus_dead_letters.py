"""Dead letters of a broker, seen and sent again by the real SDK."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from shared.adapters.service_bus_amqp.dead_letters import ServiceBusDeadLetters
from shared.adapters.service_bus_amqp.sender import ServiceBusAmqp
from shared.errors import Unavailable
from shared.ports.dead_letters import DeadLetter
from shared.ports.events import CloudEvent
from shared.ports.topics import MONEY, NARRATION, PLANS

if TYPE_CHECKING:
    from tests.peers.servicebus.broker import Broker

pytestmark = pytest.mark.wire


def event(n: int) -> CloudEvent:
    at = datetime(2026, 5, 4, 14, tzinfo=UTC)
    data = {"text": "what Alice wrote"}
    return CloudEvent(id=f"e{n}", type="uso.leg.answered", subject=f"ord_{n}", time=at, data=data)


def give_up(broker: "Broker", subscription: str) -> None:
    """A consumer that fails until nothing is tried any more."""
    queue = broker.queue(subscription)
    while (entry := queue.take()) is not None:
        assert entry.token is not None
        queue.abandon(entry.token)


def dead(broker: "Broker", subscription: str) -> list[str]:
    queue = broker.queue(subscription).dead
    assert queue is not None
    return [sent.message_id for sent in queue.messages]


def alive(broker: "Broker", subscription: str) -> list[str]:
    return [sent.message_id for sent in broker.queue(subscription).messages]


@pytest.fixture
async def given_up(broker: "Broker", bus: ServiceBusAmqp) -> "Broker":
    """Seven events that the books have given up; the others still have them."""
    await bus.publish([event(n) for n in range(1, 8)])
    give_up(broker, MONEY)
    assert dead(broker, MONEY) == [f"e{n}" for n in range(1, 8)]
    return broker


async def test_dead_letters_are_shown_page_by_page_and_stay_where_they_are(
    given_up: "Broker", dead_letters: ServiceBusDeadLetters
) -> None:
    first = await dead_letters.list(MONEY, limit=5)
    rest = await dead_letters.list(MONEY, after=first[-1].number, limit=5)
    assert [each.event_id for each in (*first, *rest)] == [f"e{n}" for n in range(1, 8)]
    assert await dead_letters.list(MONEY, after=rest[-1].number, limit=5) == []
    assert await dead_letters.list(MONEY, limit=5) == first, "looking locks nothing"
    assert len(dead(given_up, MONEY)) == 7
    shown = first[0]
    assert (shown.type, shown.subject, shown.reason) == (
        *("uso.leg.answered", "ord_1"),
        "MaxDeliveryCountExceeded",
    )
    assert "Alice" not in repr(shown)


async def test_a_subscription_without_dead_letters_shows_and_sends_none(
    given_up: "Broker", dead_letters: ServiceBusDeadLetters
) -> None:
    assert await dead_letters.list(PLANS, limit=5) == []


async def test_one_is_sent_again_under_a_new_message_id_and_its_own(
    given_up: "Broker", dead_letters: ServiceBusDeadLetters
) -> None:
    third = (await dead_letters.list(MONEY, limit=5))[2]
    assert await dead_letters.replay(MONEY, [third.number]) == 1
    assert dead(given_up, MONEY) == ["e1", "e2", "e4", "e5", "e6", "e7"]
    (again,) = given_up.queue(MONEY).messages
    assert CloudEvent.model_validate_json(again.body) == event(3)
    assert again.message_id == f"replay:{MONEY}:{third.number}"
    assert (again.label, again.correlation_id, again.session_id) == ("uso.leg.answered", "ord_3", "ord_3")
    assert again.content_type == "application/cloudevents+json"
    assert b"DeadLetter" not in again.raw
    assert alive(given_up, NARRATION)[-1] == again.message_id, "a topic tells everyone"
    kept = await dead_letters.list(MONEY, limit=10)
    assert await dead_letters.replay(MONEY, [each.number for each in kept[:2]]) == 2, "the rest is not locked"


async def test_all_are_sent_again_in_their_order(
    given_up: "Broker", dead_letters: ServiceBusDeadLetters
) -> None:
    numbers = [each.number for each in await dead_letters.list(MONEY, limit=100)]
    assert await dead_letters.replay(MONEY, numbers) == 7
    assert dead(given_up, MONEY) == []
    bodies = [CloudEvent.model_validate_json(sent.body) for sent in given_up.queue(MONEY).messages]
    assert [each.id for each in bodies] == [f"e{n}" for n in range(1, 8)]


async def test_what_dies_again_is_shown_with_its_own_id_and_can_be_sent_again(
    given_up: "Broker", dead_letters: ServiceBusDeadLetters
) -> None:
    for _ in range(2):
        numbers = [each.number for each in await dead_letters.list(MONEY, limit=100)]
        assert await dead_letters.replay(MONEY, numbers) == 7
        give_up(given_up, MONEY)
    assert [each.event_id for each in await dead_letters.list(MONEY, limit=100)] == [
        f"e{n}" for n in range(1, 8)
    ]


async def test_a_number_that_is_not_there_sends_nothing(
    given_up: "Broker", dead_letters: ServiceBusDeadLetters
) -> None:
    arrivals = len(given_up.topic.arrivals)
    assert await dead_letters.replay(MONEY, [4711]) == 0
    assert len(given_up.topic.arrivals) == arrivals
    assert len(dead(given_up, MONEY)) == 7


async def test_what_is_no_event_is_shown_and_sent_as_it_is(
    broker: "Broker", dead_letters: ServiceBusDeadLetters
) -> None:
    from azure.servicebus import ServiceBusMessage
    from azure.servicebus.aio import ServiceBusClient

    strange = ServiceBusMessage(b"\xff\x00", message_id="m1", application_properties={"of": "others"})
    async with (
        ServiceBusClient.from_connection_string(broker.connection_string) as client,
        client.get_topic_sender(broker.topic.name) as sender,
    ):
        await sender.send_messages(strange)
    give_up(broker, PLANS)
    (shown,) = await dead_letters.list(PLANS, limit=5)
    assert (shown.event_id, shown.type, shown.subject) == ("m1", "", "")
    assert await dead_letters.replay(PLANS, [shown.number]) == 1
    (again,) = broker.queue(PLANS).messages
    assert again.body == b"\xff\x00"
    assert b"others" in again.raw


async def test_a_replay_that_is_cut_off_before_the_dead_letter_left_is_heard_once(
    given_up: "Broker", dead_letters: ServiceBusDeadLetters
) -> None:
    """The copy was accepted, then the line broke: the dead letter is there, and its next copy a duplicate."""
    from tests.peers.servicebus.faults import Fault

    first = (await dead_letters.list(MONEY, limit=1))[0]
    given_up.faults.append(Fault(kind="kill", what="settle"))
    with pytest.raises(Unavailable, match="send its dead letters again"):
        await dead_letters.replay(MONEY, [first.number])
    assert len(dead(given_up, MONEY)) == 7
    assert alive(given_up, MONEY) == [f"replay:{MONEY}:{first.number}"]
    await given_up.start()
    given_up.namespace.clock.skip(minutes=2)  # the lock of the one that died runs out
    assert await dead_letters.replay(MONEY, [first.number]) == 1
    assert len(dead(given_up, MONEY)) == 6
    assert alive(given_up, MONEY) == [f"replay:{MONEY}:{first.number}"]


async def test_a_dead_letter_stays_as_long_as_its_copy_was_not_accepted(
    given_up: "Broker", dead_letters: ServiceBusDeadLetters
) -> None:
    from tests.peers.servicebus.faults import Fault

    first = (await dead_letters.list(MONEY, limit=1))[0]
    given_up.faults.append(Fault(kind="refuse"))
    with pytest.raises(Unavailable):
        await dead_letters.replay(MONEY, [first.number])
    assert len(dead(given_up, MONEY)) == 7
    assert alive(given_up, MONEY) == []


async def test_a_bus_that_is_away_is_unavailable(
    given_up: "Broker", dead_letters: ServiceBusDeadLetters
) -> None:
    given_up.kill()
    async with asyncio.timeout(10):
        with pytest.raises(Unavailable, match="show its dead letters"):
            await dead_letters.list(MONEY, limit=5)
        with pytest.raises(Unavailable):
            await dead_letters.replay(MONEY, [1])


def test_a_dead_letter_says_nothing_of_what_the_event_says() -> None:
    assert set(DeadLetter.model_fields) == {
        *("number", "event_id", "type", "subject"),
        *("reason", "description", "enqueued_at"),
    }
