"""Cosmos DB looks through the vectors, and finds what the process itself would have found."""

import random
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from shared.adapters.cosmos_store.containers import CONTAINERS
from shared.adapters.cosmos_store.ensure import ensure
from shared.adapters.cosmos_store.store import CosmosStore
from shared.adapters.cosmos_store.vectors import CosmosVectors
from shared.domain.scout.vectors import quantised
from shared.errors import Unavailable, UsoError
from shared.ports.store import Upsert
from shared.ports.vectors import VECTOR, VECTORS
from shared.services.meaning import StoredVectors
from shared.settings import Settings
from tests.peers.cosmos.peer import CosmosPeer

pytestmark = pytest.mark.wire
MODEL = "senses@64"
SWITCHED_ON = {
    "openai_key": "sk-any",
    "embedding_model": "senses",
    "embedding_dimensions": 64,
    "cosmos_vectors": True,
}


@pytest.fixture
async def settings(cosmos_peer: CosmosPeer) -> Settings:
    """A database whose vectors are searched; nothing goes wrong with it yet."""
    settings = cosmos_peer.settings(**SWITCHED_ON)
    await ensure(settings, [CONTAINERS[VECTORS]])
    return settings


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[CosmosStore]:
    store = CosmosStore(settings)
    yield store
    await store.close()


def drawn(seed: int) -> list[int]:
    draw = random.Random(seed)
    return quantised([draw.gauss(0, 1) for _ in range(64)])


async def fill(store: CosmosStore, count: int, model: str = MODEL) -> None:
    writes = [Upsert(f"p:{number:03}", {VECTOR: drawn(number), "text": "x"}) for number in range(count)]
    for start in range(0, count, 50):
        await store.batch(VECTORS, model, writes[start : start + 50])


async def test_it_finds_the_same_as_the_process_itself_in_the_same_order(store: CosmosStore) -> None:
    await fill(store, 120)
    await store.batch(VECTORS, MODEL, [Upsert("progress", {"cursor": "x", "turn": 1}), Upsert("p:007", {})])
    for seed in (3, 999):
        there = await CosmosVectors(store, MODEL).nearest(drawn(seed), limit=30)
        here = await StoredVectors(store, MODEL).nearest(drawn(seed), limit=30)
        assert [near.key for near in there] == [near.key for near in here]
        assert [near.cosine for near in there] == pytest.approx([near.cosine for near in here])
        assert len(there) == 30
        assert not {"progress", "p:007"} & {near.key for near in there}


async def test_vectors_of_another_model_are_never_compared(store: CosmosStore) -> None:
    await fill(store, 3, model="other@64")
    assert await CosmosVectors(store, MODEL).nearest(drawn(1), limit=5) == []


async def test_a_search_is_one_query_and_no_feed_is_read(store: CosmosStore, cosmos_peer: CosmosPeer) -> None:
    await fill(store, 20)
    cosmos_peer.forget()
    await CosmosVectors(store, MODEL).nearest(drawn(1), limit=5)
    asked = cosmos_peer.requests()
    assert (asked["query"], "feed" in asked) == (1, False)
    assert store.charges.requests[(VECTORS, "query")] == 1


@pytest.mark.parametrize("fault", [{"status": 503}, {"status": 429}, {"drop": True}, {"cut": True}])
async def test_a_database_in_trouble_is_unavailable(
    settings: Settings, cosmos_peer: CosmosPeer, fault: dict[str, object]
) -> None:
    impatient = CosmosStore(settings.model_copy(update={"cosmos_patience": timedelta(seconds=0.5)}))
    await fill(impatient, 3)
    cosmos_peer.break_next({"kind": "query", "times": 1000, **fault})
    with pytest.raises(Unavailable):
        await CosmosVectors(impatient, MODEL).nearest(drawn(1), limit=5)
    await impatient.close()


async def test_a_container_that_was_made_without_vectors_is_not_searched(cosmos_peer: CosmosPeer) -> None:
    settings = cosmos_peer.settings()
    await ensure(settings, [CONTAINERS[VECTORS]])
    store = CosmosStore(settings)
    await fill(store, 3)
    with pytest.raises(UsoError, match="does not understand"):
        await CosmosVectors(store, MODEL).nearest(drawn(1), limit=5)
    found = await StoredVectors(store, MODEL).nearest(drawn(1), limit=5)
    assert len(found) == 3, "the process itself can look"
    await store.close()
