"""The partner's doors: the signed webhook of its system, and its portal (flows 2.3-1, 2.3-2, 2.7-1)."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.orders import Order, OrderLeg
from shared.domain.status import LegStatus, PartnerStatus
from shared.services.partners import IncomingReply, Outcome
from triggers.access import partner_of
from triggers.inputs import LegId
from triggers.web.answer import Reply
from triggers.web.call import Call


class PartnerReplyInput(Model):
    """A reply to a message of ours; `reference` is what that message carried."""

    reference: str = Field(min_length=1, max_length=128)
    text: str = Field(default="", max_length=2000)
    button: str | None = Field(default=None, max_length=40)


class Receipt(Model):
    """What became of the message: applied, kept for the record, or a duplicate."""

    outcome: Outcome


class PartnerLeg(Model):
    """A partner's own part of an order; nothing of what others sell in it."""

    leg_id: str
    order_id: str
    name: str
    product_id: str
    quantity: int
    price: Money
    status: LegStatus
    partner_status: PartnerStatus | None
    customer_id: str
    deliver_to: str
    deliver_by: datetime
    begin_by: datetime | None
    note: str
    placed_at: datetime


class ReportStatus(Model):
    """How far the work is, one of flow 2.3-2's words."""

    status: PartnerStatus


class Say(Model):
    """An optional word with the answer."""

    text: str = Field(default="", max_length=2000)


class Secret(Model):
    """A new webhook secret, shown once; the one before stays valid until the next."""

    secret: str


async def webhook(call: Call, partner_id: str, body: PartnerReplyInput) -> Reply[Receipt]:
    """Take a partner's signed reply in: stored first, then the negotiation or order goes on."""
    incoming = IncomingReply(
        id=call.webhook_id or call.request_id,
        vendor_id=partner_id,
        reference=body.reference,
        text=body.text,
        button=body.button,
    )
    return Reply(Receipt(outcome=await call.app.partners.receive(incoming)))


async def secrets_of(call: Call, partner_id: str) -> Sequence[str]:
    """The secrets that may have signed a partner's webhook; none for strangers."""
    return await call.app.partner_secrets.of(partner_id)


async def rotate_secret(call: Call) -> Reply[Secret]:
    """Make a new webhook secret for the calling partner."""
    return Reply(Secret(secret=await call.app.partner_secrets.rotate(partner_of(call.caller))))


async def my_orders(call: Call) -> Reply[list[PartnerLeg]]:
    """List the calling partner's own legs, newest first."""
    found = await call.app.partners.orders_of(partner_of(call.caller))
    return Reply([_view(order, leg) for order, leg in found])


async def accept(call: Call, leg_id: LegId, body: Say | None = None) -> Reply[PartnerLeg]:
    """Take a leg on. Saying it twice changes nothing."""
    partner = partner_of(call.caller)
    await call.app.partners.accept(partner, leg_id, text=body.text if body else "")
    return Reply(_view(*await call.app.partners.leg(partner, leg_id)))


async def reject(call: Call, leg_id: LegId, body: Say | None = None) -> Reply[PartnerLeg]:
    """Decline a leg; another vendor is found for the customer."""
    partner = partner_of(call.caller)
    await call.app.partners.reject(partner, leg_id, text=body.text if body else "")
    return Reply(_view(*await call.app.partners.leg(partner, leg_id)))


async def report(call: Call, leg_id: LegId, body: ReportStatus) -> Reply[PartnerLeg]:
    """Report progress; the timeline is computed again and the customer told."""
    partner = partner_of(call.caller)
    await call.app.catalogue.refresh()
    await call.app.partners.report(partner, leg_id, body.status)
    return Reply(_view(*await call.app.partners.leg(partner, leg_id)))


def _view(order: Order, leg: OrderLeg) -> PartnerLeg:
    planned = {each.leg_id: each for each in order.timeline.legs}.get(f"{leg.slot}:prepare")
    return PartnerLeg(
        leg_id=leg.id,
        order_id=order.id,
        deliver_to=order.deliver_to.address,
        deliver_by=order.deliver_by,
        customer_id=order.customer_id,
        begin_by=planned.latest_start if planned else None,
        placed_at=order.created_at,
        **leg.model_dump(
            include={"name", "product_id", "quantity", "price", "status", "partner_status", "note"}
        ),
    )
