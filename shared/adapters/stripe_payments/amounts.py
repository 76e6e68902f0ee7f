"""Amounts as Stripe writes them: whole numbers in a unit that is not always ISO 4217's minor unit.

https://docs.stripe.com/currencies: most currencies have two decimals there, the listed ones none or three.
Two of ours differ: ISK and UGX have no minor unit any more, and are still sent with two decimals, always 00.
Of the three-decimal currencies the last digit must be 0, for the card networks know only two.
"""

from shared.domain.money import Money, digits_of
from shared.errors import InvalidInput

_ZERO_DECIMAL = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
)
_THREE_DECIMAL = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))


def digits_at_stripe(currency: str) -> int:
    """Return how many decimals Stripe's amounts of a currency have."""
    if currency in _ZERO_DECIMAL:
        return 0
    return 3 if currency in _THREE_DECIMAL else 2


def to_stripe(amount: Money) -> tuple[int, str]:
    """Return a positive amount and its currency for a request.

    Raises InvalidInput (`amount_not_representable`) for one that Stripe cannot express; it is never rounded.
    """
    if amount.minor <= 0:
        raise InvalidInput("An amount to move is positive.", field="amount")
    at_stripe = digits_at_stripe(amount.currency)
    sent = _shifted(amount.minor, at_stripe - digits_of(amount.currency))
    if sent is None or (at_stripe == 3 and sent % 10):
        raise InvalidInput(
            f"{amount} is finer than a payment in {amount.currency} can be.",
            field="amount",
            code="amount_not_representable",
        )
    return sent, amount.currency.lower()


def from_stripe(minor: int, currency: str) -> Money:
    """Return an amount of an answer. Raises ValueError for one that is finer than our minor unit."""
    code = currency.upper()
    ours = _shifted(minor, digits_of(code) - digits_at_stripe(code))
    if ours is None:
        raise ValueError(f"{minor} {currency} of Stripe is no whole number of minor units")
    return Money(minor=ours, currency=code)


def _shifted(number: int, digits: int) -> int | None:
    """Return `number` times ten to the power of `digits`; None when that is not whole."""
    if digits >= 0:
        return int(number * 10**digits)
    whole, rest = divmod(number, 10**-digits)
    return None if rest else int(whole)
