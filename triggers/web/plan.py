"""A handler's signature, read once: what it takes and what it gives."""

import importlib
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from pydantic import BaseModel, Field, TypeAdapter, create_model

from shared.domain.model import Model
from triggers.web.answer import Document, Reply
from triggers.web.route import Route
from triggers.web.strings import Strings

Handler = Callable[..., Awaitable[Any]]
ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$"
PathId = Annotated[str, Field(pattern=ID_PATTERN)]
"""What a path parameter annotated with plain `str` must look like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to call one handler. Models and readers are None for what the handler does not take."""

    handler: Handler
    takes_call: bool
    body_type: Any = None
    body: TypeAdapter[Any] | None = None
    body_optional: bool = False
    query_type: type[BaseModel] | None = None
    query: Strings[Any] | None = None
    path_type: type[BaseModel] | None = None
    path: Strings[Any] | None = None
    data_type: Any = Any

    @property
    def is_document(self) -> bool:
        """Whether the answer is a document of its own rather than the answer shape."""
        return self.data_type is Document


def load(reference: str) -> Handler:
    """Import "module:function"."""
    module, _, name = reference.partition(":")
    handler: Handler = getattr(importlib.import_module(module), name)
    return handler


def plan_of(route: Route) -> Plan:
    """Import the route's handler and read its signature. Raises TypeError for one that cannot serve it."""
    handler = load(route.handler)
    hints = get_type_hints(handler, include_extras=True)
    names = tuple(inspect.signature(handler).parameters)
    _check(route, handler, names)
    body = hints.get("body")
    query = hints.get("query")
    path = _path_model(route, hints)
    return Plan(
        handler=handler,
        takes_call="call" in names,
        body_type=body,
        body=TypeAdapter(body) if body is not None else None,
        body_optional=body is not None and type(None) in get_args(body),
        query_type=query,
        query=Strings(query) if query is not None else None,
        path_type=path,
        path=Strings(path) if path is not None else None,
        data_type=_data_type(route, hints.get("return")),
    )


def _check(route: Route, handler: Handler, names: tuple[str, ...]) -> None:
    if not inspect.iscoroutinefunction(handler):
        raise TypeError(f"{route.handler} must be an async function")
    strange = set(names) - {"call", "body", "query", *route.parameters}
    if strange:
        raise TypeError(f"{route.handler} takes {sorted(strange)}, which {route.path!r} does not give")
    if "body" in names and route.method in ("GET", "HEAD", "DELETE"):
        raise TypeError(f"{route.handler} takes a body, which {route.method} does not carry")


def _path_model(route: Route, hints: dict[str, Any]) -> type[BaseModel] | None:
    if not route.parameters:
        return None
    fields = {name: (_typed(hints.get(name, str)), ...) for name in route.parameters}
    return create_model(f"{route.name}_path", __base__=Model, **fields)  # type: ignore[call-overload, no-any-return]


def _typed(hint: Any) -> Any:
    return PathId if hint is str else hint


def _data_type(route: Route, hint: Any) -> Any:
    if hint is Document:
        return Document
    if hint is Reply:
        return Any
    if get_origin(hint) is not Reply:
        raise TypeError(f"{route.handler} must be annotated to return Reply[...] or Document")
    return get_args(hint)[0]
