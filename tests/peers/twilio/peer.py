"""An API like Twilio's on loopback: messages, contents, media, signed webhooks, faults.

Written after its OpenAPI documents and guides, not after Twilio. What it signs is signed by the SDK's own
validator, so that the app's reading is held against something that is not the app's.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import encode_basic_auth, web
from twilio.request_validator import RequestValidator

from tests.peers.loopback import on_loopback
from tests.peers.stripe.faults import Fault
from tests.peers.twilio.messages import ACCOUNT, TOKEN, Ledger, Message, Refused

API = f"/2010-04-01/Accounts/{ACCOUNT}"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(2000)


@dataclass(slots=True)
class TwilioPeer:
    """A running peer. `asked` is every request, `away` answers nothing but 503."""

    url: str = ""
    ledger: Ledger = field(default_factory=Ledger)
    faults: list[Fault] = field(default_factory=list)
    away: bool = False
    asked: list[str] = field(default_factory=list)
    media: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """Files by their id: type and bytes."""
    storage: str = ""
    """Where media redirects to; the peer's own storage without it."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    numbers: Any = field(default_factory=lambda: count(1))

    @property
    def sent(self) -> list[Message]:
        """What was created, oldest first."""
        return self.ledger.messages

    def to(self, address: str) -> list[str]:
        """The words that went to an address and did not fail at once."""
        return [each.body for each in self.sent if each.to == address and each.error is None]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        asked = f"{request.method} {request.path}"
        self.asked.append(asked)
        if self.away:
            return web.json_response({"code": 20503, "status": 503, "message": "away"}, status=503)
        fault = next((each for each in self.faults if each.strikes(asked)), None)
        if fault is not None:
            self.faults.remove(fault)
        if fault is not None and not fault.after:
            return await _fail(request, fault)
        if request.path.startswith("/storage/"):
            return self._stored(request)
        if request.headers.get("Authorization") != encode_basic_auth(ACCOUNT, TOKEN):
            return _problem(Refused(20003, "Authenticate", status=401))
        try:
            answer = await self._answer(request)
        except Refused as refused:
            return _problem(refused)
        return answer if fault is None else await _fail(request, fault)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        match request.method, request.path:
            case "POST", path if path == f"{API}/Messages.json":
                form = {name: str(value) for name, value in (await request.post()).items()}
                return web.json_response(self.ledger.create(form, at=self.now()).shown(), status=201)
            case "GET", path if path == f"{API}/Messages.json":
                return web.json_response(self._listed(request))
            case "POST", "/v1/Content":
                made = self.ledger.make_content(await request.json())
                return web.json_response({"sid": made.sid, "friendly_name": made.name}, status=201)
            case "GET", "/v1/Content":
                found = [
                    {"sid": each.sid, "friendly_name": each.name} for each in self.ledger.contents.values()
                ]
                return web.json_response({"contents": found, "meta": {"key": "contents"}})
            case "GET", path if path.startswith(f"{API}/Messages/") and "/Media/" in path:
                location = self.storage or f"{self.url}/storage/{path.rpartition('/')[2]}"
                return web.Response(status=307, headers={"Location": location})
        raise Refused(20404, "The requested resource was not found", status=404)

    def _listed(self, request: web.Request) -> dict[str, Any]:
        query = request.query
        after = datetime.fromisoformat(query["DateSent>"])
        found = [
            each.shown()
            for each in reversed(self.sent)
            if each.to == query["To"] and each.sender == query["From"] and each.at >= after
        ]
        return {"messages": found, "page": 0, "page_size": 50, "next_page_uri": None}

    def _stored(self, request: web.Request) -> web.Response:
        type_, content = self.media[request.path.rpartition("/")[2]]
        return web.Response(body=content, headers={"Content-Type": type_})

    # --- what Twilio does of its own accord -----------------------------------------------------

    def picture(self, content: bytes = JPEG, type_: str = "image/jpeg") -> dict[str, str]:
        """Put a file there; return the parameters that tell of it."""
        id = f"ME{next(self.numbers):032x}"
        self.media[id] = (type_, content)
        url = f"{self.url}{API}/Messages/MM{0:032x}/Media/{id}"
        return {"NumMedia": "1", "MediaUrl0": url, "MediaContentType0": type_}

    def news(self, message: Message, status: str, error: str = "") -> dict[str, str]:
        """The parameters of a status callback."""
        told = {"MessageSid": message.sid, "SmsSid": message.sid, "MessageStatus": status}
        told |= {"To": message.to, "From": message.sender, "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01"}
        return told | ({"ErrorCode": error} if error else {})


def signed(url: str, form: dict[str, str], *, token: str = TOKEN) -> dict[str, str]:
    """The headers of a webhook, signed by the SDK's own validator."""
    signature = RequestValidator(token).compute_signature(url, form)
    return {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}


async def deliver(url: str, form: dict[str, str]) -> int:
    """POST a signed webhook."""
    async with (
        aiohttp.ClientSession() as http,
        http.post(url, data=urlencode(form), headers=signed(url, form)) as answer,
    ):
        return answer.status


async def _fail(request: web.Request, fault: Fault) -> web.StreamResponse:
    if fault.kind == "status":
        return web.json_response({"code": 20500, "status": fault.status}, status=fault.status)
    if fault.kind == "rubbish":
        return web.Response(body=b"<html>We'll be right back</html>", status=201)
    if fault.kind == "cut":
        return web.Response(body=json.dumps({"sid": "SM" + "0" * 32}).encode()[:-9], status=201)
    if fault.kind == "hang":
        await asyncio.sleep(60)
    assert request.transport is not None
    request.transport.close()
    return web.Response()


def _problem(refused: Refused) -> web.Response:
    body = {"code": refused.code, "status": refused.status, "message": refused.message, "more_info": ""}
    return web.json_response(body, status=refused.status)


@contextlib.asynccontextmanager
async def running_peer() -> AsyncIterator[TwilioPeer]:
    peer = TwilioPeer()
    async with on_loopback(peer.serve) as url:
        peer.url = url
        yield peer
