"""The running app as its users meet it: one host in this process, personas with tokens, a clock to move."""

import atexit
import contextlib
import hashlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp

from devhost.running import Host
from shared import bootstrap
from shared.bootstrap import App
from shared.chosen_adapters import Ports
from shared.domain.identity import Persona
from tests.saga.faults import Faults, FaultyPayments, FaultyVendors
from tools.place import Place
from tools.serve import fill, running_app

MONDAY = datetime.fromisoformat("2026-05-04T14:00:00+00:00")
"""Monday, 4 May 2026, 9:00 in Austin."""
HOME = {"address": "500 Congress Ave, Austin", "point": {"latitude": 30.2672, "longitude": -97.7431}}
AUSTIN = "America/Chicago"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a door answered."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str]

    @property
    def data(self) -> Any:
        """The `data` of a success."""
        assert self.status < 400, f"{self.status}: {self.body}"
        return self.body["data"]

    @property
    def code(self) -> str:
        """The `code` of a problem."""
        assert self.status >= 400, f"{self.status}: {self.body}"
        return str(self.body["code"])


@dataclass(frozen=True, slots=True)
class Caller:
    """One persona with a token."""

    world: "World"
    token: str | None

    async def call(
        self, method: str, path: str, json: Any = None, *, key: str | None = None, **query: Any
    ) -> Answer:
        """Ask a door; `key` is an idempotency key."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if key is not None:
            headers["Idempotency-Key"] = key
        return await self.world.send(method, path, json=json, headers=headers, params=query)

    async def get(self, path: str, **query: Any) -> Any:
        """Return the data of a GET that must succeed."""
        return (await self.call("GET", path, **query)).data

    async def post(self, path: str, json: Any = None, *, key: str | None = None) -> Any:
        """Return the data of a POST that must succeed."""
        return (await self.call("POST", path, json, key=key)).data


@dataclass(frozen=True, slots=True)
class World:
    """A running app on the virtual clock."""

    host: Host
    http: aiohttp.ClientSession
    faults: Faults = field(default_factory=Faults)
    """What fails, in a world that was asked to be `faulty`."""

    @property
    def app(self) -> App:
        """The app's own composition, for arranging what has no door yet and for looking inside."""
        return bootstrap.app()

    async def send(self, method: str, path: str, **more: Any) -> Answer:
        """Send a raw request; where it is led on to is told, not followed."""
        url = f"{self.host.url}{path}"
        async with self.http.request(method, url, allow_redirects=False, **more) as answer:
            is_json = answer.content_length != 0 and answer.content_type.endswith("json")
            body = await answer.json(content_type=None) if is_json else {}
            return Answer(answer.status, body, answer.headers)

    def caller(self, persona: Persona, subject: str, **more: str) -> Caller:
        """Someone with a token that lasts as long as any test's clock."""
        token = self.app.tokens.issue(  # type: ignore[attr-defined]
            persona, subject=subject, lifetime=timedelta(days=400), **more
        )
        return Caller(self, token)

    def customer(self, name: str = "alice") -> Caller:
        """A customer."""
        return self.caller(Persona.CUSTOMER, name)

    def partner(self, vendor_id: str) -> Caller:
        """The partner that speaks for a vendor."""
        return self.caller(Persona.PARTNER, f"staff-{vendor_id}", partner_id=vendor_id)

    def admin(self) -> Caller:
        """Someone who operates the platform."""
        return self.caller(Persona.ADMIN, "ops")

    def nobody(self) -> Caller:
        """Someone without a token."""
        return Caller(self, None)

    async def settle(self) -> None:
        """Wait until nothing is left to do at this instant."""
        assert await self.host.settle(20), "the host is still busy"

    async def advance(self, **by: float) -> None:
        """Let time pass, everything due happening in order."""
        await self.host.advance(timedelta(**by))

    def now(self) -> datetime:
        """The virtual instant."""
        return self.host.clock.now()

    async def updates(self, caller: Caller, thread_id: str) -> list[dict[str, Any]]:
        """What the customer was told in a thread, oldest first."""
        await self.settle()
        return list((await caller.get(f"/api/v1/threads/{thread_id}"))["updates"])

    async def history(self, instance_id: str) -> list[dict[str, Any]]:
        """The durable history of a plan."""
        status = await self.host.engine.get_status(instance_id, show_history=True)
        return list(status["historyEvents"])


Elsewhere = Callable[..., contextlib.AbstractAsyncContextManager[World]]
_elsewhere: list[Elsewhere] = []


@contextlib.contextmanager
def standing(elsewhere: Elsewhere) -> Iterator[None]:
    """While the block lasts, let `elsewhere(data, **settings)` make worlds, not among embedded services."""
    _elsewhere.append(elsewhere)
    try:
        yield
    finally:
        _elsewhere.pop()


@contextlib.asynccontextmanager
async def running(data: Path, **more: Any) -> AsyncIterator[World]:
    """Serve the app from `data` at MONDAY, among what this run's worlds stand among; `more` as `served`."""
    async with (_elsewhere[-1] if _elsewhere else served)(data, **more) as world:
        yield world


@contextlib.asynccontextmanager
async def served(
    data: Path,
    *,
    seeded: Path | None = None,
    faulty: bool = False,
    forgiving: bool = False,
    ports: Ports | None = None,
    **settings: str,
) -> AsyncIterator[World]:
    """Serve the app from `data` at MONDAY; `seeded` is a data folder to start from, `ports` replace its own.

    In a `faulty` world the payment provider and the vendors can be made to fail. No message may have been
    given up at the end of any world but a `forgiving` one.
    """
    if not (data / "uso").exists():
        shutil.copytree(seeded or await _stocked(), data, dirs_exist_ok=True)
    place = Place(data=data, port=0, clock="virtual", start_at=MONDAY)
    place = replace(place, more={f"USO_{name.upper()}": value for name, value in settings.items()})
    faults = Faults()
    with bootstrap.serving(_failing(faults) if faulty else ports or Ports()):
        async with running_app(place) as host, aiohttp.ClientSession() as http:
            yield World(host, http, faults)
            given_up = [f"{each.entity}: {each.dead_description}" for each in host.bus.dead_letters()]
            assert forgiving or not given_up, "\n".join(given_up)


async def _stocked() -> Path:
    """A data folder with the shipped catalogue, filled once per process."""
    folder = _home() / "stocked"
    if not folder.exists():
        await fill(Place(data=folder, port=0, clock="virtual", start_at=MONDAY))
    return folder


@cache
def _home() -> Path:
    """What this process keeps for all of its worlds; gone with it."""
    home = Path(tempfile.mkdtemp(prefix="uso-worlds-"))
    atexit.register(shutil.rmtree, home)
    return home


def _failing(faults: Faults) -> Ports:
    """The embedded provider and vendors behind what makes them fail; they are there once the app is."""
    return Ports(
        payments=FaultyPayments(lambda: bootstrap.app().payment_rehearsal, faults),  # type: ignore[arg-type]
        vendors=FaultyVendors(lambda: bootstrap.app().inventory, faults),
    )


def fingerprint(value: object) -> str:
    """A short stable digest, for comparing what two runs did."""
    return hashlib.sha256(repr(value).encode()).hexdigest()[:12]
