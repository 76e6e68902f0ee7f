"""Remembers by key what was asked of Stripe, so that a key means one thing for ever.

Stripe forgets an idempotency key after a day (https://docs.stripe.com/api/idempotent_requests); asked again
later, it would pay a second time. So a key is written down before its request is sent, and the object's id
when the answer is there. A key with an id is answered by reading the object. A key without one, whose answer
was lost, is sent again while Stripe surely knows it; after that the object is looked for by its metadata
first, and made only when it is not there.
"""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar

from pydantic import AwareDatetime

from shared.domain.model import Model
from shared.errors import Conflict
from shared.ports.clock import Clock
from shared.ports.store import AlreadyExists, Create, Replace, Store

CONTAINER = "payments"
KNOWN_FOR = timedelta(hours=23)
"""How long Stripe surely knows a key; it keeps them for at least 24 hours."""
KEY = "uso_key"
"""Metadata of the objects that a key made."""
_ID = "effect"


class Made(Protocol):
    """What a request made."""

    id: str
    metadata: Any


M = TypeVar("M", bound=Made)


class Effect(Model):
    """One key: what was asked, what was chosen for it, when it was first sent, and what came of it."""

    asked: str
    choice: str
    sent_at: AwareDatetime
    object_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps(Generic[M]):
    """How an effect is made, read again, and found when nobody knows its id."""

    send: Callable[[str], Awaitable[M]]
    """Gets what was chosen."""
    get: Callable[[str], Awaitable[M]]
    """Gets the object's id."""
    candidates: Callable[[], AsyncIterator[M]]
    """Yields everything among which the object would be."""
    mark: str = KEY
    """The name in the object's metadata under which its key stands."""


async def no_choice() -> str:
    """Choose nothing."""
    return ""


class Effects:
    """The memory, in the store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def once(
        self,
        key: str,
        request: Model,
        steps: Steps[M],
        *,
        choose: Callable[[], Awaitable[str]] = no_choice,
    ) -> M:
        """Return what `key` made, making it unless it was made before.

        `choose` decides what `request` leaves open; its answer is kept, for a repetition must not choose
        anew. Raises Conflict (`key_reused`) when the key belongs to another request.
        """
        effect = await self._begun(key, request, choose)
        if effect.object_id:
            return await steps.get(effect.object_id)
        made = await self._lost(key, effect, steps)
        if made is None:
            made = await steps.send(effect.choice)
        done = effect.model_copy(update={"object_id": made.id})
        await self._store.batch(CONTAINER, _partition(key), [Replace(_ID, _body(done))])
        return made

    async def _begun(self, key: str, request: Model, choose: Callable[[], Awaitable[str]]) -> Effect:
        asked = _digest(request)
        effect = await self._read(key)
        if effect is None:
            effect = Effect(asked=asked, choice=await choose(), sent_at=self._clock.now())
            try:
                await self._store.batch(CONTAINER, _partition(key), [Create(_ID, _body(effect))])
            except AlreadyExists:  # another process was first, and what it chose counts
                return await self._begun(key, request, choose)
        if effect.asked != asked:
            raise Conflict("This key belongs to another request.", code="key_reused")
        return effect

    async def _read(self, key: str) -> Effect | None:
        stored = await self._store.read(CONTAINER, _partition(key), _ID)
        return Effect.model_validate(stored.body["effect"]) if stored else None

    async def _lost(self, key: str, effect: Effect, steps: Steps[M]) -> M | None:
        """Look for what an earlier request made, once Stripe may have forgotten the key."""
        if self._clock.now() - effect.sent_at < KNOWN_FOR:
            return None
        found = [each async for each in steps.candidates() if mark_of(each.metadata, steps.mark) == key]
        return found[0] if found else None


def mark_of(metadata: Any, name: str = KEY) -> str:
    """Return a value of an object's metadata, "" when it is not there."""
    return str(metadata[name]) if metadata and name in metadata else ""


def _partition(key: str) -> str:
    return f"stripe:{key}"


def _body(effect: Effect) -> dict[str, Any]:
    return {"kind": "stripe_effect", "effect": effect.model_dump(mode="json")}


def _digest(request: Model) -> str:
    """Tell requests apart; fields that are added later, with a default, change nothing."""
    text = type(request).__name__ + request.model_dump_json(exclude_defaults=True)
    return hashlib.sha256(text.encode()).hexdigest()
