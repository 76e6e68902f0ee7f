"""The outbox's relay over a broker that is killed again and again: nothing lost, doubled or out of order."""

from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from shared.adapters.clocks import SystemClock
from shared.adapters.service_bus_amqp.sender import ServiceBusAmqp
from shared.adapters.sqlite_store import SqliteStore
from shared.errors import Unavailable
from shared.ports.events import CloudEvent, event_document
from shared.ports.store import MAX_BATCH, Create
from shared.ports.topics import SUBSCRIPTIONS
from shared.services.outbox import OUTBOX_CONTAINERS, Outbox

if TYPE_CHECKING:
    from tests.peers.servicebus.broker import Broker

pytestmark = pytest.mark.wire

EVENTS, SUBJECTS, KILLS = 10_000, 97, 5
CONTAINERS = ("orders", "payments")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "store.sqlite", SystemClock())
    yield opened
    await opened.close()


def event(n: int) -> CloudEvent:
    """The n-th of all; what happens to one subject is numbered upwards and lies in one container."""
    subject, at = f"ord_{n % SUBJECTS}", datetime(2026, 5, 4, tzinfo=UTC) + timedelta(seconds=n)
    return CloudEvent(
        id=f"{subject}:{n}:0", type="uso.leg.progressed", subject=subject, time=at, data={"n": n}
    )


def container_of(event: CloudEvent) -> str:
    return CONTAINERS[int(event.subject.removeprefix("ord_")) % len(CONTAINERS)]


async def fill(store: SqliteStore, events: list[CloudEvent]) -> None:
    """Store events of many subjects in turns, as the commits of many orders would."""
    for container in CONTAINERS:
        creates = [Create(*event_document(each)) for each in events if container_of(each) == container]
        for at in range(0, len(creates), MAX_BATCH):
            await store.batch(container, "any", creates[at : at + MAX_BATCH])


async def test_ten_thousand_events_survive_five_deaths_of_the_broker(
    broker: "Broker", bus: ServiceBusAmqp, store: SqliteStore
) -> None:
    from tests.peers.servicebus.faults import Fault

    assert set(CONTAINERS) <= set(OUTBOX_CONTAINERS)
    sent = [event(n) for n in range(EVENTS)]
    await fill(store, sent)
    outbox = Outbox(store, bus)
    # in turns: dead before a batch was stored, and after it was stored but before anybody was told
    broker.faults.extend(Fault(kind="kill", after=bool(n % 2), skips=3) for n in range(KILLS))
    deaths, refusals = 0, 0
    for _ in range(3 * KILLS):
        try:
            await outbox.relay_all()
            break
        except Unavailable:
            refusals += 1
            if not broker.is_up:
                deaths += 1
                await broker.start()
    assert (deaths, refusals) == (KILLS, KILLS)
    assert await outbox.relay_all() == 0, "the relay knows that it has sent everything"
    arrivals = broker.topic.arrivals
    assert len(arrivals) > EVENTS, "nothing came twice, so nothing was proven"
    for each in SUBSCRIPTIONS:
        held = broker.queue(each.name).messages
        assert len(held) == EVENTS
        assert {message.message_id for message in held} == {one.id for one in sent}
        numbers: dict[str, list[int]] = defaultdict(list)
        for message in held:
            body = CloudEvent.model_validate_json(message.body)
            assert (message.message_id, message.session_id) == (body.id, body.subject)
            numbers[body.subject].append(body.data["n"])
        assert len(numbers) == SUBJECTS
        assert all(row == sorted(row) for row in numbers.values())


async def test_a_process_that_dies_before_it_notes_what_it_sent_repeats_it_and_nobody_hears(
    broker: "Broker", bus: ServiceBusAmqp, store: SqliteStore, tmp_path: Path
) -> None:
    await fill(store, [event(n) for n in range(300)])

    class Dies(SqliteStore):
        """Its last breath is the answer of the bus."""

        async def batch(self, *_: object) -> None:
            raise ProcessGone

    class ProcessGone(BaseException): ...

    dying = Dies(tmp_path / "store.sqlite", SystemClock())
    with pytest.raises(ProcessGone):
        await Outbox(dying, bus).relay_all()
    await dying.close()
    assert broker.topic.arrivals
    assert await Outbox(store, bus).relay_all() == 300
    assert len(broker.topic.arrivals) > 300
    for each in SUBSCRIPTIONS:
        assert len(broker.queue(each.name).messages) == 300


async def test_while_the_bus_is_away_what_happens_waits_and_nothing_waits_for_the_bus(
    broker: "Broker", bus: ServiceBusAmqp, store: SqliteStore
) -> None:
    outbox = Outbox(store, bus)
    broker.kill()
    for n in range(20):
        await fill(store, [event(n)])
        await outbox.relay_soon(container_of(event(n)))
    assert broker.topic.arrivals == []
    await broker.start()
    assert await outbox.relay_all() == 20
    assert len(broker.queue(SUBSCRIPTIONS[0].name).messages) == 20
