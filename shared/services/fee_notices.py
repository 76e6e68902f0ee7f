"""Partners learn of changed fees: each vendor whose own rates change, once per table (flow 5.1-2 step 4).

A vendor's notice is stored before it is sent. One that cannot be reached stops no other: its notice stays
untold and is tried again by the housekeeping, and its portal shows the new rates meanwhile.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from shared.domain.catalogue import ProductKind, Vendor
from shared.domain.fees import FeeTable, rate
from shared.domain.model import Model
from shared.errors import NotFound, Unavailable
from shared.ports.events import CloudEvent
from shared.ports.store import AlreadyExists, Create, Query, Store, Upsert, Where, every
from shared.services.catalogue import CatalogueService
from shared.services.fees import FeeService, kinds_sold
from shared.services.partner_messages import PartnerMessages
from shared.settings import Settings

CONTAINER = "fee_notices"
"""Partition the table's version, id the vendor."""
AT_ONCE = 20
"""Vendors that are told side by side."""
ATTEMPTS = 10
"""Tries after which a vendor counts as not reachable; its portal says what it needs to know."""
REMEMBERED = 3
"""Newest tables whose untold notices are tried again."""
_log = logging.getLogger(__name__)


class FeeNotice(Model):
    """What one vendor is told of one table."""

    vendor_id: str
    version: int
    text: str
    told: bool = False
    attempts: int = 0


class FeeNotices:
    """Hears `uso.fees.changed` and tells whom it concerns."""

    def __init__(
        self,
        store: Store,
        fees: FeeService,
        catalogue: CatalogueService,
        messages: PartnerMessages,
        settings: Settings,
    ) -> None:
        self._store = store
        self._fees = fees
        self._catalogue = catalogue
        self._messages = messages
        self._settings = settings

    async def hear(self, event: CloudEvent) -> None:
        """Write and send the notices of a new table; hearing it again sends only what is untold."""
        table = await self._fees.table(int(event.data["version"]))
        before, called_off = await self._fees.replaced_by(table)
        await self._catalogue.refresh()
        for vendor in list(self._catalogue.index.vendors.values()):
            kinds = kinds_sold(self._catalogue.products_of(vendor.id))
            if changes := changed_rates(table, before, called_off, vendor=vendor, kinds=kinds):
                await self._note(vendor, table, changes)
        await self._tell(table.version)

    async def tell_again(self) -> None:
        """Try those whom an earlier try did not reach; the housekeeping's job."""
        for table in (await self._fees.history())[:REMEMBERED]:
            await self._tell(table.version)

    async def untold(self, version: int) -> list[FeeNotice]:
        """The notices of a table that have not got through."""
        query = Query(where=[Where("told", "==", False)])
        found = every(self._store, CONTAINER, str(version), query)
        return [FeeNotice.model_validate(document.body) async for document in found]

    async def _note(self, vendor: Vendor, table: FeeTable, changes: str) -> None:
        since = _local(table.effective_from, self._settings.home_zone)
        notice = FeeNotice(
            vendor_id=vendor.id,
            version=table.version,
            text=f"Our fees change for orders placed from {since}: {changes}.",
        )
        try:
            await self._store.batch(
                CONTAINER, str(table.version), [Create(vendor.id, notice.model_dump(mode="json"))]
            )
        except AlreadyExists:
            return

    async def _tell(self, version: int) -> None:
        waiting = [notice for notice in await self.untold(version) if notice.attempts < ATTEMPTS]
        for start in range(0, len(waiting), AT_ONCE):
            await asyncio.gather(*(self._send(notice) for notice in waiting[start : start + AT_ONCE]))

    async def _send(self, notice: FeeNotice) -> None:
        told = True
        try:
            vendor = self._catalogue.known_vendor(notice.vendor_id)
            await self._messages.announce(vendor, key=f"fees-v{notice.version}", text=notice.text)
        except NotFound:
            _log.info("%s left before it was told of the fees", notice.vendor_id)
        except Unavailable as failed:
            told = False
            _log.warning("%s was not told of the fees: %s", notice.vendor_id, failed.detail)
        after = notice.model_copy(update={"told": told, "attempts": notice.attempts + 1})
        await self._store.batch(
            CONTAINER, str(notice.version), [Upsert(notice.vendor_id, after.model_dump(mode="json"))]
        )


def changed_rates(
    table: FeeTable,
    before: FeeTable,
    called_off: Sequence[FeeTable],
    *,
    vendor: Vendor,
    kinds: Sequence[ProductKind],
) -> str:
    """Say in words what a table changes for a vendor; empty when nothing does.

    What had been announced and now never comes is a change as well.
    """
    changes = []
    for kind in kinds:
        will, was = _rate(table, vendor, kind), _rate(before, vendor, kind)
        if was != will:
            changes.append(f"{_percent(will)} instead of {_percent(was)} on {kind}")
        elif any(_rate(other, vendor, kind) != will for other in called_off):
            changes.append(f"{_percent(will)} on {kind} as before, whatever was announced")
    return "; ".join(changes)


def _rate(table: FeeTable, vendor: Vendor, kind: ProductKind) -> int:
    return rate(table.rates, vendor.place.point, kind).fee_bps


def _percent(basis_points: int) -> str:
    return f"{basis_points / 100:g} %"


def _local(instant: datetime, zone: str) -> str:
    return f"{instant.astimezone(ZoneInfo(zone)):%A %d %B %Y, %H:%M}"
