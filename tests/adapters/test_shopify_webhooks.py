"""Shopify's deliveries as they are read: signed, about which order, when, by what they are known again."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.shopify.webhooks import EVENT_ID, HMAC, SHOP, TOPIC, ShopifyWebhooks, signature
from shared.errors import InvalidInput, Unauthenticated
from shared.ports.shop import ShopNews, ShopTopic

SECRET, OURS = "hush", "ours.myshopify.com"
NOW = datetime(2026, 5, 4, 14, tzinfo=UTC)
EDGE = ShopifyWebhooks([SECRET, "older"], shop=OURS)
ORDER = {"id": 820982911946154508, "updated_at": "2026-05-04T09:30:00-04:00", "total_price": "999999.00"}
AT = datetime(2026, 5, 4, 13, 30, tzinfo=UTC)


def read(payload: Any, *, topic: str = "orders/paid", secret: str = SECRET, **more: str) -> ShopNews | None:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    headers = {
        HMAC: signature(secret.encode(), body),
        TOPIC: topic,
        SHOP: OURS,
        EVENT_ID: "98880550-7158-44d4-b7cd-2c97c8a091b5",
    }
    given = {**headers, **{name.replace("_", "-"): value for name, value in more.items()}}
    return EDGE.read(body, given, now=NOW)


@pytest.mark.parametrize(
    ("topic", "payload", "followed", "at"),
    [
        ("orders/paid", ORDER, ShopTopic.ORDER_PAID, AT),
        ("orders/updated", ORDER, ShopTopic.ORDER_CHANGED, AT),
        ("orders/cancelled", ORDER, ShopTopic.ORDER_CHANGED, AT),
        (
            "refunds/create",
            {"id": 1, "order_id": ORDER["id"], "created_at": ORDER["updated_at"]},
            ShopTopic.ORDER_CHANGED,
            AT,
        ),
        (
            "orders/edited",
            {"order_edit": {"id": 1, "order_id": ORDER["id"], "created_at": ORDER["updated_at"]}},
            ShopTopic.ORDER_CHANGED,
            AT,
        ),
        ("orders/edited", {"order_edit": {"order_id": ORDER["id"]}}, ShopTopic.ORDER_CHANGED, NOW),
    ],
)
def test_every_topic_names_its_order_and_when(
    topic: str, payload: dict[str, Any], followed: ShopTopic, at: datetime
) -> None:
    news = read(payload, topic=topic)
    assert news is not None
    assert (news.topic, news.shop_order_id, news.at) == (followed, "820982911946154508", at)


def test_one_action_at_the_shop_is_news_on_every_topic_that_it_fires() -> None:
    """Both carry one event id; were they one delivery, whichever came first would swallow the other."""
    updated, paid = read(ORDER, topic="orders/updated"), read(ORDER, topic="orders/paid")
    again = read(ORDER, topic="orders/paid", x_shopify_webhook_id="another-attempt")
    assert paid is not None
    assert updated is not None
    assert updated.id != paid.id
    assert paid == again
    assert not set("/\\?#") & set(paid.id)


def test_a_secret_that_is_being_replaced_is_good_until_it_is_gone() -> None:
    assert read(ORDER, secret="older") is not None
    with pytest.raises(Unauthenticated):
        read(ORDER, secret="oldest")


def test_without_a_secret_nothing_is_taken() -> None:
    body = json.dumps(ORDER).encode()
    with pytest.raises(Unauthenticated):
        ShopifyWebhooks([], shop=OURS).read(body, {HMAC: signature(b"", body)}, now=NOW)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"not json",
        b"[]",
        b"\xff\xfe",
        b'{"id": 1, "updated_at": "yesterday"}',
        b'{"id": 1, "updated_at": "2026-05-04T09:30:00"}',
        b'{"id": "1/../2", "updated_at": "2026-05-04T09:30:00Z"}',
        b'{"id": {"$gt": 0}, "updated_at": "2026-05-04T09:30:00Z"}',
        b'{"updated_at": "2026-05-04T09:30:00Z"}',
        b"[" * 100_000,
    ],
)
def test_what_is_signed_and_no_order_is_refused(payload: bytes) -> None:
    with pytest.raises(InvalidInput):
        read(payload)


@pytest.mark.parametrize("event_id", ["", "a/b", "a b", "x" * 81, "\u00e4", "a\nb", "a:b"])
def test_an_event_that_cannot_be_told_from_others_is_refused(event_id: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(ORDER, x_shopify_event_id=event_id)
    assert refused.value.field == "X-Shopify-Event-Id"


@given(body=st.binary(max_size=60), offered=st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_whatever_is_offered_only_the_shop_s_own_signature_is_believed(body: bytes, offered: str) -> None:
    with pytest.raises(Unauthenticated):
        EDGE.read(body, {HMAC: offered, TOPIC: "orders/paid", SHOP: OURS}, now=NOW)
