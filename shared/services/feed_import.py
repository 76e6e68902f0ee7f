"""Imports of vendor feeds, all or nothing for every reader (issue: nothing half imported).

A feed may need more writes than one transactional batch holds, so an import is a redo log: its rows are first
written as chunks, which nobody reads; one write of the marker commits it; then the rows are written as
products and the marker is set to applied. A failure before the marker leaves nothing (chunks expire by TTL).
A failure after it is finished by the next `refresh` of any instance, and a reader that meets the marker takes
all rows from the chunks at once, so that nobody ever sees a part.
"""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence

from shared.domain.catalogue import Product
from shared.domain.catalogue_import import Feed, FeedFormat, FeedItem, ImportReport, RejectedRow, parse_feed
from shared.ports.clock import Clock
from shared.ports.store import MAX_BATCH, Delete, PreconditionFailed, Replace, Store, Upsert
from shared.services.catalogue_documents import (
    CONTAINER,
    Chunk,
    Import,
    chunk_documents,
    chunk_id,
    import_document,
    marker_id,
    product_document,
    value_of,
)
from shared.services.inventory import InventoryService
from shared.services.product_owners import ProductOwners

AT_ONCE = 16
"""Stock documents written at the same time."""


class FeedImporter:
    """Parses, stages, commits and applies feeds."""

    def __init__(
        self, store: Store, clock: Clock, inventory: InventoryService, owners: ProductOwners
    ) -> None:
        self._store, self._clock, self._inventory, self._owners = store, clock, inventory, owners

    async def run(
        self,
        vendor_id: str,
        content: bytes | str,
        *,
        format: FeedFormat,  # noqa: A002
        column_map: Mapping[str, str] | None = None,
        currency: str = "USD",
        all_or_nothing: bool = False,
        restock: bool = True,
        curated: bool = True,
    ) -> ImportReport:
        """Import a feed and report; raises only when the file is broken as a whole or the store fails."""
        feed = parse_feed(
            content,
            format=format,
            vendor_id=vendor_id,
            column_map=column_map,
            currency=currency,
            curated=curated,
        )
        feed = await self._without_taken(feed, vendor_id)
        if not feed.items or (all_or_nothing and feed.rejected):
            return feed.report(accepted=0, all_or_nothing=all_or_nothing)
        marker = await self._commit(vendor_id, feed.items, self._import_id(content), restock=restock)
        await self.finish(marker)
        return feed.report(
            accepted=len(feed.items), all_or_nothing=all_or_nothing, import_id=marker.import_id
        )

    async def finish(self, marker: Import) -> Sequence[Product]:
        """Apply a committed import; safe to repeat. Returns its products, none when others finished it.

        Each batch moves the marker's etag: when another instance is at it too, the slower one leaves it the
        rest, so that nothing is written after the import is over. Should the other one die, its last batch
        has put the marker into the change feed again.
        """
        items = await self._staged(marker)
        if not items:
            return ()
        try:
            for start in range(0, len(items), MAX_BATCH - 1):
                part = items[start : start + MAX_BATCH - 1]
                await self._write(marker, [product_document(item.product) for item in part])
            await self._stock(items, marker)
            chunks = [Delete(chunk_id(marker.import_id, number)) for number in range(marker.chunks)]
            await self._write(marker.model_copy(update={"applied": True}), [])
        except PreconditionFailed:
            return [item.product for item in items]
        for start in range(0, len(chunks), MAX_BATCH):
            await self._store.batch(CONTAINER, marker.vendor_id, chunks[start : start + MAX_BATCH])
        return [item.product for item in items]

    async def _staged(self, marker: Import) -> list[FeedItem]:
        items: list[FeedItem] = []
        for number in range(marker.chunks):
            id = chunk_id(marker.import_id, number)
            stored = await self._store.read(CONTAINER, marker.vendor_id, id)
            if stored is None:
                return []
            items.extend(value_of(stored, Chunk).items)
        return items

    async def _write(self, marker: Import, writes: Sequence[Upsert]) -> None:
        stored = await self._store.read(CONTAINER, marker.vendor_id, marker_id(marker.import_id))
        if stored is None or value_of(stored, Import).applied:
            raise PreconditionFailed("The import is over.")
        body = import_document(marker).body
        turn = Replace(stored.id, body, if_match=stored.etag)
        await self._store.batch(CONTAINER, marker.vendor_id, [*writes, turn])

    async def _without_taken(self, feed: Feed, vendor_id: str) -> Feed:
        taken = await self._owners.claim_all([item.product.id for item in feed.items], vendor_id)
        if not taken:
            return feed
        refused = [
            RejectedRow(row=item.row, field="id", reason="belongs to another vendor")
            for item in feed.items
            if item.product.id in taken
        ]
        return feed.model_copy(
            update={
                "items": tuple(item for item in feed.items if item.product.id not in taken),
                "rejected": tuple(sorted([*feed.rejected, *refused], key=lambda each: each.row)),
            }
        )

    async def _commit(
        self, vendor_id: str, items: Sequence[FeedItem], import_id: str, *, restock: bool
    ) -> Import:
        chunks = chunk_documents(import_id, items)
        for chunk in chunks:
            await self._store.batch(CONTAINER, vendor_id, [chunk])
        marker = Import(import_id=import_id, vendor_id=vendor_id, chunks=len(chunks), restock=restock)
        await self._store.batch(CONTAINER, vendor_id, [import_document(marker)])
        return marker

    async def _stock(self, items: Sequence[FeedItem], marker: Import) -> None:
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(item: FeedItem) -> None:
            async with gate:
                if item.counted and marker.restock:
                    key = marker.import_id
                    await self._inventory.set_quantity(item.product.id, item.quantity, key=key)
                else:
                    await self._inventory.ensure(item.product.id, item.quantity)

        await asyncio.gather(*(one(item) for item in items))

    def _import_id(self, content: bytes | str) -> str:
        raw = content.encode() if isinstance(content, str) else content
        stamp = self._clock.now().strftime("%Y%m%dT%H%M%S%f")
        return f"{stamp}-{hashlib.sha256(raw).hexdigest()[:12]}"
