"""Instants and days as others may send them: RFC 3339 text, in years that can be reckoned with.

Pydantic alone also takes "0" for 1970, and years at the end of the calendar, where adding an hour overflows.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, TypeVar

from pydantic import AwareDatetime, BeforeValidator, Field

D = TypeVar("D", bound=date)
FIRST_YEAR, LAST_YEAR = 1900, 2999
_YEARS = r"^(19|2[0-9])[0-9]{2}-"
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,12})?([Zz]|[+-]\d{2}:\d{2})", flags=re.ASCII
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", flags=re.ASCII)


def _instant(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not _INSTANT.fullmatch(value):
        raise ValueError("an instant is written like 2026-05-07T09:00:00Z, with an offset")
    return _in_reach(datetime.fromisoformat(value.upper()), value).astimezone(UTC)


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not _DAY.fullmatch(value):
        raise ValueError("a day is written like 2026-05-07")
    return _in_reach(date.fromisoformat(value), value)


def _in_reach(value: D, text: str) -> D:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"{text[:4]} is not a year between {FIRST_YEAR} and {LAST_YEAR}")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_instant), Field(json_schema_extra={"pattern": _YEARS})]
"""An instant from outside, turned into UTC."""

Day = Annotated[date, BeforeValidator(_day), Field(json_schema_extra={"pattern": _YEARS})]
"""A local day from outside."""
