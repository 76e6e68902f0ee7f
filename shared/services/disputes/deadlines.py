"""Cases that wait for too long: a person is told, once, and urgently (M16: answered within 48 hours)."""

from shared.domain.disputes import Dispute, Origin
from shared.domain.events import Event
from shared.domain.negotiations import EscalationReason
from shared.domain.status import DisputeStatus
from shared.ports.clock import Clock
from shared.ports.store import Query, Store, Where, every
from shared.services.disputes.cases import QUEUE
from shared.services.escalations import EscalationService
from shared.services.kinds import DISPUTES
from shared.services.records import Records


class DisputeDeadlines:
    """Looks for them in the housekeeping."""

    def __init__(self, records: Records, store: Store, escalations: EscalationService, clock: Clock) -> None:
        self._records = records
        self._store = store
        self._escalations = escalations
        self._clock = clock

    async def notice(self) -> int:
        """Raise every case that should be decided by now; return how many there were."""
        noticed = 0
        query = Query(
            [
                Where("status", "==", DisputeStatus.OPEN.value),
                Where("overdue", "==", False),
                Where("answer_by", "<=", f"{self._clock.now():%Y-%m-%dT%H:%M:%SZ}"),
            ]
        )
        async for document in every(self._store, DISPUTES.container, QUEUE, query):
            await self._raise(Dispute.model_validate(document.body))
            noticed += 1
        return noticed

    async def _raise(self, dispute: Dispute) -> None:
        bank = dispute.origin is Origin.BANK
        waits = (
            "has no evidence yet" if bank else f"is not decided since {dispute.created_at:%d %B, %H:%M} UTC"
        )
        await self._escalations.raise_alarm(
            subject=dispute.id,
            reason=EscalationReason.CHARGEBACK if bank else EscalationReason.DISPUTE,
            summary=f"The case {dispute.id} about {dispute.amount} {waits}: {dispute.text or dispute.reason}",
            order_id=dispute.order_id,
        )
        await self._records.update(DISPUTES, dispute.id, _overdue)


def _overdue(dispute: Dispute) -> tuple[Dispute, list[Event]]:
    return (dispute if dispute.overdue else dispute.model_copy(update={"overdue": True})), []
