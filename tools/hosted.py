"""The app served by a thread of this process, for those who want to look at the durable histories, too."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from devhost.running import Host
from tools.place import Place
from tools.serve import running_app

START_SECONDS = 60
MOST_PLANS = 100_000
STOP_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Hosted:
    """A running host and the loop it runs on."""

    host: Host
    loop: asyncio.AbstractEventLoop

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.host.url

    def plans(self) -> list[dict[str, Any]]:
        """Return every instance: its `id`, `name` and whole stored `history`, oldest first."""
        return asyncio.run_coroutine_threadsafe(self._plans(), self.loop).result()

    async def _plans(self) -> list[dict[str, Any]]:
        from devhost.durable_setup import list_instances

        return [
            {
                "id": each["instanceId"],
                "name": each["name"],
                "history": await self.host.engine.raw_history(each["instanceId"]),
            }
            for each in await list_instances(self.host.engine, MOST_PLANS)
        ]


@contextlib.contextmanager
def hosted_app(place: Place) -> Iterator[Hosted]:
    """Serve the app for as long as the block lasts."""
    ready: Future[tuple[Host, asyncio.AbstractEventLoop, asyncio.Event]] = Future()
    thread = threading.Thread(target=_run, args=(place, ready), name="app")
    thread.start()
    host, loop, stop = ready.result(START_SECONDS)
    try:
        yield Hosted(host, loop)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(STOP_SECONDS)


def _run(place: Place, ready: "Future[tuple[Host, asyncio.AbstractEventLoop, asyncio.Event]]") -> None:
    async def serve() -> None:
        stop = asyncio.Event()
        async with running_app(place) as host:
            ready.set_result((host, asyncio.get_running_loop(), stop))
            await stop.wait()

    try:
        asyncio.run(serve())
    except BaseException as error:
        if ready.done():
            raise
        ready.set_exception(error)
