"""The orders of the peer, in the shape of Shopify's objects."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Node = dict[str, Any]
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
    """An amount in the shop's currency."""
    return {"shopMoney": {"amount": str(amount), "currencyCode": currency}}


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
    title: str = "Thing"
    product: int | None = 77

    @property
    def to_send(self) -> str:
        """The line's id in the fulfilment order, which is not the line's own."""
        return gid("FulfillmentOrderLineItem", f"88{self.id}")

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


@dataclass(slots=True, kw_only=True)
class Order:
    """One order. `looks`: how often a cancelled order is still shown as it was, for it is a job's work."""

    id: str
    lines: list[Line]
    placed_at: str
    updated_at: str
    email: str | None = "Jane@Example.com"
    name: str = ""
    currency: str = "USD"
    """The shop's own."""
    paid_in: str = ""
    """What the customer pays in, where it is another."""
    shipping: str = "5.00"
    taxes: str = "0"
    address: Node | None = field(default_factory=lambda: dict(AUSTIN))
    buyer: str = "Jane Doe"
    customer: Node | None = None
    status: str | None = "PAID"
    paid_by: list[Node] = field(default_factory=list)
    fulfilments: list[Node] = field(default_factory=list)
    refunds: list[Node] = field(default_factory=list)
    cancelled_at: str | None = None
    staff_note: str = ""
    restocked: bool = False
    looks: int = 0
    held: str = "OPEN"

    @property
    def total(self) -> Decimal:
        return sum((Decimal(line.price) for line in self.lines), Decimal(self.shipping) + Decimal(self.taxes))

    @property
    def given_back(self) -> Decimal:
        amounts = (each["totalRefundedSet"]["shopMoney"]["amount"] for each in self.refunds)
        return sum(map(Decimal, amounts), Decimal())

    @property
    def global_id(self) -> str:
        return gid("Order", self.id)

    @property
    def sent(self) -> list[int]:
        """How many of each line are on their way, or have arrived."""
        under_way = Counter[str]()
        for made in self.fulfilments:
            if made["status"] == "SUCCESS":
                under_way.update(made["quantities"])
        return [under_way[line.to_send] for line in self.lines]

    @property
    def left(self) -> dict[str, int]:
        """How many of each line are still to be sent, by the line's id in the fulfilment order."""
        pairs = zip(self.lines, self.sent, strict=True)
        return {line.to_send: line.quantity - sent for line, sent in pairs}

    @property
    def held_as(self) -> str:
        """The status of its fulfilment order."""
        if self.cancelled_at:
            return "CANCELLED"
        return self.held if any(self.left.values()) else "CLOSED"

    @property
    def fulfilment_order(self) -> str:
        """The id of its one fulfilment order, which is not the order's own."""
        return gid("FulfillmentOrder", f"77{self.id}")

    def node(self, customer: Node | None) -> Node:
        """The order as it is shown now."""
        shown = self.cancelled_at if self.looks <= 0 else None
        self.looks -= 1
        return {
            "id": self.global_id,
            "name": self.name or f"#{self.id}",
            "email": self.email,
            "processedAt": self.placed_at,
            "updatedAt": self.updated_at,
            "cancelledAt": shown,
            "displayFinancialStatus": self.status,
            "presentmentCurrencyCode": self.paid_in or self.currency,
            "customer": customer,
            "shippingAddress": self.address,
            "totalPriceSet": money(self.total, self.currency),
            "totalShippingPriceSet": money(self.shipping, self.currency),
            "lineItems": connection([line.node(self.currency) for line in self.lines]),
            "fulfillments": lambda info, first=None: self.fulfilments[:first],
            "fulfillmentOrders": connection([self._fulfilment_order()]),
            "refunds": lambda info, first=None: self.refunds[:first],
            "transactions": lambda info, first=None: self.paid_by[:first],
        }

    def _fulfilment_order(self) -> Node:
        lines = [
            {
                "id": line.to_send,
                "remainingQuantity": self.left[line.to_send],
                "totalQuantity": line.quantity,
                "lineItem": line.node(self.currency),
            }
            for line in self.lines
        ]
        return {"id": self.fulfilment_order, "status": self.held_as, "lineItems": connection(lines)}


def charge(number: int, amount: object, **changes: Any) -> Node:
    """A payment of an order."""
    paid = {"id": gid("OrderTransaction", number), "kind": "SALE", "status": "SUCCESS"}
    return {**paid, "gateway": "shopify_payments", "amountSet": money(amount), **changes}


def customer(
    number: object,
    email: str | None,
    *,
    name: str = "Jane Doe",
    orders: int = 3,
    spent: Node | None = None,
) -> Node:
    """Who buys; they may be known by no address, or by another than an order's."""
    return {
        "id": gid("Customer", number),
        "displayName": name,
        "numberOfOrders": str(orders),  # UnsignedInt64, which JSON carries as text
        "amountSpent": (spent or money("120.50"))["shopMoney"],
        "defaultEmailAddress": {"emailAddress": email} if email else None,
    }
