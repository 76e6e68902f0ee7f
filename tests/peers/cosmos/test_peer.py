"""The Cosmos peer refuses what the service refuses: the adapter's tests prove nothing otherwise."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError

from shared.adapters.cosmos_store.connection import Connections
from shared.adapters.cosmos_store.containers import Container
from shared.adapters.cosmos_store.ensure import ensure
from tests.peers.cosmos.peer import CosmosPeer, SharedClock

pytestmark = pytest.mark.wire
Call = Callable[[Any], Awaitable[Any]]


@pytest.fixture
async def container(cosmos_peer: CosmosPeer, cosmos_clock: SharedClock) -> AsyncIterator[Any]:
    """The SDK's own client of a container, without our adapter."""
    settings = cosmos_peer.settings(cosmos_clock)
    await ensure(settings, [Container("c", orders=["n"], conditions=["n"])])
    connections = Connections(settings)
    yield await connections.container("c")
    await connections.close()


def item(id: str, partition: str = "p", **more: Any) -> dict[str, Any]:
    return {"id": id, "partition": partition, "key": id, "place": 0, "body": {"n": 1}, **more}


async def batch(container: Any, *operations: tuple[Any, ...], partition: str = "p") -> Any:
    return await container.execute_item_batch(list(operations), partition)


def create(id: str, **more: Any) -> tuple[Any, ...]:
    return ("create", (item(id, **more),))


async def rows(container: Any, query: str, **more: Any) -> list[Any]:
    return [row async for row in container.query_items(query, **more)]


async def refused(call: Awaitable[Any]) -> int | None:
    with pytest.raises(HttpResponseError) as error:
        await call
    return error.value.status_code


@pytest.mark.parametrize("id", ["a/b", "a\\b", "a?", "#", "", "x" * 1024])
async def test_ids_that_the_service_forbids(container: Any, id: str) -> None:
    assert await refused(batch(container, create(id))) == 400


async def test_a_document_in_another_partition_than_its_request(container: Any) -> None:
    assert await refused(batch(container, create("x", partition="q"))) == 400


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_batches_and_documents_that_are_too_large(container: Any) -> None:
    assert await refused(batch(container, *(create(str(n)) for n in range(101)))) == 400
    assert await refused(batch(container, create("x", text="x" * 2_100_000))) == 413
    assert await refused(batch(container, *(create(str(n), text="x" * 900_000) for n in range(3)))) == 413


async def test_a_batch_that_fails_names_what_failed_and_leaves_nothing(container: Any) -> None:
    await batch(container, create("x"))
    with pytest.raises(HttpResponseError) as error:
        await batch(container, create("y"), create("x"), create("z"))
    answers = error.value.operation_responses  # type: ignore[attr-defined]
    assert [answer["statusCode"] for answer in answers] == [424, 409, 424]
    found = await rows(container, "SELECT * FROM c ORDER BY c.key", partition_key="p")
    assert [row["id"] for row in found] == ["x"]


async def test_a_query_of_one_partition_finds_nothing_of_another(container: Any) -> None:
    await batch(container, create("x"))
    await batch(container, create("y", partition="q"), partition="q")
    found = await rows(container, "SELECT * FROM c ORDER BY c.key", partition_key="q")
    assert [row["id"] for row in found] == ["y"]


async def test_a_query_of_all_partitions(container: Any) -> None:
    assert await refused(rows(container, "SELECT * FROM c")) == 400


@pytest.mark.parametrize(
    "order",
    ['c["body"]["n"] DESC, c.key ASC', 'c["body"]["m"], c.key', 'c["body"]["m"]', 'c.key, c["body"]["n"]'],
)
async def test_an_order_that_no_index_serves(container: Any, order: str) -> None:
    query = f"SELECT * FROM c ORDER BY {order}"
    assert await refused(rows(container, query, partition_key="p")) == 400


@pytest.mark.parametrize(
    "order", ['c["body"]["n"] ASC, c.key ASC', 'c["body"]["n"] DESC, c.key DESC', "c.key"]
)
async def test_an_order_that_an_index_serves_is_served(container: Any, order: str) -> None:
    await batch(container, create("x"))
    query = f"SELECT * FROM c ORDER BY {order}"
    assert len(await rows(container, query, partition_key="p")) == 1


async def test_a_document_expires_by_the_clock_of_its_database(
    container: Any, cosmos_clock: SharedClock
) -> None:
    await batch(container, create("x", ttl=10))
    cosmos_clock.pass_(seconds=9)
    assert await container.read_item("x", "p")
    cosmos_clock.pass_(seconds=1)
    assert await refused(container.read_item("x", "p")) == 404
    assert await refused(batch(container, create("y", ttl=0))) == 400


async def test_documents_of_a_transaction_share_their_number_and_come_in_no_order(container: Any) -> None:
    await batch(container, create("a"), create("b"), create("c"))
    found = [each async for each in container.query_items_change_feed(start_time="Beginning")]
    assert [each["id"] for each in found] == ["c", "b", "a"]
    assert len({each["_lsn"] for each in found}) == 1


async def test_an_answer_tells_no_charge_that_nobody_has_measured(container: Any) -> None:
    told: list[Any] = []
    await batch(container, create("x"))
    await container.read_item("x", "p", response_hook=lambda headers, _: told.append(headers))
    assert "x-ms-request-charge" not in told[0]
