"""Buys from suppliers for orders of the shop: planned, placed, booked, each once (ops-1, ops-x1, ops-x3)."""

from collections.abc import Sequence

from shared.domain.money import Money
from shared.domain.operations import buying
from shared.domain.operations.purchases import Purchase, PurchaseLine
from shared.domain.operations.shop_orders import ShopOrder
from shared.domain.status import PurchaseStatus
from shared.errors import Conflict
from shared.ports.suppliers import Supplier, SupplierLine, SupplierOrder, SupplierOrderRequest, Suppliers
from shared.services.kinds import SHOP_ORDERS
from shared.services.records import Change, Records
from shared.services.results import DONE, StepResult


class Purchasing:
    """Orders at suppliers, whoever needs them: an order's fulfilment, or a parcel that is sent again."""

    def __init__(self, records: Records, suppliers: Suppliers) -> None:
        self._records = records
        self._suppliers = suppliers

    async def plan(
        self,
        order_id: str,
        lines: Sequence[PurchaseLine],
        *,
        supplier_id: str,
        cost: Money,
        replaces: str = "",
    ) -> Purchase:
        """Write down what is about to be bought, for at most `cost`; the same again is the same purchase.

        Raises Conflict (`bought_already`) when another purchase has one of the lines.
        """
        now = self._records.now()
        made: list[Purchase] = []

        def change(order: ShopOrder) -> Change[ShopOrder]:
            after, purchase = buying.planned(
                order, lines, supplier_id=supplier_id, cost=cost, at=now, replaces=replaces
            )
            made[:] = [purchase]
            return Change(after)

        await self._records.apply(SHOP_ORDERS, order_id, change)
        return made[0]

    async def place(self, order_id: str, purchase_id: str) -> StepResult:
        """Buy what was planned, and book it (COGS); again is the same purchase.

        Not ok: nothing was bought, the purchase is REFUSED and another may be planned. `code` is the
        supplier's `out_of_stock`, `price_changed` or `address_refused`, or `called_off`: it is not wanted any
        more. Raises Unavailable: it may have been bought, and the next try finds out.
        """
        order = (await self._records.get(SHOP_ORDERS, order_id)).value
        purchase = order.purchase(purchase_id)
        if purchase.status is PurchaseStatus.REFUSED:
            return StepResult(ok=False, code=purchase.refusal, detail="The supplier did not take it.")
        if purchase.status is not PurchaseStatus.PLANNED:
            return DONE
        supplier = self._suppliers.of(purchase.supplier_id)
        try:
            taken = await self._bought(supplier, order, purchase)
        except Conflict as no:
            code = no.code
            await self._records.apply(
                SHOP_ORDERS, order_id, lambda current: Change(buying.refused(current, purchase_id, code))
            )
            return StepResult(ok=False, code=code, detail=no.detail)
        await self._book(order_id, purchase_id, taken)
        return DONE

    async def _bought(self, supplier: Supplier, order: ShopOrder, purchase: Purchase) -> SupplierOrder:
        why_not = buying.why_not_to_buy(order, purchase)
        if not why_not:
            return await supplier.place(_request(order, purchase))
        taken = await supplier.find(purchase.id)  # an earlier try may have bought it, its answer lost
        if taken is None:
            raise Conflict(f"It is not bought any more: {why_not}.", code="called_off")
        return taken

    async def _book(self, order_id: str, purchase_id: str, taken: SupplierOrder) -> None:
        now = self._records.now()

        def change(order: ShopOrder) -> Change[ShopOrder]:
            return Change(
                *buying.bought(order, purchase_id, supplier_order_id=taken.id, cost=taken.cost, at=now)
            )

        await self._records.apply(SHOP_ORDERS, order_id, change)


def _request(order: ShopOrder, purchase: Purchase) -> SupplierOrderRequest:
    return SupplierOrderRequest(
        key=purchase.id,
        lines=tuple(
            SupplierLine(supplier_sku=line.supplier_sku, quantity=line.quantity) for line in purchase.lines
        ),
        address=order.sold.address,
        email=order.sold.customer.email,
        max_cost=purchase.cost,
    )
