"""A stateful server in the shape of Shopify's Admin GraphQL API, as far as a shop's orders go.

Facts from documentation only: mutations answer with `userErrors`; `refundCreate` takes no request without
`@idempotent` since 2026-04 and gives one answer per key; amounts of refunds are in the customer's currency; a
call costs points, and too many are THROTTLED.
"""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from aiohttp import web

from tests.peers.shopify.graphql import Field, GraphqlError, parse, project

TOKEN = "shpat_that-nobody-guesses"
VERSION = "2026-07"
Json = dict[str, Any]
_ADDRESS = {
    *("firstName", "lastName", "address1", "address2"),
    *("city", "provinceCode", "zip", "countryCode", "phone"),
}


@dataclass
class PeerOrder:
    """An order, in its customer's currency, which is the shop's but when a test says otherwise."""

    number: int
    email: str | None
    lines: list[Json]
    shipping: Decimal
    at: datetime
    updated_at: datetime
    address: Json | None
    currency: str = "USD"
    cancelled_at: datetime | None = None
    fulfilments: list[Json] = field(default_factory=list)
    refunds: list[Json] = field(default_factory=list)
    staff_note: str = ""

    @property
    def gid(self) -> str:
        return f"gid://shopify/Order/{self.number}"

    @property
    def total(self) -> Decimal:
        return self.shipping + sum((line["price"] for line in self.lines), Decimal(0))

    @property
    def refunded(self) -> Decimal:
        return sum((each["amount"] for each in self.refunds), Decimal(0))


@dataclass
class ShopifyPeer:
    """What Shopify knows. `faults` are what the next calls do, one each; `away`: none is answered."""

    url: str = ""
    orders: dict[int, PeerOrder] = field(default_factory=dict)
    now: datetime = datetime(2026, 5, 4, 14, tzinfo=UTC)
    faults: list[str] = field(default_factory=list)
    away: bool = False
    keys: dict[str, tuple[Json, Json]] = field(default_factory=dict)
    asked: list[tuple[str, Json]] = field(default_factory=list)
    """Operations that came through, with their variables."""
    refusals: list[str] = field(default_factory=list)
    """What the next mutation is refused for."""

    def sell(self, email: str | None, *prices: str, shipping: str = "5.00", **more: Any) -> PeerOrder:
        """A paid order of one unit for each of `prices`."""
        self.now += timedelta(seconds=1)
        number = 5001 + len(self.orders)
        lines = [
            {
                "id": number * 10 + n,
                "sku": f"SKU-{n}",
                "title": f"Thing {n}",
                "quantity": 1,
                "price": Decimal(p),
            }
            for n, p in enumerate(prices, 1)
        ]
        address = {
            "name": "Jane Doe",
            "address1": "500 Congress Ave",
            "address2": None,
            "city": "Austin",
            "provinceCode": "TX",
            "zip": "78701",
            "countryCodeV2": "US",
            "phone": None,
        }
        order = PeerOrder(number, email, lines, Decimal(shipping), self.now, self.now, address)
        for name, value in more.items():
            setattr(order, name, value)
        self.orders[number] = order
        return order

    # --- one call -----------------------------------------------------------------------------------

    async def serve(self, request: web.Request) -> web.Response:
        if request.headers.get("X-Shopify-Access-Token") != TOKEN:
            return web.json_response({"errors": "[API] Invalid API key or access token"}, status=401)
        fault = "503" if self.away else self.faults.pop(0) if self.faults else ""
        if fault.isdigit():
            return web.Response(status=int(fault), headers={"Location": "https://elsewhere.example/"})
        if fault == "throttled":
            return _throttled()
        asked = await request.json()
        try:
            data = self._answer(asked)
        except GraphqlError as error:
            return web.json_response({"errors": [{"message": str(error)}]})
        if fault == "lost":
            request.transport.close()  # type: ignore[union-attr]
        if fault == "broken":
            return web.Response(text='{"data": {', content_type="application/json")
        return web.json_response({"data": data, "extensions": {"cost": _cost(990)}})

    def _answer(self, asked: Json) -> Json:
        if set(asked) != {"query", "operationName", "variables"}:
            raise GraphqlError("This is no request")
        operation = parse(asked["query"], asked["variables"])
        if operation.name != asked["operationName"]:
            raise GraphqlError(f"No operation named {asked['operationName']}")
        self.asked.append((operation.name, asked["variables"]))
        resolvers = _QUERIES if operation.kind == "query" else _MUTATIONS
        data = {}
        for each in operation.fields:
            if each.name not in resolvers:
                raise GraphqlError(f"Field '{each.name}' doesn't exist on {operation.kind}")
            data[each.name] = project(resolvers[each.name](self, each), each.selections)
        return data

    # --- queries ------------------------------------------------------------------------------------

    def order(self, asked: Field) -> Json | None:
        found = self._find(_only(asked.arguments, "id")["id"])
        return None if found is None else _order(found, self)

    def orders_page(self, asked: Field) -> Json:
        wanted = _only(asked.arguments, "first", "query", "sortKey", "reverse")
        assert wanted["sortKey"] == "PROCESSED_AT"
        assert wanted["reverse"] is True
        email = _searched(wanted["query"])
        found = [order for order in self.orders.values() if order.email == email]
        found.sort(key=lambda order: order.at, reverse=True)
        return {"nodes": [_order(order, self) for order in found[: wanted["first"]]]}

    def customers(self, asked: Field) -> Json:
        email = _searched(_only(asked.arguments, "first", "query")["query"])
        has = any(order.email == email for order in self.orders.values())
        return {"nodes": [_customer(email, self)] if has else []}

    def fulfilment(self, asked: Field) -> Json | None:
        return self._fulfilment(_only(asked.arguments, "id")["id"])

    # --- mutations ----------------------------------------------------------------------------------

    def create_fulfilment(self, asked: Field) -> Json:
        wanted = _only(asked.arguments, "fulfillment")["fulfillment"]
        _only(wanted, "lineItemsByFulfillmentOrder", "trackingInfo", "notifyCustomer")
        assert wanted["notifyCustomer"] is False
        _only(wanted["trackingInfo"], "number", optional={"company", "url"})
        (group,) = wanted["lineItemsByFulfillmentOrder"]
        _only(group, "fulfillmentOrderId", "fulfillmentOrderLineItems")
        order = self.orders[int(group["fulfillmentOrderId"].rpartition("/")[2]) - 900_000]
        open_ = {f"gid://shopify/FulfillmentOrderLineItem/{id}": n for id, n in _open(order).items()}
        lines = {line["id"]: line["quantity"] for line in group["fulfillmentOrderLineItems"]}
        errors = self._refusals()
        if order.cancelled_at or any(open_.get(id, 0) < n or n < 1 for id, n in lines.items()):
            errors.append("Invalid fulfillment order line item quantity requested.")
        if errors:
            return {"fulfillment": None, "userErrors": _errors(errors)}
        made = {
            "id": f"gid://shopify/Fulfillment/{order.number * 10 + len(order.fulfilments)}",
            "status": "SUCCESS",
            "trackingInfo": [{"number": wanted["trackingInfo"]["number"]}],
            "lines": {int(id.rpartition("/")[2]): n for id, n in lines.items()},
        }
        order.fulfilments.append(made)
        self._touch(order)
        return {"fulfillment": made, "userErrors": []}

    def retrack(self, asked: Field) -> Json:
        wanted = _only(asked.arguments, "fulfillmentId", "trackingInfoInput", "notifyCustomer")
        assert wanted["notifyCustomer"] is False
        found = self._fulfilment(wanted["fulfillmentId"])
        errors = self._refusals() if found else ["Fulfillment does not exist."]
        if found is None or errors:
            return {"fulfillment": None, "userErrors": _errors(errors)}
        found["trackingInfo"] = [{"number": wanted["trackingInfoInput"]["number"]}]
        return {"fulfillment": found, "userErrors": []}

    def refund(self, asked: Field) -> Json:
        key = asked.directives.get("idempotent", {}).get("key")
        if not key:
            raise GraphqlError("The @idempotent directive is required for this mutation")
        wanted = _only(asked.arguments, "input")["input"]
        if key in self.keys:
            given, answer = self.keys[key]
            mismatch = "The same idempotency key cannot be used with different operation parameters."
            return answer if given == wanted else {"refund": None, "userErrors": _errors([mismatch])}
        _only(wanted, "orderId", "note", "notify", "transactions")
        assert wanted["notify"] is False
        (back,) = wanted["transactions"]
        _only(back, "orderId", "parentId", "gateway", "kind", "amount")
        order = self._find(wanted["orderId"])
        assert order is not None
        assert (back["kind"], back["parentId"]) == (
            "REFUND",
            f"gid://shopify/OrderTransaction/{order.number}",
        )
        amount, errors = Decimal(back["amount"]), self._refusals()
        if amount > order.total - order.refunded:
            errors.append("Refund amount exceeds the amount that is left.")
        if errors:
            return {"refund": None, "userErrors": _errors(errors)}
        order.refunds.append({"note": wanted["note"], "amount": amount})
        self._touch(order)
        answer = {"refund": _refunds(order)[-1], "userErrors": []}
        self.keys[key] = (wanted, answer)
        return answer

    def cancel(self, asked: Field) -> Json:
        names = ("orderId", "reason", "restock", "notifyCustomer", "staffNote", "refundMethod")
        wanted = _only(asked.arguments, *names)
        assert wanted["refundMethod"] == {"originalPaymentMethodsRefund": False}
        assert (wanted["restock"], wanted["notifyCustomer"]) == (False, False)
        order = self._find(wanted["orderId"])
        assert order is not None
        errors = self._refusals()
        if order.cancelled_at:
            errors.append("Order has already been cancelled.")
        if not errors:
            order.cancelled_at, order.staff_note = self.now, wanted["staffNote"]
            self._touch(order)
        return {"orderCancelUserErrors": _errors(errors)}

    def update(self, asked: Field) -> Json:
        wanted = _only(_only(asked.arguments, "input")["input"], "id", "shippingAddress")
        given = _only(wanted["shippingAddress"], *_ADDRESS)
        order = self._find(wanted["id"])
        errors = self._refusals()
        if order is None or errors:
            return {"order": None, "userErrors": _errors(errors or ["Order does not exist"])}
        order.address = {
            "name": f"{given['firstName']} {given['lastName']}".strip(),
            "countryCodeV2": given["countryCode"],
            **{name: given[name] for name in _ADDRESS - {"firstName", "lastName", "countryCode"}},
        }
        self._touch(order)
        return {"order": _order(order, self), "userErrors": []}

    # --- helpers ------------------------------------------------------------------------------------

    def _find(self, gid: str) -> PeerOrder | None:
        number = gid.removeprefix("gid://shopify/Order/")
        if not number.isdigit():
            raise GraphqlError(f"Invalid global id '{gid}'")
        return self.orders.get(int(number))

    def _fulfilment(self, gid: str) -> Json | None:
        made = [each for order in self.orders.values() for each in order.fulfilments]
        return next((each for each in made if each["id"] == gid), None)

    def _touch(self, order: PeerOrder) -> None:
        self.now += timedelta(seconds=1)
        order.updated_at = self.now

    def _refusals(self) -> list[str]:
        refused, self.refusals = self.refusals, []
        return list(refused)


@contextlib.asynccontextmanager
async def running_shopify() -> AsyncIterator[ShopifyPeer]:
    """Serve it for as long as the block lasts."""
    peer = ShopifyPeer()
    app = web.Application()
    app.router.add_post(f"/admin/api/{VERSION}/graphql.json", peer.serve)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    peer.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield peer
    finally:
        await runner.cleanup()


Resolver = Callable[[ShopifyPeer, Field], Any]
_QUERIES: dict[str, Resolver] = {
    "order": ShopifyPeer.order,
    "orders": ShopifyPeer.orders_page,
    "customers": ShopifyPeer.customers,
    "fulfillment": ShopifyPeer.fulfilment,
}
_MUTATIONS: dict[str, Resolver] = {
    "fulfillmentCreate": ShopifyPeer.create_fulfilment,
    "fulfillmentTrackingInfoUpdate": ShopifyPeer.retrack,
    "refundCreate": ShopifyPeer.refund,
    "orderCancel": ShopifyPeer.cancel,
    "orderUpdate": ShopifyPeer.update,
}


def _order(order: PeerOrder, peer: ShopifyPeer) -> Json:
    return {
        "id": order.gid,
        "name": f"#{order.number}",
        "email": order.email,
        "processedAt": order.at.isoformat(),
        "updatedAt": order.updated_at.isoformat(),
        "cancelledAt": order.cancelled_at and order.cancelled_at.isoformat(),
        "displayFinancialStatus": _financial(order),
        "customer": _customer(order.email, peer) if order.email else None,
        "shippingAddress": order.address,
        "totalPriceSet": _bag(order.total),
        "totalShippingPriceSet": _bag(order.shipping),
        "presentmentCurrencyCode": order.currency,
        "lineItems": {
            "nodes": [_line(line) for line in order.lines],
            "pageInfo": {"hasNextPage": len(order.lines) > 100},
        },
        "fulfillments": order.fulfilments,
        "fulfillmentOrders": {"nodes": [_to_send(order)]},
        "refunds": _refunds(order),
        "transactions": [
            {
                "id": f"gid://shopify/OrderTransaction/{order.number}",
                "kind": "SALE",
                "status": "SUCCESS",
                "gateway": "shopify_payments",
            }
        ],
    }


def _line(line: Json) -> Json:
    return {
        "id": f"gid://shopify/LineItem/{line['id']}",
        "product": {"id": f"gid://shopify/Product/{line['id']}"},
        "discountedTotalSet": _bag(line["price"]),
        **{name: line[name] for name in ("sku", "title", "quantity")},
    }


def _to_send(order: PeerOrder) -> Json:
    lines = [
        {
            "id": f"gid://shopify/FulfillmentOrderLineItem/{id}",
            "remainingQuantity": n,
            "lineItem": {"id": f"gid://shopify/LineItem/{id}"},
        }
        for id, n in _open(order).items()
    ]
    return {
        "id": f"gid://shopify/FulfillmentOrder/{900_000 + order.number}",
        "status": "CLOSED" if order.cancelled_at else "OPEN",
        "lineItems": {"nodes": lines},
    }


def _open(order: PeerOrder) -> dict[int, int]:
    made = [each["lines"] for each in order.fulfilments if each["status"] == "SUCCESS"]
    return {
        line["id"]: line["quantity"] - sum(lines.get(line["id"], 0) for lines in made) for line in order.lines
    }


def _refunds(order: PeerOrder) -> list[Json]:
    return [
        {
            "id": f"gid://shopify/Refund/{order.number * 10 + n}",
            "note": each["note"],
            "totalRefundedSet": _bag(each["amount"]),
        }
        for n, each in enumerate(order.refunds)
    ]


def _customer(email: str, peer: ShopifyPeer) -> Json:
    theirs = [order for order in peer.orders.values() if order.email == email]
    spent = sum((order.total for order in theirs if not order.cancelled_at), Decimal(0))
    return {
        "id": "gid://shopify/Customer/77",
        "displayName": "Jane Doe",
        "numberOfOrders": str(len(theirs)),  # an UnsignedInt64, which JSON carries as text
        "amountSpent": _money(spent),
        "defaultEmailAddress": {"emailAddress": email},
    }


def _financial(order: PeerOrder) -> str:
    if not order.refunds:
        return "PAID"
    return "REFUNDED" if order.refunded >= order.total else "PARTIALLY_REFUNDED"


def _bag(amount: Decimal) -> Json:
    return {"shopMoney": _money(amount)}


def _money(amount: Decimal) -> Json:
    return {"amount": str(amount), "currencyCode": "USD"}


def _errors(messages: list[str]) -> list[Json]:
    return [{"field": None, "message": message} for message in messages]


def _only(given: Json, *names: str, optional: frozenset[str] | set[str] = frozenset()) -> Json:
    if not set(names) <= set(given) <= {*names, *optional}:
        raise GraphqlError(f"Expected {names}, got {tuple(given)}")
    return given


def _searched(query: str) -> str:
    """The one address that a search is for; anything that widens it is an error here."""
    term, _, value = query.partition(":")
    if term != "email" or len(value) < 2 or value[0] != '"' or value[-1] != '"' or '"' in value[1:-1]:
        raise GraphqlError(f"This searches for more than an address: {query}")
    return value[1:-1]


def _cost(available: float) -> Json:
    status = {"maximumAvailable": 1000.0, "currentlyAvailable": available, "restoreRate": 100.0}
    return {"requestedQueryCost": 10, "actualQueryCost": None, "throttleStatus": status}


def _throttled() -> web.Response:
    error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
    return web.json_response({"errors": [error], "extensions": {"cost": _cost(9.9)}})
