"""The part of Meta's Marketing API that campaigns are about, on loopback, with campaigns that it keeps.

It is written after Meta's documentation, not after Meta: pages by cursors, `success`, errors with codes.
"""

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.peers.loopback import on_loopback
from tests.peers.stripe.faults import Fault

TOKEN, ACCOUNT = "EAA" + "loopback", "act_1"
VERSION = "/v24.0"


@dataclass(slots=True)
class MetaPeer:
    """A running peer, and what a test may do to it. `asked` is every request with its whole URL."""

    url: str = ""
    campaigns: dict[str, dict[str, str]] = field(default_factory=dict)
    page: int = 2
    """How many campaigns a page has, whatever is asked for."""
    faults: list[Fault] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    refuses: tuple[int, int] | None = None
    """Code and subcode that every change is refused with."""

    def run(self, id: str, name: str, status: str = "ACTIVE") -> None:
        """Let a campaign be there."""
        self.campaigns[id] = {"id": id, "name": name, "status": status}

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.rel_url}")
        fault = next((each for each in self.faults if each.strikes(self.asked[-1])), None)
        if fault is not None:
            self.faults.remove(fault)
            if not fault.after:
                return _fail(request, fault)
        answer = await self._answer(request)
        return _fail(request, fault) if fault is not None else answer

    async def _answer(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _problem(400, 190, 0, "Invalid OAuth access token - Cannot parse access token")
        if request.method == "GET" and request.path == f"{VERSION}/{ACCOUNT}/campaigns":
            return web.json_response(self._listed(dict(request.query)))
        campaign = self.campaigns.get(request.path.removeprefix(f"{VERSION}/"))
        if request.method != "POST" or campaign is None:
            return _problem(400, 100, 33, "Unsupported post request. Object with ID does not exist")
        if self.refuses is not None:
            return _problem(400, *self.refuses, "Invalid parameter")
        status = (await request.post()).get("status")
        if status not in ("ACTIVE", "PAUSED"):
            return _problem(400, 100, 0, "(#100) status must be one of ACTIVE, PAUSED")
        campaign["status"] = str(status)
        return web.json_response({"success": True})

    def _listed(self, query: dict[str, str]) -> dict[str, Any]:
        """One page; the cursor is the place of the last one on it."""
        fields, start = query["fields"].split(","), int(query.get("after", "0"))
        every = list(self.campaigns.values())
        rows = every[start : start + min(self.page, int(query.get("limit", "25")))]
        end = start + len(rows)
        shown = [{name: row[name] for name in {"id", *fields}} for row in rows]
        paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(end)}}
        if end < len(every):
            paging["next"] = f"{self.url}/{ACCOUNT}/campaigns?access_token={TOKEN}&after={end}"
        return {"data": shown, "paging": paging} if rows else {"data": []}


def _problem(status: int, code: int, subcode: int, message: str) -> web.Response:
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A"}
    if subcode:
        error["error_subcode"] = subcode
    return web.json_response({"error": error}, status=status)


def _fail(request: web.Request, fault: Fault) -> web.Response:
    if fault.kind == "status":
        return _problem(fault.status, 2, 0, "Service temporarily unavailable")
    if fault.kind == "rubbish":
        return web.Response(body=b"<html>Sorry, something went wrong</html>")
    if fault.kind == "cut":
        return web.Response(body=json.dumps({"success": True, "data": []}).encode()[:-9])
    assert request.transport is not None
    request.transport.close()
    return web.Response()


@contextlib.asynccontextmanager
async def running_peer() -> AsyncIterator[MetaPeer]:
    peer = MetaPeer()
    async with on_loopback(peer.serve) as url:
        peer.url = f"{url}{VERSION}"
        yield peer
