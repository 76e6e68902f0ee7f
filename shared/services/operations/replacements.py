"""What takes the place of a parcel that does not arrive: bought again, or the money back (flow ops-x3)."""

from collections.abc import Collection
from datetime import timedelta
from typing import Literal, Protocol

from shared.domain.events import Event
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.operations import parcel_letters as letters
from shared.domain.operations import parcels, remedies
from shared.domain.operations.purchases import Purchase, PurchaseLine, Remedy
from shared.domain.operations.shop_orders import ShopOrder
from shared.domain.status import PurchaseStatus
from shared.errors import Conflict, NotFound, Unavailable
from shared.ports.suppliers import Suppliers
from shared.services.kinds import SHOP_ORDERS
from shared.services.operations.parcels import Parcels, sight_of
from shared.services.records import Change, Records
from shared.services.results import StepResult

PATIENT = timedelta(days=1)
"""Suppliers that do not answer are waited for so long before a late parcel is refunded instead."""
LATE, CALLED_OFF = "the parcel got lost", "the supplier called it off"


class Bargain(Model):
    """What one supplier sells of what is wanted; `cost` is the most that it may come to."""

    supplier_id: str
    lines: tuple[PurchaseLine, ...]
    cost: Money


class Choosing(Protocol):
    """Finds who sells what is wanted, by price, time and reliability (flow ops-x1)."""

    async def again(
        self, order: ShopOrder, line_ids: Collection[str], *, without: Collection[str], patient: bool
    ) -> Bargain | None:
        """Return the best offer for all these lines of one supplier that has them now; None: nobody has.

        `without` are suppliers that are not asked. Raises Unavailable when somebody does not answer who may
        have them, and is waited for, being `patient`.
        """
        ...


class Instead(Model):
    """What is done: `reship` a purchase that is to be placed now, `tell` the customer, or `look` again."""

    action: Literal["reship", "tell", "look"]
    purchase_id: str = ""


class Replacements:
    """Decides, and tells."""

    def __init__(self, records: Records, suppliers: Suppliers, choosing: Choosing, parcels_: Parcels) -> None:
        self._records = records
        self._suppliers = suppliers
        self._choosing = choosing
        self._parcels = parcels_

    async def decide(self, order_id: str, purchase_id: str) -> Instead:
        """Decide what the customer gets, and write it down; decided before, it stays so. Raises Unavailable.

        Goods that were never sent are called off first, so that they are not paid for twice.
        """
        order = (await self._records.get(SHOP_ORDERS, order_id)).value
        purchase = order.purchase(purchase_id)
        if remedies.done_instead(order, purchase) is not Remedy.NOTHING:
            return _going_on(order, purchase_id)
        if purchase.status is PurchaseStatus.PLACED and not await self._called_off(order, purchase):
            return Instead(action="look")
        order = (await self._records.get(SHOP_ORDERS, order_id)).value
        purchase = order.purchase(purchase_id)
        if purchase.status is PurchaseStatus.DELIVERED:
            return Instead(action="look")
        if remedies.remedy_for(order, purchase) is Remedy.RESHIP:
            again = await self._planned_again(order, purchase)
            if again is not None:
                return again
        await self._records.update(SHOP_ORDERS, order_id, lambda o: self._paid_back(o, purchase_id))
        return Instead(action="tell")

    async def tell(self, order_id: str, purchase_id: str) -> StepResult:
        """Tell the customer what they get instead, once. Raises Unavailable."""
        order = (await self._records.get(SHOP_ORDERS, order_id)).value
        purchase = order.purchase(purchase_id)
        remedy = remedies.done_instead(order, purchase)
        result = StepResult(code=remedy.value)
        if purchase.remedy is not None:
            return result
        letter = _letter(order, purchase, remedy)
        if letter is not None:
            sent = await self._parcels.send(order, letter, key=f"{purchase_id}:instead")
            result = result if sent.ok else sent
        if order.at_the_bank().minor:
            await self._parcels.report(order_id, purchase_id, "it got lost while a bank has the payment.")
        await self._records.apply(
            SHOP_ORDERS, order_id, lambda o: Change(remedies.settled(o, purchase_id, remedy))
        )
        return result

    # --- helpers ------------------------------------------------------------------------------------

    async def _called_off(self, order: ShopOrder, purchase: Purchase) -> bool:
        """Call off what was never sent; False when it turns out to be on its way by now.

        A supplier that neither sends nor lets itself be called off is not waited for any more.
        """
        now = self._records.now()
        try:
            supplier = self._suppliers.of(purchase.supplier_id)
            await supplier.cancel(f"{purchase.id}:cancel", purchase.supplier_order_id)
            sight = sight_of(await supplier.order(purchase.supplier_order_id))
        except NotFound:
            return True
        except Unavailable:
            if self._parcels.is_stuck(purchase, heard=False, now=now):
                return True
            raise
        after = await self._records.apply(
            SHOP_ORDERS, order.id, lambda o: Change(*parcels.seen(o, purchase.id, sight, at=now))
        )
        return after.purchase(purchase.id).status in {PurchaseStatus.PLACED, PurchaseStatus.CANCELLED}

    async def _planned_again(self, order: ShopOrder, purchase: Purchase) -> Instead | None:
        """Plan to send it again; None when no supplier has it."""
        now = self._records.now()
        bargain = await self._choosing.again(
            order,
            {line.line_id for line in remedies.owed_lines(order, purchase)},
            without=remedies.unwanted_suppliers(order, purchase),
            patient=purchase.delayed_at is not None and now - purchase.delayed_at < PATIENT,
        )
        if bargain is None:
            return None

        def change(current: ShopOrder) -> Change[ShopOrder]:
            if remedies.done_instead(current, current.purchase(purchase.id)) is not Remedy.NOTHING:
                return Change(current)
            if remedies.remedy_for(current, current.purchase(purchase.id)) is not Remedy.RESHIP:
                return Change(current)  # asked for their money in this moment
            after, _ = remedies.sent_again(
                current,
                purchase.id,
                bargain.lines,
                supplier_id=bargain.supplier_id,
                cost=bargain.cost,
                at=now,
            )
            return Change(after)

        try:
            after = await self._records.apply(SHOP_ORDERS, order.id, change)
        except Conflict:  # another purchase has a line of it by now: nothing to buy
            return None
        again = remedies.replacement_of(after, purchase.id)
        return None if again is None else _going_on(after, purchase.id)

    def _paid_back(self, order: ShopOrder, purchase_id: str) -> tuple[ShopOrder, list[Event]]:
        purchase = order.purchase(purchase_id)
        if remedies.remedy_for(order, purchase) is Remedy.NOTHING:
            return remedies.given_up(order, purchase_id), []
        reason = CALLED_OFF if purchase.status is PurchaseStatus.CANCELLED else LATE
        return remedies.refunded(order, purchase_id, reason=reason, at=self._records.now())


def _going_on(order: ShopOrder, purchase_id: str) -> Instead:
    again = remedies.replacement_of(order, purchase_id)
    if again is not None and again.status is PurchaseStatus.PLANNED:
        return Instead(action="reship", purchase_id=again.id)
    return Instead(action="tell")


def _letter(order: ShopOrder, purchase: Purchase, remedy: Remedy) -> letters.Letter | None:
    if remedy is Remedy.NOTHING:
        return None
    again = remedies.replacement_of(order, purchase.id)
    if again is not None:
        return letters.sent_again(order, again, because_of=purchase)
    return letters.money_back(order, purchase, remedies.refunded_amount(order, purchase))
