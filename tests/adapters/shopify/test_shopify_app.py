"""The whole app at a shop of Shopify's: paid there, bought, shown there, told once."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.flows.operations.shopping import Street
from tests.harness import Answer, World, running
from tests.peers.shopify.bench import Bench
from tests.peers.shopify.deliveries import delivery
from tests.peers.shopify.orders import Line, Order
from tests.peers.shopify.peer import TOKEN

SECRET, DOMAIN, JANE = "hush", "goods.myshopify.com", "jane@example.com"
pytestmark = pytest.mark.flow("ops-1")


@pytest.fixture
async def world(bench: Bench, tmp_path: Path) -> AsyncIterator[World]:
    """The app with Shopify as its shop; suppliers and mailbox are the embedded ones."""
    async with running(
        tmp_path / "data",
        shopify_shop=DOMAIN,
        shopify_token=TOKEN,
        shopify_webhook_secrets=f"older,{SECRET}",
        shopify_base_url=bench.peer.url,
        allow_private_urls="true",
    ) as world:
        yield world


async def tell(world: World, order: Order, *, topic: str = "orders/paid", secret: str = SECRET) -> Answer:
    """Deliver a webhook as Shopify does."""
    body, headers = delivery(order, shop=DOMAIN, secret=secret, topic=topic)
    answer = await world.send("POST", "/api/v1/webhooks/shopify", data=body, headers=headers)
    await world.settle()
    return answer


async def seen(world: World, number: str) -> Any:
    return await world.admin().get(f"/api/v1/admin/operations/orders/sho_{number}")


async def test_a_paid_order_is_bought_and_its_parcel_shown_in_the_shop_once(
    world: World, bench: Bench
) -> None:
    order = bench.peer.sell("1001", Line(1, "NECK-MASSAGER", "39.00"), email=JANE, shipping="4.99")
    assert (await tell(world, order, secret="forged")).status == 401
    for _ in range(2):
        assert (await tell(world, order)).status < 300
    ordered = await seen(world, "1001")
    assert (ordered["status"], len(ordered["purchases"])) == ("ordered", 1)

    bench.peer.loses = 1
    await world.advance(days=2)

    (made,) = order.fulfilments
    assert order.sent == [1]
    (letter,) = await Street(world).letters(JANE)
    assert made["trackingInfo"][0]["number"] in letter["text"]
    assert (bench.peer.loses, len(bench.peer.told), len(order.refunds)) == (0, 0, 0)


async def test_what_nobody_has_is_given_back_and_closed_in_the_shop_once(world: World, bench: Bench) -> None:
    """The answers to the refund and to the cancellation are lost, one after the other."""
    street = Street(world)
    for supplier, sku in (("ali", "A1001"), ("cj", "CJ2001")):
        await street.stock(supplier, sku)
    order = bench.peer.sell("1001", Line(1, "NECK-MASSAGER", "39.00"), email=JANE, shipping="4.99")
    await tell(world, order)
    assert (await seen(world, "1001"))["status"] == "awaiting_choice"

    bench.peer.loses = 2
    await world.nobody().post(await street.link(JANE), {"choice": "refund"})
    await world.advance(hours=2)

    assert bench.peer.loses == 0
    assert order.given_back == order.total == Decimal("43.99")
    assert len(order.refunds) == 1
    assert order.cancelled_at is not None
    assert bench.peer.times("UsoCancel") == 1
    assert not bench.peer.told
    assert (await seen(world, "1001"))["status"] == "cancelled"
    await street.books_balance()
