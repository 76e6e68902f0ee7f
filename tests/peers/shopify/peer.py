"""An API like Shopify's Admin GraphQL API 2026-07, on loopback, which checks documents by its schema.

It is written after Shopify's documentation, not after Shopify. The part of its schema that
counts here is `admin.graphql`: an unknown field, a missing variable or a wrong type is refused with `errors`.
"""

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from aiohttp import web
from graphql import graphql_sync

from tests.peers.loopback import on_loopback
from tests.peers.shopify.orders import Node, gid
from tests.peers.shopify.state import SCHEMA, ShopState
from tests.peers.stripe.faults import Fault

TOKEN = "shpat_" + "loopback"
PATH = "/admin/api/2026-07/graphql.json"


@dataclass(slots=True)
class ShopifyPeer(ShopState):
    """A running peer, and how its calls fail. `asked` is the name of every operation that was run."""

    url: str = ""
    faults: list[Fault] = field(default_factory=list)
    away: bool = False
    """Nothing is answered, nothing done."""
    loses: int = 0
    """How many answers to mutations are lost."""
    throttled: int = 0
    """How many requests are refused for want of points."""
    restore_rate: float = 100_000.0
    says: list[Node] = field(default_factory=list)
    """Errors that stand beside whatever is answered."""
    asked: list[str] = field(default_factory=list)
    variables: list[Node] = field(default_factory=list)

    def times(self, operation: str) -> int:
        """How often something was asked."""
        return self.asked.count(operation)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("X-Shopify-Access-Token") != TOKEN:
            text = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return web.json_response({"errors": text}, status=401)
        if request.path != PATH or request.content_type != "application/json":
            return web.json_response({"errors": "Not Found"}, status=404)
        given = await request.json()
        name = given["operationName"]
        fault = self._strikes(name)
        if fault is not None and not fault.after:
            return _fail(request, fault)
        answer = self._answer(given, name)
        if self.loses and given["query"].lstrip().startswith("mutation"):
            self.loses, fault = self.loses - 1, Fault(kind="drop")
        return _fail(request, fault) if fault is not None else web.json_response(answer)

    def _strikes(self, name: str) -> Fault | None:
        if self.away:
            return Fault(kind="status", status=503)
        fault = next((each for each in self.faults if each.strikes(name)), None)
        if fault is not None:
            self.faults.remove(fault)
        return fault

    def _answer(self, given: Node, name: str) -> Node:
        if self.throttled:
            self.throttled -= 1
            refused = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
            return {"errors": [refused], "extensions": self._cost(available=10.0, actual=None)}
        self.asked.append(name)
        self.variables.append(given["variables"])
        done = graphql_sync(
            SCHEMA,
            given["query"],
            self.roots(),
            variable_values=given["variables"],
            operation_name=name,
        )
        answer: Node = {"extensions": self._cost(available=990.0, actual=10)}
        if done.data is not None:
            answer["data"] = done.data
        if errors := [each.formatted for each in done.errors or ()] + self.says:
            answer["errors"] = errors
        return answer

    def _cost(self, *, available: float, actual: int | None) -> Node:
        status = {
            "maximumAvailable": 2000.0,
            "currentlyAvailable": available,
            "restoreRate": self.restore_rate,
        }
        return {"cost": {"requestedQueryCost": 101, "actualQueryCost": actual, "throttleStatus": status}}


def _fail(request: web.Request, fault: Fault) -> web.Response:
    if fault.kind == "status":
        headers = {"Location": "https://elsewhere.example/"} if 300 <= fault.status < 400 else {}
        return web.json_response({"errors": "Something went wrong"}, status=fault.status, headers=headers)
    if fault.kind == "rubbish":
        return web.Response(body=b"<html>We'll be right back</html>")
    if fault.kind == "cut":
        return web.Response(body=json.dumps({"data": {"order": {"id": gid("Order", 1)}}}).encode()[:-9])
    assert request.transport is not None
    request.transport.close()
    return web.Response()


@contextlib.asynccontextmanager
async def running_peer() -> AsyncIterator[ShopifyPeer]:
    peer = ShopifyPeer()
    async with on_loopback(peer.serve) as url:
        peer.url = url
        yield peer
