"""An affiliate as tests play it: registered, verified, its links followed by customers who then buy."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from shared.domain.affiliates.models import account_of
from tests.harness import HOME, Answer, Caller, World

FORM: dict[str, Any] = {
    "name": "Texas Limo Co",
    "kind": "business",
    "contact": {"name": "Bo", "email": "bo@limo.example", "phone": "+15125550100"},
    "website": "https://limo.example/",
    "commission": {"type": "cpe", "rate_bps": 500},
    "payout_schedule": "weekly",
    "documents": {"business_license": "TX-LIC-4411", "insurance": "POL-88123", "tax_id": "12-3456789"},
}
BROWSER = {"User-Agent": "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/17.4 Safari/605.1.15"}


@dataclass(frozen=True, slots=True)
class Partnership:
    """One affiliate."""

    world: World
    id: str
    owner: Caller

    @property
    def base(self) -> str:
        """Its path."""
        return f"/api/v1/affiliates/{self.id}"

    async def now(self) -> dict[str, Any]:
        """It as its owner sees it."""
        shown: dict[str, Any] = await self.owner.get(self.base)
        return shown

    async def link(self, **more: Any) -> dict[str, Any]:
        """Make a link; without more, for everything."""
        made: dict[str, Any] = await self.owner.post(
            f"{self.base}/links", {"target_url": "https://limo.example/shop", **more}
        )
        return made

    async def dashboard(self) -> dict[str, Any]:
        """Its figures."""
        await self.world.settle()
        shown: dict[str, Any] = await self.owner.get(f"{self.base}/dashboard")
        return shown["performance"]  # type: ignore[no-any-return]

    async def earned(self) -> dict[str, int]:
        """What it earned, in cents."""
        (earned,) = (await self.dashboard())["earned"]
        return {name: amount["minor"] for name, amount in earned.items()}

    async def commissions(self, **query: Any) -> list[dict[str, Any]]:
        """Order by order, newest first."""
        await self.world.settle()
        return list(await self.owner.get(f"{self.base}/commissions", **query))

    async def told(self) -> list[str]:
        """What it was told, oldest first."""
        await self.world.settle()
        return [each["text"] for each in reversed(await self.owner.get(f"{self.base}/notices"))]

    async def is_paid(self) -> None:
        """What it has earned goes out now, to the account that it opens for that."""
        await self.owner.post(f"{self.base}/account")
        await self.world.app.payouts.begin(account_of(self.id))
        await self.world.settle()


async def registered(
    world: World, *, by: Caller | None = None, key: str | None = None, **more: Any
) -> Partnership:
    """Register; what the registers answer at once has happened."""
    owner = by or world.customer("bo")
    made = await owner.post("/api/v1/affiliates", {**FORM, **more}, key=key)
    await world.settle()
    return Partnership(world, made["id"], owner)


async def followed(world: World, link: dict[str, Any], method: str = "GET", **headers: str) -> Answer:
    """Follow a link as a browser does, as far as where it leads."""
    path = urlsplit(link["url"]).path
    return await world.send(method, path, headers={**BROWSER, **headers})


def query_of(answer: Answer) -> dict[str, str]:
    """What the target learns."""
    assert answer.status == 302, answer.body
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


async def clicked(world: World, link: dict[str, Any]) -> str:
    """Follow a link, and return the click id that a purchase can name."""
    return query_of(await followed(world, link))["click_id"]


async def bought(
    world: World, click_id: str, *items: str | dict[str, Any], by: Caller | None = None
) -> dict[str, Any]:
    """Buy through a checkout that names the click; what is due at once has happened."""
    customer = by or world.customer("carol")
    cart = {
        "items": [{"id": item} if isinstance(item, str) else item for item in items],
        "deliver_to": HOME,
        "deliver_by": (world.now() + timedelta(hours=30)).isoformat(),
        "click_id": click_id,
    }
    checkout = await customer.post("/api/v1/checkouts", cart)
    confirmed = await customer.post(f"/api/v1/checkouts/{checkout['id']}/confirm", {})
    await world.settle()
    shown: dict[str, Any] = await customer.get(f"/api/v1/orders/{confirmed['order_id']}")
    return shown


async def delivered(world: World, order: dict[str, Any], *, by: Caller | None = None) -> None:
    """The vendors accept, and the customer confirms that everything arrived: the money is released."""
    customer = by or world.customer("carol")
    await world.app.catalogue.refresh()
    for leg in order["legs"]:
        await world.app.partners.accept(leg["vendor_id"], leg["id"], text="")
    await world.settle()
    await customer.post(f"/api/v1/orders/{order['id']}/confirm-delivery", {})
    await world.settle()
