"""What a customer gets instead of a parcel that does not arrive: sent again, or refunded (flow ops-x3)."""

from collections.abc import Sequence
from datetime import datetime

from shared.domain.events import Event, EventType
from shared.domain.money import Money
from shared.domain.operations.buying import STANDING, is_given_back, planned
from shared.domain.operations.parcels import ON_THEIR_WAY, progressed
from shared.domain.operations.purchases import Purchase, PurchaseLine, Remedy
from shared.domain.operations.shop_orders import WHOLE, ShopOrder, ShopRefund
from shared.domain.status import PurchaseStatus, ShopOrderStatus, can_move

GIVEN_UP = frozenset({PurchaseStatus.LOST, PurchaseStatus.CANCELLED})


def remedy_for(order: ShopOrder, purchase: Purchase) -> Remedy:
    """What is right, as far as some supplier has the goods (MODULES: tracking stuck > 10 days).

    Sent again once: a parcel that was sent again and does not arrive either is refunded, and so is one whose
    customer has asked for their money. While a bank has the money there is nothing to decide here.
    """
    if order.status is ShopOrderStatus.CANCELLED or order.at_the_bank().minor:
        return Remedy.NOTHING
    if not owed_lines(order, purchase):
        return Remedy.NOTHING
    return Remedy.REFUND if order.money_back_wanted or purchase.replaces else Remedy.RESHIP


def owed_lines(order: ShopOrder, purchase: Purchase) -> tuple[PurchaseLine, ...]:
    """What of a purchase the customer has paid for and not been given back."""
    back = {line.id for line in order.sold.lines if is_given_back(order, line)}
    return tuple(line for line in purchase.lines if line.line_id not in back)


def replacement_of(order: ShopOrder, purchase_id: str) -> Purchase | None:
    """The purchase that was made, or is about to be, in the place of another."""
    again = (each for each in order.purchases if each.replaces == purchase_id)
    return next((each for each in again if each.status is not PurchaseStatus.REFUSED), None)


def unwanted_suppliers(order: ShopOrder, purchase: Purchase) -> frozenset[str]:
    """Who is not asked to send again: who called it off, and who has just refused to."""
    refused = {
        each.supplier_id
        for each in order.purchases
        if each.replaces == purchase.id and each.status is PurchaseStatus.REFUSED
    }
    called_off = {purchase.supplier_id} if purchase.status is PurchaseStatus.CANCELLED else set()
    return frozenset(refused | called_off)


def done_instead(order: ShopOrder, purchase: Purchase) -> Remedy:
    """What was done by now."""
    if replacement_of(order, purchase.id) is not None:
        return Remedy.RESHIP
    keys = {refund.key for refund in order.refunds}
    return Remedy.REFUND if keys & {key for key, _ in _refund_keys(purchase)} else Remedy.NOTHING


def refunded_amount(order: ShopOrder, purchase: Purchase) -> Money:
    """What went back, or is about to, for a parcel that was given up."""
    keys = {key for key, _ in _refund_keys(purchase)}
    back = (refund.amount for refund in order.refunds if refund.key in keys)
    return Money.total(back, order.sold.total.currency)


def is_unsettled(order: ShopOrder, purchase: Purchase) -> bool:
    """Whether its customer still has to get something instead, or to hear of it."""
    if purchase.remedy is not None:
        return False
    if purchase.status is PurchaseStatus.DELIVERED:  # turned up after all
        return done_instead(order, purchase) is not Remedy.NOTHING
    return purchase.status in GIVEN_UP


def given_up(order: ShopOrder, purchase_id: str) -> ShopOrder:
    """The parcel is not waited for any more."""
    purchase = order.purchase(purchase_id)
    if purchase.status not in ON_THEIR_WAY:
        return order
    return order.with_purchase(purchase.moved(PurchaseStatus.LOST))


def sent_again(
    order: ShopOrder,
    purchase_id: str,
    lines: Sequence[PurchaseLine],
    *,
    supplier_id: str,
    cost: Money,
    at: datetime,
) -> tuple[ShopOrder, Purchase]:
    """Give a parcel up and plan to buy its goods again, in one write. Raises Conflict."""
    lost = given_up(order, purchase_id)
    after, again = planned(lost, lines, supplier_id=supplier_id, cost=cost, at=at, replaces=purchase_id)
    return progressed(after), again


def refunded(
    order: ShopOrder, purchase_id: str, *, reason: str, at: datetime
) -> tuple[ShopOrder, list[Event]]:
    """Give a parcel up and the money for it back; with the last goods of an order, all that is left."""
    order, events = given_up(order, purchase_id), []
    purchase = order.purchase(purchase_id)
    for key, line_id in _refund_keys(purchase):
        amount = order.refundable(line_id) if line_id or _nothing_comes(order) else Money(minor=0)
        if amount.minor:
            refund = ShopRefund(
                key=key, line_id=line_id, amount=amount, reason=reason, automatic=True, asked_at=at
            )
            order, due = order.refunding(refund)
            events += due
    return _ended(progressed(order), events)


def _refund_keys(purchase: Purchase) -> list[tuple[str, str]]:
    """Key and line of every refund that a lost parcel may bring; the last is what else was paid: delivery."""
    lines = [(f"{purchase.id}-refund-{n}", line.line_id) for n, line in enumerate(purchase.lines, 1)]
    return [*lines, (f"{purchase.id}-refund-rest", WHOLE)]


def _nothing_comes(order: ShopOrder) -> bool:
    """Whether no parcel is left that could arrive, or has, and every line is given back."""
    coming = any(purchase.status in STANDING for purchase in order.purchases)
    owed = any(order.refundable(line.id).minor for line in order.sold.lines)
    return not coming and not owed


def _ended(order: ShopOrder, events: list[Event]) -> tuple[ShopOrder, list[Event]]:
    if not _nothing_comes(order) or not can_move(order.status, ShopOrderStatus.CANCELLED):
        return order, events
    closed = Event(type=EventType.SHOP_ORDER_CLOSED, data={"order_id": order.id})
    return order.moved(ShopOrderStatus.CANCELLED, outcome="lost on the way"), [*events, closed]


def settled(order: ShopOrder, purchase_id: str, remedy: Remedy) -> ShopOrder:
    """The customer knows what they get instead."""
    purchase = order.purchase(purchase_id)
    if purchase.remedy is not None:
        return order
    return order.with_purchase(purchase.model_copy(update={"remedy": remedy}))
