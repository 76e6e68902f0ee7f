"""Doors to disputes: opened by customers, seen by both, decided by admins (flow 5.5-2)."""

from typing import Self

from pydantic import Field, model_validator

from shared.domain.disputes import Bearer, Dispute, Origin, RefundReason, Verdict
from shared.domain.model import Model
from shared.domain.orders import Order
from shared.domain.status import DisputeStatus
from shared.services.disputes.service import Filing
from triggers.access import must_own, must_see
from triggers.disputes.inputs import DisputeId, Photos
from triggers.disputes.views import CaseFileView, DisputeView, dispute_card, dispute_view, file_view
from triggers.inputs import LegId, OrderId
from triggers.web.answer import Reply
from triggers.web.call import Call


class OpenDispute(Model):
    """What is wrong with which part of which order."""

    order_id: OrderId
    leg_id: LegId
    reason: RefundReason
    text: str = Field(min_length=1, max_length=2000, pattern=r"\S")
    photo_urls: Photos = ()


class DisputeQuery(Model):
    """Which disputes to list."""

    status: DisputeStatus | None = None
    origin: Origin | None = None
    limit: int = Field(default=50, ge=1, le=200)


class Decide(Model):
    """How it is decided, and why; customer and vendor are told the note. `percent` is for a split."""

    decision: Verdict
    percent: int | None = Field(default=None, ge=1, le=99)
    at_cost_of: Bearer = Bearer.VENDOR
    note: str = Field(min_length=1, max_length=2000, pattern=r"\S")

    @model_validator(mode="after")
    def _split_has_a_percent(self) -> Self:
        if (self.decision is Verdict.SPLIT) != (self.percent is not None):
            raise ValueError("a split, and only a split, has a percent")
        return self


async def open_dispute(call: Call, body: OpenDispute) -> Reply[DisputeView]:
    """Open a dispute about a leg: its money is frozen until a person has decided.

    The same again, with the same Idempotency-Key or in the same words, is the same dispute.
    """
    order = await call.app.orders.get(body.order_id)
    must_own(call.caller, order.customer_id, what="order", id=order.id)
    dispute = await call.app.disputes.file(
        Filing(
            origin=Origin.CUSTOMER,
            by=call.caller.subject,
            key=call.idempotency_key,
            ask_person=True,
            **body.model_dump(),
        )
    )
    return _answer(dispute, order, created=True)


async def list_disputes(call: Call, query: DisputeQuery) -> Reply[list[DisputeView]]:
    """List disputes: those to be decided first, the most urgent on top; admins see everybody's."""
    own = None if call.caller.is_admin else call.caller.customer_id
    found = await call.app.cases.queue(
        customer_id=own, status=query.status, origin=query.origin, limit=query.limit
    )
    return Reply([dispute_view(each, await call.app.case_files.order_of(each)) for each in found])


async def get_dispute(call: Call, dispute_id: DisputeId) -> Reply[DisputeView]:
    """Show a dispute to its customer or an admin."""
    dispute = await call.app.cases.get(dispute_id)
    must_see(call.caller, dispute.customer_id, what="dispute", id=dispute_id)
    return _answer(dispute, await call.app.case_files.order_of(dispute))


async def get_file(call: Call, dispute_id: DisputeId) -> Reply[CaseFileView]:
    """Show order, deliveries, messages and what both sides say, as they are known now."""
    dispute = await call.app.cases.get(dispute_id)
    return Reply(file_view(dispute, await call.app.case_files.of(dispute)))


async def decide(call: Call, dispute_id: DisputeId, body: Decide) -> Reply[DisputeView]:
    """Decide a dispute; the money moves and both sides are told. The same decision twice changes nothing."""
    dispute = await call.app.disputes.decide(
        dispute_id,
        body.decision,
        by=call.caller.subject,
        note=body.note,
        percent=body.percent,
        at_cost_of=body.at_cost_of,
        key=call.idempotency_key,
    )
    return _answer(dispute, await call.app.case_files.order_of(dispute))


def _answer(dispute: Dispute, order: Order | None, *, created: bool = False) -> Reply[DisputeView]:
    view = dispute_view(dispute, order)
    path = f"/api/v1/disputes/{dispute.id}"
    return Reply(
        view,
        adaptive_card=dispute_card(view, order),
        headers={"Location": path} if created else {},
        links={"self": path} | ({"order": f"/api/v1/orders/{order.id}"} if order else {}),
    )
