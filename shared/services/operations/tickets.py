"""Tickets: what customers write is stored first, once, and announced; persons take over and resolve."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

from pydantic import Field

from shared.domain.escalations import Resolution
from shared.domain.events import Event
from shared.domain.ids import fresh
from shared.domain.model import Model
from shared.domain.operations import tickets as rules
from shared.domain.operations.facts import TicketSolved
from shared.domain.operations.gate import Act, ActKind
from shared.domain.operations.quoting import fresh_and_quoted, shortened
from shared.domain.operations.tickets import (
    MAX_MESSAGES,
    MAX_QUOTED,
    MAX_TEXT,
    Channel,
    Sender,
    Ticket,
    TicketMessage,
    customer_key,
    heard,
    normalised,
)
from shared.domain.status import TicketStatus
from shared.errors import Conflict, NotFound, Unavailable
from shared.ports.store import AlreadyExists, PreconditionFailed, Query, Store, Where, every
from shared.services.escalations import EscalationService
from shared.services.kinds import TICKETS
from shared.services.operations.ticket_acts import TicketActs
from shared.services.records import MAX_RACES, Records, Stored


class Letter(Model):
    """A mail that came in. Its `subject`, `text` and names are the sender's words and nothing more."""

    message_id: str
    email: str
    name: str = ""
    subject: str = ""
    text: str
    replies_to: tuple[str, ...] = ()
    """Message-IDs that it answers or refers to."""
    authenticated: bool = False
    at: datetime


class Speaker(Model):
    """Who writes in the chat. `email` is the address that their token proves, if any."""

    customer_id: str
    by: str
    email: str = ""
    name: str = Field(default="", max_length=300)


class TicketService:
    """Takes messages in, and what persons do about them."""

    def __init__(
        self, records: Records, store: Store, acts: TicketActs, escalations: EscalationService
    ) -> None:
        self._records = records
        self._store = store
        self._acts = acts
        self._escalations = escalations

    async def get(self, ticket_id: str) -> Ticket:
        """Return a ticket. Raises NotFound."""
        return (await self._records.get(TICKETS, ticket_id)).value

    async def of_customer(self, key: str) -> list[Ticket]:
        """Return every ticket of a customer, by their key, oldest first."""
        found = [each.value for each in await self._stored(key)]
        return sorted(found, key=lambda ticket: (ticket.created_at, ticket.id))

    # --- written by customers -----------------------------------------------------------------------

    async def receive(self, letter: Letter) -> Ticket:
        """Take a mail in: a message of the ticket whose thread it is in, of an open one, or a new ticket.

        The same mail again changes nothing.
        """
        text, quoted = fresh_and_quoted(letter.text)
        message = TicketMessage(
            number=1,
            sender=Sender.CUSTOMER,
            subject=letter.subject[:200],
            text=shortened(text, MAX_TEXT),
            quoted=shortened(quoted, MAX_QUOTED),
            sent_id=letter.message_id,
            at=letter.at,
            authenticated=letter.authenticated,
        )
        email = normalised(letter.email)
        blank = self._blank(
            customer_key(email=email),
            email=email,
            name=letter.name[:300],
            channel=Channel.MAIL,
            subject=letter.subject[:200],
        )
        return await self._take_in(
            blank,
            message,
            thread=(letter.message_id,),
            belongs=lambda known: _by_thread(known, letter.replies_to) or _open(known, Channel.MAIL),
        )

    async def open(self, speaker: Speaker, text: str, *, key: str | None) -> Ticket:
        """Begin a ticket in the chat, or go on in the one that is open; the same key again is the same.

        Raises Conflict (`idempotency_key_reused`) for another text under a known key.
        """
        blank = self._blank(
            customer_key(email=speaker.email, customer_id=speaker.customer_id),
            email=speaker.email,
            name=speaker.name,
            customer_id=speaker.customer_id,
            channel=Channel.CHAT,
        )
        message = self._chat_message(speaker, text, key)
        return await self._take_in(blank, message, belongs=lambda known: _open(known, Channel.CHAT))

    async def say(self, ticket_id: str, speaker: Speaker, text: str, *, key: str | None) -> Ticket:
        """Add to a ticket. Raises NotFound, and Conflict as `open` does, or `full` for a very long ticket."""
        message = self._chat_message(speaker, text, key)

        def change(ticket: Ticket) -> tuple[Ticket, Sequence[Event]]:
            known = ticket.sent(message.sent_id)
            if known is not None:
                _must_be_same(known, message)
            elif len(ticket.messages) >= MAX_MESSAGES:
                raise Conflict("This ticket is full; please open another one.", code="full")
            return heard(ticket, message)

        return await self._records.update(TICKETS, ticket_id, change)

    def _chat_message(self, speaker: Speaker, text: str, key: str | None) -> TicketMessage:
        return TicketMessage(
            number=1,
            sender=Sender.CUSTOMER,
            by=speaker.by,
            text=text,
            sent_id=key or fresh("msg"),
            at=self._records.now(),
            authenticated=True,
        )

    async def _take_in(
        self,
        blank: Ticket,
        message: TicketMessage,
        *,
        belongs: Callable[[Sequence[Ticket]], Ticket | None],
        thread: Sequence[str] = (),
    ) -> Ticket:
        for _ in range(MAX_RACES):
            stored = await self._stored(blank.id)
            known = [each.value for each in stored]
            for each in known:
                if (same := each.sent(message.sent_id)) is not None:
                    _must_be_same(same, message)
                    return each
            goes_on = belongs([each for each in known if len(each.messages) < MAX_MESSAGES])
            target = next((each for each in stored if each.value is goes_on), None) or Stored(
                TICKETS, blank.model_copy(update={"id": _next_id(blank.id, known)})
            )
            after, events = heard(target.value, message, thread=thread)
            try:
                await self._records.commit(target.becomes(after), events=events, inbox=_inbox(message))
            except (AlreadyExists, PreconditionFailed):  # the same mail, or another one in the same moment
                continue
            return after
        raise Unavailable("Too many messages at once; try again.")

    async def _stored(self, key: str) -> list[Stored[Ticket]]:
        query = Query([Where("channel", "!=", None)])
        return [
            Stored(TICKETS, Ticket.model_validate(each.body), each.etag)
            async for each in every(self._store, TICKETS.container, key, query)
        ]

    def _blank(self, key: str, **about: object) -> Ticket:
        now = self._records.now()
        return Ticket.model_validate({"id": key, "created_at": now, "updated_at": now, **about})

    # --- done by persons ----------------------------------------------------------------------------

    async def take_over(self, ticket_id: str, *, by: str) -> Ticket:
        """A person takes a ticket: alarms about it stop, and the machine says nothing more.

        Raises Conflict (`taken`) when somebody else has it, IllegalMove when no person is wanted.
        """
        ticket = await self._records.update(TICKETS, ticket_id, lambda each: rules.taken(each, by))
        for task in _tasks(ticket):
            await self._assign(task, by)
        return ticket

    async def _assign(self, escalation_id: str, by: str) -> None:
        try:
            await self._escalations.assign(escalation_id, to=by, by=by)
        except (Conflict, NotFound):  # settled, or not queued yet: who queues it sees whose it is
            return

    async def resolve(self, ticket_id: str, *, text: str, action: ActKind | None, by: str) -> Ticket:
        """A person answers, and does one of the things that were proposed; the ticket is solved.

        Resolving it in the same words again changes nothing. Raises Conflict: `not_proposed`, `solved`,
        `new_message`, or what is proposed cannot be done any more.
        """
        ticket = await self.get(ticket_id)
        key = f"resolve-{ticket.latest}"
        known = ticket.sent(key, Sender.PERSON)
        if known is not None and known.text == text:
            return await self._settle(ticket, by)
        if ticket.status is TicketStatus.SOLVED:
            raise Conflict("This ticket is solved already.", code="solved")
        if action is not None:
            await self._acts.by_person(
                _proposed(ticket, action), reason=f"decided by a person on {ticket.id}"
            )
        now = self._records.now()

        def change(current: Ticket) -> tuple[Ticket, Sequence[Event]]:
            if current.latest != ticket.latest:
                raise Conflict("The customer has written again; please read that first.", code="new_message")
            after = rules.said(current, sender=Sender.PERSON, by=by, text=text, key=key, at=now)
            after, silenced = rules.quiet(after)
            number = after.messages[-1].number
            solved = after.moved(TicketStatus.SOLVED, answered=after.latest, taken_by=by)
            fact = TicketSolved(ticket_id=ticket_id, message=number, by=by)
            return solved, [fact.event(), *silenced]

        return await self._settle(await self._records.update(TICKETS, ticket_id, change), by)

    async def _settle(self, ticket: Ticket, by: str) -> Ticket:
        for task in _tasks(ticket):
            try:
                await self._escalations.resolve(
                    task, resolution=Resolution.CLOSE, by=by, note=f"answered on {ticket.id}"
                )
            except (Conflict, NotFound):
                continue
        return ticket


def escalation_of(ticket_id: str, message: int) -> str:
    """What a person's task about a message is about; the task's own id is this after `esc_`."""
    return f"{ticket_id}-m{message}"


def _tasks(ticket: Ticket) -> list[str]:
    return [f"esc_{escalation_of(ticket.id, number)}" for number in ticket.handed]


def _proposed(ticket: Ticket, action: ActKind) -> Act:
    triage = ticket.proposals()
    decision = triage.decision if triage else None
    for act in decision.proposed if decision else ():
        if act.kind is action:
            return act
    raise Conflict("This is not proposed on this ticket.", code="not_proposed")


def _by_thread(known: Sequence[Ticket], replies_to: Sequence[str]) -> Ticket | None:
    answered = set(replies_to)
    return next((each for each in reversed(known) if answered & set(each.thread)), None)


def _open(known: Sequence[Ticket], channel: Channel) -> Ticket | None:
    going_on = [each for each in known if each.status is not TicketStatus.SOLVED and each.channel is channel]
    return max(going_on, key=lambda ticket: ticket.created_at, default=None)


def _next_id(key: str, known: Sequence[Ticket]) -> str:
    numbers = [int(each.id.rpartition("-t")[2]) for each in known]
    return f"{key}-t{max(numbers, default=0) + 1}"


def _inbox(message: TicketMessage) -> str:
    return f"said:{hashlib.sha256(message.sent_id.encode()).hexdigest()[:40]}"


def _must_be_same(known: TicketMessage, message: TicketMessage) -> None:
    """A mail's id is its sender's; a key that was used for another text is a mistake worth telling."""
    if message.by and known.text != message.text:
        raise Conflict("This idempotency key was used for another message.", code="idempotency_key_reused")
