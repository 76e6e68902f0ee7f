"""What bites in production bites here too, and is warned of."""

# ruff: noqa: BLE001 - the SDK raises nothing more precise than Exception

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import azure.durable_functions as df

from tests.devhost.durable.support import START, Host


def make_app() -> df.DFApp:
    app = df.DFApp()

    @app.activity_trigger(input_name="x")
    def echo(x: Any) -> Any:
        return x

    @app.activity_trigger(input_name="x")
    def boom(x: Any) -> Any:
        raise ValueError("boom")

    @app.orchestration_trigger(context_name="context")
    def fragile_all(context: df.DurableOrchestrationContext) -> Any:
        yield context.task_all([context.wait_for_external_event("never"), context.call_activity("boom", 1)])

    @app.orchestration_trigger(context_name="context")
    def slow_all(context: df.DurableOrchestrationContext) -> Any:
        timer = context.create_timer(context.current_utc_datetime + timedelta(hours=1))
        try:
            yield context.task_all([timer, context.call_activity("boom", 1)])
        except Exception:
            return (yield context.call_activity("echo", "compensated"))

    @app.orchestration_trigger(context_name="context")
    def loser(context: df.DurableOrchestrationContext) -> Any:
        timer = context.create_timer(context.current_utc_datetime + timedelta(days=3))
        yield context.task_any([timer, context.call_activity("echo", 1)])
        return "returned"

    @app.orchestration_trigger(context_name="context")
    def loser_again(context: df.DurableOrchestrationContext) -> Any:
        if context.get_input() == "second":
            return "done"
        timer = context.create_timer(context.current_utc_datetime + timedelta(days=3))
        yield context.task_any([timer, context.call_activity("echo", 1)])
        context.continue_as_new("second")

    @app.orchestration_trigger(context_name="context")
    def early(context: df.DurableOrchestrationContext) -> Any:
        yield context.create_timer(context.current_utc_datetime + timedelta(hours=1))
        first = yield context.wait_for_external_event("go")
        second = yield context.wait_for_external_event("go")
        return [first, second]

    @app.orchestration_trigger(context_name="context")
    def deaf(context: df.DurableOrchestrationContext) -> Any:
        return (yield context.wait_for_external_event("go"))

    @app.orchestration_trigger(context_name="context")
    def dropping(context: df.DurableOrchestrationContext) -> Any:
        if context.get_input() == "second":
            return (yield context.wait_for_external_event("early"))
        yield context.wait_for_external_event("go")
        context.continue_as_new("second")

    @app.orchestration_trigger(context_name="context")
    def long_timer(context: df.DurableOrchestrationContext) -> Any:
        start = context.current_utc_datetime
        yield context.create_timer(start + timedelta(days=12))
        return (context.current_utc_datetime - start).days

    @app.orchestration_trigger(context_name="context")
    def unserialisable(context: df.DurableOrchestrationContext) -> Any:
        yield context.call_activity("echo", 1)
        return object()

    @app.orchestration_trigger(context_name="context")
    def big_status(context: df.DurableOrchestrationContext) -> Any:
        context.set_custom_status("x" * 9000)
        yield context.call_activity("echo", 1)

    @app.orchestration_trigger(context_name="context")
    def big_input(context: df.DurableOrchestrationContext) -> Any:
        return len((yield context.call_activity("echo", "x" * 40_000)))

    @app.orchestration_trigger(context_name="context")
    def clearing_status(context: df.DurableOrchestrationContext) -> Any:
        context.set_custom_status("set")
        yield context.call_activity("echo", 1)
        context.set_custom_status(None)
        yield context.call_activity("echo", 1)

    @app.orchestration_trigger(context_name="context")
    def skewed(context: df.DurableOrchestrationContext) -> Any:
        retried = context.call_activity_with_retry("boom", df.RetryOptions(1000, 2), 1)
        try:
            yield context.task_all([context.call_activity("boom", 0), retried])
        except Exception:
            return {"comp": (yield context.call_activity("echo", "compensated"))}

    @app.orchestration_trigger(context_name="context")
    def doubled(context: df.DurableOrchestrationContext) -> Any:
        task = context.call_activity("echo", "shared")
        both = context.task_all([task, context.call_activity("echo", "other")])
        yield task
        yield both

    @app.orchestration_trigger(context_name="context")
    def mixed(context: df.DurableOrchestrationContext) -> Any:
        event = context.wait_for_external_event("go")
        yield context.task_any(
            [event, context.create_timer(context.current_utc_datetime + timedelta(days=1))]
        )
        second = context.create_timer(context.current_utc_datetime + timedelta(days=1))
        yield context.task_any([event, second])
        if context.get_input() == "cancelling":
            second.cancel()
        return (yield context.call_activity("echo", "after"))

    return app


async def test_task_all_with_an_open_event_stays_running_after_python_has_failed(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("fragile_all")
        assert (await host.outcome())[0] == "Running"
        assert host.warned() == {"returned-with-open-tasks"}
        await host.raise_event("never", 1)
        assert (await host.outcome())[0] == "Failed"


async def test_compensation_begins_only_when_the_slowest_sibling_has_ended(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("slow_all")
        assert host.functions.calls == [("boom", 1)]
        await host.advance(START + timedelta(hours=1))
        assert await host.outcome() == ("Completed", "compensated")
        assert host.functions.calls == [("boom", 1), ("echo", "compensated")]


async def test_a_retry_in_a_compound_skews_the_ids_of_what_is_scheduled_meanwhile(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("skewed")
        await host.advance(START + timedelta(minutes=1))
        # The SDK takes the retry's timer for the compensation, so that its result is nothing.
        assert await host.outcome() == ("Completed", {"comp": None})


async def test_a_task_yielded_alone_and_in_a_compound_runs_twice(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("doubled")
        await host.settle()
        assert [value for _, value in host.functions.calls].count("shared") == 2


async def test_a_race_of_an_old_task_and_a_new_timer_blocks_until_the_timer(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("mixed", "leaving it open")
        await host.advance(START + timedelta(days=1))
        await host.raise_event("go", 1)
        assert host.functions.calls == []
        await host.advance(START + timedelta(days=2))
        assert host.functions.calls == [("echo", "after")]


async def test_cancelling_the_new_timer_unblocks_such_a_race(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("mixed", "cancelling")
        await host.advance(START + timedelta(days=1))
        await host.raise_event("go", 1)
        assert await host.outcome() == ("Completed", "after")
        assert host.engine.next_due() is None


async def test_a_losing_timer_keeps_the_instance_running(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("loser")
        assert (await host.outcome())[0] == "Running"
        assert host.warned() == {"timer-not-cancelled"}
        assert "2026-05-04T09:00:00" in host.engine.warnings[0].message
        await host.advance(START + timedelta(days=3))
        assert await host.outcome() == ("Completed", "returned")


async def test_a_losing_activity_keeps_the_instance_running(tmp_path: Path) -> None:
    app, release = df.DFApp(), asyncio.Event()

    @app.activity_trigger(input_name="x")
    async def slow(x: Any) -> Any:
        await release.wait()
        return x

    @app.orchestration_trigger(context_name="context")
    def impatient(context: df.DurableOrchestrationContext) -> Any:
        event = context.wait_for_external_event("go")
        yield context.task_any([context.call_activity("slow", 1), event])
        return "returned"

    async with Host(tmp_path, app) as host:
        await host.engine.start_new("impatient", None, "it")
        await host.engine.raise_event("it", "go", "1")
        async with asyncio.timeout(5):
            while not host.warned():  # noqa: ASYNC110
                await asyncio.sleep(0)
        assert (await host.engine.get_status("it"))["runtimeStatus"] == "Running"
        assert "activity 'slow' (0)" in host.engine.warnings[0].message
        assert not host.engine.idle()
        release.set()
        assert await host.outcome() == ("Completed", "returned")


async def test_a_losing_timer_delays_continue_as_new(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("loser_again", "first")
        assert (await host.outcome())[0] == "Running"
        await host.advance(START + timedelta(days=3))
        assert await host.outcome() == ("Completed", "done")


async def test_of_two_early_events_the_first_is_lost_and_the_last_comes_twice(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("early")
        await host.raise_event("go", "first")
        await host.raise_event("go", "second")
        await host.advance(START + timedelta(hours=1))
        assert await host.outcome() == ("Completed", ["second", "second"])


async def test_event_names_are_matched_without_case_by_the_host_but_not_by_the_sdk(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("deaf")
        await host.raise_event("GO", 1)
        assert (await host.outcome())[0] == "Running"
        await host.raise_event("go", 2)
        assert await host.outcome() == ("Completed", 2)
        assert host.warned() == {"event-unheard"}


async def test_an_event_nobody_waits_for_is_warned_of(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("deaf")
        await host.raise_event("other", 1)
        await host.raise_event("go", 2)
        assert await host.outcome() == ("Completed", 2)
        assert host.warned() == {"event-unheard"}
        assert "'other'" in host.engine.warnings[0].message


async def test_unconsumed_events_are_dropped_by_continue_as_new(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("dropping", "first")
        await host.raise_event("early", 1)
        await host.raise_event("go", 1)
        assert (await host.outcome())[0] == "Running"
        assert host.warned() == {"event-unheard"}
        await host.raise_event("early", 2)
        assert await host.outcome() == ("Completed", 2)


async def test_a_long_timer_goes_in_segments_and_is_warned_of(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("long_timer")
        assert host.warned() == {"long-timer"}
        assert host.engine.next_due() == START + timedelta(days=3)
        await host.advance(START + timedelta(days=12))
        assert await host.outcome() == ("Completed", 12)


async def test_an_output_that_is_not_json_fails_the_instance(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("unserialisable")
        status, output = await host.outcome()
        assert status == "Failed"
        assert "not JSON serializable" in output


async def test_a_custom_status_of_more_than_16_kb_fails_the_instance(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("big_status")
        status, output = await host.outcome()
        assert status == "Failed"
        assert "16 KB" in output


async def test_a_large_payload_is_warned_of(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("big_input")
        assert await host.outcome() == ("Completed", 40_000)
        assert host.warned() == {"large-payload"}


async def test_a_custom_status_cannot_be_cleared(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("clearing_status")
        assert (await host.status())["customStatus"] == "set"


async def test_a_changed_orchestrator_fails_with_the_message_of_the_extension(tmp_path: Path) -> None:
    def version(activity: str) -> df.DFApp:
        app = df.DFApp()

        @app.activity_trigger(input_name="x")
        def one(x: Any) -> Any:
            return x

        @app.activity_trigger(input_name="x")
        def two(x: Any) -> Any:
            return x

        @app.orchestration_trigger(context_name="context")
        def changing(context: df.DurableOrchestrationContext) -> Any:
            if activity == "timer":
                yield context.create_timer(context.current_utc_datetime)
            if activity != "none":
                yield context.call_activity(activity, 1)
            yield context.wait_for_external_event("go")

        return app

    expected = {
        "two": "with sequence number 0 named 'one', but the current orchestration replay instead scheduled "
        "an activity task named 'two' with this sequence number.",
        "timer": "with sequence number 0 named 'one', but the current orchestration replay instead produced "
        "a CreateTimerOrchestratorAction action with this sequence number.",
        "none": "with sequence ID 0 and name 'one' (version ''), but the current replay execution hasn't "
        "(yet?) scheduled this task.",
    }
    for changed, message in expected.items():
        folder = tmp_path / changed
        folder.mkdir()
        async with Host(folder, version("one")) as host:
            await host.start("changing")
        async with Host(folder, version(changed)) as host:
            await host.raise_event("go", 1)
            status, output = await host.outcome()
            assert status == "Failed"
            assert output.startswith("Non-Deterministic workflow detected: A previous execution")
            assert message in output


async def test_replaying_twice_catches_what_depends_on_the_moment(tmp_path: Path) -> None:
    app = df.DFApp()
    count = iter(range(100))

    @app.activity_trigger(input_name="x")
    def echo(x: Any) -> Any:
        return x

    @app.orchestration_trigger(context_name="context")
    def moody(context: df.DurableOrchestrationContext) -> Any:
        yield context.call_activity("echo", next(count))

    async with Host(tmp_path, app) as host:
        await host.start("moody")
        status, output = await host.outcome()
        assert status == "Failed"
        assert "two replays" in output
        assert host.warned() == {"replay-differs"}


async def test_an_input_that_the_client_encoded_twice_is_decoded_by_get_input(tmp_path: Path) -> None:
    async with Host(tmp_path, make_app()) as host:
        await host.start("loser_again", "second")
        assert (await host.status())["input"] == json.dumps("second")
