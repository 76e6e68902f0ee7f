"""Another vendor's product in place of one that cannot be had (flow 6.3-1)."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scout_builders import DOWNTOWN, a_product, a_vendor, an_index

from shared.domain.catalogue import Lock, Product, ProductKind
from shared.domain.money import Money
from shared.domain.scout import AlternativeQuery, CatalogueIndex, alternatives

RED = a_product("red", "Red Flowers", vendor="a", price=5000, category="flowers")


def pink(id: str = "pink", *, vendor: str = "b", price: int = 5500, **more: object) -> Product:
    return a_product(id, "Pink Flowers", vendor=vendor, price=price, category="flowers", **more)


def wish(**more: object) -> AlternativeQuery:
    return AlternativeQuery.model_validate(
        {"wanted": "pink flowers", "original": RED, "deliver_to": DOWNTOWN, **more}
    )


def ids(
    index: CatalogueIndex, query: AlternativeQuery, stock: Callable[[str], int | None] | None = None
) -> list[str]:
    return [each.product.id for each in alternatives(index, query, stock=stock).found]


def refusals(index: CatalogueIndex, query: AlternativeQuery) -> dict[str, str]:
    return {each.product_id: each.reason for each in alternatives(index, query).refused}


@pytest.mark.flow("6.3-1")
def test_the_live_demo_finds_pink_flowers_at_another_vendor(austin: CatalogueIndex) -> None:
    original = austin.product("bb-dozen-red-roses")
    assert original is not None
    found = alternatives(
        austin, AlternativeQuery(wanted="pink flowers", original=original, deliver_to=DOWNTOWN)
    ).found
    assert found[0].product.id == "rw-pink-garden-roses"
    assert abs(found[0].price_difference) * 10 <= original.price.minor
    assert all("pink" in each.product.colours for each in found)
    assert all(each.vendor.id != "bluebonnet-blooms" for each in found)


@pytest.mark.flow("6.3-1")
def test_flower_shop_b_replaces_flower_shop_a_by_names_alone() -> None:
    result = alternatives(an_index(RED, pink()), wish())
    assert [each.product.id for each in result.found] == ["pink"]
    assert result.found[0].reason.startswith("B has Pink Flowers: trusted 80 of 100, ")
    assert "$5.00 more" in result.found[0].reason


@pytest.mark.parametrize("price", [4000, 6000])
def test_the_edge_of_the_price_window_is_inside(price: int) -> None:
    assert ids(an_index(RED, pink(price=price)), wish()) == ["pink"]


@pytest.mark.parametrize(("price", "word"), [(3999, "cheaper"), (6001, "dearer")])
def test_a_price_outside_of_the_window_is_refused_with_its_reason(price: int, word: str) -> None:
    index = an_index(RED, pink(price=price))
    assert ids(index, wish()) == []
    assert word in refusals(index, wish())["pink"]


def test_another_colour_is_never_offered_when_one_is_named() -> None:
    index = an_index(RED, a_product("c", "Red Roses", vendor="b", category="flowers", colours={"red"}))
    assert ids(index, wish()) == []


def test_assorted_colours_are_not_surely_pink() -> None:
    index = an_index(RED, a_product("mix", "Flowers", vendor="b", category="flowers", colours={"mixed"}))
    assert refusals(index, wish()) == {"mix": "does not come in pink"}


def test_pink_things_that_are_no_flowers_are_never_offered() -> None:
    others = [
        a_product("cake", "Pink Cake", vendor="b", category="cake"),
        a_product("candle", "Pink Rose Candle", vendor="b", category="candles"),
        a_product(
            "run", "Pink Flower Run by Bike", vendor="b", category="courier", kind=ProductKind.DELIVERY
        ),
    ]
    assert ids(an_index(RED, *others), wish()) == []


def test_the_original_vendor_is_left_out() -> None:
    index = an_index(RED, pink(vendor="a"))
    assert refusals(index, wish()) == {"pink": "comes from the same vendor"}


def test_excluded_vendors_and_products_are_left_out() -> None:
    index = an_index(RED, pink("one", vendor="b"), pink("two", vendor="c"), pink("three", vendor="d"))
    query = wish(exclude_vendor_ids={"b"}, exclude_product_ids={"two"})
    assert ids(index, query) == ["three"]
    assert refusals(index, query) == {
        "one": "comes from a vendor that is ruled out",
        "two": "was ruled out before",
    }


@pytest.mark.parametrize("where", ["order", "product"])
def test_a_hard_lock_is_never_swapped(where: str) -> None:
    locked = RED.model_copy(update={"lock": Lock.HARD})
    query = wish(lock=Lock.HARD) if where == "order" else wish(original=locked)
    result = alternatives(an_index(RED, pink()), query)
    assert result.found == ()
    assert "locked" in result.summary


@pytest.mark.parametrize("lock", [Lock.NONE, Lock.SOFT, Lock.SERVICE])
def test_other_locks_let_the_same_service_be_found_elsewhere(lock: Lock) -> None:
    assert ids(an_index(RED, pink()), wish(lock=lock)) == ["pink"]


def test_a_product_that_a_curator_locked_is_not_taken() -> None:
    assert ids(an_index(RED, pink(lock=Lock.HARD)), wish()) == []


def test_stock_must_cover_the_quantity() -> None:
    index = an_index(RED, pink("few"), pink("many", vendor="c"), pink("endless", vendor="d"))
    stock = {"few": 1, "many": 2, "endless": None, "red": 0}
    assert sorted(ids(index, wish(quantity=2), stock.__getitem__)) == ["endless", "many"]


def test_capabilities_of_the_original_are_needed_unless_the_query_says_otherwise() -> None:
    original = RED.model_copy(update={"capabilities": frozenset({"gift-note"})})
    index = an_index(original, pink())
    assert refusals(index, wish(original=original)) == {"pink": "lacks gift-note"}
    assert ids(index, wish(original=original, capabilities=set())) == ["pink"]


def test_a_vendor_out_of_reach_is_refused() -> None:
    index = an_index(RED, pink(), vendors=(a_vendor("b", latitude=32.8),))
    assert ids(index, wish()) == []
    assert refusals(index, wish())["pink"].endswith("km away")


def test_trust_comes_first_then_nearness_then_price() -> None:
    vendors = (a_vendor("b", trust=50), a_vendor("c", trust=95), a_vendor("d", trust=95, latitude=30.35))
    index = an_index(
        RED,
        pink("untrusted", vendor="b", price=5000),
        pink("dear", vendor="c", price=5900),
        pink("near", vendor="c", price=5000),
        pink("far", vendor="d", price=5000),
        vendors=vendors,
    )
    assert ids(index, wish()) == ["near", "far", "dear", "untrusted"]


def test_without_a_wish_something_like_the_original_is_found(austin: CatalogueIndex) -> None:
    original = austin.product("bb-dozen-red-roses")
    assert original is not None
    found = alternatives(austin, AlternativeQuery(original=original, deliver_to=DOWNTOWN)).found
    assert "lb-red-roses" in [each.product.id for each in found]
    assert all("red" in each.product.colours for each in found)
    assert {each.product.category for each in found} == {"flowers"}


def test_when_nothing_is_found_the_summary_says_what_was_tried() -> None:
    result = alternatives(an_index(RED, pink(price=9000)), wish())
    assert result.summary.startswith("Nothing can replace Red Flowers as 'pink flowers'. Closest: ")
    assert alternatives(an_index(RED), wish(wanted="a grand piano")).summary.startswith("Nobody")


@given(
    st.lists(
        st.tuples(st.integers(0, 12_000), st.sampled_from("abcd"), st.sampled_from(["pink", "red", "mixed"])),
        max_size=12,
    ),
    st.integers(0, 100),
    st.sets(st.sampled_from("bcd")),
    st.integers(1, 3),
)
@settings(max_examples=150, deadline=None)
def test_no_rule_is_ever_broken(
    rows: list[tuple[int, str, str]], window: int, excluded: set[str], quantity: int
) -> None:
    products = [
        a_product(f"p{n}", f"{colour} flowers", vendor=vendor, price=price, colours={colour})
        for n, (price, vendor, colour) in enumerate(rows)
    ]
    stock = {product.id: n % 4 for n, product in enumerate(products)}
    query = wish(price_window_pct=window, exclude_vendor_ids=excluded, quantity=quantity, limit=50)
    result = alternatives(an_index(RED, *products), query, stock=lambda id: stock.get(id, 0))
    scores = [each.score for each in result.found]
    assert scores == sorted(scores, reverse=True)
    for each in result.found:
        assert each.product.vendor_id not in {"a", *excluded}
        assert each.product.colours == {"pink"}
        assert abs(each.product.price.minor - 5000) * 100 <= 5000 * window
        assert stock[each.product.id] >= quantity
        assert each.price_difference == (each.product.price - Money(minor=5000)).minor
        assert all(0 <= part <= 1 for part in (each.trust, each.proximity, each.price_similarity))
