"""A search in other words than the catalogue's, with a model and without one."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.cosmos_store.containers import CONTAINERS
from shared.adapters.cosmos_store.ensure import ensure
from shared.chosen_adapters import Ports
from shared.ports.vectors import VECTORS
from shared.settings import Settings
from tests.embedders import SenseEmbedder
from tests.flows.steps import say
from tests.harness import World, running
from tests.peers.cosmos.peer import CosmosPeer
from tests.peers.openai_embeddings import KEY, running_embeddings

NAPPIES = "nappies for my sister"
"""The shop has a diaper cake; no product, and no rule, knows the word."""
LOCOMOTIVE = "a locomotive for my son's birthday"
WELL_PUT = ("pink flowers", "a dozen red roses for my wife", "birthday cake", "massage for my pregnant wife")


@pytest.fixture
def embedder() -> SenseEmbedder:
    return SenseEmbedder()


@contextlib.asynccontextmanager
async def a_world(data: Path, embedder: SenseEmbedder | None = None) -> AsyncIterator[World]:
    """A world in which the house was kept once, by which everything on sale is embedded."""
    async with running(data, ports=Ports(embedder=embedder)) as world:
        await world.advance(minutes=11)
        if embedder is not None:
            embedder.asked.clear()
        yield world


@pytest.fixture
async def embedding(tmp_path: Path, embedder: SenseEmbedder) -> AsyncIterator[World]:
    async with a_world(tmp_path / "embedding", embedder) as world:
        yield world


async def discovered(world: World, text: str) -> list[dict[str, Any]]:
    found = await world.nobody().get("/api/v1/discover", intent=text)
    return list(found["products"])


def ids(products: list[dict[str, Any]]) -> list[str]:
    return [product["id"] for product in products]


@pytest.mark.flow("6.1-1")
async def test_a_thing_is_found_by_a_word_that_its_seller_never_used(
    embedding: World, embedder: SenseEmbedder
) -> None:
    assert ids(await discovered(embedding, NAPPIES))[0] == "tm-diaper-cake"
    assert embedder.asked == [[NAPPIES]]


@pytest.mark.flow("6.1-1")
async def test_without_a_model_it_is_not_found(world: World) -> None:
    assert "tm-diaper-cake" not in ids(await discovered(world, NAPPIES))


@pytest.mark.flow("6.1-1")
async def test_the_chat_shows_it_and_orders_nothing_unasked(embedding: World) -> None:
    answer = await say(embedding.customer(), LOCOMOTIVE)
    assert answer["products"][0]["id"] == "ww-train-set"
    assert "Wooden Train Set" in answer["reply"]
    assert answer["order_id"] is None


@pytest.mark.flow("6.1-1")
async def test_what_the_rules_understand_is_answered_as_without_a_model_and_without_asking_it(
    tmp_path: Path, embedder: SenseEmbedder
) -> None:
    async with a_world(tmp_path / "rules") as world:
        by_rules = [await discovered(world, text) for text in WELL_PUT]
    async with a_world(tmp_path / "both", embedder) as world:
        assert [await discovered(world, text) for text in WELL_PUT] == by_rules
    assert embedder.asked == []


@pytest.mark.flow("6.1-1")
async def test_while_the_model_is_away_the_rules_answer(tmp_path: Path, embedder: SenseEmbedder) -> None:
    texts = (NAPPIES, LOCOMOTIVE)
    async with a_world(tmp_path / "rules") as world:
        by_rules = [await discovered(world, text) for text in texts]
    async with a_world(tmp_path / "both", embedder) as world:
        embedder.away = True
        assert [await discovered(world, text) for text in texts] == by_rules
    assert len(embedder.asked) == len(texts)


@pytest.mark.flow("2.2-1")
async def test_what_is_imported_is_found_by_its_meaning_once_the_house_was_kept(embedding: World) -> None:
    feed = {
        "format": "csv",
        "vendor_id": "wonderwood",
        "content": "id,name,price,quantity,category\nrail-1,Brio Railway,49.00,3,toys\n",
    }
    await embedding.admin().post("/api/v1/admin/legacy/ingest", feed)
    assert "rail-1" not in ids(await discovered(embedding, LOCOMOTIVE))
    await embedding.advance(minutes=10)
    assert "rail-1" in ids(await discovered(embedding, LOCOMOTIVE))


@pytest.mark.wire
@pytest.mark.flow("6.1-1")
async def test_openai_embeds_and_cosmos_finds_the_nearest(cosmos_peer: CosmosPeer, tmp_path: Path) -> None:
    """The same answers from the adapters of production, in front of their peers."""
    async with a_world(tmp_path / "embedded", SenseEmbedder(dimensions=512)) as world:
        embedded = [ids(await discovered(world, text)) for text in (NAPPIES, LOCOMOTIVE)]
    async with running_embeddings() as openai:
        chosen = {
            **cosmos_peer.database(),
            "cosmos_vectors": "true",
            "embedding_model": "text-embedding-3-small",
            "openai_cents_per_day": "0",
            "openai_key": KEY,
            "openai_url": openai.url,
            "allow_private_urls": "true",
            "embedding_patience": "PT20S",
        }
        await ensure(Settings(**chosen), CONTAINERS.values())  # type: ignore[arg-type]
        async with running(tmp_path / "real", **chosen) as world:
            await world.advance(minutes=11)
            assert ids(await discovered(world, NAPPIES)) == embedded[0]
            assert ids(await discovered(world, LOCOMOTIVE)) == embedded[1]
            asked = world.app.store.charges.requests  # type: ignore[attr-defined]
            assert asked[(VECTORS, "query")] > 0
            assert asked[(VECTORS, "feed")] == 0, "this process holds no vectors"
            openai.faults = [503] * 10
            assert "tm-diaper-cake" not in ids(await discovered(world, "nappies xylo"))
