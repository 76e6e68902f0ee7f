"""The keys that a customer's mandates are signed with: challenged, proven, listed, revoked.

One document per key in the customer's own partition. A revoked key stays there, so that it never comes back
and what it signed never counts again.
"""

from datetime import datetime

from shared.domain.ids import fresh, keyed
from shared.domain.mandates import PROOF, Jwk, SigningKey, thumbprint
from shared.domain.model import Model
from shared.errors import Conflict, NotFound, Unavailable
from shared.ports.clock import Clock
from shared.ports.mandates import KeyProver
from shared.ports.store import (
    AlreadyExists,
    Create,
    Delete,
    Document,
    Missing,
    Operation,
    PreconditionFailed,
    Query,
    Replace,
    Store,
    Where,
    every,
)
from shared.services.records import MAX_RACES
from shared.settings import Settings

CONTAINER = "mandate_keys"
_KEY, _CHALLENGE = "key", "challenge"


class Challenge(Model):
    """What a wallet must sign with a new key, once and in time."""

    nonce: str
    expires_at: datetime


class MandateKeys:
    """A customer's signing keys."""

    def __init__(self, store: Store, prover: KeyProver, clock: Clock, settings: Settings) -> None:
        self._store = store
        self._prover = prover
        self._clock = clock
        self._settings = settings

    async def challenge(self, customer_id: str, *, key: str | None = None) -> Challenge:
        """Make a challenge. The same idempotency key gives the same one until it is used or too old."""
        id = keyed("chl", customer_id, key)
        lifetime = self._settings.key_challenge_lifetime
        made = Challenge(nonce=f"{id}.{fresh('n')}", expires_at=self._clock.now() + lifetime)
        body = {"kind": _CHALLENGE, **made.model_dump(mode="json")}
        ttl = max(1, int(lifetime.total_seconds()))
        try:
            await self._store.batch(CONTAINER, customer_id, [Create(id, body, ttl=ttl)])
        except AlreadyExists:
            found = await self._store.read(CONTAINER, customer_id, id)
            if found is None:
                raise Unavailable("The challenge has just run out; ask again.") from None
            return _challenge(found)
        return made

    async def register(self, customer_id: str, jwk: Jwk, *, proof: str, label: str = "") -> SigningKey:
        """Take a key whose private half signed our challenge; one that is registered already stays as it is.

        Raises InvalidInput for a proof that is none, Conflict for a revoked key or too many.
        """
        claims = self._prover.prove(jwk, proof)
        if claims.sub != customer_id:
            raise PROOF.refused("it is about another customer", at="sub")
        kid = thumbprint(jwk)
        for _ in range(MAX_RACES):
            if (known := await self._find(customer_id, kid)) is not None:
                return _not_revoked(known)
            challenge = await self._open_challenge(customer_id, claims.nonce)
            await self._leave_room(customer_id)
            key = SigningKey(kid=kid, jwk=jwk, label=label, created_at=self._clock.now())
            operations: list[Operation] = [
                Delete(challenge.id, if_match=challenge.etag),
                Create(kid, _body(key)),
            ]
            try:
                await self._store.batch(CONTAINER, customer_id, operations)
            except (AlreadyExists, Missing, PreconditionFailed):
                continue
            return key
        raise Unavailable("The customer's keys are being changed by too many at once; try again.")

    async def of(self, customer_id: str) -> list[SigningKey]:
        """List the customer's keys, revoked ones too, oldest first."""
        query = Query(where=[Where("kind", "==", _KEY)], order_by="created_at")
        return [_key(document) async for document in every(self._store, CONTAINER, customer_id, query)]

    async def live(self, customer_id: str) -> dict[str, Jwk]:
        """Return the keys whose signatures count, by their ids."""
        return {key.kid: key.jwk for key in await self.of(customer_id) if key.is_live}

    async def is_live(self, customer_id: str, kid: str) -> bool:
        """Say whether a key's signatures count."""
        found = await self._find(customer_id, kid)
        return found is not None and _key(found).is_live

    async def revoke(self, customer_id: str, kid: str) -> SigningKey:
        """End a key for good, and with it every mandate that it signed. Raises NotFound."""
        for _ in range(MAX_RACES):
            found = await self._find(customer_id, kid)
            if found is None:
                raise NotFound("key", kid)
            key = _key(found)
            if not key.is_live:
                return key
            ended = key.model_copy(update={"revoked_at": self._clock.now()})
            try:
                replaced = Replace(kid, _body(ended), if_match=found.etag)
                await self._store.batch(CONTAINER, customer_id, [replaced])
            except PreconditionFailed:
                continue
            return ended
        raise Unavailable("The customer's keys are being changed by too many at once; try again.")

    async def _find(self, customer_id: str, kid: str) -> Document | None:
        found = await self._store.read(CONTAINER, customer_id, kid)
        return found if found is not None and found.body["kind"] == _KEY else None

    async def _open_challenge(self, customer_id: str, nonce: str) -> Document:
        found = await self._store.read(CONTAINER, customer_id, nonce.partition(".")[0])
        if found is not None and found.body["kind"] == _CHALLENGE:
            challenge = _challenge(found)
            if challenge.nonce == nonce and self._clock.now() < challenge.expires_at:
                return found
        raise PROOF.refused("its challenge is unknown, used up or too old", at="nonce")

    async def _leave_room(self, customer_id: str) -> None:
        most = self._settings.max_signing_keys
        if len(await self.live(customer_id)) >= most:
            raise Conflict(f"{most} keys are registered; revoke one first.", code="too_many_keys")


def _body(key: SigningKey) -> dict[str, object]:
    return {"kind": _KEY, **key.model_dump(mode="json")}


def _key(document: Document) -> SigningKey:
    return SigningKey.model_validate(_without_kind(document))


def _challenge(document: Document) -> Challenge:
    return Challenge.model_validate(_without_kind(document))


def _without_kind(document: Document) -> dict[str, object]:
    return {name: value for name, value in document.body.items() if name != "kind"}


def _not_revoked(document: Document) -> SigningKey:
    key = _key(document)
    if not key.is_live:
        raise Conflict("This key was revoked; it never counts again. Make a new one.", code="key_revoked")
    return key
