"""Customers and the cards that they have stored; who pays with what is arranged in `State.wallets`."""

from typing import Any

from tests.peers.stripe.cards import GOOD
from tests.peers.stripe.listing import page
from tests.peers.stripe.state import State, Thing


def create(state: State, params: dict[str, Any]) -> Thing:
    """Make a customer."""
    customer = state.add("customer", "cus", email=None, invoice_settings={"default_payment_method": None})
    return _with_fields(customer, params)


def retrieve(state: State, params: dict[str, Any], id: str) -> Thing:
    """Return a customer as they are now, with the card that they pay with."""
    customer = state.get("customer", id)
    stored = stored_card(state, customer)
    has_default = customer["metadata"].get("uso_customer") not in state.without_default
    customer["invoice_settings"] = {
        "default_payment_method": stored["id"] if stored and has_default else None
    }
    return customer


def methods(state: State, params: dict[str, Any], id: str) -> Thing:
    """List a customer's cards."""
    stored = stored_card(state, state.get("customer", id))
    return page(f"/v1/customers/{id}/payment_methods", [stored] if stored else [], params)


def stored_card(state: State, customer: Thing) -> Thing | None:
    """Return the stored payment method, which came to Stripe without us."""
    card = state.wallets.get(customer["metadata"].get("uso_customer", ""), GOOD)
    if not card:
        return None
    for known in state.all("payment_method"):
        if known["customer"] == customer["id"] and known["test_card"] == card:
            return known
    return state.add("payment_method", "pm", type="card", customer=customer["id"], test_card=card)


def _with_fields(thing: Thing, params: dict[str, Any]) -> Thing:
    thing.update({name: value for name, value in params.items() if name != "expand"})
    return thing
