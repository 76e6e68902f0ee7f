"""The adapter and the service's protocol: faults, races, limits. The contract is `tests/contract`'s."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from shared.adapters.cosmos_store.containers import Container
from shared.adapters.cosmos_store.ensure import ensure
from shared.adapters.cosmos_store.store import CosmosStore
from shared.bootstrap import bootstrap
from shared.errors import TooLarge, Unavailable, UsoError
from shared.ports.store import (
    AlreadyExists,
    Create,
    Delete,
    Document,
    PreconditionFailed,
    Query,
    Replace,
    Upsert,
    Where,
)
from shared.settings import Settings
from tests.feeds import whole_feed
from tests.peers.cosmos.peer import CosmosPeer

pytestmark = pytest.mark.wire

CONTAINERS = [Container("c", orders=["n", "-n"], conditions=["n"]), Container("health")]
LONG = timedelta(seconds=20)
SHORT = timedelta(seconds=1)
"""A budget that a test can wait for, and that a healthy call never needs."""


@pytest.fixture
async def settings(cosmos_peer: CosmosPeer) -> Settings:
    made = cosmos_peer.settings(cosmos_patience=LONG)
    await ensure(made, CONTAINERS)
    return made


@pytest.fixture
async def store(settings: Settings, cosmos_peer: CosmosPeer) -> AsyncIterator[CosmosStore]:
    async with opened(settings, cosmos_peer) as store:
        yield store


@pytest.fixture
async def hasty(settings: Settings, cosmos_peer: CosmosPeer) -> AsyncIterator[CosmosStore]:
    """A store with a short budget."""
    async with opened(settings.model_copy(update={"cosmos_patience": SHORT}), cosmos_peer) as store:
        yield store


@contextlib.asynccontextmanager
async def opened(settings: Settings, peer: CosmosPeer) -> AsyncIterator[CosmosStore]:
    store = CosmosStore(settings)
    assert await store.read("c", "p", "nothing") is None  # connected
    peer.forget()
    yield store
    await store.close()


async def there(store: CosmosStore, id: str = "x") -> Document:
    found = await store.read("c", "p", id)
    assert found is not None
    return found


# --- many at once ---------------------------------------------------------------------------------


async def test_twenty_writers_on_one_document_lose_nothing(store: CosmosStore) -> None:
    await store.batch("c", "p", [Create("x", {"n": 0})])

    async def write() -> int:
        lost = 0
        while True:
            found = await there(store)
            try:
                await store.batch("c", "p", [Replace("x", {"n": found.body["n"] + 1}, if_match=found.etag)])
            except PreconditionFailed:
                lost += 1
                continue
            return lost

    lost = await asyncio.gather(*(write() for _ in range(20)))
    assert (await there(store)).body == {"n": 20}
    assert sum(lost) > 0, "they never met"


async def test_readers_of_feeds_at_the_same_time_keep_their_own_places(store: CosmosStore) -> None:
    """The SDK keeps the last answer's headers in one place for all callers."""
    partitions = [f"p{n}" for n in range(8)]

    async def write(partition: str) -> None:
        for n in range(10):
            await store.batch("c", partition, [Create(str(n), {"n": n})])

    async def follow() -> list[tuple[str, str]]:
        seen, cursor = [], None
        while len(seen) < 80:
            feed = await store.changes("c", cursor, 3)
            seen += [(each.partition, each.id) for each in feed.documents]
            cursor = feed.cursor
            await store.read("c", "p0", "0")
        return seen

    *_, one, other = await asyncio.gather(*(write(each) for each in partitions), follow(), follow())
    everything = sorted((partition, str(n)) for partition in partitions for n in range(10))
    assert sorted(one) == sorted(other) == everything


async def test_a_cursor_of_another_container_stops_its_reader_and_says_why(store: CosmosStore) -> None:
    await store.batch("c", "p", [Create("x", {})])
    elsewhere = (await store.changes("c")).cursor
    with pytest.raises(Unavailable, match="restored"):
        await store.changes("health", elsewhere)


def test_two_event_loops_use_one_store(settings: Settings) -> None:
    store = CosmosStore(settings)

    async def once(id: str) -> Any:
        await store.batch("c", "p", [Upsert(id, {"n": 1})])
        found = await there(store, id)
        await store.close()
        return found.body

    assert [asyncio.run(once(id)) for id in "ab"] == [{"n": 1}] * 2


async def test_a_closed_store_opens_again(store: CosmosStore) -> None:
    await store.batch("c", "p", [Create("x", {})])
    await store.close()
    assert (await there(store)).id == "x"


# --- replicas that lag behind ---------------------------------------------------------------------


async def test_a_process_sees_what_it_has_written_whatever_replica_answers(
    store: CosmosStore, cosmos_peer: CosmosPeer
) -> None:
    cosmos_peer.lag()
    for n in range(3):
        await store.batch("c", "p", [Upsert("x", {"n": n})])
        assert (await there(store)).body == {"n": n}
        page = await store.query("c", "p", Query([Where("n", "==", n)]))
        assert [each.id for each in page.documents] == ["x"]
        assert [each.body for each in await whole_feed(store, "c")] == [{"n": n}]
    await store.batch("c", "p", [Delete("x")])
    assert await store.read("c", "p", "x") is None


async def test_who_was_too_late_reads_what_the_other_one_wrote(
    settings: Settings, store: CosmosStore, cosmos_peer: CosmosPeer
) -> None:
    async with opened(settings, cosmos_peer) as other:
        await store.batch("c", "p", [Create("x", {"n": 1})])
        old = await there(store)
        cosmos_peer.lag()
        await other.batch("c", "p", [Replace("x", {"n": 2}, if_match=old.etag)])
        assert (await there(store)).body == {"n": 1}, "the replica lags"
        with pytest.raises(PreconditionFailed):
            await store.batch("c", "p", [Replace("x", {"n": 3}, if_match=old.etag)])
        assert (await there(store)).body == {"n": 2}


async def test_a_replica_that_lags_behind_is_asked_again_not_believed(
    store: CosmosStore, hasty: CosmosStore, cosmos_peer: CosmosPeer
) -> None:
    await store.batch("c", "p", [Create("x", {"n": 1})])
    behind = {"kind": "read", "status": 404, "headers": {"x-ms-substatus": "1002"}}
    cosmos_peer.break_next({**behind, "times": 3})
    assert (await there(store)).body == {"n": 1}
    cosmos_peer.break_next({**behind, "times": 1000})
    with pytest.raises(Unavailable):
        await hasty.read("c", "p", "x")


# --- faults ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 449])
async def test_throttling_is_waited_out(store: CosmosStore, cosmos_peer: CosmosPeer, status: int) -> None:
    slow = {"status": status, "headers": {"x-ms-retry-after-ms": "20"}, "times": 3}
    for kind, call in (
        ("batch", lambda: store.batch("c", "p", [Create("x", {})])),
        ("read", lambda: store.read("c", "p", "x")),
        ("query", lambda: store.query("c", "p", Query())),
        ("feed", lambda: store.changes("c")),
    ):
        cosmos_peer.forget()
        cosmos_peer.break_next({"kind": kind, **slow})
        await call()  # type: ignore[no-untyped-call]
        assert cosmos_peer.requests()[kind] >= 4
    assert [each.id for each in await whole_feed(store, "c")] == ["x"]


async def test_throttling_without_end_is_unavailable_and_writes_nothing(
    hasty: CosmosStore, cosmos_peer: CosmosPeer
) -> None:
    cosmos_peer.break_next({"status": 429, "headers": {"x-ms-retry-after-ms": "100"}, "times": 1000})
    with pytest.raises(Unavailable):
        await hasty.batch("c", "p", [Create("x", {})])
    assert cosmos_peer.requests()["batch"] > 3
    cosmos_peer.forget()
    assert await hasty.read("c", "p", "x") is None


async def test_a_wait_beyond_the_budget_is_not_begun(store: CosmosStore, cosmos_peer: CosmosPeer) -> None:
    cosmos_peer.break_next({"status": 429, "headers": {"x-ms-retry-after-ms": "3600000"}, "times": 9})
    with pytest.raises(Unavailable):
        await store.read("c", "p", "x")
    assert cosmos_peer.requests()["read"] == 1


LOST = [
    {"drop": True, "after": True},
    {"cut": True},
    {"status": 503, "after": True},
    {"status": 408, "after": True},
    {"status": 500, "after": True},
    {"delay": 3000},
]


@pytest.mark.parametrize("fault", LOST, ids=str)
async def test_a_write_whose_answer_is_lost_is_sent_once_and_told_as_unavailable(
    hasty: CosmosStore, cosmos_peer: CosmosPeer, fault: dict[str, Any]
) -> None:
    """It happened here; sent again it would have met itself and been told as somebody else's."""
    cosmos_peer.break_next({"kind": "batch", "times": 9, **fault})
    with pytest.raises(Unavailable):
        await hasty.batch("c", "p", [Create("x", {"n": 1})])
    assert cosmos_peer.requests()["batch"] == 1
    cosmos_peer.forget()
    if "delay" not in fault:
        assert (await there(hasty)).body == {"n": 1}
    with contextlib.suppress(AlreadyExists):
        await hasty.batch("c", "p", [Create("x", {"n": 1})])
    assert [each.body for each in await whole_feed(hasty, "c")] == [{"n": 1}]


@pytest.mark.parametrize(
    "fault", [{"drop": True}, {"status": 503}, {"status": 408}, {"status": 500}], ids=str
)
async def test_a_write_that_failed_is_unavailable_and_leaves_nothing(
    hasty: CosmosStore, cosmos_peer: CosmosPeer, fault: dict[str, Any]
) -> None:
    cosmos_peer.break_next({"kind": "batch", "times": 9, **fault})
    with pytest.raises(Unavailable):
        await hasty.batch("c", "p", [Create("x", {}), Create("y", {})])
    assert cosmos_peer.requests()["batch"] == 1
    cosmos_peer.forget()
    assert await whole_feed(hasty, "c") == []


@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 503}, {"cut": True}], ids=str)
async def test_a_read_that_fails_once_is_repeated(
    store: CosmosStore, cosmos_peer: CosmosPeer, fault: dict[str, Any]
) -> None:
    await store.batch("c", "p", [Create("x", {"n": 1})])
    cosmos_peer.break_next({"kind": "read", **fault}, {"kind": "query", **fault}, {"kind": "feed", **fault})
    assert (await there(store)).body == {"n": 1}
    assert [each.id for each in (await store.query("c", "p", Query([Where("n", "==", 1)]))).documents] == [
        "x"
    ]
    assert [each.id for each in await whole_feed(store, "c")] == ["x"]


@pytest.mark.parametrize("fault", [*LOST, {"drop": True}, {"status": 503}, {"status": 500}], ids=str)
@pytest.mark.parametrize("kind", ["read", "query", "feed"])
async def test_a_read_that_goes_on_failing_is_unavailable_in_time(
    hasty: CosmosStore, cosmos_peer: CosmosPeer, kind: str, fault: dict[str, Any]
) -> None:
    await hasty.batch("c", "p", [Create("x", {})])
    cosmos_peer.break_next({"kind": kind, "times": 1000, **fault})
    calls = {
        "read": lambda: hasty.read("c", "p", "x"),
        "query": lambda: hasty.query("c", "p", Query()),
        "feed": lambda: hasty.changes("c"),
    }
    with pytest.raises(Unavailable):
        await asyncio.wait_for(calls[kind](), 10)


async def test_a_server_that_is_not_there_is_unavailable(settings: Settings) -> None:
    nowhere = settings.model_copy(update={"cosmos_endpoint": "http://127.0.0.1:9/", "cosmos_patience": SHORT})
    store = CosmosStore(nowhere)
    with pytest.raises(Unavailable):
        await store.batch("c", "p", [Create("x", {})])
    await store.close()


async def test_after_an_outage_the_store_works_again(hasty: CosmosStore, cosmos_peer: CosmosPeer) -> None:
    cosmos_peer.break_next({"kind": "any", "times": 1000, "drop": True})
    with pytest.raises(Unavailable):
        await hasty.read("c", "p", "x")
    cosmos_peer.forget()
    await hasty.batch("c", "p", [Create("x", {})])
    assert (await there(hasty)).id == "x"


async def test_no_error_and_no_log_shows_a_key_or_a_person(
    hasty: CosmosStore, cosmos_peer: CosmosPeer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    await hasty.read("c", "ann@a.example", "ann")
    cosmos_peer.break_next({"kind": "batch", "times": 9, "drop": True, "after": True})
    with pytest.raises(Unavailable) as failed:
        await hasty.batch("c", "ann@a.example", [Create("ann", {"secret": "personal"})])
    assert failed.value.__cause__ is None
    for secret in (cosmos_peer.key, "127.0.0.1", "personal", "ann"):
        assert secret not in str(failed.value)
    for secret in (cosmos_peer.key, "personal", "ann"):
        assert secret not in caplog.text


# --- what the service refuses ---------------------------------------------------------------------


async def test_a_wrong_key_is_unavailable(settings: Settings) -> None:
    store = CosmosStore(settings.model_copy(update={"cosmos_key": type(settings.cosmos_key)("d3Jvbmc=")}))  # type: ignore[misc]
    with pytest.raises(Unavailable, match="key or identity"):
        await store.read("c", "p", "x")
    await store.close()


async def test_a_missing_container_is_not_taken_for_a_missing_document(store: CosmosStore) -> None:
    for call in (
        store.read("not_deployed", "p", "x"),
        store.query("not_deployed", "p", Query()),
        store.changes("not_deployed"),
        store.batch("not_deployed", "p", [Create("x", {})]),
    ):
        with pytest.raises(Unavailable, match="not_deployed"):
            await call


async def test_an_order_without_its_index_is_a_fault_of_ours(store: CosmosStore) -> None:
    with pytest.raises(UsoError) as refused:
        await store.query("c", "p", Query(order_by="unheard_of"))
    assert refused.value.status == 500


async def test_what_is_too_large_is_refused_and_nothing_written(
    store: CosmosStore, cosmos_peer: CosmosPeer
) -> None:
    with pytest.raises(TooLarge):
        await store.batch("c", "p", [Create("ok", {}), Create("x", {"text": "x" * 3_000_000})])
    assert "batch" not in cosmos_peer.requests()
    assert await store.read("c", "p", "ok") is None


async def test_ids_that_cosmos_forbids_can_be_stored_changed_and_deleted(store: CosmosStore) -> None:
    for id in ("a/b", "a\\b", "what?", "#1", "a%2Fb", " ", "🌷", "x" * 3000):
        await store.batch("c", "p", [Create(id, {"n": 1})])
        found = await there(store, id)
        assert found.id == id
        await store.batch("c", "p", [Replace(id, {"n": 2}, if_match=found.etag)])
        await store.batch("c", "p", [Delete(id)])
        assert await store.read("c", "p", id) is None


async def test_a_query_gathers_what_the_service_hands_out_in_smaller_pages(store: CosmosStore) -> None:
    for start in (0, 100):
        await store.batch("c", "p", [Create(f"{start + n:03}", {"n": start + n}) for n in range(100)])
    page = await store.query("c", "p", Query(order_by="n", limit=150))
    assert [each.body["n"] for each in page.documents] == list(range(150))
    rest = await store.query("c", "p", Query(order_by="n", limit=150, continuation=page.continuation))
    assert [each.body["n"] for each in rest.documents] == list(range(150, 200))
    assert rest.continuation is None


# --- the app --------------------------------------------------------------------------------------


async def test_operations_are_counted_by_container_and_kind(store: CosmosStore) -> None:
    store.charges.requests.clear()
    await store.batch("c", "p", [Create("x", {})])
    with contextlib.suppress(AlreadyExists):
        await store.batch("c", "p", [Create("x", {})])
    await store.read("c", "p", "x")
    await store.read("c", "p", "nothing")
    await store.query("c", "p", Query())
    assert store.charges.requests == {("c", "batch"): 2, ("c", "read"): 2, ("c", "query"): 1}


async def test_the_app_is_ready_when_the_database_is(cosmos_peer: CosmosPeer, tmp_path: Any) -> None:
    deployed = cosmos_peer.settings(cosmos_patience=SHORT, data_dir=tmp_path)
    await ensure(deployed, CONTAINERS)
    app = bootstrap(deployed)
    assert isinstance(app.store, CosmosStore)
    assert await app.ready() == {"store": None}
    cosmos_peer.break_next({"times": 1000, "drop": True})
    assert await app.ready() == {"store": "Unavailable"}
    cosmos_peer.forget()
    assert await app.ready() == {"store": None}
    await app.close()


async def test_an_app_whose_database_was_not_deployed_is_not_ready(
    cosmos_peer: CosmosPeer, tmp_path: Any
) -> None:
    app = bootstrap(cosmos_peer.settings(data_dir=tmp_path))
    assert await app.ready() == {"store": "Unavailable"}
    await app.close()
