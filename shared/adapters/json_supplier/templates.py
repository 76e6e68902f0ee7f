"""Requests as data: texts with named places, such as `{sku}`, which are filled in. No code, no eval."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from pydantic import JsonValue

LINES = "$lines"
"""An object with this one field becomes a list: what the field holds, once for each line of an order."""
_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_UNCLEAR = re.compile(r"[{}]")
Values = Mapping[str, str | int]


class NoValue(Exception):
    """Nothing is known to be put into a place; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def check_text(text: str) -> str:
    """Return a template. Raises ValueError for a brace that belongs to no place."""
    if _UNCLEAR.search(_PLACE.sub("", text)):
        raise ValueError(f"{text!r} has a brace that belongs to no {{name}}")
    return text


def check_body(body: JsonValue) -> JsonValue:
    """Return a body of templates. Raises ValueError for one that could not be filled in."""
    for text in _texts(body):
        check_text(text)
    for holder in _holders(body):
        if len(holder) > 1 or not isinstance(holder[LINES], dict):
            raise ValueError(f"{LINES} stands alone and holds an object")
    return body


def places_of(template: JsonValue, *, of_lines: bool = False) -> set[str]:
    """The names in a template: those that are filled in once, or those that are filled in for each line."""
    if of_lines:
        return {name for holder in _holders(template) for name in _names(holder[LINES])}
    return set(_names(_without_lines(template)))


def has_lines(template: JsonValue) -> bool:
    """Say whether a body lists the lines of an order."""
    return any(True for _ in _holders(template))


def text(template: str, values: Values) -> str:
    """Fill a text in. Raises NoValue."""
    return _PLACE.sub(lambda place: str(_value(place[1], values)), template)


def path(template: str, values: Values) -> str:
    """Fill a path in; what is put in stays one segment. Raises NoValue."""

    def segment(place: re.Match[str]) -> str:
        value = str(_value(place[1], values))
        if value in ("", ".", ".."):
            raise NoValue(place[1])
        return quote(value, safe="")

    return _PLACE.sub(segment, template)


def body(template: JsonValue, values: Values, lines: Sequence[Values]) -> Any:
    """Fill a body in; a text that is one place and nothing else keeps the value's type. Raises NoValue."""
    if isinstance(template, str):
        whole = _PLACE.fullmatch(template)
        return _value(whole[1], values) if whole else text(template, values)
    if isinstance(template, list):
        return [body(each, values, lines) for each in template]
    if isinstance(template, dict):
        if LINES in template:
            return [body(template[LINES], {**values, **line}, ()) for line in lines]
        return {name: body(each, values, lines) for name, each in template.items()}
    return template


def _value(name: str, values: Values) -> str | int:
    if name not in values:
        raise NoValue(name)
    return values[name]


def _names(template: JsonValue) -> Iterator[str]:
    for each in _texts(template):
        yield from _PLACE.findall(each)


def _texts(template: JsonValue) -> Iterator[str]:
    if isinstance(template, str):
        yield template
    elif isinstance(template, list):
        for each in template:
            yield from _texts(each)
    elif isinstance(template, dict):
        for each in template.values():
            yield from _texts(each)


def _holders(template: JsonValue) -> Iterator[dict[str, JsonValue]]:
    if isinstance(template, list):
        for each in template:
            yield from _holders(each)
    elif isinstance(template, dict):
        if LINES in template:
            yield template
        for each in template.values():
            yield from _holders(each)


def _without_lines(template: JsonValue) -> JsonValue:
    if isinstance(template, list):
        return [_without_lines(each) for each in template]
    if isinstance(template, dict):
        return {name: _without_lines(each) for name, each in template.items() if name != LINES}
    return template
