"""Strict JSON bodies: what two parsers could read differently is refused (RFC 8259, and I-JSON, RFC 7493).

So are control characters, which no person types and some terminals, logs and files act upon.
"""

import json
import re
from email.message import Message
from typing import Any, NoReturn

from pydantic import TypeAdapter, ValidationError

from shared.errors import InvalidInput
from triggers.web.problem import InvalidRequest, UnsupportedMediaType, faults_of

MAX_DEPTH = 32
MAX_NUMBER = 2**53 - 1
"""Beyond it, whole numbers lose digits in most readers (RFC 7493, section 2.2)."""
PLAIN_PATTERN = r"^[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F]*$"
"""Text without control characters; tabs and line ends are none."""
_CONTROL = re.compile(r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]")
_MAX_FIELD = 200


def check_content_type(header: str | None, *, encoding: str | None = None) -> None:
    """Accept `application/json` in UTF-8, not compressed. Raises UnsupportedMediaType."""
    message = Message()
    message["Content-Type"] = (header or "").replace("\r", " ").replace("\n", " ")
    charset = str(message.get_param("charset", "utf-8")).lower()
    if not header or message.get_content_type() != "application/json" or charset not in ("utf-8", "utf8"):
        raise UnsupportedMediaType("The body must be application/json in UTF-8.", field="Content-Type")
    if encoding and encoding.strip().lower() != "identity":
        raise UnsupportedMediaType("The body must not be compressed.", field="Content-Encoding")


def parse_body(raw: bytes, adapter: TypeAdapter[Any]) -> Any:
    """Return what `adapter` makes of `raw`, without any coercion. Raises InvalidInput, InvalidRequest."""
    value = read_json(raw)
    try:
        # JSON mode is the one that is strict and yet reads dates and enums from text
        return adapter.validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        raise InvalidRequest(faults_of(error)) from None


def read_json(raw: bytes) -> Any:
    """Parse `raw`, in which 2.0 is the integer 2 (JSON Schema 2020-12, section 6.1.1).

    Raises InvalidInput unless it is JSON that every reader understands in the same way.
    """
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise InvalidInput(f"The body is not UTF-8 (at byte {error.start}).", field="body") from None
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_int=_integer,
            parse_float=_finite,
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InvalidInput(f"The body is not JSON: {error.msg} ({place}).", field="body") from None
    except RecursionError:
        raise _too_deep() from None
    _check_values(value)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidInput(f"The body names {_shown(twice)} twice in one object.", field="body")
    return result


def _no_constant(name: str) -> NoReturn:
    raise InvalidInput(f"{name} is not JSON.", field="body")


def _integer(text: str) -> int:
    # counting digits first: Python refuses to convert thousands of them, and should not have to
    if len(text) > len(str(-MAX_NUMBER)) or abs(value := int(text)) > MAX_NUMBER:
        raise InvalidInput(f"A number is larger than {MAX_NUMBER}.", field="body")
    return value


def _finite(text: str) -> float | int:
    value = float(text)
    if abs(value) > MAX_NUMBER:
        raise InvalidInput(f"A number is larger than {MAX_NUMBER}.", field="body")
    return int(value) if value.is_integer() else value


def _check_values(value: object) -> None:
    level: list[tuple[str, object]] = [("", value)]
    for _ in range(MAX_DEPTH):
        following: list[tuple[str, object]] = []
        for place, item in level:
            if isinstance(item, str):
                _check_text(item, place)
            elif isinstance(item, list):
                following.extend((_inside(place, str(n)), each) for n, each in enumerate(item))
            elif isinstance(item, dict):
                for name, each in item.items():
                    _check_text(name, place)
                    following.append((_inside(place, name), each))
        if not following:
            return
        level = following
    raise _too_deep()


def _inside(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _check_text(text: str, place: str) -> None:
    if (flaw := text_flaw(text)) is not None:
        raise InvalidInput(flaw, field=place[:_MAX_FIELD] or "body")


def text_flaw(text: str) -> str | None:
    """Say what makes `text` no plain text; None is fine."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        return "This has half of a surrogate pair in it."  # it has no UTF-8
    return "This has control characters in it." if _CONTROL.search(text) else None


def _too_deep() -> InvalidInput:
    return InvalidInput(f"The body is nested deeper than {MAX_DEPTH} levels.", field="body")


def _shown(name: str) -> str:
    return ascii(name[:60])
