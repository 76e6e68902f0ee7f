"""Everything that happens at once, in an order that a seed says: a store whose every call waits its turn."""

import asyncio
import random
from collections.abc import Coroutine, Sequence
from typing import Any

from shared.adapters.sqlite_store import SqliteStore
from shared.ports.store import Document, Feed, Operation, Page, Query

SPINS = 12
"""Turns of the event loop after which everyone who can run has run up to their next call of the store."""


class Turns:
    """`Store` in front of another. Outside of `play` nobody waits."""

    def __init__(self, inner: SqliteStore) -> None:
        self._inner = inner
        self._waiting: list[asyncio.Future[None]] = []
        self._playing = False

    async def play(self, seed: object, *actors: Coroutine[Any, Any, Any]) -> list[Any]:
        """Let the actors run at once, whoever is drawn going on to their next call; return what they did.

        Errors are returned. It ends when all have ended and nobody whom they woke is waiting any more.
        """
        chance = random.Random(str(seed))
        tasks = [asyncio.create_task(actor) for actor in actors]
        self._playing = True
        idle = 0
        while idle < 3:
            for _ in range(SPINS):
                await asyncio.sleep(0)
            if self._waiting:
                self._waiting.pop(chance.randrange(len(self._waiting))).set_result(None)
                idle = 0
            elif all(task.done() for task in tasks):
                idle += 1
        self._playing = False
        return list(await asyncio.gather(*tasks, return_exceptions=True))

    async def read(self, container: str, partition: str, id: str) -> Document | None:
        await self._turn()
        return await self._inner.read(container, partition, id)

    async def query(self, container: str, partition: str, query: Query) -> Page:
        await self._turn()
        return await self._inner.query(container, partition, query)

    async def batch(self, container: str, partition: str, operations: Sequence[Operation]) -> None:
        await self._turn()
        await self._inner.batch(container, partition, operations)

    async def changes(self, container: str, after: str | None = None, limit: int = 1000) -> Feed:
        await self._turn()
        return await self._inner.changes(container, after, limit)

    async def close(self) -> None:
        await self._inner.close()

    async def _turn(self) -> None:
        if self._playing:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            await turn
