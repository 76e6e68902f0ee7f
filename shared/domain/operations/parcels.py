"""A parcel on its way: what its supplier says of it, when it is stuck, who was told (flows ops-2, ops-x3).

The supplier's word may come twice, late or out of order: nothing here ever goes back to an earlier state.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from shared.domain.events import Event, EventType
from shared.domain.ledger import Entry
from shared.domain.model import Model
from shared.domain.operations.buying import STANDING
from shared.domain.operations.facts import OrderFulfilled, ShippingDelayed, SupplierShipped
from shared.domain.operations.money import goods_called_off
from shared.domain.operations.purchases import Movement, Purchase, Tracking
from shared.domain.operations.shop_orders import ShopOrder
from shared.domain.status import PurchaseStatus, ShopOrderStatus, can_move

KEPT = 100
"""Movements of a parcel that are kept, the latest."""
LETTERS = 2
"""How many tracking numbers of one parcel its customer is told of."""
UNHEARD = 2
"""A supplier that does not answer is waited for so many times as long before its parcel is given up."""
ON_THEIR_WAY = frozenset({PurchaseStatus.PLACED, PurchaseStatus.SHIPPED})
Seen = tuple[ShopOrder, list[Event], list[Entry]]


class Sight(Model):
    """What the supplier says: one of PLACED, SHIPPED, DELIVERED, CANCELLED."""

    status: PurchaseStatus
    tracking: Tracking | None = None
    movements: tuple[Movement, ...] = ()


def seen(order: ShopOrder, purchase_id: str, sight: Sight, *, at: datetime) -> Seen:
    """Note what a supplier says of a purchase; what is known already changes nothing."""
    before = order.purchase(purchase_id)
    after = _moved(_followed(before, sight), sight, at=at)
    if after == before:
        return order, [], []
    entries: list[Entry] = []
    order = order.with_purchase(after)
    if (before.status, after.status) == (PurchaseStatus.PLACED, PurchaseStatus.CANCELLED):
        entries = [goods_called_off(order, after, at=at)]
    return progressed(order.posted(*entries)), _told_of(order, before, after), entries


def _followed(purchase: Purchase, sight: Sight) -> Purchase:
    """With the number and the movements that are new."""
    update: dict[str, object] = {"movements": _merged(purchase.movements, sight.movements)}
    known = purchase.tracking
    if sight.tracking is not None and sight.tracking != known and purchase.status in ON_THEIR_WAY:
        renumbered = known is None or known.number != sight.tracking.number
        update |= {"tracking": sight.tracking, "numbers": purchase.numbers + renumbered}
    return purchase.model_copy(update=update)


def _merged(known: Iterable[Movement], news: Iterable[Movement]) -> tuple[Movement, ...]:
    every = {(each.at, each.text, each.place): each for each in (*known, *news)}
    return tuple(every[key] for key in sorted(every))[-KEPT:]


def _moved(purchase: Purchase, sight: Sight, *, at: datetime) -> Purchase:
    """Take the purchase where the supplier says that it is, if it is not further already.

    A number to follow it by is what makes it shipped; one that is called off on its way is lost.
    """
    target = sight.status
    if target is PurchaseStatus.CANCELLED and purchase.status is PurchaseStatus.SHIPPED:
        target = PurchaseStatus.LOST
    if target is PurchaseStatus.SHIPPED and purchase.tracking is None:
        return purchase
    if target is purchase.status or not can_move(purchase.status, target):
        return purchase
    update: dict[str, object] = {}
    if target in {PurchaseStatus.SHIPPED, PurchaseStatus.DELIVERED} and purchase.shipped_at is None:
        update["shipped_at"] = at
    if target is PurchaseStatus.DELIVERED:
        update["delivered_at"] = max((m.at for m in purchase.movements if m.at <= at), default=at)
    return purchase.moved(target, **update)


def _told_of(order: ShopOrder, before: Purchase, after: Purchase) -> list[Event]:
    events = []
    if before.shipped_at is None and after.shipped_at is not None and after.tracking is not None:
        shipped = SupplierShipped(
            order_id=order.id,
            purchase_id=after.id,
            shopify_order_id=order.sold.shop_order_id,
            supplier_order_id=after.supplier_order_id,
            tracking_number=after.tracking.number,
            carrier=after.tracking.carrier,
        )
        events.append(shipped.event())
    if after.status is PurchaseStatus.DELIVERED and before.status is not PurchaseStatus.DELIVERED:
        data: dict[str, str | int | float | bool | None] = {"order_id": order.id, "purchase_id": after.id}
        events.append(Event(type=EventType.PARCEL_DELIVERED, data=data))
    return events


def progressed(order: ShopOrder) -> ShopOrder:
    """Take an order whose goods were all bought to where its parcels are: ordered, shipped, delivered."""
    if order.status not in {ShopOrderStatus.ORDERED, ShopOrderStatus.SHIPPED}:
        return order
    where = {purchase.status for purchase in order.purchases if purchase.status in STANDING}
    if not where:
        return order
    target = ShopOrderStatus.ORDERED
    if where == {PurchaseStatus.DELIVERED}:
        target = ShopOrderStatus.DELIVERED
    elif where <= {PurchaseStatus.SHIPPED, PurchaseStatus.DELIVERED}:
        target = ShopOrderStatus.SHIPPED
    return order if order.status is target else order.moved(target)


# --- told -------------------------------------------------------------------------------------------


def to_be_shown(purchase: Purchase) -> Tracking | None:
    """The number that the shop should show instead of what it shows; None when it shows the right one."""
    tracking = _tracking(purchase)
    return None if tracking is None or tracking.number == purchase.shown else tracking


def to_be_told(purchase: Purchase) -> Tracking | None:
    """The number that the customer has to be told; None when they can follow the parcel as it is.

    Of a second number they are told as well, once: under the first nothing more is seen. A third they find
    in the shop. What has arrived needs no second number.
    """
    tracking = _tracking(purchase)
    if tracking is None or tracking.number in purchase.told or len(purchase.told) >= LETTERS:
        return None
    return None if purchase.told and purchase.status is PurchaseStatus.DELIVERED else tracking


def _tracking(purchase: Purchase) -> Tracking | None:
    sent = purchase.status in {PurchaseStatus.SHIPPED, PurchaseStatus.DELIVERED}
    return purchase.tracking if sent and purchase.remedy is None else None


def shown(order: ShopOrder, purchase_id: str, number: str, *, fulfilment_id: str) -> ShopOrder:
    """The shop shows a number; an empty `fulfilment_id` means that it will not."""
    purchase = order.purchase(purchase_id)
    update = {"shown": number, "fulfilment_id": fulfilment_id or purchase.fulfilment_id}
    return order.with_purchase(purchase.model_copy(update=update))


def told(order: ShopOrder, purchase_id: str, number: str, *, at: datetime) -> tuple[ShopOrder, list[Event]]:
    """The customer was told a number. The first one of a parcel ends what fulfilling it takes."""
    purchase = order.purchase(purchase_id)
    if number in purchase.told:
        return order, []
    update = {"told": (*purchase.told, number)[:LETTERS], "told_at": purchase.told_at or at}
    after = order.with_purchase(purchase.model_copy(update=update))
    if purchase.told:
        return after, []
    fulfilled = OrderFulfilled(
        order_id=order.id,
        purchase_id=purchase_id,
        shopify_order_id=order.sold.shop_order_id,
        tracking_number=number,
    )
    return after, [fulfilled.event()]


# --- stuck ------------------------------------------------------------------------------------------


def stuck_since(purchase: Purchase, *, now: datetime) -> datetime | None:
    """When something of the parcel was seen last; None when it is not under way (any more)."""
    if purchase.status not in ON_THEIR_WAY:
        return None
    moments = [movement.at for movement in purchase.movements if movement.at <= now]
    moments += [each for each in (purchase.shipped_at, purchase.placed_at) if each is not None]
    return max(moments, default=purchase.planned_at)


def is_stuck(purchase: Purchase, *, now: datetime, after: timedelta, heard: bool) -> bool:
    """Whether nothing has moved for more than `after`; `heard`: its supplier has just said so."""
    since = stuck_since(purchase, now=now)
    return since is not None and now - since > (after if heard else after * UNHEARD)


def delayed(order: ShopOrder, purchase_id: str, *, at: datetime) -> tuple[ShopOrder, list[Event]]:
    """It is noticed, once, that a parcel does not move (SHIPPING_DELAYED)."""
    purchase = order.purchase(purchase_id)
    since = stuck_since(purchase, now=at)
    if purchase.delayed_at is not None or since is None:
        return order, []
    fact = ShippingDelayed(
        order_id=order.id,
        purchase_id=purchase_id,
        shopify_order_id=order.sold.shop_order_id,
        tracking_number=purchase.tracking.number if purchase.tracking else "",
        days=(at - since).days,
    )
    return order.with_purchase(purchase.model_copy(update={"delayed_at": at})), [fact.event()]
