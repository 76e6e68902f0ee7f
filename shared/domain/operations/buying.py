"""Orders at suppliers: planned before they are placed, so that it is always known what was meant."""

from collections.abc import Sequence
from datetime import datetime

from shared.domain.events import Event
from shared.domain.ledger import Entry
from shared.domain.money import Money
from shared.domain.operations.facts import SupplierOrderPlaced, major_units
from shared.domain.operations.money import goods
from shared.domain.operations.purchases import Purchase, PurchaseLine
from shared.domain.operations.shop import ShopLine
from shared.domain.operations.shop_orders import ShopOrder
from shared.domain.status import PurchaseStatus, ShopOrderStatus
from shared.errors import Conflict

STANDING = frozenset(
    {PurchaseStatus.PLANNED, PurchaseStatus.PLACED, PurchaseStatus.SHIPPED, PurchaseStatus.DELIVERED}
)
"""A purchase in one of these has its lines, or is about to; nobody else may buy them."""


def planned(
    order: ShopOrder,
    lines: Sequence[PurchaseLine],
    *,
    supplier_id: str,
    cost: Money,
    at: datetime,
    replaces: str = "",
) -> tuple[ShopOrder, Purchase]:
    """Plan to buy `lines` for at most `cost`; the same plan made again is the one that stands.

    Raises Conflict (`bought_already`) when another purchase has one of the lines.
    """
    wanted = frozenset(line.line_id for line in lines)
    for purchase in order.purchases:
        if purchase.status not in STANDING or not wanted & purchase.line_ids:
            continue
        if purchase.line_ids == wanted and purchase.replaces == replaces:
            return order, purchase
        raise Conflict(f"{purchase.id} has these lines already.", code="bought_already")
    purchase = Purchase(
        id=order.next_purchase_id(),
        supplier_id=supplier_id,
        lines=tuple(lines),
        cost=cost,
        planned_at=at,
        replaces=replaces,
    )
    return order.with_purchase(purchase), purchase


def why_not_to_buy(order: ShopOrder, purchase: Purchase) -> str:
    """Why what was planned is not bought any more; empty when it is."""
    if order.status is ShopOrderStatus.CANCELLED:
        return "the order was cancelled"
    if order.at_the_bank().minor:
        return "the customer's bank took the payment back"
    for line in order.sold.lines:
        if line.id in purchase.line_ids and is_given_back(order, line):
            return f"{line.title} was given back"
    return ""


def is_given_back(order: ShopOrder, line: ShopLine) -> bool:
    """Whether the customer has all their money for a line back; a gift has none to give."""
    return line.total.minor > 0 and order.refundable(line.id).minor == 0


def bought(
    order: ShopOrder, purchase_id: str, *, supplier_order_id: str, cost: Money, at: datetime
) -> tuple[ShopOrder, list[Event], list[Entry]]:
    """The supplier took the order: it is booked and announced, once."""
    planned_ = order.purchase(purchase_id)
    if planned_.status is not PurchaseStatus.PLANNED:
        return order, [], []
    purchase = planned_.moved(
        PurchaseStatus.PLACED, supplier_order_id=supplier_order_id, cost=cost, placed_at=at
    )
    entry = goods(order, purchase, at=at)
    placed = SupplierOrderPlaced(
        order_id=order.id,
        purchase_id=purchase.id,
        supplier_id=purchase.supplier_id,
        shopify_order_id=order.sold.shop_order_id,
        supplier_order_id=supplier_order_id,
        cost=major_units(cost),
        cost_minor=cost.minor,
        currency=cost.currency,
    )
    return order.with_purchase(purchase).posted(entry), [placed.event()], [entry]


def refused(order: ShopOrder, purchase_id: str, code: str) -> ShopOrder:
    """Nothing was bought under this plan; `code` says why."""
    purchase = order.purchase(purchase_id)
    if purchase.status is not PurchaseStatus.PLANNED:
        return order
    return order.with_purchase(purchase.moved(PurchaseStatus.REFUSED, refusal=code))
