"""The SDK's client: one per process and event loop, because its connections belong to a loop."""

import asyncio
import logging
from typing import Any

from shared.adapters.cosmos_store.failures import of_status
from shared.adapters.cosmos_store.transport import SendOnce
from shared.adapters.per_loop import PerLoop
from shared.settings import Settings

_quiet = logging.getLogger(f"{__name__}.requests")
_quiet.setLevel(logging.WARNING)  # the SDK tells every request, with ids in its URL, which may name people


class _Opened:
    """A client with the containers that were found in its database."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.client: Any = None
        self.credential: Any = None
        self.containers: dict[str, Any] = {}

    async def close(self) -> None:
        client, credential = self.client, self.credential
        self.client = self.credential = None
        self.containers = {}
        if client is not None:
            await client.close()
        if credential is not None:
            await credential.close()


class Connections:
    """Opens on first use."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opened = PerLoop(_Opened)

    async def container(self, name: str) -> Any:
        """Return the SDK's container. Raises Unavailable when it does not exist, and the SDK's errors."""
        opened = self._opened.here()
        if name not in opened.containers:
            async with opened.lock:
                await self._find(opened, name)
        return opened.containers[name]

    async def client(self) -> Any:
        """Return the SDK's client of this loop."""
        opened = self._opened.here()
        async with opened.lock:
            await self._open(opened)
        return opened.client

    async def close(self) -> None:
        """Close the client of this loop."""
        await self._opened.here().close()

    async def _find(self, opened: _Opened, name: str) -> None:
        """Ask for a container once, so that a missing one is never taken for a missing document."""
        from azure.cosmos.exceptions import CosmosResourceNotFoundError

        if name in opened.containers:
            return
        await self._open(opened)
        found = opened.client.get_database_client(self._settings.cosmos_database).get_container_client(name)
        try:
            await found.read()
        except CosmosResourceNotFoundError:
            raise of_status(404, f"the container {name}") from None
        opened.containers[name] = found

    async def _open(self, opened: _Opened) -> None:
        if opened.client is not None:
            return
        from azure.core.pipeline.transport import AioHttpTransport
        from azure.cosmos.aio import CosmosClient

        settings = self._settings
        patience = settings.cosmos_patience.total_seconds()
        credential, key = credential_of(settings)
        client = CosmosClient(
            str(settings.cosmos_endpoint),
            key or credential,
            transport=SendOnce(AioHttpTransport()),
            connection_timeout=min(5.0, patience),
            read_timeout=patience,
            retry_backoff_factor=0.2,
            enable_compact_utf8_item_writes=True,
            logger=_quiet,
        )
        opened.client, opened.credential = client, credential
        try:
            await client.__aenter__()
        except BaseException:
            await opened.close()
            raise


def credential_of(settings: Settings) -> tuple[Any, str | None]:
    """Return the app's identity, or the key when one is set."""
    if settings.cosmos_key is not None:
        return None, settings.cosmos_key.get_secret_value()
    from azure.identity.aio import DefaultAzureCredential

    return DefaultAzureCredential(), None
