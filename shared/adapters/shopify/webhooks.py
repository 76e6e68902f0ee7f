"""Shopify's webhooks: HMAC-SHA256 of the raw body, base64, in `X-Shopify-Hmac-Sha256`.

Only the body is signed, so nothing of the headers is believed but which event it is; and the body is only a
reason to look at the order.

One action at the shop has one `X-Shopify-Event-Id` on all topics that it fires, so a delivery is known again
by both: else an `orders/updated` that comes first would swallow the `orders/paid` of the same checkout.
"""

import base64
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from pydantic import AwareDatetime, BaseModel, ValidationError

from shared.errors import InvalidInput, Unauthenticated
from shared.ports.shop import ShopNews, ShopTopic

HMAC, TOPIC, EVENT_ID = "x-shopify-hmac-sha256", "x-shopify-topic", "x-shopify-event-id"
WEBHOOK_ID, SHOP = "x-shopify-webhook-id", "x-shopify-shop-domain"
TOPICS: Mapping[str, ShopTopic] = {
    "orders/paid": ShopTopic.ORDER_PAID,
    "orders/updated": ShopTopic.ORDER_CHANGED,
    "orders/edited": ShopTopic.ORDER_CHANGED,
    "orders/cancelled": ShopTopic.ORDER_CHANGED,
    "refunds/create": ShopTopic.ORDER_CHANGED,
}
_EVENT_ID = re.compile(r"[A-Za-z0-9._-]{1,80}")


class _Order(BaseModel):
    """As much of an order's payload as is looked at."""

    id: int | str
    updated_at: AwareDatetime


class _AboutOrder(BaseModel):
    """A refund or an edit, which names its order."""

    order_id: int | str
    created_at: AwareDatetime | None = None
    committed_at: AwareDatetime | None = None
    """When an edit came into force; it was created when someone began with it."""


class _Edited(BaseModel):
    order_edit: _AboutOrder


class ShopifyWebhooks:
    """`shared.ports.shop.ShopWebhooks`. `secrets`: several while one is being replaced."""

    def __init__(self, secrets: Sequence[str], *, shop: str) -> None:
        self._secrets = [secret.encode() for secret in secrets]
        self._shop = shop

    def read(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> ShopNews | None:
        """Verify a delivery and read it; None for topics and shops that are not followed."""
        self._verify(body, headers.get(HMAC, ""))
        topic = TOPICS.get(headers.get(TOPIC, ""))
        if topic is None or headers.get(SHOP, "").lower() != self._shop:
            return None
        event_id = headers.get(EVENT_ID) or headers.get(WEBHOOK_ID, "")
        if not _EVENT_ID.fullmatch(event_id):
            raise InvalidInput("This names no event of Shopify's.", field="X-Shopify-Event-Id")
        try:
            shop_order_id, at = _read(headers[TOPIC], body)
            id = news_id(headers[TOPIC], event_id)
            return ShopNews(id=id, topic=topic, shop_order_id=shop_order_id, at=at or now)
        except OverflowError:
            raise InvalidInput("This is no delivery of Shopify's.", field="body") from None
        except ValidationError as error:
            where = error.errors(include_url=False, include_input=False)[0]["loc"]
            field = ".".join(map(str, where)) or "body"
            raise InvalidInput("This is no delivery of Shopify's.", field=field) from None

    def _verify(self, body: bytes, offered: str) -> None:
        if not offered:
            raise Unauthenticated("This needs the header X-Shopify-Hmac-Sha256.")
        matches = [
            hmac.compare_digest(signature(secret, body).encode(), offered.encode(errors="replace"))
            for secret in self._secrets
        ]
        if not any(matches):
            raise Unauthenticated("The webhook's signature does not match.", code="invalid_signature")


def news_id(topic: str, event_id: str) -> str:
    """By what a delivery is known again; without a character that a document's id may not have."""
    return f"{topic.replace('/', '-')}:{event_id}"


def signature(secret: bytes, body: bytes) -> str:
    """What Shopify puts into the header."""
    return base64.b64encode(hmac.digest(secret, body, "sha256")).decode()


def _read(topic: str, body: bytes) -> tuple[str, datetime | None]:
    if topic == "refunds/create":
        refund = _AboutOrder.model_validate_json(body)
        return str(refund.order_id), _utc(refund.created_at)
    if topic == "orders/edited":
        edit = _Edited.model_validate_json(body).order_edit
        return str(edit.order_id), _utc(edit.committed_at or edit.created_at)
    order = _Order.model_validate_json(body)
    return str(order.id), _utc(order.updated_at)


def _utc(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.astimezone(UTC)
