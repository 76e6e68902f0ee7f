"""Where the embedded suppliers keep what they know: container `supplier_simulator`, a partition each."""

from collections.abc import AsyncIterator
from typing import TypeVar

from pydantic import BaseModel

from shared.adapters.simulated_suppliers.records import OrderRecord
from shared.errors import NotFound
from shared.ports.rehearsals import Stock, SupplierTroubles
from shared.ports.store import (
    AlreadyExists,
    Create,
    PreconditionFailed,
    Query,
    Replace,
    Store,
    Upsert,
    Where,
    every,
)

CONTAINER = "supplier_simulator"
_TROUBLES = "troubles"
M = TypeVar("M", bound=BaseModel)


class Memory:
    """The documents of one supplier."""

    def __init__(self, store: Store, supplier_id: str, shipped: dict[str, Stock]) -> None:
        self._store = store
        self._partition = supplier_id
        self._shipped = shipped

    async def stock(self, supplier_sku: str) -> Stock | None:
        """What is on sale under a number."""
        return (await self._stock(supplier_sku))[0]

    async def put_stock(self, stock: Stock) -> None:
        """Put something on sale, or change it."""
        await self._store.batch(
            CONTAINER, self._partition, [Upsert(_stock_id(stock.supplier_sku), stock.model_dump(mode="json"))]
        )

    async def troubles(self) -> SupplierTroubles:
        """What goes wrong."""
        document = await self._store.read(CONTAINER, self._partition, _TROUBLES)
        return SupplierTroubles() if document is None else SupplierTroubles.model_validate(document.body)

    async def put_troubles(self, troubles: SupplierTroubles) -> None:
        """Rehearse troubles."""
        await self._store.batch(
            CONTAINER, self._partition, [Upsert(_TROUBLES, troubles.model_dump(mode="json"))]
        )

    async def order(self, number: str) -> OrderRecord:
        """Return an order. Raises NotFound."""
        found = await self.find(number)
        if found is None:
            raise NotFound("supplier order", number)
        return found

    async def find(self, number: str) -> OrderRecord | None:
        """Return an order, or None."""
        document = await self._store.read(CONTAINER, self._partition, number)
        return None if document is None else _record(document.body)

    async def orders(self) -> AsyncIterator[OrderRecord]:
        """Yield every order."""
        query = Query([Where("kind", "==", "order")], order_by="placed_at")
        async for document in every(self._store, CONTAINER, self._partition, query):
            yield _record(document.body)

    async def take(self, order: OrderRecord, taken: dict[str, int]) -> bool:
        """Write a new order and what it takes from the stock; False: someone was faster."""
        operations: list[Create | Upsert | Replace] = [Create(order.number, _body(order))]
        for supplier_sku, quantity in taken.items():
            stock, etag = await self._stock(supplier_sku)
            if stock is None or stock.stock < quantity:
                return False
            left = stock.model_copy(update={"stock": stock.stock - quantity}).model_dump(mode="json")
            id = _stock_id(supplier_sku)
            operations.append(Create(id, left) if etag is None else Replace(id, left, if_match=etag))
        try:
            await self._store.batch(CONTAINER, self._partition, operations)
        except (AlreadyExists, PreconditionFailed):
            return False
        return True

    async def put_order(self, order: OrderRecord) -> None:
        """Change an order."""
        await self._store.batch(CONTAINER, self._partition, [Upsert(order.number, _body(order))])

    async def _stock(self, supplier_sku: str) -> tuple[Stock | None, str | None]:
        document = await self._store.read(CONTAINER, self._partition, _stock_id(supplier_sku))
        if document is None:
            return self._shipped.get(supplier_sku), None
        return Stock.model_validate(document.body), document.etag


def _stock_id(supplier_sku: str) -> str:
    return f"stock:{supplier_sku}"


def _body(order: OrderRecord) -> dict[str, object]:
    return {"kind": "order", "placed_at": order.placed_at.isoformat(), "order": order.model_dump(mode="json")}


def _record(body: object) -> OrderRecord:
    return OrderRecord.model_validate(body["order"])  # type: ignore[index]
