"""News of suppliers, taken in: a parcel's plan is woken to look (flow ops-2)."""

from shared.domain.events import Event, EventType
from shared.domain.ids import owner_of
from shared.errors import NotFound
from shared.ports.suppliers import SupplierNews
from shared.services.kinds import SHOP_ORDERS
from shared.services.operations.inbox import NewsInbox
from shared.services.operations.shop_desk import Receipt
from shared.services.records import Records


class SupplierDesk:
    """Stores and announces; what the news mean is asked of the supplier later."""

    def __init__(self, records: Records, inbox: NewsInbox) -> None:
        self._records = records
        self._inbox = inbox

    async def receive(self, supplier_id: str, news: SupplierNews) -> Receipt:
        """Take a delivery in, once per supplier and id; of orders that are not ours nothing is kept."""
        event = await self._event(supplier_id, news.key)
        if event is None:
            return Receipt.UNFOLLOWED
        order_id = str(event.data["order_id"])
        is_new = await self._inbox.receive(f"supplier-{supplier_id}", news.id, event, subject=order_id)
        return Receipt.NEW if is_new else Receipt.KNOWN

    async def _event(self, supplier_id: str, purchase_id: str) -> Event | None:
        order_id = owner_of(purchase_id)
        found = await self._records.find(SHOP_ORDERS, order_id)
        if found is None:
            return None
        try:
            purchase = found.value.purchase(purchase_id)
        except NotFound:
            return None
        if purchase.supplier_id != supplier_id:
            return None
        data: dict[str, str | int] = {"order_id": order_id, "purchase_id": purchase_id}
        return Event(type=EventType.PARCEL_NEWS, data={**data, "turn": purchase.turn})
