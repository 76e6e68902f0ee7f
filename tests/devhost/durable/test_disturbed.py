"""Whatever is done to the host, an orchestration comes to the same end."""

import asyncio
import json
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import azure.durable_functions as df
import pytest

from devhost.durable import engine as engine_module
from tests.devhost.durable.support import Host

STEPS = ("activity", "fan", "timer", "event", "child", "retry", "entity", "race")


def make_app(attempts: dict[str, int]) -> df.DFApp:
    app = df.DFApp()

    @app.activity_trigger(input_name="x")
    def echo(x: Any) -> Any:
        return x

    @app.activity_trigger(input_name="x")
    def flaky(x: str) -> str:
        attempts[x] = attempts.get(x, 0) + 1
        if attempts[x] == 1:
            raise RuntimeError("the first time")
        return x

    @app.entity_trigger(context_name="context", entity_name="sum")
    def total(context: df.DurableEntityContext) -> None:
        context.set_state(context.get_state(lambda: 0) + context.get_input()["n"])
        context.set_result(context.get_state())

    @app.orchestration_trigger(context_name="context")
    def child(context: df.DurableOrchestrationContext) -> Any:
        return (yield context.call_activity("echo", context.get_input()))

    @app.orchestration_trigger(context_name="context")
    def program(context: df.DurableOrchestrationContext) -> Any:
        told: list[Any] = []
        for n, step in enumerate(context.get_input()):
            soon = context.current_utc_datetime + timedelta(hours=1)
            if step == "activity":
                told.append((yield context.call_activity("echo", n)))
            elif step == "fan":
                told.append((yield context.task_all([context.call_activity("echo", i) for i in range(3)])))
            elif step == "timer":
                yield context.create_timer(soon)
            elif step == "event":
                told.append((yield context.wait_for_external_event(f"event-{n}")))
            elif step == "child":
                told.append((yield context.call_sub_orchestrator("child", n)))
            elif step == "retry":
                options = df.RetryOptions(1000, 3)
                told.append(
                    (yield context.call_activity_with_retry("flaky", options, f"{context.instance_id}-{n}"))
                )
            elif step == "entity":
                told.append(
                    (yield context.call_entity(df.EntityId("sum", context.instance_id), "add", {"n": n}))
                )
            else:
                deadline = context.create_timer(soon)
                event = context.wait_for_external_event(f"event-{n}")
                if (yield context.task_any([event, deadline])) == event:
                    deadline.cancel()
                told.append("over")
        return told

    return app


def expected(instance_id: str, steps: list[str]) -> list[Any]:
    told: list[Any] = []
    total = 0
    for n, step in enumerate(steps):
        total += n if step == "entity" else 0
        answers = {
            "activity": n,
            "fan": [0, 1, 2],
            "event": n,
            "child": n,
            "retry": f"{instance_id}-{n}",
            "entity": total,
            "race": "over",
        }
        if step in answers:
            told.append(answers[step])
    return told


async def disturb(host: Host, chance: random.Random, to_raise: list[tuple[str, int]]) -> bool:
    """Do one thing to the host, and say whether there was anything left to do."""
    if to_raise and (chance.random() < 0.5 or host.engine.next_due() is None):
        instance_id, n = to_raise.pop()
        if (await host.engine.get_status(instance_id))["runtimeStatus"] != "Completed":
            await host.engine.raise_event(instance_id, f"event-{n}", json.dumps(n))
        return True
    due = host.engine.next_due()
    if due is not None:
        host.clock.set(max(due, host.clock.now()))
        host.engine.poke()
    return due is not None


@pytest.mark.parametrize("seed", range(12))
async def test_restarting_the_host_at_any_moment_changes_nothing(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "HISTORIES_KEPT", 2)
    chance = random.Random(seed)
    programs = {f"program-{n}": [chance.choice(STEPS) for _ in range(8)] for n in range(4)}
    waits = [(i, n) for i, steps in programs.items() for n, s in enumerate(steps) if s in ("event", "race")]
    chance.shuffle(waits)
    attempts: dict[str, int] = {}
    async with Host(tmp_path, make_app(attempts)) as host:
        for instance_id, steps in programs.items():
            await host.engine.start_new("program", json.dumps(json.dumps(steps)), instance_id)
    more = True
    while more:
        async with Host(tmp_path, make_app(attempts), replay_twice=seed % 2 == 0) as host:
            for _ in range(chance.randrange(1, 6)):
                for _ in range(chance.randrange(6)):
                    await asyncio.sleep(0)
                more = await disturb(host, chance, waits)
            if not more:
                await host.settle()
                more = bool(waits) or host.engine.next_due() is not None
    async with Host(tmp_path, make_app(attempts)) as host:
        for instance_id, steps in programs.items():
            assert await host.outcome(instance_id) == ("Completed", expected(instance_id, steps))
        assert host.engine.next_due() is None
