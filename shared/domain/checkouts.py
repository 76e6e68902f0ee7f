"""A checkout: what would be bought at which price, until it is confirmed or lapses (flow 1.3-1, M15)."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from shared.domain.aggregate import Aggregate
from shared.domain.catalogue import Visibility
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.orders import OrderLeg
from shared.domain.places import Place
from shared.errors import Conflict


class CheckoutStatus(StrEnum):
    """Where a checkout stands; how its payment goes, its order tells."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class Item(Model):
    """One thing to buy: a product or a bundle by id."""

    id: str
    quantity: int = 1
    at: datetime | None = None


class DeliveryKind(StrEnum):
    """How an order can be brought."""

    STANDARD = "standard"
    EXPRESS = "express"


class DeliveryOption(Model):
    """A way to bring everything, with its fee and when it would arrive."""

    kind: DeliveryKind
    fee: Money
    arrival: datetime
    in_time: bool


class Quote(Model):
    """The server's own prices (rule 7) and ways to deliver, as computed at one instant."""

    legs: tuple[OrderLeg, ...] = Field(min_length=1)
    options: tuple[DeliveryOption, ...] = Field(min_length=1)
    visibility: Visibility
    title: str = ""

    def goods(self) -> Money:
        """What the items cost together."""
        return Money.total((leg.price for leg in self.legs), self.legs[0].price.currency)

    def option(self, kind: DeliveryKind) -> DeliveryOption:
        """A way to deliver; every quote has each."""
        return next(option for option in self.options if option.kind is kind)

    def total(self, kind: DeliveryKind) -> Money:
        """What everything costs, delivered in that way."""
        return self.goods() + self.option(kind).fee


class Checkout(Aggregate):
    """What a customer is about to buy. `order_id` is the order of the latest attempt to pay."""

    customer_id: str
    thread_id: str
    items: tuple[Item, ...]
    deliver_to: Place
    deliver_by: datetime
    zone: str
    quote: Quote
    expires_at: datetime
    click_id: str = ""
    status: CheckoutStatus = CheckoutStatus.OPEN
    delivery: DeliveryKind | None = None
    attempt: int = 0
    order_id: str = ""

    def confirmed(self, order_id: str, delivery: DeliveryKind, *, attempt: int, now: datetime) -> "Checkout":
        """The customer wants it. Raises Conflict when it is too late for that."""
        if self.status is CheckoutStatus.CANCELLED:
            raise Conflict("This checkout was cancelled.", code="checkout_cancelled")
        if now >= self.expires_at:
            raise Conflict("This checkout has lapsed; please begin a new one.", code="checkout_expired")
        update = {"status": CheckoutStatus.CONFIRMED, "order_id": order_id, "attempt": attempt}
        return self.model_copy(update={**update, "delivery": delivery})

    def reopened(self) -> "Checkout":
        """The order could not even be placed: it can be confirmed again.

        It keeps naming the order, which someone who confirmed in the same moment may have placed.
        """
        return self.model_copy(update={"status": CheckoutStatus.OPEN})
