"""`shared.ports.store.Store` on Azure Cosmos DB.

Every call has one budget of time, `cosmos_patience`, in which throttling (429), transient conflicts (449) and
replicas behind the session (404/1002) are waited out: nothing was done by what they refuse. The SDK repeats
reads. A write is sent once: when its answer is lost it ends as Unavailable, as if the process had died after
its commit, and whoever repeats the use case meets the key, etag or inbox entry that the write has left, if it
happened.

The deployment asks for strong consistency: what one instance has written, the next one sees. Session
consistency suffices for one process: beside others, etags still decide what is decided, as the one true copy
checks them, but a step may not find what another process has just written.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from shared.adapters.cosmos_store.charges import Charges
from shared.adapters.cosmos_store.connection import Connections
from shared.adapters.cosmos_store.failures import (
    RETRY_WITH,
    TOO_MANY_REQUESTS,
    LostAnswer,
    Throttled,
    of_operation,
    of_status,
)
from shared.adapters.cosmos_store.feeds import read_on
from shared.adapters.cosmos_store.items import Item, batch_of, document_of, item_id
from shared.adapters.cosmos_store.queries import Parameters, statement_of
from shared.adapters.cosmos_store.sessions import Sessions
from shared.adapters.paging import continuation
from shared.errors import InvalidInput, Unavailable, UsoError
from shared.ports.store import MAX_BATCH, Document, Feed, Operation, Page, Query
from shared.settings import Settings

T = TypeVar("T")


class CosmosStore:
    """The store over the database that the settings name."""

    def __init__(self, settings: Settings) -> None:
        self._patience = settings.cosmos_patience.total_seconds()
        self._connections = Connections(settings)
        self._sessions = Sessions()
        self.charges = Charges()
        """What this process has spent."""

    async def read(self, container: str, partition: str, id: str) -> Document | None:
        """Return one document, or None when it does not exist or its TTL ran out."""

        async def read(there: Any) -> Document | None:
            from azure.cosmos.exceptions import CosmosResourceNotFoundError

            hook, token = self._hook(container, "read"), self._sessions.token(container)
            try:
                item = await there.read_item(item_id(id), partition, session_token=token, response_hook=hook)
            except CosmosResourceNotFoundError as error:
                if error.sub_status:
                    raise  # the container is missing, not the document
                hook(error.headers, None)
                return None
            return document_of(item)

        return await self._patiently(container, read)

    async def query(self, container: str, partition: str, query: Query) -> Page:
        """Return one page of a single-partition query; the continuation is the last row's key."""
        text, parameters = statement_of(partition, query)
        rows = await self.select(container, partition, text, parameters, most=query.limit + 1)
        found = [document_of(row) for row in rows]
        shown = found[: query.limit]
        if len(found) <= query.limit:
            return Page(shown)
        last = shown[-1]
        key = last.body[query.order_by.removeprefix("-")] if query.order_by else last.id
        return Page(shown, continuation(key, last.id))

    async def select(
        self, container: str, partition: str, text: str, parameters: Parameters, *, most: int
    ) -> Sequence[Item]:
        """Return the rows of a statement over one partition, of which it asks for `most`."""

        async def search(there: Any) -> list[Item]:
            rows = there.query_items(
                text,
                parameters=list(parameters),
                partition_key=partition,
                max_item_count=most,
                session_token=self._sessions.token(container),
                response_hook=self._hook(container, "query"),
            )
            return [row async for row in rows]

        return await self._patiently(container, search)

    async def batch(self, container: str, partition: str, operations: Sequence[Operation]) -> None:
        """Apply the operations in one transactional batch, all or none."""
        if len(operations) > MAX_BATCH:
            raise InvalidInput(f"A batch holds at most {MAX_BATCH} operations.")
        if not operations:
            return
        formed = batch_of(partition, operations)

        async def write(there: Any) -> None:
            from azure.cosmos.exceptions import CosmosBatchOperationError

            hook = self._hook(container, "batch")
            try:
                await there.execute_item_batch(_fresh(formed), partition, response_hook=hook)
            except CosmosBatchOperationError as error:
                hook(error.headers, None)
                if error.status_code in {TOO_MANY_REQUESTS, RETRY_WITH}:
                    raise Throttled from None
                at = operations[error.error_index]
                raise of_operation(error.status_code or 0, f"{container}/{partition}/{at.id}") from None

        await self._patiently(container, write)

    async def changes(self, container: str, after: str | None = None, limit: int = 1000) -> Feed:
        """Return what changed since `after`: one physical partition after the other."""

        async def follow(there: Any) -> Feed:
            hook, token = self._hook(container, "feed"), self._sessions.token(container)
            return await read_on(there, after, limit=limit, session_token=token, hook=hook)

        return await self._patiently(container, follow)

    async def close(self) -> None:
        """Close the connections of this event loop."""
        await self._connections.close()

    def _hook(self, container: str, kind: str) -> Callable[[Any, Any], None]:
        def hook(headers: Any, _: Any) -> None:
            self.charges.count(container, kind, headers)
            self._sessions.note(container, headers)

        return hook

    async def _patiently(self, container: str, call: Callable[[Any], Awaitable[T]]) -> T:
        """Make a call, again while the service asks for it and there is time. Raises the port's errors."""
        from azure.core.exceptions import AzureError

        label = f"the container {container}"
        try:
            async with asyncio.timeout(self._patience) as budget:
                while True:
                    try:
                        return await call(await self._connections.container(container))
                    except Throttled as throttled:
                        await _wait(throttled.after, budget)
        except TimeoutError:
            raise Unavailable(f"Cosmos DB took too long for {label}.") from None
        except LostAnswer as lost:
            raise Unavailable(f"Whether {label} was written is not known: {lost}.") from None
        except AzureError as error:
            raise _translated(error, label) from None


async def _wait(seconds: float, budget: asyncio.Timeout) -> None:
    """Wait as long as the service asks. Raises Unavailable at once when that is longer than the budget."""
    until = budget.when()
    if until is not None and asyncio.get_running_loop().time() + seconds >= until:
        raise Unavailable("Cosmos DB is busy; try again.")
    await asyncio.sleep(seconds)


def _translated(error: Exception, label: str) -> UsoError:
    status = getattr(error, "status_code", None)
    if status:
        return of_status(status, label, getattr(error, "sub_status", None))
    return Unavailable(f"Cosmos DB did not answer ({type(error).__name__}).")


def _fresh(operations: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Copy the options of each operation, which the SDK takes out when it reads them."""
    return [(kind, args, dict(options)) for kind, args, options in operations]
