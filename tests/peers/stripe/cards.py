"""Test payment methods under Stripe's own names (https://docs.stripe.com/testing)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decline:
    """Why the bank says no."""

    code: str
    decline_code: str
    message: str


GOOD = "pm_card_visa"
NO_CARD = "pm_usBankAccount"
"""Nothing that can be held."""
NEEDS_HOLDER = "pm_card_authenticationRequired"
"""Declined while its holder is away; asks them to confirm otherwise."""
DECLINES = {
    "pm_card_chargeDeclined": Decline("card_declined", "generic_decline", "Your card was declined."),
    "pm_card_chargeDeclinedInsufficientFunds": Decline(
        "card_declined", "insufficient_funds", "Your card has insufficient funds."
    ),
    "pm_card_chargeDeclinedExpiredCard": Decline("expired_card", "expired_card", "Your card has expired."),
    "pm_card_chargeDeclinedFraudulent": Decline("card_declined", "fraudulent", "Your card was declined."),
    "pm_card_chargeDeclinedStolenCard": Decline("card_declined", "stolen_card", "Your card was declined."),
}
AUTHENTICATION = Decline(
    "authentication_required", "authentication_required", "Your card was declined. It needs authentication."
)
NOT_AUTHENTICATED = Decline(
    "payment_intent_authentication_failure", "", "We are unable to authenticate your payment method."
)
