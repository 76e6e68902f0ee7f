"""Where cases are found: all of them in one partition, and each vendor's own in its portal."""

from collections.abc import AsyncIterator, Iterable, Sequence

from shared.domain.disputes import Dispute, Origin
from shared.domain.status import DisputeStatus
from shared.errors import NotFound
from shared.ports.store import Query, Store, Upsert, Where, every
from shared.services.kinds import DISPUTES
from shared.services.records import Records

QUEUE = "queue"
PORTAL = "partner_disputes"
"""Container of what each partner sees in its portal: partition vendor, id case."""


class Cases:
    """Looks cases up."""

    def __init__(self, records: Records, store: Store) -> None:
        self._records = records
        self._store = store

    async def get(self, dispute_id: str) -> Dispute:
        """Return a case. Raises NotFound."""
        return (await self._records.get(DISPUTES, dispute_id)).value

    async def of_order(self, order_id: str) -> list[Dispute]:
        """Return every case about an order, oldest first."""
        found = [each async for each in self._found(Where("order_id", "==", order_id))]
        return sorted(found, key=lambda each: (each.created_at, each.id))

    async def open_at_bank(self, order_id: str) -> list[Dispute]:
        """Return the cases of an order that a bank has not decided."""
        cases = await self.of_order(order_id)
        return [each for each in cases if each.origin is Origin.BANK and each.is_open]

    async def queue(
        self,
        *,
        customer_id: str | None = None,
        status: DisputeStatus | None = None,
        origin: Origin | None = None,
        limit: int = 100,
    ) -> list[Dispute]:
        """List cases: those still to be decided first, the most urgent on top; then the latest others."""
        wanted = [Where("customer_id", "==" if customer_id else "!=", customer_id)]
        wanted += [Where("origin", "==", origin.value)] if origin else []
        if status is not None:
            return await self._page(
                [*wanted, Where("status", "==", status.value)], order_by="answer_by", limit=limit
            )
        undecided = await self._page(
            [*wanted, Where("status", "!=", DisputeStatus.RESOLVED.value)], order_by="answer_by", limit=limit
        )
        done = [*wanted, Where("status", "==", DisputeStatus.RESOLVED.value)]
        return undecided + await self._page(done, order_by="-updated_at", limit=limit - len(undecided))

    async def of_vendor(self, vendor_id: str, *, limit: int = 50) -> list[Dispute]:
        """List the cases about what a vendor sold, newest first."""
        page = await self._store.query(PORTAL, vendor_id, Query(order_by="-at", limit=limit))
        return [await self.get(document.id) for document in page.documents]

    async def of_vendor_only(self, vendor_id: str, dispute_id: str) -> Dispute:
        """Return one of a vendor's own cases. Raises NotFound, as if there were no other's."""
        found = await self._records.find(DISPUTES, dispute_id)
        if found is None or vendor_id not in found.value.vendor_ids:
            raise NotFound("dispute", dispute_id)
        return found.value

    async def show_to(self, vendor_ids: Iterable[str], dispute: Dispute) -> None:
        """Put a case into the portals of its vendors."""
        for vendor_id in vendor_ids:
            entry = {"at": dispute.created_at.isoformat()}
            await self._store.batch(PORTAL, vendor_id, [Upsert(dispute.id, entry)])

    async def _page(self, where: Sequence[Where], *, order_by: str, limit: int) -> list[Dispute]:
        if limit <= 0:
            return []
        query = Query(where, order_by=order_by, limit=limit)
        page = await self._store.query(DISPUTES.container, QUEUE, query)
        return [Dispute.model_validate(document.body) for document in page.documents]

    async def _found(self, *where: Where) -> AsyncIterator[Dispute]:
        async for document in every(self._store, DISPUTES.container, QUEUE, Query(where)):
            yield Dispute.model_validate(document.body)
