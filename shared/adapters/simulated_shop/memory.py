"""Where the embedded shop keeps what it knows: container `shop_simulator`, one partition."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any

from shared.adapters.shopify.webhooks import news_id
from shared.domain.operations.shop_orders import shop_order_key
from shared.errors import NotFound, Unavailable
from shared.ports.rehearsals import ShopTroubles, SoldOrder
from shared.ports.shop import ShopNews, ShopTopic
from shared.ports.store import (
    AlreadyExists,
    Create,
    PreconditionFailed,
    Query,
    Replace,
    Store,
    Upsert,
    Where,
    every,
    follow,
)

CONTAINER = "shop_simulator"
_SHOP, _COUNTER, _TROUBLES, _FIRST = "shop", "counter", "troubles", 1001
MAX_RACES = 50
TOPICS = {ShopTopic.ORDER_PAID: "orders/paid", ShopTopic.ORDER_CHANGED: "orders/updated"}
"""What Shopify calls them."""


class Memory:
    """The shop's documents."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def troubles(self) -> ShopTroubles:
        """What goes wrong."""
        document = await self._store.read(CONTAINER, _SHOP, _TROUBLES)
        return ShopTroubles() if document is None else ShopTroubles.model_validate(document.body)

    async def put_troubles(self, troubles: ShopTroubles) -> None:
        """Rehearse troubles."""
        await self._store.batch(CONTAINER, _SHOP, [Upsert(_TROUBLES, troubles.model_dump(mode="json"))])

    async def next_number(self) -> str:
        """Count one more order."""
        for _ in range(MAX_RACES):
            document = await self._store.read(CONTAINER, _SHOP, _COUNTER)
            number = int(document.body["next"]) if document else _FIRST
            body = {"next": number + 1}
            write = Replace(_COUNTER, body, if_match=document.etag) if document else Create(_COUNTER, body)
            try:
                await self._store.batch(CONTAINER, _SHOP, [write])
            except (AlreadyExists, PreconditionFailed):
                continue
            return str(number)
        raise Unavailable("The shop is asked by too many at once.")

    async def get(self, shop_order_id: str) -> tuple[SoldOrder, str]:
        """Return an order and its etag. Raises NotFound."""
        document = await self._store.read(CONTAINER, _SHOP, _id(shop_order_id))
        if document is None:
            raise NotFound("order of the shop", shop_order_id)
        return SoldOrder.model_validate(document.body["record"]), document.etag

    async def write(self, record: SoldOrder, etag: str | None, *, topic: ShopTopic) -> ShopNews | None:
        """Write an order and the news of it; None: someone else wrote in between."""
        order = record.order
        news = ShopNews(
            id=news_id(TOPICS[topic], f"{order.shop_order_id}-{_digest(record)}"),
            topic=topic,
            shop_order_id=order.shop_order_id,
            at=order.updated_at,
        )
        id, body = _id(order.shop_order_id), _body(record)
        write = Create(id, body) if etag is None else Replace(id, body, if_match=etag)
        told = Upsert(f"news:{news.id}", {"kind": "news", "news": news.model_dump(mode="json")})
        try:
            await self._store.batch(CONTAINER, _SHOP, [write, told])
        except (AlreadyExists, PreconditionFailed):
            return None
        return news

    async def orders(self, email: str) -> AsyncIterator[SoldOrder]:
        """Yield a customer's orders, newest first."""
        query = Query([Where("email", "==", email.lower())], order_by="-paid_at")
        async for document in every(self._store, CONTAINER, _SHOP, query):
            yield SoldOrder.model_validate(document.body["record"])

    async def news(self) -> list[ShopNews]:
        """Return all news there ever was, in the order in which they happened."""
        return [
            ShopNews.model_validate(document.body["news"])
            async for feed in follow(self._store, CONTAINER, None)
            for document in feed.documents
            if document.body.get("kind") == "news"
        ]


def _digest(record: SoldOrder) -> str:
    """What tells one state of an order from another, also at the same instant."""
    return hashlib.sha256(record.model_dump_json().encode()).hexdigest()[:12]


def _id(shop_order_id: str) -> str:
    return f"order:{shop_order_key(shop_order_id)}"


def _body(record: SoldOrder) -> dict[str, Any]:
    order = record.order
    return {
        "kind": "order",
        "email": order.customer.email.lower(),
        "paid_at": order.paid_at.isoformat(),
        "record": record.model_dump(mode="json"),
    }
