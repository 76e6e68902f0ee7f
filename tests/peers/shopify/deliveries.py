"""News of an order as Shopify delivers them: the body, and headers signed over it."""

import json

from shared.adapters.shopify.webhooks import EVENT_ID, HMAC, SHOP, TOPIC, signature
from tests.peers.shopify.orders import Order


def delivery(
    order: Order, *, shop: str, secret: str, topic: str = "orders/paid"
) -> tuple[bytes, dict[str, str]]:
    """The same delivery each time; `secret` is what the shop signs with."""
    body = json.dumps({"id": int(order.id), "updated_at": order.updated_at, "email": order.email}).encode()
    headers = {
        HMAC: signature(secret.encode(), body),
        TOPIC: topic,
        SHOP: shop,
        EVENT_ID: f"e-{order.id}",
        "content-type": "application/json",
    }
    return body, headers
