"""What speaks for the platform when a bank takes a payment back: the order's history, told plainly (ops-x4).

Pure: the same order, updates and answers make the same evidence.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from pydantic import Field

from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.orders import SILENCE, Delivered, DeliveryOutcome, Order, OrderLeg

LONGEST = 20_000
"""Characters of the longest text that a provider takes."""


class Evidence(Model):
    """What speaks for the platform; plain texts, empty ones are left out."""

    product_description: str = ""
    customer_name: str = ""
    shipping_address: str = ""
    shipping_carrier: str = ""
    shipping_date: str = ""
    shipping_tracking_number: str = ""
    service_documentation: str = ""
    """What happened, told from the order's history."""


class Response(Model):
    """What a vendor says about a dispute."""

    vendor_id: str
    text: str = Field(max_length=2000)
    photo_urls: tuple[str, ...] = ()
    at: datetime


class Told(Model):
    """Something that the customer was told of their order, and when."""

    at: datetime
    text: str


def gathered(order: Order, told: Iterable[Told], responses: Sequence[Response]) -> Evidence:
    """Compose the evidence for an order. Its id is the number under which its delivery can be followed."""
    legs = order.live_legs()
    left = [leg.ready_at for leg in legs if leg.ready_at]
    text = "\n".join([*_facts(order), *_history(told), *_answers(order, responses)])
    return Evidence(
        product_description="; ".join(f"{leg.quantity} x {leg.name} by {leg.vendor_name}" for leg in legs),
        shipping_address=order.deliver_to.address,
        shipping_date=f"{min(left):%Y-%m-%d}" if left else "",
        shipping_tracking_number=order.id,
        service_documentation=text[:LONGEST],
    )


def is_complete(order: Order) -> bool:
    """Whether nothing more is to come: of every part it is known how its delivery went."""
    legs = order.live_legs()
    return bool(legs) and all(leg.delivered is not None for leg in legs)


def _facts(order: Order) -> Iterator[str]:
    yield f"Order {order.id}, placed by account {order.customer_id} on {_utc(order.created_at)}."
    for movement in order.movements:
        if movement.amount.minor > 0:
            yield f"Paid: {movement.amount} ({movement.receipt_id or 'credits'})."
        else:
            yield f"Given back: {-movement.amount} ({movement.reason})."
    yield f"To be delivered to {order.deliver_to.address} by {_utc(order.deliver_by)}."
    for leg in order.legs:
        yield f"{leg.quantity} x {leg.name} of {leg.vendor_name}, {leg.price}: {_course(leg)}."


def _course(leg: OrderLeg) -> str:
    parts = [str(leg.status).replace("_", " ")]
    if leg.started_at:
        parts.append(f"work begun {_utc(leg.started_at)}")
    if leg.ready_at:
        parts.append(f"ready and handed over {_utc(leg.ready_at)}")
    if leg.delivered:
        parts.append(_receipt(leg, leg.delivered))
    if leg.refunded:
        back = Money(minor=leg.refunded, currency=leg.price.currency)
        parts.append(f"{back} of it given back")
    return "; ".join(parts)


def _receipt(leg: OrderLeg, delivered: Delivered) -> str:
    if delivered.by == SILENCE:
        return f"arrived, and the customer did not object until {_utc(delivered.at)}"
    words = f' ("{delivered.text}")' if delivered.text else ""
    kept = {
        DeliveryOutcome.ACCEPTED: "received",
        DeliveryOutcome.PARTIAL: f"received, {delivered.accepted} of {leg.quantity} kept",
        DeliveryOutcome.REFUSED: "refused",
    }[delivered.outcome]
    return f"{kept}, as {delivered.by} confirmed {_utc(delivered.at)}{words}"


def _history(told: Iterable[Told]) -> Iterator[str]:
    lines = [f"{_utc(each.at)}: {each.text}" for each in told]
    if lines:
        yield "What the customer was told, when it happened:"
        yield from lines


def _answers(order: Order, responses: Sequence[Response]) -> Iterator[str]:
    names = {leg.vendor_id: leg.vendor_name for leg in order.legs}
    for response in responses:
        yield f"{names.get(response.vendor_id, response.vendor_id)} says: {response.text}"
        yield from (f"Photo: {url}" for url in response.photo_urls)


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
