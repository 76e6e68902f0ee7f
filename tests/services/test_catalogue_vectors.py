"""Vectors of the catalogue: each text is embedded once, and what is kept is that of the latest text."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from shared.adapters.sqlite_store import SqliteStore
from shared.domain.catalogue import Bundle, Product, Vendor
from shared.domain.catalogue_import import FeedFormat
from shared.domain.money import Money
from shared.domain.places import GeoPoint, Place
from shared.domain.scout.vectors import quantised
from shared.errors import Unavailable
from shared.ports.embeddings import Vector
from shared.ports.store import Operation, Query
from shared.ports.vectors import VECTOR, VECTORS
from shared.services.catalogue import CatalogueService
from shared.services.catalogue_vectors import PROGRESS, CatalogueVectors
from shared.settings import Settings
from tests.clocks import HandClock
from tests.embedders import SenseEmbedder, vector_of

PLACE = Place(address="1 Main St", point=GeoPoint(latitude=30.27, longitude=-97.74))


class Failing(SqliteStore):
    """Fails the write of vectors after `writes_left` more of them."""

    writes_left: int | None = None

    async def batch(self, container: str, partition: str, operations: Sequence[Operation]) -> None:
        if container == VECTORS and self.writes_left is not None:
            if self.writes_left == 0:
                raise Unavailable("the store is away")
            self.writes_left -= 1
        await super().batch(container, partition, operations)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Failing]:
    opened = Failing(tmp_path / "store.db", HandClock())
    yield opened
    await opened.close()


@pytest.fixture
async def catalogue(store: Failing) -> CatalogueService:
    catalogue = CatalogueService(store, HandClock(), Settings())
    await catalogue.put_vendor(Vendor(id="shop", name="Shop", business_type="shop", place=PLACE))
    return catalogue


def a_product(id: str, name: str = "", price: int = 100) -> Product:
    return Product(id=id, vendor_id="shop", name=name or id.title(), price=Money(minor=price, currency="USD"))


async def kept(store: Failing, model: str = "senses@64") -> dict[str, list[int]]:
    """The vectors that are there, by key."""
    page = await store.query(VECTORS, model, Query(limit=1000))
    return {each.id: each.body[VECTOR] for each in page.documents if VECTOR in each.body}


async def test_everything_that_is_sold_gets_a_vector_of_its_text(
    store: Failing, catalogue: CatalogueService
) -> None:
    await catalogue.put_product(a_product("train", "Toy Train"))
    await catalogue.put_product(a_product("kite"))
    await catalogue.put_bundle(
        Bundle(id="both", name="Both", product_ids=("train", "kite"), price=Money(minor=150))
    )
    embedder = SenseEmbedder()
    assert await CatalogueVectors(store, embedder).catch_up() == 3
    texts = {"p:train": "Toy Train. .", "p:kite": "Kite. .", "b:both": "Both. ."}
    assert await kept(store) == {key: quantised(vector_of(text, 64)) for key, text in texts.items()}


async def test_a_text_is_embedded_once_whatever_else_changes(
    store: Failing, catalogue: CatalogueService
) -> None:
    embedder = SenseEmbedder()
    vectors = CatalogueVectors(store, embedder)
    await catalogue.put_product(a_product("train"))
    assert await vectors.catch_up() == 1
    await catalogue.put_product(a_product("train", price=200))
    assert await vectors.catch_up() == 0
    assert await CatalogueVectors(store, embedder).catch_up() == 0
    assert embedder.embedded() == ["Train. ."]


async def test_another_text_is_embedded_anew(store: Failing, catalogue: CatalogueService) -> None:
    embedder = SenseEmbedder()
    vectors = CatalogueVectors(store, embedder)
    await catalogue.put_product(a_product("train"))
    await catalogue.put_product(a_product("kite"))
    await vectors.catch_up()
    await catalogue.put_product(a_product("train", "Locomotive"))
    assert await vectors.catch_up() == 1
    assert embedder.embedded()[2:] == ["Locomotive. ."]
    assert (await kept(store))["p:train"] == quantised(vector_of("Locomotive. .", 64))


async def test_another_model_or_number_of_dimensions_embeds_everything_beside_the_old_ones(
    store: Failing, catalogue: CatalogueService
) -> None:
    await catalogue.put_product(a_product("train"))
    await CatalogueVectors(store, SenseEmbedder()).catch_up()
    for other in (SenseEmbedder(name="other"), SenseEmbedder(dimensions=96)):
        assert await CatalogueVectors(store, other).catch_up() == 1
        assert set(await kept(store, other.model)) == {"p:train"}
    assert set(await kept(store)) == {"p:train"}


async def test_what_is_no_longer_sold_loses_its_vector_and_is_not_embedded(
    store: Failing, catalogue: CatalogueService
) -> None:
    embedder = SenseEmbedder()
    vectors = CatalogueVectors(store, embedder)
    await catalogue.put_product(a_product("train"))
    await vectors.catch_up()
    await catalogue.put_product(a_product("kite"))
    await catalogue.remove_product("train")
    await catalogue.remove_product("kite")
    assert await vectors.catch_up() == 0
    assert await kept(store) == {}
    await catalogue.put_product(a_product("train"))
    assert await vectors.catch_up() == 1
    assert set(await kept(store)) == {"p:train"}


async def test_an_import_of_many_is_embedded_whole(store: Failing, catalogue: CatalogueService) -> None:
    rows = "".join(f"p{number},Thing {number},1.00,1\n" for number in range(450))
    await catalogue.import_feed("shop", "id,name,price,quantity\n" + rows, FeedFormat.CSV)
    embedder = SenseEmbedder()
    assert await CatalogueVectors(store, embedder).catch_up() == 450
    assert len(await kept(store)) == 450
    assert len(set(embedder.embedded())) == len(embedder.embedded()) == 450


async def test_while_the_model_is_away_nothing_is_lost(store: Failing, catalogue: CatalogueService) -> None:
    embedder = SenseEmbedder(away=True)
    vectors = CatalogueVectors(store, embedder)
    await catalogue.put_product(a_product("train"))
    with pytest.raises(Unavailable):
        await vectors.catch_up()
    assert await kept(store) == {}
    embedder.away = False
    assert await vectors.catch_up() == 1


@pytest.mark.parametrize("writes", range(4))
async def test_a_process_that_dies_in_between_leaves_the_rest_to_the_next(
    store: Failing, catalogue: CatalogueService, writes: int
) -> None:
    rows = "".join(f"p{number},Thing {number},1.00,1\n" for number in range(250))
    await catalogue.import_feed("shop", "id,name,price,quantity\n" + rows, FeedFormat.CSV)
    store.writes_left = writes
    with pytest.raises(Unavailable):
        await CatalogueVectors(store, SenseEmbedder()).catch_up()
    store.writes_left = None
    await CatalogueVectors(store, SenseEmbedder()).catch_up()
    assert len(await kept(store)) == 250


class Slow(SenseEmbedder):
    """Lets others go on before it answers."""

    go: asyncio.Event
    reached: asyncio.Event

    async def embed(self, texts: Sequence[str]) -> Sequence[Vector]:
        self.reached.set()
        await self.go.wait()
        return await super().embed(texts)


async def test_an_old_text_never_wins_over_a_newer_one(store: Failing, catalogue: CatalogueService) -> None:
    """One process embeds the old text, for long; meanwhile it changes, and another embeds the new one."""
    await catalogue.put_product(a_product("train", "Old Train"))
    slow = Slow()
    slow.go, slow.reached = asyncio.Event(), asyncio.Event()
    behind = asyncio.create_task(CatalogueVectors(store, slow).catch_up())
    await slow.reached.wait()
    await catalogue.put_product(a_product("train", "New Train"))
    assert await CatalogueVectors(store, SenseEmbedder()).catch_up() == 1
    slow.go.set()
    assert await behind == 0
    assert await kept(store) == {"p:train": quantised(vector_of("New Train. .", 64))}


async def test_how_far_the_feed_was_read_lies_with_the_vectors(
    store: Failing, catalogue: CatalogueService
) -> None:
    await catalogue.put_product(a_product("train"))
    await CatalogueVectors(store, SenseEmbedder()).catch_up()
    progress = await store.read(VECTORS, "senses@64", PROGRESS)
    assert progress is not None
    assert progress.body["cursor"]
    assert VECTOR not in progress.body
