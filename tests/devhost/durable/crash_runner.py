"""Kills a host with SIGKILL right after its n-th commit, or at its n-th SQL statement, for every n, and lets
the next one finish.

Run as a program with "commit" or "statement" and a folder; prints one JSON line per n. It forks, so that the
SDK is imported once.
"""

import asyncio
import json
import logging
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import azure.durable_functions as df

from devhost.durable import Gone, NotFound
from tests.devhost.durable.support import START, Host

OPTIONS = df.RetryOptions(1000, 3)
LEDGER = df.EntityId("ledger", "k")


def make_app(folder: Path) -> df.DFApp:
    app = df.DFApp()
    effects = folder / "effects.txt"

    @app.activity_trigger(input_name="step")
    def act(step: str) -> str:
        with effects.open("a") as out:
            out.write(step + "\n")
        return f"did {step}"

    @app.activity_trigger(input_name="step")
    def flaky(step: str) -> str:
        done = effects.read_text().splitlines()
        with effects.open("a") as out:
            out.write(step + "\n")
        if step not in done:
            raise RuntimeError("first time")
        return "recovered"

    @app.entity_trigger(context_name="context", entity_name="ledger")
    def ledger(context: df.DurableEntityContext) -> None:
        lines = [*context.get_state(list), context.get_input()["line"]]
        context.set_state(lines)
        context.set_result(len(lines))

    @app.orchestration_trigger(context_name="context")
    def child(context: df.DurableOrchestrationContext) -> Any:
        return (yield context.call_activity("act", "child"))

    @app.orchestration_trigger(context_name="context")
    def story(context: df.DurableOrchestrationContext) -> Any:
        told = context.get_input()
        if told is None:
            told = [(yield context.call_activity("act", "first"))]
            told += yield context.task_all([context.call_activity("act", f"fan-{n}") for n in range(2)])
            told.append((yield context.call_sub_orchestrator("child", None, "the-child")))
            context.signal_entity(LEDGER, "add", {"line": "signalled"})
            told.append((yield context.call_entity(LEDGER, "add", {"line": "called"})))
            context.continue_as_new(told)
            return None
        told.append((yield context.call_activity_with_retry("flaky", OPTIONS, "flaky")))
        yield context.create_timer(context.current_utc_datetime + timedelta(days=2))
        context.set_custom_status("waiting")
        go = context.wait_for_external_event("go")
        deadline = context.create_timer(context.current_utc_datetime + timedelta(days=5))
        winner = yield context.task_any([go, deadline])
        if winner == go:
            deadline.cancel()
        told.append("go" if winner == go else "late")
        told.append((yield context.call_activity("act", "last")))
        return told

    return app


async def play(folder: Path, point: str, kill_after: int | None) -> dict[str, Any]:
    """Be the host and its client until the story has ended; either may have done part of it before."""

    reached = {"commit": 0, "statement": 0}

    def reach(what: str) -> None:
        reached[what] += 1
        if what == point and reached[what] == kill_after:
            os.kill(os.getpid(), signal.SIGKILL)

    def after_commit(_: int) -> None:
        reach("commit")

    async with Host(folder, make_app(folder), after_commit=after_commit, replay_twice=False) as host:
        host.engine._store._db.set_trace_callback(lambda _: reach("statement"))
        try:
            await host.engine.get_status("it")
        except NotFound:
            await host.engine.start_new("story", None, "it")
        while (await host.status())["runtimeStatus"] not in ("Completed", "Failed"):
            if (await host.status())["customStatus"] == "waiting":
                try:
                    await host.raise_event("go", 1)
                except Gone:
                    continue
            else:
                await host.advance((host.engine.next_due() or START) + timedelta(seconds=1))
        await host.settle()
        return {
            "output": (await host.outcome())[1],
            "ledger": await host.engine.read_entity("ledger", "k"),
            "effects": (folder / "effects.txt").read_text().splitlines(),
            "reached": reached,
            "left": [
                host.engine.next_due(),
                *host.engine._store.messages(),
                *host.engine._store.activities(),
            ],
        }


def forked(folder: Path, point: str, kill_after: int | None) -> dict[str, Any] | None:
    """Play in a process of its own. None means that it was killed."""
    result = folder / "result.json"
    child = os.fork()
    if child == 0:
        result.write_text(json.dumps(asyncio.run(play(folder, point, kill_after))))
        os._exit(0)
    _, code = os.waitpid(child, 0)
    if os.WIFSIGNALED(code):
        return None
    assert os.WEXITSTATUS(code) == 0, f"the host failed after being killed at {kill_after}"
    answer: dict[str, Any] = json.loads(result.read_text())
    return answer


def main(point: str, root: Path) -> None:
    logging.disable(logging.CRITICAL)
    kill_after = 0
    while True:
        folder = root / str(kill_after)
        folder.mkdir()
        (folder / "effects.txt").touch()
        first = forked(folder, point, kill_after)
        final = first or forked(folder, point, None)
        print(json.dumps({"killed": first is None, "after": kill_after, **(final or {})}), flush=True)
        if first is not None and kill_after > 0:
            return
        kill_after += 1


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
