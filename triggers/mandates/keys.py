"""Doors to a customer's signing keys: challenge, register, list, revoke."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from shared.domain.mandates import MAX_TEXT, PLATFORM, Jwk, SigningKey
from shared.domain.model import Model
from triggers.access import customer_of
from triggers.web.answer import Reply
from triggers.web.call import Call

SignedText = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
"""A compact JWS. Its form is read where its signature is checked."""
Kid = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""A thumbprint: 32 bytes in base64url."""


class ChallengeView(Model):
    """What to sign with the new key, as a compact JWS.

    The header is exactly `alg` and this `typ`, the payload exactly this `aud`, `sub` and `nonce`.
    """

    typ: Literal["uso-key-proof+jwt"]
    aud: Literal["uso"]
    sub: str
    nonce: str
    expires_at: datetime


class AddKey(Model):
    """A public key (P-256 or Ed25519) and the proof that its private half signed our challenge."""

    jwk: Jwk
    proof: SignedText
    label: str = Field(default="", max_length=60)


class KeyView(Model):
    """A signing key; `kid` is its thumbprint (RFC 7638), to be named in what it signs."""

    kid: str
    jwk: Jwk
    label: str
    created_at: datetime
    revoked_at: datetime | None


async def challenge(call: Call) -> Reply[ChallengeView]:
    """Make a challenge that a wallet signs with a new key, once and in time."""
    customer_id = customer_of(call.caller)
    made = await call.app.mandate_keys.challenge(customer_id, key=call.idempotency_key)
    view = ChallengeView(
        typ="uso-key-proof+jwt", aud=PLATFORM, sub=customer_id, nonce=made.nonce, expires_at=made.expires_at
    )
    return Reply(view)


async def add_key(call: Call, body: AddKey) -> Reply[KeyView]:
    """Register a key. A key that is registered already stays as it is; a revoked one never comes back."""
    key = await call.app.mandate_keys.register(
        customer_of(call.caller), body.jwk, proof=body.proof, label=body.label
    )
    return Reply(key_view(key))


async def list_keys(call: Call) -> Reply[list[KeyView]]:
    """List the customer's keys, revoked ones too, oldest first."""
    return Reply([key_view(key) for key in await call.app.mandate_keys.of(customer_of(call.caller))])


async def revoke_key(call: Call, kid: Kid) -> Reply[KeyView]:
    """End a key for good: what it signed counts no longer. Doing it twice changes nothing."""
    return Reply(key_view(await call.app.mandate_keys.revoke(customer_of(call.caller), kid)))


def key_view(key: SigningKey) -> KeyView:
    """A key as its customer sees it; all of it is public."""
    return KeyView(**{name: getattr(key, name) for name in KeyView.model_fields})
