"""Statuses as enums with transition tables: an illegal move raises (M-module conventions)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from shared.errors import IllegalMove

S = TypeVar("S", bound=StrEnum)


class OrderStatus(StrEnum):
    """An order's life."""

    PENDING = "pending"
    PAID = "paid"
    PROCESSING = "processing"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class PaymentStatus(StrEnum):
    """Where the customer's money stands."""

    PENDING = "pending"
    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    FAILED = "failed"
    REFUNDED = "refunded"


class PaymentState(StrEnum):
    """Where one payment stands with the provider."""

    REQUIRES_ACTION = "requires_action"
    """The customer has to prove who they are (3-D Secure); nothing is reserved yet."""
    AUTHORISED = "authorised"
    """The amount is reserved on the customer's side and can be captured."""
    CAPTURED = "captured"
    CANCELLED = "cancelled"
    """Called off, declined for good or lapsed; nothing can be captured any more."""


class HoldStatus(StrEnum):
    """What the platform holds for one leg (M16)."""

    HELD = "held"
    RELEASED = "released"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


class LegStatus(StrEnum):
    """A vendor's part of an order."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class PartnerStatus(StrEnum):
    """What a partner reports of its work (flow 2.3-2 step 2)."""

    IN_PROGRESS = "In Progress"
    CUSTOMIZATION_STARTED = "Customization Started"
    CUSTOMIZATION_COMPLETE = "Customization Complete"
    READY_FOR_PICKUP = "Ready for Pickup"


class NegotiationStatus(StrEnum):
    """A change request on its way between customer and partner (M24)."""

    PENDING = "pending"
    AWAITING_PARTNER_REPLY = "awaiting_partner_reply"
    AWAITING_USER_APPROVAL = "awaiting_user_approval"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    COUNTER_OFFER = "counter_offer"
    ESCALATED = "escalated"
    RECOVERED = "recovered_autonomously"


class RecoveryStatus(StrEnum):
    """The search for another vendor (M6). `pending` searches, `proposed` waits for the customer."""

    PENDING = "pending"
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    COMPLETED = "completed"
    FAILED = "failed"
    ESCALATED = "escalated"


class IntentStatus(StrEnum):
    """A standing intent's life (M23)."""

    PENDING = "pending"
    ACTIVE = "active"
    WAITING_APPROVAL = "waiting_approval"
    EXECUTING = "executing"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class EscalationStatus(StrEnum):
    """A person's task in the intervention queue (M24)."""

    PENDING = "pending"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"


class PayoutStatus(StrEnum):
    """Money on its way to someone who has earned it."""

    OPEN = "open"
    PAID = "paid"
    FAILED = "failed"


class DrawStatus(StrEnum):
    """A reservation of an order on a mandate (flow 1.3-2)."""

    RESERVED = "reserved"
    SETTLED = "settled"
    RELEASED = "released"


class DisputeStatus(StrEnum):
    """A case about money that someone wants back (flow 5.5-2, ops-x4)."""

    OPEN = "open"
    UNDER_REVIEW = "under_review"
    """The bank has the evidence and decides."""
    DECIDED = "decided"
    """The decision stands and is being carried out."""
    RESOLVED = "resolved"


class DisputeState(StrEnum):
    """Where a chargeback stands with the bank."""

    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"


class ShopOrderStatus(StrEnum):
    """An order of the web shop (flow ops-1)."""

    OPEN = "open"
    AWAITING_ADDRESS = "awaiting_address"
    AWAITING_CHOICE = "awaiting_choice"
    """Out of stock everywhere: the customer chooses refund or wait."""
    WAITING_FOR_STOCK = "waiting_for_stock"
    ORDERED = "ordered"
    """Everything was bought."""
    SHIPPED = "shipped"
    """Every parcel is on its way."""
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class PurchaseStatus(StrEnum):
    """An order at a supplier, and its parcel."""

    PLANNED = "planned"
    """About to be placed; the answer may have been lost."""
    PLACED = "placed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    REFUSED = "refused"
    """The supplier did not take it; nothing was bought."""
    CANCELLED = "cancelled"
    LOST = "lost"
    """Given up: sent again or refunded."""


class TicketStatus(StrEnum):
    """A customer's question (flows ops-3 to ops-6)."""

    OPEN = "open"
    ESCALATED = "escalated"
    TAKEN = "taken"
    """A person has it; the machine says nothing more."""
    SOLVED = "solved"


_O, _L, _N, _R, _I, _E, _P, _D = (
    OrderStatus,
    LegStatus,
    NegotiationStatus,
    RecoveryStatus,
    IntentStatus,
    EscalationStatus,
    PayoutStatus,
    DisputeStatus,
)
_S, _B, _T = ShopOrderStatus, PurchaseStatus, TicketStatus

# One table per enum: members of different enums with the same word are equal as strings.
MOVES: Mapping[type[StrEnum], Mapping[str, frozenset[str]]] = {
    _O: {
        _O.PENDING: frozenset({_O.PAID, _O.CANCELLED}),
        _O.PAID: frozenset({_O.PROCESSING, _O.CANCELLED}),
        _O.PROCESSING: frozenset({_O.COMPLETED, _O.CANCELLED, _O.REFUNDED}),
        _O.COMPLETED: frozenset({_O.REFUNDED}),
        _O.CANCELLED: frozenset({_O.REFUNDED}),
        _O.REFUNDED: frozenset(),
    },
    _L: {
        _L.PENDING: frozenset({_L.ACCEPTED, _L.REJECTED, _L.CANCELLED}),
        _L.ACCEPTED: frozenset({_L.IN_PROGRESS, _L.REJECTED, _L.CANCELLED, _L.COMPLETED}),
        _L.REJECTED: frozenset({_L.CANCELLED}),
        _L.IN_PROGRESS: frozenset({_L.COMPLETED, _L.REJECTED, _L.CANCELLED}),
        _L.COMPLETED: frozenset({_L.REJECTED, _L.CANCELLED}),
        _L.CANCELLED: frozenset(),
    },
    _N: {
        _N.PENDING: frozenset({_N.AWAITING_PARTNER_REPLY, _N.ESCALATED}),
        _N.AWAITING_PARTNER_REPLY: frozenset(
            {_N.AWAITING_PARTNER_REPLY, _N.COUNTER_OFFER, _N.ACCEPTED, _N.REJECTED, _N.ESCALATED}
        ),
        _N.COUNTER_OFFER: frozenset({_N.AWAITING_USER_APPROVAL, _N.ESCALATED}),
        _N.AWAITING_USER_APPROVAL: frozenset(
            {_N.ACCEPTED, _N.REJECTED, _N.AWAITING_PARTNER_REPLY, _N.ESCALATED}
        ),
        _N.ESCALATED: frozenset({_N.ACCEPTED, _N.REJECTED}),
        _N.REJECTED: frozenset({_N.RECOVERED}),
        _N.ACCEPTED: frozenset(),
        _N.RECOVERED: frozenset(),
    },
    _R: {
        _R.PENDING: frozenset({_R.PROPOSED, _R.APPROVED, _R.ESCALATED, _R.FAILED}),
        _R.PROPOSED: frozenset({_R.APPROVED, _R.REJECTED}),
        _R.APPROVED: frozenset({_R.COMPLETED, _R.PENDING, _R.FAILED, _R.ESCALATED}),
        _R.REJECTED: frozenset(),
        _R.COMPLETED: frozenset(),
        _R.FAILED: frozenset(),
        _R.ESCALATED: frozenset({_R.REJECTED}),
    },
    _I: {
        _I.PENDING: frozenset({_I.ACTIVE, _I.CANCELLED}),
        _I.ACTIVE: frozenset({_I.WAITING_APPROVAL, _I.EXECUTING, _I.CANCELLED}),
        _I.WAITING_APPROVAL: frozenset({_I.EXECUTING, _I.ACTIVE, _I.CANCELLED}),
        _I.EXECUTING: frozenset({_I.COMPLETED, _I.ACTIVE, _I.CANCELLED}),
        _I.COMPLETED: frozenset(),
        _I.CANCELLED: frozenset(),
    },
    _E: {
        _E.PENDING: frozenset({_E.ASSIGNED, _E.IN_PROGRESS, _E.RESOLVED}),
        _E.ASSIGNED: frozenset({_E.ASSIGNED, _E.IN_PROGRESS, _E.RESOLVED}),
        _E.IN_PROGRESS: frozenset({_E.ASSIGNED, _E.RESOLVED}),
        _E.RESOLVED: frozenset(),
    },
    _P: {
        _P.OPEN: frozenset({_P.PAID, _P.FAILED}),
        _P.PAID: frozenset(),
        _P.FAILED: frozenset(),
    },
    DrawStatus: {
        DrawStatus.RESERVED: frozenset({DrawStatus.SETTLED, DrawStatus.RELEASED}),
        DrawStatus.SETTLED: frozenset(),
        DrawStatus.RELEASED: frozenset(),
    },
    _D: {
        _D.OPEN: frozenset({_D.UNDER_REVIEW, _D.DECIDED}),
        _D.UNDER_REVIEW: frozenset({_D.DECIDED}),
        _D.DECIDED: frozenset({_D.RESOLVED, _D.OPEN}),
        _D.RESOLVED: frozenset(),
    },
    _S: {
        _S.OPEN: frozenset({_S.AWAITING_ADDRESS, _S.AWAITING_CHOICE, _S.ORDERED, _S.CANCELLED}),
        _S.AWAITING_ADDRESS: frozenset({_S.OPEN, _S.CANCELLED}),
        _S.AWAITING_CHOICE: frozenset({_S.OPEN, _S.WAITING_FOR_STOCK, _S.ORDERED, _S.CANCELLED}),
        _S.WAITING_FOR_STOCK: frozenset({_S.OPEN, _S.AWAITING_CHOICE, _S.ORDERED, _S.CANCELLED}),
        _S.ORDERED: frozenset({_S.SHIPPED, _S.DELIVERED, _S.CANCELLED}),
        _S.SHIPPED: frozenset({_S.DELIVERED, _S.ORDERED, _S.CANCELLED}),
        _S.DELIVERED: frozenset(),
        _S.CANCELLED: frozenset(),
    },
    _B: {
        _B.PLANNED: frozenset({_B.PLACED, _B.REFUSED}),
        _B.PLACED: frozenset({_B.SHIPPED, _B.DELIVERED, _B.CANCELLED, _B.LOST}),
        _B.SHIPPED: frozenset({_B.DELIVERED, _B.LOST}),
        _B.DELIVERED: frozenset(),
        _B.REFUSED: frozenset(),
        _B.CANCELLED: frozenset(),
        _B.LOST: frozenset({_B.DELIVERED}),
    },
    _T: {
        _T.OPEN: frozenset({_T.SOLVED, _T.ESCALATED}),
        _T.ESCALATED: frozenset({_T.TAKEN, _T.SOLVED}),
        _T.TAKEN: frozenset({_T.SOLVED, _T.TAKEN, _T.ESCALATED}),
        _T.SOLVED: frozenset({_T.OPEN, _T.ESCALATED}),
    },
}


def move(what: str, current: S, target: S) -> S:
    """Return `target` if `current` may move there. Raises IllegalMove."""
    if not can_move(current, target):
        raise IllegalMove(what, current, target)
    return target


def can_move(current: S, target: S) -> bool:
    """Say whether the table of `current`'s kind has the move."""
    return target in MOVES[type(current)][current]
