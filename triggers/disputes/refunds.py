"""The door for money back: asked for by customers and their agents, given by admins (M16, ops-4)."""

from pydantic import Field

from shared.domain.disputes import Bearer, Origin, RefundReason
from shared.domain.model import Model
from shared.errors import InvalidInput
from shared.services.disputes.service import Filing
from triggers.access import must_own
from triggers.disputes.inputs import Photos
from triggers.disputes.views import DisputeView, dispute_card, dispute_view
from triggers.inputs import LegId, OrderId
from triggers.web.answer import Reply
from triggers.web.call import Call


class RequestRefund(Model):
    """What is wrong with which leg. How much comes back is the platform's to say.

    `percent` (of what can be refunded; without it, all) and `at_cost_of` are for admins only.
    """

    leg_id: LegId
    reason: RefundReason
    text: str = Field(default="", max_length=2000)
    photo_urls: Photos = ()
    percent: int | None = Field(default=None, ge=1, le=100)
    at_cost_of: Bearer | None = None


async def request_refund(call: Call, order_id: OrderId, body: RequestRefund) -> Reply[DisputeView]:
    """Ask for money back: refunded at once where the policy says so, otherwise a person decides (202).

    An admin's refund is made at once. The same request again, with the same Idempotency-Key or in the same
    words, is the same case.
    """
    order = await call.app.orders.get(order_id)
    if not call.caller.is_admin:
        must_own(call.caller, order.customer_id, what="order", id=order_id)
        for field in ("percent", "at_cost_of"):
            if getattr(body, field) is not None:
                raise InvalidInput("Only an admin says this.", field=field)
    dispute = await call.app.disputes.file(
        Filing(
            order_id=order_id,
            origin=Origin.ADMIN if call.caller.is_admin else Origin.CUSTOMER,
            by=call.caller.subject,
            key=call.idempotency_key,
            **body.model_dump(),
        )
    )
    order = await call.app.orders.get(order_id)
    view = dispute_view(dispute, order)
    path = f"/api/v1/disputes/{dispute.id}"
    return Reply(
        view,
        status=202 if dispute.is_open else 200,
        adaptive_card=dispute_card(view, order),
        headers={"Location": path},
        links={"self": path, "order": f"/api/v1/orders/{order_id}"},
    )
