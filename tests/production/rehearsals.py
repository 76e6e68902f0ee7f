"""What goes on outside, played by the peers: the rehearsals of `shared.ports.rehearsals` over real adapters.

So a test arranges and looks through the same doors of the simulator, whatever the app stands among.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from shared.bootstrap import app
from shared.chosen_adapters import DATA
from shared.domain.operations.purchases import Tracking
from shared.domain.operations.shop import ShippingAddress, ShopSnapshot
from shared.domain.places import GeoPoint
from shared.ports.mail import Mail
from shared.ports.rehearsals import (
    Fulfilment,
    GivenBack,
    Letter,
    NewOrder,
    ShopTroubles,
    SignedDelivery,
    SoldOrder,
)
from shared.ports.shop import ShopNews, ShopTopic
from shared.ports.weather import Forecast, Sky
from tests.peers.open_meteo.peer import OpenMeteoPeer
from tests.peers.open_meteo.peer import Sky as Said
from tests.peers.shopify.deliveries import delivery
from tests.peers.shopify.orders import Line, Node, Order, gid
from tests.peers.shopify.peer import ShopifyPeer
from tests.peers.smtp.peer import SmtpPeer

PRODUCTS = {each["sku"]: each for each in json.loads((DATA / "shop" / "products.json").read_text())}
CODES = {Sky.SUNNY: 0, Sky.CLOUDY: 3, Sky.RAINY: 63, Sky.SNOWY: 73, Sky.STORMY: 95}
Tell = Callable[[bytes, Mapping[str, str]], Awaitable[Any]]


@dataclass
class Shopify:
    """Shopify's customers and staff. The shop tells of what they do by webhooks to the app's own door."""

    peer: ShopifyPeer
    now: Callable[[], datetime]
    shop: str
    secret: str
    tell: Tell | None = None
    silent: bool = False
    made: list[SignedDelivery] = field(default_factory=list)

    async def sell(self, wanted: NewOrder) -> tuple[ShopSnapshot, ShopNews]:
        self.peer.now = self.now()
        lines = [
            Line(n, each.sku, f"{PRODUCTS[each.sku]['price'] * each.quantity / 100:.2f}", each.quantity)
            for n, each in enumerate(wanted.lines, 1)
        ]
        for line in lines:
            line.title = PRODUCTS[line.sku or ""]["title"]
        sold = self.peer.sell(
            str(1001 + len(self.peer.orders)),
            *lines,
            email=wanted.email,
            address=_address(wanted.address),
            buyer=wanted.name,
            shipping=f"{wanted.shipping / 100:.2f}",
        )
        await self._told(sold, "orders/paid")
        snapshot = await app().operations.ports.shop.order(sold.id)
        return snapshot, ShopNews(
            id=sold.id, topic=ShopTopic.ORDER_PAID, shop_order_id=sold.id, at=self.now()
        )

    async def sold(self, shop_order_id: str) -> SoldOrder:
        order = self.peer.orders[gid("Order", shop_order_id)]
        return SoldOrder(
            order=await app().operations.ports.shop.order(shop_order_id),
            fulfilments=tuple(map(_fulfilment, order.fulfilments)),
            refunds=tuple(map(_refund, order.refunds)),
        )

    async def readdressed(self, shop_order_id: str, address: ShippingAddress) -> None:
        order = self.peer.orders[gid("Order", shop_order_id)]
        order.address = _address(address)
        self.peer._changed(order)
        await self._told(order, "orders/updated")

    async def trouble(self, troubles: ShopTroubles) -> None:
        assert troubles.away_until is None, "the peer does not know for how long it is away"
        self.peer.loses, self.silent = troubles.lost_answers, troubles.keeps_news

    async def keeps_news(self) -> bool:
        """Nobody needs to tell for Shopify."""
        return True

    async def deliveries(self) -> Sequence[SignedDelivery]:
        return self.made

    async def _told(self, order: Order, topic: str) -> None:
        body, headers = delivery(order, shop=self.shop, secret=self.secret, topic=topic)
        self.made.append(SignedDelivery(id=f"e-{len(self.made)}", headers=headers, body=body.decode()))
        if not self.silent:
            assert self.tell is not None, "the app is not there yet"
            await self.tell(body, headers)


@dataclass
class Post:
    """The mail server's memory. A letter does not say its key, but has one id for it."""

    peer: SmtpPeer
    now: Callable[[], datetime]

    async def letters(self, to: str) -> Sequence[Letter]:
        found = [each for each in self.peer.letters if to in each.recipients]
        return [
            Letter(
                message_id=str(each.message["Message-ID"]),
                at=self.now(),
                mail=Mail(
                    key=str(each.message["Message-ID"]),
                    to=to,
                    subject=str(each.message["Subject"]),
                    text=each.text,
                    in_reply_to=str(each.message["In-Reply-To"] or ""),
                ),
            )
            for each in found
        ]


@dataclass
class OpenMeteo:
    """The weather as Open-Meteo tells it, everywhere the same."""

    peer: OpenMeteoPeer

    async def set_override(
        self, point: GeoPoint, *, day: date, sky: Sky, since: datetime | None = None
    ) -> Forecast:
        self.peer.say(day, Said(CODES[sky], sun=0.9 if sky is Sky.SUNNY else 0.1), since=since)
        return Forecast(day=day, sky=sky, high_c=29.4, low_c=18.1)


def _address(given: ShippingAddress) -> Node:
    return {
        "name": given.name,
        "address1": given.line1,
        "address2": given.line2 or None,
        "city": given.city,
        "provinceCode": given.region,
        "zip": given.postal_code,
        "countryCodeV2": given.country,
        "phone": given.phone or None,
    }


def _fulfilment(made: Node) -> Fulfilment:
    (tracking,) = made["trackingInfo"]
    return Fulfilment(
        id=made["id"],
        key=made["id"],
        lines=tuple(made["quantities"].items()),
        tracking=Tracking(number=tracking["number"], carrier=tracking["company"], url=tracking["url"]),
    )


def _refund(made: Node) -> GivenBack:
    amount = made["totalRefundedSet"]["shopMoney"]
    return GivenBack.model_validate(
        {
            "id": made["id"],
            "key": made["id"],
            "amount": {"minor": round(float(amount["amount"]) * 100), "currency": amount["currencyCode"]},
            "line_id": "",
            "reason": "",
            "payment_refund_id": "",
        }
    )
