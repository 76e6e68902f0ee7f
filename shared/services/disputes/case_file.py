"""The file of a case, gathered when it is read (flow 5.5-2 step 2): order, deliveries, messages, updates."""

from shared.domain.disputes import Dispute
from shared.domain.model import Model
from shared.domain.negotiations import Negotiation
from shared.domain.orders import Order
from shared.domain.recoveries import Recovery
from shared.services.disputes.cases import Cases
from shared.services.kinds import NEGOTIATIONS, ORDERS, RECOVERIES
from shared.services.records import Records
from shared.services.threads import StatusUpdate, ThreadService


class CaseFile(Model):
    """Everything that a person needs to decide. `others` are the other cases of the same order."""

    order: Order
    negotiations: tuple[Negotiation, ...]
    recoveries: tuple[Recovery, ...]
    updates: tuple[StatusUpdate, ...]
    others: tuple[Dispute, ...]


class CaseFiles:
    """Gathers the files."""

    def __init__(self, records: Records, cases: Cases, threads: ThreadService) -> None:
        self._records = records
        self._cases = cases
        self._threads = threads

    async def of(self, dispute: Dispute) -> CaseFile:
        """Gather what is known of a case now."""
        order = (await self._records.get(ORDERS, dispute.order_id)).value
        numbers = range(1, order.changes + 1)
        negotiations = [await self._records.find(NEGOTIATIONS, f"{order.id}-n{n}") for n in numbers]
        recoveries = [await self._records.find(RECOVERIES, f"{order.id}-r{n}") for n in numbers]
        updates = await self._threads.updates(order.thread_id)
        cases = await self._cases.of_order(order.id)
        return CaseFile(
            order=order,
            negotiations=tuple(each.value for each in negotiations if each),
            recoveries=tuple(each.value for each in recoveries if each),
            updates=tuple(each for each in updates if each.subject.startswith(order.id)),
            others=tuple(each for each in cases if each.id != dispute.id),
        )
