"""The embedded shop, its suppliers and mailbox, as flow tests meet them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.harness import Answer, World

SIMULATOR = "/api/v1/simulator"
EMAIL = "jane@example.com"
AUSTIN: Mapping[str, str] = {
    "name": "Jane Doe",
    "line1": "500 Congress Ave",
    "city": "Austin",
    "region": "TX",
    "postal_code": "78701",
    "country": "US",
}
NOWHERE = {**AUSTIN, "line1": "Congress Ave", "postal_code": "90210"}


@dataclass(frozen=True)
class Street:
    """What happens around the shop."""

    world: World

    async def calm(self) -> "Street":
        """Nothing fails any more."""
        await self.shop_troubles()
        for supplier in ("ali", "cj"):
            await self.supplier_troubles(supplier)
        return self

    async def buys(
        self, *skus: str, address: Mapping[str, str] = AUSTIN, email: str = EMAIL, quantity: int = 1
    ) -> str:
        """A customer buys and pays; what is due at once has happened. The shop's id of the order."""
        body = {
            "email": email,
            "name": "Jane Doe",
            "address": dict(address),
            "lines": [{"sku": sku, "quantity": quantity} for sku in skus],
            "shipping": 499,
        }
        sold = await self.world.admin().post(f"{SIMULATOR}/shop/orders", body)
        await self.world.settle()
        return str(sold["shop_order_id"])

    async def seen(self, number: str) -> Any:
        """The order as an admin sees it."""
        return await self.world.admin().get(f"/api/v1/admin/operations/orders/sho_{number}")

    async def in_shop(self, number: str) -> Any:
        """The order as the shop has it."""
        return await self.world.admin().get(f"{SIMULATOR}/shop/orders/{number}")

    async def shop_troubles(self, *, away: timedelta | None = None, **more: Any) -> None:
        """From now on, the shop fails."""
        if away is not None:
            more["away_until"] = (self.world.now() + away).isoformat()
        await self.world.admin().call("PUT", f"{SIMULATOR}/shop/troubles", more)

    async def readdressed(self, number: str, address: Mapping[str, str]) -> None:
        """Someone corrects the address in the shop."""
        answer = await self.world.admin().call(
            "PUT", f"{SIMULATOR}/shop/orders/{number}/address", dict(address)
        )
        assert answer.status < 300, answer.body
        await self.world.settle()

    async def cancelled(self, number: str) -> None:
        """Someone cancels the order in the shop."""
        await self.world.admin().post(f"{SIMULATOR}/shop/orders/{number}/cancel", {"reason": "changed"})
        await self.world.settle()

    async def news(self) -> list[Any]:
        """Every webhook that the shop has to send, oldest first."""
        return list((await self.world.admin().get(f"{SIMULATOR}/shop/news"))["deliveries"])

    async def delivers(self, delivery: Any) -> Answer:
        """The shop sends one of them."""
        answer = await self.world.send(
            "POST",
            "/api/v1/webhooks/shopify",
            data=delivery["body"].encode(),
            headers=delivery["headers"],
        )
        await self.world.settle()
        return answer

    async def stock(self, supplier: str, sku: str, **stock: int) -> None:
        """A supplier has so many, at such a price."""
        body = {"supplier_sku": sku, "price": 1250, "shipping": 0, "stock": 0, "days": 10, **stock}
        answer = await self.world.admin().call("PUT", f"{SIMULATOR}/suppliers/{supplier}/stock", body)
        assert answer.status < 300, answer.body

    async def supplier_troubles(self, supplier: str, *, away: timedelta | None = None, **more: Any) -> None:
        """From now on, a supplier fails."""
        if away is not None:
            more["away_until"] = (self.world.now() + away).isoformat()
        answer = await self.world.admin().call("PUT", f"{SIMULATOR}/suppliers/{supplier}/troubles", more)
        assert answer.status < 300, answer.body

    async def bought(self, *suppliers: str) -> list[Any]:
        """What was ordered at suppliers; of all of them, if none is named."""
        found: list[Any] = []
        for supplier in suppliers or ("ali", "cj"):
            found += (await self.world.admin().get(f"{SIMULATOR}/suppliers/{supplier}/orders"))["orders"]
        return found

    async def letters(self, email: str = EMAIL) -> list[Any]:
        """The letters that were sent to someone, oldest first."""
        await self.world.settle()
        box = await self.world.admin().get(f"{SIMULATOR}/mailbox", to=email)
        return [each["mail"] for each in box["letters"]]

    async def link(self, email: str = EMAIL) -> str:
        """Where the latest letter with a link leads, as a path."""
        texts = [each["text"] for each in await self.letters(email)]
        links = [word for text in texts for word in text.split() if "/api/v1/answers/" in word]
        return "/api/" + links[-1].partition("/api/")[2]

    async def books_balance(self) -> None:
        """Debits and credits of the trial balance are the same."""
        await self.world.settle()
        balance = await self.world.admin().get("/api/v1/admin/ledger/trial-balance")
        assert balance["balanced"], balance
