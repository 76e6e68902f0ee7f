"""Calling a person about a ticket until somebody takes it (flow ops-6): push, SMS, Slack."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from shared.domain.events import Event
from shared.domain.model import Model
from shared.domain.operations import alarms as rules
from shared.domain.operations.alarms import Alarm, AlertLevel, Sent, alarm_id
from shared.domain.operations.tickets import Ticket
from shared.domain.status import EscalationStatus
from shared.errors import NotFound, Unavailable
from shared.ports.alerts import Alert, AlertChannel
from shared.ports.store import Query, Store, Where, every
from shared.services.escalations import EscalationService
from shared.services.kinds import ALARMS, TICKETS
from shared.services.operations.resolution import summary
from shared.services.operations.tickets import escalation_of
from shared.services.records import Records
from shared.settings import Settings

_QUIET = {"slack"}
"""Channels that are used whatever the level; the others wake people."""


class Called(Model):
    """One round of calls. `until`: when the next one is due if nobody takes it; None: there is none."""

    until: datetime | None
    outcome: str = ""


class Alarms:
    """Sends the calls, and remembers them."""

    def __init__(
        self,
        records: Records,
        store: Store,
        channels: Sequence[AlertChannel],
        escalations: EscalationService,
        settings: Settings,
    ) -> None:
        self._records = records
        self._store = store
        self._channels = channels
        self._escalations = escalations
        self._settings = settings

    async def call(
        self, ticket_id: str, message: int, *, round_: int, level: AlertLevel, reason: str, product_id: str
    ) -> Called:
        """Call by every channel of the level, unless somebody has it.

        Raises Unavailable when no channel got through: whoever runs this tries again soon.
        """
        now = self._records.now()
        id = alarm_id(ticket_id, message)
        fresh = Alarm(
            id=id,
            created_at=now,
            updated_at=now,
            ticket_id=ticket_id,
            message=message,
            level=level,
            reason=reason,
            product_id=product_id,
        )
        await self._records.create(ALARMS, fresh)
        ticket = (await self._records.get(TICKETS, ticket_id)).value
        if await self._has_somebody(ticket, message):
            return await self._over(id, "taken")
        await self._send(id, ticket, message, level, round_)
        pause = rules.pause_after(
            level,
            round_,
            first=self._settings.alert_again_after,
            longest=self._settings.alert_again_at_most,
        )
        return await self._over(id, "enough") if pause is None else Called(until=now + pause)

    async def list_open(self) -> Sequence[Alarm]:
        """Return the alarms that still call, and those that were over lately, newest first."""
        query = Query([Where("ticket_id", "!=", None)])
        found = [
            Alarm.model_validate(document.body)
            async for document in every(self._store, ALARMS.container, "alarms", query)
        ]
        return sorted(found, key=lambda alarm: (alarm.over != "", -alarm.created_at.timestamp()))

    async def _has_somebody(self, ticket: Ticket, message: int) -> bool:
        if message not in ticket.alarms:
            return True
        try:
            task = await self._escalations.get(f"esc_{escalation_of(ticket.id, message)}")
        except NotFound:  # it is queued in the same moment
            return False
        return task.status is not EscalationStatus.PENDING

    async def _send(self, id: str, ticket: Ticket, message: int, level: AlertLevel, round_: int) -> None:
        triage = ticket.triage(message)
        alert = Alert(
            key=f"{id}-{round_}",
            level=level,
            title=f"{level.value.upper()}: ticket {ticket.id}",
            text=summary(triage)[:2000] if triage else "A customer's message needs a person.",
            url=f"{self._settings.portal_url or self._settings.public_url}/api/v1/tickets/{ticket.id}",
        )
        loud = level is not AlertLevel.NORMAL
        chosen = [each for each in self._channels if loud or each.name in _QUIET]
        delivered = await asyncio.gather(*(self._through(each, alert) for each in chosen))
        now = self._records.now()
        sent = [
            Sent(channel=each.name, round=round_, at=now, delivered=ok)
            for each, ok in zip(chosen, delivered, strict=True)
        ]
        await self._records.update(ALARMS, id, lambda alarm: (rules.with_round(alarm, sent), []))
        if not any(delivered):
            raise Unavailable("No channel reaches anybody.")

    async def _through(self, channel: AlertChannel, alert: Alert) -> bool:
        try:
            await channel.send(alert)
        except Unavailable:
            return False
        return True

    async def _over(self, id: str, why: str) -> Called:
        def change(alarm: Alarm) -> tuple[Alarm, list[Event]]:
            return (alarm if alarm.over else alarm.model_copy(update={"over": why})), []

        await self._records.update(ALARMS, id, change)
        return Called(until=None, outcome=why)
