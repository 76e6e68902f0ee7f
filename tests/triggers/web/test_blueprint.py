import inspect
import json
import subprocess
import sys
from pathlib import Path

import azure.durable_functions as df
import azure.functions as func
import pytest
from web_support import FakeApp, request

from devhost.context import HostContext, HostTrace
from triggers.routes import ROUTES
from triggers.web.blueprint import blueprint
from triggers.web.plan import plan_of
from triggers.web.route import Route

ROOT = Path(__file__).parents[3]
HEAVY = (
    "pydantic",
    "jwt",
    "cryptography",
    "shared.settings",
    "shared.bootstrap",
    "triggers.web.door",
    "triggers.system",
)


def indexed(*routes: Route, app: FakeApp | None = None) -> dict[str, object]:
    functions = df.DFApp()
    functions.register_functions(blueprint(routes, lambda: app or FakeApp()))  # type: ignore[arg-type, return-value]
    return {function.get_function_name(): function for function in functions.get_functions()}


def test_every_row_becomes_a_function_of_its_name_and_path() -> None:
    functions = indexed(*ROUTES)
    assert set(functions) == {route.name for route in ROUTES}
    trigger = functions["ready"].get_trigger()
    assert (trigger.route, [method.value for method in trigger.methods]) == ("api/ready", ["GET"])
    assert trigger.auth_level == func.AuthLevel.ANONYMOUS
    assert list(inspect.signature(functions["ready"].get_user_function()).parameters) == ["req", "context"]


def test_indexing_imports_nothing_heavy() -> None:
    code = (
        "import sys, azure.durable_functions\n"
        "from triggers.routes import ROUTES\n"
        "from triggers.web.blueprint import blueprint\n"
        "blueprint(ROUTES)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert result.stdout.strip() == "[]"


async def test_a_registered_function_answers() -> None:
    function = indexed(*ROUTES)["health"].get_user_function()
    response = await function(req=request(method="GET"), context=HostContext("health", ""))
    assert json.loads(response.get_body())["data"] == {"status": "ok"}


async def test_a_durable_door_hands_its_client_to_the_handler() -> None:
    row = Route(
        name="start",
        method="POST",
        path="api/start",
        handler="web_handlers:orchestrated",
        summary="Start.",
        durable=True,
    )
    function = indexed(row)["start"]
    assert [binding.name for binding in function.get_bindings()].count("client") == 1
    inner = function.get_user_function().client_function
    response = await inner(req=request(), client="the client", context=HostContext("start", ""))
    assert json.loads(response.get_body())["data"]["text"] == "the client"


async def test_a_door_goes_on_with_the_trace_of_its_host() -> None:
    function = indexed(*ROUTES)["health"].get_user_function()
    trace = HostTrace(f"00-{'a' * 32}-{'b' * 16}-01")
    response = await function(req=request(method="GET"), context=HostContext("health", "", trace))
    assert response.headers["traceresponse"].startswith(f"00-{'a' * 32}-")


def test_names_and_doors_are_unique() -> None:
    assert len({route.name.lower() for route in ROUTES}) == len(ROUTES)
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_handler_exists_and_can_serve_its_route(route: Route) -> None:
    assert plan_of(route).handler.__doc__


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "not-a-name"},
        {"path": "/api/x"},
        {"path": "orders"},
        {"signed_by": "a:b", "personas": frozenset({"customer"})},
    ],
)
def test_a_wrong_row_is_refused_when_the_table_is_read(wrong: dict[str, object]) -> None:
    row = {"name": "x", "method": "GET", "path": "api/x", "handler": "a:b", "summary": "X."}
    with pytest.raises(ValueError, match=r"."):
        Route(**row | wrong)  # type: ignore[arg-type]
