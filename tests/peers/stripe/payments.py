"""PaymentIntents and their charges: https://docs.stripe.com/payments/paymentintents/lifecycle."""

from typing import Any

from tests.peers.stripe import cards
from tests.peers.stripe.amounts import check_charge
from tests.peers.stripe.cards import Decline
from tests.peers.stripe.listing import page
from tests.peers.stripe.refusals import Refusal, missing, unexpected_state
from tests.peers.stripe.state import AVAILABLE_AFTER, State, Thing

CANCELLABLE = (
    "requires_payment_method",
    "requires_capture",
    "requires_confirmation",
    "requires_action",
    "processing",
)
_KEPT = ("amount", "currency", "customer", "description", "transfer_group", "metadata", "capture_method")


def create(state: State, params: dict[str, Any]) -> Thing:
    """Make a PaymentIntent, and confirm it when asked to."""
    check_charge(params["amount"], params["currency"])
    if params.get("off_session") and not params.get("confirm"):
        raise Refusal(400, "off_session needs confirm=true.", param="off_session")
    if params.get("automatic_payment_methods") and params.get("allowed_payment_method_types"):
        raise Refusal(400, "These cannot be combined.", param="allowed_payment_method_types")
    if "customer" in params:
        state.get("customer", params["customer"], param="customer", status=400)
    number = state.new_id("number")
    intent = state.add(
        "payment_intent",
        "pi",
        amount_capturable=0,
        amount_received=0,
        client_secret="",
        last_payment_error=None,
        latest_charge=None,
        next_action=None,
        payment_method=None,
        payment_method_types=params.get("allowed_payment_method_types", ["card"]),
        status="requires_payment_method",
        cancellation_reason=None,
        **{name: params.get(name) for name in _KEPT},
    )
    intent["client_secret"] = f"{intent['id']}_secret_{number}"
    intent["metadata"] = params.get("metadata", {})
    intent["capture_method"] = params.get("capture_method", "automatic_async")
    state.emit("payment_intent.created", intent)
    return _attempted(state, intent, params) if params.get("confirm") else intent


def retrieve(state: State, params: dict[str, Any], id: str) -> Thing:
    """Return a PaymentIntent."""
    return state.get("payment_intent", id)


def listed(state: State, params: dict[str, Any]) -> Thing:
    """List PaymentIntents."""
    return page("/v1/payment_intents", state.all("payment_intent"), params)


def confirm(state: State, params: dict[str, Any], id: str) -> Thing:
    """Attempt to be paid."""
    intent = state.get("payment_intent", id)
    if intent["status"] not in ("requires_payment_method", "requires_confirmation"):
        raise unexpected_state(intent, "confirmed")
    return _attempted(state, intent, params)


def capture(state: State, params: dict[str, Any], id: str) -> Thing:
    """Take what is held, or less; the rest is let go, and counts as refunded on the charge."""
    intent = state.get("payment_intent", id)
    if intent["status"] != "requires_capture":
        raise unexpected_state(intent, "captured")
    amount = params.get("amount_to_capture", intent["amount_capturable"])
    if amount < 1:
        raise Refusal(400, "Invalid amount.", code="parameter_invalid_integer", param="amount_to_capture")
    if amount > intent["amount_capturable"]:
        raise Refusal(
            400,
            "The requested capture amount is greater than the amount you can capture for this charge.",
            code="amount_too_large",
            param="amount_to_capture",
        )
    intent["metadata"] |= params.get("metadata", {})
    _take(state, intent, amount)
    return intent


def cancel(state: State, params: dict[str, Any], id: str) -> Thing:
    """Let a hold go."""
    intent = state.get("payment_intent", id)
    if intent["status"] not in CANCELLABLE:
        raise unexpected_state(intent, "canceled")
    end(state, intent, params.get("cancellation_reason"))
    return intent


def end(state: State, intent: Thing, reason: str | None) -> None:
    """Cancel, whoever wants it."""
    intent |= {
        "status": "canceled",
        "amount_capturable": 0,
        "cancellation_reason": reason,
        "next_action": None,
    }
    if intent["latest_charge"]:
        charge = state.get("charge", intent["latest_charge"])
        charge |= {"amount_refunded": charge["amount"], "refunded": True}
    state.emit("payment_intent.canceled", intent)


def answered(state: State, intent: Thing, *, succeed: bool) -> None:
    """Let the customer prove who they are, or fail to."""
    assert intent["status"] == "requires_action", intent["status"]
    intent["next_action"] = None
    if succeed:
        _pay(state, intent)
    else:
        _turn_down(state, intent, cards.NOT_AUTHENTICATED)


def _attempted(state: State, intent: Thing, params: dict[str, Any]) -> Thing:
    method = _method(state, intent, params)
    intent["payment_method"] = method["id"]
    card = method["test_card"]
    if card == cards.NO_CARD and "card" in intent["payment_method_types"]:
        raise Refusal(
            400,
            "The PaymentMethod provided cannot be used with this PaymentIntent.",
            code="payment_intent_incompatible_payment_method",
            param="payment_method",
        )
    decline = cards.DECLINES.get(card)
    if card == cards.NEEDS_HOLDER and params.get("off_session"):
        decline = cards.AUTHENTICATION
    if decline is not None:
        raise _turn_down(state, intent, decline)
    if card == cards.NEEDS_HOLDER:
        _ask(state, intent, params.get("return_url"))
    else:
        _pay(state, intent)
    return intent


def _method(state: State, intent: Thing, params: dict[str, Any]) -> Thing:
    id = params.get("payment_method") or intent["payment_method"]
    if not id:
        raise Refusal(
            400,
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
        )
    method = state.things.get("payment_method", {}).get(id)
    if method is None:
        raise missing("PaymentMethod", id, param="payment_method", status=400)
    if method["customer"] != intent["customer"]:
        raise Refusal(400, "The PaymentMethod belongs to another customer.", param="payment_method")
    return method


def _turn_down(state: State, intent: Thing, decline: Decline) -> Refusal:
    failure = {
        "type": "card_error",
        "code": decline.code,
        "decline_code": decline.decline_code or None,
        "message": decline.message,
        "payment_method": state.get("payment_method", intent["payment_method"]),
    }
    intent |= {"status": "requires_payment_method", "last_payment_error": failure}
    state.emit("payment_intent.payment_failed", intent)
    return Refusal(
        402,
        decline.message,
        kind="card_error",
        code=decline.code,
        decline_code=decline.decline_code or None,
        payment_intent=intent,
    )


def _ask(state: State, intent: Thing, return_url: str | None) -> None:
    if return_url:
        url = f"https://hooks.stripe.com/3d_secure_2/hosted?payment_intent={intent['id']}"
        action = {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": return_url}}
    else:
        action = {"type": "use_stripe_sdk", "use_stripe_sdk": {}}
    intent |= {"status": "requires_action", "next_action": action, "last_payment_error": None}
    state.emit("payment_intent.requires_action", intent)


def _pay(state: State, intent: Thing) -> None:
    charge = state.add(
        "charge",
        "ch",
        amount=intent["amount"],
        amount_captured=0,
        amount_refunded=0,
        balance_transaction=None,
        captured=False,
        currency=intent["currency"],
        customer=intent["customer"],
        disputed=False,
        payment_intent=intent["id"],
        refunded=False,
        status="succeeded",
        transfer_group=intent["transfer_group"],
    )
    intent |= {"latest_charge": charge["id"], "last_payment_error": None}
    if intent["capture_method"] == "manual":
        intent |= {"status": "requires_capture", "amount_capturable": intent["amount"]}
        state.emit("payment_intent.amount_capturable_updated", intent)
    else:
        _take(state, intent, intent["amount"])


def _take(state: State, intent: Thing, amount: int) -> None:
    charge = state.get("charge", intent["latest_charge"])
    charge |= {"captured": True, "amount_captured": amount, "amount_refunded": charge["amount"] - amount}
    line = state.book(
        "charge",
        charge["id"],
        amount,
        charge["currency"],
        fee=processing_fee(amount),
        available_on=state.seconds() + AVAILABLE_AFTER,
    )
    charge["balance_transaction"] = line["id"]
    intent |= {"status": "succeeded", "amount_capturable": 0, "amount_received": amount}
    state.emit("payment_intent.succeeded", intent)


def processing_fee(amount: int) -> int:
    """2.9 % and 30, as for US cards."""
    return (amount * 29 + 500) // 1000 + 30
