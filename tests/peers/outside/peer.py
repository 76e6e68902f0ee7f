"""Slack's incoming webhooks, a push gateway and Twilio's Messages API on loopback: they keep what they get.

Written after their documentation: Slack takes 3,000 characters in a section, the gateway verifies Standard
Webhooks, Twilio's messages are those of `tests.peers.twilio`.
"""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import encode_basic_auth, web

from shared.domain.webhook_signature import new_secret, verify
from shared.errors import Unauthenticated
from tests.peers.loopback import on_loopback
from tests.peers.twilio.messages import ACCOUNT, SMS_FROM, TOKEN, Ledger, Refused

HOOK = "/services/T000/B000/" + "loopback"
SENDER = SMS_FROM
PUSH_SECRET = new_secret()
MAX_SECTION = 3000


@dataclass(slots=True)
class OutsidePeer:
    """A running peer. `fails` is what it answers instead: a status, or 0 for a connection that breaks."""

    url: str = ""
    fails: list[int] = field(default_factory=list)
    raw: bytes = b""
    """With it, this is sent instead of an HTTP answer."""
    asked: int = 0
    posted: list[dict[str, Any]] = field(default_factory=list)
    """What Slack shows."""
    pushed: dict[str, bytes] = field(default_factory=dict)
    """What phones show, by the webhook's id: the same id again shows nothing new."""
    twilio: Ledger = field(default_factory=Ledger)
    now: datetime | None = None

    @property
    def texted(self) -> list[tuple[str, str, str]]:
        """SMS as (from, to, text)."""
        return [(sms.sender, sms.to, sms.body) for sms in self.twilio.messages]

    @property
    def hook(self) -> str:
        return f"{self.url}{HOOK}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        if self.raw:
            assert request.transport is not None
            request.transport.write(self.raw)
            request.transport.close()
            return web.Response()
        if self.fails:
            status = self.fails.pop(0)
            if status:
                headers = {"Location": f"{self.url}/elsewhere"} if status in (301, 302, 307) else {}
                return web.Response(status=status, text=f"no {HOOK}", headers=headers)
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        if request.path.startswith("/services/"):
            return await self._slack(request)
        if request.path == "/push":
            return await self._push(request)
        return await self._twilio(request)

    async def _slack(self, request: web.Request) -> web.Response:
        if request.path != HOOK:
            return web.Response(status=404, text="no_service")
        message = await request.json()
        for block in message.get("blocks", []):
            texts = [block["text"]] if block["type"] == "section" else block["elements"]
            if any(not 0 < len(each["text"]) <= MAX_SECTION for each in texts):
                return web.Response(status=400, text="invalid_blocks")
        self.posted.append(message)
        return web.Response(text="ok")

    async def _push(self, request: web.Request) -> web.Response:
        body = await request.read()
        assert self.now is not None
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            id = verify(
                [PUSH_SECRET], headers=headers, body=body, now=self.now, tolerance=timedelta(minutes=5)
            )
        except Unauthenticated:
            return web.Response(status=401)
        self.pushed.setdefault(id, body)
        return web.Response(status=204)

    async def _twilio(self, request: web.Request) -> web.Response:
        if request.path != f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json" or request.method != "POST":
            return _problem(404, 20404, "The requested resource was not found")
        if request.headers.get("Authorization") != encode_basic_auth(ACCOUNT, TOKEN):
            return _problem(401, 20003, "Authenticate")
        form = {name: str(value) for name, value in (await request.post()).items()}
        try:
            sms = self.twilio.create(form, at=self.now or datetime.now(UTC))
        except Refused as refused:
            return _problem(refused.status, refused.code, refused.message)
        return web.json_response(sms.shown(), status=201)


def _problem(status: int, code: int, message: str) -> web.Response:
    return web.json_response({"status": status, "code": code, "message": message}, status=status)


@contextlib.asynccontextmanager
async def running_peer() -> AsyncIterator[OutsidePeer]:
    peer = OutsidePeer()
    async with on_loopback(peer.serve) as url:
        peer.url = url
        yield peer
