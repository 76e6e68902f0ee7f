"""The events of the operations engine, with the names and payloads of its specification.

Each is announced through the outbox in the batch of the state that it is about. `order_id` and `ticket_id`
are ours, `shopify_order_id` is the shop's. Amounts are whole minor units of `currency`; `cost`, which the
specification shows in major units, is for people to read.
"""

from typing import ClassVar

from shared.domain.events import Event, EventType
from shared.domain.model import Model
from shared.domain.money import Money, digits_of


class Fact(Model):
    """Something that happened, as a typed payload."""

    TYPE: ClassVar[EventType]

    def event(self) -> Event:
        """The event to announce."""
        return Event(type=self.TYPE, data=self.model_dump(mode="json"))


class OrderPaid(Fact):
    """A customer paid an order of the shop (ops-1). Starts its fulfilment."""

    TYPE: ClassVar[EventType] = EventType.ORDER_PAID
    order_id: str
    shopify_order_id: str


class SupplierOrderPlaced(Fact):
    """Goods were bought (ops-1). Starts to follow their parcel."""

    TYPE: ClassVar[EventType] = EventType.SUPPLIER_ORDER_PLACED
    order_id: str
    purchase_id: str
    supplier_id: str
    shopify_order_id: str
    supplier_order_id: str
    cost: float
    cost_minor: int
    currency: str


class SupplierShipped(Fact):
    """The supplier gave the parcel to a carrier (ops-2)."""

    TYPE: ClassVar[EventType] = EventType.SUPPLIER_SHIPPED
    order_id: str
    purchase_id: str
    shopify_order_id: str
    supplier_order_id: str
    tracking_number: str
    carrier: str


class OrderFulfilled(Fact):
    """The shop and its customer know the tracking number (ops-2)."""

    TYPE: ClassVar[EventType] = EventType.ORDER_FULFILLED
    order_id: str
    purchase_id: str
    shopify_order_id: str
    tracking_number: str


class OrderFailed(Fact):
    """No supplier can deliver what was sold (ops-x1); the customer chooses what happens."""

    TYPE: ClassVar[EventType] = EventType.ORDER_FAILED
    order_id: str
    shopify_order_id: str
    reason: str
    lines: str
    """Ids of the lines that cannot be had, separated by spaces."""


class AddressInvalid(Fact):
    """An order cannot be sent where its customer wants it (ops-x2)."""

    TYPE: ClassVar[EventType] = EventType.ADDRESS_INVALID
    order_id: str
    shopify_order_id: str
    faults: str
    """What is wrong, in words for the customer."""


class ShippingDelayed(Fact):
    """A parcel has not moved for too long (ops-x3)."""

    TYPE: ClassVar[EventType] = EventType.SHIPPING_DELAYED
    order_id: str
    purchase_id: str
    shopify_order_id: str
    tracking_number: str
    days: int


class ChargebackCreated(Fact):
    """A customer's bank took a payment back (ops-x4). Starts its defence, whichever kind of order it paid."""

    TYPE: ClassVar[EventType] = EventType.CHARGEBACK_CREATED
    dispute_id: str
    order_id: str
    payment_id: str
    amount_minor: int
    currency: str


class TicketCreated(Fact):
    """A customer wrote (ops-3); `message` numbers the message, from 1. Starts its triage."""

    TYPE: ClassVar[EventType] = EventType.TICKET_CREATED
    ticket_id: str
    message: int
    channel: str


class TicketTriaged(Fact):
    """It is known what a message is about (ops-3)."""

    TYPE: ClassVar[EventType] = EventType.TICKET_TRIAGED
    ticket_id: str
    message: int
    intent: str
    sentiment: str
    priority: str
    anger: int


class TicketSolved(Fact):
    """A ticket was answered (ops-5); `by` is `agent` or a person."""

    TYPE: ClassVar[EventType] = EventType.TICKET_SOLVED
    ticket_id: str
    message: int
    by: str


class TicketEscalated(Fact):
    """A person must look (ops-6). `product_id` is set when someone is in danger from a product."""

    TYPE: ClassVar[EventType] = EventType.TICKET_ESCALATED
    ticket_id: str
    message: int
    reason: str
    level: str
    product_id: str


class CampaignPaused(Fact):
    """Advertising of a product was stopped: several customers reported danger (ops-6)."""

    TYPE: ClassVar[EventType] = EventType.CAMPAIGN_PAUSED
    product_id: str
    campaigns: str
    """The ad platform's ids, separated by spaces."""
    reports: int


def major_units(amount: Money) -> float:
    """An amount as people write it; for payloads that show one."""
    return float(amount.minor / 10 ** digits_of(amount.currency))
