"""Shopify's deliveries: verified over the raw body, read strictly, other topics and shops left alone."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.shopify.webhooks import (
    EVENT_ID,
    HMAC,
    SHOP,
    TOPIC,
    WEBHOOK_ID,
    ShopifyWebhooks,
    signature,
)
from shared.errors import InvalidInput, Unauthenticated
from shared.ports.shop import ShopNews, ShopTopic
from tests.clocks import HandClock

NOW = HandClock().now()
SECRET, DOMAIN = "hush", "goods.myshopify.com"
AT = datetime(2026, 5, 4, 13, tzinfo=UTC)
ORDER = {"id": 1001, "updated_at": "2026-05-04T08:00:00-05:00", "note": "é"}


EDGE = ShopifyWebhooks([SECRET, "older"], shop=DOMAIN)


def read(document: Any, *, secret: str = SECRET, **headers: str | None) -> ShopNews | None:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    given = {
        HMAC: signature(secret.encode(), body),
        TOPIC: "orders/paid",
        SHOP: DOMAIN,
        EVENT_ID: "e-1",
        WEBHOOK_ID: "w-1",
        **{f"x-shopify-{name.replace('_', '-')}": value for name, value in headers.items()},
    }
    kept = {name: value for name, value in given.items() if value is not None}
    return EDGE.read(body, kept, now=NOW)


def news(id: str, topic: ShopTopic = ShopTopic.ORDER_CHANGED) -> ShopNews:
    return ShopNews(id=id, topic=topic, shop_order_id="1001", at=AT)


def test_a_signed_delivery_says_which_order_to_look_at() -> None:
    assert read(ORDER) == news("orders-paid:e-1", ShopTopic.ORDER_PAID)
    later = read({**ORDER, "id": 820982911946154508})
    assert later is not None
    assert later.shop_order_id == "820982911946154508"


@pytest.mark.parametrize("topic", ["orders/updated", "orders/cancelled"])
def test_changes_of_an_order_are_news_of_it(topic: str) -> None:
    assert read(ORDER, topic=topic) == news(f"{topic.replace('/', '-')}:e-1")


def test_a_refund_names_its_order() -> None:
    refund = {"id": 9, "order_id": 1001, "created_at": "2026-05-04T13:00:00Z"}
    assert read(refund, topic="refunds/create") == news("refunds-create:e-1")
    without = read({"id": 9, "order_id": 1001}, topic="refunds/create")
    assert without is not None
    assert without.at == NOW


def test_an_edit_happened_when_it_came_into_force_not_when_it_was_begun() -> None:
    begun = {"id": 9, "order_id": 1001, "created_at": "2026-05-01T13:00:00Z"}
    committed = read({"order_edit": {**begun, "committed_at": "2026-05-04T13:00:00Z"}}, topic="orders/edited")
    older = read({"order_edit": begun}, topic="orders/edited")
    without = read({"order_edit": {"order_id": 1001}}, topic="orders/edited")

    assert committed == news("orders-edited:e-1")
    assert older is not None
    assert without is not None
    assert (older.at, without.at) == (datetime(2026, 5, 1, 13, tzinfo=UTC), NOW)


def test_one_action_at_the_shop_is_news_on_every_topic_that_it_fires() -> None:
    """Both carry one event id; were they one delivery, whichever came first would swallow the other."""
    updated, paid = read(ORDER, topic="orders/updated"), read(ORDER, topic="orders/paid")
    assert updated is not None
    assert paid is not None
    assert updated.id != paid.id
    assert not set("/\\?#") & set(paid.id + updated.id)


def test_the_event_s_id_counts_and_else_the_delivery_s() -> None:
    second = read(ORDER, webhook_id="w-2")
    other = read(ORDER, event_id=None)

    assert second == read(ORDER)
    assert other is not None
    assert other.id == "orders-paid:w-1"


@pytest.mark.parametrize("event_id", [None, "", "a/b", "a b", "x" * 81, "\u00e4", "a\nb", "a:b"])
def test_an_event_that_cannot_be_told_from_others_is_refused(event_id: str | None) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(ORDER, event_id=event_id, webhook_id=None)
    assert refused.value.field == "X-Shopify-Event-Id"


def test_the_signature_is_over_the_raw_body_and_by_a_secret_in_use() -> None:
    body = json.dumps(ORDER).encode()
    sign = signature(SECRET.encode(), body)
    for n in range(len(body)):
        with pytest.raises(Unauthenticated):
            read(body[:n] + bytes([body[n] ^ 1]) + body[n + 1 :], hmac_sha256=sign)
    with pytest.raises(Unauthenticated):
        read(body + b" ", hmac_sha256=sign)
    with pytest.raises(Unauthenticated):
        read(ORDER, secret="another")
    assert read(ORDER, secret="older") == read(ORDER)


def test_without_a_secret_nothing_is_taken() -> None:
    body = json.dumps(ORDER).encode()
    with pytest.raises(Unauthenticated):
        ShopifyWebhooks([], shop=DOMAIN).read(body, {HMAC: signature(b"", body)}, now=NOW)


@given(body=st.binary(max_size=60), offered=st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_whatever_is_offered_only_the_shop_s_own_signature_is_believed(body: bytes, offered: str) -> None:
    with pytest.raises(Unauthenticated):
        EDGE.read(body, {HMAC: offered, TOPIC: "orders/paid", SHOP: DOMAIN}, now=NOW)


@pytest.mark.parametrize("offered", [None, "", "AAAA", "é", "A" * 5000, "sha256="])
def test_a_missing_or_forged_signature_is_refused(offered: str | None) -> None:
    with pytest.raises(Unauthenticated) as refused:
        read(ORDER, hmac_sha256=offered)
    assert SECRET not in refused.value.detail


def test_a_signature_is_looked_at_before_anything_else() -> None:
    with pytest.raises(Unauthenticated):
        read(b"{", hmac_sha256="AAAA", topic="products/update")


def test_other_topics_and_other_shops_are_not_followed() -> None:
    for topic in ("orders/create", "products/update", "app/uninstalled", "ORDERS/PAID", None):
        assert read(b"no JSON", topic=topic) is None
    for shop in ("others.myshopify.com", f"{DOMAIN}.evil.example", "", None):
        assert read(ORDER, shop_domain=shop) is None
    assert read(ORDER, shop_domain=DOMAIN.upper()) == read(ORDER)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"null",
        b"not json",
        b"\xff\xfe",
        b"[" * 100_000,
        [],
        {},
        {**ORDER, "id": None},
        {**ORDER, "id": "../1001"},
        {**ORDER, "id": {"$ne": 1}},
        {**ORDER, "id": 10**60},
        b'{"id": ' + b"9" * 6000 + b', "updated_at": "2026-05-04T08:00:00Z"}',
        {"id": 1001},
        {"updated_at": ORDER["updated_at"]},
        {**ORDER, "updated_at": "yesterday"},
        {**ORDER, "updated_at": "2026-05-04T08:00:00"},
        {**ORDER, "updated_at": "9999-12-31T23:59:59-12:00"},
        {**ORDER, "updated_at": "0001-01-01T00:00:00+12:00"},
    ],
)
def test_what_is_signed_but_no_news_is_refused(document: Any) -> None:
    with pytest.raises(InvalidInput):
        read(document)


def test_an_edit_or_a_refund_of_no_order_is_refused() -> None:
    for topic, document in (("orders/edited", {"order_id": 1}), ("refunds/create", {"id": 1001})):
        with pytest.raises(InvalidInput):
            read(document, topic=topic)
