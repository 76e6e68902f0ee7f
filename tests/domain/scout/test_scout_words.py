"""Words, spelling and colours."""

import pytest

from shared.domain.scout.meaning import ANY, lexicon
from shared.domain.scout.spelling import Speller, distance
from shared.domain.scout.text_index import colour_bases, plain_colours
from shared.domain.scout.vocabulary.concept import Concept
from shared.domain.scout.words import spoken, stem, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mother's Day", ["mothers", "day"]),
        ("crème brûlée!", ["creme", "brulee"]),
        ("baby-shower", ["baby", "shower"]),
        ("a rosé, please", ["a", "rosewine", "please"]),
        ("Rose Champagne", ["rosewine", "champagne"]),
        ("a rose", ["a", "rose"]),
        ("", []),
    ],
)
def test_text_becomes_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_words_are_shown_as_they_were_said() -> None:
    assert spoken("My wife's ROSÉ") == (["my", "wifes", "rosewine"], ["my", "wife", "rosé"])


def test_plurals_and_forms_share_a_stem() -> None:
    assert stem("flowers") == stem("flower")
    assert stem("monogramming") == stem("monogrammed")


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [
        ("", "", 0),
        ("rose", "rose", 0),
        ("boquet", "bouquet", 1),
        ("ballon", "balloon", 1),
        ("teh", "the", 1),
        ("a", "", 1),
    ],
)
def test_edits_are_counted(one: str, other: str, edits: int) -> None:
    assert distance(one, other) == distance(other, one) == edits


def test_only_close_words_are_guessed() -> None:
    speller = Speller()
    for word in ("chocolate", "bouquet", "coat", "anniversary"):
        speller.learn(word)
    assert speller.guess("choclate") == "chocolate"
    assert speller.guess("aniversery") == "anniversary"
    assert speller.guess("boat") is None
    assert speller.guess("xyz") is None
    assert speller.guess("4512") is None


def test_a_word_learnt_later_is_guessed_too() -> None:
    speller = Speller()
    assert speller.guess("orchidd") is None
    speller.learn("orchid")
    assert speller.guess("orchidd") == "orchid"


@pytest.mark.parametrize(
    ("colour", "base"),
    [
        ("Pink", "pink"),
        ("blush", "pink"),
        ("hot pink", "pink"),
        ("navy blue", "blue"),
        ("Assorted", ANY),
        ("gray", "grey"),
    ],
)
def test_shades_belong_to_a_base_colour(colour: str, base: str) -> None:
    known = lexicon().shade(colour)
    assert known is not None
    assert known[0] == base


def test_an_unknown_colour_stands_for_itself() -> None:
    assert lexicon().shade("chartreuse") is None
    assert list(colour_bases(["Chartreuse"])) == [stem("chartreuse")]


@pytest.mark.parametrize(
    ("name", "colours"),
    [
        ("Red Flowers", {"red"}),
        ("Lavender Candle", set()),
        ("Red Wine", set()),
        ("White Glove Delivery", set()),
        ("Pink and White Roses", {"pink", "white"}),
    ],
)
def test_a_name_gives_away_only_real_colours(name: str, colours: set[str]) -> None:
    assert plain_colours(name) == colours


def _names(pairs: tuple[tuple[str, float], ...]) -> set[str]:
    return {name for name, _ in pairs}


def test_related_concepts_exist_and_are_weaker() -> None:
    known: dict[str, Concept] = lexicon().concepts
    unknown = {name: _names(pairs) - set(known) for name, pairs in lexicon().related.items()}
    assert {name: missing for name, missing in unknown.items() if missing} == {}
    assert all(0 < strength < 1 for pairs in lexicon().related.values() for _, strength in pairs)


def test_no_ignored_word_is_the_only_word_of_a_meaning() -> None:
    single = {
        word
        for concept in lexicon().concepts.values()
        for word in concept.same.split(", ")
        if " " not in word
    }
    assert single & lexicon().ignored == set()
