"""What is going on when the host dies. A scene is played by a client that may die with it at any moment.

So the client does nothing twice that it cannot do twice: it uses idempotency keys, and looks before it acts.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.domain.money import Money
from tests.harness import HOME, World

SIMULATOR = "/api/v1/simulator"
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


# --- money (1.3-1, 1.3-3): from the confirmation of a checkout to two vendors at work -----------------

BOTH = ("demo-red-flowers", "demo-pink-flowers")


async def _checkout(world: World) -> str:
    body = {
        "items": [{"id": id} for id in BOTH],
        "deliver_to": HOME,
        "deliver_by": "2026-05-04T23:00:00Z",
        "thread_id": "thr-crash",
    }
    return str((await world.customer().post("/api/v1/checkouts", body, key="crash"))["id"])


async def _before_the_confirmation(world: World) -> None:
    await world.admin().post(f"{SIMULATOR}/live-demo/setup", {})
    await _checkout(world)


async def _from_confirmation_to_work(world: World) -> None:
    alice, checkout = world.customer(), await _checkout(world)
    shown = await alice.post(f"/api/v1/checkouts/{checkout}/confirm", {})

    async def at_work() -> bool:
        order = await alice.get(f"/api/v1/orders/{shown['order_id']}")
        return [leg["status"] for leg in order["legs"]] == ["accepted", "accepted"]

    assert await until(world, at_work), "the vendors are not at work"
    await world.host.advance(2 * PATIENCE)


# --- and from the customer's word to one vendor's money, and a part of the other's back to the customer --


async def _before_the_word(world: World) -> None:
    await _before_the_confirmation(world)
    await _from_confirmation_to_work(world)
    for shop, leg in zip(("demo-flower-shop-a", "demo-flower-shop-b"), await _legs(world), strict=True):
        path = f"/api/v1/partners/me/orders/{leg['id']}/status"
        await world.partner(shop).post(path, {"status": "Ready for Pickup"})


async def _order_of(world: World) -> Any:
    alice = world.customer()
    shown = await alice.get(f"/api/v1/checkouts/{await _checkout(world)}")
    return await alice.get(f"/api/v1/orders/{shown['order_id']}")


async def _legs(world: World) -> list[Any]:
    return list((await _order_of(world))["legs"])


async def _from_word_to_money(world: World) -> None:
    first, second = await _legs(world)
    order_id = first["id"].partition("-")[0]
    word = {"legs": [{"leg_id": first["id"]}]}
    await world.customer().post(f"/api/v1/orders/{order_id}/confirm-delivery", word)
    key, back = f"{second['id']}:crash", Money(minor=1250)
    await world.app.funds.refund(second["id"], back, key=key, reason="it was late")

    async def settled() -> bool:
        order = await _order_of(world)
        paid = order["paid"]["minor"] == order["total"]["minor"] - back.minor
        return bool(paid and order["legs"][0]["hold"] == "released")

    assert await until(world, settled), "the money did not go where it belongs"
    await world.host.advance(2 * PATIENCE)


SCENES = {
    scene.name: scene
    for scene in (
        Scene("recovery", _before_the_change, _from_change_to_swap),
        Scene("standing", _before_the_wish, _from_wish_to_purchase),
        Scene("checkout", _before_the_confirmation, _from_confirmation_to_work),
        Scene("release", _before_the_word, _from_word_to_money),
    )
}
