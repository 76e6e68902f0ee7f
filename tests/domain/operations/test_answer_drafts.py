import pytest

from shared.domain.operations.drafts import is_sound

FACTS = "Order 1001 (Hair Dryer) was paid on 4 May. It is on its way."


@pytest.mark.parametrize(
    "draft", ["We are sorry.", "Your order 1001 is on its way.", "It was paid on 4 May. [to be filled in]"]
)
def test_a_draft_of_facts_and_kind_words_is_shown(draft: str) -> None:
    assert is_sound(draft, FACTS)


@pytest.mark.parametrize(
    "draft",
    [
        "",
        "We refund $900.",
        "Your order 1002 is on its way.",
        "It will be there on 5 May.",
        "See https://evil.example",
        "See www.evil.test",
        "See evil.com",
        "Write to boss@evil.example",
        "x" * 4001,
    ],
)
def test_one_with_other_figures_links_or_addresses_is_not(draft: str) -> None:
    assert not is_sound(draft, FACTS)
