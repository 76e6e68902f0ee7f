"""Vendors that were told of an order and say nothing: a person is told, once (flow 2.3-1 steps 1 to 3).

A change request and a replacement have plans that wait for the answer; a new order has none, so its silence
is noticed by the housekeeping.
"""

from shared.domain.negotiations import EscalationReason
from shared.domain.orders import Order, OrderLeg
from shared.domain.status import LegStatus
from shared.ports.clock import Clock
from shared.ports.store import Store
from shared.services.catalogue import CatalogueService
from shared.services.due_list import Due, DueList
from shared.services.escalations import EscalationService
from shared.services.orders import OrderService
from shared.settings import Settings


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
        self._expected = DueList(store, clock, container="silences", partition="expected")
        self._catalogue = catalogue
        self._orders = orders
        self._escalations = escalations
        self._clock = clock
        self._settings = settings

    async def expect(self, order: Order) -> None:
        """Expect an answer about each leg within the usual time, counted while the vendor is open."""
        await self._expected.put(*(self._expectation(order, leg) for leg in order.legs))

    async def notice(self) -> int:
        """Put the silences that are due before a person; return how many there were."""
        noticed = 0
        async for document in self._expected.due():
            order = await self._orders.get(document.body["order_id"])
            noticed += await self._is_silence(order, document.id)
            await self._expected.forget(document.id)
        return noticed

    def _expectation(self, order: Order, leg: OrderLeg) -> Due:
        hours = self._catalogue.known_vendor(leg.vendor_id).hours
        due = hours.next_open(self._clock.now()) + self._settings.standard_timeout
        return Due(leg.id, due, {"order_id": order.id})

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
