"""Money that is held for too long: a person is told, once, well before the payment provider's limit (M16)."""

from shared.domain.negotiations import EscalationReason
from shared.domain.order_money import held_of
from shared.domain.orders import Order
from shared.ports.clock import Clock
from shared.ports.store import Store
from shared.services.due_list import Due, DueList
from shared.services.escalations import EscalationService
from shared.services.orders import OrderService
from shared.settings import Settings


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
        self._open = DueList(store, clock, container="holds", partition="open")
        self._orders = orders
        self._escalations = escalations
        self._settings = settings

    async def watch(self, order: Order) -> None:
        """Remember when an order's money came in."""
        await self._open.put(Due(order.id, order.created_at + self._settings.hold_alarm))

    async def notice(self) -> int:
        """Put what is held for too long before a person; return how many legs it is held for."""
        noticed = 0
        async for document in self._open.due():
            noticed += await self._alarm(await self._orders.get(document.id))
            await self._open.forget(document.id)
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
