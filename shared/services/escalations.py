"""The intervention queue (flows 6.6-2, 5.4b-4): what the machine could not settle, most urgent first."""

from datetime import datetime

from shared.domain.escalations import Escalation, Note, Priority, Resolution, priority_of
from shared.domain.events import Event, EventType
from shared.domain.model import Model
from shared.domain.negotiations import EscalationReason
from shared.domain.orders import Order
from shared.domain.status import EscalationStatus
from shared.errors import Conflict, InvalidInput
from shared.ports.store import Query, Store, Where, every
from shared.services.kinds import ESCALATIONS
from shared.services.planning import starts_at
from shared.services.records import Records
from shared.settings import Settings


class HandedOver(Model):
    """A person has the task and should have settled it by `until`."""

    escalation_id: str
    until: datetime


class Settled(Model):
    """How the person settled it; None: nobody did in time."""

    resolution: Resolution | None


class EscalationService:
    """Opens, lists, assigns and resolves escalations."""

    def __init__(self, records: Records, store: Store, settings: Settings) -> None:
        self._records = records
        self._store = store
        self._settings = settings

    async def open(
        self, *, subject: str, order: Order, leg_id: str, reason: EscalationReason, summary: str
    ) -> Escalation:
        """Queue a task about `subject`; one subject has one task, however often this runs."""
        due = starts_at(order, leg_id)
        vendor_id = order.leg(leg_id).vendor_id
        return await self._queue(subject, reason, summary, due, order_id=order.id, vendor_id=vendor_id)

    async def raise_alarm(
        self, *, subject: str, reason: EscalationReason, summary: str, order_id: str = ""
    ) -> Escalation:
        """Queue a task that is about no leg of an order: about the books, a payee, a day."""
        return await self._queue(subject, reason, summary, None, order_id=order_id)

    async def _queue(
        self, subject: str, reason: EscalationReason, summary: str, due: datetime | None, **about: str
    ) -> Escalation:
        now = self._records.now()
        escalation = Escalation(
            id=f"esc_{subject}",
            created_at=now,
            updated_at=now,
            subject=subject,
            reason=reason,
            summary=summary[:2000],
            priority=priority_of(reason, due, now=now, urgent_within=self._settings.urgent_within),
            due=due,
            **about,
        )
        event = Event(
            type=EventType.ESCALATED,
            data={"escalation_id": escalation.id, "subject": subject, "reason": reason.value},
        )
        return await self._records.create(ESCALATIONS, escalation, events=[event])

    async def get(self, escalation_id: str) -> Escalation:
        """Return an escalation. Raises NotFound."""
        return (await self._records.get(ESCALATIONS, escalation_id)).value

    def handed_over(self, escalation: Escalation) -> HandedOver:
        """Say until when a plan waits for the person."""
        until = escalation.created_at + self._settings.person_timeout
        return HandedOver(escalation_id=escalation.id, until=until)

    async def settled(self, escalation_id: str) -> Settled:
        """Read how the person settled it."""
        return Settled(resolution=(await self.get(escalation_id)).resolution)

    async def queue(self, *, status: EscalationStatus | None = None) -> list[Escalation]:
        """List escalations: open ones first; of those what is urgent now, then by priority and when due."""
        query = Query(
            where=[Where("status", "==", status.value)] if status else [Where("subject", "!=", None)]
        )
        found = [
            Escalation.model_validate(document.body)
            async for document in every(self._store, ESCALATIONS.container, "queue", query)
        ]
        soon = self._records.now() + self._settings.urgent_within
        return sorted(found, key=lambda escalation: _urgency(escalation, soon))

    async def assign(
        self, escalation_id: str, *, to: str, by: str, note: str = "", priority: Priority | None = None
    ) -> Escalation:
        """Give the task to someone (flow 5.4b-4 step 2). Raises IllegalMove when it is resolved."""

        def change(escalation: Escalation) -> tuple[Escalation, list[Event]]:
            noted = self._noted(escalation, by, note)
            return noted.moved(
                EscalationStatus.ASSIGNED, assigned_to=to, priority=priority or escalation.priority
            ), []

        return await self._records.update(ESCALATIONS, escalation_id, change)

    async def resolve(self, escalation_id: str, *, resolution: Resolution, by: str, note: str) -> Escalation:
        """Settle the task; the waiting plan goes on from here (flow 5.4b-4 step 3).

        The same resolution again changes nothing. Raises Conflict for another one, InvalidInput for one that
        the task does not allow.
        """

        def change(escalation: Escalation) -> tuple[Escalation, list[Event]]:
            if escalation.resolution is resolution:
                return escalation, []
            if not escalation.allows(resolution):
                raise InvalidInput("There is no change here that could be accepted.", field="resolution")
            if escalation.resolution is not None:
                raise Conflict(f"It was resolved already: {escalation.resolution}.", code="already_resolved")
            event = Event(
                type=EventType.ESCALATION_RESOLVED,
                data={
                    "escalation_id": escalation_id,
                    "resolution": resolution.value,
                    "subject": escalation.subject,
                },
            )
            noted = self._noted(escalation, by, note)
            return noted.moved(EscalationStatus.RESOLVED, resolution=resolution), [event]

        return await self._records.update(ESCALATIONS, escalation_id, change)

    def _noted(self, escalation: Escalation, by: str, text: str) -> Escalation:
        if not text:
            return escalation
        note = Note(by=by, at=self._records.now(), text=text)
        return escalation.model_copy(update={"notes": (*escalation.notes, note)})


def _urgency(escalation: Escalation, soon: datetime) -> tuple[bool, int, float]:
    due = escalation.due.timestamp() if escalation.due else float("inf")
    urgent = due < soon.timestamp()
    priority = max(escalation.priority, Priority.CRITICAL) if urgent else escalation.priority
    return escalation.status is EscalationStatus.RESOLVED, -priority, due
