"""The shop port: the web shop whose orders are fulfilled (Shopify, for one)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pydantic import Field

from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.operations.purchases import Tracking
from shared.domain.operations.shop import ShippingAddress, ShopCustomer, ShopSnapshot

KEY = Field(min_length=1, max_length=200)
"""The effect's key: the same key again is the same effect, and gives the same answer."""


class FulfilmentRequest(Model):
    """Tell the shop that lines are on their way. `lines` are (line id, quantity)."""

    key: str = KEY
    shop_order_id: str
    lines: tuple[tuple[str, int], ...] = Field(min_length=1)
    tracking: Tracking


class ShopRefundRequest(Model):
    """Give money back through the shop, to the way that it was paid. Without a line, of the whole order."""

    key: str = KEY
    shop_order_id: str
    amount: Money
    line_id: str = ""
    quantity: int = Field(default=0, ge=0)
    reason: str = ""


class ShopRefunded(Model):
    """Money that went back. `payment_refund_id` is our payment provider's id, where it went through it."""

    id: str
    amount: Money
    payment_refund_id: str = ""


class Shop(Protocol):
    """One web shop. Every method may raise Unavailable: then it may or may not have happened."""

    async def order(self, shop_order_id: str) -> ShopSnapshot:
        """Return an order as it is now. Raises NotFound."""
        ...

    async def orders_of(self, email: str, *, limit: int = 20) -> Sequence[ShopSnapshot]:
        """Return a customer's orders, newest first."""
        ...

    async def customer(self, email: str) -> ShopCustomer | None:
        """Return who has this address."""
        ...

    async def fulfil(self, request: FulfilmentRequest) -> str:
        """Mark lines as sent, with the number to follow them by; return the fulfilment's id.

        The shop itself tells nobody: mails are ours. Raises Conflict for what is not there to be sent.
        """
        ...

    async def retrack(self, key: str, fulfilment_id: str, tracking: Tracking) -> None:
        """Put a new parcel's number into a fulfilment. Raises NotFound."""
        ...

    async def refund(self, request: ShopRefundRequest) -> ShopRefunded:
        """Give money back. Raises Conflict for more than is left."""
        ...

    async def cancel(self, key: str, shop_order_id: str, *, reason: str) -> None:
        """Close an order that will not be sent; no money moves. Cancelling twice changes nothing."""
        ...

    async def set_address(self, key: str, shop_order_id: str, address: ShippingAddress) -> None:
        """Correct where an order goes."""
        ...


class ShopTopic(StrEnum):
    """What the shop tells, as far as anyone here follows it."""

    ORDER_PAID = "order_paid"
    ORDER_CHANGED = "order_changed"
    """Edited, fulfilled by hand, cancelled or refunded in the shop."""


class ShopNews(Model):
    """A verified delivery of the shop's webhook. `id` is the shop's own for the event, the same on a retry.

    `at` is when it happened: a delivery older than what is known is stale, and only a reason to look.
    """

    id: str = Field(min_length=1, max_length=100)
    topic: ShopTopic
    shop_order_id: str = Field(pattern=r"^[A-Za-z0-9_]{1,40}$")
    at: datetime


class ShopWebhooks(Protocol):
    """Reads the shop's deliveries."""

    def read(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> ShopNews | None:
        """Verify the raw `body` in constant time and read it; None for what nobody here follows.

        `headers` is looked up by lower-case name. Raises Unauthenticated, InvalidInput.
        """
        ...
