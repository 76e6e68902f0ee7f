"""News of the shop, taken in: a paid order starts its fulfilment, a changed one is looked at (flow ops-1)."""

from enum import StrEnum

from shared.domain.events import Event, EventType
from shared.domain.operations.facts import OrderPaid
from shared.domain.operations.shop_orders import shop_order_key
from shared.ports.shop import ShopNews, ShopTopic
from shared.services.kinds import SHOP_ORDERS
from shared.services.operations.inbox import NewsInbox
from shared.services.records import Records

SENDER = "shop"


class Receipt(StrEnum):
    """What became of a delivery."""

    NEW = "new"
    KNOWN = "known"
    """It came before."""
    STALE = "stale"
    """What it tells is older than what is known: deliveries overtake each other."""
    UNFOLLOWED = "unfollowed"
    """Nobody here follows what it is about."""


class ShopDesk:
    """Stores and announces; what the news mean is looked up in the shop later."""

    def __init__(self, records: Records, inbox: NewsInbox) -> None:
        self._records = records
        self._inbox = inbox

    async def receive(self, news: ShopNews) -> Receipt:
        """Take a delivery in, once per id."""
        order_id = shop_order_key(news.shop_order_id)
        known = await self._records.find(SHOP_ORDERS, order_id)
        stale = known is not None and news.at < known.value.sold.updated_at
        event = None if stale else _event(news, order_id)
        if not await self._inbox.receive(SENDER, news.id, event, subject=order_id):
            return Receipt.KNOWN
        return Receipt.STALE if stale else Receipt.NEW


def _event(news: ShopNews, order_id: str) -> Event:
    if news.topic is ShopTopic.ORDER_PAID:
        return OrderPaid(order_id=order_id, shopify_order_id=news.shop_order_id).event()
    data = {"order_id": order_id, "shopify_order_id": news.shop_order_id}
    return Event(type=EventType.SHOP_ORDER_CHANGED, data={**data})
