"""A customer's wallet, which the test plays: it holds a private key and signs mandates with it."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.domain.mandates import Jwk, SigningKey, thumbprint
from shared.domain.mandates.keys import EcKey, OkpKey
from tests.harness import MONDAY, Caller

AGENT = "assistant"
TYP, PROOF_TYP = "uso-mandate+jwt", "uso-key-proof+jwt"
KEYS = "/api/v1/mandates/keys"
PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey


def b64(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def dumped(value: object) -> bytes:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":")).encode()


def seconds(instant: datetime) -> int:
    """Unix time."""
    return int(instant.timestamp())


@dataclass(frozen=True)
class Wallet:
    """One key of one customer; the same name and kind give the same key on every run."""

    customer: str = "alice"
    kind: str = "Ed25519"
    name: str = "phone"
    private: PrivateKey = field(init=False)

    def __post_init__(self) -> None:
        seed = sha256(f"{self.customer}/{self.kind}/{self.name}".encode()).digest()
        key: PrivateKey = (
            Ed25519PrivateKey.from_private_bytes(seed)
            if self.kind == "Ed25519"
            else derive_private_key(int.from_bytes(seed) >> 1 | 1, SECP256R1())
        )
        object.__setattr__(self, "private", key)

    @property
    def alg(self) -> str:
        """The name of its algorithm."""
        return "EdDSA" if self.kind == "Ed25519" else "ES256"

    @property
    def jwk(self) -> Jwk:
        """Its public half."""
        if isinstance(self.private, Ed25519PrivateKey):
            raw = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
            return OkpKey(kty="OKP", crv="Ed25519", x=b64(raw))
        point = self.private.public_key().public_numbers()
        x, y = (b64(each.to_bytes(32)) for each in (point.x, point.y))
        return EcKey(kty="EC", crv="P-256", x=x, y=y)

    @property
    def kid(self) -> str:
        """The id of its key."""
        return thumbprint(self.jwk)

    def key(self, at: datetime = MONDAY) -> SigningKey:
        """Its key as it is stored."""
        return SigningKey(kid=self.kid, jwk=self.jwk, created_at=at)

    def signature(self, signed: bytes) -> bytes:
        """Sign bytes, as JWS wants it."""
        if isinstance(self.private, Ed25519PrivateKey):
            return self.private.sign(signed)
        r, s = decode_dss_signature(self.private.sign(signed, ECDSA(SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)

    def sign(self, payload: object, *, typ: str = TYP, **header: Any) -> str:
        """Sign a payload, raw bytes or JSON. A header member that is None is left out."""
        members = {"alg": self.alg, "typ": typ} | ({"kid": self.kid} if typ == TYP else {}) | header
        head = dumped({name: value for name, value in members.items() if value is not None})
        body = payload if isinstance(payload, bytes) else dumped(payload)
        signed = f"{b64(head)}.{b64(body)}"
        return f"{signed}.{b64(self.signature(signed.encode()))}"

    def mandate(self, *, limits: Mapping[str, Any] | None = None, **claims: Any) -> str:
        """Sign a mandate: 100 dollars for a month, unless told otherwise."""
        return self.sign(self.claims(limits=limits, **claims))

    def claims(self, *, limits: Mapping[str, Any] | None = None, **claims: Any) -> dict[str, Any]:
        """What such a mandate claims."""
        at = seconds(MONDAY)
        return {
            "iss": self.customer,
            "sub": self.customer,
            "aud": "uso",
            "jti": "m1",
            "iat": at,
            "exp": at + int(timedelta(days=30).total_seconds()),
            "agent": AGENT,
            "limits": {"currency": "USD", "total": 10_000, **(limits or {})},
            **claims,
        }

    def proof(self, nonce: str, **claims: Any) -> str:
        """Prove that it holds the key."""
        return self.sign({"aud": "uso", "sub": self.customer, "nonce": nonce, **claims}, typ=PROOF_TYP)

    def public(self) -> dict[str, Any]:
        """Its public half as JSON."""
        return self.jwk.model_dump()

    async def registered(self, customer: Caller) -> "Wallet":
        """Register its key at the doors."""
        nonce = (await customer.post(f"{KEYS}/challenge"))["nonce"]
        body = {"jwk": self.public(), "proof": self.proof(nonce), "label": self.name}
        assert (await customer.post(KEYS, body))["kid"] == self.kid
        return self
