"""Retries, entities, HTTP calls, continue-as-new: every action that takes more than one step."""

# ruff: noqa: BLE001 - the SDK raises nothing more precise than Exception

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import azure.durable_functions as df
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from devhost.durable import BadRequest, NotFound
from tests.devhost.durable.support import START, Host

COUNTER = df.EntityId("Counter", "k")


def make_app(fails: int = 0) -> df.DFApp:
    app = df.DFApp()
    attempts: list[int] = []

    @app.activity_trigger(input_name="x")
    def flaky(x: Any) -> Any:
        attempts.append(x)
        if len(attempts) <= fails:
            raise RuntimeError(f"attempt {len(attempts)}")
        return len(attempts)

    @app.activity_trigger(input_name="x")
    def echo(x: Any) -> Any:
        return x

    @app.orchestration_trigger(context_name="context")
    def retrying(context: df.DurableOrchestrationContext) -> Any:
        options = df.RetryOptions(60_000, 3)
        try:
            got = yield context.call_activity_with_retry("flaky", options, 1)
        except Exception as error:
            got = str(error).splitlines()[0]
        after = yield context.call_activity("echo", "after")
        return [got, after]

    @app.orchestration_trigger(context_name="context")
    def child(context: df.DurableOrchestrationContext) -> Any:
        return (yield context.call_activity("flaky", 1))

    @app.orchestration_trigger(context_name="context")
    def retrying_child(context: df.DurableOrchestrationContext) -> Any:
        options = df.RetryOptions(60_000, 3)
        return (yield context.call_sub_orchestrator_with_retry("child", options, None, "the-child"))

    @app.entity_trigger(context_name="context", entity_name="counter")
    def counter(context: df.DurableEntityContext) -> None:
        value = context.get_state(lambda: 0)
        if context.operation_name == "add":
            value += context.get_input()
        elif context.operation_name == "reset":
            context.destruct_on_exit()
            return
        elif context.operation_name == "fail":
            raise ValueError("the entity fails")
        context.set_state(value)
        context.set_result(value)

    @app.orchestration_trigger(context_name="context")
    def counting(context: df.DurableOrchestrationContext) -> Any:
        context.signal_entity(COUNTER, "add", 1)
        five = yield context.call_entity(COUNTER, "add", 4)
        echoed = yield context.call_activity("echo", "between")
        try:
            yield context.call_entity(COUNTER, "fail")
        except Exception as error:
            return [five, echoed, str(error)]

    @app.orchestration_trigger(context_name="context")
    def lost_entity(context: df.DurableOrchestrationContext) -> Any:
        yield context.call_entity(df.EntityId("nosuch", "k"), "add", 1)

    @app.orchestration_trigger(context_name="context")
    def fetch(context: df.DurableOrchestrationContext) -> Any:
        asked = context.get_input()
        response = yield context.call_http("POST", asked["uri"], {"hello": 1}, {"X-Mine": "yes"})
        return response

    @app.orchestration_trigger(context_name="context")
    def generations(context: df.DurableOrchestrationContext) -> Any:
        n = context.get_input()
        context.set_custom_status(f"generation {n}")
        yield context.call_activity("echo", n)
        if n < 3:
            context.continue_as_new(n + 1)
            return None
        return n

    @app.orchestration_trigger(context_name="context")
    def collector(context: df.DurableOrchestrationContext) -> Any:
        seen = context.get_input()
        got = yield context.wait_for_external_event("item")
        seen.append(got)
        if got == "end":
            return seen
        context.continue_as_new(seen)
        return None

    @app.orchestration_trigger(context_name="context")
    def watcher(context: df.DurableOrchestrationContext) -> Any:
        until = START + timedelta(days=12)
        while context.current_utc_datetime < until:
            step = min(until, context.current_utc_datetime + timedelta(days=5))
            timer = context.create_timer(step)
            stop = context.wait_for_external_event(f"stop-{step.isoformat()}")
            winner = yield context.task_any([timer, stop])
            if winner == stop:
                timer.cancel()
                return "stopped"
        return (yield context.call_activity("echo", "twelve days later"))

    return app


async def test_a_retry_takes_fresh_ids_for_each_pause_and_attempt(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app(fails=1)) as host:
        await host.start("retrying")
        assert host.engine.next_due() == START + timedelta(minutes=1)
        await host.advance(START + timedelta(minutes=1))
        assert await host.outcome() == ("Completed", [2, "after"])
        assert await host.events() == [
            (0, -1), (4, 0), (6, -1), (10, 1), (11, -1), (4, 2), (5, -1), (4, 3), (5, -1), (1, 4),
        ]  # fmt: skip


async def test_the_last_failed_attempt_is_followed_by_a_timer_that_fires_at_once(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app(fails=9)) as host:
        await host.start("retrying")
        await host.advance(START + timedelta(minutes=2))
        status, output = await host.outcome()
        assert status == "Completed"
        assert output == ["Activity function 'flaky' failed: RuntimeError: attempt 3 ", "after"]
        history = await host.engine.raw_history("it")
        timers = [(e["EventId"], e["FireAt"]) for e in history if e["EventType"] == 10]
        assert timers == [
            (1, "2026-05-01T09:01:00.000000Z"),
            (3, "2026-05-01T09:02:00.000000Z"),
            (5, "2026-05-01T09:02:00.000000Z"),
        ]


async def test_a_child_is_retried_under_its_own_id(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app(fails=2)) as host:
        await host.start("retrying_child")
        await host.advance(START + timedelta(minutes=5))
        assert await host.outcome() == ("Completed", 3)
        assert await host.outcome("the-child") == ("Completed", 3)
        kinds = [event for event, _ in await host.events()]
        assert kinds == [0, 7, 9, 10, 11, 7, 9, 10, 11, 7, 8, 1]


async def test_entities_answer_calls_hear_signals_and_report_failures(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("counting")
        status, output = await host.outcome()
        assert (status, output) == ("Completed", [5, "between", "the entity fails"])
        assert await host.engine.read_entity("counter", "k") == "5"
        history = await host.engine.raw_history("it")
        sent = [json.loads(e["Input"]) for e in history if e["EventType"] == 14]
        raised = [e for e in history if e["EventType"] == 15]
        assert [s["signal"] for s in sent] == [True, False, False]
        assert [s["input"] for s in sent[:2]] == ['"1"', '"4"']
        assert [e["Name"] for e in raised] == [s["id"] for s in sent[1:]]
        assert raised[0]["Input"] == '{"result":"5"}'


async def test_clients_signal_read_list_and_purge_entities(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.engine.signal_entity("Counter", "a", "add", json.dumps(json.dumps(3)))
        await host.engine.signal_entity("counter", "a", "add", json.dumps(json.dumps(4)))
        await host.engine.signal_entity("counter", "b", "add", json.dumps(json.dumps(1)))
        await host.settle()
        assert await host.engine.read_entity("counter", "a") == "7"
        page = await host.engine.list_entities("counter", fetch_state=True, page_size=1)
        assert [(e["entityId"]["key"], e["state"]) for e in page.items] == [("a", 7)]
        rest = await host.engine.list_entities("counter", page.continuation)
        assert [e["entityId"]["key"] for e in rest.items] == ["b"]
        assert rest.continuation is None
        await host.engine.signal_entity("counter", "a", "reset", '"{}"')
        assert await host.engine.purge("@counter@b") == 1
        await host.settle()
        for key in ("a", "b"):
            with pytest.raises(NotFound):
                await host.engine.read_entity("counter", key)


async def test_a_signal_with_no_body_breaks_get_input_in_the_entity(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.engine.signal_entity("counter", "a", "add")
        await host.settle()
        assert host.warned() == {"signal-failed"}


async def test_an_unknown_entity_is_refused_to_clients_and_an_error_to_callers(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        with pytest.raises(BadRequest):
            await host.engine.signal_entity("nosuch", "k", "add")
        with pytest.raises(BadRequest):
            await host.engine.signal_entity("counter", "", "add")
        await host.start("lost_entity")
        status, output = await host.outcome()
        assert status == "Failed"
        assert "'nosuch' doesn't exist" in output


async def test_a_delayed_signal_waits_for_its_time_across_a_restart(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.engine.signal_entity("counter", "a", "add", '"2"', due=START + timedelta(hours=1))
        await host.settle()
        with pytest.raises(NotFound):
            await host.engine.read_entity("counter", "a")
    async with Host(tmp_path, make_app()) as host:
        assert host.engine.next_due() == START + timedelta(hours=1)
        await host.advance(START + timedelta(hours=1))
        assert await host.engine.read_entity("counter", "a") == "2"


async def test_call_http_is_an_activity_of_the_host(tmp_path: Path) -> None:
    async def handle(request: web.Request) -> web.Response:
        return web.json_response({"got": await request.json(), "mine": request.headers["X-Mine"]}, status=201)

    app = web.Application()
    app.router.add_post("/there", handle)
    async with TestServer(app) as server, Host(tmp_path, make_app()) as host:
        await host.engine.start_new(
            "fetch", json.dumps(json.dumps({"uri": str(server.make_url("/there"))})), "it"
        )
        status = await host.engine.wait_for_end("it")
        assert status["output"]["statusCode"] == 201
        assert json.loads(status["output"]["content"]) == {"got": {"hello": 1}, "mine": "yes"}
        history = await host.engine.raw_history("it")
        assert [e["Name"] for e in history if e["EventType"] == 4] == ["BuiltIn::HttpActivity"]


async def test_call_http_to_nobody_fails(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.engine.start_new("fetch", json.dumps(json.dumps({"uri": "http://127.0.0.1:9/x"})), "it")
        status = await host.engine.wait_for_end("it")
        assert status["runtimeStatus"] == "Failed"


async def test_continue_as_new_begins_a_fresh_history_and_keeps_the_custom_status(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.engine.start_new("generations", '"1"', "it")
        first = host.engine._instances["it"].execution
        assert await host.outcome() == ("Completed", 3)
        history = await host.engine.raw_history("it")
        assert [e["EventType"] for e in history] == [12, 0, 4, 13, 12, 5, 1, 13]
        assert history[1]["Input"] == '"3"'
        assert history[1]["OrchestrationInstance"]["ExecutionId"] != first
        assert (await host.status())["customStatus"] == "generation 3"
        assert [value for _, value in host.functions.calls] == [1, 2, 3]


async def test_events_after_the_decision_are_carried_over(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("collector", [])
        # Three in one batch: the first is consumed, the others come after the decision.
        for item in ("a", "b", "end"):
            await host.engine.raise_event("it", "item", json.dumps(item))
        assert await host.outcome() == ("Completed", ["a", "b", "end"])


async def test_a_wait_of_twelve_days_in_steps_of_five(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("watcher")
        await host.advance(START + timedelta(days=12) - timedelta(seconds=1))
        assert (await host.outcome())[0] == "Running"
        await host.advance(START + timedelta(days=12))
        assert await host.outcome() == ("Completed", "twelve days later")
        assert not host.warned()
        assert len(await host.engine.raw_history("it")) < 30


async def test_a_wait_of_days_ends_early_by_an_event(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("watcher")
        await host.advance(START + timedelta(days=6))
        await host.raise_event(f"stop-{(START + timedelta(days=10)).isoformat()}", 1)
        assert await host.outcome() == ("Completed", "stopped")
        assert host.engine.next_due() is None
