"""A supplier that a document describes, against a server of CJ's shape: bought once, whatever is lost."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from shared.adapters.json_supplier.mapping import Pointer, SupplierApi
from shared.adapters.json_supplier.speaking import at, body_of, filled
from shared.adapters.json_supplier.supplier import JsonSupplier
from shared.adapters.outbound import Outbound
from shared.bootstrap import DATA, Ports, bootstrap
from shared.errors import Conflict, NotFound, Unavailable
from shared.ports.suppliers import SupplierLine, SupplierOrderRequest, SupplierOrderState
from shared.settings import Settings
from tests.peers.cj.peer import TOKEN, CjPeer, running_cj
from tests.shop_orders import AUSTIN, usd

CJ = DATA / "shop" / "cj.json"
KEY = "sho_1001-p1"


def document(**changes: Any) -> dict[str, Any]:
    shipped: dict[str, Any] = json.loads(CJ.read_text(encoding="utf-8"))
    return shipped | changes


@pytest.fixture
async def peer() -> AsyncIterator[CjPeer]:
    async with running_cj() as peer:
        yield peer


@pytest.fixture
async def cj(peer: CjPeer) -> AsyncIterator[JsonSupplier]:
    outbound = Outbound(Settings(allow_private_urls=True))
    api = SupplierApi.model_validate(document(base_url=peer.url))
    yield JsonSupplier(api, outbound, SecretStr(TOKEN))
    await outbound.close()


def wanted(quantity: int = 1, *, at_most: int = 9000, sku: str = "V1") -> SupplierOrderRequest:
    lines = (SupplierLine(supplier_sku=sku, quantity=quantity),)
    return SupplierOrderRequest(key=KEY, lines=lines, address=AUSTIN, max_cost=usd(at_most))


async def test_an_offer_is_put_together_of_price_stock_and_freight(cj: JsonSupplier) -> None:
    offer = await cj.offer("V1", country="US")
    assert offer is not None
    assert (offer.price, offer.shipping, offer.stock, offer.days) == (usd(1100), usd(150), 5, 12)
    assert await cj.offer("V9", country="US") is None


async def test_a_key_buys_once_and_is_found_again(cj: JsonSupplier, peer: CjPeer) -> None:
    first = await cj.place(wanted(2))
    assert await cj.place(wanted(2)) == first
    assert await cj.find(KEY) == first
    assert (first.cost, first.state, first.key) == (usd(2350), SupplierOrderState.PLACED, KEY)
    assert peer.taken == 1


@pytest.mark.parametrize("fault", ["lost", "broken"])
async def test_an_answer_that_never_came_is_found_again_by_the_key(
    cj: JsonSupplier, peer: CjPeer, fault: str
) -> None:
    peer.fault = fault
    with pytest.raises(Unavailable):
        await cj.place(wanted())
    assert (await cj.place(wanted())).key == KEY
    assert peer.taken == 1


@pytest.mark.parametrize("fault", ["500", "429"])
async def test_an_outage_buys_nothing(cj: JsonSupplier, peer: CjPeer, fault: str) -> None:
    peer.fault = fault
    with pytest.raises(Unavailable):
        await cj.place(wanted())
    assert peer.taken == 0


async def test_refusals_say_why_and_buy_nothing(cj: JsonSupplier, peer: CjPeer) -> None:
    for request, code in ((wanted(6), "out_of_stock"), (wanted(at_most=1249), "price_changed")):
        with pytest.raises(Conflict) as refused:
            await cj.place(request)
        assert refused.value.code == code
    peer.refuses_addresses = True
    with pytest.raises(Conflict) as refused:
        await cj.place(wanted())
    assert refused.value.code == "address_refused"
    assert peer.taken == 0


async def test_a_parcel_is_followed_and_what_left_is_not_called_off(cj: JsonSupplier, peer: CjPeer) -> None:
    placed = await cj.place(wanted())
    peer.ship(KEY)
    shipped = await cj.order(placed.id)
    assert shipped.state is SupplierOrderState.SHIPPED
    assert shipped.tracking is not None
    assert shipped.tracking.number == "CJ123"
    assert not await cj.cancel("c", placed.id)
    with pytest.raises(NotFound):
        await cj.order("SD0")


async def test_what_has_not_left_is_called_off(cj: JsonSupplier) -> None:
    placed = await cj.place(wanted())
    assert await cj.cancel("c", placed.id)
    assert await cj.cancel("c", placed.id)


async def test_an_order_whose_state_nobody_knows_is_not_guessed(cj: JsonSupplier, peer: CjPeer) -> None:
    placed = await cj.place(wanted())
    peer.orders[placed.id]["orderStatus"] = "ON_THE_MOON"
    with pytest.raises(Unavailable):
        await cj.order(placed.id)


async def test_a_wrong_token_is_unavailable_and_stands_in_no_error(peer: CjPeer) -> None:
    outbound = Outbound(Settings(allow_private_urls=True))
    api = SupplierApi.model_validate(document(base_url=peer.url))
    with pytest.raises(Unavailable) as refused:
        await JsonSupplier(api, outbound, SecretStr("wrong-token")).find(KEY)
    assert "wrong-token" not in refused.value.detail
    await outbound.close()


# --- the document ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"surprise": 1},
        {"base_url": "ftp://x"},
        {"offer": []},
        {"headers": {"X": "{password}"}},
        {"states": {"X": "vanished"}},
        {"find": {"method": "GET", "path": "/x", "answer": {"id": {"path": "/id"}}}},
        {"order": {"method": "EVAL", "path": "/x"}},
        {"place": {"method": "POST", "path": "/x", "body": {"a": ["{__class__}", "{nope}"]}}},
    ],
)
def test_a_document_that_cannot_work_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SupplierApi.model_validate(document(**changes))


def test_a_document_that_is_wrong_or_has_no_secret_stops_the_start_by_name(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(document(offer=[])), encoding="utf-8")
    for path, says in ((wrong, "wrong.json"), (CJ, "USO_SUPPLIER_SECRETS")):
        with pytest.raises(RuntimeError, match=says):
            bootstrap(Settings(data_dir=tmp_path, supplier_files=(path,)), Ports())


@given(key=st.text(max_size=30), quantity=st.integers(1, 99))
@settings(max_examples=60)
def test_values_are_only_ever_values(key: str, quantity: int) -> None:
    values = {"key": key, "quantity": quantity}
    assert "/" not in filled("{key}", values, in_url=True)
    assert body_of({"a": "{key}", "b": "{quantity}"}, values, []) == {"a": key, "b": quantity}


def test_pointers_pick_what_they_say_and_nothing_is_none() -> None:
    answer = {"rows": [{"n": 3}, {"n": "1.5"}, {"other": 1}]}
    assert at(answer, Pointer(path="/rows/*/n", pick="sum")) == pytest.approx(4.5)
    assert at(answer, Pointer(path="/rows/*/n", pick="least")) == pytest.approx(1.5)
    assert at(answer, Pointer(path="/rows/0/n")) == 3
    assert at(answer, Pointer(path="/nothing/here")) is None
    with pytest.raises(Unavailable):
        at({"rows": ["many"]}, Pointer(path="/rows/*", pick="sum"))
