"""Keeps a vector of everything the catalogue sells, as the model in use sees it.

Follows the catalogue's change feed, so imports, seeds and single changes all come by, and embeds a text once:
a vector stays as long as its text does, and another model begins a partition of its own. How far the feed was
read lies beside the vectors and is written with them, so that two processes, or one that dies, neither leave
anything out nor let an old text win. Until then a new product is found by the rules alone.
"""

import asyncio
import hashlib
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.catalogue import Bundle, Product
from shared.domain.scout.entries import bundle_key, meaning_of, product_key
from shared.domain.scout.vectors import quantised
from shared.ports.embeddings import Embedder
from shared.ports.store import (
    MAX_BATCH,
    AlreadyExists,
    Change,
    Create,
    Document,
    Operation,
    PreconditionFailed,
    Replace,
    Store,
    Upsert,
)
from shared.ports.vectors import VECTOR, VECTORS
from shared.services.catalogue_documents import CONTAINER, Kind, value_of

PROGRESS = "progress"
"""Id of the document `{"cursor": ..., "turn": ...}` in a model's partition: how far the feed was read."""
PAGE = 200
"""Changes that are looked at together."""
AT_ONCE = 5_000
"""Texts that one run embeds at the most, so that the chores after it have their turn."""
READS = 16
_log = logging.getLogger(__name__)

_Wanted = Mapping[str, str | None]
"""Key -> what is to be embedded of it, None when it is no longer sold."""


class CatalogueVectors:
    """Embeds what is new."""

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder
        self._lock = asyncio.Lock()

    async def catch_up(self) -> int:
        """Embed what changed since the last time, and return how many texts that were.

        Raises Unavailable when the model is away; what was embedded before stays.
        """
        count = 0
        async with self._lock:
            while count < AT_ONCE:
                progress = await self._progress()
                feed = await self._store.changes(CONTAINER, _cursor(progress), PAGE)
                if not feed.documents:
                    break
                writes = await self._writes(_wanted(feed.documents))
                try:
                    await self._take(writes, progress, feed.cursor)
                except (AlreadyExists, PreconditionFailed):
                    _log.info("another process embeds the catalogue")
                    break
                count += sum(VECTOR in write.body for write in writes)
        return count

    async def _writes(self, wanted: _Wanted) -> Sequence[Upsert]:
        """What must be written for the vectors to be those of the texts."""
        known = await self._known(wanted)
        gone = [Upsert(key, {}) for key, text in wanted.items() if text is None and known.get(key)]
        fresh = {key: text for key, text in wanted.items() if text and known.get(key) != _digest(text)}
        if not fresh:
            return gone
        vectors = await self._embedder.embed(list(fresh.values()))
        embedded = [
            Upsert(key, {"text": _digest(text), VECTOR: quantised(vector)})
            for (key, text), vector in zip(fresh.items(), vectors, strict=True)
        ]
        return [*gone, *embedded]

    async def _known(self, keys: _Wanted) -> Mapping[str, str | None]:
        """The digest of the text of each vector that is there."""
        gate = asyncio.Semaphore(READS)

        async def one(key: str) -> Document | None:
            async with gate:
                return await self._store.read(VECTORS, self._embedder.model, key)

        found = await asyncio.gather(*map(one, keys))
        return {each.id: each.body.get("text") for each in found if each is not None}

    async def _take(self, writes: Sequence[Operation], progress: Document | None, cursor: str | None) -> None:
        """Write it all, the feed's cursor last; each batch moves the progress, and stops who is behind.

        Raises AlreadyExists or PreconditionFailed when another process has moved it.
        """
        step = MAX_BATCH - 1
        parts = [writes[start : start + step] for start in range(0, len(writes), step)] or [()]
        for number, part in enumerate(parts, 1):
            turn = _turn(progress) + 1
            body = {"cursor": cursor if number == len(parts) else _cursor(progress), "turn": turn}
            moved: Operation = (
                Replace(PROGRESS, body, if_match=progress.etag) if progress else Create(PROGRESS, body)
            )
            await self._store.batch(VECTORS, self._embedder.model, [*part, moved])
            if number < len(parts):
                progress = await self._progress()
                if _turn(progress) != turn:
                    raise PreconditionFailed("Another process has moved the progress.")

    async def _progress(self) -> Document | None:
        return await self._store.read(VECTORS, self._embedder.model, PROGRESS)


def _wanted(changes: Sequence[Change]) -> _Wanted:
    """The last word of a page on each thing that is sold."""
    wanted: dict[str, str | None] = {}
    for change in changes:
        gone = bool(change.body.get("deleted"))
        if change.body.get("kind") == Kind.PRODUCT:
            product = value_of(change, Product)
            wanted[product_key(product.id)] = None if gone else meaning_of(product)
        elif change.body.get("kind") == Kind.BUNDLE:
            bundle = value_of(change, Bundle)
            wanted[bundle_key(bundle.id)] = None if gone else meaning_of(bundle)
    return wanted


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _body(progress: Document | None) -> Mapping[str, Any]:
    return progress.body if progress else {}


def _cursor(progress: Document | None) -> str | None:
    cursor: str | None = _body(progress).get("cursor")
    return cursor


def _turn(progress: Document | None) -> int:
    return int(_body(progress).get("turn", 0))
