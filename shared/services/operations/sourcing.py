"""Who sells what the shop sells: the table of sources, everyone's offers, and what their word is worth."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter

from shared.domain.model import Model
from shared.domain.operations.sourcing import Source, Sources, TrackRecord, is_sku
from shared.errors import Conflict, InvalidInput, NotFound, Unavailable
from shared.ports.events import CloudEvent
from shared.ports.store import AlreadyExists, PreconditionFailed
from shared.ports.suppliers import SupplierOffer, Suppliers
from shared.services.bookkeeping import Hears
from shared.services.kinds import SHOP_ORDERS, SOURCES, TRACK_RECORDS
from shared.services.records import Records, Stored

_SHIPPED = TypeAdapter(dict[str, tuple[Source, ...]])
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Quote(Model):
    """A supplier's offer. `preferred` is the shop's usual source; `reliability` is 0 to 1."""

    offer: SupplierOffer
    preferred: bool
    reliability: float


class Quotes(Model):
    """Everyone's offers; `silent` are suppliers who did not answer, which is not the same as sold out."""

    quotes: tuple[Quote, ...]
    silent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Silence:
    """A supplier that did not answer."""

    supplier_id: str


class Sourcing:
    """Use cases on sources."""

    def __init__(self, records: Records, suppliers: Suppliers, *, shipped: Path) -> None:
        self._records = records
        self._suppliers = suppliers
        self._shipped = _SHIPPED.validate_python(json.loads(shipped.read_text(encoding="utf-8")))

    async def offers(self, sku: str, *, country: str) -> Quotes:
        """Ask every source of `sku` side by side what it takes for one, delivered to `country`."""
        sources = (await self.of(sku)).sources
        answers = await asyncio.gather(
            *(self._ask(source, country, preferred=n == 0) for n, source in enumerate(sources))
        )
        return Quotes(
            quotes=tuple(answer for answer in answers if isinstance(answer, Quote)),
            silent=tuple(answer.supplier_id for answer in answers if isinstance(answer, _Silence)),
        )

    async def of(self, sku: str) -> Sources:
        """Return where something comes from; from nowhere when nobody ever said."""
        return (await self._stored(sku)).value if is_sku(sku) else _from_nowhere()

    async def table(self) -> Sequence[Sources]:
        """Return the sources of everything that the shipped table names."""
        return [await self.of(sku) for sku in sorted(self._shipped)]

    async def replace(self, sku: str, sources: Sequence[Source], *, version: int, by: str) -> Sources:
        """Put `sources` in the place of version `version`. Raises Conflict when that is not the latest."""
        for n, source in enumerate(sources):
            if source.supplier_id not in self._suppliers.ids():
                raise InvalidInput("There is no such supplier.", field=f"sources.{n}.supplier_id")
        stored = await self._stored(sku)
        if stored.value.revision != version:
            raise _stale(stored.value)
        now = self._records.now()
        edited = {"sources": tuple(sources), "edited_by": by}
        if stored.etag is None:
            edited["created_at"] = now  # type: ignore[assignment]
        try:
            await self._records.commit(stored.becomes(stored.value.model_copy(update=edited)))
        except (AlreadyExists, PreconditionFailed):
            raise _stale(await self.of(sku)) from None
        return await self.of(sku)

    def hearers(self) -> Mapping[str, Sequence[Hears]]:
        """Who hears of what, for `Bookkeeping`: promises that were kept and broken."""
        return {
            "uso.SUPPLIER_SHIPPED": [self._hear_kept],
            "uso.SHIPPING_DELAYED": [self._hear_broken],
        }

    async def reliability(self, supplier_id: str) -> float:
        """How often a supplier keeps its word, 0 to 1."""
        found = await self._records.find(TRACK_RECORDS, supplier_id)
        return found.value.reliability if found else _new_record(supplier_id).reliability

    async def _ask(self, source: Source, country: str, *, preferred: bool) -> "Quote | _Silence | None":
        """One supplier's answer; None when it does not sell it (any more)."""
        try:
            supplier = self._suppliers.of(source.supplier_id)
            offer = await supplier.offer(source.supplier_sku, country=country)
        except NotFound:  # a source that is not set up any more
            return None
        except Unavailable:
            return _Silence(source.supplier_id)
        if offer is None:
            return None
        reliability = await self.reliability(source.supplier_id)
        return Quote(offer=offer, preferred=preferred, reliability=reliability)

    async def _hear_kept(self, event: CloudEvent) -> None:
        await self._count(event, kept=True)

    async def _hear_broken(self, event: CloudEvent) -> None:
        await self._count(event, kept=False)

    async def _count(self, event: CloudEvent, *, kept: bool) -> None:
        order = (await self._records.get(SHOP_ORDERS, event.data["order_id"])).value
        supplier_id = order.purchase(event.data["purchase_id"]).supplier_id
        key = f"{event.data['purchase_id']}:{'kept' if kept else 'broken'}"
        await self._records.create(TRACK_RECORDS, _new_record(supplier_id))
        await self._records.update(
            TRACK_RECORDS, supplier_id, lambda record: (record.counting(key, kept=kept), [])
        )

    async def _stored(self, sku: str) -> Stored[Sources]:
        found = await self._records.find(SOURCES, sku)
        if found is not None:
            return found
        shipped = self._shipped.get(sku, ())
        return Stored(SOURCES, Sources(id=sku, created_at=_NEVER, updated_at=_NEVER, sources=shipped))


def _from_nowhere() -> Sources:
    return Sources(id="unknown", created_at=_NEVER, updated_at=_NEVER, sources=())


def _new_record(supplier_id: str) -> TrackRecord:
    return TrackRecord(id=supplier_id, created_at=_NEVER, updated_at=_NEVER)


def _stale(sources: Sources) -> Conflict:
    return Conflict(
        f"The sources were edited meanwhile: they are at version {sources.revision}.", code="stale_version"
    )
