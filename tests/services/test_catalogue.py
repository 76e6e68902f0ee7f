"""The catalogue over the store: followed, searched, imported whole or not at all."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from shared.adapters.sqlite_store import SqliteStore
from shared.domain.catalogue import Bundle, Product, Vendor
from shared.domain.catalogue_import import FeedFormat
from shared.domain.money import Money
from shared.domain.places import GeoPoint, Place
from shared.domain.scout import AlternativeQuery, RankingWeights, ScoutQuery
from shared.errors import Conflict, InvalidInput, NotFound, Unavailable
from shared.ports.store import Feed, Operation
from shared.services.catalogue import CatalogueService
from shared.services.inventory import InventoryService
from shared.services.shipped_catalogue import load_shipped
from shared.settings import Settings
from tests.clocks import HandClock

PLACE = Place(address="1 Main St", point=GeoPoint(latitude=30.27, longitude=-97.74))
HEADER = "id,name,price,quantity\n"


class Faulty(SqliteStore):
    """Fails the write after `writes_left` more of them; counts what was asked of it."""

    writes_left: int | None = None
    feeds = 0

    async def batch(self, container: str, partition: str, operations: Sequence[Operation]) -> None:
        if self.writes_left is not None:
            if self.writes_left == 0:
                raise Unavailable("the store is away")
            self.writes_left -= 1
        await super().batch(container, partition, operations)

    async def changes(self, container: str, after: str | None = None, limit: int = 1000) -> Feed:
        self.feeds += 1
        return await super().changes(container, after, limit)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Faulty]:
    opened = Faulty(tmp_path / "store.db", HandClock())
    yield opened
    await opened.close()


def a_service(store: SqliteStore) -> CatalogueService:
    return CatalogueService(store, HandClock(), Settings())


@pytest.fixture
def catalogue(store: Faulty) -> CatalogueService:
    return a_service(store)


def a_vendor(id: str = "shop") -> Vendor:
    return Vendor(id=id, name=id.title(), business_type="florist", place=PLACE)


def roses(id: str = "roses", *, vendor: str = "shop", name: str = "Red roses", price: int = 5000) -> Product:
    return Product(id=id, vendor_id=vendor, name=name, price=Money(minor=price))


async def found(catalogue: CatalogueService, text: str) -> list[str]:
    return [hit.id for hit in (await catalogue.search(ScoutQuery(text=text))).hits]


@pytest.mark.flow("5.4-1")
async def test_a_new_partner_and_its_products_show_in_search_at_once(catalogue: CatalogueService) -> None:
    await catalogue.put_vendor(a_vendor())
    await catalogue.put_product(roses())
    assert await found(catalogue, "roses") == ["roses"]


async def test_another_instance_follows_changes_and_removals(
    store: Faulty, catalogue: CatalogueService
) -> None:
    other = a_service(store)
    await catalogue.put_vendor(a_vendor())
    await catalogue.put_product(roses())
    assert await found(other, "roses") == ["roses"]
    await catalogue.put_product(roses(name="Yellow tulips"))
    assert await found(other, "tulips") == ["roses"]
    await catalogue.remove_product("roses")
    assert await found(other, "tulips") == []
    assert other.find_product("roses") is None
    assert a_service(store).find_product("roses") is None


async def test_a_removed_vendor_takes_its_products_along(store: Faulty, catalogue: CatalogueService) -> None:
    await catalogue.put_vendor(a_vendor())
    await catalogue.put_product(roses())
    await catalogue.remove_vendor("shop")
    fresh = a_service(store)
    assert await found(fresh, "roses") == []
    with pytest.raises(NotFound):
        fresh.vendor("shop")


async def test_running_orders_still_know_what_was_taken_out_of_the_catalogue(
    store: Faulty, catalogue: CatalogueService
) -> None:
    await catalogue.put_vendor(a_vendor())
    await catalogue.put_product(roses())
    await catalogue.remove_vendor("shop")
    elsewhere = a_service(store)
    await elsewhere.refresh()
    for service in (catalogue, elsewhere):
        assert service.known_product("roses") == roses()
        assert service.known_vendor("shop") == a_vendor()
        assert service.find_product("roses") is None
        with pytest.raises(NotFound):
            service.product("roses")


async def test_a_removed_product_can_come_back(store: Faulty, catalogue: CatalogueService) -> None:
    await catalogue.put_vendor(a_vendor())
    await catalogue.put_product(roses())
    await catalogue.remove_product("roses")
    await catalogue.put_product(roses())
    assert await found(a_service(store), "roses") == ["roses"]


async def test_refreshing_an_unchanged_catalogue_is_one_empty_read(
    store: Faulty, catalogue: CatalogueService
) -> None:
    await catalogue.put_vendor(a_vendor())
    await catalogue.refresh()
    before = store.feeds
    await catalogue.refresh()
    assert store.feeds == before + 1


async def test_unknown_things_are_not_found(catalogue: CatalogueService) -> None:
    for look_up in (catalogue.vendor, catalogue.product, catalogue.bundle):
        with pytest.raises(NotFound):
            look_up("nothing")
    await catalogue.remove_product("nothing")
    await catalogue.remove_vendor("nothing")
    await catalogue.remove_bundle("nothing")


async def test_a_product_needs_a_known_vendor(catalogue: CatalogueService) -> None:
    with pytest.raises(NotFound):
        await catalogue.put_product(roses())


async def test_a_product_id_belongs_to_one_vendor(store: Faulty, catalogue: CatalogueService) -> None:
    await catalogue.put_vendor(a_vendor())
    await catalogue.put_vendor(a_vendor("rival"))
    await catalogue.put_product(roses())
    for service in (catalogue, a_service(store)):
        with pytest.raises(Conflict) as error:
            await service.put_product(roses(vendor="rival"))
        assert error.value.code == "product_id_taken"
    report = await catalogue.import_feed(
        "rival", HEADER + "roses,Mine,1,1\nlilies,Mine,1,1\n", FeedFormat.CSV
    )
    assert (report.accepted, report.rejected[0].field, report.rejected[0].row) == (1, "id", 1)
    assert catalogue.product("roses").vendor_id == "shop"


async def test_the_partition_of_bundles_is_no_vendor(catalogue: CatalogueService) -> None:
    with pytest.raises(InvalidInput):
        await catalogue.put_vendor(a_vendor("bundles"))


async def test_a_bundle_needs_known_parts_and_can_be_removed(
    store: Faulty, catalogue: CatalogueService
) -> None:
    bundle = Bundle(id="pair", name="Rose pair", product_ids=("a", "b"), price=Money(minor=900))
    await catalogue.put_vendor(a_vendor())
    with pytest.raises(InvalidInput):
        await catalogue.put_bundle(bundle)
    await catalogue.put_product(roses("a"))
    await catalogue.put_product(roses("b"))
    await catalogue.put_bundle(bundle)
    assert "pair" in await found(a_service(store), "rose pair")
    assert [hit.id for hit in await catalogue.suggest_bundles(ScoutQuery(text="roses"))] == ["pair"]
    await catalogue.remove_bundle("pair")
    assert "pair" not in await found(a_service(store), "rose pair")


async def test_the_platforms_weights_rank_unless_the_query_brings_its_own(store: Faulty) -> None:
    catalogue = CatalogueService(store, HandClock(), Settings(quality_weight=0.0, margin_weight=1.0))
    await catalogue.put_vendor(a_vendor())
    await catalogue.put_product(roses("good").model_copy(update={"quality": 1.0, "margin": 0.0}))
    await catalogue.put_product(roses("dear").model_copy(update={"quality": 0.0, "margin": 1.0}))
    assert (await found(catalogue, "roses"))[0] == "dear"
    own = ScoutQuery(text="roses", weights=RankingWeights(quality=1, margin=0))
    assert (await catalogue.search(own)).hits[0].id == "good"


@pytest.mark.flow("2.2-1")
async def test_an_imported_feed_is_found_stocked_and_reported(
    store: Faulty, catalogue: CatalogueService
) -> None:
    await catalogue.put_vendor(a_vendor())
    content = HEADER + "a,Pink roses,12.50,3\nb,,1.00,1\nc,Lilies,9,\n"
    report = await catalogue.import_feed("shop", content, FeedFormat.CSV)
    assert (report.accepted, report.rejected_count) == (2, 1)
    assert catalogue.product("a").price.minor == 1250
    stocked = ScoutQuery(text="flowers", in_stock_only=True)
    assert {hit.id for hit in (await a_service(store).search(stocked)).hits} == {"a", "c"}
    inventory = InventoryService(store, HandClock())
    assert (await inventory.available("a"), await inventory.available("c")) == (3, None)


async def test_all_or_nothing_imports_nothing_when_a_row_is_bad(catalogue: CatalogueService) -> None:
    await catalogue.put_vendor(a_vendor())
    content = HEADER + "a,Roses,1,1\nb,,1,1\n"
    report = await catalogue.import_feed("shop", content, FeedFormat.CSV, all_or_nothing=True)
    assert (report.accepted, report.rejected_count, report.all_or_nothing) == (0, 1, True)
    assert catalogue.find_product("a") is None


async def test_a_broken_file_changes_nothing(store: Faulty, catalogue: CatalogueService) -> None:
    await catalogue.put_vendor(a_vendor())
    store.writes_left = 0
    with pytest.raises(InvalidInput):
        await catalogue.import_feed("shop", 'id,name,price\na,"b,1\n', FeedFormat.CSV)
    with pytest.raises(NotFound):
        await catalogue.import_feed("nobody", HEADER, FeedFormat.CSV)


async def test_wherever_the_store_fails_an_import_is_whole_or_absent(tmp_path: Path) -> None:
    content = HEADER + "".join(f"p{n},Roses {n},1.00,2\n" for n in range(230))
    seen: set[int] = set()
    for failing_after in (*range(17), *range(20, 300, 17)):
        store = Faulty(tmp_path / f"{failing_after}.db", HandClock())
        catalogue = a_service(store)
        await catalogue.put_vendor(a_vendor())
        store.writes_left = failing_after
        try:
            await catalogue.import_feed("shop", content, FeedFormat.CSV)
            done = True
        except Unavailable:
            done = False
        store.writes_left = None
        other = a_service(store)
        await other.refresh()
        count = len(other.index.products)
        seen.add(count)
        assert count in (0, 230)
        if count:
            stock = InventoryService(store, HandClock())
            assert [await stock.available(f"p{n}") for n in range(230)] == [2] * 230
        await store.close()
        if done:
            break
    assert seen == {0, 230}


async def test_a_reader_never_sees_part_of_an_import(store: Faulty, catalogue: CatalogueService) -> None:
    await catalogue.put_vendor(a_vendor())
    content = HEADER + "".join(f"p{n},Roses {n},1.00,2\n" for n in range(230))
    reader, counts = a_service(store), set()
    plain = store.batch

    async def watched(container: str, partition: str, operations: Sequence[Operation]) -> None:
        await SqliteStore.batch(store, container, partition, operations)
        if container == "catalogue" and not busy:
            busy.append(True)
            await reader.refresh()
            busy.clear()
            counts.add(len(reader.index.products))

    busy: list[bool] = []
    store.batch = watched  # type: ignore[method-assign]
    await catalogue.import_feed("shop", content, FeedFormat.CSV)
    store.batch = plain  # type: ignore[method-assign]
    assert counts == {0, 230}
    assert len(catalogue.index.products) == 230


async def test_importing_again_updates_and_restocks_once(store: Faulty, catalogue: CatalogueService) -> None:
    await catalogue.put_vendor(a_vendor())
    inventory = InventoryService(store, HandClock())
    await catalogue.import_feed("shop", HEADER + "a,Roses,1,5\n", FeedFormat.CSV)
    assert await inventory.reserve("k", "a", 2)
    await inventory.confirm("k", "a")
    await catalogue.import_feed("shop", HEADER + "a,Better roses,2,9\n", FeedFormat.CSV)
    assert (catalogue.product("a").name, await inventory.available("a")) == ("Better roses", 9)


async def test_the_shipped_catalogue_is_loaded_once(store: Faulty, catalogue: CatalogueService) -> None:
    assert await catalogue.seed()
    await catalogue.refresh()
    assert len(catalogue.index.vendors) >= 30
    assert len(catalogue.index.products) >= 280
    assert len(catalogue.index.bundles) >= 12
    store.writes_left = 0
    assert not await catalogue.seed()
    assert not await a_service(store).seed()


async def test_a_new_version_of_the_shipped_catalogue_restores_no_sold_goods(
    store: Faulty, catalogue: CatalogueService
) -> None:
    await catalogue.seed()
    inventory = InventoryService(store, HandClock())
    assert await inventory.reserve("k", "bb-dozen-red-roses", 4)
    await inventory.confirm("k", "bb-dozen-red-roses")
    assert await catalogue.seed(load_shipped().model_copy(update={"digest": "next"}))
    assert await inventory.available("bb-dozen-red-roses") == 20


@pytest.mark.flow("6.3-1")
async def test_alternatives_look_at_the_stock(store: Faulty, catalogue: CatalogueService) -> None:
    await catalogue.seed()
    await catalogue.refresh()
    query = AlternativeQuery(
        wanted="pink flowers", original=catalogue.product("bb-dozen-red-roses"), deliver_to=PLACE.point
    )
    first = (await catalogue.alternatives(query)).found[0]
    assert first.product.id == "rw-pink-garden-roses"
    await InventoryService(store, HandClock()).set_quantity(first.product.id, 0)
    after = await catalogue.alternatives(query)
    assert after.found[0].product.id != first.product.id
    assert any(each.reason == "is sold out" for each in after.refused)


def test_the_shipped_files_fit_together() -> None:
    shipped = load_shipped()
    vendor_ids = {vendor.id for vendor in shipped.vendors}
    assert len(vendor_ids) == len(shipped.vendors)
    austin = GeoPoint(latitude=30.2672, longitude=-97.7431)
    assert all(vendor.place.point.metres_to(austin) < 30_000 for vendor in shipped.vendors)
    assert {vendor.id for vendor in shipped.vendors} == set(shipped.feeds)


async def test_bluebonnet_sells_red_only_and_rosewood_pink_near_its_price(
    catalogue: CatalogueService,
) -> None:
    await catalogue.seed()
    await catalogue.refresh()
    reds = catalogue.products_of("bluebonnet-blooms")
    assert all(product.colours <= {"red", "burgundy"} for product in reds)
    red, pink = catalogue.product("bb-dozen-red-roses"), catalogue.product("rw-pink-garden-roses")
    assert pink.colours == {"pink"}
    assert abs(pink.price.minor - red.price.minor) * 10 <= red.price.minor


async def test_no_shipped_bundle_costs_more_than_its_parts(catalogue: CatalogueService) -> None:
    await catalogue.seed()
    await catalogue.refresh()
    for bundle in catalogue.index.bundles.values():
        parts = Money.total(catalogue.product(id).price for id in bundle.product_ids)
        assert 0 < bundle.price.minor < parts.minor
