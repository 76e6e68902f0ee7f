"""What a payment paid for: an order of the platform's, or one of the web shop (ops-x4).

Banks take payments back in the same way; what was sold, what proves it and who loses the money differ.
"""

from typing import Protocol

from shared.domain.disputes import Dispute
from shared.domain.evidence import Evidence
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.operations.shop_orders import is_shop_order


class Sold(Model):
    """An order as far as a bank's claim is about it. `vendor_ids` are those whose money is at stake."""

    order_id: str
    customer_id: str
    vendor_ids: tuple[str, ...] = ()


class Sale(Protocol):
    """One kind of order. Every move of money has a key that follows from the case, and is made once."""

    async def sold(self, order_id: str, payment_id: str) -> Sold | None:
        """Return the order; None when there is none, or none that this payment paid for."""
        ...

    async def evidence(self, dispute: Dispute) -> Evidence:
        """Gather what proves the delivery, as it is known now."""
        ...

    async def is_complete(self, order_id: str) -> bool:
        """Say whether no more evidence is to come. Raises NotFound."""
        ...

    async def bank_took(self, order_id: str, amount: Money, *, reference: str, by: str) -> None:
        """Book the chargeback `by`; `reference` is the provider's id of it."""
        ...

    async def bank_returned(self, dispute: Dispute) -> None:
        """Book it as won."""
        ...

    async def bank_kept(self, dispute: Dispute) -> None:
        """Book it as lost."""
        ...


class Sales:
    """Both kinds."""

    def __init__(self, orders: Sale, shop_orders: Sale) -> None:
        self._orders = orders
        self._shop_orders = shop_orders

    def of(self, order_id: str) -> Sale:
        """Return the kind that an order's id is of."""
        return self._shop_orders if is_shop_order(order_id) else self._orders
