"""An API like CJ Dropshipping's 2.0, on loopback, in front of an embedded supplier.

It is written after CJ's documentation, not after CJ: what only a real account can show stands in the README.
An order number is taken once and refused the second time, tokens run out, answers may be lost after the work.
"""

import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from shared.adapters.simulated_suppliers.supplier import SimulatedSupplier
from shared.domain.money import Money
from shared.domain.operations.shop import ShippingAddress
from shared.errors import Conflict, NotFound, Unavailable
from shared.ports.suppliers import SupplierLine, SupplierOrder, SupplierOrderRequest, SupplierOrderState
from tests.peers.loopback import on_loopback
from tests.peers.stripe.faults import Fault

API_KEY = "CJ1@api@" + "loopback"
WORDS = {
    SupplierOrderState.PLACED: "UNSHIPPED",
    SupplierOrderState.SHIPPED: "SHIPPED",
    SupplierOrderState.DELIVERED: "DELIVERED",
    SupplierOrderState.CANCELLED: "CANCELLED",
}
ORDER_FIELDS = frozenset(
    {"orderNumber", "shippingZip", "shippingCountryCode", "shippingCountry", "shippingProvince"}
    | {"shippingCity", "shippingAddress", "shippingAddress2", "shippingCustomerName", "shippingPhone"}
    | {"email", "logisticName", "fromCountryCode", "payType", "products"}
)
Handler = Callable[[Any], Awaitable[Any]]


class Error(Exception):
    """An answer with a code of CJ's."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class CjPeer:
    """A running peer, and what a test may do to it. `asked` is every request, method and path."""

    supplier: SimulatedSupplier
    now: Callable[[], datetime]
    url: str = ""
    faults: list[Fault] = field(default_factory=list)
    faults_then: list[Fault] = field(default_factory=list)
    """What goes wrong from the next purchase on."""
    asked: list[str] = field(default_factory=list)
    bought: list[dict[str, Any]] = field(default_factory=list)
    unpaid: set[str] = field(default_factory=set)
    """Order numbers that stand there without having been paid."""
    tokens: int = 0
    until: datetime | None = None

    def times(self, request: str) -> int:
        """How often something was asked."""
        return sum(request in each for each in self.asked)

    def forget_token(self) -> None:
        """From now on the latest token counts no more."""
        self.until = self.now()

    # --- the API ------------------------------------------------------------------------------------

    async def token(self, given: Any) -> Any:
        if given.get("apiKey") != API_KEY:
            raise Error(1600001)
        self.tokens += 1
        self.until = self.now() + timedelta(days=15)
        return {
            "openId": 123456789,
            "accessToken": f"token-{self.tokens}",
            "accessTokenExpiryDate": self.until.isoformat(),
        }

    async def variant(self, given: Any) -> Any:
        stock = await self._offered(given["vid"])
        return {"vid": given["vid"], "variantSku": "CJX", "variantSellPrice": stock.price.minor / 100}

    async def stock(self, given: Any) -> Any:
        stock = await self._offered(given["vid"])
        here = {"vid": given["vid"], "countryCode": "CN", "totalInventoryNum": stock.stock}
        return [here, {**here, "countryCode": "US", "totalInventoryNum": 500}]

    async def freight(self, given: Any) -> Any:
        offers = [await self._offered(each["vid"]) for each in given["products"]]
        if (await self.supplier.memory.troubles()).refuses_addresses:
            return []
        price, days = max(each.shipping.minor for each in offers), max(each.days for each in offers)
        slow = {
            "logisticName": "CJPacket",
            "logisticPrice": price / 100,
            "logisticAging": f"{days - 2}-{days}",
        }
        return [{"logisticName": "DHL", "logisticPrice": price / 100 + 9, "logisticAging": "2-5"}, slow]

    async def create(self, given: Any) -> Any:
        if set(given) != ORDER_FIELDS or given["payType"] != 2 or given["logisticName"] != "CJPacket":
            raise Error(1600300)
        if await self.supplier.memory.find(self.supplier._number(given["orderNumber"])) is not None:
            raise Error(1603003)
        request = SupplierOrderRequest(
            key=given["orderNumber"],
            lines=tuple(
                SupplierLine(supplier_sku=each["vid"], quantity=each["quantity"])
                for each in given["products"]
            ),
            address=ShippingAddress(line1=given["shippingAddress"], country=given["shippingCountryCode"]),
            max_cost=Money(minor=10**9),
        )
        try:
            order = await self.supplier.place(request)
        except Conflict:
            raise Error(1603000) from None
        self.bought.append(given)
        self.faults, self.faults_then = [*self.faults, *self.faults_then], []
        return {"orderId": order.id, "orderNumber": order.key, "orderStatus": "CREATED"}

    async def detail(self, given: Any) -> Any:
        order = await self.supplier.find(given["orderId"])
        if order is None:
            order = await self._order(given["orderId"])
        tracking = order.tracking
        return {
            "orderId": order.id,
            "orderNum": order.key,
            "orderStatus": "UNPAID" if order.id in self.unpaid else WORDS[order.state],
            "orderAmount": order.cost.minor / 100,
            "logisticName": "CJPacket",
            "trackNumber": tracking.number if tracking else None,
            "trackingUrl": tracking.url if tracking else None,
        }

    async def track(self, given: Any) -> Any:
        for taken in await self.supplier.taken():
            if taken.order.tracking and taken.order.tracking.number == given["trackNumber"]:
                routes = [
                    {
                        "acceptTime": f"{each.at:%Y-%m-%d %H:%M:%S}",
                        "acceptAddress": each.place or None,
                        "remark": each.text,
                    }
                    for each in reversed(taken.order.movements)
                ]
                return [{"trackingNumber": given["trackNumber"], "routes": routes or None}]
        return []

    async def delete(self, given: Any) -> Any:
        if not await self.supplier.cancel("", (await self._order(given["orderId"])).id):
            raise Error(1603002)
        return given["orderId"]

    # --- helpers ------------------------------------------------------------------------------------

    async def _offered(self, vid: str) -> Any:
        offer = await self.supplier.offer(vid, country="US")
        if offer is None:
            raise Error(1602000)
        return offer

    async def _order(self, number: str) -> SupplierOrder:
        try:
            return await self.supplier.order(number)
        except NotFound:
            raise Error(1603100) from None

    # --- the server ---------------------------------------------------------------------------------

    def routes(self) -> Mapping[str, Handler]:
        return {
            "POST /authentication/getAccessToken": self.token,
            "GET /product/variant/queryByVid": self.variant,
            "GET /product/stock/queryByVid": self.stock,
            "POST /logistic/freightCalculate": self.freight,
            "POST /shopping/order/createOrderV2": self.create,
            "GET /shopping/order/getOrderDetail": self.detail,
            "GET /logistic/trackInfo": self.track,
            "DELETE /shopping/order/deleteOrder": self.delete,
        }

    async def serve(self, request: web.Request) -> web.StreamResponse:
        name = f"{request.method} {request.path}"
        self.asked.append(name)
        fault = next((each for each in self.faults if each.strikes(name)), None)
        if fault is not None:
            self.faults.remove(fault)
            if not fault.after:
                return self._fail(request, fault)
        answer = await self._answer(request, name)
        return self._fail(request, fault) if fault is not None or answer is None else answer

    async def _answer(self, request: web.Request, name: str) -> web.Response | None:
        """None: the connection breaks."""
        given = await request.json() if request.method == "POST" else dict(request.query)
        try:
            if "authentication" not in name:
                self._check(request.headers.get("CJ-Access-Token", ""))
            data = await self.routes()[name](given)
        except Error as error:
            return web.json_response({"code": error.code, "result": False, "message": "no", "data": None})
        except Unavailable:
            return None
        return web.json_response({"code": 200, "result": True, "message": "Success", "data": data})

    def _check(self, token: str) -> None:
        if not token or token != f"token-{self.tokens}" or self.until is None or self.until <= self.now():
            raise Error(1600001)

    def _fail(self, request: web.Request, fault: Fault | None) -> web.Response:
        if fault is not None and fault.kind == "status":
            return web.Response(status=fault.status, body=b"{}")
        if fault is not None and fault.kind == "rubbish":
            return web.Response(body=b"<html>busy</html>")
        if fault is not None and fault.kind == "cut":
            return web.Response(body=json.dumps({"code": 200, "data": {"x": 1}}).encode()[:-9])
        assert request.transport is not None
        request.transport.close()
        return web.Response()


@contextlib.asynccontextmanager
async def running_peer(supplier: SimulatedSupplier, now: Callable[[], datetime]) -> AsyncIterator[CjPeer]:
    peer = CjPeer(supplier, now)
    async with on_loopback(peer.serve) as url:
        peer.url = url
        yield peer
