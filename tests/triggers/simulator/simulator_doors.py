"""The simulator's doors around the real app, without a host; tokens are names of personas."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import azure.functions as func

from shared.bootstrap import App, bootstrap
from shared.chosen_adapters import Ports
from shared.domain.catalogue import Vendor
from shared.domain.identity import Persona, Principal
from shared.domain.places import GeoPoint, Place
from shared.errors import Unauthenticated
from shared.ports.channels import PartnerMessage
from shared.ports.events import CloudEvent
from shared.services.simulator.desk import SimulatorDesk
from shared.settings import Settings
from tests.clocks import HandClock
from triggers.simulator.table import SIMULATOR
from triggers.web.door import Door
from triggers.web.route import Route

NOW = datetime(2026, 5, 4, 15, 0, tzinfo=UTC)
AUSTIN = {"address": "1 Main St", "point": {"latitude": 30.27, "longitude": -97.74}}
REAL = Vendor(
    id="real-florist",
    name="Real Florist",
    business_type="florist",
    place=Place(address="2 Main St", point=GeoPoint(latitude=30.2, longitude=-97.7)),
)


class QuietBus:
    async def publish(self, events: list[CloudEvent]) -> None:
        """Say nothing."""


class NamedTokens:
    """`ann` and `bob` are admins, everyone else a customer; an empty token is nobody's."""

    async def verify(self, token: str) -> Principal:
        if token in ("ann", "bob"):
            return Principal(subject=token, persona=Persona.ADMIN)
        if token == "eve":
            return Principal(subject=token, persona=Persona.CUSTOMER, customer_id=token)
        raise Unauthenticated("The token is not valid.", code="invalid_token")


def new_app(folder: Path, clock: HandClock) -> App:
    """The real app on a fresh store."""
    app = bootstrap(Settings(data_dir=folder), Ports(clock=clock, bus=QuietBus()))
    return replace(app, tokens=NamedTokens())


class Doors:
    """Calls doors by method and path, as a host would."""

    def __init__(self, folder: Path) -> None:
        self.clock = HandClock(NOW)
        self.app = new_app(folder, self.clock)
        self._doors = {route.name: Door(route, lambda: self.app) for route in SIMULATOR}

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = "ann",
        headers: Mapping[str, str] | None = None,
    ) -> func.HttpResponse:
        """Send one request to `/api/v1/simulator/{path}`."""
        bare, _, query = path.partition("?")
        route, parameters = _matched(method, f"api/v1/simulator/{bare}")
        raw = b"" if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json"} if raw else {}
        sent |= {"Authorization": f"Bearer {token}"} if token else {}
        request = func.HttpRequest(
            method,
            f"http://localhost/api/v1/simulator/{bare}{'?' if query else ''}{query}",
            headers=sent | dict(headers or {}),
            route_params=parameters,
            body=raw,
        )
        return await self._doors[route.name].answer(request)

    async def data(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """Send one request that succeeds, and return its data."""
        response = await self.call(method, path, body, **options)
        answer = json.loads(response.get_body())
        assert response.status_code < 300, answer
        return answer["data"]

    async def problem(self, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, str, Any]:
        """Send one request that fails; return status, code and the field at fault."""
        response = await self.call(method, path, body, **options)
        answer = json.loads(response.get_body())
        assert response.status_code >= 400, answer
        return response.status_code, answer["code"], next((e["field"] for e in answer["errors"]), None)

    async def ask(self, message: PartnerMessage, *, partner: str) -> None:
        """Let the platform ask a partner, and deliver what is due at once."""
        desk = SimulatorDesk(self.app.records, self.app.store)
        await desk.take(self.app.catalogue.vendor(partner), message)


def _matched(method: str, path: str) -> tuple[Route, dict[str, str]]:
    parts = path.split("/")
    fitting = []
    for route in SIMULATOR:
        names = route.path.split("/")
        if route.method != method or len(names) != len(parts):
            continue
        pairs = list(zip(names, parts, strict=True))
        if all(name == part or name.startswith("{") for name, part in pairs):
            given = {name[1:-1]: part for name, part in pairs if name.startswith("{")}
            fitting.append((len(given), route, given))
    _, route, given = min(fitting, key=lambda each: each[0])
    return route, given
