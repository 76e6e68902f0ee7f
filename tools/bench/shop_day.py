"""(i) A day of the web shop under load: a thousand orders and a thousand messages, and everything ends."""

import asyncio
import json
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from shared.domain.webhook_signature import new_secret, sign
from tools.bench.figures import Figure
from tools.hosted import Hosted, hosted_app
from tools.place import Place, free_port
from tools.tokens import issue

ORDERS = MESSAGES = 1000
HOURS = 24
AT_ONCE = 8
AFTERMATH = timedelta(days=10)
"""By then every parcel has arrived, and whoever was asked something has been waited for."""
_SHELVES = {"ali": "A10{:02}", "cj": "CJ20{:02}"}
"""Supplier -> its numbers of the goods, counted from 1."""
MONDAY = datetime(2026, 5, 4, 5, tzinfo=UTC)
SECRET = new_secret()
SKUS = ("NECK-MASSAGER", "PHONE-STAND", "YOGA-MAT", "DESK-LAMP", "WATER-BOTTLE", "PET-BRUSH", "CAR-MOUNT")
TEXTS = (
    "Where is my order?",
    "The item arrived damaged, I want a refund please.",
    "Please cancel my order.",
    "Is it dishwasher safe?",
    "Thank you, it is lovely!",
    "This is ridiculous, I have asked three times! Where is it?!",
)
_ADDRESS = {"line1": "500 Congress Ave", "city": "Austin", "region": "TX", "country": "US"}


@dataclass(frozen=True, slots=True)
class _Day:
    """The doors of a running app, and its clock."""

    client: aiohttp.ClientSession
    url: str
    token: str

    async def stock_up(self) -> None:
        """Let the suppliers have enough of everything, a day from the door."""
        for supplier, number in _SHELVES.items():
            for n in range(1, 13):
                shelf = {
                    "supplier_sku": number.format(n),
                    "price": 300,
                    "shipping": 0,
                    "stock": 10**6,
                    "days": 1,
                }
                path = f"/api/v1/simulator/suppliers/{supplier}/stock"
                await self._send("PUT", path, json.dumps(shelf).encode(), self._bearer())

    async def answer_alarms(self) -> int:
        """Let a person take every ticket that waits for one."""
        waiting = await self.get("/api/v1/admin/operations/tickets?limit=200")
        taken = [each["ticket_id"] for each in waiting if each["status"] == "escalated"]
        for id in taken:
            await self._post(f"/api/v1/tickets/{id}/take-over", b"{}", self._bearer())
        return len(taken)

    async def buy(self, n: int) -> None:
        """One customer buys; every twentieth with an address that cannot be right."""
        zip_ = "7870" if n % 20 == 0 else "78701"
        order = {
            "email": f"customer-{n}@example.com",
            "name": f"Customer {n}",
            "address": _ADDRESS | {"name": f"Customer {n}", "postal_code": zip_},
            "lines": [{"sku": SKUS[n % len(SKUS)]}],
        }
        await self._post("/api/v1/simulator/shop/orders", json.dumps(order).encode(), self._bearer())

    async def write(self, n: int, now: datetime) -> None:
        """One customer writes a mail; every two hundredth has been hurt."""
        text = "It burned my hand" if n % 200 == 0 else TEXTS[n % len(TEXTS)]
        mail = {
            "message_id": f"<{n}@example.com>",
            "from": f"customer-{n}@example.com",
            "subject": "My order",
            "text": text,
            "authenticated": True,
        }
        body = json.dumps(mail).encode()
        headers = sign(SECRET, id=f"msg_{n}", timestamp=now, body=body)
        await self._post("/api/v1/webhooks/mail", body, headers)

    async def pass_(self, span: timedelta) -> None:
        """Let time pass."""
        body = json.dumps({"advance": f"PT{int(span.total_seconds())}S"}).encode()
        await self._post("/devhost/clock", body, {})

    async def get(self, path: str) -> Any:
        """The data of an answer."""
        async with self.client.get(f"{self.url}{path}", headers=self._bearer()) as answer:
            answer.raise_for_status()
            return (await answer.json())["data"]

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def _post(self, path: str, body: bytes, headers: dict[str, str]) -> None:
        await self._send("POST", path, body, headers)

    async def _send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> None:
        given = {"Content-Type": "application/json", **headers}
        async with self.client.request(method, f"{self.url}{path}", data=body, headers=given) as answer:
            if answer.status >= 400:
                raise RuntimeError(f"{path} answered {answer.status}: {await answer.text()}")


def measure() -> list[Figure]:
    """Live through the day, then through what it leaves behind; count what has ended."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        place = Place(
            data=Path(folder),
            port=free_port(),
            clock="virtual",
            start_at=MONDAY,
            more={"USO_MAIL_WEBHOOK_SECRET": SECRET},
        )
        with hosted_app(place) as app:
            token = issue(place.data, persona="admin", id="ops", lifetime=timedelta(days=90))
            return asyncio.run(_lived(app, token))


async def _lived(app: Hosted, token: str) -> list[Figure]:
    timeout = aiohttp.ClientTimeout(total=3600)
    async with aiohttp.ClientSession(timeout=timeout) as client:
        day = _Day(client, app.url, token)
        await day.stock_up()
        began = time.perf_counter()
        for hour in range(HOURS):
            now = MONDAY + timedelta(hours=hour)
            await _at_once([day.buy(n) for n in _of_hour(hour, ORDERS)])
            await _at_once([day.write(n, now) for n in _of_hour(hour, MESSAGES)])
            await day.pass_(timedelta(hours=1))
        lived = time.perf_counter() - began
        began = time.perf_counter()
        while await day.answer_alarms():
            pass
        await day.pass_(AFTERMATH)
        waited = time.perf_counter() - began
        books = await day.get("/api/v1/admin/ledger/trial-balance")
    plans = app.plans()
    return [*_speed(lived, waited), *_ends(plans), _books(books)]


def _of_hour(hour: int, total: int) -> Iterator[int]:
    return iter(range(total * hour // HOURS, total * (hour + 1) // HOURS))


async def _at_once(jobs: Sequence[Awaitable[None]]) -> None:
    waiting = asyncio.Semaphore(AT_ONCE)

    async def one(job: Awaitable[None]) -> None:
        async with waiting:
            await job

    await asyncio.gather(*(one(job) for job in jobs))


def _speed(lived: float, waited: float) -> list[Figure]:
    note = f"{ORDERS} orders and {MESSAGES} messages, every webhook, supplier, parcel and letter included"
    return [
        Figure(name="a day of the shop", ours=lived, unit="s", note=note),
        Figure(name="orders and messages", ours=(ORDERS + MESSAGES) / lived, unit="a second", better="more"),
        Figure(name="the ten days after it", ours=waited, unit="s"),
    ]


def _ends(plans: Sequence[dict[str, Any]]) -> list[Figure]:
    kinds = Counter(plan["name"] for plan in plans)
    open_ = [plan["name"] for plan in plans if not _has_ended(plan)]
    told = ", ".join(f"{count} {name}" for name, count in kinds.most_common())
    return [
        Figure(name="plans", ours=len(plans), unit="", note=told),
        Figure(name="plans that have not ended", ours=len(open_), unit="", aim=0, note=_named(open_)),
    ]


def _has_ended(plan: dict[str, Any]) -> bool:
    return any(event["EventType"] == 1 and event.get("OrchestrationStatus") != 2 for event in plan["history"])


def _named(names: Sequence[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in Counter(names).most_common())


def _books(books: dict[str, Any]) -> Figure:
    note = "debits equal credits" if books["balanced"] else "NOT balanced"
    return Figure(name="entries in the ledger", ours=books["entries"], unit="", note=note)
