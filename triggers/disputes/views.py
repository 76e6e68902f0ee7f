"""A dispute as its customer, a vendor and an admin may see it."""

from datetime import datetime
from typing import Any

from shared.domain.cards import message_card
from shared.domain.catalogue import Visibility
from shared.domain.discretion import discreet
from shared.domain.disputes import Bearer, Dispute, Origin, Proposal, RefundReason, Ruling, Verdict
from shared.domain.evidence import Evidence, Response
from shared.domain.ledger import HoldSummary
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.narration import local
from shared.domain.negotiations import Message, Negotiation
from shared.domain.operations.purchases import Purchase
from shared.domain.operations.shop import ShopSnapshot
from shared.domain.operations.shop_orders import ShopOrder, ShopRefund
from shared.domain.order_money import held_of
from shared.domain.orders import Movement, Order, OrderLeg, RefundDue
from shared.domain.recoveries import Attempt, Recovery
from shared.domain.status import (
    DisputeState,
    DisputeStatus,
    NegotiationStatus,
    OrderStatus,
    PaymentStatus,
    RecoveryStatus,
    ShopOrderStatus,
)
from shared.domain.timechain import Timeline
from shared.services.disputes.case_file import CaseFile
from shared.services.threads import StatusUpdate


class RulingView(Model):
    """How it was decided: `amount` goes back."""

    verdict: Verdict
    amount: Money
    at_cost_of: Bearer
    at: datetime
    note: str


class DisputeView(Model):
    """A dispute as its customer sees it. A bank's is about a payment and names no leg."""

    id: str
    order_id: str
    leg_id: str
    item: str
    origin: Origin
    reason: RefundReason
    text: str
    photo_urls: tuple[str, ...]
    amount: Money
    status: DisputeStatus
    answer_by: datetime
    response: str
    """What the vendor says."""
    ruling: RulingView | None
    opened_at: datetime


class LegFacts(Model):
    """One leg with all that was reported of it, names included."""

    leg: OrderLeg
    held: Money


class NegotiationFacts(Model):
    """A change that was asked for, with every message."""

    id: str
    leg_id: str
    text: str
    status: NegotiationStatus
    messages: tuple[Message, ...]


class RecoveryFacts(Model):
    """Another vendor that was looked for."""

    id: str
    leg_id: str
    status: RecoveryStatus
    outcome: str
    attempts: tuple[Attempt, ...]


class BankFacts(Model):
    """The bank's claim, and what it was told."""

    claim_id: str
    payment_id: str
    fee: Money
    reason: str
    state: DisputeState
    due_by: datetime
    submitted_at: datetime | None
    evidence: Evidence | None


class ShopOrderFacts(Model):
    """An order of the web shop: what was sold, bought, sent and given back."""

    status: ShopOrderStatus
    sold: ShopSnapshot
    purchases: tuple[Purchase, ...]
    refunds: tuple[ShopRefund, ...]


class CaseFileView(Model):
    """Everything that a person needs to decide (flow 5.5-2 step 2)."""

    dispute: DisputeView
    customer_id: str
    filed_by: str
    overdue: bool
    proposal: Proposal | None
    ruling: Ruling | None
    responses: tuple[Response, ...]
    placed_at: datetime
    money: HoldSummary
    other_disputes: tuple[DisputeView, ...]
    bank: BankFacts | None
    order_status: OrderStatus | None = None
    """This and the rest are of an order; those of the web shop have `shop_order` instead."""
    payment_status: PaymentStatus | None = None
    deliver_by: datetime | None = None
    movements: tuple[Movement, ...] = ()
    refunds: tuple[RefundDue, ...] = ()
    legs: tuple[LegFacts, ...] = ()
    timeline: Timeline | None = None
    negotiations: tuple[NegotiationFacts, ...] = ()
    recoveries: tuple[RecoveryFacts, ...] = ()
    updates: tuple[StatusUpdate, ...] = ()
    shop_order: ShopOrderFacts | None = None


class PartnerDisputeView(Model):
    """A dispute as a vendor sees it: about its own part, and nothing of the others'."""

    id: str
    order_id: str
    items: tuple[str, ...]
    origin: Origin
    reason: RefundReason
    text: str
    photo_urls: tuple[str, ...]
    amount: Money | None
    """What is asked back; a bank's claim is about more than one vendor's part."""
    status: DisputeStatus
    answer_by: datetime
    response: Response | None
    ruling: RulingView | None
    opened_at: datetime


def dispute_view(dispute: Dispute, order: Order | None) -> DisputeView:
    """What its customer may see of a dispute; of a bundle that is sold as one, no vendor's name.

    What the web shop sold has no `order` here.
    """
    said = " ".join(response.text for response in dispute.responses)
    open_ = order is None or order.visibility is Visibility.TRANSPARENT
    return DisputeView(
        **dispute.model_dump(include=_SAME),
        item=_item(dispute, order),
        response=said if open_ or order is None else discreet(order, said),
        ruling=_ruling(dispute, order),
        opened_at=dispute.created_at,
    )


def file_view(dispute: Dispute, file: CaseFile) -> CaseFileView:
    """What an admin sees, names of a bundle's vendors included."""
    order = file.order
    return CaseFileView(
        dispute=dispute_view(dispute, order),
        **dispute.model_dump(include={"customer_id", "filed_by", "overdue"}),
        proposal=dispute.proposal,
        ruling=dispute.ruling,
        responses=dispute.responses,
        other_disputes=tuple(dispute_view(each, order) for each in file.others),
        bank=_bank(dispute),
        **(_of_order(order, file) if order else _of_shop_order(file.shop_order)),
    )


def _of_order(order: Order, file: CaseFile) -> dict[str, Any]:
    return {
        "order_status": order.status,
        "payment_status": order.payment_status,
        "placed_at": order.created_at,
        "deliver_by": order.deliver_by,
        "movements": order.movements,
        "refunds": order.refunds,
        "money": order.book.summary(),
        "legs": tuple(LegFacts(leg=leg, held=held_of(order, leg)) for leg in order.legs),
        "timeline": order.timeline,
        "negotiations": tuple(map(_negotiation, file.negotiations)),
        "recoveries": tuple(map(_recovery, file.recoveries)),
        "updates": file.updates,
    }


def _of_shop_order(order: ShopOrder | None) -> dict[str, Any]:
    if order is None:
        return {}
    facts = ShopOrderFacts(
        status=order.status, sold=order.sold, purchases=order.purchases, refunds=order.refunds
    )
    return {"placed_at": order.sold.paid_at, "money": order.book.summary(), "shop_order": facts}


def partner_view(dispute: Dispute, order: Order, vendor_id: str) -> PartnerDisputeView:
    """What a vendor sees."""
    legs = [leg for leg in order.legs if leg.vendor_id == vendor_id and dispute.leg_id in ("", leg.id)]
    return PartnerDisputeView(
        **dispute.model_dump(include=_SAME - {"leg_id", "amount"}),
        items=tuple(f"{leg.quantity} x {leg.name}" for leg in legs),
        amount=dispute.amount if dispute.bank is None else None,
        response=dispute.response_of(vendor_id),
        ruling=_ruling(dispute),
        opened_at=dispute.created_at,
    )


def dispute_card(view: DisputeView, order: Order | None) -> dict[str, Any]:
    """A dispute as a card."""
    facts = [("Status", view.status.value.replace("_", " ")), ("Amount", str(view.amount))]
    if view.ruling is None:
        facts.append(("Decided by", local(view.answer_by, order.zone if order else "UTC")))
    else:
        facts.append(("Comes back", str(view.ruling.amount)))
    return message_card(view.item, view.text or str(view.reason).replace("_", " "), facts=facts)


_SAME = {
    "id",
    "order_id",
    "leg_id",
    "origin",
    "reason",
    "text",
    "photo_urls",
    "amount",
    "status",
    "answer_by",
}


def _item(dispute: Dispute, order: Order | None) -> str:
    if order is None:
        return f"Order {dispute.order_id}"
    if order.hides_parts or not dispute.leg_id:
        return order.title or f"Order {order.id}"
    return order.leg(dispute.leg_id).name


def _ruling(dispute: Dispute, order: Order | None = None) -> RulingView | None:
    if dispute.ruling is None:
        return None
    view = RulingView(**dispute.ruling.model_dump(include=set(RulingView.model_fields)))
    return view if order is None else view.model_copy(update={"note": discreet(order, view.note)})


def _negotiation(negotiation: Negotiation) -> NegotiationFacts:
    return NegotiationFacts(
        **negotiation.model_dump(include={"id", "leg_id", "text", "status"}), messages=negotiation.messages
    )


def _recovery(recovery: Recovery) -> RecoveryFacts:
    return RecoveryFacts(
        **recovery.model_dump(include={"id", "leg_id", "status", "outcome"}), attempts=recovery.attempts
    )


def _bank(dispute: Dispute) -> BankFacts | None:
    bank = dispute.bank
    if bank is None:
        return None
    return BankFacts(
        claim_id=bank.id,
        evidence=bank.submitted or bank.staged,
        **bank.model_dump(include={"payment_id", "fee", "reason", "state", "due_by", "submitted_at"}),
    )
