"""Orders of the shop that are not sent any more: what was bought is called off, the shop is told (ops-1, ops-x1).

And the shop's own changes: heard of, looked up, and looked up again later while the shop does not answer.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta

from shared.domain.model import Model
from shared.domain.negotiations import EscalationReason
from shared.domain.operations.parcels import Sight, seen
from shared.domain.operations.purchases import Purchase
from shared.domain.operations.shop_orders import ShopOrder
from shared.domain.status import PurchaseStatus, ShopOrderStatus
from shared.errors import Conflict, NotFound, Unavailable
from shared.ports.clock import Clock
from shared.ports.events import CloudEvent
from shared.ports.shop import Shop
from shared.ports.store import Store
from shared.ports.suppliers import Suppliers
from shared.services.due_list import Due, DueList
from shared.services.escalations import EscalationService
from shared.services.kinds import SHOP_ORDERS
from shared.services.operations.fulfilment import Fulfilment
from shared.services.records import Change, Records
from shared.services.results import DONE, StepResult

UNHEARD_AFTER = timedelta(minutes=10)
"""When a change of which the shop did not answer is looked up again."""
_log = logging.getLogger(__name__)


class Leftover(Model):
    """What is still to be called off, and whether more may come: purchases nobody knows of yet."""

    purchases: tuple[str, ...] = ()
    waits: bool = False


class Closing:
    """What the plan of an order's end does."""

    def __init__(
        self, records: Records, shop: Shop, suppliers: Suppliers, escalations: EscalationService
    ) -> None:
        self._records = records
        self._shop = shop
        self._suppliers = suppliers
        self._escalations = escalations

    async def leftover(self, order_id: str) -> Leftover:
        """Say what was bought and not sent. What is planned is settled by the plan that planned it."""
        order = await self._order(order_id)
        if order.status is not ShopOrderStatus.CANCELLED:
            return Leftover()
        return Leftover(
            purchases=tuple(each.id for each in order.purchases if each.status in _STOPPABLE),
            waits=any(each.status is PurchaseStatus.PLANNED for each in order.purchases),
        )

    async def call_off(self, order_id: str, purchase_id: str) -> StepResult:
        """Cancel at the supplier, and take the cost of goods back in the same batch.

        Not ok: it is on its way already. Raises Unavailable.
        """
        purchase = (await self._order(order_id)).purchase(purchase_id)
        if purchase.status is PurchaseStatus.CANCELLED:
            return DONE
        if purchase.status is not PurchaseStatus.PLACED or not await self._is_cancelled(purchase):
            return StepResult(ok=False, code="on_its_way", detail="The supplier has sent it.")
        now = self._records.now()
        sight = Sight(status=PurchaseStatus.CANCELLED)
        await self._records.apply(
            SHOP_ORDERS, order_id, lambda order: Change(*seen(order, purchase_id, sight, at=now))
        )
        return DONE

    async def report(self, order_id: str, purchase_id: str) -> None:
        """What was bought for an order that is not wanted any more is a person's business."""
        await self._escalations.raise_alarm(
            subject=f"{purchase_id}-not-called-off",
            reason=EscalationReason.SHOP_ORDER_CHANGED,
            summary=f"Shop order {order_id} is cancelled, and {purchase_id} could not be called off.",
            order_id=order_id,
        )

    async def tell_shop(self, order_id: str) -> StepResult:
        """Close the order in the shop, unless the shop did, or something was sent. Raises Unavailable."""
        order = await self._order(order_id)
        if order.sold.cancelled or any(each.fulfilment_id for each in order.purchases):
            return DONE
        try:
            await self._shop.cancel(f"{order_id}:cancel", order.sold.shop_order_id, reason=order.outcome)
        except (Conflict, NotFound) as refused:
            return StepResult(ok=False, code=refused.code, detail=refused.detail)
        return DONE

    async def _is_cancelled(self, purchase: Purchase) -> bool:
        supplier = self._suppliers.of(purchase.supplier_id)
        return await supplier.cancel(f"{purchase.id}:cancel", purchase.supplier_order_id)

    async def _order(self, order_id: str) -> ShopOrder:
        return (await self._records.get(SHOP_ORDERS, order_id)).value


_STOPPABLE = frozenset({PurchaseStatus.PLACED, PurchaseStatus.SHIPPED})


class ShopChanges:
    """Follows what happens to orders in the shop (`uso.shop_order.changed`)."""

    def __init__(self, store: Store, clock: Clock, fulfilment: Fulfilment) -> None:
        self._unheard = DueList(store, clock, container="shop_changes", partition="unheard")
        self._clock = clock
        self._fulfilment = fulfilment

    def hearers(self) -> dict[str, Sequence[object]]:
        """Who hears of what."""
        return {"uso.shop_order.changed": [self.hear]}

    async def hear(self, event: CloudEvent) -> None:
        """Look the order up; while the shop does not answer, it is looked up again later."""
        order_id = str(event.data["order_id"])
        await self._unheard.put(Due(order_id, self._clock.now() + UNHEARD_AFTER))
        await self._look_up(order_id)

    async def notice(self) -> int:
        """Look up what was not heard of in time; return how many were."""
        heard = 0
        async for document in self._unheard.due():
            heard += await self._look_up(document.id)
        return heard

    async def _look_up(self, order_id: str) -> bool:
        """Say whether it is known now. What was never taken in is no business of ours."""
        try:
            await self._fulfilment.hear_shop(order_id)
        except Unavailable as error:
            _log.warning("changes of %s are looked up later: %s", order_id, error.detail)
            return False
        except NotFound:
            pass
        await self._unheard.forget(order_id)
        return True
