"""The everyday actions: activities, timers, events, children, and what the status tells of them."""

# ruff: noqa: BLE001 - the SDK raises nothing more precise than Exception

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import azure.durable_functions as df
import pytest

from devhost.durable import AlreadyExists, BadRequest, Gone, NotFound
from tests.devhost.durable.support import START, Host


def make_app() -> df.DFApp:
    app = df.DFApp()

    @app.activity_trigger(input_name="n")
    def double(n: Any) -> Any:
        return n * 2

    @app.activity_trigger(input_name="x")
    def boom(x: Any) -> Any:
        raise ValueError(f"boom {x}")

    @app.orchestration_trigger(context_name="context")
    def chain(context: df.DurableOrchestrationContext) -> Any:
        n = context.get_input()
        for _ in range(3):
            n = yield context.call_activity("double", n)
        context.set_custom_status({"n": n})
        return n

    @app.orchestration_trigger(context_name="context")
    def fan(context: df.DurableOrchestrationContext) -> Any:
        return (yield context.task_all([context.call_activity("double", n) for n in range(4)]))

    @app.orchestration_trigger(context_name="context")
    def sleeper(context: df.DurableOrchestrationContext) -> Any:
        before = context.current_utc_datetime
        yield context.create_timer(before + timedelta(days=2))
        return (context.current_utc_datetime - before).total_seconds()

    @app.orchestration_trigger(context_name="context")
    def waiter(context: df.DurableOrchestrationContext) -> Any:
        return (yield context.wait_for_external_event("approval"))

    @app.orchestration_trigger(context_name="context")
    def race(context: df.DurableOrchestrationContext) -> Any:
        timer = context.create_timer(context.current_utc_datetime + timedelta(days=1))
        event = context.wait_for_external_event("approval")
        winner = yield context.task_any([timer, event])
        if winner == event:
            timer.cancel()
            return event.result
        return "late"

    @app.orchestration_trigger(context_name="context")
    def parent(context: df.DurableOrchestrationContext) -> Any:
        first = yield context.call_sub_orchestrator("chain", 1)
        second = yield context.call_sub_orchestrator("chain", 2, instance_id="known-child")
        return [first, second]

    @app.orchestration_trigger(context_name="context")
    def careful(context: df.DurableOrchestrationContext) -> Any:
        try:
            yield context.call_activity("boom", 7)
        except Exception as error:
            return str(error)

    @app.orchestration_trigger(context_name="context")
    def careless(context: df.DurableOrchestrationContext) -> Any:
        yield context.call_activity("boom", 7)

    @app.orchestration_trigger(context_name="context")
    def anxious_parent(context: df.DurableOrchestrationContext) -> Any:
        try:
            yield context.call_sub_orchestrator("careless")
        except Exception as error:
            return str(error)

    @app.orchestration_trigger(context_name="context")
    def unknown_activity(context: df.DurableOrchestrationContext) -> Any:
        yield context.call_activity("nosuch")

    @app.orchestration_trigger(context_name="context")
    def no_yield(context: df.DurableOrchestrationContext) -> Any:
        return {"id": context.instance_id}

    return app


async def test_activities_run_one_after_another_and_ids_follow_the_schedule(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("chain", 1)
        assert await host.outcome() == ("Completed", 8)
        assert host.functions.calls == [("double", 1), ("double", 2), ("double", 4)]
        assert await host.events() == [(0, -1), (4, 0), (5, -1), (4, 1), (5, -1), (4, 2), (5, -1), (1, 3)]
        assert (await host.status())["customStatus"] == {"n": 8}


async def test_history_is_laid_out_in_episodes_as_the_extension_does(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("chain", 21)
        history = await host.engine.raw_history("it")
        assert [e["EventType"] for e in history] == [12, 0, 4, 13, 12, 5, 4, 13, 12, 5, 4, 13, 12, 5, 1, 13]
        assert history[1]["Input"] == json.dumps(json.dumps(21))
        assert history[2]["Input"] == '["21"]'
        assert history[5]["Result"] == "42"
        assert all(e["IsPlayed"] for e in history)


async def test_a_fan_out_returns_results_in_order(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("fan")
        assert await host.outcome() == ("Completed", [0, 2, 4, 6])


async def test_a_timer_fires_on_the_virtual_clock_only(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("sleeper")
        assert (await host.outcome())[0] == "Running"
        assert host.engine.next_due() == START + timedelta(days=2)
        await host.advance(START + timedelta(days=2) - timedelta(seconds=1))
        assert (await host.outcome())[0] == "Running"
        await host.advance(START + timedelta(days=2))
        assert await host.outcome() == ("Completed", 172800.0)


async def test_an_event_through_the_http_api_arrives_as_an_object(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("waiter")
        await host.raise_event("approval", {"by": "bob"})
        assert await host.outcome() == ("Completed", {"by": "bob"})


async def test_an_event_through_the_sdk_client_arrives_as_a_string(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("waiter")
        await host.raise_event("approval", json.dumps({"by": "bob"}))
        assert await host.outcome() == ("Completed", '{"by": "bob"}')


async def test_an_event_wins_the_race_and_the_cancelled_timer_holds_nothing_up(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("race")
        await host.raise_event("approval", "yes")
        assert await host.outcome() == ("Completed", "yes")
        assert host.engine.next_due() is None
        assert not host.warned()


async def test_a_timer_wins_the_race(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("race")
        await host.advance(START + timedelta(days=1))
        assert await host.outcome() == ("Completed", "late")
        with pytest.raises(Gone):
            await host.engine.raise_event("it", "approval", "1")


async def test_children_answer_their_parent(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("parent")
        assert await host.outcome() == ("Completed", [8, 16])
        assert await host.outcome("known-child") == ("Completed", 16)
        history = await host.engine.raw_history("it")
        execution = history[1]["OrchestrationInstance"]["ExecutionId"]
        assert [e["InstanceId"] for e in history if e["EventType"] == 7] == [f"{execution}:0", "known-child"]
        child = await host.engine.raw_history("known-child")
        assert child[1]["ParentInstance"]["OrchestrationInstance"]["InstanceId"] == "it"


async def test_a_failed_activity_raises_reason_and_details(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("careful")
        status, output = await host.outcome()
        assert status == "Completed"
        assert output.startswith("Activity function 'boom' failed: ValueError: boom 7 \n ")


async def test_an_uncaught_failure_fails_the_instance(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("careless")
        status, output = await host.outcome()
        assert status == "Failed"
        assert output.startswith("Orchestrator function 'careless' failed: Activity function 'boom' failed:")


async def test_a_failed_child_fails_in_its_parent(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("anxious_parent")
        status, output = await host.outcome()
        assert status == "Completed"
        assert output.startswith("Orchestrator function 'careless' failed: Activity function 'boom' failed")


async def test_an_unknown_activity_fails_the_instance_by_name(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("unknown_activity")
        status, output = await host.outcome()
        assert status == "Failed"
        assert "'nosuch' doesn't exist" in output


async def test_an_orchestrator_without_a_yield_completes_at_once(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("no_yield")
        assert await host.outcome() == ("Completed", {"id": "it"})


async def test_starting_refuses_what_the_extension_refuses(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        with pytest.raises(BadRequest, match="'nosuch' doesn't exist"):
            await host.engine.start_new("nosuch")
        for bad in ("@a", "a/b", "a\\b", "a#b", "a?b", "a\nb"):
            with pytest.raises(BadRequest):
                await host.engine.start_new("chain", "1", bad)
        with pytest.raises(BadRequest):
            await host.engine.start_new("chain", "{not json")
        await host.start("waiter")
        with pytest.raises(AlreadyExists):
            await host.engine.start_new("waiter", None, "it")
        with pytest.raises(NotFound):
            await host.engine.raise_event("other", "approval")


async def test_an_ended_id_may_be_used_again(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("chain", 1)
        await host.start("chain", 2)
        assert await host.outcome() == ("Completed", 16)
        assert len(await host.events()) == 8


async def test_a_started_instance_is_pending_until_its_first_episode(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.engine.start_new("waiter", None, "it")
        before = await host.engine.get_status("it")
        assert (before["runtimeStatus"], before["createdTime"]) == ("Pending", "2026-05-01T09:00:00Z")
        assert (await host.outcome())[0] == "Running"


async def test_an_id_is_made_when_none_is_given(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        first = await host.engine.start_new("no_yield")
        second = await host.engine.start_new("no_yield")
        assert len({first, second}) == 2
        assert await host.outcome(first) == ("Completed", {"id": first})


async def test_function_names_are_matched_without_case(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("CHAIN", 1)
        assert await host.outcome() == ("Completed", 8)
