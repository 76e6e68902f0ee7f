"""An agent's budget as a pledge of the checkout (flow 1.3-2): reserved before money moves, spent or freed.

Whatever an order costs more later is drawn on the same mandate before it is charged, and what is refunded
restores the budget.
"""

from collections.abc import Sequence

from shared.domain.money import Money
from shared.domain.orders import Order, OrderLeg
from shared.errors import IllegalMove, MandateRefused, NotFound
from shared.ports.events import CloudEvent
from shared.services.catalogue import CatalogueService
from shared.services.checkout_steps import payment_keys
from shared.services.mandates import MandateService
from shared.services.orders import OrderService
from shared.services.results import DONE, StepResult


class MandatePledge:
    """Draws on the mandate that an order names; an order without one needs nothing."""

    def __init__(self, mandates: MandateService, orders: OrderService, catalogue: CatalogueService) -> None:
        self._mandates = mandates
        self._orders = orders
        self._catalogue = catalogue

    async def reserve(self, order: Order) -> StepResult:
        """Reserve the order's total; a mandate that does not cover it is a value."""
        return await self._draw(order, order.total(), order.legs, key=order.id)

    async def settle(self, order: Order) -> None:
        """Spend what was reserved."""
        if order.paying.mandate_id:
            await self._mandates.settle(order.paying.mandate_id, order.id, order.total())

    async def release(self, order: Order) -> None:
        """Free what was reserved, or give it back if it was spent in the moment before the order failed."""
        mandate_id = order.paying.mandate_id
        if not mandate_id:
            return
        try:
            await self._mandates.release(mandate_id, order.id)
        except NotFound:  # a mandate that never was
            return
        except IllegalMove:
            await self._mandates.give_back(mandate_id, f"{order.id}:void", order.total())

    async def extend(self, order: Order, amount: Money, *, key: str) -> StepResult:
        """Draw what a change of the order costs more, for good."""
        drawn = await self._draw(order, amount, order.planned_legs(), key=f"{order.id}:{key}")
        if drawn.ok and order.paying.mandate_id:
            await self._mandates.settle(order.paying.mandate_id, f"{order.id}:{key}", amount)
        return drawn

    async def retract(self, order: Order, amount: Money, *, key: str) -> None:
        """What was drawn for a change was not charged after all."""
        if order.paying.mandate_id:
            await self._mandates.give_back(order.paying.mandate_id, f"{order.id}:{key}:declined", amount)

    async def hear_refund(self, event: CloudEvent) -> None:
        """A refund was sent: the budget is restored, the use is not."""
        order = await self._orders.get(event.data["order_id"])
        due = order.refund_due(event.data["key"])
        if due is None or not order.paying.mandate_id or due.key in payment_keys(order):
            return  # of an order that failed, its undo has freed everything
        await self._mandates.give_back(order.paying.mandate_id, f"{order.id}:refund:{due.key}", due.amount)

    async def _draw(self, order: Order, amount: Money, legs: Sequence[OrderLeg], *, key: str) -> StepResult:
        paying = order.paying
        if not paying.mandate_id:
            return DONE
        products = [self._catalogue.find_product(leg.product_id) for leg in legs]
        try:
            await self._mandates.reserve(
                paying.mandate_id,
                key=key,
                agent=paying.agent,
                customer_id=order.customer_id,
                amount=amount,
                payees=sorted({leg.vendor_id for leg in legs}),
                categories=sorted({product.category for product in products if product}),
            )
        except (MandateRefused, NotFound) as refused:
            return StepResult(ok=False, code=refused.code, detail=refused.detail)
        return DONE
