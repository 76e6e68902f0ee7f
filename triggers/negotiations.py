"""Doors to change requests: what is going on, and the customer's word on a counter-offer."""

from datetime import datetime

from shared.domain.cards import message_card
from shared.domain.catalogue import ChannelKind
from shared.domain.discretion import discreet
from shared.domain.model import Model
from shared.domain.negotiations import Message, Negotiation, Offer
from shared.domain.orders import Order
from shared.domain.status import NegotiationStatus
from triggers.access import must_own, must_see
from triggers.inputs import NegotiationId
from triggers.web.answer import Reply
from triggers.web.call import Call


class NegotiationView(Model):
    """A change request with every message, late ones marked as not applied."""

    id: str
    order_id: str
    leg_id: str
    status: NegotiationStatus
    wanted: str
    instead_of: str
    channel: ChannelKind
    just_in_time: bool
    round: int
    reply_by: datetime | None
    decide_by: datetime | None
    offers: tuple[Offer, ...]
    messages: tuple[Message, ...]
    escalation_id: str | None
    recovery_id: str | None


async def get_negotiation(call: Call, negotiation_id: NegotiationId) -> Reply[NegotiationView]:
    """Show a change request to its customer or an admin."""
    negotiation = await call.app.negotiations.get(negotiation_id)
    must_see(call.caller, negotiation.customer_id, what="negotiation", id=negotiation_id)
    return await _answer(call, negotiation)


async def approve(call: Call, negotiation_id: NegotiationId) -> Reply[NegotiationView]:
    """Take the counter-offer. Saying it twice changes nothing."""
    return await _decide(call, negotiation_id, approved=True)


async def reject(call: Call, negotiation_id: NegotiationId) -> Reply[NegotiationView]:
    """Turn the counter-offer down; the partner is asked once more."""
    return await _decide(call, negotiation_id, approved=False)


async def _decide(call: Call, negotiation_id: str, *, approved: bool) -> Reply[NegotiationView]:
    negotiation = await call.app.negotiations.get(negotiation_id)
    must_own(call.caller, negotiation.customer_id, what="negotiation", id=negotiation_id)
    decided = await call.app.negotiations.decide(
        negotiation_id, approved=approved, by=call.caller.subject, key=call.idempotency_key
    )
    return await _answer(call, decided)


async def _answer(call: Call, negotiation: Negotiation) -> Reply[NegotiationView]:
    order = await call.app.orders.get(negotiation.order_id)
    card = message_card(
        "Change request",
        f"{negotiation.wanted} instead of {negotiation.instead_of}",
        facts=[("Status", negotiation.status.value), ("Round", str(negotiation.round))],
    )
    return Reply(negotiation_view(negotiation, order), adaptive_card=card)


def negotiation_view(negotiation: Negotiation, order: Order) -> NegotiationView:
    """What its customer may see of a negotiation: not who the vendors of a concierge's bundle are."""
    view = NegotiationView(**negotiation.model_dump(include=set(NegotiationView.model_fields)))
    messages = [m.model_copy(update={"text": discreet(order, m.text)}) for m in view.messages]
    offers = [
        o.model_copy(update={"text": discreet(order, o.text), "description": discreet(order, o.description)})
        for o in view.offers
    ]
    return view.model_copy(update={"messages": tuple(messages), "offers": tuple(offers)})
