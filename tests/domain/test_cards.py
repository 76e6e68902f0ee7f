import json

import pytest
from card_structure import check_card, texts
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.attribution import Attribution, distinct
from shared.domain.card_elements import card, image, open_url, plain, safe_url, submit, text_block
from shared.domain.cards import (
    ConditionLine,
    LedgerLine,
    Listed,
    Side,
    Step,
    approval_card,
    ledger_card,
    listed,
    logic_map_card,
    message_card,
    product_list_card,
    timeline_card,
)
from shared.domain.catalogue import Product
from shared.domain.money import Money

HOSTILE = "[Pay here](https://evil.example) **now** {{DATE(2020-01-01)}} ${x} `a` _b_ <b>\u202egnp"


WHOSE = Attribution(
    what="Data",
    who="Them__",
    url="https://them.example/",
    licence="CC BY 4.0",
    licence_url="https://licence.example/",
    changes="cut",
)


def offers(count: int, **changes: object) -> list[Listed]:
    given = {
        "name": "Roses",
        "price": Money(minor=5500),
        "vendor": "Shop B",
        "choose": {"product_id": "p"},
    } | changes
    return [Listed.model_validate(given) for _ in range(count)]


def side(title: str = "Before") -> Side:
    steps = (
        Step(name="Prepare", when="9:00 to 10:00"),
        Step(name="Travel", when="10:00 to 10:40", late=True),
    )
    return Side(title=title, steps=steps, arrival="10:40", price=Money(minor=5000))


EVERY = {
    "message": message_card("Done", HOSTILE, facts=[("Paid", "$5.00")]),
    "products": product_list_card(
        "Pink flowers", offers(7, image_url="https://cdn.example/a.jpg", why=HOSTILE)
    ),
    "none": product_list_card("Pink flowers", []),
    "approval": approval_card(
        "Swap?",
        HOSTILE,
        approve={"recovery_id": "r"},
        reject={"recovery_id": "r"},
        facts=[("Difference", "+$5.00")],
    ),
    "swap": approval_card("Swap?", "Why", approve={}, reject={}, before_and_after=(side(), side("After"))),
    "timeline": timeline_card("Timeline", "15 minutes later.", before=side(), after=side("After")),
    "logic": logic_map_card(
        "Flowers for mom",
        condition="Weather == Sunny AND Day == Thursday",
        action="Order Flowers",
        lines=[
            ConditionLine(words="Sunny", holds=False, why="rain is forecast"),
            ConditionLine(words="Thursday", holds=True),
            ConditionLine(words="In stock", holds=None),
        ],
        waiting="Next look in an hour.",
    ),
    "ledger": ledger_card(
        "Progress",
        [LedgerLine(when="9:00", text="Found", done=True), LedgerLine(when="", text="Waiting", done=False)],
    ),
    "empty ledger": ledger_card("Progress", []),
}


@pytest.mark.parametrize("name", EVERY)
def test_every_card_has_the_structure_of_version_1_5(name: str) -> None:
    check_card(EVERY[name])
    json.dumps(EVERY[name])


@pytest.mark.parametrize("name", EVERY)
def test_no_card_shows_a_strangers_markup(name: str) -> None:
    for text in texts(EVERY[name]):
        assert "](" not in text.replace("\\]\\(", "").replace("\\](", "")
        assert "**" not in text
        assert "{{" not in text
        assert "${" not in text
        assert "\u202e" not in text


def test_a_product_list_shows_the_best_five_with_picture_price_and_vendor() -> None:
    shown = EVERY["products"]
    rows = [element for element in shown["body"] if element["type"] == "ColumnSet"]
    assert len(rows) == len(shown["actions"]) == 5
    assert rows[0]["columns"][0]["items"][0]["url"] == "https://cdn.example/a.jpg"
    assert "$55.00 \u00b7 Shop B" in texts(rows[0])
    assert shown["actions"][0]["data"] == {"product_id": "p"}


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "data:image/png;base64,AA", "http://shop.example/a.jpg"]
)
def test_a_picture_from_elsewhere_than_https_is_left_out(url: str) -> None:
    shown = product_list_card("x", offers(1, image_url=url))
    assert "Image" not in json.dumps(shown)


def test_an_approval_sends_back_what_to_approve_or_reject() -> None:
    approve, reject = EVERY["approval"]["actions"]
    assert (approve["type"], approve["verb"], approve["style"]) == ("Action.Execute", "approve", "positive")
    assert (reject["verb"], reject["data"]) == ("reject", {"recovery_id": "r"})


def test_a_late_step_stands_out() -> None:
    columns = EVERY["timeline"]["body"][-1]["columns"]
    assert [item.get("color") for item in columns[0]["items"]] == [None, None, "attention", None, None]
    assert len(columns) == 2


def test_the_logic_map_reads_if_then_with_the_state_of_each_condition() -> None:
    said = texts(EVERY["logic"])
    assert said.index("IF") < said.index("Weather == Sunny AND Day == Thursday") < said.index("THEN")
    assert [mark for mark in said if mark in "\u2713\u2717?"] == ["\u2717", "\u2713", "?"]


def test_whose_data_a_card_shows_is_named_with_links() -> None:
    ask = {"approve": {}, "reject": {}}
    for shown in (
        logic_map_card("x", condition="c", action="a", lines=[], sources=[WHOSE]),
        approval_card("x", "y", sources=[WHOSE], **ask),
        ledger_card("x", [], sources=[WHOSE]),
    ):
        check_card(shown)
        assert (
            "Data by [Them\\_\\_](https://them.example/), [CC BY 4.0](https://licence.example/), cut"
        ) in texts(shown)
    assert distinct([WHOSE, None, WHOSE]) == (WHOSE,)
    assert WHOSE.in_words() == "Data by Them__ (https://them.example/), CC BY 4.0, cut."


def test_a_source_links_to_https_only() -> None:
    script = WHOSE.model_copy(update={"url": "javascript:alert(1)"})
    with pytest.raises(ValueError, match="https"):
        ledger_card("x", [], sources=[script])


def test_a_long_ledger_shows_its_latest_lines() -> None:
    lines = [LedgerLine(when=str(n), text=f"Step {n}") for n in range(50)]
    said = texts(ledger_card("Progress", lines))
    assert "Step 49" in said
    assert "Step 0" not in said


def test_a_product_of_the_catalogue_can_be_listed() -> None:
    flowers = Product(id="p-1", vendor_id="b", name="Pink Flowers", price=Money(minor=5500))
    assert listed(flowers, vendor="Shop B").choose == {"product_id": "p-1"}


def test_a_card_says_its_message_where_it_cannot_be_shown() -> None:
    assert EVERY["swap"]["fallbackText"] == "Swap?: Why"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Flowers for Ann & Bo, $5.00!", "Flowers for Ann & Bo, $5.00!"),
        ("**bold**", r"\*\*bold\*\*"),
        ("1. first", "1\\. first"),
        ("- item", "\\- item"),
        ("# title", "\\# title"),
        ("2-for-1", "2-for-1"),
        ("{{DATE(x)}}", "{ {DATE(x)}}"),
        ("a\x00b\x1b", "ab"),
    ],
)
def test_plain_text_is_shown_as_written(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_long_text_is_cut_with_an_ellipsis() -> None:
    assert plain("x" * 3000).endswith("x\u2026")
    assert len(plain("x" * 3000)) == 2000


def test_our_own_markdown_is_kept() -> None:
    assert text_block("**12** minutes", markdown=True)["text"] == "**12** minutes"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "http://evil.example", "https://a b", "//x", "", 'https://x"y']
)
def test_buttons_and_pictures_refuse_other_urls(url: str) -> None:
    assert safe_url(url) is None
    with pytest.raises(ValueError, match="https"):
        open_url("Open", url)
    with pytest.raises(ValueError, match="https"):
        image(url, alt="x")


def test_a_link_to_the_local_host_is_allowed_for_trying() -> None:
    assert open_url("Open", "http://127.0.0.1:7071/x")["url"].endswith("/x")


def test_a_card_has_at_most_six_buttons() -> None:
    many = [submit(str(n), {}) for n in range(9)]
    assert len(card([text_block("x")], fallback="x", actions=many)["actions"]) == 6


@given(text=st.text(max_size=60))
def test_no_text_keeps_an_unescaped_marker(text: str) -> None:
    shown = plain(text)
    bare = shown.replace("\\\\", "")
    for mark in "*_`[]":
        assert mark not in bare.replace(f"\\{mark}", "")
