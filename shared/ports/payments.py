"""The payment port, as far as one charge per order and its refunds need it.

Money beyond that (splits, transfers, disputes) comes behind the same port.
"""

from typing import Protocol

from pydantic import Field

from shared.domain.model import Model
from shared.domain.money import Money


class Receipt(Model):
    """What the provider says of one effect: its own id, and the key and amount that we sent."""

    id: str
    key: str
    amount: Money


class ChargeRequest(Model):
    """Charge a customer once; the money is held on the platform until each leg is verified."""

    key: str = Field(max_length=200)
    customer_id: str
    amount: Money
    description: str = ""


class RefundRequest(Model):
    """Give back part or all of a charge."""

    key: str = Field(max_length=200)
    charge_id: str
    amount: Money


class Payments(Protocol):
    """A payment provider. The same key always gives the same receipt and moves money once."""

    async def charge(self, request: ChargeRequest) -> Receipt:
        """Take the amount. Raises PaymentDeclined (nothing moved) or Unavailable (ask again, same key)."""
        ...

    async def refund(self, request: RefundRequest) -> Receipt:
        """Give the amount back. Raises Conflict when more than the charge would be refunded."""
        ...


class PaymentRehearsal(Protocol):
    """A provider whose declines can be rehearsed: the embedded one."""

    async def decline(self, customer_id: str, *, declined: bool = True) -> None:
        """From now on decline (or accept again) this customer's charges."""
        ...
