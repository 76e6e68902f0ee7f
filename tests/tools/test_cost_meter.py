import asyncio
from collections import Counter
from pathlib import Path

from shared.adapters.clocks import SystemClock
from shared.adapters.sqlite_store import SqliteStore
from shared.ports.store import Create, Delete, Query, Upsert
from tools.cost.meter import watch_store


async def test_the_store_is_counted_by_calls_documents_and_begun_kilobytes(tmp_path: Path) -> None:
    store, seen = SqliteStore(tmp_path / "store.sqlite", SystemClock()), Counter[str]()
    watch_store(store, seen)
    await store.batch("orders", "p", [Create("small", {}), Upsert("large", {"text": "x" * 2000})])
    await store.read("orders", "p", "large")
    await store.read("orders", "p", "nobody")
    await store.query("orders", "p", Query())
    await store.changes("orders")
    await store.batch("orders", "p", [Delete("small")])
    await store.close()
    wrote = {"batches": 2, "creates": 1, "create_kb": 1, "replaces": 1, "replace_kb": 3, "deletes": 1}
    read = {"reads": 2, "read_kb": 4, "queries": 1, "query_documents": 2, "query_kb": 4}
    assert seen == wrote | read | {"feed_looks": 1, "feed_documents": 2, "feed_kb": 4}


async def test_a_call_that_fails_is_paid_for_as_well(tmp_path: Path) -> None:
    store, seen = SqliteStore(tmp_path / "store.sqlite", SystemClock()), Counter[str]()
    watch_store(store, seen)
    (failed,) = await asyncio.gather(store.batch("orders", "p", [Delete("nobody")]), return_exceptions=True)
    await store.close()
    assert isinstance(failed, Exception)
    assert seen == {"batches": 1, "deletes": 1}


async def test_what_an_embedded_adapter_keeps_is_not_counted(tmp_path: Path) -> None:
    store, seen = SqliteStore(tmp_path / "store.sqlite", SystemClock()), Counter[str]()
    watch_store(store, seen)
    await store.batch("payments", "p", [Create("books", {})])
    await store.read("simulator", "p", "desk")
    await store.close()
    assert not seen
