"""Disputes: https://docs.stripe.com/disputes. Amount and fee are taken at once; evidence is sent once."""

from typing import Any

from tests.peers.stripe.refusals import Refusal
from tests.peers.stripe.state import State, Thing

FEE = 1500
DAYS_TO_ANSWER = 9


def open_dispute(state: State, intent: Thing, *, reason: str, amount: int) -> Thing:
    """Let the customer's bank take a payment back."""
    charge = state.get("charge", intent["latest_charge"])
    charge["disputed"] = True
    dispute = state.add(
        "dispute",
        "du",
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        evidence={},
        evidence_details={
            "due_by": state.seconds() + DAYS_TO_ANSWER * 86_400,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        is_charge_refundable=False,
        payment_intent=intent["id"],
        reason=reason,
        status="needs_response",
        balance_transactions=[],
    )
    line = state.book("adjustment", dispute["id"], -amount, charge["currency"], fee=FEE, category="dispute")
    dispute["balance_transactions"] = [line]
    state.emit("charge.dispute.created", dispute)
    state.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def close(state: State, dispute: Thing, *, won: bool) -> None:
    """Let the bank decide."""
    dispute["status"] = "won" if won else "lost"
    if won:
        line = state.book(
            "adjustment", dispute["id"], dispute["amount"], dispute["currency"], category="dispute_reversal"
        )
        dispute["balance_transactions"].append(line)
        state.get("charge", dispute["charge"])["disputed"] = False
        state.emit("charge.dispute.funds_reinstated", dispute)
    state.emit("charge.dispute.closed", dispute)


def retrieve(state: State, params: dict[str, Any], id: str) -> Thing:
    """Return a dispute."""
    return state.get("dispute", id)


def update(state: State, params: dict[str, Any], id: str) -> Thing:
    """Stage evidence, and submit all that is staged unless told not to."""
    dispute = state.get("dispute", id)
    details = dispute["evidence_details"]
    if dispute["status"] not in ("needs_response", "warning_needs_response") or details["submission_count"]:
        raise Refusal(400, "This dispute's evidence cannot be changed any more.", code="dispute_closed")
    dispute["evidence"] |= params.get("evidence", {})
    dispute["metadata"] |= params.get("metadata", {})
    details["has_evidence"] = bool(dispute["evidence"])
    if params.get("submit", True):
        details["submission_count"] += 1
        dispute["status"] = "under_review"
    state.emit("charge.dispute.updated", dispute)
    return dispute
