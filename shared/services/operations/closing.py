"""Orders of the shop that are not sent any more: what was bought is called off, the shop is told (ops-1)."""

from shared.domain.model import Model
from shared.domain.negotiations import EscalationReason
from shared.domain.operations.fulfilling import is_given_up
from shared.domain.operations.parcels import Sight, seen
from shared.domain.operations.purchases import Purchase
from shared.domain.operations.shop_orders import ShopOrder
from shared.domain.status import PurchaseStatus, ShopOrderStatus
from shared.errors import Conflict, NotFound
from shared.ports.shop import Shop
from shared.ports.suppliers import Suppliers
from shared.services.escalations import EscalationService
from shared.services.kinds import SHOP_ORDERS
from shared.services.operations.fulfilment import terms_of
from shared.services.records import Change, Records
from shared.services.results import DONE, StepResult
from shared.settings import Settings

_STOPPABLE = frozenset({PurchaseStatus.PLACED, PurchaseStatus.SHIPPED})


class Leftover(Model):
    """What is still to be called off, and whether more may come: purchases nobody knows of yet."""

    purchases: tuple[str, ...] = ()
    waits: bool = False


class Closing:
    """What the plan of an order's end does."""

    def __init__(
        self,
        records: Records,
        shop: Shop,
        suppliers: Suppliers,
        escalations: EscalationService,
        settings: Settings,
    ) -> None:
        self._records = records
        self._shop = shop
        self._suppliers = suppliers
        self._escalations = escalations
        self._terms = terms_of(settings)

    async def leftover(self, order_id: str) -> Leftover:
        """Say what was bought and not sent.

        What is planned is settled by the plan that planned it, and waited for as long as that does.
        """
        order, now = await self._order(order_id), self._records.now()
        if order.status is not ShopOrderStatus.CANCELLED:
            return Leftover()
        return Leftover(
            purchases=tuple(each.id for each in order.purchases if each.status in _STOPPABLE),
            waits=any(
                each.status is PurchaseStatus.PLANNED and not is_given_up(each, at=now, terms=self._terms)
                for each in order.purchases
            ),
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
