"""Follows parcels: what suppliers say is stored, the shop shows it, the customer is told (flow ops-2).

Every look asks the supplier, so its news may come twice, late, out of order, or not at all.
"""

from datetime import datetime
from typing import Literal

from shared.domain.events import Event
from shared.domain.ledger import Entry
from shared.domain.model import Model
from shared.domain.negotiations import EscalationReason
from shared.domain.operations import parcel_letters as letters
from shared.domain.operations import parcels as rules
from shared.domain.operations.purchases import Purchase, Tracking
from shared.domain.operations.remedies import is_unsettled
from shared.domain.operations.shop_orders import ShopOrder
from shared.domain.status import PurchaseStatus
from shared.errors import Conflict, NotFound, Unavailable
from shared.ports.mail import Mail, Mailer
from shared.ports.shop import FulfilmentRequest, Shop
from shared.ports.suppliers import SupplierOrder, SupplierOrderState, Suppliers
from shared.services.escalations import EscalationService
from shared.services.kinds import SHOP_ORDERS
from shared.services.records import Change, Records
from shared.services.results import DONE, StepResult
from shared.settings import Settings

STATUS = {
    SupplierOrderState.PLACED: PurchaseStatus.PLACED,
    SupplierOrderState.SHIPPED: PurchaseStatus.SHIPPED,
    SupplierOrderState.DELIVERED: PurchaseStatus.DELIVERED,
    SupplierOrderState.CANCELLED: PurchaseStatus.CANCELLED,
}


class ParcelLook(Model):
    """What one look found: whether somebody has to be told, and what comes next.

    `wait` for news or until an instant; `replace` what does not arrive; `report` a parcel that nobody knows
    the end of; `stop`.
    """

    tell: bool
    action: Literal["wait", "replace", "report", "stop"]
    until: datetime
    outcome: str = ""


class Parcels:
    """The looks at a parcel, and those who are told of it."""

    def __init__(
        self,
        records: Records,
        suppliers: Suppliers,
        shop: Shop,
        mailer: Mailer,
        escalations: EscalationService,
        settings: Settings,
    ) -> None:
        self._records = records
        self._suppliers = suppliers
        self._shop = shop
        self._mailer = mailer
        self._escalations = escalations
        self._settings = settings

    async def look(self, order_id: str, purchase_id: str, turn: int) -> ParcelLook:
        """Ask the supplier and store what it says. A supplier that does not answer is asked at the next look.

        The look is counted before it is taken: whatever is told from then on wakes the wait that follows.
        """
        await self._records.apply(SHOP_ORDERS, order_id, lambda o: Change(_counted(o, purchase_id, turn)))
        order = (await self._records.get(SHOP_ORDERS, order_id)).value
        sight = await self._sight(order.purchase(purchase_id))
        now = self._records.now()

        def change(current: ShopOrder) -> Change[ShopOrder]:
            events: list[Event] = []
            entries: list[Entry] = []
            if sight is not None:
                current, events, entries = rules.seen(current, purchase_id, sight, at=now)
            if self.is_stuck(current.purchase(purchase_id), heard=sight is not None, now=now):
                current, noticed = rules.delayed(current, purchase_id, at=now)
                events = [*events, *noticed]
            return Change(current, events, entries)

        order = await self._records.apply(SHOP_ORDERS, order_id, change)
        return self._next(order, purchase_id, heard=sight is not None, now=now)

    async def _sight(self, purchase: Purchase) -> rules.Sight | None:
        """What the supplier says; None when it says nothing, or knows nothing of what it took."""
        if purchase.status in {PurchaseStatus.DELIVERED, PurchaseStatus.CANCELLED}:
            return None
        try:
            return sight_of(await self._suppliers.of(purchase.supplier_id).order(purchase.supplier_order_id))
        except (Unavailable, NotFound):
            return None

    def is_stuck(self, purchase: Purchase, *, heard: bool, now: datetime) -> bool:
        """Whether a parcel is given up; `heard`: its supplier answers."""
        return rules.is_stuck(purchase, now=now, after=self._settings.parcel_stuck_after, heard=heard)

    def _next(self, order: ShopOrder, purchase_id: str, *, heard: bool, now: datetime) -> ParcelLook:
        purchase = order.purchase(purchase_id)
        tell = rules.to_be_shown(purchase) is not None or rules.to_be_told(purchase) is not None
        until = now + self._settings.poll_parcel_every
        if is_unsettled(order, purchase) or self.is_stuck(purchase, heard=heard, now=now):
            return ParcelLook(tell=tell, action="replace", until=now)
        ended = {PurchaseStatus.DELIVERED, PurchaseStatus.CANCELLED, PurchaseStatus.REFUSED}
        if purchase.status in ended:
            return ParcelLook(tell=tell, action="stop", until=now, outcome=purchase.status.value)
        over = now - (purchase.placed_at or purchase.planned_at) >= self._settings.follow_parcel_for
        if purchase.status is PurchaseStatus.LOST:  # it may turn up after all
            until = now + self._settings.parcel_stuck_after
            if over:
                return ParcelLook(tell=tell, action="stop", until=now, outcome=purchase.status.value)
        return ParcelLook(tell=tell, action="report" if over else "wait", until=until)

    # --- told ---------------------------------------------------------------------------------------

    async def show(self, order_id: str, purchase_id: str) -> StepResult:
        """Let the shop show the number. Raises Unavailable. Not ok: the shop refuses, a person is told."""
        order = (await self._records.get(SHOP_ORDERS, order_id)).value
        purchase = order.purchase(purchase_id)
        tracking = rules.to_be_shown(purchase)
        if tracking is None:
            return DONE
        refused, fulfilment_id = None, ""
        try:
            fulfilment_id = await self._shown(order, purchase, tracking)
        except (Conflict, NotFound) as no:
            refused = no
            await self.report(order_id, purchase_id, f"the shop does not take its number: {no.detail}")
        await self._records.apply(
            SHOP_ORDERS,
            order_id,
            lambda o: Change(rules.shown(o, purchase_id, tracking.number, fulfilment_id=fulfilment_id)),
        )
        return DONE if refused is None else StepResult(ok=False, code=refused.code, detail=refused.detail)

    async def _shown(self, order: ShopOrder, purchase: Purchase, tracking: Tracking) -> str:
        """Tell the shop; a parcel that is sent again takes the place of the one that got lost."""
        key = f"{purchase.id}:show-{purchase.numbers}"
        known = purchase.fulfilment_id
        if not known and purchase.replaces:
            known = order.purchase(purchase.replaces).fulfilment_id
        if known:
            await self._shop.retrack(key, known, tracking)
            return known
        return await self._shop.fulfil(
            FulfilmentRequest(
                key=key,
                shop_order_id=order.sold.shop_order_id,
                lines=tuple((line.line_id, line.quantity) for line in purchase.lines),
                tracking=tracking,
            )
        )

    async def tell(self, order_id: str, purchase_id: str) -> StepResult:
        """Tell the customer the number, once. Raises Unavailable. Not ok: their address takes no mail."""
        order = (await self._records.get(SHOP_ORDERS, order_id)).value
        purchase = order.purchase(purchase_id)
        tracking = rules.to_be_told(purchase)
        if tracking is None:
            return DONE
        write = letters.new_number if purchase.told else letters.on_the_way
        letter = write(order, purchase, tracking)
        result = await self.send(order, letter, key=f"{purchase_id}:told-{purchase.numbers}")
        now = self._records.now()
        await self._records.update(
            SHOP_ORDERS, order_id, lambda o: rules.told(o, purchase_id, tracking.number, at=now)
        )
        return result

    async def send(self, order: ShopOrder, letter: letters.Letter, *, key: str) -> StepResult:
        """Send a letter to an order's customer, once per key; not ok when nobody can be reached there."""
        to = order.sold.customer.email
        if not to:
            return StepResult(ok=False, code="no_address", detail="The customer gave no mail address.")
        try:
            await self._mailer.send(Mail(key=key, to=to, subject=letter.subject, text=letter.text))
        except Conflict as refused:
            return StepResult(ok=False, code=refused.code, detail=refused.detail)
        return DONE

    async def report(self, order_id: str, purchase_id: str, what: str) -> StepResult:
        """Put a parcel before a person, once."""
        order = (await self._records.get(SHOP_ORDERS, order_id)).value
        purchase = order.purchase(purchase_id)
        await self._escalations.raise_alarm(
            subject=f"{purchase_id}-parcel",
            reason=EscalationReason.PARCEL,
            summary=(
                f"The parcel {purchase_id} of order {order.sold.number}, bought at {purchase.supplier_id} as "
                f"{purchase.supplier_order_id}, needs a person: {what}"
            ),
            order_id=order_id,
        )
        return DONE


def _counted(order: ShopOrder, purchase_id: str, turn: int) -> ShopOrder:
    purchase = order.purchase(purchase_id)
    if purchase.turn >= turn:
        return order
    return order.with_purchase(purchase.model_copy(update={"turn": turn}))


def sight_of(order: SupplierOrder) -> rules.Sight:
    """What a supplier's order says of its parcel."""
    return rules.Sight(status=STATUS[order.state], tracking=order.tracking, movements=order.movements)
