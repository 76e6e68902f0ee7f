"""What the web shop says: customers, addresses, paid orders. Parsed at the border; never an instruction."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from shared.domain.model import Model
from shared.domain.money import Money

Text = Field(default="", max_length=300)


class ShippingAddress(Model):
    """Where a parcel goes, as the customer wrote it. `country` is ISO 3166-1 alpha-2."""

    name: str = Text
    line1: str = Text
    line2: str = Text
    city: str = Text
    region: str = Text
    """State or province, as a code where the country has codes (`TX`)."""
    postal_code: str = Field(default="", max_length=20)
    country: str = Field(default="", max_length=2)
    phone: str = Field(default="", max_length=40)


class FinancialStatus(StrEnum):
    """Where the order's money stands in the shop."""

    PENDING = "pending"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    VOIDED = "voided"


class ShopLine(Model):
    """One line of an order. `total` is what was paid for all of it, discounts taken off, taxes included."""

    id: str = Field(min_length=1, max_length=64)
    product_id: str = Field(default="", max_length=64)
    sku: str = Field(default="", max_length=100)
    title: str = Field(max_length=300)
    quantity: int = Field(ge=1)
    total: Money


class ShopCustomer(Model):
    """Who buys. `spent` is what all their paid orders come to, `orders` how many there are."""

    id: str = Field(max_length=64)
    email: str = Field(max_length=254)
    name: str = Text
    orders: int = Field(default=0, ge=0)
    spent: Money = Money(minor=0)


class ShopSnapshot(Model):
    """An order as the shop has it at `updated_at`.

    `shop_order_id` is the shop's own id. `shipping` is what was paid for delivery; lines and shipping add up
    to `total`. `payment_id` is the payment at our payment provider; empty when the shop is paid elsewhere.
    """

    shop_order_id: str = Field(pattern=r"^[A-Za-z0-9_]{1,40}$")
    number: str = Field(max_length=40)
    customer: ShopCustomer
    address: ShippingAddress
    lines: tuple[ShopLine, ...] = Field(min_length=1, max_length=100)
    shipping: Money
    total: Money
    payment_id: str = Field(default="", max_length=100)
    financial_status: FinancialStatus
    cancelled: bool = False
    paid_at: datetime
    updated_at: datetime
