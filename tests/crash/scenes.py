"""What is going on when the host dies. A scene is played by a client that may die with it at any moment.

So the client does nothing twice that it cannot do twice: it uses idempotency keys, and looks before it acts.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.harness import HOME, MONDAY, World
from tests.shop_orders import AUSTIN

SIMULATOR = "/api/v1/simulator"
AFTERNOON = MONDAY + timedelta(hours=13)
PATIENCE = timedelta(minutes=10)
"""A wake-up that was lost with the host is repeated by the app's own housekeeping within this time."""


@dataclass(frozen=True, slots=True)
class Scene:
    """`prepare` brings the world to where it begins; `play` may be called again and again until it ends."""

    name: str
    prepare: Callable[[World], Awaitable[None]]
    play: Callable[[World], Awaitable[None]]


async def until(world: World, reached: Callable[[], Awaitable[bool]], *, patience: int = 2) -> bool:
    """Let everything due happen until `reached`; False when it does not come."""
    await world.settle()
    for _ in range(patience):
        if await reached():
            return True
        await world.host.advance(PATIENCE)
    return await reached()


# --- the order that recovers by itself (6.3-1): from the change request to the swap ---------------


async def _order(world: World) -> dict[str, Any]:
    body = {
        "items": [{"id": "demo-red-flowers"}],
        "deliver_to": HOME,
        "deliver_by": "2026-05-04T23:00:00Z",
        "thread_id": "thr-crash",
    }
    order: dict[str, Any] = await world.customer().post("/api/v1/orders", body, key="crash")
    return order


async def _before_the_change(world: World) -> None:
    await world.admin().post(f"{SIMULATOR}/live-demo/setup", {})
    order = await _order(world)
    await world.settle()
    assert (await world.customer().get(f"/api/v1/orders/{order['id']}"))["legs"][0]["status"] == "accepted"


async def _from_change_to_swap(world: World) -> None:
    alice = world.customer()
    order = await _order(world)
    change = {"text": "I want pink flowers instead of red"}
    path = f"/api/v1/orders/{order['id']}/change-requests"
    negotiation = await alice.post(path, change, key="change")

    async def recovery() -> Any:
        known = (await alice.get(f"/api/v1/negotiations/{negotiation['id']}"))["recovery_id"]
        return await alice.get(f"/api/v1/recoveries/{known}") if known else None

    async def proposed() -> bool:
        found = await recovery()
        return found is not None and found["status"] != "pending"

    async def ended() -> bool:
        found = await recovery()
        return found is not None and found["status"] == "completed"

    assert await until(world, proposed), "no alternative was proposed"
    found = await recovery()
    if found["status"] == "proposed":
        await alice.post(f"/api/v1/recoveries/{found['id']}/approve", {})
    assert await until(world, ended), "the legs were not swapped"
    await world.host.advance(2 * PATIENCE)


# --- the wish that waits (6.7-1): from its creation to the purchase -------------------------------

EARLY_THURSDAY = datetime.fromisoformat("2026-05-07T12:35:00+00:00")
"""7:35 in Austin, and raining; from 7:50 on the forecast says sun. At 8:00 the watcher looks."""
BREAKFAST = datetime.fromisoformat("2026-05-07T13:01:00+00:00")


async def _before_the_wish(world: World) -> None:
    for sky, since in (("rainy", "2026-05-04T00:00:00Z"), ("sunny", "2026-05-07T12:50:00Z")):
        body = {"place": HOME, "day": "2026-05-07", "sky": sky, "since": since}
        answer = await world.admin().call("PUT", f"{SIMULATOR}/weather", body)
        assert answer.status < 300, answer.body
    await world.host.conductor.advance(EARLY_THURSDAY)


async def _from_wish_to_purchase(world: World) -> None:
    alice = world.customer()
    wish = {
        "text": "order flowers on the next sunny Thursday",
        "deliver_to": HOME,
        "thread_id": "thr-crash",
    }
    made = await alice.post("/api/v1/standing-intents", wish, key="crash")
    path = f"/api/v1/standing-intents/{made['id']}"

    async def has(*statuses: str) -> bool:
        return (await alice.get(path))["status"] in statuses

    if await has("pending", "active"):
        assert await until(world, lambda: has("active", "waiting_approval")), "the wish is not watched"
        if world.now() < BREAKFAST:
            await world.host.conductor.advance(BREAKFAST)
        assert await until(world, lambda: has("waiting_approval")), "the moment was missed"
    if await has("waiting_approval"):
        await alice.post(f"{path}/approve", {})
    assert await until(world, lambda: has("completed")), "nothing was bought"
    await world.host.advance(2 * PATIENCE)


# --- money: a checkout of two vendors (1.3-1), its release (2.8-1), a refund after it --------------

RED, PINK = "demo-red-flowers", "demo-pink-flowers"
SHOPS = {RED: "demo-flower-shop-a", PINK: "demo-flower-shop-b"}


async def _before_the_checkout(world: World) -> None:
    await world.admin().post(f"{SIMULATOR}/live-demo/setup", {})
    for shop in SHOPS.values():
        await world.partner(shop).post(
            "/api/v1/partners/me/payouts/account", {"email": "shop@florist.example"}
        )


async def _bought(world: World) -> dict[str, Any]:
    """The order of the one checkout; whoever asks again finds the same."""
    alice = world.customer()
    cart = {
        "items": [{"id": RED}, {"id": PINK}],
        "deliver_to": HOME,
        "deliver_by": "2026-05-04T23:00:00Z",
        "thread_id": "thr-crash",
    }
    checkout = await alice.post("/api/v1/checkouts", cart, key="crash-cart")
    path = f"/api/v1/checkouts/{checkout['id']}"
    if (await alice.get(path))["status"] in {"open", "expired"}:
        await alice.post(f"{path}/confirm", {"delivery": "express"})

    async def paid() -> bool:
        shown = await alice.get(path)
        order = shown["order_id"] and await alice.get(f"/api/v1/orders/{shown['order_id']}")
        return bool(order) and [leg["status"] for leg in order["legs"]] == ["accepted"] * 2

    assert await until(world, paid), "it was not paid, or not taken on"
    order: dict[str, Any] = await alice.get(f"/api/v1/orders/{(await alice.get(path))['order_id']}")
    return order


async def _from_confirmation_to_vendors(world: World) -> None:
    await _bought(world)
    await world.host.advance(2 * PATIENCE)


async def _before_the_delivery(world: World) -> None:
    await _before_the_checkout(world)
    order = await _bought(world)
    for leg in order["legs"]:
        path = f"/api/v1/partners/me/orders/{leg['id']}/status"
        await world.partner(SHOPS[leg["product_id"]]).post(path, {"status": "Ready for Pickup"})


async def _from_delivery_to_payout(world: World) -> None:
    alice = world.customer()
    order = await _bought_before(world)
    path = f"/api/v1/orders/{order['id']}"
    await alice.post(f"{path}/confirm-delivery", {})

    async def released() -> bool:
        return (await alice.get(path))["status"] == "completed"

    assert await until(world, released), "the money is still held"
    await world.host.advance(2 * PATIENCE)


async def _before_the_refund(world: World) -> None:
    await _before_the_delivery(world)
    await _from_delivery_to_payout(world)


async def _from_refund_to_bank(world: World) -> None:
    alice, admin = world.customer(), world.admin()
    order = await _bought_before(world)
    path = f"/api/v1/orders/{order['id']}"
    wanted = {
        "leg_id": f"{order['id']}-l1",
        "reason": "damaged",
        "text": "Half of them wilted.",
        "percent": 50,
    }
    await admin.post(f"{path}/refunds", wanted, key="crash-refund")

    async def back() -> bool:
        return any(each["amount"]["minor"] < 0 for each in (await alice.get(path))["movements"])

    assert await until(world, back), "nothing came back"
    await world.host.advance(2 * PATIENCE)


async def _bought_before(world: World) -> dict[str, Any]:
    """The order that the preparation has left."""
    legs = await world.partner(SHOPS[RED]).get("/api/v1/partners/me/orders")
    order: dict[str, Any] = await world.customer().get(
        f"/api/v1/orders/{legs[0]['leg_id'].partition('-')[0]}"
    )
    return order


# --- the shop that runs itself: a paid order bought, shipped, its customer told (ops-1, ops-2) --------------

SHOPIFY = "/api/v1/webhooks/shopify"
SHOPPER = "jane@example.com"


async def _before_the_webhook(world: World) -> None:
    """An order is paid, nobody was told yet, and the supplier's first answer will be lost."""
    admin = world.admin()
    await admin.call("PUT", f"{SIMULATOR}/shop/troubles", {"keeps_news": True})
    await admin.call("PUT", f"{SIMULATOR}/suppliers/ali/troubles", {"lost_answers": 1})
    order = {"email": SHOPPER, "name": "Jane Doe", "address": AUSTIN.model_dump()}
    await admin.post(f"{SIMULATOR}/shop/orders", {**order, "lines": [{"sku": "NECK-MASSAGER"}]})


async def _from_webhook_to_letter(world: World) -> None:
    admin = world.admin()
    (delivery,) = (await admin.get(f"{SIMULATOR}/shop/news"))["deliveries"][:1]
    sent = await world.send("POST", SHOPIFY, data=delivery["body"].encode(), headers=delivery["headers"])
    assert sent.data["outcome"] in {"new", "known", "stale"}

    async def bought() -> bool:
        shown = await admin.call("GET", "/api/v1/admin/operations/orders/sho_1001")
        return shown.status == 200 and shown.data["status"] in {"ordered", "shipped"}

    async def told() -> bool:
        return len((await admin.get(f"{SIMULATOR}/mailbox", to=SHOPPER))["letters"]) == 1

    assert await until(world, bought), "nothing was bought"
    if world.now() < AFTERNOON:
        await world.host.conductor.advance(AFTERNOON)
    assert await until(world, told, patience=80), "nobody was told"
    await world.host.advance(2 * PATIENCE)


SCENES = {
    scene.name: scene
    for scene in (
        Scene("recovery", _before_the_change, _from_change_to_swap),
        Scene("standing", _before_the_wish, _from_wish_to_purchase),
        Scene("checkout", _before_the_checkout, _from_confirmation_to_vendors),
        Scene("release", _before_the_delivery, _from_delivery_to_payout),
        Scene("refund", _before_the_refund, _from_refund_to_bank),
        Scene("shop", _before_the_webhook, _from_webhook_to_letter),
    )
}
