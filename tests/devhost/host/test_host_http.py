from collections.abc import Callable
from pathlib import Path

import pytest
from host_support import run

App = Callable[..., Path]

ECHO = """
@app.route(route="echo/{id:int}", methods=["POST", "GET"])
def echo(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    body = {
        "method": req.method, "url": req.url, "params": dict(req.params), "route": dict(req.route_params),
        "body": req.get_body().decode(), "tag": req.headers.get("X-TAG"), "function": context.function_name,
        "trace": context.trace_context.trace_parent, "folder": context.function_directory,
        "retry": context.retry_context.retry_count, "id": context.invocation_id,
    }
    return func.HttpResponse(json.dumps(body), mimetype="application/json", status_code=201,
                             headers={"X-Answer": "yes"})
"""


async def test_a_request_reaches_its_function_with_everything_the_worker_would_hand_over(app: App) -> None:
    async with run(app(ECHO)) as running:
        status, _, headers = await running.request(
            "POST",
            "/api/echo/7?a=1&b=x%20y&a=2",
            data="hello",
            headers={"x-tag": "t", "traceparent": "00-ab"},
        )
        body = (await running.request("POST", "/api/echo/7?a=1&b=x%20y&a=2", data=b"hello"))[1]
    import json

    said = json.loads(body)
    assert status == 201
    assert headers["X-Answer"] == "yes"
    assert headers["Content-Type"] == "application/json"
    assert said["method"] == "POST"
    assert said["params"] == {"a": "1,2", "b": "x y"}
    assert said["route"] == {"id": "7"}
    assert said["body"] == "hello"
    assert said["function"] == "echo"
    assert said["url"].startswith(running.host.url + "/api/echo/7?")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/echo/x", 404),
        ("GET", "/echo/1", 404),
        ("DELETE", "/api/echo/1", 405),
        ("HEAD", "/api/echo/1", 201),
        ("GET", "/api/nothing", 404),
    ],
)
async def test_what_no_function_answers_is_told_apart(app: App, method: str, path: str, status: int) -> None:
    async with run(app(ECHO)) as running:
        answered, body, headers = await running.request(method, path)
    assert answered == status
    assert body == ""
    if status == 405:
        assert headers["Allow"] == "GET, POST"


async def test_the_more_telling_route_wins_whatever_the_order_of_the_source(app: App) -> None:
    code = """
    @app.route(route="{*rest}")
    def rest(req: func.HttpRequest) -> str:
        return "rest " + req.route_params.get("rest", "-")

    @app.route(route="orders/{id}")
    def one(req: func.HttpRequest) -> str:
        return "one"

    @app.route(route="orders/mine")
    def mine(req: func.HttpRequest) -> str:
        return "mine"

    @app.route(route="orders/{id:int}", methods=["GET"])
    def number(req: func.HttpRequest) -> str:
        return "number"
    """
    async with run(app(code)) as running:
        assert (await running.get("/api/orders/mine"))[1] == "mine"
        assert (await running.get("/api/orders/12"))[1] == "number"
        assert (await running.post("/api/orders/12"))[1] == "one"
        assert (await running.get("/api/orders/x"))[1] == "one"
        assert (await running.get("/api/orders/x/y"))[1] == "rest orders/x/y"


async def test_an_empty_prefix_serves_well_known_paths_and_the_root(app: App) -> None:
    code = """
    @app.route(route=".well-known/{name}")
    def known(req: func.HttpRequest) -> str:
        return req.route_params["name"]

    @app.route(route="/")
    def root(req: func.HttpRequest) -> str:
        return "root"
    """
    folder = app(code, host__json='{"extensions": {"http": {"routePrefix": ""}}}')
    async with run(folder) as running:
        assert await running.get("/.well-known/agent.json") == (200, "agent.json")
        assert await running.get("/") == (200, "root")


async def test_answers_of_every_kind_are_written_as_the_real_host_writes_them(app: App) -> None:
    code = """
    @app.route(route="nothing")
    def nothing(req: func.HttpRequest):
        return None

    @app.route(route="text")
    async def text(req: func.HttpRequest) -> str:
        return "gr\\u00fcn"

    @app.route(route="bytes")
    def raw(req: func.HttpRequest) -> func.HttpResponse:
        return func.HttpResponse(bytes(range(256)), mimetype="application/octet-stream")

    @app.route(route="cookies")
    def cookies(req: func.HttpRequest) -> func.HttpResponse:
        answer = func.HttpResponse("ok")
        answer.headers.add("Set-Cookie", "a=1; Path=/; HttpOnly")
        answer.headers.add("Set-Cookie", "b=2; Max-Age=5")
        return answer

    @app.route(route="fails")
    def fails(req: func.HttpRequest) -> func.HttpResponse:
        raise RuntimeError("no luck")

    @app.route(route="wrong")
    def wrong(req: func.HttpRequest):
        return {"a": "dict is no answer"}
    """
    async with run(app(code)) as running:
        assert (await running.get("/api/nothing"))[0] == 204
        status, body, headers = await running.request("GET", "/api/text")
        assert (status, body, headers["Content-Type"]) == (200, "grün", "text/plain; charset=utf-8")
        async with running.client.get(running.host.url + "/api/bytes") as response:
            assert await response.read() == bytes(range(256))
        _, _, headers = await running.request("GET", "/api/cookies")
        assert headers.getall("Set-Cookie") == ["a=1; HttpOnly; Path=/", "b=2; Max-Age=5"]
        assert await running.get("/api/fails") == (500, "")
        assert await running.get("/api/wrong") == (500, "")


async def test_a_failing_function_leaves_its_traceback_in_the_log(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    code = """
    @app.route(route="fails")
    async def fails(req: func.HttpRequest) -> func.HttpResponse:
        raise RuntimeError("no luck")
    """
    async with run(app(code)) as running:
        assert await running.get("/api/fails") == (500, "")
    assert "no luck" in caplog.text
    assert "function_app.py" in caplog.text


async def test_a_body_beyond_the_limit_is_refused(app: App) -> None:
    async with run(app(ECHO), max_body=1000) as running:
        assert (await running.post("/api/echo/1", data=b"x" * 1000))[0] == 201
        assert (await running.post("/api/echo/1", data=b"x" * 1001))[0] == 413


KEYED = """
@app.route(route="open")
def open_door(req: func.HttpRequest) -> str:
    return "in"

@app.route(route="keyed", auth_level=func.AuthLevel.FUNCTION)
def keyed(req: func.HttpRequest) -> str:
    return "in"

@app.route(route="admin-only", auth_level=func.AuthLevel.ADMIN)
def admin_only(req: func.HttpRequest) -> str:
    return "in"
"""


async def test_keys_open_what_they_are_made_for(app: App) -> None:
    async with run(app(KEYED)) as running:
        keys = running.host.keys
        own, default, master = keys.functions["keyed"], keys.default, keys.master
        assert (await running.get("/api/open"))[0] == 200
        assert (await running.get("/api/keyed"))[0] == 401
        assert (await running.get("/api/keyed?code=wrong"))[0] == 401
        assert (await running.get(f"/api/keyed?code={keys.functions['admin_only']}"))[0] == 401
        for key in (own, default, master):
            assert (await running.get("/api/keyed", headers={"x-functions-key": key}))[0] == 200
            assert (await running.get(f"/api/keyed?code={key.replace('=', '%3D')}"))[0] == 200
        assert (await running.get("/api/admin-only", headers={"x-functions-key": default}))[0] == 401
        assert (await running.get("/api/admin-only", headers={"x-functions-key": master}))[0] == 200


async def test_keys_outlive_a_restart_and_can_be_switched_off(app: App) -> None:
    folder = app(KEYED)
    async with run(folder) as running:
        before = running.host.keys
    async with run(folder, keys=False) as running:
        assert running.host.keys.functions == before.functions
        assert (await running.get("/api/admin-only"))[0] == 200


async def test_a_plain_function_does_not_hold_up_the_others(app: App) -> None:
    code = """
    import threading
    gate = threading.Event()

    @app.route(route="wait")
    def wait(req: func.HttpRequest) -> str:
        gate.wait(20)
        return "waited"

    @app.route(route="free")
    async def free(req: func.HttpRequest) -> str:
        gate.set()
        return "free"
    """
    async with run(app(code)) as running:
        import asyncio

        slow = asyncio.create_task(running.get("/api/wait"))
        await asyncio.sleep(0)
        assert await running.get("/api/free") == (200, "free")
        assert await slow == (200, "waited")


async def test_the_root_leads_a_person_to_the_status_page(app: App) -> None:
    async with run(app(ECHO)) as running:
        status, body = await running.get("/")
    assert status == 200
    assert "/devhost" in body
