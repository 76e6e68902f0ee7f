"""Events over AMQP, by the real SDK, to a broker that fails in every way that one can."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from shared.adapters.service_bus_amqp.dead_letters import ServiceBusDeadLetters
from shared.adapters.service_bus_amqp.namespace import BusNamespace
from shared.adapters.service_bus_amqp.sender import ServiceBusAmqp
from shared.errors import Unavailable
from shared.ports.events import MAX_EVENT_BYTES, CloudEvent, event_document
from shared.ports.topics import EVENTS_TOPIC, MONEY, PLANS, SUBSCRIPTIONS
from tests.breakers import breakers
from tests.clocks import HandClock

if TYPE_CHECKING:
    from tests.peers.servicebus.broker import Broker

pytestmark = pytest.mark.wire


def event(id: str, *, subject: str = "ord_1", **data: str) -> CloudEvent:
    at = datetime(2026, 5, 4, 14, tzinfo=UTC)
    return CloudEvent(id=id, type="uso.order.placed", subject=subject, time=at, data=data)


def ids(broker: "Broker", subscription: str = PLANS) -> list[str]:
    return [sent.message_id for sent in broker.queue(subscription).messages]


def fault(kind: str, **more: Any) -> Any:
    from tests.peers.servicebus.faults import Fault

    return Fault(kind=kind, **more)  # type: ignore[arg-type]


async def test_every_subscription_gets_every_event_with_all_that_is_said_of_it(
    broker: "Broker", bus: ServiceBusAmqp
) -> None:
    sent = event("ord_1:1:0", text="ünïcödé 🌷")
    await bus.publish([sent])
    for each in SUBSCRIPTIONS:
        (message,) = broker.queue(each.name).messages
        assert CloudEvent.model_validate_json(message.body) == sent
        assert (message.message_id, message.label) == ("ord_1:1:0", "uso.order.placed")
        assert (message.correlation_id, message.session_id) == ("ord_1", "ord_1")
        assert message.content_type == "application/cloudevents+json"


async def test_many_events_go_in_few_batches_over_one_connection_and_stay_in_order(
    broker: "Broker", bus: ServiceBusAmqp
) -> None:
    many = [event(f"e{n}", subject=f"ord_{n % 7}", text="x" * 300) for n in range(2500)]
    await bus.publish(many[:1500])
    await bus.publish(many[1500:])
    assert ids(broker) == [each.id for each in many]
    assert broker.opened == 1
    assert broker.transfers < 10


async def test_nothing_to_send_opens_nothing(broker: "Broker", bus: ServiceBusAmqp) -> None:
    await bus.publish([])
    assert broker.opened == 0


async def test_the_largest_event_that_may_be_stored_is_taken(broker: "Broker", bus: ServiceBusAmqp) -> None:
    rest = MAX_EVENT_BYTES - len(event("big").model_dump_json()) - len('"text":""')
    largest = event("big", subject="ord_1", text="x" * rest)
    event_document(largest)
    await bus.publish([event("before"), largest, event("after")])
    assert ids(broker) == ["before", "big", "after"]


async def test_a_subject_too_long_for_a_session_still_has_one(broker: "Broker", bus: ServiceBusAmqp) -> None:
    await bus.publish([event("e1", subject="s" * 200), event("e2", subject="s" * 199 + "t")])
    first, second = (sent.session_id for sent in broker.queue(PLANS).messages)
    assert len(first) == len(second) == 64
    assert first != second


async def test_what_comes_again_is_heard_once_and_until_the_window_is_over(
    broker: "Broker", bus: ServiceBusAmqp
) -> None:
    await bus.publish([event("e1"), event("e2")])
    await bus.publish([event("e1"), event("e2"), event("e3")])
    assert ids(broker) == ["e1", "e2", "e3"]
    broker.namespace.clock.skip(hours=25)
    await bus.publish([event("e1")])
    assert ids(broker) == ["e1", "e2", "e3", "e1"], "consumers know an event by its id"


async def test_the_broker_that_was_away_is_found_again(broker: "Broker", bus: ServiceBusAmqp) -> None:
    await bus.publish([event("e1")])
    broker.kill()
    with pytest.raises(Unavailable, match="did not take the events"):
        await bus.publish([event("e2")])
    await broker.start()
    await bus.publish([event("e2")])
    assert ids(broker) == ["e1", "e2"]


@pytest.mark.parametrize("ended", ["detached", "restarted"])
async def test_a_connection_that_ended_while_nothing_was_sent_is_replaced(
    broker: "Broker", bus: ServiceBusAmqp, ended: str
) -> None:
    await bus.publish([event("e1")])
    if ended == "detached":
        broker.detach_all("amqp:link:detach-forced")
    else:
        broker.kill()
        await broker.start()
    async with asyncio.timeout(8):
        await bus.publish([event("e2")])
    assert ids(broker) == ["e1", "e2"]
    assert broker.opened == 2


FAULTS = [
    ("refuse", {}),
    ("refuse", {"after": True}),
    ("refuse", {"condition": "amqp:internal-error"}),
    ("detach", {"condition": "amqp:link:detach-forced"}),
    ("detach", {"after": True, "condition": "com.microsoft:container-close"}),
    ("drop", {}),
    ("drop", {"after": True}),
    ("hang", {}),
    ("hang", {"after": True}),
    ("slow", {}),
]
"""What may happen to a message on a connection that stood."""


@pytest.mark.parametrize(("kind", "more"), FAULTS)
async def test_a_connection_that_fails_is_replaced_and_nothing_is_lost_or_doubled(
    broker: "Broker", bus: ServiceBusAmqp, kind: str, more: dict[str, Any]
) -> None:
    await bus.publish([event("e1")])
    broker.faults.append(fault(kind, **more))
    async with asyncio.timeout(10):
        await bus.publish([event("e2"), event("e3")])
    await bus.publish([event("e4")])
    assert not broker.faults, "it did not happen"
    assert ids(broker) == ids(broker, MONEY) == ["e1", "e2", "e3", "e4"]


OPENING = [
    ("connect", "drop", {}),
    ("connect", "hang", {}),
    ("attach", "refuse", {"condition": "amqp:unauthorized-access"}),
    ("attach", "refuse", {"condition": "com.microsoft:server-busy"}),
    ("attach", "drop", {}),
    ("attach", "hang", {}),
    ("send", "refuse", {}),
    ("send", "drop", {"after": True}),
    ("send", "hang", {"after": True}),
]
"""What may happen to the first message of a process, or the first after a failure: it is not tried again."""


@pytest.mark.parametrize(("what", "kind", "more"), OPENING)
async def test_a_new_connection_that_fails_is_unavailable_in_time_and_the_next_one_is_not(
    broker: "Broker", bus: ServiceBusAmqp, what: str, kind: str, more: dict[str, Any]
) -> None:
    broker.faults.append(fault(kind, what=what, **more))
    async with asyncio.timeout(10):
        with pytest.raises(Unavailable) as caught:
            await bus.publish([event("e1"), event("e2")])
    assert "SharedAccess" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert "127.0.0.1" not in caught.value.detail
    await bus.publish([event("e1"), event("e2"), event("e3")])
    assert ids(broker) == ["e1", "e2", "e3"]


async def test_what_fails_twice_is_unavailable(broker: "Broker", bus: ServiceBusAmqp) -> None:
    await bus.publish([event("e1")])
    broker.faults.extend([fault("refuse"), fault("drop")])
    with pytest.raises(Unavailable):
        await bus.publish([event("e2")])
    await bus.publish([event("e2")])
    assert ids(broker) == ["e1", "e2"]


async def test_a_topic_that_is_not_there_is_unavailable(broker: "Broker") -> None:
    bus = ServiceBusAmqp(BusNamespace(breakers(), connection=secret(broker)), "no-such-topic")
    with pytest.raises(Unavailable, match="NotFound"):
        await bus.publish([event("e1")])
    await bus.close()


async def test_a_service_that_takes_less_than_an_event_is_told_by_its_name(broker: "Broker") -> None:
    broker.max_message_bytes = 1000
    bus = ServiceBusAmqp(BusNamespace(breakers(), connection=secret(broker)), EVENTS_TOPIC)
    with pytest.raises(Unavailable, match="as large as event 'big'"):
        await bus.publish([event("small"), event("big", text="x" * 2000)])
    assert ids(broker) == ["small"]
    await bus.close()


class FakeIdentity:
    """`azure.core.credentials_async.AsyncTokenCredential`; the SDK asks for Service Bus and nothing else."""

    def __init__(self) -> None:
        self.scopes: list[str] = []
        self.fails = False

    async def get_token(self, *scopes: str, **_: Any) -> Any:
        from azure.core.credentials import AccessToken
        from azure.core.exceptions import ClientAuthenticationError

        self.scopes += scopes
        if self.fails:
            raise ClientAuthenticationError(message="no identity for client 4711")
        return AccessToken("token-of-the-identity", int(datetime.now(UTC).timestamp()) + 3600)

    async def close(self) -> None: ...

    async def __aenter__(self) -> "FakeIdentity":
        return self

    async def __aexit__(self, *_: object) -> None: ...


async def test_a_managed_identity_enters_with_its_token(broker: "Broker") -> None:
    identity = FakeIdentity()
    namespace = BusNamespace(breakers(), host=broker.host, credential=identity, use_tls=False)
    bus = ServiceBusAmqp(namespace, EVENTS_TOPIC)
    await bus.publish([event("e1")])
    await bus.close()
    assert ids(broker) == ["e1"]
    assert broker.tokens == ["token-of-the-identity"]
    assert {scope.partition(".net")[0] for scope in identity.scopes} == {"https://servicebus.azure"}


async def test_an_identity_that_gets_no_token_is_unavailable_and_not_told_about(broker: "Broker") -> None:
    identity = FakeIdentity()
    identity.fails = True
    bus = ServiceBusAmqp(
        BusNamespace(breakers(), host=broker.host, credential=identity, use_tls=False), EVENTS_TOPIC
    )
    with pytest.raises(Unavailable) as caught:
        await bus.publish([event("e1")])
    assert "4711" not in str(caught.value)
    identity.fails = False
    await bus.publish([event("e1")])
    await bus.close()
    assert ids(broker) == ["e1"]


async def test_publishing_at_once_takes_turns(broker: "Broker", bus: ServiceBusAmqp) -> None:
    await asyncio.gather(*(bus.publish([event(f"e{n}{part}") for part in "abc"]) for n in range(20)))
    came = ids(broker)
    assert sorted(came) == sorted(f"e{n}{part}" for n in range(20) for part in "abc")
    assert [came[at : at + 3] for at in range(0, 60, 3)] == [
        [f"{first[:-1]}{part}" for part in "abc"] for first in came[::3]
    ]
    assert broker.opened == 1


async def test_after_its_end_it_opens_anew(broker: "Broker", bus: ServiceBusAmqp) -> None:
    await bus.publish([event("e1")])
    await bus.close()
    await bus.publish([event("e2")])
    assert broker.opened == 2


async def test_nothing_of_the_key_stands_in_any_message(
    broker: "Broker", bus: ServiceBusAmqp, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    broker.faults.append(fault("refuse", what="attach", condition="amqp:unauthorized-access"))
    with pytest.raises(Unavailable):
        await bus.publish([event("e1")])
    await bus.publish([event("e1", text="what-the-customer-wrote")])
    for secret_ in ("c2VjcmV0", "SharedAccessSignature", "what-the-customer-wrote"):
        assert secret_ not in caplog.text


async def test_each_event_loop_has_a_connection_of_its_own(broker: "Broker") -> None:
    """A function app has one loop; tests and tools have several, one after the other or side by side."""
    bus = ServiceBusAmqp(BusNamespace(breakers(), connection=secret(broker)), EVENTS_TOPIC)

    def elsewhere(n: int) -> None:
        async def there() -> None:
            await bus.publish([event(f"e{n}")])
            await bus.close()

        asyncio.run(there())

    await asyncio.gather(*(asyncio.to_thread(elsewhere, n) for n in range(3)))
    await bus.publish([event("e3")])
    await bus.close()
    assert sorted(ids(broker)) == ["e0", "e1", "e2", "e3"]
    assert broker.opened == 4


def secret(broker: "Broker") -> Any:
    from pydantic import SecretStr

    return SecretStr(broker.connection_string)


async def test_a_bus_that_is_away_is_left_in_peace_and_found_again(broker: "Broker") -> None:
    clock = HandClock()
    namespace = BusNamespace(breakers(clock), connection=secret(broker))
    bus, letters = ServiceBusAmqp(namespace, EVENTS_TOPIC), ServiceBusDeadLetters(namespace, EVENTS_TOPIC)
    broker.kill()
    for _ in range(5):
        with pytest.raises(Unavailable, match="did not take the events"):
            await bus.publish([event("e1")])
    await broker.start()
    with pytest.raises(Unavailable, match="Service Bus failed again and again"):
        await bus.publish([event("e1")])
    with pytest.raises(Unavailable, match="Service Bus failed again and again"):
        await letters.list(PLANS, limit=10)
    assert ids(broker) == []
    clock.pass_(seconds=10)
    await bus.publish([event("e1")])
    assert ids(broker) == ["e1"]
    await bus.close()


async def test_a_refusal_is_never_held_against_the_bus(broker: "Broker") -> None:
    namespace = BusNamespace(breakers(), connection=secret(broker))
    astray, bus = ServiceBusAmqp(namespace, "no-such-topic"), ServiceBusAmqp(namespace, EVENTS_TOPIC)
    for _ in range(5):
        with pytest.raises(Unavailable, match="NotFound"):
            await astray.publish([event("e1")])
    await bus.publish([event("e1")])
    assert ids(broker) == ["e1"]
    await astray.close()
    await bus.close()
