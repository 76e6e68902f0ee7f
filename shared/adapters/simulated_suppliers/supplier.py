"""One embedded supplier: takes orders once per key, sends them, and fails when told to."""

import hashlib
from datetime import timedelta

from shared.adapters.simulated_suppliers.memory import Memory
from shared.adapters.simulated_suppliers.records import PACKED_AFTER, OrderRecord
from shared.domain.money import Money
from shared.errors import Conflict, Unavailable
from shared.ports.clock import Clock
from shared.ports.rehearsals import Fate, Stock, SupplierTroubles, TakenOrder
from shared.ports.suppliers import SupplierOffer, SupplierOrder, SupplierOrderRequest

MAX_RACES = 20


class SimulatedSupplier:
    """`shared.ports.suppliers.Supplier`."""

    def __init__(self, id: str, memory: Memory, clock: Clock, *, currency: str) -> None:
        self.id = id
        self.memory = memory
        self._clock = clock
        self._currency = currency
        self._carrier = f"{id.upper()} Express"

    async def offer(self, supplier_sku: str, *, country: str) -> SupplierOffer | None:
        """Say what one costs; every country costs the same here."""
        await self._answering()
        stock = await self.memory.stock(supplier_sku)
        if stock is None:
            return None
        return SupplierOffer(
            supplier_id=self.id,
            supplier_sku=supplier_sku,
            price=self._money(stock.price),
            shipping=self._money(stock.shipping),
            stock=stock.stock,
            days=stock.days,
        )

    async def place(self, request: SupplierOrderRequest) -> SupplierOrder:
        """Take an order, once per key. Raises Conflict, Unavailable as the port says."""
        troubles = await self._answering()
        for _ in range(MAX_RACES):
            known = await self.find(request.key)
            if known is not None:
                return known
            order = await self._draft(request, troubles)
            if await self.memory.take(order, _quantities(request)):
                await self._answer_or_lose_it(troubles)
                return self._seen(order)
        raise Unavailable(f"{self.id} is asked by too many at once.")

    async def find(self, key: str) -> SupplierOrder | None:
        """Return the order of a key."""
        await self._answering()
        found = await self.memory.find(self._number(key))
        return None if found is None else self._seen(found)

    async def order(self, supplier_order_id: str) -> SupplierOrder:
        """Return an order as it is now. Raises NotFound."""
        await self._answering()
        return self._seen(await self.memory.order(supplier_order_id))

    async def cancel(self, key: str, supplier_order_id: str) -> bool:
        """Call an order off that has not left."""
        await self._answering()
        order = await self.memory.order(supplier_order_id)
        if order.leaves_at is not None and order.leaves_at <= self._clock.now():
            return order.cancelled
        await self.memory.put_order(order.model_copy(update={"cancelled": True}))
        return True

    # --- rehearsals ---------------------------------------------------------------------------------

    async def taken(self) -> list[TakenOrder]:
        """Return everything that was ordered, oldest first."""
        return [self._shown(order) async for order in self.memory.orders()]

    async def decide(self, supplier_order_id: str, fate: Fate) -> TakenOrder:
        """Decide what becomes of an order. Raises NotFound."""
        order = (await self.memory.order(supplier_order_id)).decided(fate, self._clock.now())
        await self.memory.put_order(order)
        return self._shown(order)

    # --- helpers ------------------------------------------------------------------------------------

    async def _answering(self) -> SupplierTroubles:
        troubles = await self.memory.troubles()
        if troubles.away_until is not None and self._clock.now() < troubles.away_until:
            raise Unavailable(f"{self.id} does not answer.")
        return troubles

    async def _answer_or_lose_it(self, troubles: SupplierTroubles) -> None:
        if troubles.lost_answers:
            left = troubles.lost_answers - 1
            await self.memory.put_troubles(troubles.model_copy(update={"lost_answers": left}))
            raise Unavailable(f"The answer of {self.id} was lost.")

    async def _draft(self, request: SupplierOrderRequest, troubles: SupplierTroubles) -> OrderRecord:
        if troubles.refuses_addresses:
            raise Conflict("The carrier does not go there.", code="address_refused")
        stocks = {line.supplier_sku: await self.memory.stock(line.supplier_sku) for line in request.lines}
        for supplier_sku, quantity in _quantities(request).items():
            stock = stocks[supplier_sku]
            if stock is None or stock.stock < quantity:
                raise Conflict(f"{supplier_sku} is out of stock.", code="out_of_stock")
        known = {sku: stock for sku, stock in stocks.items() if stock is not None}
        cost = self._cost(request, known)
        if cost.minor > request.max_cost.minor:
            raise Conflict(f"It costs {cost} by now.", code="price_changed")
        now = self._clock.now()
        leaves = now + PACKED_AFTER
        return OrderRecord(
            number=self._number(request.key),
            key=request.key,
            lines=request.lines,
            cost=cost,
            placed_at=now,
            leaves_at=None if troubles.holds_orders else leaves,
            arrives_at=leaves + timedelta(days=max(stock.days for stock in known.values())),
        )

    def _cost(self, request: SupplierOrderRequest, stocks: dict[str, Stock]) -> Money:
        goods = sum(stocks[line.supplier_sku].price * line.quantity for line in request.lines)
        return self._money(goods + max(stock.shipping for stock in stocks.values()))

    def _seen(self, order: OrderRecord) -> SupplierOrder:
        return order.seen(self._clock.now(), carrier=self._carrier)

    def _shown(self, order: OrderRecord) -> TakenOrder:
        return order.taken(self._clock.now(), carrier=self._carrier)

    def _number(self, key: str) -> str:
        """The supplier's own number of an order, the same for the same key of ours."""
        return f"{self.id}_{hashlib.sha256(key.encode()).hexdigest()[:12]}"

    def _money(self, minor: int) -> Money:
        return Money(minor=minor, currency=self._currency)


def _quantities(request: SupplierOrderRequest) -> dict[str, int]:
    wanted: dict[str, int] = {}
    for line in request.lines:
        wanted[line.supplier_sku] = wanted.get(line.supplier_sku, 0) + line.quantity
    return wanted
