"""The platform's balance and what moved it: https://docs.stripe.com/api/balance."""

from typing import Any

from tests.peers.stripe.listing import page
from tests.peers.stripe.state import State, Thing


def retrieve(state: State, params: dict[str, Any]) -> Thing:
    """Return what can be paid out now, and what has not settled yet."""
    return {
        "object": "balance",
        "livemode": False,
        "available": [_part(name, state.available(name)) for name in state.currencies()],
        "pending": [_part(name, state.pending(name)) for name in state.currencies()],
    }


def transactions(state: State, params: dict[str, Any]) -> Thing:
    """List what moved the balance."""
    return page("/v1/balance_transactions", state.all("balance_transaction"), params)


def pay_out(state: State, amount: int, currency: str) -> Thing:
    """Send a part of the balance to the platform's bank."""
    payout = state.add("payout", "po", amount=amount, currency=currency, status="paid")
    state.book("payout", payout["id"], -amount, currency)
    state.emit("payout.paid", payout)
    return payout


def _part(currency: str, amount: int) -> Thing:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}
