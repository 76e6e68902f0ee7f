"""The supplier port: who sells to the web shop, one at a time or all behind `Suppliers`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pydantic import Field

from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.operations.purchases import Movement, Tracking
from shared.domain.operations.shop import ShippingAddress


class SupplierOffer(Model):
    """What a supplier would take for one unit to a country, and how many there are. `days` to the door."""

    supplier_id: str
    supplier_sku: str
    price: Money
    shipping: Money
    """Of a whole order, however many units."""
    stock: int = Field(ge=0)
    days: int = Field(ge=0)


class SupplierLine(Model):
    """Something to buy."""

    supplier_sku: str
    quantity: int = Field(ge=1)


class SupplierOrderRequest(Model):
    """Buy `lines` for an address. `key` is our number of the order; `max_cost` is what it may come to.

    The same key again is the same order, however often and from wherever it is sent.
    """

    key: str = Field(min_length=1, max_length=50)
    lines: tuple[SupplierLine, ...] = Field(min_length=1)
    address: ShippingAddress
    email: str = ""
    max_cost: Money


class SupplierOrderState(StrEnum):
    """Where an order stands with its supplier."""

    PLACED = "placed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class SupplierOrder(Model):
    """An order as the supplier has it. Movements oldest first."""

    id: str
    key: str
    state: SupplierOrderState
    cost: Money
    tracking: Tracking | None = None
    movements: tuple[Movement, ...] = ()


class Supplier(Protocol):
    """One supplier. Every method may raise Unavailable: then it may or may not have happened."""

    async def offer(self, supplier_sku: str, *, country: str) -> SupplierOffer | None:
        """Say what one costs and how many there are; None when it is not sold (any more)."""
        ...

    async def place(self, request: SupplierOrderRequest) -> SupplierOrder:
        """Buy, once per key: an order of this key that is there already is returned as it is.

        Raises Conflict: `out_of_stock`, `price_changed` (it would cost more than `max_cost`),
        `address_refused`; nothing was bought then.
        """
        ...

    async def find(self, key: str) -> SupplierOrder | None:
        """Return the order of a key, for whoever lost the answer."""
        ...

    async def order(self, supplier_order_id: str) -> SupplierOrder:
        """Return an order as it is now. Raises NotFound."""
        ...

    async def cancel(self, key: str, supplier_order_id: str) -> bool:
        """Call an order off; False when it is on its way already."""
        ...


class SupplierNews(Model):
    """A verified delivery of a supplier's webhook: something happened to an order. Only a reason to look."""

    id: str = Field(min_length=1, max_length=100)
    key: str = Field(min_length=1, max_length=50)
    """Our number of the order."""


class SupplierWebhooks(Protocol):
    """Reads one supplier's deliveries."""

    def read(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> SupplierNews | None:
        """Verify the raw `body` in constant time and read it; None for what nobody here follows.

        Raises Unauthenticated, InvalidInput.
        """
        ...


class Suppliers(Protocol):
    """All suppliers of the shop."""

    def of(self, supplier_id: str) -> Supplier:
        """Return one. Raises NotFound."""
        ...

    def webhooks(self, supplier_id: str) -> SupplierWebhooks | None:
        """Return who reads its deliveries; None when it does not push."""
        ...

    def ids(self) -> Sequence[str]:
        """Every supplier that is set up, in order of preference."""
        ...
