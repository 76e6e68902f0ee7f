"""How a leg's price is split when its money is released: the platform's fee, a commission, the vendor's rest.

Rounding: every share is rounded down to the minor unit and the vendor gets what is left, so the parts always
add up and nobody takes more than their rate. A fee and a commission together never exceed the price; the fee
comes first. A fixed commission is a rate like any other, so many minor units of the price it was agreed for:
the whole price released at once pays it to the unit, in parts never more than it.
"""

from typing import Self

from pydantic import Field, model_validator

from shared.domain.model import Model
from shared.domain.money import Money, share_of


class Terms(Model):
    """What was agreed about a leg when it was ordered; later changes of rates do not touch it."""

    fee_bps: int = Field(default=1000, ge=0, le=10_000)
    """The platform's rate in basis points (M15: 10 %)."""
    affiliate_id: str = ""
    """Who brought the customer; earns the commission."""
    link_id: str = ""
    commission_bps: int = Field(default=0, ge=0, le=10_000)
    """A commission that is a share of what is released (CPE)."""
    commission_minor: int = Field(default=0, ge=0)
    """A fixed commission (CPA) on a price of `commission_of`; then `commission_bps` is zero."""
    commission_of: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _one_commission(self) -> Self:
        if self.commission_minor and (self.commission_bps or self.commission_minor > self.commission_of):
            raise ValueError("a commission is a share or fixed, and no more than the price it is of")
        return self


class Split(Model):
    """The parts of an amount. They add up to it."""

    fee: Money
    commission: Money
    vendor: Money

    def total(self) -> Money:
        """The amount."""
        return self.fee + self.commission + self.vendor

    def __add__(self, other: "Split") -> "Split":
        return Split(
            fee=self.fee + other.fee,
            commission=self.commission + other.commission,
            vendor=self.vendor + other.vendor,
        )

    def __sub__(self, other: "Split") -> "Split":
        return Split(
            fee=self.fee - other.fee,
            commission=self.commission - other.commission,
            vendor=self.vendor - other.vendor,
        )


def split(amount: Money, terms: Terms) -> Split:
    """Split a non-negative amount by `terms`."""
    fee = share_of(amount, terms.fee_bps)
    wanted = _commission(amount, terms) if terms.affiliate_id else 0
    commission = Money(minor=min(wanted, (amount - fee).minor), currency=amount.currency)
    return Split(fee=fee, commission=commission, vendor=amount - fee - commission)


def _commission(amount: Money, terms: Terms) -> int:
    if terms.commission_minor:
        return amount.minor * terms.commission_minor // terms.commission_of
    return share_of(amount, terms.commission_bps).minor
