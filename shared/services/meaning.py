"""Search by meaning: what lies close to a sentence, asked only where the rules did not understand it.

A shop whose model is away, slow or not there at all answers by the rules, as ever.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence
from datetime import timedelta

from shared.domain.scout.blend import NEAREST
from shared.domain.scout.vectors import VectorIndex, quantised
from shared.errors import UsoError
from shared.ports.embeddings import Embedder
from shared.ports.store import Store, follow
from shared.ports.vectors import VECTOR, VECTORS, Near, VectorSearch

REMEMBERED = 1_000
"""Sentences whose vectors a process keeps: those asked for last."""
LONGEST = 500
"""Characters of a sentence that are embedded."""
_log = logging.getLogger(__name__)


class Meaning:
    """Finds what means about the same as a sentence, within `patience`, from the cosine `floor` on."""

    def __init__(
        self, embedder: Embedder, vectors: VectorSearch, *, patience: timedelta, floor: float
    ) -> None:
        self._embedder = embedder
        self._vectors = vectors
        self._patience = patience.total_seconds()
        self._floor = floor
        self._remembered: OrderedDict[str, Sequence[int]] = OrderedDict()

    async def nearest(self, text: str) -> Sequence[str]:
        """Return keys of entries, the closest first; none when that cannot be known in time."""
        try:
            async with asyncio.timeout(self._patience):
                vector = await self._vector(" ".join(text.lower().split())[:LONGEST])
                found = await self._vectors.nearest(vector, limit=NEAREST)
        except (TimeoutError, UsoError) as failed:
            _log.warning("a search goes by the rules alone: %r", failed)
            return ()
        return [near.key for near in found if near.cosine >= self._floor]

    async def _vector(self, text: str) -> Sequence[int]:
        known = self._remembered.get(text)
        if known is None:
            (embedded,) = await self._embedder.embed([text])
            known = self._remembered[text] = quantised(embedded)
            if len(self._remembered) > REMEMBERED:
                self._remembered.popitem(last=False)
        self._remembered.move_to_end(text)
        return known


class StoredVectors:
    """`VectorSearch` in memory, for a store that does not search vectors: follows the container's feed.

    A search whose time is up leaves what was read for the next one.
    """

    def __init__(self, store: Store, model: str) -> None:
        self._store = store
        self._model = model
        self._index = VectorIndex()
        self._seen: str | None = None
        self._turn = asyncio.Lock()

    async def nearest(self, vector: Sequence[int], *, limit: int) -> Sequence[Near]:
        """Return the closest, closest first. Raises Unavailable."""
        await self._refresh()
        return [Near(key, cosine) for key, cosine in self._index.nearest(vector, limit=limit)]

    async def _refresh(self) -> None:
        async with self._turn:
            async for feed in follow(self._store, VECTORS, self._seen):
                for document in feed.documents:
                    if document.partition != self._model:
                        continue
                    if VECTOR in document.body:
                        self._index.put(document.id, document.body[VECTOR])
                    else:
                        self._index.remove(document.id)
                self._seen = feed.cursor
