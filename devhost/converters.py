"""Feeds the SDK's own converters, the very classes the worker uses."""

import json
import warnings
from collections.abc import Mapping
from typing import Any

from azure.functions.meta import Datum, get_binding_registry

from devhost.bindings import ACTIVITY, HTTP, HTTP_OUT, SERVICE_BUS_OUT, TIMER


def _consume_one_time_notice() -> None:
    # The SDK asks once per process for typed decoding. That request is addressed to app authors; the first
    # decode of this host must not fail an app that turns warnings into errors.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        decode(ACTIVITY, Datum("null", "json"))


def converter(binding_type: str) -> Any:
    """Return the SDK's converter for a binding type, or None when it knows none."""
    return get_binding_registry().get(binding_type)  # type: ignore[no-untyped-call]


def decode(binding_type: str, value: Datum, metadata: Mapping[str, Datum] | None = None) -> Any:
    """Turn wire data into what the function's parameter is handed."""
    return converter(binding_type).decode(value, trigger_metadata=metadata or {})


def encode(binding_type: str, value: Any) -> Datum:
    """Turn what a function returned or set into wire data."""
    datum: Datum = converter(binding_type).encode(value, expected_type=type(value))
    return datum


def http_request(
    method: str,
    url: str,
    headers: Mapping[str, str],
    query: Mapping[str, str],
    route_values: Mapping[str, str],
    body: bytes,
) -> Any:
    """Build the azure.functions.HttpRequest of one request."""
    wire = {
        "method": Datum(method, "string"),
        "url": Datum(url, "string"),
        "headers": _texts(headers),
        "query": _texts(query),
        "params": _texts(route_values),
        "body": Datum(body, "bytes"),
    }
    return decode(HTTP, Datum(wire, "http"))


def _texts(values: Mapping[str, str]) -> dict[str, Datum]:
    return {name: Datum(value, "string") for name, value in values.items()}


def timer_request(info: Mapping[str, Any]) -> Any:
    """Build the azure.functions.TimerRequest of one firing."""
    return decode(TIMER, Datum(json.dumps(info), "json"))


def http_response(value: Any) -> Datum:
    """Encode what an HTTP function returned."""
    return encode(HTTP_OUT, value)


def message_body(value: Any) -> bytes:
    """Encode what a function sent to a queue or topic."""
    datum = encode(SERVICE_BUS_OUT, value)
    return datum.value.encode() if isinstance(datum.value, str) else bytes(datum.value)


def activity_input(input_json: str) -> Any:
    """Decode the input of an activity."""
    return decode(ACTIVITY, Datum(input_json, "string"))


def activity_result(value: Any) -> str:
    """Encode the result of an activity as JSON."""
    return str(encode(ACTIVITY, value).value)


_consume_one_time_notice()
