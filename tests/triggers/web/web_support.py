"""A small app and small doors to try the web layer with."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import azure.functions as func

from shared.domain.identity import Persona, Principal
from shared.errors import Unauthenticated
from shared.settings import Settings
from triggers.web.door import Door
from triggers.web.route import Route

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
ALICE = Principal(subject="alice", persona=Persona.CUSTOMER, customer_id="alice")
SHOP = Principal(subject="shop", persona=Persona.PARTNER, partner_id="shop")


class FixedClock:
    def now(self) -> datetime:
        return NOW


class KnownTokens:
    """Tokens that are names."""

    async def verify(self, token: str) -> Principal:
        for principal in (ALICE, SHOP):
            if token == principal.subject:
                return principal
        raise Unauthenticated("The token is not valid.", code="invalid_token")


@dataclass
class FakeApp:
    settings: Settings = field(default_factory=Settings)
    clock: FixedClock = field(default_factory=FixedClock)
    tokens: KnownTokens = field(default_factory=KnownTokens)
    states: Mapping[str, str | None] = field(default_factory=lambda: {"store": None})

    async def ready(self) -> Mapping[str, str | None]:
        return self.states


def door(handler: str, *, app: FakeApp | None = None, **options: Any) -> Door:
    row = {"name": "tried", "method": "POST", "path": "api/tried", "summary": "A door to try."} | options
    shared = app or FakeApp()
    return Door(Route(handler=f"web_handlers:{handler}", **row), lambda: shared)  # type: ignore[arg-type, return-value]


def request(
    body: Any = b"",
    *,
    method: str = "POST",
    query: str = "",
    path: Mapping[str, str] | None = None,
    token: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> func.HttpRequest:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Content-Type": "application/json"} if raw else {}
    sent |= {"Authorization": f"Bearer {token}"} if token else {}
    return func.HttpRequest(
        method,
        f"http://localhost/api/tried{query}",
        headers=sent | dict(headers or {}),
        route_params=dict(path or {}),
        body=raw,
    )


async def answer_of(tried: Door, *args: Any, **options: Any) -> tuple[int, dict[str, Any]]:
    response = await tried.answer(request(*args, **options))
    return response.status_code, json.loads(response.get_body())
