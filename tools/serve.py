"""Serves the app on devhost; the one place where a host for it is put together.

`running_app` serves in this process, for tests; `python -m tools.serve` in its own (`tools.spawn`).
"""

import argparse
import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from yarl import URL

from devhost.clock import VirtualClock, parse_instant
from devhost.host import running_host
from devhost.running import Host
from tools.place import Place

READY = "uso ready "


@contextlib.asynccontextmanager
async def running_app(place: Place) -> AsyncIterator[Host]:
    """Serve the app, its catalogue filled, for as long as the block lasts. One at a time per process.

    With port 0 the host takes a port of its own; the app, which is built on its first request, learns it.
    """
    from shared import bootstrap

    await fill(place)
    with _settings(place.settings()):
        bootstrap.app.cache_clear()
        try:
            async with running_host(place.options()) as host:
                served = replace(place, port=URL(host.url).port or place.port)
                os.environ.update(served.settings())
                _remember(served)
                yield host
        finally:
            if bootstrap.app.cache_info().currsize:
                await bootstrap.app().close()
            bootstrap.app.cache_clear()


async def fill(place: Place) -> None:
    """Put the shipped catalogue into the store of `place`, once per version of it."""
    from shared.bootstrap import bootstrap
    from shared.settings import Settings

    if place.clock_file is not None:  # the store tells time by this file, and the host is not there yet
        VirtualClock(place.clock_file, place.start_at or datetime.now(UTC))
    with _settings(place.settings()):
        app = bootstrap(Settings())
    try:
        await app.catalogue.seed()
    finally:
        await app.close()


@contextlib.contextmanager
def _settings(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _remember(place: Place) -> None:
    """Note for `dev.py token` which clock this data folder lives by, and where it is served."""
    note = {"url": place.url, "clock_file": str(place.clock_file) if place.clock_file else None}
    (place.data / "serving.json").write_text(json.dumps(note), encoding="utf-8")


async def serve(place: Place, greeting: Callable[[Place], str]) -> None:
    """Serve until SIGINT or SIGTERM; print the greeting once requests are answered."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM"):
        number = getattr(signal, name)
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    async with running_app(place):
        print(greeting(place), flush=True)
        await stop.wait()


def _main() -> int:
    """Serve for `spawned_app`, which waits for one line and reads the rest only when something fails."""
    make = argparse.ArgumentParser()
    make.add_argument("--data", type=Path, required=True)
    make.add_argument("--port", type=int, required=True)
    make.add_argument("--clock", choices=("real", "virtual"), required=True)
    make.add_argument("--start-at", type=parse_instant)
    given = make.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    more = {name: value for name, value in os.environ.items() if name.startswith("USO_")}
    place = Place(data=given.data, port=given.port, clock=given.clock, start_at=given.start_at, more=more)
    asyncio.run(serve(place, lambda served: f"{READY}{served.url}"))
    return 0


if __name__ == "__main__":
    sys.exit(_main())
