"""Doors to recoveries: what was found and why, and the customer's word on it (M6)."""

from datetime import datetime

from shared.domain.cards import timeline_card
from shared.domain.catalogue import Visibility
from shared.domain.discretion import discreet, visible_change, visible_timeline
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.narration import side_of
from shared.domain.orders import Order
from shared.domain.recoveries import Attempt, Proposal, Recovery, RecoveryReason
from shared.domain.status import RecoveryStatus
from shared.domain.timechain import Timeline, TimelineChange
from triggers.access import must_own, must_see
from triggers.inputs import LegId, OrderId, RecoveryId
from triggers.web.answer import Reply
from triggers.web.call import Call


class ProposalView(Model):
    """The alternative. `difference` is what it costs more, negative when less.

    Vendor and price are left out where the bundle's visibility says so.
    """

    attempt: int
    product_id: str
    item: str
    vendor_id: str | None
    vendor_name: str | None
    price: Money | None
    difference: Money
    delay_minutes: int
    why: str
    leg_id: str


class RecoveryView(Model):
    """A recovery: before and after, the proposal, and everything that was tried."""

    id: str
    order_id: str
    leg_id: str
    negotiation_id: str | None
    status: RecoveryStatus
    reason: RecoveryReason
    wanted: str
    proposal: ProposalView | None
    change: TimelineChange | None
    timeline_before: Timeline
    timeline_after: Timeline | None
    decide_by: datetime | None
    attempts: tuple[Attempt, ...]
    outcome: str
    escalation_id: str | None


class TriggerRecovery(Model):
    """Operations report that a leg cannot be delivered as it is (flow 6.3-2 step 1)."""

    order_id: OrderId
    leg_id: LegId
    reason: RecoveryReason


class RejectRecovery(Model):
    """What a no means: keep the original item, or call it off and refund it."""

    keep_original: bool = True


async def trigger(call: Call, body: TriggerRecovery) -> Reply[RecoveryView]:
    """Start the recovery of a leg; one that is under way is returned."""
    recovery = await call.app.recoveries.open(body.order_id, body.leg_id, reason=body.reason)
    return _answer(recovery, await call.app.orders.get(recovery.order_id))


async def get_recovery(call: Call, recovery_id: RecoveryId) -> Reply[RecoveryView]:
    """Show a recovery to its customer or an admin."""
    recovery = await call.app.recoveries.get(recovery_id)
    must_see(call.caller, recovery.customer_id, what="recovery", id=recovery_id)
    return _answer(recovery, await call.app.orders.get(recovery.order_id))


async def approve(call: Call, recovery_id: RecoveryId) -> Reply[RecoveryView]:
    """Say yes to the alternative. Saying it twice changes nothing."""
    return await _decide(call, recovery_id, approved=True)


async def reject(
    call: Call, recovery_id: RecoveryId, body: RejectRecovery | None = None
) -> Reply[RecoveryView]:
    """Say no: the original stays, or is called off and refunded."""
    keep = body.keep_original if body else True
    return await _decide(call, recovery_id, approved=False, keep_original=keep)


async def _decide(
    call: Call, recovery_id: str, *, approved: bool, keep_original: bool = True
) -> Reply[RecoveryView]:
    recovery = await call.app.recoveries.get(recovery_id)
    must_own(call.caller, recovery.customer_id, what="recovery", id=recovery_id)
    recovery = await call.app.recoveries.decide(
        recovery_id,
        approved=approved,
        by=call.caller.subject,
        key=call.idempotency_key,
        keep_original=keep_original,
    )
    return _answer(recovery, await call.app.orders.get(recovery.order_id))


def _answer(recovery: Recovery, order: Order) -> Reply[RecoveryView]:
    view = recovery_view(recovery, order)
    if view.timeline_after is None or view.proposal is None or view.change is None:
        return Reply(view)
    vendor = f" from {view.proposal.vendor_name}" if view.proposal.vendor_name else ""
    card = timeline_card(
        "Another way",
        f"{view.proposal.item}{vendor}: {view.change.in_words()}",
        before=side_of("Before", view.timeline_before, order.zone),
        after=side_of("Now", view.timeline_after, order.zone),
    )
    return Reply(view, adaptive_card=card)


def recovery_view(recovery: Recovery, order: Order) -> RecoveryView:
    """What its customer may see of a recovery; not who the vendors of a concierge's bundle are."""
    proposal, open_ = recovery.proposal, order.visibility is Visibility.TRANSPARENT
    after = proposal.timeline if proposal else None
    others = (proposal.vendor_name,) if proposal else ()
    same = recovery.model_dump(include=set(RecoveryView.model_fields) - _COMPUTED)
    return RecoveryView(
        **same,
        proposal=_proposal_view(proposal, order) if proposal else None,
        change=visible_change(order, recovery.timeline_before, after) if after else None,
        timeline_before=visible_timeline(order, recovery.timeline_before),
        timeline_after=visible_timeline(order, after) if after else None,
        attempts=recovery.attempts if open_ else (),
        outcome=discreet(order, recovery.outcome, *others),
    )


_COMPUTED = {"proposal", "change", "timeline_before", "timeline_after", "attempts", "outcome"}


def _proposal_view(proposal: Proposal, order: Order) -> ProposalView:
    view = ProposalView(**proposal.model_dump(exclude={"timeline"}))
    if order.visibility is Visibility.TRANSPARENT:
        return view
    why = discreet(order, proposal.why, proposal.vendor_name)
    return view.model_copy(update={"vendor_id": None, "vendor_name": None, "price": None, "why": why})
