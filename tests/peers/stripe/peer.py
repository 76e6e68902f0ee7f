"""A Stripe of the tests' own, on loopback: stateful, refusing what the installed SDK's types do not know.

It is written after Stripe's documentation, not after Stripe: what only a real account can show stands in the
README. Amounts are in Stripe's units. This module is the server: who asks, with which version and key, what
goes wrong, and what is answered.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from tests.peers.loopback import on_loopback
from tests.peers.stripe import balance, connect, disputes, payments, refunds
from tests.peers.stripe.faults import Fault
from tests.peers.stripe.forms import decode
from tests.peers.stripe.idempotency import Keys
from tests.peers.stripe.listing import expanded
from tests.peers.stripe.params import checked
from tests.peers.stripe.refusals import Refusal
from tests.peers.stripe.routes import Route, route_of
from tests.peers.stripe.state import State, Thing

VERSION = "2026-10-28.endive"
KEY = "sk_test_" + "loopback"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that came in."""

    method: str
    path: str
    params: dict[str, Any]
    key: str


@dataclass(slots=True)
class StripePeer:
    """A running peer, and what a test may do to it."""

    url: str
    state: State
    keys: Keys
    faults: list[Fault] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    api_key: str = KEY
    used: set[Route] = field(default_factory=set)

    # --- arranging ------------------------------------------------------------------------------

    def pays_with(self, customer_id: str, card: str, *, default: bool = True) -> None:
        """Let a customer of ours have this card stored; "" for none."""
        self.state.wallets[customer_id] = card
        if not default:
            self.state.without_default.add(customer_id)

    def fail(self, kind: Any, *, times: int = 1, **more: Any) -> None:
        """Let something go wrong with the next requests."""
        self.faults += [Fault(kind=kind, **more)] * times

    def act(self, payment_id: str, *, succeed: bool = True) -> None:
        """Let the customer confirm a payment with their bank, or fail to."""
        payments.answered(self.state, self.intent(payment_id), succeed=succeed)

    def lapse(self, payment_id: str) -> None:
        """Let an authorisation's time run out."""
        payments.end(self.state, self.intent(payment_id), "automatic")

    def onboard(self, account_id: str, *, complete: bool = True) -> None:
        """Let a payee complete its details."""
        connect.onboard(self.state, self.state.get("account", account_id), complete=complete)

    def bounce(self, refund_id: str) -> None:
        """Let a bank not take a refund."""
        refunds.bounce(self.state, self.state.get("refund", refund_id))

    def open_dispute(
        self, payment_id: str, *, reason: str = "fraudulent", amount: int | None = None
    ) -> Thing:
        """Let the customer's bank take a payment back."""
        intent = self.intent(payment_id)
        taken = intent["amount_received"] if amount is None else amount
        return disputes.open_dispute(self.state, intent, reason=reason, amount=taken)

    def close_dispute(self, dispute_id: str, *, won: bool) -> None:
        """Let the bank decide."""
        disputes.close(self.state, self.state.get("dispute", dispute_id), won=won)

    def pay_out(self, amount: int, currency: str = "usd") -> Thing:
        """Send a part of the balance to the platform's bank."""
        return balance.pay_out(self.state, amount, currency)

    # --- looking --------------------------------------------------------------------------------

    def intent(self, payment_id: str) -> Thing:
        """Return a PaymentIntent."""
        return self.state.get("payment_intent", payment_id)

    def writes(self, path: str = "") -> list[Asked]:
        """Return what was asked for by POST, at paths that contain this."""
        return [each for each in self.asked if each.method == "POST" and path in each.path]

    def count(self, kind: str) -> int:
        """Return how many objects of a kind there are."""
        return len(self.state.all(kind))

    # --- serving --------------------------------------------------------------------------------

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Serve one request, as far as no fault is in the way."""
        fault = self._fault(f"{request.method} {request.path}")
        if fault is not None and not fault.after:
            return await self._struck(fault, request, (fault.status, _broken(fault.status)))
        try:
            done = await self._served(request, fault)
        except Refusal as refusal:
            done = refusal.status, json.dumps(refusal.body).encode()
        if fault is not None:
            return await self._struck(fault, request, done)
        return _response(*done)

    async def _served(self, request: web.Request, fault: Fault | None) -> tuple[int, bytes]:
        self._check_headers(request)
        text = (await request.text()) if request.method == "POST" else request.query_string
        route, ids = route_of(request.method, request.path)
        self.used.add(route)
        params = checked(decode(text), route.params)
        key = request.headers.get("Idempotency-Key", "")
        self.asked.append(Asked(request.method, request.path, params, key))
        if request.method != "POST":
            return 200, json.dumps(self._done(route, params, ids)).encode()
        if not key:
            raise Refusal(400, "This peer takes no write without an idempotency key.")
        if (known := self.keys.begin(key, f"{request.path}?{text}")) is not None:
            return known
        try:
            result = 200, json.dumps(self._done(route, params, ids)).encode()
        except Refusal as refusal:
            result = refusal.status, json.dumps(refusal.body).encode()
        kept = (fault.status, _broken(fault.status)) if fault and fault.kept else result
        self.keys.keep(key, kept)
        return result

    def _check_headers(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bearer {self.api_key}":
            given = request.headers.get("Authorization", "").removeprefix("Bearer ")
            raise Refusal(401, f"Invalid API Key provided: {given[:8]}****{given[-4:]}")
        if request.headers.get("Stripe-Version") != VERSION:
            raise Refusal(400, f"This peer speaks {VERSION}.", param="Stripe-Version")

    def _done(self, route: Route, params: dict[str, Any], ids: tuple[str, ...]) -> Thing:
        answer = route.work(self.state, params, *ids)
        return expanded(self.state, answer, params.get("expand", ()))

    def _fault(self, request: str) -> Fault | None:
        for fault in self.faults:
            if fault.strikes(request):
                self.faults.remove(fault)
                return fault
        return None

    async def _struck(
        self, fault: Fault, request: web.Request, done: tuple[int, bytes]
    ) -> web.StreamResponse:
        match fault.kind:
            case "hang":
                await asyncio.Event().wait()  # until the other side gives up
            case "drop":
                assert request.transport is not None
                request.transport.abort()
            case "cut":
                return await _cut(request, done[1])
            case "rubbish":
                return web.Response(status=200, body=b"<html>\xff</html>")
        return _response(fault.status, _broken(fault.status))


@contextlib.asynccontextmanager
async def running_peer(now: Callable[[], datetime]) -> AsyncIterator[StripePeer]:
    """Serve a new, empty Stripe on loopback for as long as the block lasts."""
    peer = StripePeer("", State(now), Keys(now))
    async with on_loopback(peer.answer, handler_cancellation=True, shutdown_timeout=0.1) as url:
        peer.url = url
        yield peer


def _response(status: int, body: bytes) -> web.Response:
    headers = {"Request-Id": "req_peer"}
    return web.Response(status=status, body=body, content_type="application/json", headers=headers)


def _broken(status: int) -> bytes:
    kind = {"type": "api_error"} if status >= 500 else {"type": "invalid_request_error", "code": "rate_limit"}
    return json.dumps({"error": {**kind, "message": "An error on Stripe's end."}}).encode()


async def _cut(request: web.Request, body: bytes) -> web.StreamResponse:
    """Answer well, and break off in the middle of the body."""
    response = web.StreamResponse(status=200, headers={"Content-Length": str(len(body))})
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    assert request.transport is not None
    request.transport.close()
    return response
