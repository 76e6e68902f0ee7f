"""Exports as CSV: read back as they were written, and harmless in a spreadsheet."""

import csv
import io
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.csv_text import csv_text, decimal
from shared.domain.money import Money

AT = datetime(2026, 5, 4, 14, 30, tzinfo=timezone(timedelta(hours=-5)))
PLAIN = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_table_is_written_after_rfc_4180() -> None:
    text = csv_text(("a", "b"), [("x,y", 'say "hi"'), ("two\nlines", 7)])
    assert text == 'a,b\r\n"x,y","say ""hi"""\r\n"two\nlines",7\r\n'


def test_money_and_instants_are_written_for_machines() -> None:
    text = csv_text(("at", "usd", "jpy", "kwd", "none"), [
        (AT, Money(minor=-1250), Money(minor=-5, currency="JPY"), Money(minor=7, currency="KWD"), None)
    ])  # fmt: skip
    assert read(text)[1] == ["2026-05-04T19:30:00+00:00", "-12.50", "-5", "0.007", ""]
    assert datetime.fromisoformat(read(text)[1][0]) == AT.astimezone(UTC)


@pytest.mark.parametrize(
    "formula",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "  =1",
        "\n=1",
        "=cmd|' /C calc'!A0",
        "\uff1d1+1",
        "\uff0b1",
    ],
)
def test_no_text_acts_as_a_formula(formula: str) -> None:
    ((_, cell),) = read(csv_text(("a", "b"), [("x", formula)]))[1:]
    assert cell == f"'{formula}"


@given(st.lists(st.tuples(PLAIN, PLAIN), max_size=5))
def test_what_is_written_is_read_again(rows: list[tuple[str, str]]) -> None:
    found = read(csv_text(("a", "b"), rows))[1:]
    assert [tuple(cell.removeprefix("'") for cell in row) for row in found] == [
        tuple(cell.removeprefix("'") for cell in row) for row in rows
    ]


@given(st.integers(-(10**15), 10**15), st.sampled_from(["USD", "JPY", "KWD"]))
def test_an_amount_is_written_to_the_last_unit(minor: int, currency: str) -> None:
    digits = {"USD": 2, "JPY": 0, "KWD": 3}[currency]
    text = decimal(Money(minor=minor, currency=currency))
    assert int(text.replace(".", "")) == minor
    assert len(text.partition(".")[2]) == digits
