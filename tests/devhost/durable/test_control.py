"""Suspend, resume, terminate, restart, purge, list, recover, and wait."""

import asyncio
import json
import sqlite3
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import azure.durable_functions as df
import pytest

from devhost.clock import SystemClock
from devhost.durable import AlreadyExists, BadRequest, DurableEngine, Gone, NotFound
from devhost.durable.errors import NotTerminal
from devhost.durable.sdk_memo import remember_pure_results
from devhost.durable.status import Filters
from tests.devhost.durable.support import START, AppFunctions, Host


def make_app() -> df.DFApp:
    app = df.DFApp()

    @app.activity_trigger(input_name="x")
    def echo(x: Any) -> Any:
        return x

    @app.activity_trigger(input_name="x")
    async def hang(x: Any) -> Any:
        await asyncio.Event().wait()

    @app.orchestration_trigger(context_name="context")
    def quick(context: df.DurableOrchestrationContext) -> Any:
        return (yield context.call_activity("echo", context.get_input()))

    @app.orchestration_trigger(context_name="context")
    def waiter(context: df.DurableOrchestrationContext) -> Any:
        first = yield context.wait_for_external_event("a")
        second = yield context.wait_for_external_event("b")
        return [first, second]

    @app.orchestration_trigger(context_name="context")
    def stuck(context: df.DurableOrchestrationContext) -> Any:
        yield context.call_activity("hang", 1)

    @app.orchestration_trigger(context_name="context")
    def soon(context: df.DurableOrchestrationContext) -> Any:
        yield context.create_timer(context.current_utc_datetime + timedelta(milliseconds=30))
        return "fired"

    @app.orchestration_trigger(context_name="context")
    def parent(context: df.DurableOrchestrationContext) -> Any:
        yield context.call_sub_orchestrator("waiter", None, "child")

    @app.orchestration_trigger(context_name="context")
    def rival(context: df.DurableOrchestrationContext) -> Any:
        yield context.call_sub_orchestrator("waiter", None, "taken")

    return app


async def test_a_suspended_instance_holds_what_comes_until_it_is_resumed(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("waiter")
        await host.engine.suspend("it", "for a while")
        assert (await host.outcome())[0] == "Suspended"
        await host.raise_event("a", 1)
        await host.raise_event("b", 2)
        assert (await host.outcome())[0] == "Suspended"
        await host.engine.resume("it", "enough")
        assert await host.outcome() == ("Completed", [1, 2])


async def test_suspending_twice_needs_one_resume(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("waiter")
        for ask in (host.engine.suspend, host.engine.suspend, host.engine.resume):
            await ask("it")
        assert (await host.outcome())[0] == "Running"
        await host.engine.suspend("it")
        await host.raise_event("a", 1)
        await host.engine.suspend("it")
        await host.raise_event("b", 2)
        assert (await host.outcome())[0] == "Suspended"
        await host.engine.resume("it")
        assert await host.outcome() == ("Completed", [1, 2])


async def test_a_timer_that_fires_during_a_suspension_is_heard_after_it(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("soon")
        await host.engine.suspend("it")
        await host.advance(START + timedelta(days=1))
        assert (await host.outcome())[0] == "Suspended"
    async with Host(tmp_path, make_app()) as host:
        await host.settle()
        assert host.engine.next_due() is None
        await host.engine.resume("it")
        assert await host.outcome() == ("Completed", "fired")


async def test_a_suspension_survives_a_restart_of_the_host(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("waiter")
        await host.engine.suspend("it")
        await host.raise_event("a", 1)
    async with Host(tmp_path, make_app()) as host:
        await host.raise_event("b", 2)
        assert (await host.outcome())[0] == "Suspended"
        await host.engine.resume("it")
        assert await host.outcome() == ("Completed", [1, 2])


async def test_a_suspended_instance_can_be_terminated(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("waiter")
        await host.engine.suspend("it")
        await host.raise_event("a", 1)
        await host.engine.terminate("it", "no more")
        assert await host.outcome() == ("Terminated", "no more")


async def test_terminate_ends_at_once_and_what_comes_later_is_gone(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("waiter")
        await host.engine.terminate("it", "enough")
        assert await host.outcome() == ("Terminated", "enough")
        kinds = [kind for kind, _ in await host.events()]
        assert kinds == [0, 3, 1]
        for ask in (host.engine.terminate, host.engine.suspend, host.engine.resume):
            with pytest.raises(Gone):
                await ask("it", "again")
        with pytest.raises(NotFound):
            await host.engine.terminate("nobody", "")


async def test_terminating_a_child_fails_it_in_its_parent(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("parent")
        await host.engine.terminate("child", "stop it")
        assert (await host.outcome())[0] == "Failed"
        assert "stop it" in (await host.outcome())[1]


async def test_terminating_a_parent_does_not_reach_its_child(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("parent")
        await host.engine.terminate("it", "")
        assert (await host.outcome())[0] == "Terminated"
        assert (await host.outcome("child"))[0] == "Running"
        await host.raise_event("a", 1, "child")
        await host.raise_event("b", 2, "child")
        assert await host.outcome("child") == ("Completed", [1, 2])
        assert (await host.outcome())[0] == "Terminated"


async def test_a_child_whose_id_is_running_fails_in_its_parent(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("waiter", None, "taken")
        await host.start("rival")
        status, output = await host.outcome()
        assert status == "Failed"
        assert "already exists" in output
        assert (await host.outcome("taken"))[0] == "Running"


async def test_restart_runs_the_same_input_again(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("quick", {"n": 1})
        fresh = await host.engine.restart("it")
        assert fresh != "it"
        assert await host.outcome(fresh) == ("Completed", {"n": 1})
        assert await host.engine.restart("it", with_new_id=False) == "it"
        assert await host.outcome() == ("Completed", {"n": 1})
        assert len(host.functions.calls) == 3
        await host.start("waiter", None, "busy")
        with pytest.raises(AlreadyExists):
            await host.engine.restart("busy", with_new_id=False)
        with pytest.raises(NotFound):
            await host.engine.restart("nobody")


async def test_purge_deletes_what_has_ended_and_nothing_else(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("quick", 1)
        await host.start("waiter", None, "busy")
        with pytest.raises(NotTerminal):
            await host.engine.purge("busy")
        assert await host.engine.purge("it") == 1
        for ask in (host.engine.purge, host.engine.get_status, host.engine.raw_history):
            with pytest.raises(NotFound):
                await ask("it")
        assert (await host.outcome("busy"))[0] == "Running"


async def test_purge_by_filter_takes_only_ended_instances_that_match(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        for n in range(3):
            await host.start("quick", n, f"old-{n}")
        await host.advance(START + timedelta(days=1))
        await host.start("quick", 1, "new")
        await host.start("waiter", None, "busy")
        assert await host.engine.purge_by(Filters(statuses=frozenset({"Running"}))) == 0
        assert await host.engine.purge_by(Filters(created_to=START, statuses=frozenset({"Failed"}))) == 0
        assert await host.engine.purge_by(Filters(created_to=START)) == 3
        left = {item["instanceId"] for item in (await host.engine.list_instances()).items}
        assert left == {"new", "busy"}


async def test_lists_are_filtered_and_paged_by_creation(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        for n in range(5):
            await host.start("quick", n, f"a-{n}")
        await host.advance(START + timedelta(days=1))
        await host.start("waiter", None, "b-1")
        first = await host.engine.list_instances(Filters(page_size=4))
        assert [item["instanceId"] for item in first.items] == ["a-0", "a-1", "a-2", "a-3"]
        rest = await host.engine.list_instances(Filters(page_size=4), first.continuation)
        assert [item["instanceId"] for item in rest.items] == ["a-4", "b-1"]
        assert rest.continuation is None
        running = await host.engine.list_instances(Filters(statuses=frozenset({"Running"})))
        assert [item["instanceId"] for item in running.items] == ["b-1"]
        later = await host.engine.list_instances(Filters(created_from=START + timedelta(hours=1)))
        assert [item["instanceId"] for item in later.items] == ["b-1"]
        named = await host.engine.list_instances(Filters(prefix="a-", page_size=2), show_input=False)
        assert [item["input"] for item in named.items] == [None, None]
        with pytest.raises(BadRequest):
            await host.engine.list_instances(None, "rubbish")
        latest = await host.engine.latest_instances(2)
        assert [item["instanceId"] for item in latest] == ["b-1", "a-4"]
        assert await host.engine.count_by_status() == {"Completed": 5, "Running": 1}


async def test_a_restarted_host_goes_on_where_it_was(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("waiter")
        await host.raise_event("a", 1)
    async with Host(tmp_path, make_app()) as host:
        assert host.engine.idle()
        await host.raise_event("b", 2)
        assert await host.outcome() == ("Completed", [1, 2])


async def test_an_activity_that_was_running_when_the_host_stopped_runs_again(tmp_path: Path) -> None:
    for _ in range(2):
        async with Host(tmp_path, make_app()) as host:
            if not (await host.engine.list_instances()).items:
                await host.engine.start_new("stuck", None, "it")
            async with asyncio.timeout(5):
                while not host.functions.calls:  # noqa: ASYNC110
                    await asyncio.sleep(0)
            assert host.functions.calls == [("hang", 1)]
            assert not host.engine.idle()


async def test_an_instance_whose_orchestrator_is_gone_waits_until_it_is_back(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("waiter")
        await host.engine.suspend("it")
        await host.settle()
    without = df.DFApp()
    without.function_name("other")
    async with Host(tmp_path, AppFunctions(df.DFApp())) as host:
        await host.engine.resume("it")
        await host.settle()
        assert host.warned() == {"orchestrator-missing"}
    async with Host(tmp_path, make_app()) as host:
        await host.raise_event("a", 1)
        await host.raise_event("b", 2)
        assert await host.outcome() == ("Completed", [1, 2])


async def test_no_two_hosts_share_a_file(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("waiter")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            DurableEngine(tmp_path / "durable.db", host.functions, host.clock)


async def test_on_the_real_clock_timers_fire_by_themselves(tmp_path: Path) -> None:
    engine = DurableEngine(tmp_path / "durable.db", AppFunctions(make_app()), SystemClock())
    await engine.start()
    await engine.start_new("soon", None, "it")
    async with asyncio.timeout(10):
        status = await engine.wait_for_end("it")
    assert status["output"] == "fired"
    await engine.stop()


async def test_the_listener_hears_each_warning_once(tmp_path: Path) -> None:
    heard = []
    async with Host(tmp_path, make_app(), warn=heard.append) as host:
        await host.start("waiter")
        for name in ("x", "a", "b"):
            await host.raise_event(name, 1)
        assert (await host.outcome())[0] == "Completed"
    assert [(w.instance, w.code) for w in heard] == [("it", "event-unheard")]


async def test_the_history_is_shown_as_the_extension_shows_it(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("quick", "x")
        shown = (await host.engine.get_status("it", show_history=True, show_history_output=True))[
            "historyEvents"
        ]
        assert [event["EventType"] for event in shown] == [
            "ExecutionStarted",
            "TaskCompleted",
            "ExecutionCompleted",
        ]
        assert shown[1]["FunctionName"] == "echo"
        assert shown[1]["Result"] == "x"
        assert shown[1]["ScheduledTime"] == "2026-05-01T09:00:00.000000Z"
        assert shown[2]["OrchestrationStatus"] == "Completed"
        plain = (await host.engine.get_status("it", show_history=True))["historyEvents"]
        assert "Result" not in plain[1]


async def test_many_instances_at_once_keep_to_the_limit_of_activities(tmp_path: Path) -> None:
    app = df.DFApp()
    running: list[int] = []
    peak: list[int] = []

    @app.activity_trigger(input_name="x")
    async def slow(x: Any) -> Any:
        running.append(x)
        peak.append(len(running))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        running.remove(x)
        return x

    @app.orchestration_trigger(context_name="context")
    def fan(context: df.DurableOrchestrationContext) -> Any:
        return (yield context.task_all([context.call_activity("slow", n) for n in range(20)]))

    async with Host(tmp_path, app, max_concurrent_activities=3) as host:
        for n in range(5):
            await host.engine.start_new("fan", json.dumps("1"), f"fan-{n}")
        for n in range(5):
            assert await host.outcome(f"fan-{n}") == ("Completed", list(range(20)))
    assert max(peak) == 3


async def test_the_sdk_remembers_what_it_computes_again_and_again(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("quick", 1)
    assert remember_pure_results() == ["dt_parse", "namedtuple"]
    parser = sys.modules["azure.durable_functions.models.history.HistoryEvent"].dt_parse
    assert parser.cache_info().currsize > 0
    assert parser("2026-05-01T09:00:00.000000Z") == parser.__wrapped__("2026-05-01T09:00:00.000000Z")


HALF = "\ud800"


async def test_what_is_not_unicode_or_json_is_refused_and_never_breaks_the_engine(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        engine = host.engine
        bad_texts = ["", "{", '"' + HALF + '"', "[" * 100_000]
        for text in bad_texts:
            with pytest.raises(BadRequest):
                await engine.start_new("quick", text)
        with pytest.raises(BadRequest):
            await engine.start_new("quick", None, HALF)
        with pytest.raises(BadRequest):
            await engine.start_new("quick", None, "it", version=HALF)
        for ask in (engine.get_status, engine.raw_history, engine.purge, engine.terminate):
            with pytest.raises(NotFound):
                await ask(HALF)
        with pytest.raises(NotFound):
            await engine.purge("@" + HALF)
        for token in (HALF, "W10=", "NQ==", "WzFd", "WyJhIiwgImIiXQ==", "WzFlMzAsICJiIl0="):
            with pytest.raises(BadRequest):
                await engine.list_instances(None, token)
        for token in (HALF, "W10=", "NQ==", "WzFd"):
            with pytest.raises(BadRequest):
                await engine.list_entities("", token)
        assert (await engine.list_entities(HALF)).items == []
        await host.start("quick", HALF)
        assert await host.outcome() == ("Completed", HALF)


@pytest.mark.parametrize("bad_id", [HALF, "@entity"])
async def test_an_orchestrator_that_names_a_child_badly_fails(tmp_path: Path, bad_id: str) -> None:
    app = make_app()

    @app.orchestration_trigger(context_name="context")
    def careless(context: df.DurableOrchestrationContext) -> Any:
        yield context.call_sub_orchestrator("quick", None, bad_id)

    async with Host(tmp_path, app) as host:
        await host.start("careless")
        assert (await host.outcome())[0] == "Failed"
