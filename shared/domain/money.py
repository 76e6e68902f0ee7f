"""Money: integer minor units with a currency. Nothing in the platform holds an amount in any other form."""

from collections.abc import Iterable, Sequence
from typing import Self

from pydantic import Field

from shared.domain.model import Model


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

    def __str__(self) -> str:
        sign = "-" if self.minor < 0 else ""
        mark = "$" if self.currency == "USD" else f"{self.currency} "
        return f"{sign}{mark}{abs(self.minor) // 100}.{abs(self.minor) % 100:02d}"

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
