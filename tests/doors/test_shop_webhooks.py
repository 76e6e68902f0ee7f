"""The shop's and the suppliers' webhooks over HTTP: forged, twice, late, of another shop, about nothing."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from shared.adapters.shopify.webhooks import signature
from shared.ports.rehearsals import NewOrder, ShopTroubles, Wanted
from shared.ports.suppliers import SupplierLine, SupplierOrderRequest
from shared.services.kinds import SHOP_ORDERS
from shared.services.records import Stored
from tests.feeds import whole_feed
from tests.harness import Answer, World
from tests.shop_orders import AUSTIN, paid, usd

SHOPIFY = "/api/v1/webhooks/shopify"
CJ = "/api/v1/webhooks/suppliers/cj"
Delivery = dict[str, Any]


async def sold(world: World) -> Delivery:
    """A paid order that the shop has told nobody of; its webhook."""
    await world.app.shop_rehearsal.trouble(ShopTroubles(keeps_news=True))
    lines = (Wanted(sku="NECK-MASSAGER"),)
    order = NewOrder(email="jane@example.com", name="Jane Doe", address=AUSTIN, lines=lines)
    await world.app.shop_rehearsal.sell(order)
    (delivery,) = (await world.admin().get("/api/v1/simulator/shop/news"))["deliveries"]
    return dict(delivery)


async def send(world: World, door: str, delivery: Delivery, **headers: str) -> Answer:
    """Send a webhook as its sender would; `headers` are tampered with."""
    given = {**delivery["headers"], **{name.replace("_", "-"): value for name, value in headers.items()}}
    return await world.send("POST", door, data=delivery["body"].encode(), headers=given)


async def taken_in(world: World) -> Mapping[str, Any]:
    """What the app has stored of deliveries."""
    documents = await whole_feed(world.app.store, "shop_news")
    return {document.id: document.body for document in documents}


@pytest.mark.flow("ops-1")
async def test_a_delivery_becomes_one_event_however_often_it_comes(world: World) -> None:
    delivery = await sold(world)
    answers = [await send(world, SHOPIFY, delivery) for _ in range(3)]
    await world.settle()

    assert [answer.data["outcome"] for answer in answers] == ["new", "known", "known"]
    stored = await taken_in(world)
    (event,) = [body["event"] for id, body in stored.items() if id.startswith("event:")]
    assert (event["type"], event["subject"]) == ("uso.ORDER_PAID", "sho_1001")
    assert event["data"] == {"order_id": "sho_1001", "shopify_order_id": "1001"}


@pytest.mark.parametrize(
    "tampered",
    [
        {"x_shopify_hmac_sha256": "AAAA"},
        {"x_shopify_hmac_sha256": "ä" * 10},
        {"x_shopify_hmac_sha256": "A" * 5000},
    ],
)
async def test_what_the_shop_has_not_signed_is_not_taken(world: World, tampered: dict[str, str]) -> None:
    delivery = await sold(world)
    answer = await send(world, SHOPIFY, delivery, **tampered)
    assert (answer.status, answer.code) == (401, "invalid_signature")
    assert await taken_in(world) == {}


async def test_a_body_with_one_other_byte_is_not_taken(world: World) -> None:
    delivery = await sold(world)
    for n in range(0, len(delivery["body"]), 7):
        body = delivery["body"]
        other = body[:n] + ("x" if body[n] != "x" else "y") + body[n + 1 :]
        assert (await send(world, SHOPIFY, {**delivery, "body": other})).status == 401
    assert await taken_in(world) == {}


async def test_another_shop_and_another_topic_are_acknowledged_and_forgotten(world: World) -> None:
    delivery = await sold(world)
    for tampered in (
        {"x_shopify_shop_domain": "evil.myshopify.com"},
        {"x_shopify_topic": "products/create"},
        {"x_shopify_topic": ""},
    ):
        assert (await send(world, SHOPIFY, delivery, **tampered)).data["outcome"] == "unfollowed"
    assert await taken_in(world) == {}


async def test_a_delivery_that_names_no_event_is_refused(world: World) -> None:
    delivery = await sold(world)
    answer = await send(world, SHOPIFY, delivery, x_shopify_event_id="")
    assert (
        answer.status,
        answer.body["errors"][0]["field"] if "errors" in answer.body else answer.body["field"],
    ) == (
        400,
        "X-Shopify-Event-Id",
    )
    assert await taken_in(world) == {}


@pytest.mark.flow("ops-1")
async def test_a_paid_order_is_not_swallowed_by_other_news_of_the_same_checkout(world: World) -> None:
    """Shopify gives all topics that one action fires the same event id, and keeps no order among them."""
    delivery = await sold(world)
    topics = ("orders/updated", "orders/paid", "orders/updated", "orders/paid")
    answers = [await send(world, SHOPIFY, delivery, x_shopify_topic=topic) for topic in topics]
    await world.settle()

    assert [answer.data["outcome"] for answer in answers] == ["new", "new", "known", "known"]
    events = [body["event"] for id, body in (await taken_in(world)).items() if id.startswith("event:")]
    assert sorted(event["type"] for event in events) == ["uso.ORDER_PAID", "uso.shop_order.changed"]


async def test_what_is_signed_and_no_order_is_refused(world: World) -> None:
    delivery = await sold(world)
    secret = (world.app.settings.data_dir / "shop" / "webhook.secret").read_bytes()
    large = json.dumps({"id": 1, "x": "x" * 1_000_000})
    for body, status in (("", 400), ("not json", 400), ("[]", 400), ('{"id": 1001}', 400), (large, 413)):
        signed = {"x_shopify_hmac_sha256": signature(secret, body.encode())}
        assert (await send(world, SHOPIFY, {**delivery, "body": body}, **signed)).status == status
    assert await taken_in(world) == {}


async def test_what_the_shop_told_itself_is_known_when_its_webhook_comes(world: World) -> None:
    lines = (Wanted(sku="NECK-MASSAGER"),)
    order = NewOrder(email="jane@example.com", name="Jane Doe", address=AUSTIN, lines=lines)
    await world.admin().post("/api/v1/simulator/shop/orders", order.model_dump(mode="json"))
    (delivery, *_) = (await world.admin().get("/api/v1/simulator/shop/news"))["deliveries"]
    assert (await send(world, SHOPIFY, delivery)).data["outcome"] in ("known", "stale")


@pytest.mark.flow("ops-1")
async def test_news_that_was_overtaken_starts_nothing(world: World) -> None:
    """The order was read after the delivery was written: what it tells is known, and older."""
    delivery = await sold(world)
    later = paid(3900).model_copy(
        update={"sold": paid(3900).sold.model_copy(update={"updated_at": world.now().replace(hour=23)})}
    )
    await world.app.records.commit(Stored(SHOP_ORDERS, later))

    assert (await send(world, SHOPIFY, delivery)).data["outcome"] == "stale"
    assert [id for id in await taken_in(world) if id.startswith("event:")] == []


async def shipped(world: World) -> Delivery:
    """A purchase of ours at the supplier that pushes, just handed to a carrier; its webhook."""
    order = paid(3900)
    from shared.domain.operations.purchases import Purchase, PurchaseLine

    purchase = Purchase(
        id="sho_1001-p1",
        supplier_id="cj",
        lines=(PurchaseLine(line_id="l1", supplier_sku="CJ2001", quantity=1),),
        cost=usd(1640),
        planned_at=world.now(),
        turn=3,
    )
    await world.app.records.commit(Stored(SHOP_ORDERS, order.with_purchase(purchase)))
    goods = (SupplierLine(supplier_sku="CJ2001", quantity=1),)
    await world.app.operations.ports.suppliers.of("cj").place(
        SupplierOrderRequest(key="sho_1001-p1", lines=goods, address=AUSTIN, max_cost=usd(5000))
    )
    await world.advance(hours=7)
    (delivery,) = (await world.admin().get("/api/v1/simulator/suppliers/cj/news"))["deliveries"]
    return dict(delivery)


@pytest.mark.flow("ops-2")
async def test_a_supplier_s_push_wakes_the_parcel_s_next_look_once(world: World) -> None:
    delivery = await shipped(world)
    answers = [await send(world, CJ, delivery) for _ in range(2)]

    assert [answer.data["outcome"] for answer in answers] == ["new", "known"]
    (event,) = [body["event"] for id, body in (await taken_in(world)).items() if id.startswith("event:")]
    assert (event["type"], event["data"]["purchase_id"]) == ("uso.parcel.news", "sho_1001-p1")
    assert (event["data"]["order_id"], event["data"]["turn"]) == ("sho_1001", 3)


async def test_a_forged_push_and_one_to_a_supplier_that_does_not_push_are_refused(world: World) -> None:
    delivery = await shipped(world)
    forged = await send(world, CJ, {**delivery, "body": delivery["body"].replace("p1", "p2")})
    assert forged.status == 401
    assert (await send(world, CJ.replace("cj", "ali"), delivery)).status == 404
    assert (await send(world, CJ.replace("cj", "nobody"), delivery)).status == 404
    assert await taken_in(world) == {}


async def test_a_push_about_a_stranger_s_order_is_acknowledged_and_forgotten(world: World) -> None:
    goods = (SupplierLine(supplier_sku="CJ2001", quantity=1),)
    await world.app.operations.ports.suppliers.of("cj").place(
        SupplierOrderRequest(key="sho_77-p1", lines=goods, address=AUSTIN, max_cost=usd(5000))
    )
    await world.advance(hours=7)
    (delivery,) = (await world.admin().get("/api/v1/simulator/suppliers/cj/news"))["deliveries"]
    assert (await send(world, CJ, delivery)).data["outcome"] == "unfollowed"
    assert await taken_in(world) == {}
