"""Refunds: https://docs.stripe.com/api/refunds."""

from typing import Any

from tests.peers.stripe.amounts import check
from tests.peers.stripe.listing import page
from tests.peers.stripe.refusals import Refusal, unexpected_state
from tests.peers.stripe.state import State, Thing


def create(state: State, params: dict[str, Any]) -> Thing:
    """Give a part or all of a charge back."""
    intent = state.get("payment_intent", params["payment_intent"], param="payment_intent")
    if intent["latest_charge"] is None:
        raise unexpected_state(intent, "refunded")
    charge = state.get("charge", intent["latest_charge"])
    if charge["disputed"]:
        raise Refusal(400, "This charge has been charged back.", code="charge_disputed")
    left = charge["amount"] - charge["amount_refunded"]
    if left <= 0:
        raise Refusal(400, "Charge has already been refunded.", code="charge_already_refunded")
    amount = params.get("amount", left)
    check(amount, charge["currency"])
    if amount > left:  # Stripe gives this one no code
        raise Refusal(400, "Refund amount is greater than unrefunded amount on charge.", param="amount")
    refund = state.add(
        "refund",
        "re",
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        payment_intent=intent["id"],
        reason=params.get("reason"),
        status="succeeded",
        balance_transaction=None,
    )
    refund["metadata"] = params.get("metadata", {})
    refund["balance_transaction"] = state.book("refund", refund["id"], -amount, charge["currency"])["id"]
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    state.emit("refund.created", refund)
    state.emit("charge.refunded", charge)
    return refund


def retrieve(state: State, params: dict[str, Any], id: str) -> Thing:
    """Return a refund."""
    return state.get("refund", id)


def listed(state: State, params: dict[str, Any]) -> Thing:
    """List refunds."""
    return page("/v1/refunds", state.all("refund"), params)


def bounce(state: State, refund: Thing) -> None:
    """Let the customer's bank not take a refund: the money is back on the balance."""
    refund["status"] = "failed"
    state.book("refund_failure", refund["id"], refund["amount"], refund["currency"])
    charge = state.get("charge", refund["charge"])
    charge |= {"amount_refunded": charge["amount_refunded"] - refund["amount"], "refunded": False}
    state.emit("refund.failed", refund)
