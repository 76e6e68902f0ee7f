"""Vendors that were told of an order and say nothing: a person is told, once (flow 2.3-1 steps 1 to 3).

A change request and a replacement have plans that wait for the answer; a new order has none, so its silence
is noticed by the housekeeping.
"""

from shared.domain.negotiations import EscalationReason
from shared.domain.orders import Order, OrderLeg
from shared.domain.status import LegStatus
from shared.ports.clock import Clock
from shared.ports.store import MAX_BATCH, Delete, Missing, Query, Store, Upsert, Where, every
from shared.services.catalogue import CatalogueService
from shared.services.escalations import EscalationService
from shared.services.orders import OrderService
from shared.settings import Settings

CONTAINER = "silences"
EXPECTED = "expected"


class Silences:
    """The answers that are still expected, and by when."""

    def __init__(
        self,
        store: Store,
        catalogue: CatalogueService,
        orders: OrderService,
        escalations: EscalationService,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._orders = orders
        self._escalations = escalations
        self._clock = clock
        self._settings = settings

    async def expect(self, order: Order) -> None:
        """Expect an answer about each leg within the usual time, counted while the vendor is open."""
        expected = [self._expectation(order, leg) for leg in order.legs]
        for start in range(0, len(expected), MAX_BATCH):
            await self._store.batch(CONTAINER, EXPECTED, expected[start : start + MAX_BATCH])

    async def notice(self) -> int:
        """Put the silences that are due before a person; return how many there were."""
        noticed = 0
        query = Query([Where("due", "<=", self._clock.now().isoformat(timespec="microseconds"))])
        async for document in every(self._store, CONTAINER, EXPECTED, query):
            order = await self._orders.get(document.body["order_id"])
            noticed += await self._is_silence(order, document.id)
            await self._forget(document.id)
        return noticed

    def _expectation(self, order: Order, leg: OrderLeg) -> Upsert:
        hours = self._catalogue.known_vendor(leg.vendor_id).hours
        due = hours.next_open(self._clock.now()) + self._settings.standard_timeout
        return Upsert(leg.id, {"order_id": order.id, "due": due.isoformat(timespec="microseconds")})

    async def _is_silence(self, order: Order, leg_id: str) -> bool:
        leg = order.leg(leg_id)
        if leg.status is not LegStatus.PENDING or not order.is_open():
            return False
        await self._escalations.open(
            subject=leg_id,
            order=order,
            leg_id=leg_id,
            reason=EscalationReason.TIMEOUT,
            summary=f"{leg.vendor_name} has not answered the order of {leg.quantity} x {leg.name}.",
        )
        return True

    async def _forget(self, leg_id: str) -> None:
        try:
            await self._store.batch(CONTAINER, EXPECTED, [Delete(leg_id)])
        except Missing:
            return
