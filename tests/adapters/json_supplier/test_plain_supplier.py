"""A supplier of another kind, by its mapping alone: HTTP statuses, cents, a list to look in, no token."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import SecretStr, TypeAdapter

from shared.adapters.json_supplier.gateway import Gateway
from shared.adapters.json_supplier.mapping import SupplierMapping
from shared.adapters.json_supplier.supplier import JsonSupplier
from shared.adapters.outbound import Answer, Outbound
from shared.errors import Conflict, NotFound, Unavailable
from shared.ports.suppliers import SupplierLine, SupplierOrderRequest, SupplierOrderState
from shared.settings import Settings
from tests.breakers import breakers
from tests.clocks import HandClock
from tests.shop_orders import AUSTIN, usd

MAPPING = {
    "id": "plain",
    "base_url": "https://wholesale.example/v2/",
    "currency": "USD",
    "amounts": "minor",
    "auth": {"secret": "plain", "header": "Authorization", "value": "Bearer {secret}"},
    "errors": {"http:404": "not_found"},
    "offer": [
        {
            "path": "/goods/{sku}",
            "query": {"to": "{country}"},
            "price": "/cents",
            "stock": "/left",
            "shipping": "/postage",
            "days": "/days",
        }
    ],
    "place": {
        "method": "PUT",
        "path": "/orders/{key}",
        "headers": {"Idempotency-Key": "{key}"},
        "body": {"to": ["{line1}", "{city}"], "items": {"$lines": {"good": "{sku}", "n": "{quantity}"}}},
        "id": "/no",
        "errors": {"http:409": "exists", "http:422": "address_refused", "http:410": "out_of_stock"},
    },
    "find": {"path": "/orders", "query": {"ref": "{key}"}, "at": "/orders"},
    "order": {"path": "/orders/no/{order_id}"},
    "reading": {
        "id": "/no",
        "key": "/ref",
        "cost": "/total",
        "state": "/state",
        "states": {"1": "placed", "2": "shipped"},
        "number": "/parcel",
        "url": "/link",
    },
}
GOOD = {"cents": 250, "left": 7, "postage": 90, "days": "3-4"}
ORDER = {"no": 77, "ref": "k-1", "total": 590, "state": 1, "parcel": None}


class Scripted(Outbound):
    """Answers by method and path, and keeps what was asked."""

    def __init__(self, answers: Mapping[str, tuple[int, Any]]) -> None:
        super().__init__(Settings(), breakers())
        self.answers = dict(answers)
        self.asked: list[tuple[str, dict[str, str], Any]] = []

    async def call(
        self,
        method: str,
        url: str,
        *,
        whom: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        field: str = "url",
    ) -> Answer:
        name = f"{method} {url.removeprefix('https://wholesale.example/v2')}"
        self.asked.append((name, dict(headers or {}), json.loads(body) if body else None))
        status, document = self.answers[name]
        return Answer(
            status, document if isinstance(document, bytes) else json.dumps(document).encode(), True
        )


def supplier(**answers: tuple[int, Any]) -> tuple[JsonSupplier, Scripted]:
    script = {
        "GET /goods/A%2F1?to=US": answers.get("good", (200, GOOD)),
        "GET /orders?ref=k-1": answers.get("find", (200, {"orders": []})),
        "PUT /orders/k-1": answers.get("place", (201, {"no": 77})),
        "GET /orders/no/77": answers.get("order", (200, ORDER)),
    }
    mapping = TypeAdapter(SupplierMapping).validate_json(json.dumps(MAPPING), strict=True)
    outbound = Scripted(script)
    gateway = Gateway(mapping, outbound, HandClock(), secrets={"plain": SecretStr("hush")})
    return JsonSupplier(mapping, gateway), outbound


def wanted(*, quantity: int = 2, at_most: int = 590) -> SupplierOrderRequest:
    lines = (SupplierLine(supplier_sku="A/1", quantity=quantity),)
    return SupplierOrderRequest(key="k-1", lines=lines, address=AUSTIN, max_cost=usd(at_most))


async def test_one_answer_makes_the_whole_offer() -> None:
    plain, outbound = supplier()
    offer = await plain.offer("A/1", country="US")

    assert offer is not None
    assert (offer.price, offer.shipping, offer.stock, offer.days) == (usd(250), usd(90), 7, 4)
    assert [name for name, _, _ in outbound.asked] == ["GET /goods/A%2F1?to=US"]
    assert outbound.asked[0][1]["Authorization"] == "Bearer hush"


async def test_a_purchase_is_looked_for_then_priced_then_made_with_its_key() -> None:
    plain, outbound = supplier()
    order = await plain.place(wanted())

    assert (order.id, order.cost, order.state) == ("77", usd(590), SupplierOrderState.PLACED)
    assert [name.split("?")[0] for name, _, _ in outbound.asked] == [
        "GET /orders",
        "GET /goods/A%2F1",
        "PUT /orders/k-1",
        "GET /orders/no/77",
    ]
    _, headers, sent = outbound.asked[2]
    assert headers["Idempotency-Key"] == "k-1"
    assert sent == {"to": ["500 Congress Ave", "Austin"], "items": [{"good": "A/1", "n": 2}]}


async def test_an_order_in_a_list_is_the_one_of_our_key() -> None:
    others = {"orders": [{**ORDER, "no": 76, "ref": "k-10"}, ORDER]}
    plain, outbound = supplier(find=(200, others))

    assert (await plain.place(wanted())).id == "77"
    assert len(outbound.asked) == 1
    plain, _ = supplier(find=(200, {"orders": [ORDER, ORDER]}))
    with pytest.raises(Unavailable):
        await plain.place(wanted())


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"place": (410, {})}, "out_of_stock"),
        ({"place": (422, b"not even JSON")}, "address_refused"),
        ({"good": (404, {})}, "out_of_stock"),
        ({"good": (200, {**GOOD, "cents": 251})}, "price_changed"),
        ({"good": (200, {**GOOD, "left": 1})}, "out_of_stock"),
    ],
)
async def test_a_refusal_is_one_that_the_mapping_names(
    answers: dict[str, tuple[int, Any]], code: str
) -> None:
    plain, _ = supplier(**answers)
    with pytest.raises(Conflict) as refused:
        await plain.place(wanted())
    assert refused.value.code == code


@pytest.mark.parametrize(
    "answers",
    [
        {"find": (200, {})},
        {"find": (200, {"orders": {"no": 1}})},
        {"find": (200, [])},
        {"find": (302, {})},
        {"good": (200, {**GOOD, "cents": 2.5})},
        {"good": (200, {**GOOD, "left": None})},
        {"good": (200, {**GOOD, "days": "soon"})},
        {"place": (201, {})},
        {"place": (400, {"error": "?"})},
        {"place": (409, {})},
        {"place": (201, {"no": ".."})},
        {"place": (404, {})},
        {"order": (404, {})},
        {"order": (200, {**ORDER, "ref": "k-2"})},
        {"order": (200, {**ORDER, "no": 78})},
        {"order": (200, {**ORDER, "state": 9})},
        {"order": (200, {**ORDER, "total": "5.90"})},
    ],
)
async def test_everything_else_leaves_it_open(answers: dict[str, tuple[int, Any]]) -> None:
    plain, _ = supplier(**answers)
    with pytest.raises(Unavailable):
        await plain.place(wanted())


async def test_what_is_not_there_is_not_found_and_nothing_can_be_called_off() -> None:
    plain, outbound = supplier(order=(404, b""))
    with pytest.raises(NotFound):
        await plain.order("77")
    assert await plain.find("k-1") is None
    assert not await plain.cancel("c", "77")
    with pytest.raises(NotFound):
        await plain.order("..")
    assert len(outbound.asked) == 2


async def test_a_link_that_is_none_is_not_shown_to_customers() -> None:
    for url, shown in (("javascript:alert(1)", ""), ("https://t.example/1", "https://t.example/1")):
        plain, _ = supplier(order=(200, {**ORDER, "parcel": "T1", "link": url}))
        tracking = (await plain.order("77")).tracking
        assert tracking is not None
        assert (tracking.number, tracking.url) == ("T1", shown)
    plain, _ = supplier(order=(200, {**ORDER, "parcel": "1" * 101}))
    with pytest.raises(Unavailable):
        await plain.order("77")
