"""The running app with a language model switched on: the OpenAI adapter in front of its peer."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from tests.harness import World, running
from tests.peers.openai.peer import OpenAIPeer, running_peer

Modelled = tuple[World, OpenAIPeer]


@contextlib.asynccontextmanager
async def modelled(data: Path, **settings: str) -> AsyncIterator[Modelled]:
    """Serve the app with a model, which is the peer's and says what it is told to."""
    async with running_peer() as peer:
        given = {"openai_key": peer.token, "openai_url": peer.url, "allow_private_urls": "true", **settings}
        async with running(data, **given) as world:
            yield world, peer
