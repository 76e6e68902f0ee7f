"""Shopify as the web shop. It keeps a key for a day, and of refunds only: every write looks first.

A fulfilment is known by its tracking number, a refund by our key at its note's end, a cancellation by its
date; an address is set to what it should be. Of two refunds under one key at once Shopify makes one; since
2026-04 it takes none without a key.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID, uuid5

from pydantic import BaseModel

from shared.adapters.shopify import documents as ask
from shared.adapters.shopify.answers import (
    CustomerNode,
    FulfilmentNode,
    IdNode,
    Nodes,
    OrderNode,
    PaidBack,
    RefundNode,
    ToFulfil,
    UserError,
    tail,
)
from shared.adapters.shopify.gateway import Gateway, read
from shared.domain.csv_text import decimal
from shared.domain.operations.purchases import Tracking
from shared.domain.operations.shop import ShippingAddress, ShopCustomer, ShopSnapshot
from shared.errors import Conflict, NotFound, Unavailable
from shared.ports.shop import FulfilmentRequest, ShopRefunded, ShopRefundRequest

M = TypeVar("M", bound=BaseModel)
_CLOSED = frozenset({"CLOSED", "CANCELLED", "INCOMPLETE"})
_CHARGES = frozenset({"SALE", "CAPTURE"})
_KEYS = UUID("6f2b1c1e-5d0a-4a57-9b0e-2d8f0c7f4a11")
"""Namespace of the keys of refunds, which Shopify wants to be UUIDs."""
MOST_NOTE = 255
_IN_PROGRESS = "currently in progress"
"""What Shopify says to a key with which a request is on its way (IDEMPOTENCY_CONCURRENT_REQUEST)."""


class ShopifyShop:
    """`shared.ports.shop.Shop`."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def order(self, shop_order_id: str) -> ShopSnapshot:
        """Return an order as it is now. Raises NotFound, Unavailable."""
        found = await self._gateway.ask(ask.ORDER, "UsoOrder", {"id": _order(shop_order_id)}, "order")
        if found is None:
            raise NotFound("order of the shop", shop_order_id)
        return _snapshot(read(OrderNode, found, "UsoOrder"))

    async def orders_of(self, email: str, *, limit: int = 20) -> Sequence[ShopSnapshot]:
        """Return a customer's orders, newest first."""
        variables = {"query": f"email:{_quoted(email)}", "first": min(limit, 100)}
        found = await self._gateway.ask(ask.ORDERS, "UsoOrders", variables, "orders")
        orders = [_snapshot(node) for node in read(Nodes[OrderNode], found, "UsoOrders").nodes]
        return [order for order in orders if order.customer.email == email.lower()]

    async def customer(self, email: str) -> ShopCustomer | None:
        """Return who has this address."""
        variables = {"query": f"email:{_quoted(email)}"}
        found = await self._gateway.ask(ask.CUSTOMER, "UsoCustomer", variables, "customers")
        nodes = read(Nodes[CustomerNode], found, "UsoCustomer").nodes
        return next((node.customer(email.lower()) for node in nodes if node.has(email)), None)

    async def fulfil(self, request: FulfilmentRequest) -> str:
        """Mark lines as sent. Raises Conflict for what is not there to be sent."""
        state = await self._about(ask.TO_FULFIL, "UsoToFulfil", request.shop_order_id, ToFulfil)
        for made in state.fulfillments:
            if made.shows(request.tracking.number):
                return made.id
        groups = _groups(state, _quantities(request.lines))
        fulfilment = {
            "lineItemsByFulfillmentOrder": groups,
            "trackingInfo": _tracking(request.tracking),
            "notifyCustomer": False,
        }
        made_ = await self._write(ask.FULFIL, "UsoFulfil", {"fulfillment": fulfilment}, "fulfillmentCreate")
        return read(IdNode, made_.get("fulfillment"), "UsoFulfil").id

    async def retrack(self, key: str, fulfilment_id: str, tracking: Tracking) -> None:
        """Put a new parcel's number into a fulfilment; the same number again changes nothing.

        Raises NotFound, Conflict.
        """
        found = await self._gateway.ask(ask.FULFILMENT, "UsoFulfilment", {"id": fulfilment_id}, "fulfillment")
        if found is None:
            raise NotFound("fulfilment", fulfilment_id)
        if read(FulfilmentNode, found, "UsoFulfilment").shows(tracking.number):
            return
        variables = {"id": fulfilment_id, "tracking": _tracking(tracking)}
        await self._write(ask.RETRACK, "UsoRetrack", variables, "fulfillmentTrackingInfoUpdate")

    async def refund(self, request: ShopRefundRequest) -> ShopRefunded:
        """Give money back to the way that it was paid. Raises Conflict for more than is left.

        Shopify reads the amount in the currency that the customer paid in: when that is another than the
        order's amounts here are in, a person has to give it back.
        """
        state = await self._about(ask.PAID_BACK, "UsoPaidBack", request.shop_order_id, PaidBack)
        mark = f"[{request.key}]"
        for made in state.refunds:
            if (made.note or "").endswith(mark):
                return _refunded(made)
        if state.presentmentCurrencyCode != request.amount.currency:
            raise Conflict("The customer paid in another currency.", code="other_currency")
        charges = (each for each in state.transactions if each.kind in _CHARGES and each.gateway)
        paid = next((each for each in charges if each.status == "SUCCESS"), None)
        if paid is None:
            raise Conflict("The order was not paid.", code="not_paid")
        order = _order(request.shop_order_id)
        transaction = {
            "orderId": order,
            "parentId": paid.id,
            "gateway": paid.gateway,
            "kind": "REFUND",
            "amount": decimal(request.amount),
        }
        note = _noted(request.reason, mark)
        wanted = {"orderId": order, "note": note, "notify": False, "transactions": [transaction]}
        variables = {"input": wanted, "key": str(uuid5(_KEYS, f"{request.shop_order_id}:{request.key}"))}
        done = await self._write(ask.REFUND, "UsoRefund", variables, "refundCreate")
        return _refunded(read(RefundNode, done.get("refund"), "UsoRefund"))

    async def cancel(self, key: str, shop_order_id: str, *, reason: str) -> None:
        """Close an order; no money moves. Shopify does it a little later, and refuses to do it twice."""
        if (await self.order(shop_order_id)).cancelled:
            return
        variables = {"id": _order(shop_order_id), "note": _noted(reason, f"[{key}]")}
        errors = "orderCancelUserErrors"
        try:
            await self._write(ask.CANCEL, "UsoCancel", variables, "orderCancel", errors=errors)
        except Conflict:
            if not (await self.order(shop_order_id)).cancelled:
                raise

    async def set_address(self, key: str, shop_order_id: str, address: ShippingAddress) -> None:
        """Correct where an order goes."""
        first, _, last = address.name.rpartition(" ")
        wanted = {
            "id": _order(shop_order_id),
            "shippingAddress": {
                "firstName": first,
                "lastName": last,
                "address1": address.line1,
                "address2": address.line2 or None,
                "city": address.city,
                "provinceCode": address.region or None,
                "zip": address.postal_code or None,
                "countryCode": address.country or None,
                "phone": address.phone or None,
            },
        }
        await self._write(ask.ADDRESS, "UsoAddress", {"input": wanted}, "orderUpdate")

    async def _about(self, document: str, name: str, shop_order_id: str, model: type[M]) -> M:
        found = await self._gateway.ask(document, name, {"id": _order(shop_order_id)}, "order")
        if found is None:
            raise NotFound("order of the shop", shop_order_id)
        return read(model, found, name)

    async def _write(
        self, document: str, name: str, variables: dict[str, Any], field: str, errors: str = "userErrors"
    ) -> dict[str, Any]:
        done = await self._gateway.ask(document, name, variables, field)
        if not isinstance(done, dict):
            raise Unavailable(f"Shopify did not say what became of {name}.")
        refused = [read(UserError, each, name).message for each in done.get(errors) or ()]
        if any(_IN_PROGRESS in each for each in refused):
            raise Unavailable(f"Shopify is still busy with the same {name}.")
        if refused:
            raise Conflict(f"Shopify refused: {'; '.join(refused)[:500]}", code="shop_refused")
        return done


def _order(shop_order_id: str) -> str:
    return f"gid://shopify/Order/{shop_order_id}"


def _quoted(text: str) -> str:
    """A value of Shopify's search syntax that means only itself."""
    plain = "".join(each for each in text.lower() if each not in '"\\:()')
    return f'"{plain}"'


def _quantities(lines: Sequence[tuple[str, int]]) -> dict[str, int]:
    """How many of each line; one line may be named twice."""
    wanted: Counter[str] = Counter()
    for id, quantity in lines:
        wanted[id] += quantity
    return wanted


def _snapshot(node: OrderNode) -> ShopSnapshot:
    try:
        return node.snapshot()
    except (ValueError, ArithmeticError):
        raise Unavailable(f"Shopify's order {node.name[:40]} is not understood.") from None


def _noted(text: str, mark: str) -> str:
    """A note that ends with our mark, however long the text is."""
    return f"{text[: MOST_NOTE - len(mark) - 1]} {mark}".strip()


def _tracking(tracking: Tracking) -> dict[str, str]:
    given = {"number": tracking.number, "company": tracking.carrier, "url": tracking.url}
    return {name: value for name, value in given.items() if value}


def _groups(state: ToFulfil, wanted: dict[str, int]) -> list[dict[str, Any]]:
    """Which quantities of which open fulfilment orders are sent. Raises Conflict for what is not open."""
    groups = []
    for order in state.fulfillmentOrders.nodes:
        lines = []
        for line in order.lineItems.nodes if order.status not in _CLOSED else ():
            id = tail(line.lineItem.id)
            quantity = min(wanted.get(id, 0), line.remainingQuantity)
            if quantity > 0:
                wanted[id] -= quantity
                lines.append({"id": line.id, "quantity": quantity})
        if lines:
            groups.append({"fulfillmentOrderId": order.id, "fulfillmentOrderLineItems": lines})
    missing = [id for id, quantity in wanted.items() if quantity > 0]
    if missing:
        raise Conflict(f"Not left to be sent: {', '.join(missing)}.", code="nothing_to_fulfil")
    return groups


def _refunded(made: RefundNode) -> ShopRefunded:
    return ShopRefunded(id=tail(made.id), amount=made.totalRefundedSet.shopMoney.money())
