"""A ticket as its customer sees it, and as a person does who takes it over."""

from datetime import datetime
from typing import Any

from shared.domain.cards import message_card
from shared.domain.model import Model
from shared.domain.operations.gate import Act, GateAction, Why
from shared.domain.operations.support_case import SupportCase, sentence
from shared.domain.operations.tickets import Channel, Sender, Ticket, Triage
from shared.domain.status import TicketStatus


class MessageView(Model):
    """One message."""

    number: int
    sender: Sender
    text: str
    at: datetime


class TicketView(Model):
    """A ticket as its customer sees it: what was said, and whether somebody still owes an answer."""

    id: str
    channel: Channel
    subject: str
    status: TicketStatus
    messages: tuple[MessageView, ...]
    created_at: datetime


class TriageView(Model):
    """What was found and decided about a message. `proposed` is what a person may do with one word."""

    message: int
    at: datetime
    sentence: str
    case: SupportCase
    action: GateAction | None
    why: Why | None
    act: Act | None
    proposed: tuple[Act, ...]
    advice: str
    row: int
    version: int
    """Of the policy; `row` is its row, from 1."""


class TicketFile(Model):
    """Everything about a ticket, for a person."""

    ticket: TicketView
    email: str
    customer_id: str
    authenticated: bool
    """Every message is proven to be the customer's."""
    taken_by: str
    triages: tuple[TriageView, ...]


def ticket_view(ticket: Ticket) -> TicketView:
    """What the customer may see."""
    return TicketView(
        **ticket.model_dump(include={"id", "channel", "subject", "status", "created_at"}),
        messages=tuple(
            MessageView(**each.model_dump(include=set(MessageView.model_fields))) for each in ticket.messages
        ),
    )


def file_view(ticket: Ticket) -> TicketFile:
    """What a person sees."""
    own = [each for each in ticket.messages if each.sender is Sender.CUSTOMER]
    return TicketFile(
        ticket=ticket_view(ticket),
        authenticated=all(each.authenticated for each in own),
        triages=tuple(map(_triage, ticket.triages)),
        **ticket.model_dump(include={"email", "customer_id", "taken_by"}),
    )


def ticket_card(view: TicketView) -> dict[str, Any]:
    """The latest word of a ticket as a card."""
    last = view.messages[-1]
    who = "You" if last.sender is Sender.CUSTOMER else "Customer service"
    return message_card(
        view.subject or "Your message", last.text, facts=[("From", who), ("Status", view.status)]
    )


def _triage(triage: Triage) -> TriageView:
    decision = triage.decision
    return TriageView(
        message=triage.message,
        at=triage.at,
        sentence=sentence(triage.case, now=triage.at),
        case=triage.case,
        action=decision.action if decision else None,
        why=decision.why if decision else None,
        act=decision.act if decision else None,
        proposed=decision.proposed if decision else (),
        advice=decision.advice if decision else "",
        row=decision.row if decision else 0,
        version=decision.version if decision else 0,
    )
