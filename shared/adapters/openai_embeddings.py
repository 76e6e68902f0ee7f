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

from shared.adapters.breakers import Breakers
from shared.adapters.per_loop import PerLoop
from shared.errors import Unavailable
from shared.ports.embeddings import Vector
from shared.settings import Settings

if TYPE_CHECKING:
    from openai.types import CreateEmbeddingResponse

    from shared.adapters.openai_language.sdk import Opened

NAME = "OpenAI's embeddings"

BATCH = 128
"""Texts of one request. 2048 with 300,000 tokens are allowed; a text of ours has some 1,000 at the most."""
RETRIES = 1
"""How often the SDK repeats a request that was not served, with its pauses or those that it is told."""


class OpenAIEmbeddings:
    """The model of the settings, which must be one that can shorten its vectors: `text-embedding-3-...`."""

    def __init__(self, settings: Settings, breakers: Breakers) -> None:
        self._settings = settings
        self._breakers = breakers
        self._name, self._dimensions = settings.embedding_model, settings.embedding_dimensions
        self._timeout = settings.embedding_timeout.total_seconds()
        self._opened: PerLoop[Opened] = PerLoop(self._open)

    @property
    def model(self) -> str:
        """The model's name with its dimensions."""
        return f"{self._name}@{self._dimensions}"

    async def embed(self, texts: Sequence[str]) -> Sequence[Vector]:
        """Return one vector for each text, in order. Raises Unavailable."""
        vectors: list[Vector] = []
        for start in range(0, len(texts), BATCH):
            batch = texts[start : start + BATCH]
            with self._breakers.calling(NAME, is_failure=_is_failure):
                vectors += await self._batch(batch)
        return vectors

    async def close(self) -> None:
        """Close this event loop's connections; the next call opens anew."""
        opened = self._opened.take()
        if opened is not None:
            await opened.close()

    async def _batch(self, batch: Sequence[str]) -> list[Vector]:
        try:
            async with asyncio.timeout(self._timeout):
                return self._checked(await self._ask(batch), len(batch))
        except TimeoutError:
            raise Unavailable(f"{NAME} took too long.") from None

    async def _ask(self, batch: Sequence[str]) -> "CreateEmbeddingResponse":
        # the import takes half a second, in which nobody else shall wait
        await asyncio.to_thread(importlib.import_module, "shared.adapters.openai_language.sdk")
        from openai import APIStatusError, OpenAIError

        client = self._opened.here().client.with_options(max_retries=RETRIES, timeout=self._timeout)
        try:
            return await client.embeddings.create(
                model=self._name, input=list(batch), dimensions=self._dimensions
            )
        # none is chained: they hold the request, which is what a customer has typed
        except APIStatusError as error:
            raise _of_status(error.status_code) from None
        except OpenAIError as error:
            raise Unavailable(f"{NAME} did not answer ({type(error).__name__}).") from None
        except (ValueError, TypeError, AttributeError):
            raise Unavailable(f"{NAME} answered without any.") from None

    def _checked(self, response: "CreateEmbeddingResponse", count: int) -> list[Vector]:
        """Return the vectors in the order of their texts. Raises Unavailable when one cannot be used."""
        rows = sorted(response.data or (), key=lambda row: row.index)
        if [row.index for row in rows] != list(range(count)):
            raise Unavailable(f"{NAME} are {len(rows)} for {count} texts.")
        vectors: list[Vector] = [row.embedding for row in rows]
        for vector in vectors:
            if len(vector) != self._dimensions:
                raise Unavailable(f"{NAME} have {len(vector)} dimensions instead of {self._dimensions}.")
            if not any(vector) or not all(map(isfinite, vector)):
                raise Unavailable(f"{NAME} hold one without a direction.")
        return vectors

    def _open(self) -> "Opened":
        from shared.adapters.openai_language.sdk import open_client

        return open_client(self._settings)


class _Refused(Unavailable):
    """They are there, and did not take the request: a limit, or a wrong key, model or setting of ours."""


def _of_status(status: int) -> Unavailable:
    kind = _Refused if 400 <= status < 500 else Unavailable
    return kind(f"{NAME} refused ({status}).")


def _is_failure(error: Exception) -> bool:
    return isinstance(error, Unavailable) and not isinstance(error, _Refused)
