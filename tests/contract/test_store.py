"""The contract of the store port: one suite for every store, the embedded one and those of production.

A new store is added to STORES and must pass everything here unchanged.
"""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.adapters.cosmos_store.containers import Container
from shared.adapters.cosmos_store.ensure import ensure
from shared.adapters.cosmos_store.store import CosmosStore
from shared.adapters.sqlite_store import SqliteStore
from shared.errors import InvalidInput
from shared.ports.store import (
    MAX_BATCH,
    AlreadyExists,
    Change,
    Create,
    Delete,
    Missing,
    Operation,
    PreconditionFailed,
    Query,
    Replace,
    Store,
    Upsert,
    Where,
    every,
    follow,
)
from tests.clocks import HandClock
from tests.feeds import whole_feed

Opening = Callable[[], Store]
CONTAINERS = [
    Container("c", orders=["n", "-n", "t", "-t"], conditions=["n", "t", "yes", "maybe", "nowhere"]),
    Container("d"),
]


@pytest.fixture(params=["sqlite", pytest.param("cosmos", marks=pytest.mark.wire)])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def clock(kind: str, request: pytest.FixtureRequest) -> HandClock:
    return HandClock() if kind == "sqlite" else request.getfixturevalue("cosmos_clock")


@pytest.fixture
async def opening(kind: str, clock: HandClock, tmp_path: Path, request: pytest.FixtureRequest) -> Opening:
    """Opens one more client of the database of this test."""
    if kind == "sqlite":
        return lambda: SqliteStore(tmp_path / "store.sqlite", clock)
    settings = request.getfixturevalue("cosmos_peer").settings(clock)
    await ensure(settings, CONTAINERS)
    return lambda: CosmosStore(settings)


@pytest.fixture
async def two(opening: Opening) -> AsyncIterator[tuple[Store, Store]]:
    """Two clients of one database, as two processes have them."""
    opened = opening(), opening()
    yield opened
    for store in opened:
        await store.close()


@pytest.fixture
def store(two: tuple[Store, Store]) -> Store:
    return two[0]


async def put(store: Store, *operations: Operation, container: str = "c", partition: str = "p") -> None:
    await store.batch(container, partition, operations)


async def body(store: Store, id: str, *, partition: str = "p") -> dict[str, Any] | None:
    found = await store.read("c", partition, id)
    return None if found is None else dict(found.body)


async def ids(store: Store, query: Query, partition: str = "p") -> list[str]:
    return [document.id async for document in every(store, "c", partition, query)]


async def changes(store: Store) -> list[Change]:
    return await whole_feed(store, "c")


# --- one document ---------------------------------------------------------------------------------


async def test_what_was_never_written_is_not_there(store: Store) -> None:
    assert await store.read("c", "p", "x") is None
    assert (await store.query("c", "p", Query())).documents == []
    assert await changes(store) == []


async def test_a_document_comes_back_as_it_was_written(store: Store) -> None:
    written = {
        "text": "a",
        "n": 1,
        "f": 1.5,
        "yes": True,
        "none": None,
        "list": [1, [2]],
        "map": {"k": {"l": []}},
    }
    await put(store, Create("x", written))
    found = await store.read("c", "p", "x")
    assert found is not None
    assert (found.id, found.partition, dict(found.body)) == ("x", "p", written)
    assert found.etag


async def test_id_partition_and_container_together_are_the_key(store: Store) -> None:
    await store.batch("c", "p", [Create("x", {"at": "c/p"})])
    await store.batch("c", "q", [Create("x", {"at": "c/q"})])
    await store.batch("d", "p", [Create("x", {"at": "d/p"})])
    assert await body(store, "x") == {"at": "c/p"}
    assert await body(store, "x", partition="q") == {"at": "c/q"}
    await store.batch("c", "p", [Delete("x")])
    assert await body(store, "x", partition="q") == {"at": "c/q"}


async def test_create_refuses_what_exists(store: Store) -> None:
    await put(store, Create("x", {"n": 1}))
    with pytest.raises(AlreadyExists):
        await put(store, Create("x", {"n": 2}))
    assert await body(store, "x") == {"n": 1}


async def test_upsert_writes_either_way_and_whole(store: Store) -> None:
    await put(store, Upsert("x", {"a": 1}))
    await put(store, Upsert("x", {"b": 2}))
    assert await body(store, "x") == {"b": 2}


async def test_replace_and_delete_need_something_there(store: Store) -> None:
    for operation in (
        Replace("x", {}),
        Delete("x"),
        Replace("x", {}, if_match="1"),
        Delete("x", if_match="1"),
    ):
        with pytest.raises(Missing):
            await put(store, operation)
    await put(store, Create("x", {"n": 1}))
    await put(store, Replace("x", {"n": 2}))
    assert await body(store, "x") == {"n": 2}
    await put(store, Delete("x"))
    assert await body(store, "x") is None
    with pytest.raises(Missing):
        await put(store, Delete("x"))


async def test_every_write_changes_the_etag_and_reading_does_not(store: Store) -> None:
    seen = []
    for operation in (Create("x", {"n": 1}), Upsert("x", {"n": 1}), Replace("x", {"n": 1})):
        await put(store, operation)
        first, second = [await store.read("c", "p", "x") for _ in range(2)]
        assert first is not None
        assert first == second
        seen.append(first.etag)
    await put(store, Delete("x"))
    await put(store, Create("x", {"n": 1}))
    again = await store.read("c", "p", "x")
    assert again is not None
    assert len({*seen, again.etag}) == 4


async def test_an_old_etag_writes_nothing(store: Store) -> None:
    await put(store, Create("x", {"n": 1}))
    old = await store.read("c", "p", "x")
    assert old is not None
    await put(store, Replace("x", {"n": 2}, if_match=old.etag))
    for operation in (Replace("x", {"n": 3}, if_match=old.etag), Delete("x", if_match=old.etag)):
        with pytest.raises(PreconditionFailed):
            await put(store, operation)
    assert await body(store, "x") == {"n": 2}
    new = await store.read("c", "p", "x")
    assert new is not None
    await put(store, Delete("x", if_match=new.etag))
    assert await body(store, "x") is None


@pytest.mark.parametrize(
    "text",
    ["", "ünïcödé", "漢字", "🌷🌷", "a\nb\tc", "'; DROP TABLE documents; --", "\\u0041 \\", "‮rtl", "é"],
)
async def test_text_of_any_script_survives_in_values_and_can_be_looked_for(store: Store, text: str) -> None:
    await put(store, Create("x", {"t": text, text or "k": 1}), Create("y", {"t": f"{text}."}))
    assert await body(store, "x") == {"t": text, text or "k": 1}
    assert await ids(store, Query([Where("t", "==", text)])) == ["x"]


@pytest.mark.parametrize("key", ["ünïcödé", "漢字", "a b", "a:b|c@d.e", "🌷", "A", "a'b", "x" * 200])
async def test_keys_of_any_script_are_told_apart(store: Store, key: str) -> None:
    await put(store, Create(key, {"n": 1}), partition=key)
    await put(store, Create("a", {"n": 2}), partition=key)
    found = await store.read("c", key, key)
    assert found is not None
    assert (found.id, found.partition) == (key, key)


async def test_a_large_document_is_stored_whole(store: Store) -> None:
    large = {"text": "x" * 900_000, "list": list(range(10_000))}
    await put(store, Create("x", large))
    assert await body(store, "x") == large


async def test_what_is_not_json_is_refused_and_nothing_written(store: Store) -> None:
    for wrong in ({"n": float("nan")}, {"n": float("inf")}, {"n": object()}):
        with pytest.raises((TypeError, ValueError)):
            await put(store, Create("ok", {}), Create("x", wrong))
    assert await body(store, "ok") is None
    await put(store, Create("ok", {}))


# --- batches --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "error"),
    [
        (Create("old", {"n": 9}), AlreadyExists),
        (Replace("none", {"n": 9}), Missing),
        (Delete("none"), Missing),
        (Replace("old", {"n": 9}, if_match="no such etag"), PreconditionFailed),
        (Delete("old", if_match="no such etag"), PreconditionFailed),
    ],
)
async def test_a_batch_that_fails_at_its_end_has_written_nothing(
    store: Store, last: Operation, error: type[Exception]
) -> None:
    await put(store, Create("old", {"n": 1}), Create("gone", {"n": 2}))
    before = [(d.id, d.etag) for d in await changes(store)]
    with pytest.raises(error):
        await put(store, Create("new", {}), Upsert("gone", {"n": 3}), Delete("gone"), last)
    assert [(d.id, d.etag) for d in await changes(store)] == before
    assert await body(store, "old") == {"n": 1}
    assert await body(store, "gone") == {"n": 2}
    assert await body(store, "new") is None


async def test_the_first_operation_that_fails_names_the_error(store: Store) -> None:
    await put(store, Create("x", {}))
    with pytest.raises(AlreadyExists):
        await put(store, Create("x", {}), Delete("none"))
    with pytest.raises(Missing):
        await put(store, Delete("none"), Create("x", {}))


async def test_operations_of_a_batch_see_the_ones_before(store: Store) -> None:
    await put(store, Create("x", {"n": 1}), Replace("x", {"n": 2}), Create("y", {}), Delete("y"))
    assert await body(store, "x") == {"n": 2}
    assert await body(store, "y") is None


async def test_a_batch_holds_as_much_as_the_limit_and_no_more(store: Store) -> None:
    await put(store, *(Create(f"{n:03}", {}) for n in range(MAX_BATCH)))
    assert len(await ids(store, Query())) == MAX_BATCH
    with pytest.raises(InvalidInput):
        await put(store, *(Create(f"more-{n}", {}) for n in range(MAX_BATCH + 1)))
    assert len(await ids(store, Query())) == MAX_BATCH


@pytest.mark.parametrize("made_up", ["0", "x", "[]", "[1]", '["a", 2]', '[[], "a"]', "null", "{}"])
async def test_a_continuation_that_nobody_gave_is_refused(store: Store, made_up: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await store.query("c", "p", Query(order_by="n", continuation=made_up))
    assert refused.value.field == "continuation"


# --- time to live ---------------------------------------------------------------------------------


async def test_a_document_lives_as_long_as_its_ttl(store: Store, clock: HandClock) -> None:
    await put(store, Create("x", {"n": 1}, ttl=60), Create("y", {"n": 1}))
    clock.pass_(seconds=59)
    assert await body(store, "x") == {"n": 1}
    clock.pass_(seconds=1)
    assert await body(store, "x") is None
    assert await ids(store, Query()) == ["y"]
    assert await ids(store, Query([Where("n", "==", 1)], order_by="n")) == ["y"]
    assert [d.id for d in await changes(store)] == ["y"]


async def test_what_has_expired_is_gone_for_every_operation(store: Store, clock: HandClock) -> None:
    await put(store, *(Create(id, {}, ttl=10) for id in ("a", "b", "c")))
    clock.pass_(seconds=11)
    with pytest.raises(Missing):
        await put(store, Replace("a", {}))
    with pytest.raises(Missing):
        await put(store, Delete("b"))
    await put(store, Create("c", {"n": 2}))
    assert await body(store, "c") == {"n": 2}
    clock.pass_(days=400)
    assert await body(store, "c") == {"n": 2}


async def test_a_write_sets_the_ttl_anew(store: Store, clock: HandClock) -> None:
    await put(store, Create("x", {}, ttl=10), Create("y", {}, ttl=10), Create("z", {}))
    clock.pass_(seconds=5)
    await put(store, Upsert("x", {}, ttl=10), Replace("y", {}), Replace("z", {}, ttl=10))
    clock.pass_(seconds=6)
    assert await ids(store, Query()) == ["x", "y", "z"]
    clock.pass_(seconds=5)
    assert await ids(store, Query()) == ["y"]


# --- queries --------------------------------------------------------------------------------------


async def filled(store: Store) -> None:
    await put(
        store,
        Create("a", {"n": 1, "t": "apple", "yes": True, "maybe": None}),
        Create("b", {"n": 2, "t": "berry", "yes": False, "maybe": "x"}),
        Create("c", {"n": 3, "t": "cherry", "yes": True}),
        Create("d", {"n": 2.5, "t": "Date", "yes": False, "maybe": 0}),
    )
    await put(store, Create("other", {"n": 2, "t": "berry"}), partition="q")


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (Where("n", "==", 2), "b"),
        (Where("n", "!=", 2), "acd"),
        (Where("n", "<", 2), "a"),
        (Where("n", "<=", 2), "ab"),
        (Where("n", ">", 2), "cd"),
        (Where("n", ">=", 2.5), "cd"),
        (Where("n", "==", 2.5), "d"),
        (Where("t", "==", "berry"), "b"),
        (Where("t", "<", "berry"), "ad"),
        (Where("t", ">=", "berry"), "bc"),
        (Where("yes", "==", True), "ac"),
        (Where("yes", "==", False), "bd"),
        (Where("yes", "!=", True), "bd"),
        (Where("maybe", "==", None), "ac"),
        (Where("maybe", "!=", None), "bd"),
        (Where("nowhere", "==", None), "abcd"),
        (Where("nowhere", "!=", None), ""),
        (Where("nowhere", "==", 1), ""),
        (Where("nowhere", "!=", 1), ""),
        (Where("maybe", "!=", "x"), "d"),
    ],
)
async def test_a_condition_selects(store: Store, where: Where, expected: str) -> None:
    await filled(store)
    assert await ids(store, Query([where])) == list(expected)


async def test_all_conditions_of_a_query_must_hold(store: Store) -> None:
    await filled(store)
    assert await ids(store, Query([Where("n", ">", 1), Where("yes", "==", True)])) == ["c"]
    assert await ids(store, Query([Where("n", ">=", 2), Where("n", "<", 3)])) == ["b", "d"]


@pytest.mark.parametrize("name", ["", "a.b", "a b", "a'", "$", "n') OR 1=1 --", "é"])
async def test_a_field_name_that_is_none_is_refused(store: Store, name: str) -> None:
    with pytest.raises(InvalidInput):
        await store.query("c", "p", Query([Where(name, "==", 1)]))
    if name:
        with pytest.raises(InvalidInput):
            await store.query("c", "p", Query(order_by=name))


async def test_without_an_order_documents_come_by_id(store: Store) -> None:
    await put(store, *(Create(id, {}) for id in ("b", "a", "B", "10", "9", "é")))
    assert await ids(store, Query()) == ["10", "9", "B", "a", "b", "é"]
    assert await ids(store, Query(limit=1)) == ["10", "9", "B", "a", "b", "é"]


async def test_an_order_leaves_out_what_has_not_the_field(store: Store) -> None:
    await put(store, Create("a", {"n": 1}), Create("b", {}), Create("c", {"n": None}), Create("d", {"n": 0}))
    assert await ids(store, Query(order_by="n")) == ["d", "a"]
    assert await ids(store, Query(order_by="-n")) == ["a", "d"]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("order_by", ["n", "-n", "t", "-t", None])
async def test_pages_hold_every_document_once_and_in_order_though_many_tie(
    store: Store, order_by: str | None, limit: int
) -> None:
    bodies = {f"{n:02}": {"n": n % 3, "t": "xyz"[n % 2]} for n in range(20)}
    await put(store, *(Create(id, body) for id, body in reversed(bodies.items())))
    found = await ids(store, Query(order_by=order_by, limit=limit))
    assert len(found) == len(set(found)) == 20
    if order_by is not None:
        field_, sign = order_by.removeprefix("-"), -1 if order_by.startswith("-") else 1
        keys = [bodies[id][field_] for id in found]
        assert keys == sorted(keys, reverse=sign < 0)


async def test_the_last_page_says_so(store: Store) -> None:
    await put(store, *(Create(str(n), {"n": n}) for n in range(4)))
    first = await store.query("c", "p", Query(order_by="n", limit=2))
    assert first.continuation is not None
    second = await store.query("c", "p", Query(order_by="n", limit=2, continuation=first.continuation))
    assert [d.id for d in second.documents] == ["2", "3"]
    assert second.continuation is None
    assert (await store.query("c", "p", Query(limit=4))).continuation is None


@pytest.mark.parametrize("order_by", ["n", "-n", None])
async def test_pages_stay_whole_while_others_write(two: tuple[Store, Store], order_by: str | None) -> None:
    """What was there all the time is seen exactly once, whatever is written and deleted between pages."""
    store, other = two
    await put(store, *(Create(f"k{n:02}", {"n": n // 2}) for n in range(0, 20, 2)))
    found, continuation, step = [], None, 0
    while True:
        page = await store.query("c", "p", Query(order_by=order_by, limit=2, continuation=continuation))
        found += [document.id for document in page.documents]
        if (continuation := page.continuation) is None:
            break
        await put(other, Create(f"k{step * 4 + 1:02}", {"n": step}), Upsert("z", {"n": 99 - step}))
        if page.documents[-1].id.startswith("k") and step == 1:
            await put(other, Delete(page.documents[-1].id))
        step += 1
    stayed = [f"k{n:02}" for n in range(0, 20, 2)]
    assert [found.count(id) for id in stayed] == [1] * len(stayed)


_examples = itertools.count()
_VALUES = st.one_of(st.integers(-3, 3), st.sampled_from([-1.5, 0.5, 2.0]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(
    rows=st.dictionaries(st.text("abcdé", min_size=1, max_size=3), st.none() | _VALUES, max_size=12),
    operator=st.sampled_from(["==", "!=", "<", "<=", ">", ">="]),
    value=_VALUES,
    descending=st.booleans(),
    limit=st.integers(1, 5),
)
async def test_queries_do_what_a_list_would(
    store: Store, rows: dict[str, Any], operator: Any, value: float, descending: bool, limit: int
) -> None:
    compare: dict[str, Callable[[Any], bool]] = {
        "==": lambda n: n == value,
        "!=": lambda n: n != value,
        "<": lambda n: n < value,
        "<=": lambda n: n <= value,
        ">": lambda n: n > value,
        ">=": lambda n: n >= value,
    }
    matching = [(n, id) for id, n in rows.items() if n is not None and compare[operator](n)]
    matching.sort(key=lambda pair: ((-pair[0] if descending else pair[0]), pair[1]))
    partition = f"example-{next(_examples)}"
    if rows:
        await put(store, *(Create(id, {"n": n}) for id, n in rows.items()), partition=partition)
    query = Query([Where("n", operator, value)], order_by="-n" if descending else "n", limit=limit)
    assert await ids(store, query, partition) == [id for _, id in matching]


# --- the change feed ------------------------------------------------------------------------------


async def test_the_feed_holds_the_latest_version_of_each_in_the_order_of_change(store: Store) -> None:
    for id in ("a", "b", "c"):
        await put(store, Create(id, {"n": 1}))
    await put(store, Upsert("a", {"n": 2}))
    changed = await changes(store)
    assert [(d.id, d.body["n"]) for d in changed] == [("b", 1), ("c", 1), ("a", 2)]
    versions = [d.version for d in changed]
    assert versions == sorted(set(versions))


async def test_the_feed_covers_every_partition_of_one_container(store: Store) -> None:
    await put(store, Create("x", {}), partition="p")
    await put(store, Create("x", {}), partition="q")
    await put(store, Create("x", {}), container="d")
    assert {(d.partition, d.id) for d in await changes(store)} == {("p", "x"), ("q", "x")}


async def test_deletions_do_not_appear_in_the_feed(store: Store) -> None:
    await put(store, Create("x", {}), Create("y", {}))
    await put(store, Delete("x"))
    assert [d.id for d in await changes(store)] == ["y"]


async def test_a_reader_that_goes_on_from_its_cursor_misses_nothing(store: Store) -> None:
    seen: dict[str, int] = {}
    cursor = None
    for turn in range(30):
        await put(store, Upsert(f"k{turn % 7}", {"turn": turn}))
        if turn % 5 == 2:
            with contextlib.suppress(Missing):
                await put(store, Delete(f"k{(turn + 3) % 7}"))
        if turn % 3 == 0:
            async for feed in follow(store, "c", cursor, limit=2):
                seen |= {d.id: d.body["turn"] for d in feed.documents}
                cursor = feed.cursor
    async for feed in follow(store, "c", cursor, limit=2):
        seen |= {d.id: d.body["turn"] for d in feed.documents}
    there = {d.id: d.body["turn"] for d in await changes(store)}
    assert {id: seen[id] for id in there} == there


async def test_a_change_appears_once_after_a_cursor_and_an_end_is_not_the_last(store: Store) -> None:
    await put(store, Create("x", {}))
    first = await store.changes("c")
    end = await store.changes("c", first.cursor)
    assert ([d.id for d in first.documents], list(end.documents)) == (["x"], [])
    await put(store, Create("y", {}))
    assert [d.id for d in (await store.changes("c", end.cursor)).documents] == ["y"]
    assert [d.id for d in (await store.changes("c", first.cursor)).documents] == ["y"]


async def test_the_feed_of_nothing_can_be_followed_on(store: Store) -> None:
    nothing = await store.changes("c")
    assert list(nothing.documents) == []
    await put(store, Create("x", {}))
    assert [d.id for d in (await store.changes("c", nothing.cursor)).documents] == ["x"]


async def test_a_page_of_the_feed_is_short_only_at_its_end(store: Store) -> None:
    for partition in "pqrst":
        await put(store, Create("x", {}), partition=partition)
    pages = [len(feed.documents) async for feed in follow(store, "c", None, limit=2)]
    assert all(page >= 2 for page in pages[:-1])
    assert sum(pages) == 5


@pytest.mark.parametrize("made_up", ["", "x", "-1", "1.5", "[]", "null", "9" * 40])
async def test_a_cursor_that_nobody_gave_is_refused(store: Store, made_up: str) -> None:
    await put(store, Create("x", {}))
    with pytest.raises(InvalidInput):
        await store.changes("c", made_up)


async def test_versions_only_grow_also_after_deletions(store: Store) -> None:
    """A reader would wait for ever for what is written below its cursor."""
    await put(store, Create("x", {}), Create("y", {}))
    before = await store.changes("c")
    await put(store, Delete("x"), Delete("y"))
    await put(store, Create("z", {}))
    (created,) = (await store.changes("c", before.cursor)).documents
    assert created.id == "z"
    assert created.version > before.documents[-1].version


async def test_a_failed_batch_leaves_no_trace_in_the_feed(store: Store) -> None:
    await put(store, Create("x", {}))
    newest = (await store.changes("c")).cursor
    with pytest.raises(AlreadyExists):
        await put(store, Create("y", {}), Create("x", {}))
    assert list((await store.changes("c", newest)).documents) == []
    await put(store, Create("y", {}))
    assert [d.id for d in (await store.changes("c", newest)).documents] == ["y"]


async def test_documents_of_one_batch_are_in_the_feed_in_the_order_of_the_batch(store: Store) -> None:
    await put(store, Create("b", {}), Create("a", {}), Create("c", {}))
    assert [d.id for d in await changes(store)] == ["b", "a", "c"]


# --- several clients ------------------------------------------------------------------------------


async def test_what_one_client_wrote_the_other_reads_at_once(two: tuple[Store, Store]) -> None:
    one, other = two
    await put(one, Create("x", {"n": 1}))
    assert await body(other, "x") == {"n": 1}
    await put(other, Replace("x", {"n": 2}))
    assert await body(one, "x") == {"n": 2}
    assert [d.body["n"] for d in await changes(one)] == [2]


async def test_of_many_creators_one_wins(two: tuple[Store, Store]) -> None:
    async def create(n: int) -> bool:
        try:
            await put(two[n % 2], Create("x", {"n": n}))
        except AlreadyExists:
            return False
        return True

    assert sum(await asyncio.gather(*(create(n) for n in range(20)))) == 1


async def test_no_update_is_lost_between_clients_that_check_etags(two: tuple[Store, Store]) -> None:
    await put(two[0], Create("x", {"n": 0}))

    async def count(store: Store) -> None:
        done = 0
        while done < 25:
            found = await store.read("c", "p", "x")
            assert found is not None
            await asyncio.sleep(0)
            with contextlib.suppress(PreconditionFailed):
                await put(store, Replace("x", {"n": found.body["n"] + 1}, if_match=found.etag))
                done += 1

    await asyncio.gather(*(count(two[n % 2]) for n in range(4)))
    assert await body(two[0], "x") == {"n": 100}


async def test_versions_of_two_clients_never_tie(two: tuple[Store, Store]) -> None:
    for n in range(20):
        await put(two[n % 2], Create(f"{n:02}", {}))
    versions = [d.version for d in await changes(two[0])]
    assert len(set(versions)) == 20
    assert [d.id for d in await changes(two[1])] == [f"{n:02}" for n in range(20)]


async def test_what_is_read_can_be_changed_without_changing_what_is_stored(store: Store) -> None:
    await put(store, Create("x", {"list": [1]}))
    found = await store.read("c", "p", "x")
    assert found is not None
    found.body["list"].append(2)
    assert json.dumps(await body(store, "x")) == '{"list": [1]}'
