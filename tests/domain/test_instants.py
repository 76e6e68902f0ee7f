from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.domain.instants import Day, Instant

INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)
DAY: TypeAdapter[date] = TypeAdapter(Day)


def test_an_instant_is_turned_into_utc() -> None:
    assert INSTANT.validate_python("2026-05-07T09:00:00-05:00") == datetime(2026, 5, 7, 14, tzinfo=UTC)
    assert INSTANT.validate_json('"2026-05-07T09:00:00Z"', strict=True).tzinfo is UTC


def test_what_is_an_instant_already_stays_one() -> None:
    now = datetime(2026, 5, 7, tzinfo=UTC)
    assert INSTANT.validate_python(now) == now


@pytest.mark.parametrize(
    "text",
    ["0", "1746608400", "2026-05-07", "2026-05-07T09:00", "2026-05-07T09:00:00", "1899-12-31T00:00:00Z",
     "3000-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "2026-05-07T24:30:00Z", "٢026-05-07T09:00:00Z"],
)  # fmt: skip
def test_other_texts_are_no_instants(text: str) -> None:
    with pytest.raises(ValidationError):
        INSTANT.validate_python(text)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValidationError):
        INSTANT.validate_python(datetime(2026, 5, 7))  # noqa: DTZ001 - the point


@pytest.mark.parametrize(
    "text", ["0", "20260507", "2026-5-7", "2026-02-30", "1899-12-31", "2026-05-07T00:00:00Z"]
)
def test_other_texts_are_no_days(text: str) -> None:
    with pytest.raises(ValidationError):
        DAY.validate_python(text)


def test_a_day_is_a_date() -> None:
    assert DAY.validate_json('"2026-05-07"', strict=True) == date(2026, 5, 7)


@given(text=st.text(max_size=30))
def test_arbitrary_texts_raise_validation_errors_only(text: str) -> None:
    for adapter in (INSTANT, DAY):
        with pytest.raises(ValidationError):
            adapter.validate_python(text)


def test_the_schema_says_which_years() -> None:
    assert INSTANT.json_schema() == {
        "type": "string",
        "format": "date-time",
        "pattern": "^(19|2[0-9])[0-9]{2}-",
    }
