"""Search by meaning: asked only where the rules do not understand, and never in anybody's way."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from shared.adapters.sqlite_store import SqliteStore
from shared.domain.catalogue import Product, Vendor
from shared.domain.money import Money
from shared.domain.places import GeoPoint, Place
from shared.domain.scout import AlternativeQuery, ScoutQuery
from shared.services.catalogue import CatalogueService
from shared.services.catalogue_vectors import CatalogueVectors
from shared.services.meaning import REMEMBERED, Meaning, StoredVectors
from shared.settings import Settings
from tests.clocks import HandClock
from tests.embedders import SenseEmbedder

PLACE = Place(address="1 Main St", point=GeoPoint(latitude=30.27, longitude=-97.74))
NAPPIES = ScoutQuery(text="nappies")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "store.db", HandClock())
    yield opened
    await opened.close()


@pytest.fixture
def embedder() -> SenseEmbedder:
    return SenseEmbedder()


@pytest.fixture
async def catalogue(store: SqliteStore, embedder: SenseEmbedder) -> CatalogueService:
    """A small shop whose products are embedded; the model has not been asked for anything else."""
    catalogue = a_service(store, a_meaning(store, embedder))
    await catalogue.put_vendor(Vendor(id="shop", name="Shop", business_type="shop", place=PLACE))
    for id, name in (("tower", "Diaper Tower"), ("train", "Toy Train"), ("roses", "Pink Roses")):
        await catalogue.put_product(
            Product(id=id, vendor_id="shop", name=name, price=Money(minor=100, currency="USD"))
        )
    await CatalogueVectors(store, embedder).catch_up()
    embedder.asked.clear()
    return catalogue


def a_service(store: SqliteStore, meaning: Meaning | None = None) -> CatalogueService:
    return CatalogueService(store, HandClock(), Settings(), meaning=meaning)


def a_meaning(store: SqliteStore, embedder: SenseEmbedder, *, patience: float = 30) -> Meaning:
    vectors = StoredVectors(store, embedder.model)
    return Meaning(embedder, vectors, patience=timedelta(seconds=patience), floor=0.3)


async def ids(catalogue: CatalogueService, query: ScoutQuery, *, by_meaning: bool = True) -> list[str]:
    return [hit.id for hit in (await catalogue.search(query, by_meaning=by_meaning)).hits]


async def test_what_the_rules_do_not_understand_is_found_by_its_meaning(catalogue: CatalogueService) -> None:
    assert await ids(catalogue, NAPPIES) == ["tower"]
    assert await ids(catalogue, NAPPIES, by_meaning=False) == []


async def test_what_the_rules_understand_costs_no_call_and_keeps_its_order(
    store: SqliteStore, catalogue: CatalogueService, embedder: SenseEmbedder
) -> None:
    for text in ("pink roses", "toy train", ""):
        query = ScoutQuery(text=text)
        assert await catalogue.search(query, by_meaning=True) == await a_service(store).search(query)
    assert embedder.asked == []


async def test_a_sentence_is_embedded_once_however_it_is_spaced(
    catalogue: CatalogueService, embedder: SenseEmbedder
) -> None:
    for text in ("nappies", " Nappies ", "NAPPIES"):
        assert await ids(catalogue, ScoutQuery(text=text)) == ["tower"]
    assert embedder.asked == [["nappies"]]


async def test_only_the_latest_sentences_are_remembered(
    store: SqliteStore, catalogue: CatalogueService, embedder: SenseEmbedder
) -> None:
    meaning = a_meaning(store, embedder)
    for number in range(REMEMBERED + 1):
        await meaning.nearest(f"xylo {number}")
    await meaning.nearest(f"xylo {REMEMBERED}")
    assert len(embedder.asked) == REMEMBERED + 1
    await meaning.nearest("xylo 0")
    assert len(embedder.asked) == REMEMBERED + 2


async def test_nothing_below_the_floor_is_close(catalogue: CatalogueService) -> None:
    assert await ids(catalogue, ScoutQuery(text="xylo")) == []


@pytest.mark.parametrize("trouble", ["away", "hangs"])
async def test_a_model_in_trouble_leaves_the_rules_their_answer(
    store: SqliteStore, catalogue: CatalogueService, embedder: SenseEmbedder, trouble: str
) -> None:
    setattr(embedder, trouble, True)
    patient = a_service(store, a_meaning(store, embedder, patience=0.05))
    query = ScoutQuery(text="pink nappies")
    by_rules = await a_service(store).search(query)
    assert not by_rules.understood
    assert await patient.search(query, by_meaning=True) == by_rules
    assert embedder.asked == [["pink nappies"]]
    setattr(embedder, trouble, False)
    assert await ids(a_service(store, a_meaning(store, embedder)), NAPPIES) == ["tower"]


async def test_what_stands_in_for_something_is_chosen_by_the_rules_alone(
    catalogue: CatalogueService, embedder: SenseEmbedder
) -> None:
    found = await catalogue.alternatives(
        AlternativeQuery(wanted="nappies", original=catalogue.product("roses"))
    )
    assert found.found == ()
    assert embedder.asked == []


async def test_new_vectors_and_those_that_are_gone_come_by_the_feed(
    store: SqliteStore, catalogue: CatalogueService, embedder: SenseEmbedder
) -> None:
    other = a_service(store, a_meaning(store, embedder))
    assert await ids(other, NAPPIES) == ["tower"]
    await catalogue.put_product(catalogue.product("train").model_copy(update={"name": "Diaper Cake"}))
    await catalogue.remove_product("tower")
    await CatalogueVectors(store, embedder).catch_up()
    assert await ids(other, NAPPIES) == ["train"]


async def test_vectors_of_another_model_are_not_compared(
    store: SqliteStore, catalogue: CatalogueService
) -> None:
    newer = SenseEmbedder(dimensions=96)
    search = a_service(store, a_meaning(store, newer))
    assert await ids(search, NAPPIES) == [], "the catalogue is not embedded yet"
    await CatalogueVectors(store, newer).catch_up()
    assert await ids(search, NAPPIES) == ["tower"]


async def test_searches_side_by_side_share_one_reading_of_the_vectors(
    store: SqliteStore, catalogue: CatalogueService, embedder: SenseEmbedder
) -> None:
    meaning = a_meaning(store, embedder)
    found = await asyncio.gather(*(meaning.nearest("nappies") for _ in range(5)))
    assert [list(each) for each in found] == [["p:tower"]] * 5
