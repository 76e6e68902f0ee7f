"""What the peer's shop knows, and what each field of Query and Mutation does there."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from graphql import GraphQLError, build_schema, get_directive_values

from tests.peers.shopify.orders import Line, Node, Order, charge, customer, gid, money

SCHEMA = build_schema((Path(__file__).parent / "admin.graphql").read_text())
MOST_NOTE = 255
_CHARGES = ("SALE", "CAPTURE")
_HOUSTON = timezone(-timedelta(hours=5))


@dataclass(slots=True)
class ShopState:
    """A shop, and what a test may do to it. Every change of an order is a second later than the last."""

    now: datetime = datetime(2026, 5, 4, 14, tzinfo=UTC)
    orders: dict[str, Order] = field(default_factory=dict)
    refuses: dict[str, str] = field(default_factory=dict)
    """Mutations that are refused with a user error of this text."""
    kept: dict[str, tuple[Node, Node]] = field(default_factory=dict)
    """What was given and answered under each idempotency key; Shopify forgets it after a day."""
    told: list[str] = field(default_factory=list)
    """What customers were told by the shop itself."""

    def sell(self, id: str, *lines: Line, **changes: Any) -> Order:
        """Take an order that is paid."""
        placed = self.now.astimezone(_HOUSTON).isoformat()
        given = {"placed_at": placed, "updated_at": self._moment(), **changes}
        things = list(lines) or [Line(1, "SKU-1", "19.50"), Line(2, "SKU-2", "10.00", 2)]
        order = Order(id=id, lines=things, **given)
        order.paid_by = order.paid_by or [charge(int(id) + 5000, order.total)]
        self.orders[order.global_id] = order
        return order

    # --- queries ------------------------------------------------------------------------------------

    def order(self, info: Any, id: str) -> Node | None:
        found = self.orders.get(id)
        return None if found is None else self._shown(found)

    def list_orders(self, info: Any, query: str, first: int, sortKey: str, reverse: bool) -> Node:  # noqa: N803
        """Orders whose address has what is looked for in it: the search finds more than was asked."""
        if sortKey != "PROCESSED_AT":
            raise GraphQLError("The peer sorts by PROCESSED_AT only")
        wanted = _looked_for(query)
        found = [self._shown(each) for each in self.orders.values() if wanted in (each.email or "").lower()]
        return {"nodes": found[::-1][:first] if reverse else found[:first]}

    def customers(self, info: Any, query: str, first: int) -> Node:
        """Find customers as orders are found, and those whose address is not known as well."""
        wanted = _looked_for(query)
        buyers = [each for each in map(self._buyer, self.orders.values()) if each is not None]
        found = {each["id"]: each for each in buyers if wanted in _address(each, unknown=wanted).lower()}
        return {"nodes": list(found.values())[:first]}

    def fulfillment(self, info: Any, id: str) -> Node | None:
        return next((made for _, made in self._fulfilments() if made["id"] == id), None)

    # --- mutations ----------------------------------------------------------------------------------

    def fulfil(self, info: Any, fulfillment: Node) -> Node:
        chosen = Counter[str]()
        order: Order | None = None
        for group in fulfillment["lineItemsByFulfillmentOrder"]:
            order = self._to_send(group["fulfillmentOrderId"])
            if order is None or order.held_as != "OPEN":
                return _no("Fulfillment order does not have an open status.", "fulfillment")
            for each in group["fulfillmentOrderLineItems"]:
                chosen[each["id"]] += each["quantity"]
                if not 0 < each["quantity"] <= chosen[each["id"]] <= order.left.get(each["id"], 0):
                    return _no("Invalid fulfillment order line item quantity requested.")
        if order is None:
            return _no("Nothing to fulfil.", "fulfillment")
        made = {
            "id": gid("Fulfillment", f"{order.id}{len(order.fulfilments)}"),
            "status": "SUCCESS",
            "trackingInfo": [fulfillment["trackingInfo"]],
            "quantities": dict(chosen),
        }
        order.fulfilments.append(made)
        self._changed(order, "fulfilled" if fulfillment["notifyCustomer"] else "")
        return {"fulfillment": made, "userErrors": []}

    def retrack(
        self,
        info: Any,
        fulfillmentId: str,  # noqa: N803
        trackingInfoInput: Node,  # noqa: N803
        notifyCustomer: bool = False,  # noqa: N803
    ) -> Node:
        for order, made in self._fulfilments():
            if made["id"] == fulfillmentId:
                made["trackingInfo"] = [trackingInfoInput]
                self._changed(order, "retracked" if notifyCustomer else "")
                return {"fulfillment": made, "userErrors": []}
        return _no("Fulfillment does not exist.", "fulfillmentId")

    def refund(self, info: Any, input: Node) -> Node:  # noqa: A002 - Shopify's name
        key = _idempotency_key(info)
        if key in self.kept:
            given, answer = self.kept[key]
            other = "The same idempotency key cannot be used with different operation parameters."
            return answer if given == input else _no(other)
        answer = self._refunded(input)
        if not answer["userErrors"]:
            self.kept[key] = input, answer
        return answer

    def _refunded(self, wanted: Node) -> Node:
        order = self.orders.get(wanted["orderId"])
        if order is None:
            return _no("Order does not exist", "orderId")
        charges = {paid["id"]: paid for paid in order.paid_by if paid["kind"] in _CHARGES}
        given = Decimal()
        for each in wanted["transactions"]:
            paid = charges.get(each["parentId"])
            if each["kind"] != "REFUND" or paid is None or paid["status"] != "SUCCESS":
                return _no("Transactions parent is invalid", "transactions")
            if (each["orderId"], each["gateway"]) != (order.global_id, paid["gateway"]):
                return _no("Transactions are of another payment", "transactions")
            given += _amount(each["amount"])
        if given <= 0 or (given > order.total - order.given_back and not wanted["allowOverRefunding"]):
            return _no("Refund amount cannot be greater than the total refundable amount.")
        refund = {
            "id": gid("Refund", f"{order.id}{len(order.refunds)}"),
            "note": wanted.get("note"),
            "totalRefundedSet": money(given, order.currency),
        }
        order.refunds.append(refund)
        order.status = "REFUNDED" if order.given_back >= order.total else "PARTIALLY_REFUNDED"
        self._changed(order, "refunded" if wanted.get("notify") else "")
        return {"refund": refund, "userErrors": []}

    def cancel(
        self,
        info: Any,
        orderId: str,  # noqa: N803
        restock: bool,
        notifyCustomer: bool,  # noqa: N803
        staffNote: str = "",  # noqa: N803
        **given: Any,
    ) -> Node:
        order = self.orders.get(orderId)
        if order is None or order.cancelled_at or len(staffNote) > MOST_NOTE:
            why = "Order does not exist" if order is None else "Order has been cancelled, or the note is long"
            return {"orderCancelUserErrors": _no(why, "orderId")["userErrors"], **_no(why, "orderId")}
        if given.get("refund") or (given.get("refundMethod") or {}).get("originalPaymentMethodsRefund"):
            order.refunds.append({"id": gid("Refund", 0), "totalRefundedSet": money(order.total)})
        order.staff_note, order.restocked = staffNote, restock
        self._changed(order, "cancelled" if notifyCustomer else "")
        order.cancelled_at = order.updated_at
        job = {"id": gid("Job", order.id), "done": False}
        return {"job": job, "orderCancelUserErrors": [], "userErrors": []}

    def update(self, info: Any, input: Node) -> Node:  # noqa: A002 - Shopify's name
        order = self.orders.get(input["id"])
        if order is None:
            return _no("Order does not exist", "id")
        wanted = input["shippingAddress"]
        if not wanted.get("countryCode") or wanted.get("provinceCode") == "":
            return _no("Shipping address country is not valid", "shippingAddress", "country")
        names = (wanted.get("firstName"), wanted.get("lastName"))
        same = ("address1", "address2", "city", "provinceCode", "zip", "phone")
        order.address = {
            **{name: wanted.get(name) for name in same},
            "name": " ".join(each for each in names if each),
            "countryCodeV2": wanted["countryCode"],
        }
        self._changed(order)
        return {"order": self._shown(order), "userErrors": []}

    def roots(self) -> dict[str, Callable[..., Any]]:
        """What each field of Query and Mutation does."""
        fields: dict[str, Callable[..., Any]] = {
            "order": self.order,
            "orders": self.list_orders,
            "customers": self.customers,
            "fulfillment": self.fulfillment,
            "fulfillmentCreate": self.fulfil,
            "fulfillmentTrackingInfoUpdate": self.retrack,
            "refundCreate": self.refund,
            "orderCancel": self.cancel,
            "orderUpdate": self.update,
        }
        for name, why in self.refuses.items():
            errors = "orderCancelUserErrors" if name == "orderCancel" else "userErrors"
            answer = {"userErrors": [], errors: _no(why)["userErrors"]}
            fields[name] = lambda info, _answer=answer, **_: _answer
        return fields

    # --- helpers ------------------------------------------------------------------------------------

    def _moment(self) -> str:
        moment = self.now.isoformat()
        self.now += timedelta(seconds=1)
        return moment

    def _changed(self, order: Order, told: str = "") -> None:
        order.updated_at = self._moment()
        self.told += [told] if told else []

    def _shown(self, order: Order) -> Node:
        return order.node(self._buyer(order))

    def _buyer(self, order: Order) -> Node | None:
        """Who placed an order: with all of their orders, unless a test says otherwise."""
        if order.customer is not None or not order.email:
            return order.customer
        address = order.email.lower()
        theirs = [each for each in self.orders.values() if (each.email or "").lower() == address]
        spent = sum((each.total for each in theirs if not each.cancelled_at), Decimal())
        total = money(spent, order.currency)
        return customer(f"66{theirs[0].id}", order.email, name=order.buyer, orders=len(theirs), spent=total)

    def _to_send(self, id: str) -> Order | None:
        return next((each for each in self.orders.values() if each.fulfilment_order == id), None)

    def _fulfilments(self) -> list[tuple[Order, Node]]:
        return [(order, made) for order in self.orders.values() for made in order.fulfilments]


def _no(message: str, *field: str) -> Node:
    return {"userErrors": [{"field": list(field) or None, "message": message}]}


def _looked_for(query: str) -> str:
    """The one text that a search is for; one that could be for more is an error here."""
    term, _, text = query.partition(":")
    inner = text[1:-1]
    if term != "email" or text != f'"{inner}"' or '"' in inner or "\\" in inner:
        raise GraphQLError(f"This searches for more than an address: {query}")
    return inner.lower()


def _address(customer: Node, *, unknown: str) -> str:
    known = customer["defaultEmailAddress"]
    return str(known["emailAddress"]) if known else unknown


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise GraphQLError(f"{text} is no Money") from None


def _idempotency_key(info: Any) -> str:
    """The key of `@idempotent`, without which no refund is made from version 2026-04 on."""
    declared = SCHEMA.get_directive("idempotent")
    assert declared is not None
    given = get_directive_values(declared, info.field_nodes[0], info.variable_values)
    if not given:
        raise GraphQLError("The @idempotent directive is required for this mutation but was not provided.")
    return str(given["key"])
