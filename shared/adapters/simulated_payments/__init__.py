"""The embedded payment provider: the whole payment port with books of its own, and its failures on request.

It keeps its state in the store and its secrets on disk, tells its news by itself and as signed webhooks, and
does nothing by chance: a test says what fails. What it simplifies: nothing is ever pending, so money can be
transferred when it was captured, and a refund never fails for want of a balance, which may become negative.
"""

from shared.adapters.simulated_payments.books import LATER
from shared.adapters.simulated_payments.disputes import DisputeDesk
from shared.adapters.simulated_payments.keys import Keys
from shared.adapters.simulated_payments.memory import CONTAINER, Announce, Memory
from shared.adapters.simulated_payments.news import WebhookDesk
from shared.adapters.simulated_payments.payments import PaymentDesk
from shared.adapters.simulated_payments.records import DisputeRecord, NewsRecord, PaymentRecord, stamp
from shared.adapters.simulated_payments.transfers import TransferDesk
from shared.ports.clock import Clock
from shared.ports.store import Delete, Document, Missing, PreconditionFailed, Query, Store, Where, every
from shared.settings import Settings

__all__ = ["CONTAINER", "SimulatedPayments"]


class SimulatedPayments(PaymentDesk, TransferDesk, DisputeDesk, WebhookDesk):
    """`PaymentProvider` and `PaymentRehearsal`.

    `announce`, when given, is awaited after each write that put news into the outbox.
    """

    def __init__(
        self, store: Store, clock: Clock, settings: Settings, announce: Announce | None = None
    ) -> None:
        keys = Keys(settings.data_dir / "payments" / "keys.json")
        super().__init__(Memory(store, clock, settings, announce), keys)

    async def catch_up(self) -> int:
        """Do what became due: held news, lapsed authorisations, disputes nobody answered. Return how many."""
        await self.collected()
        query = Query([Where("due", "<=", stamp(self._memory.now()))], order_by="due")
        due = [each async for each in every(self._memory.store, CONTAINER, LATER, query)]
        for document in due:
            await self._settle(document)
        return len(due)

    async def _settle(self, due: Document) -> None:
        """Each way looks at what there is now, so that doing it again changes nothing."""
        what, partition, id = (due.body[name] for name in ("what", "partition", "id"))
        if what == PaymentRecord.kind:
            await self.lapse(partition)
        elif what == DisputeRecord.kind:
            await self.default(id)
        elif what == NewsRecord.kind:
            await self.tell(partition, id)
        try:
            await self._memory.write(LATER, [Delete(due.id, if_match=due.etag)])
        except (Missing, PreconditionFailed):  # someone else was here, and has done it or will
            return
