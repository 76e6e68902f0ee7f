"""Stripe's errors as the platform's own (https://docs.stripe.com/error-codes)."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.errors import Conflict, NotFound, PaymentDeclined, Unavailable, UsoError

if TYPE_CHECKING:
    import stripe

_log = logging.getLogger(__name__)
_STATES: Mapping[str, tuple[str, str]] = {
    "account_closed": ("account_not_ready", "The payee's account is closed."),
    "amount_too_large": ("amount_too_large", "The amount is more than can be paid at once."),
    "amount_too_small": ("amount_too_small", "The amount is less than can be charged."),
    "balance_insufficient": ("insufficient_balance", "The balance does not cover this yet."),
    "capture_charge_authorization_expired": ("not_capturable", "The authorisation has lapsed."),
    "charge_already_refunded": ("refund_exceeds_payment", "The payment was refunded already."),
    "charge_disputed": ("payment_disputed", "The customer's bank is taking this payment back."),
    "charge_expired_for_capture": ("not_capturable", "The authorisation has lapsed."),
    "insufficient_capabilities_for_transfer": ("account_not_ready", "The payee cannot be paid yet."),
    "payment_intent_unexpected_state": ("payment_state", "The payment's state does not allow this."),
    "refund_disputed_payment": ("payment_disputed", "The customer's bank is taking this payment back."),
    "transfers_not_allowed": ("account_not_ready", "The payee cannot be paid yet."),
}
"""Stripe's codes for things whose state does not allow a request -> our code and words."""
_DECLINES: Mapping[str, str] = {
    "authentication_required": "The bank asks the customer to confirm this payment.",
    "expired_card": "The card has expired.",
    "insufficient_funds": "The card has insufficient funds.",
    "payment_intent_authentication_failure": "The payment was not confirmed with the bank.",
    "payment_intent_incompatible_payment_method": "The stored payment method cannot be used here.",
}
"""What may be told of a decline; of all others (stolen, fraudulent, ...) only that there was one."""
_SOURCE_USED_UP = "must not exceed the source amount"
"""What Stripe says of a transfer of more than its charge brought; a code for it is not documented."""
_UNDECIDED = "The payment provider did not answer; whether it acted is found out by asking again."


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a request is about: for NotFound, and the codes of what its state may not allow."""

    what: str
    id: str
    exceeded: str = "amount_too_large"
    """The amount is more than there is."""
    state: str = "payment_state"
    """It is too late, or too early."""


def declined(code: str | None, decline_code: str | None) -> PaymentDeclined:
    """Return a decline in words that anyone may read."""
    reason = _DECLINES.get(decline_code or "") or _DECLINES.get(code or "") or "The card was declined."
    return PaymentDeclined(f"{reason} Nothing was charged.")


def is_failure(error: Exception) -> bool:
    """Say whether an error means that Stripe does not work: no answer, or a server's own error."""
    import stripe

    if isinstance(error, stripe.APIConnectionError):
        return True
    return isinstance(error, stripe.StripeError) and (error.http_status or 0) >= 500


def translated(error: "stripe.StripeError", about: About) -> UsoError:
    """Return our error for one of Stripe's. Its text never reaches a caller; it may name keys and inputs."""
    import stripe

    said = _said(error)
    reason = said("code")
    if reason in _STATES:
        code, text = _STATES[reason]
        own = {"amount_too_large": about.exceeded, "payment_state": about.state}
        return Conflict(text, code=own.get(code, code))
    match error:
        case stripe.CardError():
            return declined(reason, said("decline_code"))
        case stripe.InvalidRequestError() if reason in _DECLINES:
            return declined(reason, None)
        case stripe.IdempotencyError():
            return Conflict("This key belongs to another request.", code="key_reused")
        case stripe.AuthenticationError():
            _log.error("Stripe refuses USO_STRIPE_KEY (request %s)", error.request_id)
            return Unavailable("The payment provider does not accept this installation.")
        case stripe.PermissionError() if reason == "account_invalid":
            return NotFound(about.what, about.id)
        case stripe.PermissionError():
            _log.error("USO_STRIPE_KEY lacks a permission (request %s)", error.request_id)
            return Unavailable("The payment provider does not let this installation do that.")
        case stripe.InvalidRequestError():
            return _refused(error, about)
        case _:
            _log.warning(
                "Stripe: %s, status %s (request %s)",
                type(error).__name__,
                error.http_status,
                error.request_id,
            )
            return Unavailable(_UNDECIDED)


def _refused(error: "stripe.InvalidRequestError", about: About) -> UsoError:
    if error.http_status == 404 or error.code == "resource_missing":
        return NotFound(about.what, about.id)
    too_much = error.code is None and error.param == "amount"
    if too_much or _SOURCE_USED_UP in (error.user_message or ""):
        return Conflict("The amount is more than there is.", code=about.exceeded)
    _log.warning(
        "Stripe refused a request about %s %s: code %s, parameter %s (request %s)",
        about.what,
        about.id,
        error.code,
        error.param,
        error.request_id,
    )
    return Conflict("The payment provider refused the request.", code="provider_refused")


def _said(error: "stripe.StripeError") -> Callable[[str], str]:
    """Return a reader of the error's own fields; the SDK's classes do not all carry them."""
    body = error.json_body
    fields = body.get("error") if isinstance(body, Mapping) else None
    return lambda name: str(fields.get(name) or "") if isinstance(fields, Mapping) else ""
