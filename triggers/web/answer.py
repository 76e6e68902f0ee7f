"""The one shape of every answer: data, JSON-LD, card, metadata."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar

import azure.functions as func
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

API_VERSION = "1.0"
SAFE_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Extras:
    machine_readable: dict[str, Any] | None = None
    adaptive_card: dict[str, Any] | None = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply(_Extras, Generic[T]):
    """A handler's answer, annotated with the type of its data: `-> Reply[OrderView]`.

    `machine_readable` is schema.org JSON-LD, `adaptive_card` a card of version 1.5. `status` overrides the
    route's success status. `links` are relations (IANA or our own) to URLs or paths of what may come next.
    """

    data: T


@dataclass(frozen=True, slots=True)
class Document:
    """An answer that is a document of a published format (OpenAPI, a manifest), without the answer shape.

    Its media type is the route's, unless the route leaves it open.
    """

    content: bytes
    media_type: str = ""


class Metadata(BaseModel):
    """About the answer itself. `generated_at` is UTC."""

    model_config = ConfigDict(frozen=True)

    request_id: str
    generated_at: datetime
    api_version: str = API_VERSION
    links: dict[str, str] = Field(default_factory=dict)


class Answer(BaseModel, Generic[T]):
    """What goes over the wire. `machine_readable` and `adaptive_card` are null where there is none."""

    data: T
    machine_readable: dict[str, Any] | None = None
    adaptive_card: dict[str, Any] | None = None
    metadata: Metadata


@cache
def answer_type(data_type: Any) -> Any:
    """Return the answer model that wraps `data_type`."""
    return Answer[data_type]


@cache
def _adapter(data_type: Any) -> TypeAdapter[Any]:
    return TypeAdapter(answer_type(data_type))


def render(
    reply: Reply[Any], *, data_type: Any, status: int, request_id: str, now: datetime
) -> func.HttpResponse:
    """Write `reply` down as JSON. Its data must be of `data_type`; it is not validated again."""
    answer = answer_type(data_type).model_construct(
        data=reply.data,
        machine_readable=reply.machine_readable,
        adaptive_card=reply.adaptive_card,
        metadata=Metadata(request_id=request_id, generated_at=now, links=dict(reply.links)),
    )
    body = _adapter(data_type).dump_json(answer, by_alias=True)
    return response(body, status=reply.status or status, request_id=request_id, headers=reply.headers)


def response(
    body: bytes,
    *,
    status: int,
    request_id: str,
    headers: Mapping[str, str] | None = None,
    media_type: str = "application/json",
) -> func.HttpResponse:
    """Wrap `body` in a response that no browser guesses about and no cache keeps."""
    content_type = media_type if media_type.startswith("image/") else f"{media_type}; charset=utf-8"
    own = {"Content-Type": content_type, "X-Request-Id": request_id, **SAFE_HEADERS, **(headers or {})}
    return func.HttpResponse(body, status_code=status, headers=own, mimetype=media_type)


def to_json(value: object) -> bytes:
    """Serialise plain data compactly as UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
