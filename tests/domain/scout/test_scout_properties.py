"""What holds for every catalogue and every query."""

from hypothesis import given, settings
from hypothesis import strategies as st
from scout_builders import a_product, a_vendor, an_index

from shared.domain.catalogue import Product, ProductKind
from shared.domain.money import Money
from shared.domain.places import GeoPoint
from shared.domain.scout import CatalogueIndex, ScoutQuery

WORDS = [
    "pink",
    "red",
    "flowers",
    "roses",
    "cake",
    "chocolate",
    "candle",
    "baby",
    "gift",
    "luxury",
    "mom",
    "xylo",
]
unit = st.floats(0, 1, allow_nan=False)
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)


@st.composite
def products(draw: st.DrawFn) -> Product:
    return a_product(
        f"p{draw(st.integers(0, 30))}",
        draw(texts),
        vendor=draw(st.sampled_from(["v1", "v2", "v3"])),
        price=draw(st.integers(0, 10_000)),
        description=draw(texts),
        kind=draw(st.sampled_from(ProductKind)),
        category=draw(st.sampled_from(["", "flowers", "cake", "candles"])),
        colours=frozenset(draw(st.sets(st.sampled_from(["pink", "red", "blush", "mixed"]), max_size=2))),
        capabilities=frozenset(draw(st.sets(st.sampled_from(["x", "y"])))),
        boost=draw(unit),
        quality=draw(unit),
        margin=draw(unit),
    )


catalogues = st.lists(products(), max_size=25, unique_by=lambda each: each.id)


def built(catalogue: list[Product]) -> CatalogueIndex:
    vendors = tuple(a_vendor(f"v{n}", latitude=30.2 + n / 10) for n in (1, 2, 3))
    return an_index(*catalogue, vendors=vendors)


@st.composite
def queries(draw: st.DrawFn) -> ScoutQuery:
    low, high = sorted((draw(st.integers(0, 10_000)), draw(st.integers(0, 10_000))))
    near = draw(st.none() | st.just(GeoPoint(latitude=30.3, longitude=-97.74)))
    return ScoutQuery(
        text=draw(texts | st.just("")),
        require_colour=draw(st.booleans()),
        exclude_colours=frozenset(draw(st.sets(st.sampled_from(["red", "pink"]), max_size=1))),
        kinds=frozenset(draw(st.sets(st.sampled_from(ProductKind), max_size=2))),
        price_min=draw(st.none() | st.just(low)),
        price_max=draw(st.none() | st.just(high)),
        near=near,
        within_m=draw(st.none() | st.floats(0, 30_000)) if near else None,
        capabilities=frozenset(draw(st.sets(st.sampled_from(["x", "y"]), max_size=1))),
        vendor_id=draw(st.none() | st.sampled_from(["v1", "v9"])),
        exclude_vendor_ids=frozenset(draw(st.sets(st.sampled_from(["v2", "v3"])))),
        in_stock_only=draw(st.booleans()),
        limit=draw(st.integers(1, 10)),
    )


@given(catalogues, queries())
@settings(max_examples=150, deadline=None)
def test_filters_are_never_violated(catalogue: list[Product], query: ScoutQuery) -> None:
    stock = {product.id: len(product.name) % 3 for product in catalogue}
    result = built(catalogue).search(query, stock=stock.__getitem__)
    assert len(result.hits) <= query.limit
    for hit in result.hits:
        product = hit.product
        assert product is not None
        assert not query.kinds or product.kind in query.kinds
        assert query.price_min is None or product.price.minor >= query.price_min
        assert query.price_max is None or product.price.minor <= query.price_max
        assert query.capabilities <= product.capabilities
        assert query.vendor_id in (None, product.vendor_id)
        assert product.vendor_id not in query.exclude_vendor_ids
        assert query.within_m is None or (hit.distance_m or 0) <= query.within_m
        assert not query.in_stock_only or stock[product.id] >= 1
        assert query.exclude_colours.isdisjoint(product.colours)


@given(catalogues, queries())
@settings(max_examples=150, deadline=None)
def test_relevance_is_within_bounds_and_never_zero(catalogue: list[Product], query: ScoutQuery) -> None:
    result = built(catalogue).search(query)
    assert all(0 < hit.relevance <= 1 for hit in result.hits)
    assert all(0 < hit.score <= 1 + 1e-9 for hit in result.hits)
    assert [hit.score for hit in result.hits] == sorted((hit.score for hit in result.hits), reverse=True)


@given(catalogues, texts, st.sampled_from(["boost", "quality", "margin"]), st.data())
@settings(max_examples=150, deadline=None)
def test_more_boost_quality_or_margin_never_ranks_lower(
    catalogue: list[Product], text: str, field: str, data: st.DataObject
) -> None:
    query = ScoutQuery(text=text, limit=100)
    before = [hit.id for hit in built(catalogue).search(query).hits]
    if not before:
        return
    lifted = data.draw(st.sampled_from(before))
    changed = [each.model_copy(update={field: 1.0}) if each.id == lifted else each for each in catalogue]
    after = [hit.id for hit in built(changed).search(query).hits]
    assert sorted(after) == sorted(before)
    assert after.index(lifted) <= before.index(lifted)


@given(catalogues, st.lists(products(), max_size=10), st.lists(st.integers(0, 30), max_size=8), texts)
@settings(max_examples=100, deadline=None)
def test_a_changed_index_answers_like_one_built_afresh(
    catalogue: list[Product], puts: list[Product], removed: list[int], text: str
) -> None:
    index = built(catalogue)
    final = {product.id: product for product in catalogue}
    for product in puts:
        index.put_product(product)
        final[product.id] = product
    for number in removed:
        index.remove_product(f"p{number}")
        final.pop(f"p{number}", None)
    query = ScoutQuery(text=text, limit=100)
    ours = {hit.id: hit.product for hit in index.search(query).hits}
    fresh = {hit.id: hit.product for hit in built(list(final.values())).search(query).hits}
    assert ours == fresh


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_can_be_searched_and_indexed(text: str) -> None:
    index = an_index(a_product("a", text[:160] or "x", description=text), a_product("b", "Pink roses"))
    index.search(ScoutQuery(text=text))


@given(catalogues, texts, st.integers(0, 10_000), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_a_price_in_another_product_changes_nobodys_relevance(
    catalogue: list[Product], text: str, price: int, times: int
) -> None:
    query = ScoutQuery(text=text, limit=100)
    before = {hit.id: hit.relevance for hit in built(catalogue).search(query).hits}
    repriced = [each.model_copy(update={"price": Money(minor=price * times)}) for each in catalogue]
    assert {hit.id: hit.relevance for hit in built(repriced).search(query).hits} == before
