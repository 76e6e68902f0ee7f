"""The file of a case, gathered when it is read (flow 5.5-2 step 2): order, deliveries, messages, updates."""

from shared.domain.disputes import Dispute
from shared.domain.model import Model
from shared.domain.negotiations import Negotiation
from shared.domain.operations.shop_orders import ShopOrder
from shared.domain.orders import Order
from shared.domain.recoveries import Recovery
from shared.services.disputes.cases import Cases
from shared.services.kinds import NEGOTIATIONS, ORDERS, RECOVERIES, SHOP_ORDERS
from shared.services.records import Records
from shared.services.threads import StatusUpdate, ThreadService


class CaseFile(Model):
    """Everything that a person needs to decide. `others` are the other cases of the same order.

    A case is about an order, or about one of the web shop.
    """

    order: Order | None
    shop_order: ShopOrder | None = None
    negotiations: tuple[Negotiation, ...] = ()
    recoveries: tuple[Recovery, ...] = ()
    updates: tuple[StatusUpdate, ...] = ()
    others: tuple[Dispute, ...]


class CaseFiles:
    """Gathers the files."""

    def __init__(self, records: Records, cases: Cases, threads: ThreadService) -> None:
        self._records = records
        self._cases = cases
        self._threads = threads

    async def of(self, dispute: Dispute) -> CaseFile:
        """Gather what is known of a case now."""
        cases = await self._cases.of_order(dispute.order_id)
        others = tuple(each for each in cases if each.id != dispute.id)
        order = await self.order_of(dispute)
        if order is None:
            shop_order = (await self._records.get(SHOP_ORDERS, dispute.order_id)).value
            return CaseFile(order=None, shop_order=shop_order, others=others)
        numbers = range(1, order.changes + 1)
        negotiations = [await self._records.find(NEGOTIATIONS, f"{order.id}-n{n}") for n in numbers]
        recoveries = [await self._records.find(RECOVERIES, f"{order.id}-r{n}") for n in numbers]
        updates = await self._threads.updates(order.thread_id)
        return CaseFile(
            order=order,
            negotiations=tuple(each.value for each in negotiations if each),
            recoveries=tuple(each.value for each in recoveries if each),
            updates=tuple(each for each in updates if each.subject.startswith(order.id)),
            others=others,
        )

    async def order_of(self, dispute: Dispute) -> Order | None:
        """Return the order that a case is about; None when the web shop sold it."""
        found = await self._records.find(ORDERS, dispute.order_id)
        return found.value if found else None
