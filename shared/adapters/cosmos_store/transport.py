"""The SDK's transport, with its habit of sending a write again taken away.

azure-cosmos 4.17 sends a write again when the connection broke after it was sent, and after a 503, although
it may have happened: the caller would then be told that somebody else has written (409, 412). So for whatever
concerns documents the failures that matter are raised here as exceptions of ours, which the SDK lets through:
throttling and replicas that lag behind, which are waited out under one budget, and lost answers to writes.
"""

import re
from types import TracebackType
from typing import Any, Self

from shared.adapters.cosmos_store.failures import (
    LAGS_BEHIND,
    RETRY_WITH,
    TOO_MANY_REQUESTS,
    LostAnswer,
    Throttled,
)

_DOCUMENTS = re.compile(r"/colls/[^/]+/docs\b")
_BATCH = "x-ms-cosmos-is-batch-request"
_SUB_STATUS = "x-ms-substatus"
_RETRY_AFTER = "x-ms-retry-after-ms"
_UNCERTAIN = frozenset({408, 500, 502, 503, 504})
"""Statuses after which a write may have happened."""


class SendOnce:
    """Wraps an `azure.core` transport of aiohttp."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def send(self, request: Any, **config: Any) -> Any:
        """Send a request. Raises Throttled, and LostAnswer for a write that may have happened."""
        if not _DOCUMENTS.search(request.url):
            return await self._inner.send(request, **config)
        is_write = request.headers.get(_BATCH) is not None
        response = await (self._send_write if is_write else self._inner.send)(request, **config)
        lags = response.status_code == 404 and response.headers.get(_SUB_STATUS) == str(LAGS_BEHIND)
        if lags or response.status_code in {TOO_MANY_REQUESTS, RETRY_WITH}:
            raise _throttled(response.headers.get(_RETRY_AFTER))
        if is_write and response.status_code in _UNCERTAIN:
            raise LostAnswer(f"it answered {response.status_code}")
        return response

    async def _send_write(self, request: Any, **config: Any) -> Any:
        import aiohttp
        from azure.core.exceptions import AzureError

        try:
            return await self._inner.send(request, **config)
        except AzureError as error:
            # azure.core calls a connection that broke after sending a failed request, too
            if isinstance(
                error.inner_exception, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError
            ):
                raise  # there was no connection: nothing was sent
            raise LostAnswer(f"no answer came ({type(error).__name__})") from None

    async def open(self) -> None:
        """Open the connection pool."""
        await self._inner.open()

    async def close(self) -> None:
        """Close the connection pool."""
        await self._inner.close()

    async def sleep(self, duration: float) -> None:
        """Wait between two attempts of the SDK's."""
        await self._inner.sleep(duration)

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        await self._inner.__aexit__(kind, error, trace)


def _throttled(milliseconds: str | None) -> Throttled:
    try:
        return Throttled(float(milliseconds or "") / 1000)
    except ValueError:
        return Throttled()
