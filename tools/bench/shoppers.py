"""Customers who buy from three vendors at once, over HTTP, and the bare chains to compare them with."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import aiohttp

from tools.api import Persona

VENDORS = ("bench-florist", "bench-baker", "bench-chocolatier")
HOME = {"address": "500 Congress Ave, Austin", "point": {"latitude": 30.2672, "longitude": -97.7431}}
_ALWAYS = {"opens": "00:00", "closes": "23:59:59", "days": [0, 1, 2, 3, 4, 5, 6]}
_PRICE = {"minor": 3333, "currency": "USD"}
LOOK, LOOK_IN_A_CROWD = 0.004, 0.1
"""Seconds between two looks; in a crowd looking is work that keeps others waiting."""
PATIENCE_SECONDS = 60


def open_shops(admin: Persona, *, answering: bool = True) -> None:
    """Open three shops that are always open, never sold out and answer at once, or never."""
    for id in VENDORS:
        sheet = {"id": id, "name": id.title(), "business_type": "shop", "location": HOME, "hours": _ALWAYS}
        admin.post("/api/v1/simulator/partners", sheet)
        product = {"id": _product(id), "name": f"Gift of {id}", "price": _PRICE, "quantity": None}
        admin.post(f"/api/v1/simulator/partners/{id}/products", product)
    verdict = "accept" if answering else "silence"
    script: dict[str, Any] = {"name": "bench", "partner_ids": VENDORS, "trigger": {"type": "always"}}
    script["steps"] = [{"outcomes": [{"verdict": verdict}]}]
    admin.post("/api/v1/simulator/scenarios", {"script": script})


def _product(vendor_id: str) -> str:
    return f"{vendor_id}-gift"


def cart(now: datetime) -> dict[str, Any]:
    """What one checkout buys: something of every vendor."""
    items = [{"id": _product(id)} for id in VENDORS]
    return {"items": items, "deliver_to": HOME, "deliver_by": (now + timedelta(days=3)).isoformat()}


@dataclass(frozen=True, slots=True)
class Shopper:
    """A customer at the doors of the app."""

    client: aiohttp.ClientSession
    url: str
    token: str
    look: float = LOOK
    """Seconds between two looks at a checkout that is not paid yet."""

    async def confirmed(self) -> dict[str, Any]:
        """Quote and confirm a checkout; the rest goes on by itself."""
        quoted = await self._ask("POST", "", cart(datetime.now(UTC)))
        return await self._ask("POST", f"/{quoted['id']}/confirm", {})

    async def buy(self) -> float:
        """Quote, confirm, and look until it is paid; return the seconds that took."""
        began = time.perf_counter()
        checkout = await self.confirmed()
        while checkout["status"] == "processing":
            await _look_later(began, self.look)
            checkout = await self._ask("GET", f"/{checkout['id']}")
        if checkout["status"] != "paid":
            raise RuntimeError(f"a checkout ended {checkout['status']}: {checkout['reason']}")
        return time.perf_counter() - began

    async def settle(self) -> None:
        """Wait until the host has nothing left to do."""
        async with self.client.post(f"{self.url}/devhost/idle", json={"timeout": 30}) as answer:
            answer.raise_for_status()

    async def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.url}/api/v1/checkouts{path}"
        async with self.client.request(method, url, json=body, headers=headers) as answer:
            answer.raise_for_status()
            data: dict[str, Any] = (await answer.json())["data"]
            return data


@dataclass(frozen=True, slots=True)
class Chains:
    """Starts chains of steps that do nothing, and looks at them as shoppers look at their checkouts."""

    client: aiohttp.ClientSession
    url: str
    steps: int

    async def run(self) -> float:
        """Run one chain; return the seconds until it was seen to be done."""
        base, name = f"{self.url}/runtime/webhooks/durabletask", uuid4().hex
        began = time.perf_counter()
        async with self.client.post(
            f"{base}/orchestrators/chain/{name}", json={"steps": self.steps}
        ) as answer:
            answer.raise_for_status()
        while True:
            async with self.client.get(f"{base}/instances/{name}") as answer:
                status = await answer.json()
            if status["runtimeStatus"] == "Completed":
                return time.perf_counter() - began
            if status["runtimeStatus"] == "Failed":
                raise RuntimeError(f"a chain failed: {status['output']}")
            await _look_later(began, LOOK)


async def _look_later(began: float, pause: float) -> None:
    if time.perf_counter() - began > PATIENCE_SECONDS:
        raise TimeoutError(f"not done after {PATIENCE_SECONDS} seconds")
    await asyncio.sleep(pause)


async def at_once(jobs: Sequence[Callable[[], Awaitable[float]]], each: int) -> float:
    """Let every job be done `each` times in a row, all side by side; return how many were done a second."""

    async def repeated(job: Callable[[], Awaitable[float]]) -> None:
        for _ in range(each):
            await job()

    began = time.perf_counter()
    await asyncio.gather(*(repeated(job) for job in jobs))
    return len(jobs) * each / (time.perf_counter() - began)
