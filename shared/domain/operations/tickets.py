"""A ticket: one conversation with a customer, by mail or in the chat (flows ops-3 to ops-6).

All tickets of a customer share a partition, so that their history is one query and a mail counts once.
Whatever a customer wrote is kept; what is read of it is `text`, without the old mails that it quotes.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from shared.domain.aggregate import Aggregate
from shared.domain.events import Event, EventType
from shared.domain.model import Model
from shared.domain.operations.facts import TicketCreated
from shared.domain.operations.gate import Decision
from shared.domain.operations.support_case import SupportCase
from shared.domain.operations.support_replies import Done, bare_subject
from shared.domain.status import TicketStatus, move
from shared.errors import Conflict, NotFound

MAX_TEXT = 10_000
MAX_QUOTED = 5_000
MAX_MESSAGES = 60
"""Whatever comes after so many begins a new ticket: a document of the store has its limits (2 MB)."""
AGENT = "agent"


class Channel(StrEnum):
    """How a customer writes, and is answered."""

    MAIL = "mail"
    CHAT = "chat"


class Sender(StrEnum):
    """Who wrote a message."""

    CUSTOMER = "customer"
    AGENT = "agent"
    PERSON = "person"


class TicketMessage(Model):
    """One message. `sent_id` is the sender's own id of it: a mail's Message-ID, an idempotency key."""

    number: int
    sender: Sender
    by: str = ""
    """Which person or agent wrote it, where that is known."""
    subject: str = ""
    """Of a mail that changed it; else the ticket's is meant."""
    text: str
    quoted: str = ""
    """What was cut off: earlier mails, as they were quoted."""
    sent_id: str = ""
    at: datetime
    authenticated: bool = False
    """The sender is who they say: proven by a token, or by the mail server (DMARC)."""


class Triage(Model):
    """What was found about a message and those before it that were unanswered, and what was decided."""

    message: int
    case: SupportCase
    at: datetime
    decision: Decision | None = None
    done: Done = Done()
    """How what was decided went."""


class Ticket(Aggregate):
    """One conversation. `email` is the customer's address; empty for a chat whose caller has none proven."""

    email: str = ""
    name: str = ""
    customer_id: str = ""
    """Whose token the chat came with."""
    channel: Channel
    subject: str = Field(default="", max_length=200)
    thread: tuple[str, ...] = ()
    """Message-IDs of all mails of the conversation, both ways, oldest first."""
    messages: tuple[TicketMessage, ...] = ()
    triages: tuple[Triage, ...] = ()
    status: TicketStatus = TicketStatus.OPEN
    answered: int = 0
    """The number of the last customer's message that was answered, or handed to a person."""
    handed: tuple[int, ...] = ()
    """Numbers of the messages that were handed to a person."""
    alarms: tuple[int, ...] = ()
    """Those of them about which a person is still being called."""
    taken_by: str = ""

    def moved(self, target: TicketStatus, **update: object) -> "Ticket":
        """Return the ticket in `target`. Raises IllegalMove."""
        return self.model_copy(update={"status": move("ticket", self.status, target), **update})

    @property
    def latest(self) -> int:
        """The number of the customer's last message."""
        return max((each.number for each in self.messages if each.sender is Sender.CUSTOMER), default=0)

    def message(self, number: int) -> TicketMessage:
        """Return a message. Raises NotFound."""
        for each in self.messages:
            if each.number == number:
                return each
        raise NotFound("message", f"{self.id}-m{number}")

    def sent(self, sent_id: str, sender: Sender = Sender.CUSTOMER) -> TicketMessage | None:
        """The message that its sender knows under `sent_id`."""
        return next(
            (each for each in self.messages if (each.sent_id, each.sender) == (sent_id, sender)), None
        )

    def words(self, until: int) -> str:
        """All that the customer says in what is unanswered, subjects included."""
        return "\n\n".join(
            part for each in self.unanswered(until) for part in (each.subject, each.text) if part
        )

    def unanswered(self, until: int) -> list[TicketMessage]:
        """What the customer wrote and nobody has dealt with, up to message `until`."""
        return [
            each
            for each in self.messages
            if each.sender is Sender.CUSTOMER and self.answered < each.number <= until
        ]

    def triage(self, message: int) -> Triage | None:
        """What was found about a message."""
        return next((each for each in self.triages if each.message == message), None)

    def decision(self, message: int) -> Decision:
        """What was decided about a message. Raises NotFound while nothing is."""
        triage = self.triage(message)
        if triage is None or triage.decision is None:
            raise NotFound("decision", f"{self.id}-m{message}")
        return triage.decision

    def proposals(self) -> "Triage | None":
        """The latest triage whose decision proposes something to a person."""
        found = [each for each in self.triages if each.decision and each.decision.proposed]
        return found[-1] if found else None

    def with_triage(self, triage: Triage) -> "Ticket":
        """Return the ticket with `triage` in the place of an earlier one of its message."""
        others = tuple(each for each in self.triages if each.message != triage.message)
        return self.model_copy(update={"triages": (*others, triage)})


def customer_key(*, email: str, customer_id: str = "") -> str:
    """The part of a ticket's id that all tickets of one customer share."""
    who = f"mail:{email}" if email else f"customer:{customer_id}"
    return f"tkt_{hashlib.sha256(who.encode()).hexdigest()[:16]}"


def normalised(email: str) -> str:
    """An address as it is compared."""
    return email.strip().lower()


def heard(
    ticket: Ticket, message: TicketMessage, *, thread: Sequence[str] = ()
) -> tuple[Ticket, list[Event]]:
    """Add what a customer wrote; a solved ticket is open again. The same message again changes nothing."""
    if message.sent_id and ticket.sent(message.sent_id):
        return ticket, []
    known = bare_subject(ticket.subject) if ticket.messages else ""
    is_new = bare_subject(message.subject) != known
    numbered = message.model_copy(
        update={"number": len(ticket.messages) + 1, "subject": message.subject if is_new else ""}
    )
    after = ticket.model_copy(
        update={
            "messages": (*ticket.messages, numbered),
            "thread": tuple(dict.fromkeys((*ticket.thread, *thread))),
        }
    )
    if after.status is TicketStatus.SOLVED:
        after = after.moved(TicketStatus.OPEN, taken_by="")
    fact = TicketCreated(ticket_id=ticket.id, message=numbered.number, channel=ticket.channel.value)
    return after, [fact.event()]


def said(
    ticket: Ticket, *, sender: Sender, by: str, text: str, key: str, at: datetime, thread: Sequence[str] = ()
) -> Ticket:
    """Add what we wrote to a customer, once per `key`."""
    if ticket.sent(key, sender):
        return ticket
    message = TicketMessage(
        number=len(ticket.messages) + 1,
        sender=sender,
        by=by,
        text=text,
        sent_id=key,
        at=at,
        authenticated=True,
    )
    thread = tuple(dict.fromkeys((*ticket.thread, *thread)))
    return ticket.model_copy(update={"messages": (*ticket.messages, message), "thread": thread})


def taken(ticket: Ticket, by: str) -> tuple[Ticket, list[Event]]:
    """A person has it: the alarms about it stop, and the machine says nothing more.

    Raises Conflict (`taken`) when somebody else has it, IllegalMove when nobody has to.
    """
    if ticket.status is TicketStatus.TAKEN and ticket.taken_by != by:
        raise Conflict(f"{ticket.taken_by} has it already.", code="taken")
    if ticket.status is TicketStatus.TAKEN:
        return ticket, []
    events = [_taken_event(ticket.id, message) for message in ticket.alarms]
    return ticket.moved(TicketStatus.TAKEN, taken_by=by, alarms=()), events


def quiet(ticket: Ticket) -> tuple[Ticket, list[Event]]:
    """Nobody has to be called about it any more."""
    events = [_taken_event(ticket.id, message) for message in ticket.alarms]
    return ticket.model_copy(update={"alarms": ()}), events


def _taken_event(ticket_id: str, message: int) -> Event:
    return Event(type=EventType.TICKET_TAKEN, data={"ticket_id": ticket_id, "message": message})
