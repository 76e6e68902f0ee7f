"""What a language model proposed, once per key: whoever does its work again goes on from the same word."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from shared.domain.model import Model
from shared.errors import Unavailable
from shared.ports.language import CALLS
from shared.ports.store import AlreadyExists, Create, Document, Store

KEEP = int(timedelta(days=30).total_seconds())
_ID = "proposal"
P = TypeVar("P", bound=Model)


class Proposals:
    """Keeps proposals beside the calls' books; one that failed is kept as none."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def once(self, key: str, form: type[P], ask: Callable[[], Awaitable[P]]) -> P | None:
        """Return the proposal under `key`, asked for if there is none yet; None where none was made."""
        known = await self._store.read(CALLS, key, _ID)
        if known is not None:
            return _said(known, form)
        try:
            proposal = await ask()
        except Unavailable:
            proposal = None
        body = {"said": proposal.model_dump(mode="json") if proposal else None}
        try:
            await self._store.batch(CALLS, key, [Create(_ID, body, ttl=KEEP)])
        except AlreadyExists:
            known = await self._store.read(CALLS, key, _ID)
            return _said(known, form) if known else proposal
        return proposal


def _said(known: Document, form: type[P]) -> P | None:
    said = known.body["said"]
    return None if said is None else form.model_validate(said)
