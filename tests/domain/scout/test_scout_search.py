"""What a search prefers, drops and explains."""

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from shared.domain.catalogue import Availability, Bundle, Product, ProductKind, Vendor
from shared.domain.money import Money
from shared.domain.places import GeoPoint
from shared.domain.scout import CatalogueIndex, RankingWeights, ScoutQuery

MakeProduct = Callable[..., Product]
MakeVendor = Callable[..., Vendor]
MakeIndex = Callable[..., CatalogueIndex]


def found(index: CatalogueIndex, text: str, **more: object) -> list[str]:
    return [hit.id for hit in index.search(ScoutQuery.model_validate({"text": text, **more})).hits]


@pytest.fixture
def shop(product: MakeProduct, index_of: MakeIndex) -> CatalogueIndex:
    return index_of(
        product("pink-roses", "Pink roses", category="flowers", colours={"pink"}),
        product("red-roses", "Red roses", category="flowers", colours={"red"}),
        product("pink-cake", "Pink cake", category="cake", colours={"pink"}),
        product("rose-candle", "Rose candle", category="candles", colours={"pink"}),
        product("truffles", "Dark chocolate truffles", category="chocolates"),
        product("choc-cake", "Chocolate cake", category="cake", colours={"brown"}),
    )


def test_pink_flowers_come_before_red_flowers_and_pink_cakes(shop: CatalogueIndex) -> None:
    hits = shop.search(ScoutQuery(text="pink flowers")).hits
    assert hits[0].id == "pink-roses"
    relevance = {hit.id: hit.relevance for hit in hits}
    assert all(relevance.get(id, 0) < relevance["pink-roses"] / 4 for id in ("red-roses", "pink-cake"))


def test_the_wrong_colour_is_dropped_when_the_colour_is_required(shop: CatalogueIndex) -> None:
    assert "red-roses" in found(shop, "pink flowers")
    assert "red-roses" not in found(shop, "pink flowers", require_colour=True)


def test_a_colour_may_be_asked_for_beside_the_text(shop: CatalogueIndex) -> None:
    assert found(shop, "roses", colour="pink", require_colour=True)[0] == "pink-roses"
    assert shop.search(ScoutQuery(text="roses", colour="Blush")).colours == ("pink",)


def test_a_shade_answers_for_its_colour(product: MakeProduct, index_of: MakeIndex) -> None:
    index = index_of(product("peony", "Peony bouquet", category="flowers", colours={"blush"}))
    assert found(index, "pink flowers", require_colour=True) == ["peony"]


def test_assorted_colours_may_be_the_one_asked_for_but_not_surely(
    product: MakeProduct, index_of: MakeIndex
) -> None:
    index = index_of(product("mix", "Mixed bouquet", category="flowers", colours={"assorted"}))
    assert found(index, "pink flowers") == ["mix"]
    assert found(index, "pink flowers", require_colour=True) == []


def test_a_name_gives_the_colour_away_when_none_is_listed(product: MakeProduct, index_of: MakeIndex) -> None:
    index = index_of(product("a", "Red Flowers"), product("b", "Pink Flowers"))
    assert found(index, "pink flowers", require_colour=True) == ["b"]


def test_red_wine_and_a_black_car_ask_for_no_colour(product: MakeProduct, index_of: MakeIndex) -> None:
    index = index_of(product("wine", "Tempranillo", category="wine", description="a red wine"))
    result = index.search(ScoutQuery(text="red wine"))
    assert (result.colours, [hit.id for hit in result.hits]) == ((), ["wine"])


def test_colours_can_be_excluded(shop: CatalogueIndex) -> None:
    assert found(shop, "roses", exclude_colours={"red"}) == ["pink-roses"]


def test_a_rose_candle_is_no_rose_and_roses_are_no_candle(shop: CatalogueIndex) -> None:
    assert "rose-candle" not in found(shop, "roses")
    assert found(shop, "rose candle")[0] == "rose-candle"


def test_of_two_things_one_may_describe_the_other(shop: CatalogueIndex) -> None:
    assert found(shop, "chocolate cake")[0] == "choc-cake"
    assert found(shop, "chocolates")[0] == "truffles"


def test_synonyms_and_narrower_words_answer(shop: CatalogueIndex) -> None:
    assert set(found(shop, "a bouquet")) == {"pink-roses", "red-roses"}


@pytest.mark.parametrize("text", ["chocolat trufles", "choclate", "CHOCOLATES!!", "  chocolates, please? "])
def test_misspelt_and_decorated_words_are_understood(shop: CatalogueIndex, text: str) -> None:
    assert found(shop, text)[0] == "truffles"


def test_a_correction_is_told(shop: CatalogueIndex) -> None:
    assert shop.search(ScoutQuery(text="choclate")).corrected == {"choclate": "chocolate"}


def test_what_nobody_sells_finds_nothing(shop: CatalogueIndex) -> None:
    result = shop.search(ScoutQuery(text="grand piano lessons"))
    assert (result.hits, result.total) == ((), 0)
    assert "piano" in result.unknown


def test_a_name_that_nobody_knows_does_not_spoil_an_occasion(
    product: MakeProduct, index_of: MakeIndex
) -> None:
    index = index_of(product("cake", "Cake", tags={"birthday"}), product("rug", "Rug"))
    assert found(index, "something for Zelda's 80th birthday") == ["cake"]


def test_a_colour_of_something_nobody_sells_finds_nothing(shop: CatalogueIndex) -> None:
    assert found(shop, "red piano") == []


def test_what_is_to_be_avoided_is_left_out(shop: CatalogueIndex) -> None:
    assert "red-roses" not in found(shop, "roses but not red")
    assert found(shop, "chocolates without cake") == ["truffles"]


@pytest.mark.parametrize("text", ["", "   ", "something please", "!!!", "by Saturday"])
def test_a_text_that_names_nothing_browses_everything(shop: CatalogueIndex, text: str) -> None:
    assert len(found(shop, text)) == 6


def test_the_formula_is_the_weighted_sum(product: MakeProduct, index_of: MakeIndex) -> None:
    index = index_of(product("a", "Flowers", boost=0.5, quality=0.25, margin=0.75))
    hit = index.search(ScoutQuery(text="flowers")).hits[0]
    assert hit.score == pytest.approx(0.4 * hit.relevance + 0.3 * 0.5 + 0.2 * 0.25 + 0.1 * 0.75, abs=1e-5)


def test_weights_come_with_the_query(product: MakeProduct, index_of: MakeIndex) -> None:
    index = index_of(product("a", "Flowers", quality=1), product("b", "Flowers", quality=0, margin=1))
    assert found(index, "flowers")[0] == "a"
    assert found(index, "flowers", weights=RankingWeights(quality=0, margin=1))[0] == "b"


def test_full_boost_does_not_bring_in_what_is_irrelevant(product: MakeProduct, index_of: MakeIndex) -> None:
    index = index_of(product("a", "Flowers"), product("b", "Dog bed", boost=1, quality=1, margin=1))
    assert found(index, "flowers") == ["a"]


def test_equal_hits_stand_in_the_order_of_their_ids(product: MakeProduct, index_of: MakeIndex) -> None:
    index = index_of(*(product(id, "Flowers") for id in ("c", "a", "b")))
    assert found(index, "flowers") == ["a", "b", "c"]


def test_the_reason_names_the_matched_words_and_the_way(shop: CatalogueIndex, downtown: GeoPoint) -> None:
    hit = shop.search(ScoutQuery(text="pink roses for my wife's friend", near=downtown)).hits[0]
    assert hit.why.startswith("matches pink, roses; ")
    assert hit.why.endswith(" km away")
    assert hit.distance_m is not None


def test_a_vendor_is_found_by_name(product: MakeProduct, vendor: MakeVendor, index_of: MakeIndex) -> None:
    index = index_of(
        product("a", "Tote", vendor="one"),
        product("b", "Tote", vendor="two"),
        vendors=(vendor("one", name="Quimby Brothers"), vendor("two", name="Blooming Bouquets")),
    )
    assert found(index, "quimby tote")[0] == "a"
    assert found(index, "flowers") == []


def test_out_of_stock_goods_are_shown_unless_stock_is_asked_for(
    product: MakeProduct, index_of: MakeIndex
) -> None:
    index = index_of(
        product("gone", "Flowers", availability=Availability.OUT_OF_STOCK),
        product("few", "Flowers"),
        product("many", "Flowers"),
    )
    stock = {"gone": 9, "few": 1, "many": None}
    query = ScoutQuery(text="flowers", in_stock_only=True)
    assert len(found(index, "flowers")) == 3
    assert {hit.id for hit in index.search(query, stock=stock.__getitem__).hits} == {"few", "many"}
    two = query.model_copy(update={"quantity": 2})
    assert {hit.id for hit in index.search(two, stock=stock.__getitem__).hits} == {"many"}


def test_a_bundle_shows_once_all_its_parts_are_known(product: MakeProduct, index_of: MakeIndex) -> None:
    index = index_of(product("a", "Blanket"))
    index.put_bundle(Bundle(id="set", name="Baby gift set", product_ids=("a", "b"), price=Money(minor=900)))
    assert "set" not in found(index, "baby gift")
    index.put_product(product("b", "Rattle"))
    hit = index.search(ScoutQuery(text="baby gift set")).hits[0]
    assert (hit.id, [part.id for part in hit.parts], hit.product) == ("set", ["a", "b"], None)
    index.remove_product("a")
    assert "set" not in found(index, "baby gift")


def test_a_filter_on_kinds_leaves_bundles_out(austin: CatalogueIndex) -> None:
    hits = austin.search(ScoutQuery(text="baby blanket", kinds=frozenset({ProductKind.PRODUCT}))).hits
    assert hits
    assert all(hit.product and hit.product.kind is ProductKind.PRODUCT for hit in hits)


def test_suggested_bundles_are_bundles_that_answer(austin: CatalogueIndex) -> None:
    hits = austin.suggest_bundles(ScoutQuery(text="something fancy for a baby shower"), limit=3)
    assert hits[0].id == "white-glove-baby"
    assert all(hit.bundle for hit in hits)


def test_an_impossible_query_is_refused() -> None:
    with pytest.raises(ValidationError):
        ScoutQuery(within_m=5)
    with pytest.raises(ValidationError):
        ScoutQuery(price_min=5, price_max=4)
    with pytest.raises(ValidationError):
        ScoutQuery(limit=101)
