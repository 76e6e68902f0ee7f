"""A text that was told again counts only if it says the same."""

import pytest

from shared.domain.retelling import is_faithful

ORDER = (
    "Your order is in: 2 x Dozen Red Roses from Bluebonnet Blooms. It should be with you by Thursday 7 May,"
    " 17:05."
)
CANNOT = "Bluebonnet Blooms cannot do your cake, so I am already looking elsewhere."


@pytest.mark.parametrize(
    ("told", "retold"),
    [
        (ORDER, ORDER),
        (ORDER, f"Great news! {ORDER} Enjoy!"),
        (ORDER, ORDER.replace(". It", ", and it")),
        (CANNOT, f"I am sorry: {CANNOT}"),
    ],
)
def test_warmer_words_are_welcome(told: str, retold: str) -> None:
    assert is_faithful(told, retold)


@pytest.mark.parametrize(
    "retold",
    [
        "",
        ORDER.replace("17:05", "17:50"),
        ORDER.replace("2 x", "3 x"),
        ORDER.replace("Thursday", "Friday"),
        ORDER.replace("Bluebonnet", "Blueberry"),
        ORDER.replace("Red ", ""),
        ORDER.replace("Red", "red"),
        ORDER.replace("is in", "is not in"),
        ORDER.replace("is in", "was in"),
        ORDER.replace("should", "will"),
        ORDER.replace("is in", "is cancelled"),
        f"{ORDER} You will get a refund.",
        f"{ORDER} It is free.",
        f"{ORDER} See http://evil.example",
        f"{ORDER} \U0001f600",
        f"{ORDER} Okay?",
        f"{ORDER} Thank you, dear Alice!",
        f"Hello. {'Lovely! ' * 20}{ORDER}",
        "It should be with you by Thursday 7 May, 17:05: 2 x Dozen Red Roses from Bluebonnet Blooms.",
    ],
)
def test_other_figures_names_days_or_facts_are_not(retold: str) -> None:
    assert not is_faithful(ORDER, retold)


@pytest.mark.parametrize(
    "retold", ["Bluebonnet Blooms can do your cake.", CANNOT.replace("cannot", "can"), "I am looking."]
)
def test_a_no_stays_a_no(retold: str) -> None:
    assert not is_faithful(CANNOT, retold)
