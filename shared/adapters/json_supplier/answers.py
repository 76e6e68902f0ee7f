"""Answers as data: parsed without losing a digit, looked into by JSON Pointers (RFC 6901), read strictly.

Whatever is not as the mapping says is `Malformed`: nobody guesses at an answer about money.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator

from shared.domain.money import Money, digits_of

MOST_MINOR = 10**12
MOST_TEXT = 500
_POINTER = re.compile(r"(/([^~/]|~[01])*)*")
_WHOLE = re.compile(r"[0-9]{1,9}")
T = TypeVar("T")


class Malformed(Exception):
    """An answer is not as the mapping says; the text names the place and repeats nothing of the answer."""


def _checked(pointer: str) -> str:
    if not _POINTER.fullmatch(pointer):
        raise ValueError(f"{pointer!r} is no JSON Pointer, such as /data/price")
    return pointer


Pointer = Annotated[str, AfterValidator(_checked)]


def parse(raw: bytes) -> Any:
    """Parse JSON; numbers with a point become Decimals. Raises Malformed."""
    try:
        return json.loads(raw.decode(), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Malformed("no JSON") from None


def named(document: Any, pointer: str) -> Any:
    """Return what a pointer points at, which may be null, but not be left out. Raises Malformed."""
    above, _, name = pointer.rpartition("/")
    holder = find(document, above) if pointer else document
    if pointer and isinstance(holder, Mapping) and name not in holder:
        raise Malformed(f"at {pointer}")
    return find(document, pointer)


def find(document: Any, pointer: str, *, may_be_missing: bool = False) -> Any:
    """Return what a pointer points at, None where nothing is. Raises Malformed when the way there is not."""
    value = document
    for name in pointer.split("/")[1:]:
        if value is None and may_be_missing:
            return None
        key = name.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping):
            value = value.get(key)
        elif isinstance(value, list) and _WHOLE.fullmatch(key):
            value = value[int(key)] if int(key) < len(value) else None
        else:
            raise Malformed(f"at {pointer}")
    return value


def rows(document: Any, pointer: str, *, may_be_missing: bool = False) -> list[Any]:
    """Return a list. Raises Malformed."""
    found = find(document, pointer, may_be_missing=may_be_missing)
    if found is None and may_be_missing:
        return []
    if not isinstance(found, list):
        raise Malformed(f"at {pointer}: no list")
    return found


def text(document: Any, pointer: str) -> str:
    """Return a text, or a whole number as one. Raises Malformed."""
    return _read(document, pointer, _text)


def maybe_text(document: Any, pointer: str) -> str:
    """Return a text, empty where there is none. Raises Malformed."""
    return "" if find(document, pointer) in (None, "") else text(document, pointer)


def whole(document: Any, pointer: str) -> int:
    """Return a number of things. Raises Malformed."""
    return _read(document, pointer, _whole)


def days(document: Any, pointer: str) -> int:
    """Return a number of days, the longest of a span such as `3-7 days`. Raises Malformed."""
    return _read(document, pointer, _days)


def amount(document: Any, pointer: str, *, currency: str, in_minor: bool) -> Money:
    """Return an amount, which is never rounded. Raises Malformed."""
    digits = 0 if in_minor else digits_of(currency)
    return Money(
        minor=_read(document, pointer, lambda value: _scaled(value, digits)),
        currency=currency,
    )


def instant(document: Any, pointer: str, *, zone: tzinfo) -> datetime:
    """Return an ISO 8601 instant in UTC; one without an offset is in `zone`. Raises Malformed."""
    return _read(document, pointer, lambda value: _instant(value, zone))


def matches(document: Any, conditions: Mapping[str, str]) -> bool:
    """Say whether each pointer leads to its word."""
    return all(_word(find(document, pointer)) == word for pointer, word in conditions.items())


def _read(document: Any, pointer: str, read: Callable[[Any], T]) -> T:
    try:
        return read(find(document, pointer))
    except (ValueError, InvalidOperation, OverflowError):
        raise Malformed(f"at {pointer}") from None


def _word(value: Any) -> str | None:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None


def _text(value: Any) -> str:
    word = _word(value)
    if not word or len(word) > MOST_TEXT:
        raise ValueError
    return word


def _whole(value: Any) -> int:
    return _scaled(value, 0)


def _days(value: Any) -> int:
    if isinstance(value, str):
        return max(int(number) for number in _WHOLE.findall(value))
    return _whole(value)


def _scaled(value: Any, digits: int) -> int:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError
    number = Decimal(value).scaleb(digits)
    if not number.is_finite() or not 0 <= number < MOST_MINOR or number != int(number):
        raise ValueError
    return int(number)


def _instant(value: Any, zone: tzinfo) -> datetime:
    if not isinstance(value, str):
        raise ValueError
    parsed = datetime.fromisoformat(value)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)).astimezone(UTC)


def _no_number(name: str) -> None:
    raise ValueError(name)
