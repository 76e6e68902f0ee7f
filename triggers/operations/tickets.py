"""Doors to tickets: for customers and agents in the chat, and for persons who take over (ops-3 to ops-6)."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from shared.domain.identity import Principal
from shared.domain.model import Model
from shared.domain.operations.gate import ActKind
from shared.domain.operations.tickets import Ticket, normalised
from shared.errors import NotFound
from shared.services.operations.tickets import Speaker
from triggers.access import customer_of
from triggers.operations.ticket_views import TicketFile, TicketView, file_view, ticket_card, ticket_view
from triggers.web.answer import Reply
from triggers.web.call import Call

TicketId = Annotated[str, Field(pattern=r"^tkt_[0-9a-f]{16}-t[0-9]{1,9}$")]
Text = Annotated[
    str, Field(min_length=1, max_length=5000, pattern=r"\S"), AfterValidator(lambda text: text.strip())
]


class Say(Model):
    """What a customer writes."""

    text: Text


class ResolveTicket(Model):
    """A person's answer; `action` is one of those that are proposed on the ticket, and done first."""

    text: Text
    action: Literal["refund", "cancel"] | None = None


async def open_ticket(call: Call, body: Say) -> Reply[TicketView]:
    """Begin a ticket, or go on in the open one."""
    ticket = await call.app.operations.support.tickets.open(
        _speaker(call), body.text, key=call.idempotency_key
    )
    return _shown(ticket)


async def show(call: Call, ticket_id: TicketId) -> Reply[TicketView]:
    """Show a ticket with every message."""
    ticket = await call.app.operations.support.tickets.get(ticket_id)
    if not call.caller.is_admin and not _owns(call.caller, ticket):
        raise NotFound("ticket", ticket_id)
    return _shown(ticket)


async def say(call: Call, ticket_id: TicketId, body: Say) -> Reply[TicketView]:
    """Write something more; a solved ticket is open again."""
    tickets = call.app.operations.support.tickets
    ticket = await tickets.get(ticket_id)
    if not _owns(call.caller, ticket):
        raise NotFound("ticket", ticket_id)
    return _shown(await tickets.say(ticket_id, _speaker(call), body.text, key=call.idempotency_key))


async def take_over(call: Call, ticket_id: TicketId) -> Reply[TicketFile]:
    """Take a ticket: alarms about it stop, and the machine says nothing more."""
    return Reply(
        file_view(await call.app.operations.support.tickets.take_over(ticket_id, by=call.caller.subject))
    )


async def resolve(call: Call, ticket_id: TicketId, body: ResolveTicket) -> Reply[TicketFile]:
    """Answer as a person, and do what was proposed if you say so. The same again changes nothing."""
    action = ActKind(body.action) if body.action else None
    ticket = await call.app.operations.support.tickets.resolve(
        ticket_id, text=body.text, action=action, by=call.caller.subject
    )
    return Reply(file_view(ticket))


def _shown(ticket: Ticket) -> Reply[TicketView]:
    view = ticket_view(ticket)
    return Reply(view, adaptive_card=ticket_card(view))


def _owns(caller: Principal, ticket: Ticket) -> bool:
    by_mail = caller.email is not None and normalised(caller.email) == ticket.email
    return by_mail or (bool(ticket.customer_id) and caller.owns(ticket.customer_id))


def _speaker(call: Call) -> Speaker:
    email = normalised(call.caller.email) if call.caller.email else ""
    return Speaker(customer_id=customer_of(call.caller), by=call.caller.subject, email=email)
