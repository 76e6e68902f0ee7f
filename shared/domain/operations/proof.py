"""What proves to a bank that an order of the shop was delivered: its parcels, told plainly (flow ops-x4).

Pure: the same order makes the same evidence.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from shared.domain.evidence import LONGEST, Evidence
from shared.domain.operations.buying import STANDING
from shared.domain.operations.purchases import Purchase
from shared.domain.operations.shop import ShippingAddress
from shared.domain.operations.shop_orders import ShopOrder
from shared.domain.status import PurchaseStatus, ShopOrderStatus

SENT = frozenset({ShopOrderStatus.ORDERED, ShopOrderStatus.SHIPPED, ShopOrderStatus.DELIVERED})


def proof_of(order: ShopOrder) -> Evidence:
    """Compose the evidence for an order."""
    parcels = [each for each in order.purchases if each.status in STANDING and each.tracking is not None]
    sent = [each.shipped_at for each in parcels if each.shipped_at is not None]
    return Evidence(
        product_description="; ".join(f"{line.quantity} x {line.title}" for line in order.sold.lines),
        customer_name=order.sold.customer.name or order.sold.address.name,
        shipping_address=_address(order.sold.address),
        shipping_carrier=_listed([each.tracking.carrier for each in parcels if each.tracking]),
        shipping_date=f"{min(sent):%Y-%m-%d}" if sent else "",
        shipping_tracking_number=_listed([each.tracking.number for each in parcels if each.tracking]),
        service_documentation="\n".join([*_facts(order), *_movements(order)])[:LONGEST],
    )


def is_proven(order: ShopOrder) -> bool:
    """Whether nothing more is to come: everything was bought, and every parcel has arrived."""
    standing = [each for each in order.purchases if each.status in STANDING]
    arrived = all(each.status is PurchaseStatus.DELIVERED for each in standing)
    return bool(standing) and arrived and order.status in SENT


def _facts(order: ShopOrder) -> Iterator[str]:
    sold = order.sold
    yield f"Order {sold.number} of {sold.customer.name} ({sold.customer.email}), paid {_utc(sold.paid_at)}."
    yield f"To be delivered to {_address(sold.address)}."
    for line in sold.lines:
        yield f"{line.quantity} x {line.title}, {line.total}."
    for refund in order.refunds:
        if refund.sent_at is not None:
            yield f"Given back {_utc(refund.sent_at)}: {refund.amount} ({refund.reason})."
    for purchase in order.purchases:
        if purchase.placed_at is not None:
            yield f"Parcel {purchase.id}: {_course(order, purchase)}."


def _course(order: ShopOrder, purchase: Purchase) -> str:
    titles = {line.id: line.title for line in order.sold.lines}
    parts = [", ".join(f"{line.quantity} x {titles.get(line.line_id, '?')}" for line in purchase.lines)]
    if purchase.replaces:
        parts.append(f"sent again in place of {purchase.replaces}")
    if purchase.tracking is not None:
        parts.append(f"tracking number {purchase.tracking.number} of {purchase.tracking.carrier or '?'}")
        parts += [f"to be followed at {purchase.tracking.url}"] if purchase.tracking.url else []
    if purchase.shipped_at is not None:
        parts.append(f"handed to the carrier {_utc(purchase.shipped_at)}")
    if purchase.told_at is not None:
        parts.append(f"the customer was mailed the tracking number {_utc(purchase.told_at)}")
    if purchase.delivered_at is not None:
        parts.append(f"delivered {_utc(purchase.delivered_at)}")
    elif purchase.status is PurchaseStatus.LOST:
        parts.append("given up as lost")
    return "; ".join(parts)


def _movements(order: ShopOrder) -> Iterator[str]:
    for purchase in order.purchases:
        if purchase.movements:
            yield f"What the carrier saw of {purchase.id}, latest first:"
        for seen in reversed(purchase.movements):
            yield f"{_utc(seen.at)}: {seen.text}{f' ({seen.place})' if seen.place else ''}"


def _address(address: ShippingAddress) -> str:
    town = " ".join(part for part in (address.region, address.postal_code) if part)
    parts = (address.name, address.line1, address.line2, address.city, town, address.country)
    return ", ".join(part for part in parts if part)


def _listed(words: list[str]) -> str:
    return ", ".join(dict.fromkeys(word for word in words if word))


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
