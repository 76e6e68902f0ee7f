"""Parameters checked against the types that the installed SDK declares for them, so the peer ages with it.

Unknown names are refused at every level. Enumerations are open in the SDK (`Literal[...] | str`).
"""

import sys
from functools import cache
from types import UnionType
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from stripe import RequestOptions
from typing_extensions import get_type_hints, is_typeddict

from tests.peers.stripe.refusals import Refusal

_LEAVES = (int, float, bool, str)
_WITHDRAWN = {"payment_method_types": "payment_method_types_no_longer_supported"}
"""Since 2026-09-30.endive (docs.stripe.com/changelog)."""


def checked(params: dict[str, Any], declared: type) -> dict[str, Any]:
    """Return `params` typed as the SDK declares them. Raises Refusal as Stripe does."""
    return _tree(params, declared, "")


def _tree(value: Any, declared: type, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Refusal(400, f"Invalid object: {place}", param=place)
    hints = _hints(declared)
    for name in value:
        if name not in hints:
            code = _WITHDRAWN.get(name, "parameter_unknown")
            at = _inside(place, name)
            raise Refusal(400, f"Received unknown parameter: {at}", code=code, param=at)
    for name in declared.__required_keys__ & hints.keys():  # type: ignore[attr-defined]
        if name not in value:
            at = _inside(place, name)
            raise Refusal(400, f"Missing required param: {at}.", code="parameter_missing", param=at)
    return {name: _typed(each, hints[name], _inside(place, name)) for name, each in value.items()}


def _typed(value: Any, hint: Any, place: str) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Required, NotRequired):
        return _typed(value, arguments[0], place)
    if is_typeddict(hint):
        return _tree(value, hint, place)
    if origin in (Union, UnionType):
        return _first(value, arguments, place)
    if origin is list and isinstance(value, list):
        return [_typed(each, arguments[0], f"{place}[{n}]") for n, each in enumerate(value)]
    if origin is dict and isinstance(value, dict):
        return {name: _typed(each, arguments[1], _inside(place, name)) for name, each in value.items()}
    if origin is Literal and value in arguments:
        return value
    if hint in _LEAVES and isinstance(value, str):
        return _leaf(value, hint, place)
    raise Refusal(400, f"Invalid value for {place}", code="parameter_invalid", param=place)


def _first(value: Any, hints: tuple[Any, ...], place: str) -> Any:
    """Return `value` as the first of several types that takes it."""
    refusals = []
    for hint in hints:
        try:
            return _typed(value, hint, place)
        except Refusal as refusal:
            refusals.append(refusal)
    # the one that came furthest tells most
    raise max(refusals, key=lambda each: len(each.body["error"].get("param", "")))


def _leaf(value: str, hint: type, place: str) -> Any:
    try:
        return TypeAdapter(hint).validate_strings(value)
    except ValidationError:
        name = {int: "integer", bool: "boolean"}.get(hint, "value")
        raise Refusal(
            400, f"Invalid {name}: {value}", code=f"parameter_invalid_{name}", param=place
        ) from None


@cache
def _hints(declared: type) -> dict[str, Any]:
    """Return a TypedDict's own fields, without the request options that old-style calls mix in."""
    options = RequestOptions.__annotations__ if _with_options(declared) else {}
    own = {name: hint for name, hint in declared.__annotations__.items() if name not in options}
    carrier = type(declared.__name__, (), {"__annotations__": own})
    return get_type_hints(carrier, vars(sys.modules[declared.__module__]), include_extras=True)


def _with_options(declared: type) -> bool:
    """Say whether a TypedDict has the fields of RequestOptions; the class itself forgets its bases."""
    return RequestOptions.__annotations__.keys() <= declared.__annotations__.keys()


def _inside(place: str, name: str) -> str:
    return f"{place}[{name}]" if place else name
