"""Recorded histories replay to the same actions, episode by episode."""

import itertools
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import azure.durable_functions as df

from devhost.durable.episode import FAILURE_MARK
from devhost.durable.events import Event
from devhost.durable.recorded import contexts
from tests.devhost.durable.support import START, AppFunctions, Host


def make_app() -> df.DFApp:
    app = df.DFApp()

    @app.activity_trigger(input_name="x")
    def echo(x: Any) -> Any:
        return x

    @app.orchestration_trigger(context_name="context")
    def child(context: df.DurableOrchestrationContext) -> Any:
        return [context.parent_instance_id, (yield context.call_activity("echo", context.get_input()))]

    @app.orchestration_trigger(context_name="context")
    def story(context: df.DurableOrchestrationContext) -> Any:
        told = context.get_input()
        first = yield context.call_activity("echo", told)
        yield context.create_timer(context.current_utc_datetime + timedelta(days=1))
        second = yield context.wait_for_external_event("go")
        third = yield context.call_sub_orchestrator("child", "x", "the-child")
        if second == "fail":
            raise ValueError("as told")
        return [first, second, third, context.new_uuid()]

    return app


async def record(folder: Path, event: str) -> tuple[list[Event], list[Event]]:
    async with Host(folder, make_app()) as host:
        await host.start("story", {"n": 1})
        await host.advance(START + timedelta(days=1))
        await host.raise_event("go", event)
        return await host.engine.raw_history("it"), await host.engine.raw_history("the-child")


async def test_every_prefix_yields_the_actions_of_the_one_before_and_more(tmp_path: Path) -> None:
    history, _ = await record(tmp_path, "done")
    functions = AppFunctions(make_app())
    states = [json.loads(functions.run_orchestrator("story", context)) for context in contexts(history)]
    lists = [state["actions"][0] for state in states]
    assert [len(actions) for actions in lists] == [1, 2, 3, 4, 4]
    for before, after in itertools.pairwise(lists):
        assert after[: len(before)] == before
    assert [state["isDone"] for state in states] == [False, False, False, False, True]
    completed = next(event for event in history if event["EventType"] == 1)
    assert states[-1]["output"] == json.loads(completed["Result"])


async def test_a_failed_history_replays_to_the_same_failure(tmp_path: Path) -> None:
    history, _ = await record(tmp_path, "fail")
    functions = AppFunctions(make_app())
    *_, last = contexts(history)
    try:
        functions.run_orchestrator("story", last)
    except Exception as error:  # noqa: BLE001 - what the SDK raises
        state = json.loads(str(error).split(FAILURE_MARK)[1])
        assert state["error"] == "as told"
    else:
        raise AssertionError("it did not fail")


async def test_only_the_newest_episode_is_not_yet_played(tmp_path: Path) -> None:
    history, _ = await record(tmp_path, "done")
    for context in map(json.loads, contexts(history)):
        events = context["history"]
        newest = max(i for i, event in enumerate(events) if event["EventType"] == 12)
        assert [event["IsPlayed"] for event in events] == [i < newest for i in range(len(events))]
        assert context["isReplaying"] == (newest > 0)
        assert context["upperSchemaVersion"] == 1
        assert context["upperSchemaVersionNew"] == 2


async def test_a_child_knows_its_parent(tmp_path: Path) -> None:
    _, child = await record(tmp_path, "done")
    assert {json.loads(context)["parentInstanceId"] for context in contexts(child)} == {"it"}
