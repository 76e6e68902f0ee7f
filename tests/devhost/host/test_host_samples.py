"""The shapes of Microsoft's public Python v2 durable samples run as they stand."""

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from host_support import Running, run

SAMPLES = Path(__file__).parents[1] / "samples"


@asynccontextmanager
async def sample(tmp_path: Path, name: str) -> AsyncIterator[Running]:
    folder = tmp_path / name
    shutil.copytree(SAMPLES / name, folder, ignore=shutil.ignore_patterns("__pycache__"))
    async with run(folder) as running:
        yield running


async def ended(running: Running, body: str) -> dict[str, Any]:
    assert await running.host.settle(20)
    async with running.client.get(json.loads(body)["statusQueryGetUri"]) as response:
        status: dict[str, Any] = await response.json()
    return status


async def test_function_chaining(tmp_path: Path) -> None:
    async with sample(tmp_path, "function_chaining") as running:
        _, body = await running.post("/api/orchestrators/greet_cities")
        status = await ended(running, body)
    assert status["output"] == ["Greetings, Lima!", "Greetings, Oslo!", "Greetings, Kyoto!"]


async def test_fan_out_fan_in(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    for number in range(20):
        (files / f"{number}.txt").write_bytes(b"x" * number)
    async with sample(tmp_path, "fan_out_fan_in") as running:
        _, body = await running.post("/api/orchestrators/measure_folder", data=json.dumps(str(files)))
        assert (await ended(running, body))["output"] == sum(range(20))
        _, body = await running.post("/api/orchestrators/measure_folder", data='""')
        status = await ended(running, body)
    assert status["runtimeStatus"] == "Failed"
    assert "a folder is required" in status["output"]


async def test_blueprints_with_a_retry_and_a_sub_orchestration(tmp_path: Path) -> None:
    async with sample(tmp_path, "blueprints") as running:
        key = {"x-functions-key": running.host.keys.default}
        assert (await running.get("/api/hello?name=Jo"))[0] == 401
        assert await running.get("/api/hello?name=Jo", headers=key) == (200, "Hello, Jo.")
        assert (await running.get("/api/hello", headers=key))[0] == 400
        answer = asyncio.create_task(running.get("/api/start", headers=key))
        # The function waits for the end, so time has to pass while it is in flight.
        while not answer.done():
            due = running.host.conductor.next_due()
            if due is not None:
                running.host.clock.set(due)  # type: ignore[attr-defined]
                running.host.conductor.poke()
            await asyncio.sleep(0.01)
        assert await answer == (200, '["FIRST", "SECOND"]')
        assert sys.modules["durable_blueprint"].attempts == ["first", "first"]


async def test_entities(tmp_path: Path) -> None:
    async with sample(tmp_path, "counter_entity") as running:
        assert (await running.get("/api/counters/a"))[0] == 404
        for amount in (1, 2, 39):
            assert (await running.post("/api/counters/a", json={"amount": amount}))[0] == 202
        await running.host.settle(20)
        assert await running.get("/api/counters/a") == (200, "42")
        _, body = await running.post("/api/orchestrators/count")
        assert (await ended(running, body))["output"] == [7, 7]


async def test_human_interaction_in_time_and_too_late(tmp_path: Path) -> None:
    async with sample(tmp_path, "human_interaction") as running:
        asked = {"what": "flowers", "hours": 72}
        _, first = await running.post("/api/requests", json=asked)
        _, second = await running.post("/api/requests", json=asked)
        await running.host.advance(timedelta(hours=71))
        assert (await running.post(f"/api/requests/{json.loads(first)['id']}/approve"))[0] == 202
        assert (await ended(running, first))["output"] == "approved"
        assert (await ended(running, second))["runtimeStatus"] == "Running"
        await running.host.advance(timedelta(hours=1))
        assert (await ended(running, second))["output"] == "escalated"


async def test_monitor_started_by_a_timer(tmp_path: Path) -> None:
    async with sample(tmp_path, "monitor") as running:
        await running.host.advance(timedelta(days=1, hours=12))
        page = await running.host.engine.list_instances()
    assert [item["output"] for item in page.items] == ["found"]
    assert page.items[0]["createdTime"] == "2026-05-02T09:00:00Z"
    assert page.items[0]["lastUpdatedTime"] == "2026-05-02T12:00:00Z"


App = Callable[..., Path]


async def test_an_asgi_app_inside_a_function_app(app: App) -> None:
    code = """
    async def site(scope, receive, send):
        if scope["type"] != "http":
            return
        body = (await receive())["body"]
        headers = [(b"x-path", scope["path"].encode())]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": body.upper()})

    del app
    site_app = func.AsgiFunctionApp(app=site, http_auth_level=func.AuthLevel.ANONYMOUS)
    site_app.startup_task_done = True
    """
    async with run(app(code, host__json='{"extensions": {"http": {"routePrefix": ""}}}')) as running:
        status, body, headers = await running.request("POST", "/any/path", data="hello")
        sys.modules["function_app"].site_app.startup_task_done = False
    assert (status, body, headers["x-path"]) == (201, "HELLO", "/any/path")
