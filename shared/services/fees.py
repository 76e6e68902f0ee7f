"""The table of fees: read when an order's terms are agreed, replaced by admins (flow 5.1-2)."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

from shared.domain import fees as rules
from shared.domain.catalogue import Product, ProductKind, Vendor
from shared.domain.events import Event, EventType
from shared.domain.fees import FeeRates, FeeTable, Rate
from shared.domain.model import Model
from shared.errors import Conflict, InvalidInput
from shared.ports.store import AlreadyExists, Query, Store, Where, every
from shared.services.records import Kind, Records, Stored
from shared.settings import Settings

SHOWN = 50
"""Tables of the history that are shown."""
_PAGE = 5
"""Tables read at a time; the one in force is nearly always among the newest."""
_PARTITION = "table"
FEES = Kind("fee table", "fees", FeeTable, lambda _: _PARTITION)


class OwnRate(Model):
    """What a vendor pays on what it sells of one service type."""

    kind: ProductKind
    fee_bps: int
    because: str


class FeeDraft(Model):
    """A table to be. `version` is that of the newest table that the admin has seen."""

    version: int
    rates: FeeRates
    effective_from: datetime | None = None
    note: str = ""


class FeeService:
    """Use cases on the table of fees. Nothing is cached: a new table counts for the very next order."""

    def __init__(self, records: Records, store: Store, settings: Settings) -> None:
        self._records = records
        self._store = store
        self._settings = settings

    async def rate_for(self, vendor: Vendor, product: Product, at: datetime) -> int:
        """Return the rate in basis points for an order that is placed at `at`."""
        table = await self.in_force(at)
        return rules.rate(table.rates, vendor.place.point, product.kind).fee_bps

    async def in_force(self, at: datetime) -> FeeTable:
        """Return the table of an instant."""
        async for table in self._newest_first():
            if table.effective_from <= at:
                return table
        return self._first()

    async def history(self, limit: int = SHOWN) -> list[FeeTable]:
        """Return the newest tables, newest first, and last of all what the settings say."""
        tables: list[FeeTable] = []
        async for table in self._newest_first():
            if len(tables) == limit:
                return tables
            tables.append(table)
        return [*tables, self._first()]

    async def replaced_by(self, table: FeeTable) -> tuple[FeeTable, list[FeeTable]]:
        """Return the table that would be in force without `table`, and those that now never will be."""
        called_off: list[FeeTable] = []
        async for older in self._newest_first():
            if older.version >= table.version:
                continue
            if older.effective_from <= table.effective_from:
                return older, called_off
            called_off.append(older)
        return self._first(), called_off

    async def table(self, version: int) -> FeeTable:
        """Return one table. Raises NotFound."""
        return (await self._records.get(FEES, _id(version))).value

    async def replace(self, draft: FeeDraft, *, by: str) -> FeeTable:
        """Make a new table, which counts for orders placed from its instant on.

        Raises InvalidInput, and Conflict (`stale_version`) when another table was made since the admin
        looked. The same draft again changes nothing.
        """
        rules.check(draft.rates)
        now = self._records.now()
        if draft.effective_from is not None and draft.effective_from < now:
            raise InvalidInput("A table cannot begin in the past.", field="effective_from")
        table = FeeTable(
            id=_id(draft.version + 1),
            created_at=now,
            updated_at=now,
            version=draft.version + 1,
            rates=draft.rates,
            effective_from=draft.effective_from or now,
            by=by,
            note=draft.note,
        )
        newest = (await self.history(1))[0]
        if newest.version == table.version and _is_same(newest, draft, by):
            return newest
        if newest.version != draft.version:
            raise _stale(newest.version)
        event = Event(type=EventType.FEES_CHANGED, data={"version": table.version})
        try:
            await self._records.commit(Stored(FEES, table), events=[event])
        except AlreadyExists:
            raise _stale(table.version) from None
        return table

    async def own_rates(self, vendor: Vendor, kinds: Sequence[ProductKind], at: datetime) -> list[OwnRate]:
        """What a vendor pays at an instant, by service type."""
        return own_rates(await self.in_force(at), vendor, kinds)

    async def _newest_first(self) -> AsyncIterator[FeeTable]:
        query = Query(where=[Where("version", ">", 0)], order_by="-version", limit=_PAGE)
        async for document in every(self._store, FEES.container, _PARTITION, query):
            yield FeeTable.model_validate(document.body)

    def _first(self) -> FeeTable:
        """What counts until an admin makes a table."""
        long_ago = datetime.min.replace(tzinfo=UTC)
        rates = FeeRates(default_bps=self._settings.platform_fee_bps)
        return FeeTable(
            id=_id(0),
            created_at=long_ago,
            updated_at=long_ago,
            version=0,
            rates=rates,
            effective_from=long_ago,
            by="settings",
        )


def own_rates(table: FeeTable, vendor: Vendor, kinds: Sequence[ProductKind]) -> list[OwnRate]:
    """What a vendor pays under a table, by service type."""
    found: list[tuple[ProductKind, Rate]] = [
        (kind, rules.rate(table.rates, vendor.place.point, kind)) for kind in kinds
    ]
    return [OwnRate(kind=kind, fee_bps=rate.fee_bps, because=rate.because) for kind, rate in found]


def kinds_sold(products: Sequence[Product]) -> list[ProductKind]:
    """The service types of a vendor's products; all of them for one that sells nothing yet."""
    sold = {product.kind for product in products}
    return [kind for kind in ProductKind if kind in sold or not sold]


def _is_same(newest: FeeTable, draft: FeeDraft, by: str) -> bool:
    when = draft.effective_from is None or draft.effective_from == newest.effective_from
    return when and (newest.rates, newest.note, newest.by) == (draft.rates, draft.note, by)


def _stale(version: int) -> Conflict:
    return Conflict(
        f"The table was changed meanwhile: the newest version is {version}.",
        field="version",
        code="stale_version",
    )


def _id(version: int) -> str:
    return f"fees-v{version}"
