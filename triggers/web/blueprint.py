"""Turns the table of doors into Azure Functions: one small function per row, its handler still on disk."""

import importlib
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any

import azure.durable_functions as df
import azure.functions as func

from triggers.web.route import Route

if TYPE_CHECKING:
    from shared.bootstrap import App

HttpFunction = Callable[..., Awaitable[func.HttpResponse]]


def _composed() -> "App":
    """Return the composition root's app, built on the first request rather than at index time."""
    app: App = importlib.import_module("shared.bootstrap").app()
    return app


def blueprint(routes: Iterable[Route], app: "Callable[[], App]" = _composed) -> df.Blueprint:
    """Register a function for every row of `routes`. Tests pass their own `app`."""
    result = df.Blueprint(http_auth_level=func.AuthLevel.ANONYMOUS)
    for route in routes:
        function = _function(route, app)
        if route.durable:
            function = result.durable_client_input(client_name="client")(function)
        # our own bearer tokens and signatures authorise, not function keys
        registered = result.route(
            route=route.path,
            methods=list(route.methods),
            auth_level=func.AuthLevel.ANONYMOUS,
            trigger_arg_name="req",
        )(function)
        result.function_name(name=route.name)(registered)
    return result


def _function(route: Route, app: "Callable[[], App]") -> Any:
    answer = _opening(route, app)

    # the worker matches bindings to parameters by name, so the two kinds differ in their signature
    async def door(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
        return await answer(req, None, context)

    async def durable_door(req: func.HttpRequest, client: str, context: func.Context) -> func.HttpResponse:
        return await answer(req, client, context)

    function = durable_door if route.durable else door
    function.__name__ = function.__qualname__ = route.name
    function.__doc__ = route.summary
    return function


def _opening(route: Route, app: "Callable[[], App]") -> HttpFunction:
    opened: list[HttpFunction] = []

    async def answer(request: func.HttpRequest, client: object, context: func.Context) -> func.HttpResponse:
        if not opened:
            from triggers.web.door import Door

            opened.append(Door(route, app).answer)
        return await opened[0](request, client, host_trace=context.trace_context.trace_parent)

    return answer
