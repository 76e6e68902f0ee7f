"""Customer service from outside: signed mails, the chat, the shop's orders, a mailbox to look into."""

import base64
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from shared.domain.identity import Persona
from shared.domain.money import Money
from shared.domain.operations.money import sale
from shared.domain.operations.purchases import Purchase, PurchaseLine, Tracking
from shared.domain.operations.shop_orders import ShopOrder, shop_order_key
from shared.domain.operations.tickets import customer_key
from shared.domain.status import PurchaseStatus, ShopOrderStatus
from shared.domain.webhook_signature import sign
from shared.services.kinds import SHOP_ORDERS
from shared.services.records import Stored
from tests.feeds import whole_feed
from tests.harness import Answer, Caller, World

SECRET = "whsec_" + base64.b64encode(b"the mail server's secret, 32 b!!").decode()
SETTINGS = {"mail_webhook_secret": SECRET}
JOHN = "john@doe.example"
ADDRESS = {
    "name": "John Doe",
    "line1": "500 Congress Ave",
    "city": "Austin",
    "region": "TX",
    "postal_code": "78701",
    "country": "US",
}
DAMAGED = "The phone stand of order {number} arrived damaged. I want a refund."


async def deliver(
    world: World, mail: Mapping[str, Any], *, secret: str = SECRET, delivery: str | None = None
) -> Answer:
    """Send a mail as its server would, signed."""
    raw = json.dumps(mail).encode()
    id = delivery or f"msg_{abs(hash(raw))}"
    headers = sign(secret, id=id, timestamp=world.now(), body=raw) | {"Content-Type": "application/json"}
    return await world.send("POST", "/api/v1/webhooks/mail", data=raw, headers=headers)


def mail(text: str, *, id: str = "m1", sender: str = JOHN, **more: Any) -> dict[str, Any]:
    """A mail whose sender is proven, unless said otherwise."""
    return {
        "message_id": f"<{id}@doe.example>",
        "from": sender,
        "from_name": "John Doe",
        "to": "help@shop.example",
        "subject": "My order",
        "text": text,
        "authenticated": True,
        **more,
    }


async def writes(world: World, text: str, **more: Any) -> dict[str, Any]:
    """A mail comes in a minute later, and what follows has followed; the ticket as a person sees it."""
    await world.advance(minutes=1)
    letter = mail(text, **more)
    assert (await deliver(world, letter)).data == {"outcome": "ticket"}
    await world.settle()
    return await file(world, ticket_of(letter["from"]))


def ticket_of(sender: str = JOHN, number: int = 1) -> str:
    """The id of a customer's n-th ticket."""
    return f"{customer_key(email=sender.lower())}-t{number}"


async def file(world: World, ticket_id: str) -> dict[str, Any]:
    """A ticket as a person sees it."""
    found: dict[str, Any] = await world.admin().get(f"/api/v1/admin/operations/tickets/{ticket_id}")
    return found


async def letters(world: World, to: str = JOHN) -> list[dict[str, Any]]:
    """What was sent to an address about tickets, oldest first."""
    found = await world.admin().get("/api/v1/simulator/mailbox", to=to)
    return [each for each in found["letters"] if not str(each["mail"]["key"]).startswith("sho_")]


async def buys(
    world: World,
    sku: str = "PHONE-STAND",
    *,
    email: str = JOHN,
    more: Any = (),
    address: Mapping[str, str] = ADDRESS,
) -> str:
    """Someone buys at the shop; our id of the order."""
    body = {"email": email, "name": "John Doe", "address": dict(address), "lines": [{"sku": sku}, *more]}
    sold = await world.admin().post("/api/v1/simulator/shop/orders", body)
    await world.settle()
    return shop_order_key(sold["shop_order_id"])


async def order(world: World, order_id: str) -> ShopOrder:
    """An order as it is stored."""
    return (await world.app.records.get(SHOP_ORDERS, order_id)).value


def chatting(world: World, name: str = "john", email: str | None = JOHN) -> Caller:
    """A customer in the chat, whose token may prove an address."""
    token = world.app.tokens.issue(  # type: ignore[attr-defined]
        Persona.CUSTOMER, subject=name, lifetime=timedelta(days=400), email=email
    )
    return Caller(world, token)


async def escalations(world: World) -> list[dict[str, Any]]:
    """What persons have to do about tickets."""
    found = await world.admin().get("/api/v1/escalations")
    return [each for each in found if each["subject"].startswith("tkt_")]


async def told(world: World, type_: str) -> list[dict[str, Any]]:
    """What was announced about tickets, in order."""
    changes = await whole_feed(world.app.store, "tickets")
    events = [each.body["event"] for each in changes if each.body.get("kind") == "event"]
    return [each["data"] for each in events if each["type"] == f"uso.{type_}"]


async def bought_quietly(world: World, *skus: str, email: str = JOHN, state: str = "delivered") -> str:
    """An order that nobody fulfils, in a state of one's choosing; our id of it.

    `state` is waiting, bought, under_way or delivered.
    """
    await world.admin().call("PUT", "/api/v1/simulator/shop/troubles", {"keeps_news": True})
    first, *others = skus or ("PHONE-STAND",)
    order_id = await buys(world, first, email=email, more=[{"sku": sku} for sku in others])
    sold = await world.app.operations.ports.shop.order(order_id.removeprefix("sho_"))
    now = world.now()
    made = ShopOrder(id=order_id, created_at=now, updated_at=now, sold=sold)
    if state != "waiting":
        status, moved = _STATES[state]
        purchase = Purchase(
            id=made.next_purchase_id(),
            supplier_id="cj",
            lines=tuple(
                PurchaseLine(line_id=line.id, supplier_sku=line.sku, quantity=1) for line in sold.lines
            ),
            cost=Money(minor=500),
            planned_at=now,
            placed_at=now,
            status=status,
            tracking=None if state == "bought" else Tracking(number="LX1", url="https://track.example/LX1"),
            shipped_at=None if state == "bought" else now,
            delivered_at=now if state == "delivered" else None,
        )
        made = made.with_purchase(purchase).model_copy(update={"status": moved})
    entry = sale(made, at=now)
    await world.app.records.commit(Stored(SHOP_ORDERS, made.posted(entry)), entries=[entry])
    return order_id


_STATES = {
    "bought": (PurchaseStatus.PLACED, ShopOrderStatus.ORDERED),
    "under_way": (PurchaseStatus.SHIPPED, ShopOrderStatus.SHIPPED),
    "delivered": (PurchaseStatus.DELIVERED, ShopOrderStatus.DELIVERED),
}
