"""The vendor's doors to disputes about what it sold (flow 5.5-2 step 2)."""

from pydantic import Field

from shared.domain.model import Model
from triggers.access import partner_of
from triggers.disputes.inputs import DisputeId, Photos
from triggers.disputes.views import PartnerDisputeView, partner_view
from triggers.web.answer import Reply
from triggers.web.call import Call


class Respond(Model):
    """The vendor's side."""

    text: str = Field(min_length=1, max_length=2000, pattern=r"\S")
    photo_urls: Photos = ()


async def my_disputes(call: Call) -> Reply[list[PartnerDisputeView]]:
    """List disputes about what the calling partner sold, newest first."""
    vendor_id = partner_of(call.caller)
    found = await call.app.cases.of_vendor(vendor_id)
    return Reply([partner_view(each, await call.app.orders.get(each.order_id), vendor_id) for each in found])


async def respond(call: Call, dispute_id: DisputeId, body: Respond) -> Reply[PartnerDisputeView]:
    """Give your side, once, while nothing is decided. Saying it twice changes nothing."""
    vendor_id = partner_of(call.caller)
    dispute = await call.app.disputes.respond(
        dispute_id, vendor_id, text=body.text, photo_urls=body.photo_urls
    )
    order = await call.app.orders.get(dispute.order_id)
    return Reply(partner_view(dispute, order, vendor_id))
