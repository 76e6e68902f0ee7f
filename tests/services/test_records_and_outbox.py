"""State and what announces it: committed together, changed by one at a time, sent at least once, in order."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.adapters.sqlite_store import SqliteStore
from shared.domain.aggregate import Aggregate
from shared.domain.events import Event, EventType
from shared.errors import Conflict, NotFound, TooLarge, Unavailable
from shared.ports.events import MAX_EVENT_BYTES, CloudEvent
from shared.ports.store import PreconditionFailed
from shared.services.operations.inbox import NewsInbox
from shared.services.outbox import OUTBOX_CONTAINERS, Outbox
from shared.services.partner_secrets import PartnerSecrets
from shared.services.records import MAX_RACES, Kind, Records, Stored
from shared.services.wakeups import KEEP, Wakeups
from tests.clocks import HandClock

START = datetime(2026, 5, 4, 12, tzinfo=UTC)
CONTAINER = OUTBOX_CONTAINERS[0]


class Bus:
    """Remembers what was sent; fails when told to, before or after it took the event."""

    def __init__(self) -> None:
        self.sent: list[CloudEvent] = []
        self.down = False
        self.fail_at: set[int] = set()
        self._tries = 0

    async def publish(self, events: Sequence[CloudEvent]) -> None:
        for event in events:
            self._tries += 1
            if self.down:
                raise Unavailable("down")
            self.sent.append(event)
            if self._tries in self.fail_at:
                raise Unavailable("taken, but the answer was lost")

    async def close(self) -> None:
        pass


class Thing(Aggregate):
    """Something that is counted."""

    count: int = 0


THINGS = Kind("thing", CONTAINER, Thing, lambda id: id.partition("-")[0])
TOLD = Event(type=EventType.ORDER_PLACED, data={})


@pytest.fixture
def clock() -> HandClock:
    return HandClock(START)


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
async def store(tmp_path: Path, clock: HandClock) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "store.sqlite", clock)
    yield opened
    await opened.close()


@pytest.fixture
def outbox(store: SqliteStore, bus: Bus) -> Outbox:
    return Outbox(store, bus)


@pytest.fixture
def records(store: SqliteStore, outbox: Outbox, clock: HandClock) -> Records:
    return Records(store, outbox, clock)


def thing(id: str = "t", **more: Any) -> Thing:
    return Thing(id=id, created_at=START, updated_at=START, **more)


def counted(by: int = 1, *, tell: bool = True) -> Any:
    def change(value: Thing) -> tuple[Thing, Sequence[Event]]:
        return value.model_copy(update={"count": value.count + by}), [TOLD] if tell else []

    return change


# --- records --------------------------------------------------------------------------------------


async def test_what_was_created_is_read_again_with_its_stamps(records: Records, clock: HandClock) -> None:
    clock.instant += timedelta(hours=1)
    await records.create(THINGS, thing(count=3))
    found = (await records.get(THINGS, "t")).value
    assert (found.count, found.revision, found.created_at, found.updated_at) == (3, 1, START, clock.instant)


async def test_what_is_not_there_is_named(records: Records) -> None:
    assert await records.find(THINGS, "t") is None
    with pytest.raises(NotFound, match="There is no thing 't'"):
        await records.get(THINGS, "t")
    with pytest.raises(NotFound):
        await records.update(THINGS, "t", counted())


async def test_creating_again_changes_and_announces_nothing(records: Records, bus: Bus) -> None:
    await records.create(THINGS, thing(count=1), events=[TOLD])
    again = await records.create(THINGS, thing(count=2), events=[TOLD])
    assert again.count == 1
    assert len(bus.sent) == 1


async def test_an_update_that_changes_nothing_writes_nothing(records: Records, bus: Bus) -> None:
    await records.create(THINGS, thing())
    before = await records.get(THINGS, "t")
    await records.update(THINGS, "t", lambda value: (value, [TOLD]))
    assert await records.get(THINGS, "t") == before
    assert bus.sent == []


async def test_an_update_that_raises_writes_nothing(records: Records, bus: Bus) -> None:
    await records.create(THINGS, thing())

    def refuse(value: Thing) -> tuple[Thing, Sequence[Event]]:
        raise Conflict("no")

    with pytest.raises(Conflict):
        await records.update(THINGS, "t", refuse)
    assert (await records.get(THINGS, "t")).value.revision == 1
    assert bus.sent == []


async def test_no_update_is_lost_in_a_race_and_each_is_told_once(records: Records, bus: Bus) -> None:
    await records.create(THINGS, thing())
    await asyncio.gather(*(records.update(THINGS, "t", counted()) for _ in range(MAX_RACES)))
    assert (await records.get(THINGS, "t")).value.count == MAX_RACES
    assert len({event.id for event in bus.sent}) == MAX_RACES


async def test_a_writer_who_loses_every_race_is_told_to_try_again(
    records: Records, store: SqliteStore
) -> None:
    await records.create(THINGS, thing())
    rival = Records(store, Outbox(store, Bus()), HandClock(START))

    class Rivalled(Records):
        async def commit(self, *changes: Any, **more: Any) -> None:
            await rival.update(THINGS, "t", counted(tell=False))
            await super().commit(*changes, **more)

    loser = Rivalled(store, Outbox(store, Bus()), HandClock(START))
    with pytest.raises(Unavailable, match="too many at once"):
        await loser.update(THINGS, "t", counted(100))
    assert (await records.get(THINGS, "t")).value.count == MAX_RACES


async def test_several_records_of_one_partition_change_together_or_not_at_all(
    records: Records, bus: Bus
) -> None:
    await records.create(THINGS, thing("t"))
    first = await records.get(THINGS, "t")
    await records.commit(
        first.becomes(thing("t", count=1, revision=1)), Stored(THINGS, thing("t-2")), events=[TOLD]
    )
    told = len(bus.sent)
    with pytest.raises(PreconditionFailed):
        await records.commit(Stored(THINGS, thing("t-3")), first.becomes(thing("t", count=9)), events=[TOLD])
    assert await records.find(THINGS, "t-3") is None
    assert (await records.get(THINGS, "t")).value.count == 1
    assert len(bus.sent) == told


async def test_a_message_is_handled_once(records: Records, bus: Bus) -> None:
    await records.create(THINGS, thing())
    assert not await records.handled(THINGS, "t", "m1")
    await records.update(THINGS, "t", counted(), inbox="m1")
    assert await records.handled(THINGS, "t", "m1")
    again = await records.update(THINGS, "t", counted(), inbox="m1")
    assert again.count == (await records.get(THINGS, "t")).value.count == 1
    assert len(bus.sent) == 1


# --- the outbox -----------------------------------------------------------------------------------


async def test_events_are_cloud_events_about_their_record_in_the_order_of_change(
    records: Records, bus: Bus
) -> None:
    await records.create(THINGS, thing(), events=[TOLD, TOLD])
    await records.update(THINGS, "t", counted())
    assert [event.id for event in bus.sent] == ["t:1:0", "t:1:1", "t:2:0"]
    assert {(event.type, event.subject, event.specversion) for event in bus.sent} == {
        ("uso.order.placed", "t", "1.0")
    }
    sequences = [event.sequence for event in bus.sent]
    assert sequences == sorted(set(sequences))


async def test_an_event_that_no_bus_takes_is_refused_with_all_that_it_announces(
    records: Records, outbox: Outbox, bus: Bus
) -> None:
    """Were it stored, it would stand in the way of every event after it for ever."""
    await records.create(THINGS, thing(), events=[TOLD])
    big = Event(type=TOLD.type, data={"text": "ü" * (MAX_EVENT_BYTES // 2)})
    with pytest.raises(TooLarge):
        await records.update(THINGS, "t", lambda value: (value.model_copy(update={"count": 9}), [big]))
    assert (await records.get(THINGS, "t")).value.count == 0
    await records.update(THINGS, "t", counted())
    assert await outbox.relay_all() == 0
    assert [event.id for event in bus.sent] == ["t:1:0", "t:2:0"]


async def test_what_could_not_be_sent_is_sent_later_in_order(
    records: Records, outbox: Outbox, bus: Bus
) -> None:
    bus.down = True
    await records.create(THINGS, thing(), events=[TOLD])
    for _ in range(5):
        await records.update(THINGS, "t", counted())
    assert bus.sent == []
    assert (await records.get(THINGS, "t")).value.count == 5, "a bus that is down stops nothing else"
    with pytest.raises(Unavailable):
        await outbox.relay_all()
    bus.down = False
    await outbox.relay_all()
    assert [event.id for event in bus.sent] == [f"t:{n}:0" for n in range(1, 7)]
    assert await outbox.relay_all() == 0, "nothing is sent again without need"


async def test_an_answer_that_is_lost_in_the_middle_repeats_events_and_skips_none(
    records: Records, outbox: Outbox, bus: Bus
) -> None:
    bus.down = True
    for n in range(6):
        await records.create(THINGS, thing(f"t{n}"), events=[TOLD])
    bus.down, bus.fail_at = False, {9, 13}
    for _ in range(4):
        with contextlib.suppress(Unavailable):
            await outbox.relay(CONTAINER)
    ids = [event.id for event in bus.sent]
    assert list(dict.fromkeys(ids)) == [f"t{n}:1:0" for n in range(6)]


async def test_two_relays_of_one_process_do_not_send_twice(
    records: Records, outbox: Outbox, bus: Bus
) -> None:
    bus.down = True
    for n in range(10):
        await records.create(THINGS, thing(f"t{n}"), events=[TOLD])
    bus.down = False
    await asyncio.gather(*(outbox.relay(CONTAINER) for _ in range(5)))
    assert len(bus.sent) == len({event.id for event in bus.sent}) == 10


async def test_a_process_that_starts_goes_on_where_the_last_one_stopped(
    records: Records, store: SqliteStore, bus: Bus
) -> None:
    await records.create(THINGS, thing(), events=[TOLD])
    later = Bus()
    assert await Outbox(store, later).relay_all() == 0
    await records.update(THINGS, "t", counted())
    assert await Outbox(store, later).relay_all() == 0
    assert len(bus.sent) == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(lost=st.sets(st.integers(1, 40), max_size=8), changes=st.integers(1, 8))
async def test_every_event_arrives_and_the_first_arrivals_are_in_order(
    tmp_path_factory: pytest.TempPathFactory, lost: set[int], changes: int
) -> None:
    store = SqliteStore(tmp_path_factory.mktemp("outbox") / "store.sqlite", HandClock(START))
    bus = Bus()
    bus.fail_at = lost
    outbox = Outbox(store, bus)
    records = Records(store, outbox, HandClock(START))
    await records.create(THINGS, thing(), events=[TOLD])
    for _ in range(changes):
        await records.update(THINGS, "t", counted())
    for _ in range(len(lost) + 1):
        with contextlib.suppress(Unavailable):
            await outbox.relay(CONTAINER)
    firsts = list(dict.fromkeys(event.id for event in bus.sent))
    assert firsts == [f"t:{n}:0" for n in range(1, changes + 2)]
    await store.close()


# --- wake-ups -------------------------------------------------------------------------------------


@pytest.fixture
def wakeups(store: SqliteStore, clock: HandClock) -> Wakeups:
    return Wakeups(store, clock)


async def pending(wakeups: Wakeups, **older_than: float) -> list[str]:
    return [wakeup.id async for wakeup in wakeups.overdue(older_than=timedelta(**older_than))]


async def test_a_wake_up_is_overdue_after_its_time_and_until_it_is_heard(
    wakeups: Wakeups, clock: HandClock
) -> None:
    await wakeups.remember("plan", "reply-1")
    assert await pending(wakeups, minutes=2) == []
    clock.instant += timedelta(minutes=2)
    assert await pending(wakeups, minutes=2) == ["plan:reply-1"]
    await wakeups.forget("plan", "reply-1")
    await wakeups.forget("plan", "reply-1")
    assert await pending(wakeups) == []


async def test_the_same_event_for_the_same_plan_is_one_wake_up(wakeups: Wakeups) -> None:
    for event in ("reply-1", "reply-1", "reply-2"):
        await wakeups.remember("plan", event)
    await wakeups.remember("other", "reply-1")
    assert sorted(await pending(wakeups)) == ["other:reply-1", "plan:reply-1", "plan:reply-2"]


async def test_a_fraction_of_a_second_does_not_hide_a_wake_up(wakeups: Wakeups, clock: HandClock) -> None:
    for microsecond in (0, 1, 500_000):
        clock.instant = START.replace(microsecond=microsecond)
        await wakeups.remember("plan", f"e{microsecond}")
    clock.instant = START + timedelta(minutes=3)
    assert len(await pending(wakeups, minutes=2)) == 3
    clock.instant = START + timedelta(minutes=2)
    assert await pending(wakeups, minutes=2) == ["plan:e0"]


async def test_what_was_heard_before_wakes_nobody_again(wakeups: Wakeups) -> None:
    assert await wakeups.remember("plan", "reply-1") is not None
    assert await wakeups.remember("plan", "reply-1") is not None, "not heard yet: raise it again"
    await wakeups.forget("plan", "reply-1")
    assert await wakeups.remember("plan", "reply-1") is None
    assert await wakeups.remember("plan", "reply-2") is not None
    assert await pending(wakeups) == ["plan:reply-2"]


async def test_nobody_is_woken_for_ever(wakeups: Wakeups, clock: HandClock) -> None:
    await wakeups.remember("plan", "reply-1")
    clock.instant += KEEP
    assert await pending(wakeups) == []


# --- partners' secrets ----------------------------------------------------------------------------


async def test_a_secret_stays_valid_for_one_rotation(store: SqliteStore) -> None:
    secrets = PartnerSecrets(store)
    assert await secrets.of("florist") == []
    first = await secrets.rotate("florist")
    second = await secrets.rotate("florist")
    assert await secrets.of("florist") == [second, first]
    third = await secrets.rotate("florist")
    assert await secrets.of("florist") == [third, second]
    assert await secrets.of("baker") == []
    assert len({first, second, third}) == 3


# --- the inbox of the operations engine ------------------------------------------------------------


async def test_deliveries_whose_ids_differ_only_in_their_ends_are_two_events(
    store: SqliteStore, outbox: Outbox, bus: Bus, clock: HandClock
) -> None:
    """A mail's Message-ID may have hundreds of characters; a MessageId has 128."""
    inbox = NewsInbox(store, outbox, clock)
    for end in ("a", "b"):
        assert await inbox.receive("mail", f"{'m' * 300}{end}", TOLD, subject="t")
    assert not await inbox.receive("mail", f"{'m' * 300}b", TOLD, subject="t")
    first, second = (event.id for event in bus.sent)
    assert first != second
    assert max(len(first), len(second)) <= 128
