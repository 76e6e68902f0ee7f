"""What Stripe refuses about an amount: https://docs.stripe.com/currencies. Written apart from the adapter."""

from tests.peers.stripe.refusals import Refusal

LARGEST = 99_999_999
UNKNOWN = ("xyz", "xxx")
SMALLEST = {"usd": 50, "eur": 50, "gbp": 30, "jpy": 50}


def check_charge(amount: int, currency: str) -> None:
    """Refuse an amount that no card can be charged with."""
    check(amount, currency)
    if amount < SMALLEST.get(currency, 1):
        raise Refusal(400, "Amount must be at least the minimum.", code="amount_too_small", param="amount")
    if amount > LARGEST:
        raise Refusal(
            400, "Amount must be no more than $999,999.99.", code="amount_too_large", param="amount"
        )


def check(amount: int, currency: str) -> None:
    """Refuse an amount that its currency cannot have."""
    if len(currency) != 3 or currency != currency.lower() or currency in UNKNOWN:
        raise Refusal(400, f"Invalid currency: {currency}.", param="currency")
    if amount < 1:
        raise Refusal(
            400,
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param="amount",
        )
    whole = {"isk": 100, "ugx": 100, "bhd": 10, "jod": 10, "kwd": 10, "omr": 10, "tnd": 10}.get(currency, 1)
    if amount % whole:
        raise Refusal(
            400,
            f"Amounts in {currency} must be divisible by {whole}.",
            code="invalid_charge_amount",
            param="amount",
        )
