"""How nearness in meaning joins the rules: for every catalogue, and in the catalogue that is shipped."""

from hypothesis import given
from hypothesis import strategies as st
from scout_builders import a_product, an_index

from shared.domain.catalogue import Availability
from shared.domain.scout import CatalogueIndex, RankingWeights, ScoutQuery
from shared.domain.scout.blend import CLOSEST, FADE, JOINING, blend
from shared.domain.scout.entries import meaning_of
from shared.domain.scout.matching import OFF_COLOUR

numbers = st.integers(0, 60)
by_rules = st.dictionaries(numbers, st.floats(0.1, 1))
nearest = st.lists(numbers, unique=True, max_size=60)
ONLY_RELEVANCE = RankingWeights(relevance=1, boost=0, quality=0, margin=0)


@given(by_rules, nearest)
def test_a_relevance_stays_between_what_the_rules_say_and_one(
    rules: dict[int, float], near: list[int]
) -> None:
    blended = blend(rules, near)
    assert set(blended) == set(rules) | set(near[:JOINING])
    assert all(rules.get(number, 0.0) <= value <= 1 for number, value in blended.items())


@given(by_rules)
def test_without_anything_near_the_rules_stay_as_they_are(rules: dict[int, float]) -> None:
    assert blend(rules, []) == rules


@given(nearest)
def test_what_the_rules_see_nothing_in_keeps_the_order_of_nearness(near: list[int]) -> None:
    blended = blend({}, near)
    assert sorted(blended, key=lambda number: -blended[number]) == near[:JOINING]


@given(nearest, st.floats(0.1, 1), st.floats(0, 1))
def test_of_two_as_near_the_one_that_the_rules_know_is_first(
    near: list[int], known: float, less: float
) -> None:
    for number in near[:JOINING]:
        assert blend({number: known}, near)[number] >= blend({number: known * less}, near)[number]


def test_the_formula() -> None:
    blended = blend({3: 0.5}, [7, 3, 8], off_colour={8})
    assert blended[7] == CLOSEST
    assert blended[3] == 0.5 + 0.5 * CLOSEST * FADE / (FADE + 1)
    assert blended[8] == CLOSEST * FADE / (FADE + 2) * OFF_COLOUR


def found(index: CatalogueIndex, text: str, near: list[str], **more: object) -> list[str]:
    query = ScoutQuery(text=text, weights=ONLY_RELEVANCE, **more)  # type: ignore[arg-type]
    return [hit.id for hit in index.search(query, nearest=[f"p:{id}" for id in near]).hits]


def a_shop() -> CatalogueIndex:
    return an_index(
        a_product("nappies", "Diaper Tower", price=4_000),
        a_product("red", "Red Rose Vase", colours=frozenset({"red"})),
        a_product("pink", "Pink Rose Vase", colours=frozenset({"pink"})),
        a_product("gone", "Diaper Castle", availability=Availability.OUT_OF_STOCK),
    )


def test_what_shares_no_word_with_the_search_is_found_by_what_it_means() -> None:
    shop = a_shop()
    assert found(shop, "zellstoff pyramid", []) == []
    assert found(shop, "zellstoff pyramid", ["nappies"]) == ["nappies"]


def test_it_says_that_it_was_the_meaning() -> None:
    (hit,) = a_shop().search(ScoutQuery(text="zellstoff pyramid"), nearest=["p:nappies"]).hits
    assert hit.why == "close in meaning"


def test_what_a_query_does_not_allow_does_not_join_and_takes_no_place() -> None:
    shop = a_shop()
    assert found(shop, "zellstoff", ["gone", "nappies"], in_stock_only=True) == ["nappies"]
    (hit,) = shop.search(
        ScoutQuery(text="zellstoff", in_stock_only=True, weights=ONLY_RELEVANCE),
        nearest=["p:gone", "p:nappies", "p:never-heard-of"],
    ).hits
    assert hit.relevance == CLOSEST
    assert found(shop, "zellstoff", ["nappies"], price_max=3_000) == []


def test_a_colour_that_was_said_counts_for_the_near_ones_too() -> None:
    assert found(a_shop(), "something xylo in pink", ["red", "pink"])[0] == "pink"
    assert found(a_shop(), "something xylo in pink", ["red", "pink"], require_colour=True) == ["pink"]


def test_what_must_not_be_does_not_come_back_by_its_meaning() -> None:
    assert "pink" not in found(a_shop(), "xylo but no roses", ["pink", "nappies"])


def test_the_rules_say_whether_they_have_understood(austin: CatalogueIndex) -> None:
    def understood(text: str) -> bool:
        return austin.search(ScoutQuery(text=text)).understood

    assert understood("pink flowers")
    assert understood("")
    assert not understood("nappies as decoration"), "nobody sells nappies"
    assert not understood("fresh stems each month")


def test_what_is_embedded_is_what_a_person_would_say_of_it(austin: CatalogueIndex) -> None:
    assert meaning_of(austin.products["tm-diaper-cake"]) == (
        "Diaper Cake Centerpiece. baby. Sixty newborn diapers stacked in three tiers with ribbon."
        " For: baby shower, decor, gender reveal"
    )
    assert "Moon" not in meaning_of(austin.products["tm-diaper-cake"]), "nothing of its vendor"
    bundle = austin.bundles["new-nest"]
    assert meaning_of(bundle).startswith(f"{bundle.name}. {bundle.description}.")
