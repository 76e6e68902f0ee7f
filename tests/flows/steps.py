"""What customers do, in few words: say something, order an evening out, make the weather."""

from datetime import timedelta
from typing import Any

from tests.harness import HOME, Answer, Caller, World

THREAD = "thr1"
SHOP = {
    "id": "river-chocolates",
    "name": "River Chocolates",
    "business_type": "chocolatier",
    "location": {"address": "4100 Guadalupe St", "point": {"latitude": 30.3047, "longitude": -97.7431}},
    "channel": "whatsapp",
    "identifier": "+15125550100",
    "trust_score": 90,
    "hours": {"opens": "00:00", "closes": "23:59", "days": [0, 1, 2, 3, 4, 5, 6]},
}
CHOCOLATES = {
    "id": "river-custom",
    "name": "Hand-lettered Chocolates",
    "category": "chocolates",
    "price": {"minor": 2800, "currency": "USD"},
    "quantity": 5,
    "lead_minutes": 0,
}


async def say(caller: Caller, text: str, *, thread: str = THREAD, **more: Any) -> Any:
    """Say something in a conversation, at home unless `more` says otherwise; return the data."""
    return (await hear(caller, text, thread=thread, **more)).data


async def hear(caller: Caller, text: str, *, thread: str = THREAD, **more: Any) -> Answer:
    """Say something and return the whole answer, with card and JSON-LD."""
    return await caller.call(
        "POST", "/api/v1/chat", {"text": text, "thread_id": thread, "deliver_to": HOME, **more}
    )


async def order(caller: Caller, *ids: str, hours: int = 24, **more: Any) -> Any:
    """Order products by id to be at home in some hours."""
    by = (caller.world.now() + timedelta(hours=hours)).isoformat()
    body = {
        "items": [{"id": id} for id in ids],
        "deliver_to": HOME,
        "deliver_by": by,
        "thread_id": THREAD,
        **more,
    }
    made = await caller.post("/api/v1/orders", body)
    await caller.world.settle()
    return await caller.get(f"/api/v1/orders/{made['id']}")


async def an_evening_out(world: World, caller: Caller) -> Any:
    """A limousine at 18:40 to a dinner at 19:00, ordered in the afternoon; it is 18:30 now."""
    admin = world.admin()
    await admin.post("/api/v1/simulator/partners", SHOP)
    await admin.post(f"/api/v1/simulator/partners/{SHOP['id']}/products", CHOCOLATES)
    await world.advance(hours=8)
    items = [
        {"id": "cl-town-car", "at": "2026-05-04T23:40:00Z"},
        {"id": "oe-steak-dinner", "at": "2026-05-05T00:00:00Z"},
    ]
    made = await order(caller, items=items)
    await world.advance(minutes=90)
    return made


async def sky(world: World, day: str, sky: str, *, since: str | None = None) -> None:
    """Let the forecast for a day of May 2026 be so, from an instant on."""
    body = {"place": HOME, "day": f"2026-05-{day}", "sky": sky, "since": since or world.now().isoformat()}
    assert (await world.admin().call("PUT", "/api/v1/simulator/weather", body)).status < 300


async def wish(caller: Caller, text: str, **more: Any) -> Any:
    """Make a standing intent and let its plan begin."""
    body = {"text": text, "deliver_to": HOME, "thread_id": THREAD, **more}
    made = await caller.post("/api/v1/standing-intents", body)
    await caller.world.settle()
    return await caller.get(f"/api/v1/standing-intents/{made['id']}")


async def stories(world: World, caller: Caller, thread: str = THREAD) -> list[str]:
    """The narratives that the customer was told, oldest first."""
    return [update["narrative"] for update in await world.updates(caller, thread)]


def texts(card: Any) -> str:
    """All the words of a card."""
    if isinstance(card, dict):
        return " ".join(texts(value) for value in card.values())
    if isinstance(card, list):
        return " ".join(texts(value) for value in card)
    return card if isinstance(card, str) else ""


async def orchid(world: World, *, price: int = 5000, quantity: int = 5) -> None:
    """Put a product on sale that is like no other, or change its price and stock."""
    admin, shop = world.admin(), "/api/v1/simulator/partners"
    sheet = {
        "name": "Ghost Orchid",
        "category": "flowers",
        "price": {"minor": price, "currency": "USD"},
        "quantity": quantity,
        "lead_minutes": 30,
    }
    answer = await admin.call("PUT", f"{shop}/{SHOP['id']}/products/ghost-orchid", sheet)
    if answer.status == 404:
        await admin.post(shop, SHOP)
        await admin.post(f"{shop}/{SHOP['id']}/products", {"id": "ghost-orchid", **sheet})
