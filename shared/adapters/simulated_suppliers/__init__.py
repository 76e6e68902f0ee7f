"""The embedded suppliers: `ali`, who is asked, and `cj`, who tells as well. With stock, delays and failures.

Everything happens by the app's clock and nothing by chance: a rehearsal says what goes wrong.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter

from shared.adapters.simulated_suppliers.memory import CONTAINER, Memory
from shared.adapters.simulated_suppliers.pushes import Pushes
from shared.adapters.simulated_suppliers.supplier import SimulatedSupplier
from shared.errors import NotFound
from shared.ports.clock import Clock
from shared.ports.rehearsals import Fate, SignedDelivery, Stock, SupplierTroubles, TakenOrder
from shared.ports.store import Store
from shared.ports.suppliers import Supplier, SupplierWebhooks
from shared.settings import Settings

__all__ = ["CONTAINER", "SimulatedSuppliers"]

PUSHING = "cj"
_SHELVES = TypeAdapter(dict[str, list[Stock]])


class SimulatedSuppliers:
    """`Suppliers` and `SuppliersRehearsal`. `shelves` is a file of what they sell at first."""

    def __init__(self, store: Store, clock: Clock, settings: Settings, *, shelves: Path) -> None:
        stocked = _SHELVES.validate_python(json.loads(shelves.read_text(encoding="utf-8")))
        memories = {
            id: Memory(store, id, {each.supplier_sku: each for each in shelf})
            for id, shelf in stocked.items()
        }
        self._suppliers = {
            id: SimulatedSupplier(id, memory, clock, currency=settings.currency)
            for id, memory in memories.items()
        }
        secret = settings.data_dir / "suppliers" / f"{PUSHING}.secret"
        self._pushes = Pushes(memories[PUSHING], clock, settings, secret)

    def of(self, supplier_id: str) -> Supplier:
        """Return one. Raises NotFound."""
        return self._one(supplier_id)

    def webhooks(self, supplier_id: str) -> SupplierWebhooks | None:
        """Return who reads its deliveries."""
        return self._pushes if supplier_id == PUSHING else None

    def ids(self) -> Sequence[str]:
        """Every supplier, the preferred one first."""
        return list(self._suppliers)

    async def put_stock(self, supplier_id: str, stock: Stock) -> None:
        """Put something on sale, or change it."""
        await self._one(supplier_id).memory.put_stock(stock)

    async def trouble(self, supplier_id: str, troubles: SupplierTroubles) -> None:
        """From now on, let these go wrong."""
        await self._one(supplier_id).memory.put_troubles(troubles)

    async def taken(self, supplier_id: str) -> Sequence[TakenOrder]:
        """Return everything that was ordered, oldest first."""
        return await self._one(supplier_id).taken()

    async def decide(self, supplier_id: str, supplier_order_id: str, fate: Fate) -> TakenOrder:
        """Decide what becomes of an order. Raises NotFound."""
        return await self._one(supplier_id).decide(supplier_order_id, fate)

    async def deliveries(self, supplier_id: str) -> Sequence[SignedDelivery]:
        """Return every webhook that it has to send. Raises NotFound for one that does not push."""
        if supplier_id != PUSHING:
            raise NotFound("webhook", supplier_id)
        return [each async for each in self._pushes.deliveries()]

    def _one(self, supplier_id: str) -> SimulatedSupplier:
        if supplier_id not in self._suppliers:
            raise NotFound("supplier", supplier_id)
        return self._suppliers[supplier_id]
