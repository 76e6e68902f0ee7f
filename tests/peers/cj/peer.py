"""A stateful server in the shape of CJ Dropshipping's API 2.0: variants, stock, freight, orders.

What it takes from documentation only: that an order can be looked up by our own number, and the words and
codes of its refusals.
"""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN = "cj-token-that-nobody-guesses"
NOT_FOUND = 1600100
_NEEDED = (
    *("orderNumber", "shippingCustomerName", "shippingAddress", "shippingCity", "shippingProvince"),
    *("shippingZip", "shippingCountryCode", "fromCountryCode", "payType", "products"),
)


@dataclass
class CjPeer:
    """What CJ knows. `fault` is what the next order call does: `500`, `429`, `broken`, `lost`, or nothing."""

    url: str = ""
    prices: dict[str, str] = field(default_factory=lambda: {"V1": "11.00", "V2": "3.50"})
    stock: dict[str, int] = field(default_factory=lambda: {"V1": 5, "V2": 100})
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    fault: str = ""
    refuses_addresses: bool = False
    taken: int = 0

    def find(self, id: str) -> dict[str, Any] | None:
        """An order by its id or by our number."""
        return next((o for o in self.orders.values() if id in (o["orderId"], o["orderNum"])), None)

    async def variant(self, request: web.Request) -> web.Response:
        vid = request.query["vid"]
        return _said({"vid": vid, "variantSellPrice": self.prices[vid]}) if vid in self.prices else _nothing()

    async def shelf(self, request: web.Request) -> web.Response:
        vid = request.query["vid"]
        stored = self.stock.get(vid, 0)
        return _said([{"storageNum": stored // 2}, {"storageNum": stored - stored // 2}])

    async def freight(self, request: web.Request) -> web.Response:
        asked = await request.json()
        assert set(asked) == {"startCountryCode", "endCountryCode", "products"}
        assert isinstance(asked["products"][0]["quantity"], int)
        dear = {"logisticPrice": "9.80", "logisticAging": "3-5"}
        return _said([dear, {"logisticPrice": 1.5, "logisticAging": "7-12"}])

    async def create(self, request: web.Request) -> web.Response:
        if self.fault in ("500", "429"):
            return web.Response(status=int(self.fault))
        asked = await request.json()
        missing = [name for name in _NEEDED if name not in asked]
        if missing:
            return _refused(1600001, f"{missing[0]} must not be empty")
        if self.refuses_addresses:
            return _refused(1603001, "Shipping address is not supported by this logistic")
        if any(self.stock.get(each["vid"], 0) < each["quantity"] for each in asked["products"]):
            return _refused(1602002, "Insufficient inventory")
        if self.find(asked["orderNumber"]) is None:
            self._take(asked)
        if self.fault == "lost":
            self.fault = ""
            request.transport.close()  # type: ignore[union-attr]
        if self.fault == "broken":
            return web.Response(text='{"code": 200, "data": {', content_type="application/json")
        return _said({"orderId": self.find(asked["orderNumber"])["orderId"]})  # type: ignore[index]

    async def detail(self, request: web.Request) -> web.Response:
        found = self.find(request.query["orderId"])
        return _said(found) if found else _nothing()

    async def delete(self, request: web.Request) -> web.Response:
        found = self.find(request.query["orderId"])
        if found is None:
            return _nothing()
        found["orderStatus"] = "CANCELLED"
        return _said(found["orderId"])

    def _take(self, asked: dict[str, Any]) -> None:
        self.taken += 1
        cost = sum(float(self.prices[each["vid"]]) * each["quantity"] for each in asked["products"]) + 1.5
        for each in asked["products"]:
            self.stock[each["vid"]] -= each["quantity"]
        id = f"SD{len(self.orders) + 1:010}"
        self.orders[id] = {
            "orderId": id,
            "orderNum": asked["orderNumber"],
            "orderStatus": "UNSHIPPED",
            "orderAmount": f"{cost:.2f}",
            "trackNumber": None,
            "logisticName": "CJPacket",
        }

    def ship(self, key: str) -> None:
        """Let an order leave."""
        found = self.find(key)
        assert found is not None
        found |= {"orderStatus": "SHIPPED", "trackNumber": "CJ123", "trackingUrl": "https://t.example/CJ123"}


@contextlib.asynccontextmanager
async def running_cj() -> AsyncIterator[CjPeer]:
    """Serve it for as long as the block lasts."""
    peer = CjPeer()

    @web.middleware
    async def known(request: web.Request, handler: Any) -> web.StreamResponse:
        if request.headers.get("CJ-Access-Token") != TOKEN:
            return _refused(1600001, "Invalid API key or access token")
        return await handler(request)  # type: ignore[no-any-return]

    app = web.Application(middlewares=[known])
    app.router.add_get("/v1/product/variant/queryByVid", peer.variant)
    app.router.add_get("/v1/product/stock/queryByVid", peer.shelf)
    app.router.add_post("/v1/logistic/freightCalculate", peer.freight)
    app.router.add_post("/v1/shopping/order/createOrderV2", peer.create)
    app.router.add_get("/v1/shopping/order/getOrderDetail", peer.detail)
    app.router.add_delete("/v1/shopping/order/deleteOrder", peer.delete)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    peer.url = f"http://127.0.0.1:{port}/v1"
    try:
        yield peer
    finally:
        await runner.cleanup()


def _said(data: Any) -> web.Response:
    return web.json_response({"code": 200, "result": True, "message": "Success", "data": data})


def _nothing() -> web.Response:
    return web.json_response({"code": NOT_FOUND, "result": False, "message": "not found", "data": None})


def _refused(code: int, message: str) -> web.Response:
    return web.json_response({"code": code, "result": False, "message": message, "data": None})
