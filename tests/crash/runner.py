"""Plays a scene once for every commit in it, killing the host right after that commit, then lets another
host finish.

`python -m tests.crash.runner SCENE FOLDER PART PARTS STRIDE`: forks for every run, so that the app is
imported once; prints one JSON line per run, the undisturbed one first, with which all others are compared.
"""

import asyncio
import errno
import json
import logging
import os
import shutil
import sys
import traceback
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from devhost.errors import SettingError
from tests.crash.killing import commits, count_commits
from tests.crash.outcome import differences, outcome
from tests.crash.scenes import SCENES, Scene
from tests.harness import running
from tests.trimmed import trim
from tools.place import free_port

PORT_TAKEN = 75
"""The run has not begun: someone else on this machine was quicker to take the port. It begins again."""


async def _prepare(scene: Scene, data: Path) -> None:
    async with running(data) as world:
        await scene.prepare(world)
        await world.settle()


async def _play(scene: Scene, data: Path, fatal: int | None) -> dict[str, Any]:
    async with running(data) as world:
        await world.settle()
        commits.start(fatal)
        await scene.play(world)
        commits.stop()
        return {"commits": commits.seen, "outcome": await outcome(world, data)}


def _forked(work: Callable[[], Coroutine[Any, Any, Any]], result: Path) -> Any:
    """Do `work` in a process of its own and return what came of it; None means that it was killed."""
    free_port()  # moves on, or every fork would begin with the same one
    child = os.fork()
    if child == 0:
        try:
            result.write_text(json.dumps(asyncio.run(work())), encoding="utf-8")
            os._exit(0)
        except BaseException as error:  # noqa: BLE001 - a fork must never return into its parent's code
            if isinstance(error, SettingError) or getattr(error, "errno", None) == errno.EADDRINUSE:
                os._exit(PORT_TAKEN)
            result.write_text(json.dumps({"failed": traceback.format_exc()[-1500:]}), encoding="utf-8")
            os._exit(0)
    _, code = os.waitpid(child, 0)
    if os.WIFEXITED(code) and os.WEXITSTATUS(code) == PORT_TAKEN:
        return _forked(work, result)
    if os.WIFSIGNALED(code):
        return None
    return json.loads(result.read_text(encoding="utf-8"))


def _run(scene: Scene, base: Path, data: Path, fatal: int | None) -> tuple[bool, Any]:
    """Play from `base`, dying after commit `fatal`; play again. Say whether it died, and what came of it."""
    shutil.copytree(base, data)
    result = data / "result.json"
    first = _forked(lambda: _play(scene, data, fatal), result)
    final = _forked(lambda: _play(scene, data, None), result) if first is None else first
    shutil.rmtree(data)
    return first is None, final


def main(name: str, folder: Path, part: int, parts: int, stride: int) -> None:
    """Play every run of one part; parts may run side by side. A stride over 1 leaves commits out."""
    logging.disable(logging.CRITICAL)
    count_commits()
    scene, base = SCENES[name], folder / f"{name}-base-{part}"
    asyncio.run(_prepare(scene, base))
    trim(base)
    shutil.copytree(base, folder / f"{name}-{part}-warm")
    asyncio.run(_play(scene, folder / f"{name}-{part}-warm", None))  # what is loaded once, forks inherit
    _, undisturbed = _run(scene, base, folder / f"{name}-{part}-whole", None)
    assert "failed" not in undisturbed, undisturbed["failed"]
    print(json.dumps({"commits": undisturbed["commits"], "outcome": undisturbed["outcome"]}), flush=True)
    for fatal in range(part * stride, len(undisturbed["commits"]) + 1, parts * stride):
        died, final = _run(scene, base, folder / f"{name}-{fatal}", fatal)
        told = {"fatal": fatal, "died": died}
        if final.get("failed"):
            told["differences"] = [f"the scene did not end: {final['failed']}"]
        else:
            told["differences"] = differences(undisturbed["outcome"], final["outcome"])
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *(int(number) for number in sys.argv[3:6]))
