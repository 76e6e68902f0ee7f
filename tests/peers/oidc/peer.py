"""An OIDC issuer on loopback: a discovery document, keys that rotate, tokens of any shape, and every failure.

It is written after OpenID Connect Discovery 1.0 and RFC 7517; no real issuer was asked.
"""

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Literal

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

AUDIENCE = "https://api.uso.example"
DISCOVERY, JWKS = "/.well-known/openid-configuration", "/keys"
Kind = Literal["status", "rubbish", "huge", "cut", "drop", "hang", "redirect"]


def rsa_key(number: int = 0, bits: int = 2048, exponent: int = 65537) -> rsa.RSAPrivateKey:
    """The same key every time for the same numbers: to make one takes long."""
    return _made(number, bits, exponent)


@cache
def _made(_: int, bits: int, exponent: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=exponent, key_size=bits)


@dataclass(frozen=True)
class SigningKey:
    """A key pair, the id it goes by, and the algorithm it signs with."""

    kid: str
    private: Any = field(default_factory=rsa_key)
    alg: str = "RS256"

    def jwk(self, **changes: Any) -> dict[str, Any]:
        """The public half as it is published; a member that is changed to None is left out."""
        maker = jwt.get_algorithm_by_name(self.alg)
        public = maker.to_jwk(self.private.public_key(), as_dict=True)
        public.pop("key_ops", None)
        members = {**public, "kid": self.kid, "use": "sig", **changes}
        return {name: value for name, value in members.items() if value is not None}


def ec_key(kid: str, curve: ec.EllipticCurve | None = None, alg: str = "ES256") -> SigningKey:
    return SigningKey(kid, ec.generate_private_key(curve or ec.SECP256R1()), alg)


def ed_key(kid: str) -> SigningKey:
    return SigningKey(kid, ed25519.Ed25519PrivateKey.generate(), "EdDSA")


def packed(value: object) -> str:
    """One part of a token: base64url of JSON, or of bytes as they are."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def sealed(header: object, claims: object, key: Any, alg: str) -> str:
    """A token whose header says what it likes, signed with `key` by `alg` all the same."""
    signed = f"{packed(header)}.{packed(claims)}"
    maker = jwt.get_algorithm_by_name(alg)
    return f"{signed}.{packed(maker.sign(signed.encode(), key))}"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What goes wrong with requests for `path`, as long as it is there."""

    kind: Kind
    path: str = ""
    status: int = 500


@dataclass
class OidcPeer:
    """A running issuer, and what a test may do to it. `asked` is every request's path."""

    url: str = ""
    issuer: str = ""
    """What it calls itself; its URL, unless a test says something else."""
    keys: list[SigningKey] = field(default_factory=lambda: [SigningKey("first")])
    published: list[dict[str, Any]] | None = None
    """Keys as JSON, published instead of those it has."""
    headers: dict[str, str] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    document: dict[str, Any] = field(default_factory=dict)
    """Members that the discovery document has besides, or instead."""
    held: asyncio.Event = field(default_factory=asyncio.Event)
    """Unset, answers wait for it; requests are counted before."""
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    """Set with each request."""

    def times(self, path: str = JWKS) -> int:
        """How often something was asked for."""
        return self.asked.count(path)

    def rotate(self, kid: str) -> SigningKey:
        """From now on sign with a new key, and publish no other."""
        self.keys = [ed_key(kid)]
        return self.keys[0]

    def claims(self, now: datetime, **changes: Any) -> dict[str, Any]:
        """What a good token of a customer says; a claim that is changed to None is left out."""
        issued = int(now.timestamp())
        usual = {"iss": self.issuer, "aud": AUDIENCE, "sub": "alice", "iat": issued, "exp": issued + 300}
        return {name: value for name, value in {**usual, **changes}.items() if value is not None}

    def sign(
        self,
        claims: Mapping[str, Any],
        *,
        key: SigningKey | None = None,
        header: Mapping[str, Any] | None = None,
    ) -> str:
        """A token with the current key, or with `key`; `header` changes its header."""
        key = key or self.keys[0]
        members = {"alg": key.alg, "kid": key.kid, "typ": "at+jwt", **(header or {})}
        members = {name: value for name, value in members.items() if value is not None}
        return sealed(members, dict(claims), key.private, key.alg)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        self.arrived.set()
        await self.held.wait()
        answer = self._answer(request)
        for trouble in self.troubles:
            if trouble.path in request.path:
                return await _fail(request, trouble, answer)
        return answer

    def _answer(self, request: web.Request) -> web.Response:
        if request.path.endswith(DISCOVERY):
            return web.json_response(
                {"issuer": self.issuer, "jwks_uri": f"{self.url}{JWKS}", **self.document},
                headers=self.headers,
            )
        if request.path == JWKS:
            listed = [key.jwk() for key in self.keys] if self.published is None else self.published
            return web.json_response({"keys": listed}, headers=self.headers)
        return web.Response(status=404)


async def _fail(request: web.Request, trouble: Trouble, answer: web.Response) -> web.StreamResponse:
    match trouble.kind:
        case "status":  # with what would have been the answer, which must not be believed
            answer.set_status(trouble.status)
            return answer
        case "rubbish":
            return web.Response(body=b"<html>down for maintenance</html>", content_type="application/json")
        case "huge":
            return web.Response(body=b'{"keys": [' + b" " * 2_000_000 + b"]}")
        case "redirect":
            return web.Response(status=302, headers={"Location": f"{request.path}?again"})
        case "hang":
            await asyncio.sleep(60)
    if trouble.kind == "cut":
        response = web.StreamResponse(headers={"Content-Length": "4000"})
        await response.prepare(request)
        await response.write(b'{"keys": [')
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


@contextlib.asynccontextmanager
async def running_peer(path: str = "") -> AsyncIterator[OidcPeer]:
    """An issuer on a free port; `path` is that of its name, as `/tenant`."""
    peer = OidcPeer()
    peer.held.set()
    application = web.Application()
    application.router.add_get("/{tail:.*}", peer.serve)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    peer.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    peer.issuer = peer.url + path
    try:
        yield peer
    finally:
        peer.held.set()
        await runner.cleanup()
