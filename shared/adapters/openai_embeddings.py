"""`shared.ports.embeddings.Embedder` on OpenAI's embeddings, or on a deployment of Azure OpenAI.

Embedding a text again changes nothing, so the SDK repeats what was refused for the moment, within one bounded
time for a batch. What is sent are names and descriptions of products, and what customers type into the
search.
"""

import asyncio
import importlib
from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING

from shared.adapters.per_loop import PerLoop
from shared.errors import Unavailable
from shared.ports.embeddings import Vector
from shared.settings import Settings

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types import CreateEmbeddingResponse

BATCH = 128
"""Texts of one request. 2048 with 300,000 tokens are allowed; a text of ours has some 1,000 at the most."""
RETRIES = 2
"""How often the SDK repeats a request that was not served, with its pauses or those that it is told."""


class OpenAIEmbeddings:
    """The model of the settings, which must be one that can shorten its vectors: `text-embedding-3-...`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._name, self._dimensions = settings.embedding_model, settings.embedding_dimensions
        self._timeout = settings.embedding_timeout.total_seconds()
        self._clients: PerLoop[AsyncOpenAI] = PerLoop(self._open)

    @property
    def model(self) -> str:
        """The model's name with its dimensions."""
        return f"{self._name}@{self._dimensions}"

    async def embed(self, texts: Sequence[str]) -> Sequence[Vector]:
        """Return one vector for each text, in order. Raises Unavailable."""
        vectors: list[Vector] = []
        for start in range(0, len(texts), BATCH):
            batch = texts[start : start + BATCH]
            try:
                async with asyncio.timeout(self._timeout):
                    vectors += self._checked(await self._ask(batch), len(batch))
            except TimeoutError:
                raise Unavailable("OpenAI took too long to embed.") from None
        return vectors

    async def close(self) -> None:
        """Close this event loop's connections; the next call opens anew."""
        client = self._clients.take()
        if client is not None:
            await client.close()

    async def _ask(self, batch: Sequence[str]) -> "CreateEmbeddingResponse":
        # the import takes half a second, in which nobody else shall wait
        await asyncio.to_thread(importlib.import_module, "openai")
        from openai import APIStatusError, OpenAIError

        client = self._clients.here().with_options(max_retries=RETRIES, timeout=self._timeout)
        try:
            return await client.embeddings.create(
                model=self._name, input=list(batch), dimensions=self._dimensions
            )
        # none is chained: they hold the request, which is what a customer has typed
        except APIStatusError as error:
            raise Unavailable(f"OpenAI refused to embed ({error.status_code}).") from None
        except OpenAIError as error:
            raise Unavailable(f"OpenAI did not embed ({type(error).__name__}).") from None
        except (ValueError, TypeError, AttributeError):
            raise Unavailable("OpenAI's answer holds no embeddings.") from None

    def _checked(self, response: "CreateEmbeddingResponse", count: int) -> list[Vector]:
        """Return the vectors in the order of their texts. Raises Unavailable when one cannot be used."""
        rows = sorted(response.data or (), key=lambda row: row.index)
        if [row.index for row in rows] != list(range(count)):
            raise Unavailable(f"OpenAI embedded {len(rows)} of {count} texts.")
        vectors: list[Vector] = [row.embedding for row in rows]
        for vector in vectors:
            if len(vector) != self._dimensions:
                raise Unavailable(f"OpenAI gave {len(vector)} dimensions instead of {self._dimensions}.")
            if not any(vector) or not all(map(isfinite, vector)):
                raise Unavailable("OpenAI gave a vector without a direction.")
        return vectors

    def _open(self) -> "AsyncOpenAI":
        from openai import AsyncOpenAI

        key = self._settings.openai_key
        url = self._settings.openai_url
        return AsyncOpenAI(api_key=key.get_secret_value() if key else "", base_url=str(url) if url else None)
