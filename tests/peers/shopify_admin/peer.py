"""An API like Shopify's Admin GraphQL API 2026-07, on loopback, which checks documents by its schema.

It is written after Shopify's documentation, not after Shopify. The part of its schema that
counts here is `admin.graphql`: an unknown field, a missing variable or a wrong type is refused with `errors`.
"""

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from aiohttp import web
from graphql import GraphQLError, build_schema, get_directive_values, graphql_sync

from tests.peers.shopify_admin.orders import Line, Node, Order, charge, gid, money
from tests.peers.stripe.faults import Fault

TOKEN = "shpat_" + "loopback"
PATH = "/admin/api/2026-07/graphql.json"
SCHEMA = build_schema((Path(__file__).parent / "admin.graphql").read_text())
Answer = dict[str, Any]


def _no(message: str, *field: str) -> list[Node]:
    return [{"field": list(field) or None, "message": message}]


@dataclass(slots=True)
class ShopifyPeer:
    """A running peer, and what a test may do to it. `asked` is the name of every operation that was run."""

    url: str = ""
    orders: dict[str, Order] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    loses: int = 0
    """How many answers to mutations are lost."""
    asked: list[str] = field(default_factory=list)
    variables: list[Node] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    """Mutations that are refused with a user error of this text."""
    throttled: int = 0
    """How many requests are refused for want of points."""
    restore_rate: float = 100_000.0
    says: list[Node] = field(default_factory=list)
    """Errors to answer instead of anything else."""
    kept: dict[str, tuple[Node, Node]] = field(default_factory=dict)
    """What was given and answered under each idempotency key."""
    told: list[str] = field(default_factory=list)
    """What customers were told by the shop itself."""

    def times(self, operation: str) -> int:
        """How often something was asked."""
        return self.asked.count(operation)

    def sell(self, id: str, *lines: Line, **changes: Any) -> Order:
        """Take an order that is paid."""
        order = Order(id, list(lines) or [Line(1, "SKU-1", "19.50"), Line(2, "SKU-2", "10.00", 2)], **changes)
        order.paid_by = order.paid_by or [charge(int(id) + 5000, order.total)]
        self.orders[gid("Order", id)] = order
        return order

    # --- queries ------------------------------------------------------------------------------------

    def order(self, info: Any, id: str) -> Node | None:
        found = self.orders.get(id)
        return None if found is None else found.node()

    def list_orders(self, info: Any, query: str, first: int, sortKey: str, reverse: bool) -> Node:  # noqa: N803
        """Orders whose address has what is looked for in it: the search finds more than was asked."""
        if sortKey != "PROCESSED_AT":
            raise GraphQLError("The peer sorts by PROCESSED_AT only")
        found = [each.node() for each in self.orders.values() if _meets(query, each.email)]
        return {"nodes": found[::-1][:first] if reverse else found[:first]}

    def customers(self, info: Any, query: str, first: int) -> Node:
        known = [each.customer for each in self.orders.values() if each.customer is not None]
        addresses = {each["id"]: (each["defaultEmailAddress"] or {}).get("emailAddress") for each in known}
        return {"nodes": [each for each in known if _meets(query, addresses[each["id"]])][:first]}

    def fulfillment(self, info: Any, id: str) -> Node | None:
        made = (each for order in self.orders.values() for each in order.fulfilments)
        return next((each for each in made if each["id"] == id), None)

    # --- mutations ----------------------------------------------------------------------------------

    def fulfil(self, info: Any, fulfillment: Node) -> Node:
        chosen: list[tuple[Line, int]] = []
        order: Order | None = None
        for group in fulfillment["lineItemsByFulfillmentOrder"]:
            number = group["fulfillmentOrderId"].rpartition("/")[2]
            order = self.orders.get(gid("Order", number))
            if order is None or order.cancelled_at or order.held != "OPEN":
                return {"userErrors": _no("Fulfillment order does not have an open status.", "fulfillment")}
            for each in group["fulfillmentOrderLineItems"]:
                line = order.to_send()[each["id"]]
                if not 0 < each["quantity"] <= line.quantity - line.sent:
                    return {"userErrors": _no("Invalid fulfillment order line item quantity requested.")}
                chosen.append((line, each["quantity"]))
        if order is None:
            return {"userErrors": _no("Nothing to fulfil.", "fulfillment")}
        for line, quantity in chosen:
            line.sent += quantity
        if fulfillment.get("notifyCustomer"):
            self.told.append("fulfilled")
        made = {
            "id": gid("Fulfillment", f"{order.id}{len(order.fulfilments)}"),
            "status": "SUCCESS",
            "trackingInfo": [fulfillment["trackingInfo"]],
        }
        order.fulfilments.append(made)
        return {"fulfillment": made, "userErrors": []}

    def retrack(
        self,
        info: Any,
        fulfillmentId: str,  # noqa: N803
        trackingInfoInput: Node,  # noqa: N803
        notifyCustomer: bool = False,  # noqa: N803
    ) -> Node:
        made = self.fulfillment(info, fulfillmentId)
        if made is None:
            return {"userErrors": _no("Fulfillment does not exist.", "fulfillmentId")}
        if notifyCustomer:
            self.told.append("retracked")
        made["trackingInfo"] = [trackingInfoInput]
        return {"fulfillment": made, "userErrors": []}

    def refund(self, info: Any, input: Node) -> Node:  # noqa: A002 - Shopify's name
        key = _idempotency_key(info)
        if key in self.kept:
            given, answer = self.kept[key]
            other = "The same idempotency key cannot be used with different operation parameters."
            return answer if given == input else {"userErrors": _no(other)}
        answer = self._refunded(input)
        if not answer["userErrors"]:
            self.kept[key] = input, answer
        return answer

    def _refunded(self, wanted: Node) -> Node:
        order = self.orders.get(wanted["orderId"])
        if order is None:
            return {"userErrors": _no("Order does not exist", "orderId")}
        given = Decimal()
        for each in wanted["transactions"]:
            amount = _amount(each["amount"])
            parents = {paid["id"]: paid for paid in order.paid_by if paid["kind"] in ("SALE", "CAPTURE")}
            parent = parents.get(each["parentId"])
            if each["kind"] != "REFUND" or parent is None or parent["gateway"] != each["gateway"]:
                return {"userErrors": _no("Transactions parent is invalid", "transactions")}
            given += amount
        if not 0 < given <= order.total - order.given_back:
            return {"userErrors": _no("Refund amount cannot be greater than the total refundable amount.")}
        if wanted.get("notify"):
            self.told.append("refunded")
        refund = {
            "id": gid("Refund", f"{order.id}{len(order.refunds)}"),
            "note": wanted.get("note"),
            "totalRefundedSet": money(given, order.currency),
        }
        order.refunds.append(refund)
        order.status = "REFUNDED" if order.given_back == order.total else "PARTIALLY_REFUNDED"
        return {"refund": refund, "userErrors": []}

    def cancel(self, info: Any, orderId: str, staffNote: str, **given: Any) -> Node:  # noqa: N803
        order = self.orders.get(orderId)
        if order is None or order.cancelled_at or len(staffNote) > 255:
            why = "Order does not exist" if order is None else "Order has been cancelled, or the note is long"
            return {"orderCancelUserErrors": _no(why, "orderId"), "userErrors": _no(why, "orderId")}
        if (given["refundMethod"] or {}).get("originalPaymentMethodsRefund"):
            order.refunds.append({"id": gid("Refund", 0), "totalRefundedSet": money(order.total)})
        if given["notifyCustomer"]:
            self.told.append("cancelled")
        order.cancelled_at = "2026-05-04T15:00:00Z"
        return {
            "job": {"id": gid("Job", order.id), "done": False},
            "orderCancelUserErrors": [],
            "userErrors": [],
        }

    def update(self, info: Any, input: Node) -> Node:  # noqa: A002 - Shopify's name
        order = self.orders.get(input["id"])
        if order is None:
            return {"userErrors": _no("Order does not exist", "id")}
        wanted = input["shippingAddress"]
        if not wanted.get("countryCode") or wanted.get("provinceCode") == "":
            return {"userErrors": _no("Shipping address country is not valid", "shippingAddress", "country")}
        names = (wanted.get("firstName"), wanted.get("lastName"))
        kept = {name: wanted.get(name) for name in ("address1", "address2", "city", "provinceCode", "zip")}
        order.address = {
            **kept,
            "name": " ".join(each for each in names if each),
            "countryCodeV2": wanted["countryCode"],
            "phone": wanted.get("phone"),
        }
        return {"order": order.node(), "userErrors": []}

    # --- the server ---------------------------------------------------------------------------------

    def roots(self) -> dict[str, Any]:
        """What each field of Query and Mutation does."""
        fields = {
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
            answer = {"userErrors": [], errors: _no(why)}
            fields[name] = lambda info, _answer=answer, **_: _answer
        return fields

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("X-Shopify-Access-Token") != TOKEN:
            text = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return web.json_response({"errors": text}, status=401)
        if request.path != PATH or request.content_type != "application/json":
            return web.json_response({"errors": "Not Found"}, status=404)
        given = await request.json()
        name = given["operationName"]
        fault = next((each for each in self.faults if each.strikes(name)), None)
        if fault is not None:
            self.faults.remove(fault)
            if not fault.after:
                return _fail(request, fault)
        answer = self._answer(given, name)
        if self.loses and given["query"].lstrip().startswith("mutation"):
            self.loses, fault = self.loses - 1, Fault(kind="drop")
        return _fail(request, fault) if fault is not None else web.json_response(answer)

    def _answer(self, given: Node, name: str) -> Answer:
        if self.throttled:
            self.throttled -= 1
            refused = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
            return {"errors": [refused], "extensions": self._cost(available=10.0, actual=None)}
        if self.says:
            return {"data": None, "errors": self.says}
        self.asked.append(name)
        self.variables.append(given["variables"])
        done = graphql_sync(
            SCHEMA,
            given["query"],
            self.roots(),
            variable_values=given["variables"],
            operation_name=name,
        )
        answer: Answer = {"extensions": self._cost(available=990.0, actual=10)}
        if done.data is not None:
            answer["data"] = done.data
        if done.errors:
            answer["errors"] = [each.formatted for each in done.errors]
        return answer

    def _cost(self, *, available: float, actual: int | None) -> Node:
        status = {
            "maximumAvailable": 2000.0,
            "currentlyAvailable": available,
            "restoreRate": self.restore_rate,
        }
        return {"cost": {"requestedQueryCost": 101, "actualQueryCost": actual, "throttleStatus": status}}


def _meets(query: str, address: str | None) -> bool:
    wanted = query.removeprefix("email:").strip('"')
    return query.startswith("email:") and wanted in (address or "").lower()


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


def _fail(request: web.Request, fault: Fault) -> web.Response:
    if fault.kind == "status":
        return web.json_response({"errors": "Something went wrong"}, status=fault.status)
    if fault.kind == "rubbish":
        return web.Response(body=b"<html>We'll be right back</html>")
    if fault.kind == "cut":
        return web.Response(body=json.dumps({"data": {"order": {"id": gid("Order", 1)}}}).encode()[:-9])
    assert request.transport is not None
    request.transport.close()
    return web.Response()


@contextlib.asynccontextmanager
async def running_peer() -> AsyncIterator[ShopifyPeer]:
    peer = ShopifyPeer()
    app = web.Application()
    app.router.add_route("POST", "/{path:.*}", peer.serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        peer.url = f"http://{host}:{port}"
        yield peer
    finally:
        await runner.cleanup()
