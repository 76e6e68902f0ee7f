"""The orders of the peer, in the shape of Shopify's objects."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Node = dict[str, Any]
PLACED, TOUCHED = "2026-05-04T09:00:00-05:00", "2026-05-04T14:00:00Z"
AUSTIN: Node = {
    "name": "Jane Doe",
    "address1": "500 Congress Ave",
    "address2": None,
    "city": "Austin",
    "provinceCode": "TX",
    "zip": "78701",
    "countryCodeV2": "US",
    "phone": None,
}


def gid(kind: str, number: object) -> str:
    return f"gid://shopify/{kind}/{number}"


def money(amount: object, currency: str = "USD") -> Node:
    """An amount, the same in the shop's currency and in the customer's."""
    one = {"amount": str(amount), "currencyCode": currency}
    return {"shopMoney": one, "presentmentMoney": one}


def connection(nodes: list[Node]) -> Callable[..., Node]:
    """As many of `nodes` as are asked for; a page has at most 250."""

    def page(info: object, first: int | None = None, after: str | None = None) -> Node:
        if first is None or not 0 < first <= 250:
            raise ValueError("you must provide one of first or last")
        return {"nodes": nodes[:first], "pageInfo": {"hasNextPage": len(nodes) > first}}

    return page


@dataclass(slots=True)
class Line:
    """One line of an order; `price` is of all of it."""

    id: int
    sku: str | None
    price: str
    quantity: int = 1
    sent: int = 0
    title: str = "Thing"
    product: int | None = 77

    def node(self, currency: str) -> Node:
        return {
            "id": gid("LineItem", self.id),
            "sku": self.sku,
            "title": self.title,
            "quantity": self.quantity,
            "currentQuantity": self.quantity,
            "product": {"id": gid("Product", self.product)} if self.product else None,
            "discountedTotalSet": money(self.price, currency),
        }


@dataclass(slots=True)
class Order:
    """One order. `looks`: how often a cancelled order is still shown as it was, for it is a job's work."""

    id: str
    lines: list[Line]
    email: str | None = "Jane@Example.com"
    name: str = ""
    currency: str = "USD"
    shipping: str = "5.00"
    taxes: str = "0"
    address: Node | None = field(default_factory=lambda: dict(AUSTIN))
    customer: Node | None = None
    status: str | None = "PAID"
    paid_by: list[Node] = field(default_factory=list)
    fulfilments: list[Node] = field(default_factory=list)
    refunds: list[Node] = field(default_factory=list)
    cancelled_at: str | None = None
    looks: int = 0
    held: str = "OPEN"
    updated_at: str = TOUCHED

    @property
    def total(self) -> Decimal:
        return sum((Decimal(line.price) for line in self.lines), Decimal(self.shipping) + Decimal(self.taxes))

    @property
    def given_back(self) -> Decimal:
        return sum(
            (Decimal(each["totalRefundedSet"]["shopMoney"]["amount"]) for each in self.refunds), Decimal()
        )

    def node(self) -> Node:
        """The order as it is shown now."""
        shown = self.cancelled_at if self.looks <= 0 else None
        self.looks -= 1
        return {
            "id": gid("Order", self.id),
            "name": self.name or f"#{self.id}",
            "email": self.email,
            "processedAt": PLACED,
            "updatedAt": self.updated_at,
            "cancelledAt": shown,
            "displayFinancialStatus": self.status,
            "presentmentCurrencyCode": self.currency,
            "customer": self.customer,
            "shippingAddress": self.address,
            "totalPriceSet": money(self.total, self.currency),
            "totalShippingPriceSet": money(self.shipping, self.currency),
            "lineItems": connection([line.node(self.currency) for line in self.lines]),
            "fulfillments": lambda info, first=None: self.fulfilments[:first],
            "fulfillmentOrders": connection([self._fulfilment_order()]),
            "refunds": lambda info, first=None: self.refunds[:first],
            "transactions": lambda info, first=None: self.paid_by[:first],
        }

    def to_send(self) -> dict[str, Line]:
        """What is to be sent, by the id that it has in the fulfilment order."""
        return {gid("FulfillmentOrderLineItem", line.id): line for line in self.lines}

    def _fulfilment_order(self) -> Node:
        lines = [
            {
                "id": id,
                "remainingQuantity": line.quantity - line.sent,
                "totalQuantity": line.quantity,
                "lineItem": line.node(self.currency),
            }
            for id, line in self.to_send().items()
        ]
        done = all(line.sent == line.quantity for line in self.lines)
        status = "CANCELLED" if self.cancelled_at else "CLOSED" if done else self.held
        return {
            "id": gid("FulfillmentOrder", self.id),
            "status": status,
            "lineItems": connection(lines),
        }


def charge(number: int, amount: object, **changes: Any) -> Node:
    """A payment of an order."""
    paid = {"id": gid("OrderTransaction", number), "kind": "SALE", "status": "SUCCESS"}
    return {**paid, "gateway": "shopify_payments", "amountSet": money(amount), **changes}
