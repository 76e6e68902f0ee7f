import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from host_support import Running, run

App = Callable[..., Path]

CHAIN = """
@app.route(route="orchestrators/{name}")
@app.durable_client_input(client_name="client")
async def start(req: func.HttpRequest, client) -> func.HttpResponse:
    given = json.loads(req.get_body()) if req.get_body() else None
    instance = await client.start_new(req.route_params["name"], client_input=given)
    return client.create_check_status_response(req, instance)

@app.orchestration_trigger(context_name="context")
def chain(context: df.DurableOrchestrationContext):
    first = yield context.call_activity("hello", "Tokyo")
    second = yield context.call_activity("slow_hello", "London")
    return [first, second]

@app.activity_trigger(input_name="city")
def hello(city: str) -> str:
    return f"Hello {city}!"

@app.activity_trigger(input_name="city")
async def slow_hello(city: str) -> str:
    await asyncio.sleep(0)
    return f"Hello {city}!"

@app.orchestration_trigger(context_name="context")
def wait(context: df.DurableOrchestrationContext):
    for _ in range(3):
        yield context.create_timer(context.current_utc_datetime + __import__("datetime").timedelta(days=2))
    return "waited"

@app.orchestration_trigger(context_name="context")
def ask(context: df.DurableOrchestrationContext):
    answer = yield context.wait_for_external_event("answer")
    return answer

@app.route(route="answer/{id}")
@app.durable_client_input(client_name="client")
async def answer(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    await client.raise_event(req.route_params["id"], "answer", {"yes": True})
    status = await client.get_status(req.route_params["id"])
    return func.HttpResponse(str(status.runtime_status))

@app.orchestration_trigger(context_name="context")
def fails(context: df.DurableOrchestrationContext):
    yield context.call_activity("breaks", 1)

@app.activity_trigger(input_name="number")
def breaks(number: int) -> int:
    raise ValueError("broken on purpose")
"""


async def _start(running: Running, name: str) -> dict[str, Any]:
    status, body, headers = await running.request("POST", f"/api/orchestrators/{name}")
    assert status == 202
    urls: dict[str, Any] = json.loads(body)
    assert headers["Location"] == urls["statusQueryGetUri"]
    return urls


async def _status(running: Running, urls: dict[str, Any]) -> dict[str, Any]:
    async with running.client.get(urls["statusQueryGetUri"]) as response:
        answer: dict[str, Any] = await response.json()
        return answer


async def test_an_orchestration_runs_from_its_http_start_to_its_end(app: App) -> None:
    async with run(app(CHAIN)) as running:
        urls = await _start(running, "chain")
        await running.host.settle(10)
        ended = await _status(running, urls)
    assert ended["runtimeStatus"] == "Completed"
    assert ended["output"] == ["Hello Tokyo!", "Hello London!"]


async def test_days_of_waiting_pass_with_one_call(app: App) -> None:
    async with run(app(CHAIN)) as running:
        urls = await _start(running, "wait")
        moved = json.loads((await running.post("/devhost/clock", json={"advance": "P5D"}))[1])
        assert moved == {"now": "2026-05-06T09:00:00Z", "fired": 2}
        assert (await _status(running, urls))["runtimeStatus"] == "Running"
        await running.host.advance(timedelta(days=1))
        assert (await _status(running, urls))["output"] == "waited"


async def test_a_client_in_a_function_speaks_to_the_engine(app: App) -> None:
    async with run(app(CHAIN)) as running:
        urls = await _start(running, "ask")
        await running.host.settle(10)
        assert (await running.post(f"/api/answer/{urls['id']}"))[0] == 200
        await running.host.settle(10)
        assert json.loads((await _status(running, urls))["output"]) == {"yes": True}


async def test_a_failing_activity_fails_its_orchestration_with_its_words(app: App) -> None:
    async with run(app(CHAIN)) as running:
        urls = await _start(running, "fails")
        await running.host.settle(10)
        ended = await _status(running, urls)
    assert ended["runtimeStatus"] == "Failed"
    assert "broken on purpose" in ended["output"]


async def test_a_waiting_orchestration_outlives_a_restart(app: App) -> None:
    folder = app(CHAIN)
    async with run(folder) as running:
        urls = await _start(running, "wait")
        await running.host.settle(10)
        await running.host.advance(timedelta(days=1))
    async with run(folder) as running:
        await running.host.advance(timedelta(days=9))
        _, body = await running.get(f"/runtime/webhooks/durabletask/instances/{urls['id']}")
    assert json.loads(body)["runtimeStatus"] == "Completed"


async def test_the_durable_api_opens_to_other_machines_with_the_system_key_only(app: App) -> None:
    async with run(app(CHAIN)) as running:
        path = "/runtime/webhooks/durabletask/instances/"
        elsewhere = {"Host": "host.example"}
        assert (await running.get(path))[0] == 200
        assert (await running.get(path, headers=elsewhere))[0] == 403
        key = running.host.keys.system.replace("=", "%3D")
        assert (await running.get(f"{path}?code={key}", headers=elsewhere))[0] == 200


async def test_on_the_real_clock_timers_fire_by_themselves(app: App) -> None:
    code = """
    from datetime import timedelta

    @app.orchestration_trigger(context_name="context")
    def nap(context: df.DurableOrchestrationContext):
        yield context.create_timer(context.current_utc_datetime + timedelta(milliseconds=50))
        return "rested"
    """
    async with run(app(code), clock="real", start_at=None) as running:
        engine = running.host.engine
        instance = await engine.start_new("nap")
        ended = await asyncio.wait_for(engine.wait_for_end(instance), 20)
    assert ended["output"] == "rested"
