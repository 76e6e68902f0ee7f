"""What USO knows, as schema.org JSON-LD for machines (schema.org/ItemList, Product, Offer, Order).

What a bundle's visibility hides from the customer is hidden here too (flow 1.2-1 step 6).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.catalogue import Availability, Bundle, Product, Vendor, Visibility
from shared.domain.money import Money
from shared.domain.orders import Order, OrderLeg
from shared.domain.places import Place
from shared.domain.status import OrderStatus

Node = dict[str, Any]
CONTEXT = "https://schema.org"
PLATFORM: Mapping[str, Any] = {"@type": "Organization", "@id": "urn:uso:platform", "name": "USO"}

_AVAILABILITY = {
    Availability.ALWAYS: "https://schema.org/InStock",
    Availability.CONDITIONAL: "https://schema.org/LimitedAvailability",
    Availability.OUT_OF_STOCK: "https://schema.org/OutOfStock",
}
_ORDER_STATUS = {
    OrderStatus.PENDING: "https://schema.org/OrderPaymentDue",
    OrderStatus.PAID: "https://schema.org/OrderProcessing",
    OrderStatus.PROCESSING: "https://schema.org/OrderProcessing",
    OrderStatus.COMPLETED: "https://schema.org/OrderDelivered",
    OrderStatus.CANCELLED: "https://schema.org/OrderCancelled",
    OrderStatus.REFUNDED: "https://schema.org/OrderReturned",
}


def item_list(items: Sequence[Node], *, name: str = "", total: int | None = None) -> Node:
    """A ranked list, best first. `total` counts what was found before the list was cut."""
    node: Node = {
        "@context": CONTEXT,
        "@type": "ItemList",
        "itemListOrder": "https://schema.org/ItemListOrderDescending",
        "numberOfItems": len(items) if total is None else total,
        "itemListElement": [
            {"@type": "ListItem", "position": place, "item": item} for place, item in enumerate(items, 1)
        ],
    }
    return node | ({"name": name} if name else {})


def product(item: Product, vendor: Vendor) -> Node:
    """A product of the catalogue with its single offer."""
    node: Node = {
        "@type": "Product",
        "@id": f"urn:uso:product:{item.id}",
        "sku": item.id,
        "name": item.name,
        "offers": offer(item.price, seller=vendor.name, vendor_id=vendor.id, availability=item.availability),
    }
    given = {"description": item.description, "category": item.category, "image": item.image_url}
    node |= {name: value for name, value in given.items() if value}
    if item.colours:
        node["color"] = sorted(item.colours)
    if item.capabilities:
        node["additionalProperty"] = [
            {"@type": "PropertyValue", "name": "capability", "value": value}
            for value in sorted(item.capabilities)
        ]
    return node


def bundle(item: Bundle, parts: Sequence[Product], vendors: Sequence[Vendor]) -> Node:
    """A bundle sold as one by the platform. Its parts are named unless it is a concierge's."""
    node: Node = {
        "@type": "Product",
        "@id": f"urn:uso:bundle:{item.id}",
        "sku": item.id,
        "name": item.name,
        "offers": {"@type": "Offer", **_price(item.price), "seller": dict(PLATFORM)},
    }
    node |= {"description": item.description} if item.description else {}
    if item.visibility is Visibility.TRANSPARENT:
        by_id = {vendor.id: vendor for vendor in vendors}
        shown = [product(part, by_id[part.vendor_id]) for part in parts]
    elif item.visibility is Visibility.HYBRID:
        shown = [{"@type": "Product", "name": part.name} for part in parts]
    else:
        return node
    node["offers"]["includesObject"] = [
        {"@type": "TypeAndQuantityNode", "amountOfThisGood": 1, "typeOfGood": part} for part in shown
    ]
    return node


def offer(price: Money, *, seller: str, vendor_id: str, availability: Availability) -> Node:
    """What it costs, from whom, and whether it can be had."""
    return {
        "@type": "Offer",
        **_price(price),
        "availability": _AVAILABILITY[availability],
        "seller": _seller(vendor_id, seller),
    }


def order(item: Order) -> Node:
    """An order with the legs that the customer can count on, and its delivery."""
    legs = item.live_legs()
    node: Node = {
        "@context": CONTEXT,
        "@type": "Order",
        "@id": f"urn:uso:order:{item.id}",
        "orderNumber": item.id,
        "orderDate": item.created_at.isoformat(),
        "orderStatus": _ORDER_STATUS[item.status],
        "customer": {"@type": "Person", "identifier": item.customer_id},
        "seller": dict(PLATFORM),
        "partOfInvoice": {
            "@type": "Invoice",
            "totalPaymentDue": {"@type": "PriceSpecification", **_price(item.total())},
        },
        "orderDelivery": _delivery(item),
    }
    if item.visibility is not Visibility.CONCIERGE:
        node["orderedItem"] = [_ordered(leg) for leg in legs]
    if item.visibility is Visibility.TRANSPARENT:
        node["acceptedOffer"] = [_accepted(leg) for leg in legs]
    return node


def delivery(item: Order) -> Node:
    """The delivery of an order, on its own: when it arrives, and where."""
    return {
        "@context": CONTEXT,
        **_delivery(item),
        "partOfOrder": {"@type": "Order", "@id": f"urn:uso:order:{item.id}", "orderNumber": item.id},
    }


def decimal(amount: Money) -> str:
    """An amount as schema.org wants it: a dot, no grouping, no currency sign."""
    sign = "-" if amount.minor < 0 else ""
    return f"{sign}{abs(amount.minor) // 100}.{abs(amount.minor) % 100:02d}"


def _delivery(item: Order) -> Node:
    return {
        "@type": "ParcelDelivery",
        "deliveryAddress": _address(item.deliver_to),
        "expectedArrivalUntil": item.timeline.arrival.isoformat(),
        "provider": dict(PLATFORM),
    }


def _ordered(leg: OrderLeg) -> Node:
    return {
        "@type": "OrderItem",
        "orderItemNumber": leg.id,
        "orderQuantity": leg.quantity,
        "orderedItem": {"@type": "Product", "@id": f"urn:uso:product:{leg.product_id}", "name": leg.name},
    }


def _accepted(leg: OrderLeg) -> Node:
    return {
        "@type": "Offer",
        **_price(leg.price),
        "itemOffered": {"@type": "Product", "@id": f"urn:uso:product:{leg.product_id}"},
        "seller": _seller(leg.vendor_id, leg.vendor_name),
    }


def _price(price: Money) -> Node:
    return {"price": decimal(price), "priceCurrency": price.currency}


def _seller(vendor_id: str, name: str) -> Node:
    return {"@type": "Organization", "@id": f"urn:uso:vendor:{vendor_id}", "name": name}


def _address(place: Place) -> Node:
    return {"@type": "PostalAddress", "streetAddress": place.address}
