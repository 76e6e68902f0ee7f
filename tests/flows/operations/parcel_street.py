"""Parcels of the embedded shop and its suppliers, as flow tests follow them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.harness import Answer, World

SIMULATOR = "/api/v1/simulator"
ADDRESS = {
    "name": "Jane Doe",
    "line1": "500 Congress Ave",
    "city": "Austin",
    "region": "TX",
    "postal_code": "78701",
    "country": "US",
}


@dataclass(frozen=True)
class Parcels:
    """Somebody buys, somebody sends, and everybody else looks."""

    world: World
    email: str

    async def calm(self) -> "Parcels":
        """Nothing fails any more."""
        await self.troubles("shop")
        for supplier in ("ali", "cj"):
            await self.troubles(f"suppliers/{supplier}")
        return self

    async def troubles(self, where: str, *, away: timedelta | None = None, **more: Any) -> None:
        """From now on the shop or a supplier fails."""
        if away is not None:
            more["away_until"] = (self.world.now() + away).isoformat()
        await self._put(f"{where}/troubles", more)

    async def stock(self, supplier: str, sku: str, **stock: int) -> None:
        """A supplier has so many."""
        body = {"supplier_sku": sku, "price": 1250, "shipping": 0, "stock": 9, "days": 12, **stock}
        await self._put(f"suppliers/{supplier}/stock", body)

    async def buys(self, *skus: str, **address: str) -> str:
        """A customer buys and pays, and what is due at once has happened; our id of the order."""
        body = {
            "email": self.email,
            "name": "Jane Doe",
            "address": {**ADDRESS, **address},
            "lines": [{"sku": sku} for sku in skus],
            "shipping": 499,
        }
        sold = await self.world.admin().post(f"{SIMULATOR}/shop/orders", body)
        await self.world.settle()
        return f"sho_{sold['shop_order_id']}"

    async def order(self, order_id: str) -> Any:
        """The order as an admin sees it."""
        await self.world.settle()
        return await self.world.admin().get(f"/api/v1/admin/operations/orders/{order_id}")

    async def statuses(self, order_id: str) -> list[tuple[str, str]]:
        """Supplier and status of each of its purchases."""
        order = await self.order(order_id)
        return [(each["supplier_id"], each["status"]) for each in order["purchases"]]

    async def in_shop(self, order_id: str) -> Any:
        """The order as the shop has it."""
        return await self.world.admin().get(f"{SIMULATOR}/shop/orders/{order_id.removeprefix('sho_')}")

    async def numbers(self, order_id: str) -> list[str]:
        """The tracking numbers that the shop shows."""
        return [each["tracking"]["number"] for each in (await self.in_shop(order_id))["fulfilments"]]

    async def letters(self) -> list[Any]:
        """What the customer was sent, oldest first."""
        await self.world.settle()
        box = await self.world.admin().get(f"{SIMULATOR}/mailbox", to=self.email)
        return [each["mail"] for each in box["letters"]]

    async def subjects(self) -> list[str]:
        """What about, without order numbers."""
        return [each["subject"].partition("#")[0].strip(" (") for each in await self.letters()]

    async def taken(self, order_id: str, supplier: str) -> list[Any]:
        """What a supplier has for an order."""
        found = await self.world.admin().get(f"{SIMULATOR}/suppliers/{supplier}/orders")
        orders = [each["order"] for each in found["orders"]]
        return [each for each in orders if each["key"].startswith(f"{order_id}-")]

    async def fate(self, order_id: str, supplier: str, fate: str) -> None:
        """What becomes of the latest order at a supplier."""
        number = (await self.taken(order_id, supplier))[-1]["id"]
        path = f"{SIMULATOR}/suppliers/{supplier}/orders/{number}"
        await self.world.admin().post(path, {"fate": fate})
        await self.world.settle()

    async def pushes(self, order_id: str) -> list[Any]:
        """Every webhook that cj has to send about an order, oldest first."""
        found = await self.world.admin().get(f"{SIMULATOR}/suppliers/cj/news")
        return [each for each in found["deliveries"] if f'"{order_id}-' in each["body"]]

    async def delivers(self, push: Any) -> Answer:
        """Cj sends one."""
        answer = await self.world.send(
            "POST", "/api/v1/webhooks/suppliers/cj", data=push["body"].encode(), headers=push["headers"]
        )
        await self.world.settle()
        return answer

    async def no_harm(self) -> None:
        """The books balance."""
        await self.world.settle()
        assert (await self.world.admin().get("/api/v1/admin/ledger/trial-balance"))["balanced"]

    async def tasks(self, order_id: str) -> list[str]:
        """What a person has to do about an order."""
        found = await self.world.admin().get("/api/v1/escalations")
        return [each["subject"] for each in found if each["subject"].startswith(order_id)]

    async def _put(self, path: str, body: Any) -> None:
        answer = await self.world.admin().call("PUT", f"{SIMULATOR}/{path}", body)
        assert answer.status < 300, answer.body
