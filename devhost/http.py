"""HTTP triggers: finds the function for a request, checks its key, runs it and writes its answer.

Unlike Azure, which says 404 for a method that no function takes, this host says 405, and a function that
takes GET takes HEAD too: the plain meaning of HTTP tells more.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aiohttp import web
from azure.functions.meta import Datum

from devhost import converters
from devhost.bindings import HTTP, HTTP_OUT, RETURN, AppFunction
from devhost.context import HostTrace
from devhost.functions import Functions, Outcome
from devhost.html import link, page, tag
from devhost.indexing import Index
from devhost.keys import ANONYMOUS, Keys
from devhost.outputs import Outputs
from devhost.routes import Template, parse_template, split_path

logger = logging.getLogger("devhost.http")

RESERVED = ("admin", "runtime", "devhost")
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "upgrade", "content-length"})


@dataclass(frozen=True, slots=True)
class Route:
    """Where one HTTP function answers."""

    function: AppFunction
    template: Template
    methods: frozenset[str]
    level: str

    def allows(self, method: str) -> bool:
        """Say whether the method may be used; none named means all, and GET brings HEAD with it."""
        if not self.methods or method in self.methods:
            return True
        return method == "HEAD" and "GET" in self.methods

    @property
    def path(self) -> str:
        """Return the route as a person would write it."""
        return "/" + self.template.text.strip("/")


def build_routes(index: Index, prefix: str) -> list[Route]:
    """Return the routes of all HTTP functions, those that say most about their path first."""
    routes = [_route(function, prefix) for function in index.triggered_by(HTTP)]
    return sorted(routes, key=lambda route: route.template.precedence)


def reserved_problems(routes: Iterable[Route]) -> list[str]:
    """Return the functions whose routes lie where the host itself answers."""
    return [
        f"function '{route.function.name}': its route '{route.path}' lies below '/{first}', "
        f"which belongs to the host: choose another route"
        for route in routes
        if (first := route.path.strip("/").split("/")[0].lower()) in RESERVED
    ]


def clash_warnings(routes: Iterable[Route]) -> list[str]:
    """Return pairs of functions that answer to the very same route and method."""
    seen: dict[tuple[str, str], str] = {}
    warnings = []
    for route in routes:
        for method in route.methods or {"any method"}:
            other = seen.setdefault((route.path.lower(), method), route.function.name)
            if other != route.function.name:
                warnings.append(
                    f"functions '{other}' and '{route.function.name}' share {method} {route.path}: "
                    f"only the first one is ever called"
                )
    return warnings


def _route(function: AppFunction, prefix: str) -> Route:
    trigger = function.trigger
    text = "/".join(part for part in (prefix, (trigger.text("route") or "").strip("/")) if part)
    methods = frozenset(str(method).upper() for method in trigger.settings.get("methods") or ())
    level = (trigger.text("authLevel") or "function").lower()
    return Route(function, parse_template(text), methods, level)


class HttpTriggers:
    """Serves the app's HTTP functions. `in_flight` counts the invocations that are not answered yet."""

    def __init__(self, functions: Functions, outputs: Outputs, keys: Keys, routes: list[Route]) -> None:
        self._functions = functions
        self._outputs = outputs
        self._keys = keys
        self.routes = routes
        self.in_flight = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        path = split_path(request.rel_url.raw_path)
        matches = [
            (route, values)
            for route in self.routes
            if (values := route.template.match_split(path)) is not None
        ]
        if not matches:
            return _home() if request.path == "/" else web.Response(status=404)
        found = next(((route, values) for route, values in matches if route.allows(request.method)), None)
        if found is None:
            methods = sorted({method for route, _ in matches for method in route.methods})
            return web.Response(status=405, headers={"Allow": ", ".join(methods)})
        route, values = found
        if not self._keys.allow(route.level, route.function.name, offered_key(request)):
            return web.Response(status=401)
        body = await request.read()
        self.in_flight += 1
        try:
            return await self._answer(route, values, request, body)
        finally:
            self.in_flight -= 1

    async def _answer(
        self, route: Route, values: Mapping[str, str], request: web.Request, body: bytes
    ) -> web.Response:
        function = route.function
        trace = HostTrace(request.headers.get("traceparent", ""), request.headers.get("tracestate", ""))
        try:
            outcome = await self._functions.invoke(function, _request(request, values, body), trace=trace)
            self._outputs.deliver(function, outcome)
            return _response(_http_value(function, outcome))
        except Exception as error:
            logger.error("function '%s' failed", function.name, exc_info=error)
            return web.Response(status=500)

    def describe(self) -> list[dict[str, str]]:
        """Return each route with its methods and level, for the status page."""
        return [
            {
                "function": route.function.name,
                "path": route.path,
                "methods": ", ".join(sorted(route.methods)) or "any",
                "level": route.level,
                "key": "" if route.level == ANONYMOUS else self._keys.functions.get(route.function.name, ""),
            }
            for route in self.routes
        ]


def _home() -> web.Response:
    text = page("devhost", tag("p", "Your functions are up and running: ", link("/devhost", "see them")))
    return web.Response(text=text, content_type="text/html")


def offered_key(request: web.Request) -> str | None:
    """Return the key a request offers: the header counts before the query."""
    return request.headers.get("x-functions-key") or request.query.get("code")


def _request(request: web.Request, values: Mapping[str, str], body: bytes) -> object:
    return converters.http_request(
        request.method,
        str(request.url),
        _joined(request.headers.items()),
        _joined(request.query.items()),
        values,
        body,
    )


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _http_value(function: AppFunction, outcome: Outcome) -> object:
    bindings = function.of_type(HTTP_OUT)
    binding = next((item for item in bindings if item.name == RETURN), bindings[0] if bindings else None)
    return None if binding is None else outcome.value_of(binding)


def _response(value: object) -> web.Response:
    if value is None:
        return web.Response(status=204)
    datum = converters.http_response(value)
    if datum.type == "string":
        return web.Response(text=datum.value)
    return _full_response(datum.value)


def _full_response(parts: Mapping[str, Datum]) -> web.Response:
    response = web.Response(status=int(parts["status_code"].value), body=parts["body"].value)
    headers: Mapping[str, Datum] = parts["headers"]  # type: ignore[assignment]
    for name, value in headers.items():
        if name.lower() not in _HOP_BY_HOP:
            response.headers[name] = str(value.value)
    cookies: Iterable[Mapping[str, object]] | None = parts["cookies"]  # type: ignore[assignment]
    for cookie in cookies or ():
        for morsel in cookie.values():
            response.headers.add("Set-Cookie", morsel.OutputString())  # type: ignore[attr-defined]
    return response
