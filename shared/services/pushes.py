"""Updates on their way to a chat platform: each until it is taken in, and never again after (flow 6.4-1).

A hiccup is tried again at once by whoever delivers the event. What a platform then still does not take waits
here and is tried again with growing pauses. The id stays the same, so that a platform whose answer was lost
can tell; the conversation shows how it goes.
"""

import contextlib
import json

from shared.errors import Unavailable
from shared.ports.clock import Clock
from shared.ports.push import Push
from shared.ports.store import Store
from shared.services.due_list import Due, DueList, pause_after
from shared.services.threads import StatusUpdate, Thread, ThreadService
from shared.settings import Settings


class Pushes:
    """Sends updates and keeps what could not be sent."""

    def __init__(
        self, store: Store, threads: ThreadService, push: Push, clock: Clock, settings: Settings
    ) -> None:
        self._waiting = DueList(store, clock, container="pushes", partition="waiting")
        self._threads = threads
        self._push = push
        self._clock = clock
        self._settings = settings

    def reach(self, thread: Thread | None) -> bool:
        """Say whether the conversation's platform is pushed to."""
        return thread is not None and thread.platform is not None and self._push.reaches(thread.platform)

    async def send(self, thread: Thread, update: StatusUpdate) -> None:
        """Send an update unless it is there already. Raises Unavailable when it is worth trying at once."""
        known = await self._threads.update_of(thread.id, update.id) or update
        if thread.platform is None or known.delivery == "delivered":
            return
        told = known.model_dump(mode="json", exclude={"delivery", "retry_count"})
        body = json.dumps({"thread_id": thread.id, **told}).encode()
        try:
            await self._push.send(thread.platform, id=known.id, body=body)
        except Unavailable:
            await self._failed(thread, known)
            if known.retry_count < self._settings.push_hiccups:
                raise
        else:
            await self._threads.delivered(thread.id, known.model_copy(update={"delivery": "delivered"}))
            await self._waiting.forget(known.id)

    async def send_again(self) -> int:
        """Try what is due again; return how many were tried."""
        tried = 0
        async for document in self._waiting.due():
            thread = await self._threads.find(document.body["thread_id"])
            update = await self._threads.update_of(document.body["thread_id"], document.id)
            tried += 1
            if thread is None or update is None:
                await self._waiting.forget(document.id)
            else:
                with contextlib.suppress(Unavailable):  # noted, and due again later
                    await self.send(thread, update)
        return tried

    async def _failed(self, thread: Thread, update: StatusUpdate) -> None:
        tries = update.retry_count + 1
        failed = update.model_copy(update={"delivery": "failed", "retry_count": tries})
        await self._threads.delivered(thread.id, failed)
        if tries > self._settings.push_retries:
            await self._waiting.forget(update.id)
            return
        pause = pause_after(tries, first=self._settings.push_pause, hiccups=self._settings.push_hiccups)
        await self._waiting.put(Due(update.id, self._clock.now() + pause, {"thread_id": thread.id}))
