"""What is read off answers: every digit of an amount, nothing by guessing, and no crash whatever comes."""

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.json_supplier import answers, templates
from shared.adapters.json_supplier.answers import Malformed
from tests.shop_orders import usd

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab/~0", max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)
POINTERS = st.lists(st.sampled_from(["", "a", "b", "0", "1", "~0", "~1"]), max_size=3).map(
    lambda names: "".join(f"/{name}" for name in names)
)


def dollars(text: str) -> Any:
    return answers.amount(answers.parse(text.encode()), "/x", currency="USD", in_minor=False)


@given(st.integers(0, 10**11))
@settings(max_examples=50)
def test_no_digit_of_an_amount_is_lost(minor: int) -> None:
    number = f"{minor // 100}.{minor % 100:02}"
    assert dollars(f'{{"x": {number}}}') == dollars(f'{{"x": "{number}00"}}') == usd(minor)


@pytest.mark.parametrize(
    "value", ["1.005", "-1", '"1,5"', '""', "null", "true", "[1]", "1e40", '"NaN"', '"Infinity"']
)
def test_an_amount_that_is_none_is_not_rounded_or_guessed(value: str) -> None:
    with pytest.raises(Malformed, match="/x"):
        dollars(f'{{"x": {value}}}')


@given(st.binary(max_size=60) | JSON.map(lambda each: json.dumps(each).encode()), POINTERS)
@settings(max_examples=150)
def test_whatever_comes_is_read_or_malformed(raw: bytes, pointer: str) -> None:
    try:
        document = answers.parse(raw)
    except Malformed:
        return
    reads = (
        answers.text,
        answers.whole,
        answers.days,
        answers.rows,
        answers.maybe_text,
        lambda document, pointer: answers.instant(document, pointer, zone=UTC),
        lambda document, pointer: answers.amount(document, pointer, currency="JPY", in_minor=False),
    )
    for read in reads:
        try:
            read(document, pointer)
        except Malformed as fault:
            assert len(str(fault)) < 40 + len(pointer)  # noqa: PT017 - it may also succeed


def test_json_that_is_no_json_is_malformed() -> None:
    for raw in (b"", b"NaN", b'{"x": Infinity}', b"\xff", b"[" * 100_000, b"9" * 5_000):
        with pytest.raises(Malformed):
            answers.parse(raw)


@pytest.mark.parametrize(("value", "days"), [(7, 7), ("7", 7), ("2-5", 5), ("3-7 Days", 7), ("12 to 20", 20)])
def test_a_span_of_days_counts_as_its_longest(value: Any, days: int) -> None:
    assert answers.days({"x": value}, "/x") == days


def test_an_instant_without_an_offset_is_in_the_zone_of_the_mapping() -> None:
    at = datetime(2026, 5, 4, 6, 30, tzinfo=UTC)
    shanghai = ZoneInfo("Asia/Shanghai")
    assert answers.instant({"x": "2026-05-04 14:30:00"}, "/x", zone=shanghai) == at
    assert answers.instant({"x": "2026-05-04T06:30:00Z"}, "/x", zone=shanghai) == at
    with pytest.raises(Malformed):
        answers.instant({"x": "yesterday"}, "/x", zone=UTC)


@given(st.text(max_size=20), st.text(max_size=20))
@settings(max_examples=50)
def test_what_is_filled_in_is_never_filled_in_again(one: str, other: str) -> None:
    values = {"key": one + "{secret}", "secret": other}
    assert templates.text("<{key}>", values) == f"<{one}{{secret}}>"
    assert templates.body({"a": ["{key}"]}, values, ()) == {"a": [one + "{secret}"]}


def test_lines_are_listed_with_their_types_kept() -> None:
    template = {"key": "{key}", "lines": {"$lines": {"vid": "{sku}", "n": "{quantity}", "as": "{sku}/{key}"}}}
    filled = templates.body(
        template, {"key": "k"}, [{"sku": "A", "quantity": 2}, {"sku": "B", "quantity": 1}]
    )
    assert filled["lines"] == [{"vid": "A", "n": 2, "as": "A/k"}, {"vid": "B", "n": 1, "as": "B/k"}]
    assert templates.places_of(template) == {"key"}
    assert templates.places_of(template, of_lines=True) == {"sku", "quantity", "key"}


def test_a_path_takes_a_value_as_one_segment() -> None:
    assert templates.path("/o/{id}", {"id": "a/b?c"}) == "/o/a%2Fb%3Fc"
    for value in ("", ".", ".."):
        with pytest.raises(templates.NoValue):
            templates.path("/o/{id}", {"id": value})
