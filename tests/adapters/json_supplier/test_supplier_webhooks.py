"""A supplier's deliveries by its mapping: verified over the raw body, read strictly; other topics."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from shared.adapters.json_supplier.mapping import WebhookReading
from shared.adapters.json_supplier.webhooks import JsonWebhooks, signature
from shared.domain import webhook_signature
from shared.errors import InvalidInput, Unauthenticated
from shared.ports.suppliers import SupplierNews
from tests.clocks import HandClock
from tests.peers.cj.bench import OPEN_ID, SHIPPED

NOW = HandClock().now()
READING = json.loads(SHIPPED.read_text())["webhook"]
ORDER = {"messageId": "m-1", "type": "ORDER", "params": {"orderNumber": "sho_1-p1", "trackNumber": None}}


def webhooks(secret: str = OPEN_ID, **changes: Any) -> JsonWebhooks:
    reading = WebhookReading.model_validate_json(json.dumps({**READING, **changes}))
    return JsonWebhooks(reading, SecretStr(secret), tolerance=timedelta(minutes=5))


def read(document: Any, *, secret: str = OPEN_ID, **changes: Any) -> SupplierNews | None:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    sign = signature(secret, body, encoding=changes.get("encoding", "base64"))
    return webhooks(**changes).read(body, {"sign": sign}, now=NOW)


def test_a_signed_delivery_says_which_order_to_look_at() -> None:
    assert read(ORDER) == SupplierNews(id="m-1", key="sho_1-p1")
    assert read(ORDER, encoding="hex") == SupplierNews(id="m-1", key="sho_1-p1")
    logistic = {**ORDER, "type": "LOGISTIC", "params": {"storeOrderNumbers": ["sho_1-p2"]}}
    assert read(logistic) == SupplierNews(id="m-1", key="sho_1-p2")


def test_the_signature_is_over_the_raw_body_and_by_the_secret() -> None:
    body = json.dumps(ORDER).encode()
    sign = signature(OPEN_ID, body, encoding="base64")
    flipped = [body[:n] + bytes([body[n] ^ 1]) + body[n + 1 :] for n in range(0, len(body), 7)]
    for tried, header in [
        *((each, sign) for each in flipped),
        (body, sign[:-1]),
        (body, sign.lower()),
        (body, "é"),
    ]:
        with pytest.raises(Unauthenticated):
            webhooks().read(tried, {"sign": header}, now=NOW)
    with pytest.raises(Unauthenticated):
        read(ORDER, secret="another")
    with pytest.raises(Unauthenticated):
        webhooks().read(body, {}, now=NOW)


@pytest.mark.parametrize("topic", ["STOCK", "PRODUCT", "", None, "order"])
def test_other_topics_are_not_followed(topic: str | None) -> None:
    assert read({**ORDER, "type": topic}) is None


def test_a_number_that_is_none_of_ours_is_not_followed() -> None:
    assert read({**ORDER, "params": {"orderNumber": "x" * 51}}) is None


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"null",
        b"[" * 2000,
        [],
        {**ORDER, "messageId": None},
        {**ORDER, "params": None},
        {**ORDER, "params": {}},
        {**ORDER, "params": {"orderNumber": {"$ne": 1}}},
        {**ORDER, "type": ["ORDER"]},
    ],
)
def test_what_is_signed_but_no_news_is_refused(document: Any) -> None:
    with pytest.raises(InvalidInput):
        read(document)


def test_an_id_that_cannot_be_stored_as_it_is_still_counts_once() -> None:
    strange = [read({**ORDER, "messageId": id}) for id in ("a/b", "a/b", "a?b", "é" * 300)]
    ids = [each.id for each in strange if each]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert all(len(id) == 64 and id.isalnum() for id in ids)


def test_standard_webhooks_are_read_as_well(tmp_path: Path) -> None:
    secret, body = webhook_signature.new_secret(), json.dumps(ORDER).encode()
    reader = webhooks(secret, scheme="standard_webhooks")
    headers = webhook_signature.sign(secret, id="w-1", timestamp=NOW, body=body)

    assert reader.read(body, headers, now=NOW) == SupplierNews(id="m-1", key="sho_1-p1")
    with pytest.raises(Unauthenticated):
        reader.read(body, headers, now=NOW + timedelta(minutes=6))
