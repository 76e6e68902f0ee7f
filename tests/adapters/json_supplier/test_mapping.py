"""A supplier's mapping is read strictly: whatever could go wrong later stops the start, and says where."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.json_supplier.shelf import JsonSuppliers, json_suppliers
from shared.adapters.outbound import Outbound
from shared.bootstrap import bootstrap
from shared.settings import Settings
from tests.breakers import breakers
from tests.clocks import HandClock
from tests.peers.cj.bench import SHIPPED, settings_of, write_mapping

CJ = json.loads(SHIPPED.read_text())


def read(folder: Path, **settings: Any) -> JsonSuppliers:
    given = settings_of(folder, **settings)
    return json_suppliers(given, Outbound(given, breakers()), HandClock())


def changed(path: str, value: Any) -> dict[str, Any]:
    """The shipped mapping with one thing in another way; None takes it out."""
    mapping = json.loads(json.dumps(CJ))
    *way, last = path.split(".")
    at = mapping
    for name in way:
        at = at[int(name)] if isinstance(at, list) else at[name]
    if value is None:
        del at[last]
    elif isinstance(at, list):
        at[int(last)] = value
    else:
        at[last] = value
    return dict(mapping)


def test_the_shipped_mapping_is_served_by_the_app(tmp_path: Path) -> None:
    write_mapping(tmp_path)
    suppliers = bootstrap(settings_of(tmp_path)).operations.ports.suppliers

    assert isinstance(suppliers, JsonSuppliers)
    assert list(suppliers.ids()) == ["ali"]
    assert suppliers.webhooks("ali") is not None
    assert suppliers.webhooks("cj") is None


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("id", "CJ!", "id"),
        ("hook", 1, "hook"),
        ("pause", "1", "pause"),
        ("zone", "Mars/Olympus", "zone"),
        ("place.method", "BUY", "place.method"),
        ("place.id", "data/orderId", "JSON Pointer"),
        ("place.body.orderNumber", "1234", "must send {key}"),
        ("find.query.orderId", "1234", "'find' must look for it"),
        ("place.body.remark", "{remark}", "remark"),
        ("place.body.remark", "{secret}", "secret"),
        ("place.body.remark", "{1 + 1}", "brace"),
        ("place.body.remark", "{key.__class__}", "brace"),
        ("place.body.remark", "key}", "brace"),
        ("place.body.products", {"$lines": {"vid": "{sku}"}, "more": 1}, "stands alone"),
        ("place.body.products", {"$lines": "{sku}"}, "holds an object"),
        ("find.query.orderId", "{token}{key}", "token"),
        ("find.errors", {"404": "gone"}, "find.errors"),
        ("order.query", {"orderId": "{key}"}, "'order'"),
        ("offer.0.price", None, "'price'"),
        ("offer.1.price", "/data/0/price", "'price'"),
        ("offer.2.shipping", "/data/0/price", "'options' or 'shipping'"),
        ("offer.2.options", None, "'options' or 'shipping'"),
        ("offer.0.days", "/data/days", "'days'"),
        ("offer.2.stock", "/data/0/stock", "'stock'"),
        ("reading.states", {}, "reading.states"),
        ("reading.states", {"PAID": "bought"}, "reading.states"),
        ("auth.value", "Bearer", "auth.value"),
        ("auth.value", "{secret}", "auth.value"),
        ("auth.header", "X-Key: 1\r\nHost", "auth.header"),
        ("countries", {}, "country_name"),
        ("webhook.scheme", "none", "webhook.scheme"),
        ("webhook.topics", {}, "webhook.topics"),
        ("currency", "EUR", "USD"),
        ("base_url", "ftp://127.0.0.1", "base_url"),
        ("base_url", "http://user:pass@127.0.0.1", "base_url"),
        ("auth.secret", "nobody", "USO_SUPPLIER_SECRETS has no nobody"),
        ("webhook.secret", "cj-open", "USO_SUPPLIER_SECRETS has no cj-open"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_with_the_place(
    tmp_path: Path, path: str, value: Any, words: str
) -> None:
    write_mapping(tmp_path, **changed(path, value))
    if value is None:  # what was taken out came back with the shipped rest
        (tmp_path / "cj.json").write_text(json.dumps(changed(path, value)))
    with pytest.raises(ValueError, match=r"cj\.json") as refused:
        read(tmp_path)
    assert words in str(refused.value)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"id": "cj"}', "\\udc80"])
def test_a_document_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "cj.json").write_text(text)
    with pytest.raises(ValueError, match=r"cj\.json"):
        read(tmp_path)


def test_a_document_that_is_missing_or_named_twice_is_refused(tmp_path: Path) -> None:
    write_mapping(tmp_path)
    file = tmp_path / "cj.json"
    with pytest.raises(ValueError, match="already"):
        read(tmp_path, supplier_files=f"{file},{file}")
    with pytest.raises(ValueError, match=r"gone\.json cannot be read"):
        read(tmp_path, supplier_files=str(tmp_path / "gone.json"))


def test_an_address_inside_or_without_tls_is_refused_where_that_is_not_allowed(tmp_path: Path) -> None:
    for url in ("http://api.example.com", "https://127.0.0.1", "https://10.0.0.1/x"):
        write_mapping(tmp_path, base_url=url)
        with pytest.raises(ValueError, match="base_url"):
            json_suppliers(
                settings_of(tmp_path).model_copy(update={"allow_private_urls": False}),
                Outbound(Settings(), breakers()),
                HandClock(),
            )


def test_a_real_shop_in_production_buys_of_real_suppliers_only() -> None:
    shop: dict[str, Any] = {
        "shopify_shop": "x.myshopify.com",
        "shopify_token": "shpat_1",
        "shopify_webhook_secrets": "s",
    }
    with pytest.raises(ValueError, match="USO_SUPPLIER_FILES"):
        Settings(environment="production", **shop)
    Settings(environment="production", supplier_files="cj.json", **shop)
    Settings(**shop)
