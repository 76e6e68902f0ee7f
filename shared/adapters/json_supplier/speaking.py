"""Filling templates with values, and reading answers by pointers. Nothing here is ever evaluated."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

from shared.adapters.json_supplier.mapping import EACH, ITEM, PLACEHOLDER, Pointer
from shared.errors import Unavailable

Values = Mapping[str, str | int]


def filled(template: str, values: Values, *, in_url: bool = False) -> str:
    """Put values into a text; in a URL each is quoted, so that it stays one segment or one value."""

    def put(found: Any) -> str:
        value = str(values.get(found[1], ""))
        return quote(value, safe="") if in_url else value

    return PLACEHOLDER.sub(put, template)


def body_of(template: Any, values: Values, lines: Sequence[Values]) -> Any:
    """Fill a body; a text that is one placeholder takes the value's own type."""
    if isinstance(template, str):
        whole = PLACEHOLDER.fullmatch(template)
        return values.get(whole[1], "") if whole else filled(template, values)
    if isinstance(template, list):
        return [body_of(part, values, lines) for part in template]
    if isinstance(template, dict):
        if set(template) == {EACH, ITEM}:
            return [body_of(template[ITEM], {**values, **line}, lines) for line in lines]
        return {name: body_of(part, values, lines) for name, part in template.items()}
    return template


def at(answer: Any, pointer: Pointer) -> Any:
    """Return what a pointer finds; None where there is nothing. Raises Unavailable for what is no number."""
    found = [each for each in _walk(answer, pointer.path.split("/")[1:]) if each is not None]
    if not found:
        return None
    if pointer.pick == "first":
        return found[0]
    numbers = [number(each) for each in found]
    if pointer.pick == "sum":
        return sum(numbers)
    return min(numbers) if pointer.pick == "least" else max(numbers)


def number(value: Any) -> Decimal:
    """A number, also as a text; of a span such as `8-12` the larger end. Raises Unavailable."""
    text = str(value).strip()
    parts = text.split("-") if text.count("-") == 1 and not text.startswith("-") else [text]
    try:
        result = max(Decimal(part.strip()) for part in parts)
    except InvalidOperation:
        raise Unavailable(f"The supplier answered {text[:40]!r} where a number belongs.") from None
    if not result.is_finite():
        raise Unavailable("The supplier answered a number that is none.")
    return result


def _walk(value: Any, path: Sequence[str]) -> Iterator[Any]:
    if not path:
        yield value
        return
    step, rest = path[0], path[1:]
    if step == "*" and isinstance(value, list):
        for each in value:
            yield from _walk(each, rest)
    elif isinstance(value, dict) and step in value:
        yield from _walk(value[step], rest)
    elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
        yield from _walk(value[int(step)], rest)
