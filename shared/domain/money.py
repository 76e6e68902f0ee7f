"""Money: integer minor units with a currency. Nothing in the platform holds an amount in any other form."""

from collections.abc import Iterable, Sequence
from typing import Self

from pydantic import Field

from shared.domain.model import Model

_DIGITS = {
    **dict.fromkeys(("JPY", "KRW", "VND", "CLP", "ISK", "UGX", "XAF", "XOF"), 0),
    **dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND"), 3),
}


def digits_of(currency: str) -> int:
    """Return how many digits stand after the point of a currency's major unit (ISO 4217); most have two."""
    return _DIGITS.get(currency, 2)


class Money(Model):
    """An amount in minor units (cents for USD) of one ISO 4217 currency. May be negative (a refund)."""

    minor: int
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")

    @classmethod
    def zero(cls, currency: str = "USD") -> Self:
        """Nothing, in `currency`."""
        return cls(minor=0, currency=currency)

    @classmethod
    def total(cls, amounts: Iterable["Money"], currency: str = "USD") -> "Money":
        """Add up `amounts`; an empty sum is zero of `currency`."""
        result: Money | None = None
        for amount in amounts:
            result = amount if result is None else result + amount
        return result or Money.zero(currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(minor=self.minor + self._same(other), currency=self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(minor=self.minor - self._same(other), currency=self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(minor=self.minor * times, currency=self.currency)

    def __neg__(self) -> "Money":
        return Money(minor=-self.minor, currency=self.currency)

    def __str__(self) -> str:
        sign = "-" if self.minor < 0 else ""
        mark = "$" if self.currency == "USD" else f"{self.currency} "
        digits = digits_of(self.currency)
        whole, part = divmod(abs(self.minor), 10**digits)
        return f"{sign}{mark}{whole}.{part:0{digits}d}" if digits else f"{sign}{mark}{whole}"

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")
        return other.minor


def apportioned(total: Money, weights: Sequence[int]) -> list[Money]:
    """Split `total` in proportion to non-negative `weights`, to the cent: the parts add up to `total`.

    The cents that rounding leaves go to the largest remainders, earlier parts first.
    """
    whole = sum(weights)
    if whole <= 0:
        weights, whole = [1] * len(weights), len(weights)
    shares = [divmod(total.minor * weight, whole) for weight in weights]
    left = total.minor - sum(share for share, _ in shares)
    richest = sorted(range(len(shares)), key=lambda n: -shares[n][1])[:left]
    return [
        Money(minor=share + (n in richest), currency=total.currency) for n, (share, _) in enumerate(shares)
    ]


def share_of(total: Money, basis_points: int) -> Money:
    """Return `basis_points` hundredths of a percent of a non-negative `total`, rounded down.

    Whoever takes a share never takes more than their rate; the fraction stays with what is left.
    """
    return Money(minor=total.minor * basis_points // 10_000, currency=total.currency)
