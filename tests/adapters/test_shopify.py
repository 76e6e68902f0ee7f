"""Shopify over its Admin API, where it is unlike other shops: throttling, keys, currencies, half orders."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from shared.adapters.outbound import Outbound
from shared.adapters.shopify import gateway
from shared.adapters.shopify.answers import OrderNode
from shared.adapters.shopify.gateway import Gateway
from shared.adapters.shopify.shop import ShopifyShop
from shared.bootstrap import Ports, bootstrap
from shared.domain.money import Money
from shared.domain.operations.purchases import Tracking
from shared.domain.operations.shop import ShippingAddress
from shared.errors import Conflict, Unavailable
from shared.ports.shop import FulfilmentRequest, ShopRefundRequest
from shared.settings import Settings
from tests.peers.shopify.peer import TOKEN, VERSION, PeerOrder, ShopifyPeer, running_shopify
from tests.shop_orders import AUSTIN, usd

JANE = "jane@example.com"


@pytest.fixture
async def peer() -> AsyncIterator[ShopifyPeer]:
    async with running_shopify() as peer:
        yield peer


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    outbound = Outbound(Settings(allow_private_urls=True))
    yield outbound
    await outbound.close()


def speaking(peer: ShopifyPeer, outbound: Outbound, token: str = TOKEN) -> ShopifyShop:
    url = f"{peer.url}/admin/api/{VERSION}/graphql.json"
    return ShopifyShop(Gateway(outbound, url, SecretStr(token)))


@pytest.fixture
def shop(peer: ShopifyPeer, outbound: Outbound) -> ShopifyShop:
    return speaking(peer, outbound)


def back(order: PeerOrder, minor: int = 100, **more: Any) -> ShopRefundRequest:
    given = {"key": "sho_1-refund", "shop_order_id": str(order.number), "amount": usd(minor), **more}
    return ShopRefundRequest.model_validate(given)


def said(peer: ShopifyPeer, name: str) -> list[dict[str, Any]]:
    """The variables of every call of one name that came through."""
    return [variables for asked, variables in peer.asked if asked == name]


# --- the way of a call ------------------------------------------------------------------------------


async def test_a_call_that_came_too_soon_is_made_again_once(shop: ShopifyShop, peer: ShopifyPeer) -> None:
    order = peer.sell(JANE, "39.00")
    peer.faults = ["throttled"]
    assert (await shop.order(str(order.number))).total == usd(4400)
    peer.faults = ["throttled", "throttled"]
    with pytest.raises(Unavailable):
        await shop.order(str(order.number))
    assert peer.faults == []


async def test_no_call_waits_longer_for_points_than_its_patience(
    shop: ShopifyShop, peer: ShopifyPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("tests.peers.shopify.peer._cost", lambda _: cost(requested=1000, there=0, back=1))
    monkeypatch.setattr(gateway.asyncio, "sleep", sleep)
    peer.faults = ["throttled"]
    await shop.orders_of(JANE)
    assert waited == [gateway.MOST_PATIENCE]


def cost(*, requested: float, there: float, back: float) -> dict[str, Any]:
    status = {"maximumAvailable": 1000, "currentlyAvailable": there, "restoreRate": back}
    return {"requestedQueryCost": requested, "throttleStatus": status}


@pytest.mark.parametrize("fault", ["500", "503", "429", "302", "404", "broken", "lost"])
async def test_what_is_no_answer_is_unavailable(shop: ShopifyShop, peer: ShopifyPeer, fault: str) -> None:
    order = peer.sell(JANE, "39.00")
    peer.faults = [fault]
    with pytest.raises(Unavailable):
        await shop.order(str(order.number))


async def test_a_wrong_token_is_unavailable_and_stands_in_no_error(
    peer: ShopifyPeer, outbound: Outbound
) -> None:
    with pytest.raises(Unavailable) as refused:
        await speaking(peer, outbound, "shpat_wrong").order("5001")
    assert "shpat" not in f"{refused.value.detail}{refused.value.__cause__}"


async def test_what_a_customer_calls_themselves_searches_for_nobody_else(
    shop: ShopifyShop, peer: ShopifyPeer
) -> None:
    """The peer refuses every search that is for more than one address."""
    peer.sell(JANE, "39.00")
    for email in (f'{JANE}" OR email:"*', f"{JANE} OR status:any", "*", '"', "a\\@b.c"):
        assert list(await shop.orders_of(email)) == []
        assert await shop.customer(email) is None


# --- writing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["fulfil", "retrack", "refund", "cancel", "set_address"])
async def test_what_the_shop_refuses_is_a_conflict_with_its_words(
    shop: ShopifyShop, peer: ShopifyPeer, call: str
) -> None:
    order = peer.sell(JANE, "39.00")
    id, tracking = str(order.number), Tracking(number="T1")
    lines = ((str(order.lines[0]["id"]), 1),)
    parcel = FulfilmentRequest(key="k", shop_order_id=id, lines=lines, tracking=tracking)
    made = await shop.fulfil(parcel) if call == "retrack" else ""
    calls: dict[str, Callable[[], Awaitable[Any]]] = {
        "fulfil": lambda: shop.fulfil(parcel),
        "retrack": lambda: shop.retrack("k", made, Tracking(number="T2")),
        "refund": lambda: shop.refund(back(order)),
        "cancel": lambda: shop.cancel("k", id, reason=""),
        "set_address": lambda: shop.set_address("k", id, AUSTIN),
    }
    peer.refusals = ["Not today."]
    with pytest.raises(Conflict, match=r"Not today\.") as refused:
        await calls[call]()
    assert refused.value.code == "shop_refused"


async def test_a_refund_that_is_on_its_way_is_no_refusal(shop: ShopifyShop, peer: ShopifyPeer) -> None:
    """Called a refusal, a person would give the same money back by hand."""
    order = peer.sell(JANE, "39.00")
    peer.refusals = ["This request is currently in progress, please try again."]
    with pytest.raises(Unavailable):
        await shop.refund(back(order))


async def test_two_refunds_under_one_key_at_once_are_one(shop: ShopifyShop, peer: ShopifyPeer) -> None:
    order = peer.sell(JANE, "39.00")
    first, second = await asyncio.gather(shop.refund(back(order)), shop.refund(back(order)))
    assert first == second
    assert len(order.refunds) == 1


async def test_a_refund_is_known_when_shopify_has_forgotten_its_key(
    shop: ShopifyShop, peer: ShopifyPeer
) -> None:
    """It keeps keys for a day; a plan that was stopped for longer sends the same again."""
    order = peer.sell(JANE, "39.00")
    first = await shop.refund(back(order))
    peer.keys.clear()
    assert await shop.refund(back(order)) == first
    assert len(order.refunds) == 1


async def test_the_same_key_of_another_order_is_another_refund(shop: ShopifyShop, peer: ShopifyPeer) -> None:
    for order in (peer.sell(JANE, "39.00"), peer.sell(JANE, "39.00")):
        await shop.refund(back(order))
        assert [each["amount"] for each in order.refunds] == [Decimal("1.00")]
    first, second = (variables["key"] for variables in said(peer, "UsoRefund"))
    assert first != second


async def test_nothing_goes_back_in_a_currency_that_was_not_meant(
    shop: ShopifyShop, peer: ShopifyPeer
) -> None:
    """Shopify would read 39.00 as the customer's own 39.00 francs."""
    order = peer.sell(JANE, "39.00", currency="CHF")
    with pytest.raises(Conflict) as refused:
        await shop.refund(back(order, 3900))
    assert refused.value.code == "other_currency"
    assert said(peer, "UsoRefund") == []


async def test_a_parcel_that_was_called_off_in_the_shop_is_shown_anew(
    shop: ShopifyShop, peer: ShopifyPeer
) -> None:
    order = peer.sell(JANE, "39.00")
    lines = ((str(order.lines[0]["id"]), 1),)
    parcel = FulfilmentRequest(
        key="k", shop_order_id=str(order.number), lines=lines, tracking=Tracking(number="T1")
    )
    first = await shop.fulfil(parcel)
    order.fulfilments[0]["status"] = "CANCELLED"
    assert await shop.fulfil(parcel) != first


async def test_why_an_order_was_cancelled_is_for_the_staff_with_our_key(
    shop: ShopifyShop, peer: ShopifyPeer
) -> None:
    order = peer.sell(JANE, "39.00")
    await shop.cancel("sho_5001:cancel", str(order.number), reason="out_of_stock")
    assert order.staff_note == "out_of_stock [sho_5001:cancel]"


# --- reading ----------------------------------------------------------------------------------------


async def test_an_order_without_customer_address_and_sku_can_be_read(
    shop: ShopifyShop, peer: ShopifyPeer
) -> None:
    order = peer.sell(None, "39.00", address=None)
    order.lines[0]["sku"] = None
    read = await shop.order(str(order.number))
    assert (read.customer.email, read.customer.id, read.lines[0].sku) == ("", "", "")
    assert read.address == ShippingAddress()


MINOR = st.integers(0, 10**7)


@given(lines=st.lists(MINOR, min_size=1, max_size=8), shipping=MINOR, difference=st.integers(-500, 500))
@settings(max_examples=60, deadline=None)
def test_lines_and_delivery_always_add_up_to_what_was_paid(
    lines: list[int], shipping: int, difference: int
) -> None:
    """Taxes and discounts of the whole order stand in no line of Shopify's."""
    total = max(sum(lines) + shipping + difference, shipping)
    snapshot = OrderNode.model_validate(node(lines, shipping, total)).snapshot()
    assert Money.total((line.total for line in snapshot.lines), "USD") + snapshot.shipping == snapshot.total
    assert snapshot.total == usd(total)
    assert all(line.total.minor >= 0 for line in snapshot.lines)


def node(lines: list[int], shipping: int, total: int) -> dict[str, Any]:
    def bag(minor: int) -> dict[str, Any]:
        return {"shopMoney": {"amount": str(Decimal(minor) / 100), "currencyCode": "USD"}}

    return {
        "id": "gid://shopify/Order/1",
        "name": "#1",
        "email": JANE,
        "customer": None,
        "processedAt": "2026-05-04T14:00:00Z",
        "updatedAt": "2026-05-04T14:00:00Z",
        "cancelledAt": None,
        "displayFinancialStatus": "PAID",
        "shippingAddress": None,
        "totalPriceSet": bag(total),
        "totalShippingPriceSet": bag(shipping),
        "lineItems": {
            "pageInfo": {"hasNextPage": False},
            "nodes": [
                {
                    "id": f"gid://shopify/LineItem/{n}",
                    "sku": "A",
                    "title": "A",
                    "quantity": 1,
                    "product": None,
                    "discountedTotalSet": bag(minor),
                }
                for n, minor in enumerate(lines)
            ],
        },
    }


# --- put together -----------------------------------------------------------------------------------


async def test_settings_put_shopify_in_the_embedded_shop_s_place(peer: ShopifyPeer, tmp_path: Path) -> None:
    """The version that is asked for is the one that the peer speaks; any other is not found there."""
    order = peer.sell(JANE, "39.00")
    given = Settings(
        data_dir=tmp_path,
        allow_private_urls=True,
        shopify_shop="ours.myshopify.com",
        shopify_token=SecretStr(TOKEN),
        shopify_webhook_secrets=(SecretStr("hush"),),
        shopify_base_url=peer.url,
    )
    app = bootstrap(given, Ports())
    shop = app.operations.ports.shop
    assert isinstance(shop, ShopifyShop)
    assert (await shop.order(str(order.number))).number == "#5001"
    await app.close()


@pytest.mark.parametrize(
    "given",
    [
        {"shopify_shop": "ours.myshopify.com"},
        {"shopify_token": TOKEN},
        {"shopify_webhook_secrets": "hush"},
        {"shopify_shop": "ours.example.com", "shopify_token": TOKEN, "shopify_webhook_secrets": "hush"},
    ],
)
def test_half_a_shop_is_refused_at_the_start(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(given)
