import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from host_support import run

from devhost.html import page, tag
from devhost.messages import Properties

App = Callable[..., Path]

INPUT = json.dumps(json.dumps("<i>input</i>"))
EVERYTHING = """
@app.route(route="orders/{id:int}", auth_level=func.AuthLevel.FUNCTION, methods=["GET"])
def order(req: func.HttpRequest) -> str:
    return ""

@app.timer_trigger(arg_name="timer", schedule="0 0 * * * *")
def tick(timer: func.TimerRequest) -> None:
    seen.append("tick")

@app.service_bus_queue_trigger(arg_name="msg", connection="B", queue_name="q")
def take(msg: func.ServiceBusMessage) -> None:
    raise RuntimeError("<script>alert(1)</script>")

@app.orchestration_trigger(context_name="context")
def plan(context: df.DurableOrchestrationContext):
    context.set_custom_status({"at": "<b>step one</b>"})
    answer = yield context.call_activity("echo", context.get_input())
    yield context.wait_for_external_event("go")
    return answer

@app.activity_trigger(input_name="text")
def echo(text: str) -> str:
    return text
"""


async def test_the_page_shows_functions_instances_queues_and_dead_letters(app: App) -> None:
    async with run(app(EVERYTHING), max_delivery_count=1) as running:
        running.host.bus.send("q", b"<i>body</i>", Properties(message_id="<m>"))
        instance = await running.host.engine.start_new("plan", INPUT, "my plan")
        await running.host.settle(10)
        status, body, headers = await running.request("GET", "/devhost")
        assert status == 200
        key = running.host.keys.functions["order"]
        for text in ("GET ", "/api/orders/{id:int}?code=" + key, "0 0 * * * *", "next 2026-05-01 10:00:00"):
            assert text in body
        assert f"/devhost/instances/{quote(instance)}" in body
        assert "MaxDeliveryCountExceeded" in body
        assert "virtual clock: 2026-05-01 09:00:00 UTC" in body
        assert "<script>alert" not in body
        assert "<i>body" not in body
        assert "default-src 'none'" in headers["Content-Security-Policy"]


async def test_an_instance_has_its_own_page(app: App) -> None:
    async with run(app(EVERYTHING)) as running:
        await running.host.engine.start_new("plan", INPUT, "my plan")
        await running.host.settle(10)
        status, body = await running.get("/devhost/instances/my%20plan")
        assert status == 200
        for text in ("Running", "&lt;i&gt;input&lt;/i&gt;", "step one", "TaskCompleted", "echo"):
            assert text in body
        assert "<i>input" not in body
        assert "<b>step" not in body
        assert (await running.get("/devhost/instances/none"))[0] == 404


async def test_entities_are_shown_with_their_state(app: App) -> None:
    code = """
    @app.entity_trigger(context_name="context")
    def basket(context: df.DurableEntityContext):
        context.set_state({"fruit": context.get_input()})
    """
    async with run(app(code)) as running:
        await running.host.engine.signal_entity("basket", "ann", "put", json.dumps(json.dumps("<pear>")))
        await running.host.settle(10)
        _, body = await running.get("/devhost")
    assert "ann" in body
    assert "&lt;pear&gt;" in body


async def test_the_buttons_work(app: App) -> None:
    async with run(app(EVERYTHING), max_delivery_count=1) as running:
        running.host.bus.send("q", b"x")
        await running.host.settle(10)
        [letter] = running.host.bus.dead_letters()
        status, _, headers = await running.request("POST", f"/devhost/page/resubmit/{letter.sequence}")
        assert (status, headers["Location"]) == (303, "/devhost#dead")
        assert (await running.post("/devhost/page/run/tick"))[0] == 303
        await running.host.settle(10)
        assert running.seen == ["tick"]
        assert (await running.post("/devhost/page/advance", data={"advance": "PT1H"}))[0] == 303
        assert running.seen == ["tick", "tick"]
        status, body = await running.post("/devhost/page/advance", data={"advance": "<b>soon</b>"})
        assert status == 400
        assert "<b>" not in body


async def test_warnings_are_shown(app: App) -> None:
    code = """
    @app.orchestration_trigger(context_name="context")
    def sloppy(context: df.DurableOrchestrationContext):
        context.call_activity("echo", "left open")
        yield context.call_activity("echo", "awaited")
        return 1

    @app.activity_trigger(input_name="text")
    def echo(text: str) -> str:
        return text

    @app.service_bus_queue_trigger(arg_name="msg", connection="B", queue_name="q")
    @app.retry(strategy="fixed_delay", max_retry_count="3", delay_interval="00:00:10")
    def take(msg: func.ServiceBusMessage) -> None:
        pass
    """
    async with run(app(code)) as running:
        _, body = await running.get("/devhost")
    assert "its retry policy is ignored" in body


def test_everything_is_escaped_unless_it_was_built_here() -> None:
    shown = page("<t>", tag("p", "<x>", tag("b", "y"), title='"'))
    assert "<title>&lt;t&gt;</title>" in shown
    assert '<p title="&quot;">&lt;x&gt;<b>y</b></p>' in shown
