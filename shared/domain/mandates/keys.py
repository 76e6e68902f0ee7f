"""The keys that customers sign mandates with: public halves only, each proven before it is believed.

A key's id is its thumbprint (RFC 7638), so nobody chooses it and one key has one id.
"""

import base64
import hashlib
import json
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from shared.domain.mandates.compact import Form, Header
from shared.domain.mandates.terms import Subject
from shared.domain.model import Model

PROOF = Form(what="proof", typ="uso-key-proof+jwt", field="proof", header=Header)
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""Members of private and secret keys (RFC 7518, section 6)."""

Coordinate = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$")]
"""32 bytes in canonical base64url: the last character carries four bits."""


class _PublicKey(Model):
    @model_validator(mode="before")
    @classmethod
    def _no_private_member(cls, value: Any) -> Any:
        if isinstance(value, dict) and _PRIVATE & value.keys():
            raise ValueError("this is a private key: never send one; make a new one, for this one is spoilt")
        return value


class EcKey(_PublicKey):
    """A point on P-256, for ES256 (RFC 7518, section 6.2.1)."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: Coordinate
    y: Coordinate


class OkpKey(_PublicKey):
    """An Ed25519 key, for EdDSA (RFC 8037, section 2)."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: Coordinate


Jwk = Annotated[EcKey | OkpKey, Field(discriminator="kty")]
"""A public key with its required members and no others."""


class SigningKey(Model):
    """A registered key. A revoked one stays known, so that it never comes back."""

    kid: str
    jwk: Jwk
    label: str = ""
    created_at: datetime
    revoked_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        """Whether what it signed still counts."""
        return self.revoked_at is None


class ProofClaims(Model):
    """What a wallet signs with a new key: our challenge, for its customer."""

    aud: Literal["uso"]
    sub: Subject
    nonce: str = Field(pattern=r"^chl_[0-9a-z]{16,20}\.n_[0-9a-z]{16}$")


def algorithm_of(jwk: EcKey | OkpKey) -> Literal["ES256", "EdDSA"]:
    """The one algorithm that a key may sign with, whatever a header says (RFC 8725, section 3.1)."""
    return "ES256" if isinstance(jwk, EcKey) else "EdDSA"


def thumbprint(jwk: EcKey | OkpKey) -> str:
    """Return the key's id: SHA-256 of its required members in canonical form (RFC 7638)."""
    canonical = json.dumps(jwk.model_dump(), sort_keys=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(hashlib.sha256(canonical.encode()).digest()).rstrip(b"=").decode()
