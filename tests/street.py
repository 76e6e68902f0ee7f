"""A street of florists whose people the test plays: they read their messages and answer by signed webhook."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.domain.webhook_signature import sign
from tests.harness import HOME, Answer, Caller, World

SIMULATOR = "/api/v1/simulator"
THREAD = "thr1"
ALWAYS = {"opens": "00:00", "closes": "23:59:59", "days": [0, 1, 2, 3, 4, 5, 6]}
OWN_KIND = ["street-florist"]
"""A capability that nobody in the shipped catalogue has: replacements come from the street alone."""
LIVE = {"pending", "accepted", "in_progress", "completed"}


def usd(minor: int) -> dict[str, Any]:
    """Dollars in cents."""
    return {"minor": minor, "currency": "USD"}


@dataclass(frozen=True, slots=True)
class Shop:
    """One partner: nobody answers for it but the test."""

    world: World
    id: str
    secret: str

    @property
    def portal(self) -> Caller:
        """Someone of the shop, at its portal."""
        return self.world.partner(self.id)

    async def says(
        self,
        reference: str,
        text: str = "",
        *,
        button: str | None = None,
        id: str | None = None,
        secret: str | None = None,
        at: datetime | None = None,
        to: str | None = None,
        tampered: bool = False,
    ) -> Answer:
        """Send a signed webhook; the named arguments are what can be wrong with it."""
        body = json.dumps({"reference": reference, "text": text, "button": button}).encode()
        stamp = at or self.world.now()
        headers = sign(secret or self.secret, id=id or f"msg_{uuid.uuid4().hex}", timestamp=stamp, body=body)
        headers["Content-Type"] = "application/json"
        answer = await self.world.send(
            "POST",
            f"/api/v1/webhooks/partners/{to or self.id}",
            data=body.replace(b"reference", b"Reference") if tampered else body,
            headers=headers,
        )
        await self.world.settle()
        return answer

    async def replies(self, reference: str, text: str = "", **more: Any) -> str:
        """Send a webhook that must be taken; return what became of it."""
        outcome: str = (await self.says(reference, text, **more)).data["outcome"]
        return outcome

    async def accepts(self, leg_id: str, text: str = "") -> dict[str, Any]:
        """Take a leg on, at the portal."""
        leg: dict[str, Any] = await self.portal.post(
            f"/api/v1/partners/me/orders/{leg_id}/accept", {"text": text}
        )
        await self.world.settle()
        return leg

    async def rejects(self, leg_id: str, text: str = "") -> dict[str, Any]:
        """Decline a leg, at the portal."""
        leg: dict[str, Any] = await self.portal.post(
            f"/api/v1/partners/me/orders/{leg_id}/reject", {"text": text}
        )
        await self.world.settle()
        return leg

    async def reports(self, leg_id: str, status: str) -> Answer:
        """Report progress, at the portal."""
        path = f"/api/v1/partners/me/orders/{leg_id}/status"
        answer = await self.portal.call("POST", path, {"status": status})
        await self.world.settle()
        return answer

    async def legs(self) -> list[dict[str, Any]]:
        """What the shop sees of orders."""
        return list(await self.portal.get("/api/v1/partners/me/orders"))

    async def messages(self, kind: str | None = None) -> list[dict[str, Any]]:
        """What the shop was told and asked, in no order that counts."""
        page = await self.world.admin().get(f"{SIMULATOR}/history", partner_id=self.id, limit=100)
        return [item for item in page["items"] if kind in (None, item["request"]["type"])]

    async def inbox(self, kind: str | None = None) -> list[str]:
        """The words of those messages."""
        return [message["request"]["text"] for message in await self.messages(kind)]

    async def left(self, product_id: str) -> int:
        """How many of a product can be sold."""
        shown = await self.world.admin().get(f"{SIMULATOR}/partners/{self.id}/products")
        return next(each["quantity"] for each in shown if each["product"]["id"] == product_id)


async def opened(world: World, id: str, *products: dict[str, Any], trust: int = 80, **more: Any) -> Shop:
    """Open a shop on the street with what it sells."""
    admin = world.admin()
    sheet: dict[str, Any] = {
        "name": id.replace("-", " ").title(),
        "business_type": "florist",
        "location": HOME,
    }
    sheet |= {"channel": "api", "identifier": id, "trust_score": trust, "reliability": 0.95, "hours": ALWAYS}
    await admin.post(f"{SIMULATOR}/partners", {**sheet, **more, "id": id})
    for product in products:
        await admin.post(f"{SIMULATOR}/partners/{id}/products", product)
    silent: dict[str, Any] = {
        "name": f"{id} is played by the test",
        "partner_ids": [id],
        "trigger": {"type": "always"},
    }
    silent["steps"] = [{"outcomes": [{"verdict": "silence"}]}]
    await admin.post(f"{SIMULATOR}/scenarios", {"script": silent})
    secret = (await world.partner(id).post("/api/v1/partners/me/webhook-secret"))["secret"]
    return Shop(world, id, secret)


def flowers(
    id: str, colour: str, price: int = 5000, quantity: int = 10, name: str = "", **more: Any
) -> dict[str, Any]:
    """Describe flowers for sale."""
    return {
        "id": id,
        "name": name or f"{colour.title()} Flowers",
        "category": "flowers",
        "price": usd(price),
        "quantity": quantity,
        "colours": [colour],
        "capabilities": OWN_KIND,
        **more,
    }


@dataclass(frozen=True, slots=True)
class Deal:
    """One customer's order, as it goes on."""

    world: World
    id: str
    customer: Caller

    async def now(self) -> dict[str, Any]:
        """The order as its customer sees it; that they never have neither goods nor money holds always."""
        order: dict[str, Any] = await self.customer.get(f"/api/v1/orders/{self.id}")
        for leg in order["legs"]:
            settled = [each for each in order["legs"] if each["slot"] == leg["slot"] and not each["replaces"]]
            held = [each for each in settled if each["status"] != "cancelled"]
            assert len(held) <= 1, "nobody pays for two"
        owed = sum(
            leg["price"]["minor"]
            for leg in order["legs"]
            if leg["status"] != "cancelled" and not leg["replaces"]
        )
        assert order["paid"]["minor"] == owed, "what is paid is what is held"
        return order

    async def legs(self) -> list[tuple[str, str]]:
        """Name and status of every leg."""
        return [(leg["name"], leg["status"]) for leg in (await self.now())["legs"]]

    async def paid(self) -> int:
        """What the customer has paid by now, in cents."""
        return int((await self.now())["paid"]["minor"])

    async def leg(self, number: int = 0) -> str:
        """The id of a leg."""
        return str((await self.now())["legs"][number]["id"])

    async def asks(self, text: str, *, key: str | None = None, leg_id: str | None = None) -> dict[str, Any]:
        """Ask for a change."""
        made: dict[str, Any] = await self.customer.post(
            f"/api/v1/orders/{self.id}/change-requests", {"text": text, "leg_id": leg_id}, key=key
        )
        await self.world.settle()
        return await self.negotiation(made["id"])

    async def negotiation(self, id: str = "") -> dict[str, Any]:
        """A change request as it stands."""
        shown: dict[str, Any] = await self.customer.get(f"/api/v1/negotiations/{id or self.id + '-n1'}")
        return shown

    async def recovery(self, id: str) -> dict[str, Any]:
        """A recovery as it stands."""
        shown: dict[str, Any] = await self.customer.get(f"/api/v1/recoveries/{id}")
        return shown

    async def decides(self, what: str, word: str, body: Any = None, *, key: str | None = None) -> Answer:
        """Approve or reject a `negotiations/...` or `recoveries/...`."""
        answer = await self.customer.call("POST", f"/api/v1/{what}/{word}", body, key=key)
        await self.world.settle()
        return answer

    async def told(self) -> list[str]:
        """What the customer was told, oldest first."""
        return [update["narrative"] for update in await self.world.updates(self.customer, THREAD)]


async def ordered(
    world: World,
    *items: str | dict[str, Any],
    hours: float = 24,
    by: Caller | None = None,
    key: str | None = None,
) -> Deal:
    """Order for `hours` from now; what is due at once has happened. A `key` makes the order's id known."""
    customer = by or world.customer()
    body = {
        "items": [{"id": item} if isinstance(item, str) else item for item in items],
        "deliver_to": HOME,
        "deliver_by": (world.now() + timedelta(hours=hours)).isoformat(),
        "thread_id": THREAD,
    }
    order = await customer.post("/api/v1/orders", body, key=key)
    await world.settle()
    return Deal(world, order["id"], customer)


async def escalations(world: World) -> list[dict[str, Any]]:
    """The intervention queue."""
    return list(await world.admin().get("/api/v1/escalations"))


async def resolved(world: World, escalation_id: str, resolution: str) -> Answer:
    """An admin settles a task."""
    body = {"resolution": resolution, "note": "Called them."}
    answer = await world.admin().call("POST", f"/api/v1/escalations/{escalation_id}/resolve", body)
    await world.settle()
    return answer


async def no_harm(world: World) -> None:
    """Nothing failed behind the scenes: no plan, no message, no wake-up left over for a finished plan."""
    await world.settle()
    assert world.host.bus.dead_letters() == []
    counts = await world.host.engine.count_by_status()
    ends = {name for name, count in counts.items() if count}
    assert ends <= {"Completed", "Running"}, counts
