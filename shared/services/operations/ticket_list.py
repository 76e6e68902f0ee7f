"""The admin's list of tickets: one row each, in one partition, kept from what is announced of them."""

from collections.abc import AsyncIterator
from datetime import datetime

from shared.domain.model import Model
from shared.domain.operations.reading import TicketPriority
from shared.domain.operations.tickets import Channel, Ticket
from shared.domain.status import TicketStatus
from shared.ports.events import CloudEvent
from shared.ports.store import (
    AlreadyExists,
    Create,
    Operation,
    PreconditionFailed,
    Query,
    Replace,
    Store,
    Where,
    every,
)
from shared.services.kinds import TICKETS
from shared.services.records import MAX_RACES, Records

CONTAINER, ALL = "ticket_list", "all"
_PRIORITIES = (TicketPriority.LOW, TicketPriority.NORMAL, TicketPriority.HIGH, TicketPriority.CRITICAL)


class TicketRow(Model):
    """A ticket in the list. `waits` sorts: what needs a person first, then what is open, then the rest."""

    ticket_id: str
    revision: int
    status: TicketStatus
    priority: TicketPriority
    intent: str
    anger: int
    channel: Channel
    email: str
    subject: str
    messages: int
    taken_by: str
    rank: str
    created_at: datetime
    touched_at: str


class TicketList:
    """Keeps and reads the list."""

    def __init__(self, records: Records, store: Store) -> None:
        self._records = records
        self._store = store

    async def hear(self, event: CloudEvent) -> None:
        """Something happened to a ticket: its row shows it as it is now, whatever the event was."""
        ticket_id = str(event.data["ticket_id"])
        for _ in range(MAX_RACES):
            known = await self._store.read(CONTAINER, ALL, ticket_id)
            row = _row((await self._records.get(TICKETS, ticket_id)).value)
            if known is not None and int(known.body["revision"]) >= row.revision:
                return
            body = row.model_dump(mode="json")
            write: Operation = (
                Replace(ticket_id, body, if_match=known.etag) if known else Create(ticket_id, body)
            )
            try:
                await self._store.batch(CONTAINER, ALL, [write])
            except (AlreadyExists, PreconditionFailed):
                continue
            return

    async def rows(
        self, *, status: TicketStatus | None = None, priority: TicketPriority | None = None, limit: int = 100
    ) -> list[TicketRow]:
        """List tickets: those that wait first, the most urgent on top, the longest waiting before others."""
        where = [Where("status", "==", status.value)] if status else []
        where += [Where("priority", "==", priority.value)] if priority else []
        page = await self._store.query(CONTAINER, ALL, Query(where, order_by="rank", limit=limit))
        return [TicketRow.model_validate(each.body) for each in page.documents]

    async def touched(self, since: datetime) -> AsyncIterator[str]:
        """Yield the ids of tickets that changed since an instant."""
        query = Query([Where("touched_at", ">=", _stamp(since))])
        async for document in every(self._store, CONTAINER, ALL, query):
            yield document.id


def _row(ticket: Ticket) -> TicketRow:
    last = ticket.triages[-1].case if ticket.triages else None
    priority = last.priority if last else TicketPriority.NORMAL
    return TicketRow(
        ticket_id=ticket.id,
        priority=priority,
        intent=last.reading.intent.value if last else "",
        anger=last.reading.anger if last else 0,
        messages=len(ticket.messages),
        rank=_rank(ticket, priority),
        touched_at=_stamp(ticket.updated_at),
        **ticket.model_dump(
            include={"revision", "status", "channel", "email", "subject", "taken_by", "created_at"}
        ),
    )


def _rank(ticket: Ticket, priority: TicketPriority) -> str:
    """What sorts as text: solved last; else by urgency, then by age."""
    order = (TicketStatus.ESCALATED, TicketStatus.TAKEN, TicketStatus.OPEN, TicketStatus.SOLVED)
    solved = ticket.status is TicketStatus.SOLVED
    urgency = len(_PRIORITIES) - 1 - _PRIORITIES.index(priority)
    return f"{int(solved)}-{urgency}-{order.index(ticket.status)}-{_stamp(ticket.created_at)}-{ticket.id}"


def _stamp(instant: datetime) -> str:
    return instant.isoformat(timespec="microseconds")
