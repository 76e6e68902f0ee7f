"""The app served by a process of its own, as the demo and the benchmarks need it."""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from tools.place import ClockMode, Place, free_port
from tools.root import ROOT
from tools.serve import READY

START_SECONDS = 60
STOP_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Spawned:
    """An app served by another process."""

    place: Place
    process: subprocess.Popen[str]
    log: "deque[str]"

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.place.url


class DidNotStart(Exception):
    """The app's process ended, or stayed silent; the message holds its last lines."""


@contextlib.contextmanager
def spawned_app(
    data: Path,
    *,
    clock: ClockMode = "virtual",
    start_at: datetime | None = None,
    more: Mapping[str, str] | None = None,
) -> Iterator[Spawned]:
    """Serve the app in a process of its own, free of the USO_ settings around, while the block lasts."""
    place = Place(data=data.resolve(), port=free_port(), clock=clock, start_at=start_at, more=more or {})
    command = [sys.executable, "-m", "tools.serve", "--data", str(place.data), "--port", str(place.port)]
    command += ["--clock", clock, *(["--start-at", start_at.isoformat()] if start_at else [])]
    clean = {name: value for name, value in os.environ.items() if not name.upper().startswith("USO_")}
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=clean | {"PYTHONPATH": str(ROOT), **place.more},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        spawned = Spawned(place, process, deque(maxlen=200))
        try:
            _await_ready(spawned)
            yield spawned
        finally:
            _stop(process)


def _await_ready(spawned: Spawned) -> None:
    ready = threading.Event()
    stream = spawned.process.stdout
    assert stream is not None  # noqa: S101 - it was asked for
    threading.Thread(target=_drain, args=(stream, spawned.log, ready), daemon=True).start()
    deadline = time.monotonic() + START_SECONDS
    while not ready.wait(0.05):
        if spawned.process.poll() is not None or time.monotonic() > deadline:
            raise DidNotStart("the app did not start:\n" + "\n".join(spawned.log))


def _drain(stream: IO[str], log: "deque[str]", ready: threading.Event) -> None:
    for line in stream:
        log.append(line.rstrip())
        if line.startswith(READY):
            ready.set()


def _stop(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
