"""Money that is held for too long: a person is told, once, well before the payment provider's limit (M16)."""

from datetime import datetime

from shared.domain.negotiations import EscalationReason
from shared.domain.order_money import held_of
from shared.domain.orders import Order
from shared.ports.clock import Clock
from shared.ports.store import Delete, Missing, Query, Store, Upsert, Where, every
from shared.services.escalations import EscalationService
from shared.services.orders import OrderService
from shared.settings import Settings

CONTAINER = "holds"
OPEN = "open"


class Holds:
    """The orders that hold money, by when that should be over."""

    def __init__(
        self,
        store: Store,
        orders: OrderService,
        escalations: EscalationService,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._store = store
        self._orders = orders
        self._escalations = escalations
        self._clock = clock
        self._settings = settings

    async def watch(self, order: Order) -> None:
        """Remember when an order's money came in."""
        due = order.created_at + self._settings.hold_alarm
        await self._store.batch(CONTAINER, OPEN, [Upsert(order.id, {"due": _stamp(due)})])

    async def notice(self) -> int:
        """Put what is held for too long before a person; return how many legs it is held for."""
        noticed = 0
        query = Query([Where("due", "<=", _stamp(self._clock.now()))])
        async for document in every(self._store, CONTAINER, OPEN, query):
            noticed += await self._alarm(await self._orders.get(document.id))
            await self._forget(document.id)
        return noticed

    async def _alarm(self, order: Order) -> int:
        late = [leg for leg in order.legs if held_of(order, leg).minor]
        for leg in late:
            await self._escalations.open(
                subject=f"{leg.id}-hold",
                order=order,
                leg_id=leg.id,
                reason=EscalationReason.HOLD_OVERDUE,
                summary=f"{held_of(order, leg)} are held for {leg.name} since {order.created_at:%d %B %Y}.",
            )
        return len(late)

    async def _forget(self, order_id: str) -> None:
        try:
            await self._store.batch(CONTAINER, OPEN, [Delete(order_id)])
        except Missing:
            return


def _stamp(instant: datetime) -> str:
    return instant.isoformat(timespec="microseconds")
