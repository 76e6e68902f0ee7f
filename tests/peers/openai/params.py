"""Requests held against the types that the installed SDK declares, and forms against strict mode's rules."""

import sys
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

from openai.types.responses.response_create_params import ResponseCreateParamsNonStreaming
from pydantic import ConfigDict, TypeAdapter, ValidationError
from typing_extensions import get_type_hints, is_typeddict

_KNOWN = {
    *("type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf", "$ref"),
    *("$defs", "title", "description", "minimum", "maximum", "minItems", "maxItems", "pattern"),
}
"""Keywords that structured outputs take (developers.openai.com, "Structured model outputs")."""


def complaint(body: Any) -> str | None:
    """Say what is wrong with a request; None when nothing is."""
    try:
        _requests().validate_python(body)
    except ValidationError as wrong:
        first = max(wrong.errors(), key=lambda each: len(each["loc"]))
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    form = body.get("text", {}).get("format", {})
    if form.get("type") != "json_schema" or form.get("strict") is not True:
        return "text.format: a strict json_schema is asked for here"
    return next(_not_strict(form["schema"], "schema"), None)


def _not_strict(schema: Any, place: str) -> Iterator[str]:
    for name in schema.keys() - _KNOWN:
        yield f"{place}: '{name}' is not permitted"
    if schema.get("type") == "object":
        if schema.get("additionalProperties") is not False:
            yield f"{place}: 'additionalProperties' is required to be supplied and to be false"
        if set(schema.get("required", ())) != schema["properties"].keys():
            yield f"{place}: 'required' must include every key in properties"
    inner = {**schema.get("properties", {}), **schema.get("$defs", {})}
    inner |= {"items": schema["items"]} if "items" in schema else {}
    inner |= {f"anyOf.{n}": each for n, each in enumerate(schema.get("anyOf", ()))}
    for name, each in inner.items():
        yield from _not_strict(each, f"{place}.{name}")


@cache
def _requests() -> TypeAdapter[Any]:
    _close(ResponseCreateParamsNonStreaming, set())
    return TypeAdapter(ResponseCreateParamsNonStreaming)


def _close(declared: Any, seen: set[Any]) -> None:
    """Let the SDK's types take no unknown names; as they stand they say nothing of them."""
    if is_typeddict(declared) and declared not in seen:
        seen.add(declared)
        declared.__pydantic_config__ = ConfigDict(extra="forbid")
        for each in get_type_hints(declared, vars(sys.modules[declared.__module__])).values():
            _close(each, seen)
    for each in get_args(declared):
        _close(each, seen)
