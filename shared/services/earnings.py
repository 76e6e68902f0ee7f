"""What is held for a vendor's legs until they are verified (flow 2.8-2 step 1)."""

from datetime import datetime

from shared.domain.ledger import split
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.order_money import held_of
from shared.domain.orders import Order, OrderLeg
from shared.domain.status import HoldStatus
from shared.ports.clock import Clock
from shared.ports.store import Query, Store, Where, every
from shared.services.orders import OrderService
from shared.services.partner_messages import PORTAL
from shared.settings import Settings


class PendingLeg(Model):
    """One leg: `held` for all who earn with it, `amount` the vendor's own share."""

    leg_id: str
    order_id: str
    name: str
    held: Money
    amount: Money
    disputed: bool
    since: datetime


class Earnings:
    """Looks through the legs that a vendor's portal lists."""

    def __init__(self, store: Store, orders: OrderService, clock: Clock, settings: Settings) -> None:
        self._store = store
        self._orders = orders
        self._clock = clock
        self._settings = settings

    async def pending(self, vendor_id: str) -> tuple[PendingLeg, ...]:
        """List what is held for a vendor, newest first.

        Orders older than twice `hold_alarm` are left out: a person has seen to those.
        """
        oldest = self._clock.now() - 2 * self._settings.hold_alarm
        query = Query([Where("at", ">=", oldest.isoformat())], order_by="-at")
        orders: dict[str, Order] = {}
        found: list[PendingLeg] = []
        async for document in every(self._store, PORTAL, vendor_id, query):
            order_id = document.body["order_id"]
            order = orders.get(order_id) or await self._orders.get(order_id)
            orders[order_id] = order
            legs = [leg for leg in order.legs if leg.id == document.id]
            found += [_pending(order, leg) for leg in legs if held_of(order, leg).minor]
        return tuple(found)


def _pending(order: Order, leg: OrderLeg) -> PendingLeg:
    held = held_of(order, leg)
    return PendingLeg(
        leg_id=leg.id,
        order_id=order.id,
        name=leg.name,
        held=held,
        amount=split(held, leg.terms).vendor,
        disputed=leg.hold is HoldStatus.DISPUTED,
        since=order.created_at,
    )
