"""The replay of actions over history, where the SDK cannot go or goes only by accident."""

import json
from pathlib import Path
from typing import Any

import azure.durable_functions as df
import pytest

from devhost.durable import events as ev
from devhost.durable.replay import NonDeterministicError, Replay
from tests.devhost.durable.support import START, AppFunctions, Host

STARTED = [ev.new_event(12, "2026-05-01T09:00:00.000000Z"), ev.new_event(0, "2026-05-01T09:00:00.000000Z")]


def activity(name: str) -> dict[str, Any]:
    return {"actionType": 0, "functionName": name, "input": "1"}


def waits(name: str) -> dict[str, Any]:
    return {"actionType": 6, "externalEventName": name}


def any_of(*children: dict[str, Any]) -> dict[str, Any]:
    return {"actionType": 11, "compoundActions": list(children)}


def all_of(*children: dict[str, Any]) -> dict[str, Any]:
    return {"actionType": 12, "compoundActions": list(children)}


def retried(name: str, attempts: int) -> dict[str, Any]:
    options = {"firstRetryIntervalInMilliseconds": 1000, "maxNumberOfAttempts": attempts}
    return {**activity(name), "actionType": 1, "retryOptions": options}


def timer(*, cancelled: bool = False) -> dict[str, Any]:
    return {"actionType": 5, "fireAt": "2026-05-02T00:00:00.000000Z", "isCanceled": cancelled}


def scheduled(task_id: int, name: str = "a", kind: int = 4) -> ev.Event:
    return ev.new_event(kind, "t", task_id, Name=name)


def completed(task_id: int) -> ev.Event:
    return ev.new_event(5, "t", TaskScheduledId=task_id)


def failed(task_id: int) -> ev.Event:
    return ev.new_event(6, "t", TaskScheduledId=task_id)


def fired(task_id: int) -> ev.Event:
    return ev.new_event(11, "t", TimerId=task_id)


def raised(name: str) -> ev.Event:
    return ev.new_event(15, "t", Name=name)


def replay(actions: list[dict[str, Any]], *history: ev.Event) -> Replay:
    made = Replay(actions, execution="e")
    made.run([*STARTED, *history])
    return made


def new_ids(made: Replay) -> list[int]:
    return sorted(made.decisions)


def test_later_actions_are_not_scheduled_before_the_earlier_have_ended() -> None:
    actions = [activity("a"), activity("b")]
    assert new_ids(replay(actions)) == [0]
    assert new_ids(replay(actions, scheduled(0), completed(0))) == [1]
    assert new_ids(replay(actions, scheduled(0), failed(0))) == [1]


def test_every_leaf_takes_an_id_except_the_wait_for_an_event() -> None:
    made = replay([any_of(timer(), waits("x"), all_of(activity("a"), activity("b")))])
    assert new_ids(made) == [0, 1, 2]
    assert set(made.open) == {0, 1, 2}


def test_all_waits_for_every_child_even_after_a_failure() -> None:
    actions = [all_of(activity("a"), activity("a")), activity("b")]
    history = [scheduled(0), scheduled(1), failed(0)]
    assert new_ids(replay(actions, *history)) == []
    assert new_ids(replay(actions, *history, completed(1))) == [2]


def test_any_goes_on_with_the_first_child_and_leaves_the_other_open() -> None:
    made = replay(
        [any_of(activity("a"), timer()), activity("b")], scheduled(0), scheduled(1, "", 10), completed(0)
    )
    assert new_ids(made) == [2]
    assert set(made.open) == {1, 2}
    assert [loser.id for loser in made.losers] == [1]


def test_an_empty_compound_is_over_at_once() -> None:
    assert replay([all_of(), any_of()]).finished


def test_a_cancelled_timer_takes_its_id_and_is_over_at_once() -> None:
    made = replay([any_of(timer(cancelled=True), waits("x")), activity("a")])
    assert new_ids(made) == [0, 1]
    assert (made.cancelled, set(made.open)) == ({0}, {1})


def test_events_match_the_latest_waiter_first_and_names_without_case() -> None:
    both = any_of(all_of(waits("X"), activity("a")), waits("x"))
    made = replay([both, activity("b")], scheduled(0), raised("x"))
    assert new_ids(made) == [1]


def test_unmatched_events_wait_in_order() -> None:
    made = replay(
        [activity("a"), waits("x"), waits("x")], scheduled(0), raised("x"), raised("X"), completed(0)
    )
    assert made.finished
    assert made.unheard == []
    assert replay([waits("y")], raised("x")).unheard == ["x"]


def test_retries_inside_a_compound_take_ids_as_they_happen() -> None:
    actions = [all_of(retried("a", 2), activity("b")), activity("c")]
    history = [scheduled(0), scheduled(1, "b"), failed(0), scheduled(2, "", 10)]
    assert new_ids(replay(actions, *history[:3])) == [2]
    assert new_ids(replay(actions, *history, fired(2))) == [3]
    history += [fired(2), scheduled(3), failed(3), scheduled(4, "", 10)]
    assert new_ids(replay(actions, *history, fired(4))) == []
    assert new_ids(replay(actions, *history, completed(1), fired(4))) == [5]


def test_a_single_attempt_is_followed_by_the_dummy_timer_too() -> None:
    assert new_ids(replay([retried("a", 1)], scheduled(0), failed(0))) == [1]


def test_an_answer_that_comes_twice_changes_nothing() -> None:
    assert new_ids(replay([activity("a"), activity("b")], scheduled(0), completed(0), completed(0))) == [1]


def test_events_after_continue_as_new_are_kept_for_the_next_generation() -> None:
    again = {"actionType": 4, "input": "1"}
    made = replay([waits("x"), again], raised("y"), raised("x"), raised("z"))
    assert [event["Name"] for event in made.carried_over] == ["z"]
    assert made.unheard == ["y"]


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (scheduled(0, "b"), "task named 'a'"),
        (scheduled(0, "a", 7), "a sub-orchestration task with sequence number 0"),
        (scheduled(0, "", 10), "a timer task with sequence number 0"),
        (scheduled(0, "op", 14), "a message to an entity with sequence number 0"),
        (scheduled(1), "with sequence ID 1 and name 'a'"),
    ],
)
def test_a_history_that_does_not_match_is_told_apart(event: ev.Event, said: str) -> None:
    with pytest.raises(NonDeterministicError, match=said):
        replay([activity("a")], event)


class Scripted(AppFunctions):
    """An app whose orchestrators return fixed texts, as another language's worker might."""

    def __init__(self, text: str, app: df.DFApp) -> None:
        super().__init__(app)
        self._text = text

    def has_orchestrator(self, name: str) -> bool:
        return True

    def run_orchestrator(self, name: str, body: str) -> str:
        return self._text


def counter_app() -> df.DFApp:
    app = df.DFApp()

    @app.entity_trigger(context_name="context", entity_name="counter")
    def counter(context: df.DurableEntityContext) -> None:
        context.set_state(context.get_state(lambda: 0) + context.get_input())

    return app


async def test_an_activity_without_input_gets_null(tmp_path: Path) -> None:
    class Recording(Scripted):
        def has_activity(self, name: str) -> bool:
            return True

        async def run_activity(self, name: str, input_json: str) -> str:
            return json.dumps([name, input_json])

    call = {"actionType": 0, "functionName": "any"}
    state = json.dumps({"isDone": True, "actions": [[call]]})
    async with Host(tmp_path, Recording(state, counter_app())) as host:
        await host.start("any")
        history = await host.engine.raw_history("it")
        assert [e["Result"] for e in history if e["EventType"] == 5] == ['["any", "null"]']


async def test_a_signal_may_be_scheduled_for_later(tmp_path: Path) -> None:
    signal = {
        "actionType": 10,
        "instanceId": "@counter@k",
        "operation": "add",
        "input": "3",
        "fireAt": "2026-05-02T09:00:00.000000Z",
    }
    state = json.dumps({"isDone": True, "actions": [[signal]], "schemaVersion": 2})
    async with Host(tmp_path, Scripted(state, counter_app())) as host:
        await host.start("any")
        assert await host.outcome() == ("Completed", None)
        assert host.engine.next_due() == START.replace(day=2)
        await host.advance(START.replace(day=2))
        assert await host.engine.read_entity("counter", "k") == "3"


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "[]",
        "{}",
        '{"isDone": true, "actions": [[{"actionType": 99}]]}',
        '{"isDone": true, "actions": [[{"actionType": 0}]]}',
        '{"isDone": true, "actions": [[{"actionType": 9, "instanceId": "nobody", "operation": "x"}]]}',
        '{"isDone": true, "actions": [[{"actionType": 5, "fireAt": "soon"}]]}',
    ],
)
async def test_rubbish_from_an_orchestrator_fails_the_instance_and_not_the_host(
    tmp_path: Path, text: str
) -> None:
    async with Host(tmp_path, Scripted(text, counter_app())) as host:
        await host.start("any")
        assert (await host.outcome())[0] == "Failed"
        await host.start("any", None, "another")
        assert (await host.outcome("another"))[0] == "Failed"


@pytest.mark.parametrize("text", ["not json", "{}", '{"entityExists": true, "results": []}'])
async def test_rubbish_from_an_entity_changes_nothing(tmp_path: Path, text: str) -> None:
    class Rubbish(AppFunctions):
        def run_entity(self, name: str, body: str) -> str:
            return text

    async with Host(tmp_path, Rubbish(counter_app())) as host:
        await host.engine.signal_entity("counter", "k", "add", '"1"')
        await host.settle()
        assert host.warned() == {"entity-failed"}


async def test_a_host_error_in_an_activity_or_entity_is_recorded_as_its_failure(tmp_path: Path) -> None:
    class Broken(AppFunctions):
        async def run_activity(self, name: str, input_json: str) -> str:
            raise OSError("the worker is gone")

        def run_entity(self, name: str, body: str) -> str:
            raise OSError("the worker is gone")

    app = counter_app()

    @app.activity_trigger(input_name="x")
    def echo(x: Any) -> Any:
        return x

    @app.orchestration_trigger(context_name="context")
    def one(context: df.DurableOrchestrationContext) -> Any:
        yield context.call_activity("echo", 1)

    async with Host(tmp_path, Broken(app)) as host:
        await host.start("one")
        assert "OSError: the worker is gone" in (await host.outcome())[1]
        await host.engine.signal_entity("counter", "k", "add", '"1"')
        await host.settle()
        assert host.warned() == {"entity-failed"}
