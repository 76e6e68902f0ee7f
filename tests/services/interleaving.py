"""Orders in which tasks' store calls can meet, chosen by a seed; and a store in memory to run them on."""

import asyncio
import random
from collections.abc import Awaitable, Coroutine, Sequence
from typing import Any

from shared.errors import Unavailable
from shared.ports.store import (
    AlreadyExists,
    Create,
    Delete,
    Document,
    Feed,
    Missing,
    Operation,
    Page,
    PreconditionFailed,
    Query,
    Replace,
    Store,
)


class Schedule:
    """Lets one of the waiting tasks go on at a time; which one is drawn from the seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._waiting: list[asyncio.Future[None]] = []

    async def turn(self) -> None:
        """Wait to be drawn."""
        mine = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        await mine

    async def run(self, *jobs: Coroutine[Any, Any, Any]) -> list[Any]:
        """Run `jobs` to their ends, one step of one of them at a time."""
        tasks = [asyncio.ensure_future(job) for job in jobs]
        while not all(task.done() for task in tasks):
            while len(self._waiting) < sum(not task.done() for task in tasks):  # noqa: ASYNC110 - polled on purpose
                await asyncio.sleep(0)
            if self._waiting:
                self._waiting.pop(self.random.randrange(len(self._waiting))).set_result(None)
                await asyncio.sleep(0)
        return [task.result() for task in tasks]


class SteppedStore:
    """A store whose calls wait for their turn, before and after; some fail, and some only seem to."""

    def __init__(self, inner: Store, schedule: Schedule, *, trouble: float = 0) -> None:
        self._inner = inner
        self._schedule = schedule
        self._trouble = trouble

    async def read(self, container: str, partition: str, id: str) -> Document | None:
        return await self._stepped(self._inner.read(container, partition, id))

    async def query(self, container: str, partition: str, query: Query) -> Page:
        return await self._stepped(self._inner.query(container, partition, query))

    async def batch(self, container: str, partition: str, operations: Sequence[Operation]) -> None:
        if self._fails():
            await self._schedule.turn()
            raise Unavailable("nothing was written")
        await self._stepped(self._inner.batch(container, partition, operations))
        if self._fails():
            raise Unavailable("it was written, but the answer was lost")

    async def changes(self, container: str, after: str | None = None, limit: int = 1000) -> Feed:
        return await self._stepped(self._inner.changes(container, after, limit))

    async def close(self) -> None:
        await self._inner.close()

    def _fails(self) -> bool:
        return self._schedule.random.random() < self._trouble

    async def _stepped(self, call: Awaitable[Any]) -> Any:
        await self._schedule.turn()
        result = await call
        await self._schedule.turn()
        return result


class MemoryStore:
    """Point reads and batches of the store port in memory: what drawing on a mandate needs."""

    def __init__(self) -> None:
        self._documents: dict[tuple[str, str, str], Document] = {}
        self._version = 0

    async def read(self, container: str, partition: str, id: str) -> Document | None:
        return self._documents.get((container, partition, id))

    async def batch(self, container: str, partition: str, operations: Sequence[Operation]) -> None:
        before = dict(self._documents)
        try:
            for operation in operations:
                self._apply(container, partition, operation)
        except BaseException:
            self._documents = before
            raise

    async def query(self, container: str, partition: str, query: Query) -> Page:
        raise NotImplementedError

    async def changes(self, container: str, after: str | None = None, limit: int = 1000) -> Feed:
        raise NotImplementedError

    async def close(self) -> None:
        pass

    def _apply(self, container: str, partition: str, operation: Operation) -> None:
        place = (container, partition, operation.id)
        current = self._documents.get(place)
        if isinstance(operation, Create) and current is not None:
            raise AlreadyExists("exists")
        if isinstance(operation, Replace | Delete):
            if current is None:
                raise Missing("missing")
            if operation.if_match not in (None, current.etag):
                raise PreconditionFailed("changed in between")
        if isinstance(operation, Delete):
            del self._documents[place]
            return
        self._version += 1
        self._documents[place] = Document(
            partition=partition,
            id=operation.id,
            body=operation.body,
            etag=str(self._version),
        )
