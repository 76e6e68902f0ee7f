"""The issuer's keys as we know them: fetched when needed, seldom, once for all, kept through an outage."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from shared.adapters.oidc_issuer.discovery import Published
from shared.adapters.oidc_issuer.keys import Key
from shared.errors import Unavailable
from shared.settings import Settings

PATIENCE = 1.0
"""Seconds that someone waits for newer keys who could do with those at hand."""
_FIRST_PAUSE = 1.0
"""Seconds after the first failure; doubled with each, up to the usual pause."""
_log = logging.getLogger("uso.identity")


@dataclass(frozen=True, slots=True)
class _Held:
    keys: tuple[Key, ...]
    fresh_until: float
    usable_until: float


class KeyCache:
    """Keys by their id. Times are of a clock that only runs forward: an outage lasts as long as it lasts."""

    def __init__(
        self,
        fetch: Callable[[], Awaitable[Published]],
        settings: Settings,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        patience: float = PATIENCE,
    ) -> None:
        self._fetch = fetch
        self._now = monotonic
        self._patience = patience
        self._pause = settings.oidc_fetch_pause.total_seconds()
        self._keys_for = settings.oidc_keys_for.total_seconds()
        self._keys_at_most = settings.oidc_keys_at_most.total_seconds()
        self._held: _Held | None = None
        self._failures = 0
        self._next_try = float("-inf")
        self._fetching: dict[asyncio.AbstractEventLoop, asyncio.Task[None]] = {}

    async def find(self, kid: str) -> tuple[Key, ...]:
        """Return the keys that are called `kid`: none when the issuer has none.

        Raises Unavailable when that cannot be known, because the issuer does not answer.
        """
        if self._held is not None and self._now() >= self._held.fresh_until:
            await self._ask(self._patience)  # it may be withdrawn
        if not (found := self._called(kid)):
            await self._ask()  # it may be new
            found = self._called(kid)
        if not found and (self._failures or self._usable() is None):
            raise Unavailable("The issuer of the token does not answer; nobody can tell whether it is valid.")
        return found

    async def close(self) -> None:
        """Stop fetching."""
        fetching = self._fetching.get(asyncio.get_running_loop())
        if fetching is not None:
            fetching.cancel()
            await asyncio.wait({fetching})

    def _usable(self) -> _Held | None:
        held = self._held
        return held if held is not None and self._now() < held.usable_until else None

    def _called(self, kid: str) -> tuple[Key, ...]:
        held = self._usable()
        return tuple(key for key in held.keys if key.kid == kid) if held else ()

    async def _ask(self, patience: float | None = None) -> None:
        """Have the keys fetched, unless that was done just now; wait for it, `patience` seconds at most."""
        loop = asyncio.get_running_loop()  # a task can be waited for in its own loop only
        fetching = self._fetching.get(loop)
        if fetching is None:
            if self._now() < self._next_try:
                return
            fetching = self._fetching[loop] = loop.create_task(self._refresh())
            fetching.add_done_callback(lambda _: self._fetching.pop(loop))
        # not awaited itself: whoever gives up waiting must not stop it for the others
        await asyncio.wait({fetching}, timeout=patience)
        if fetching.done() and not fetching.cancelled():
            fetching.result()

    async def _refresh(self) -> None:
        try:
            published = await self._fetch()
        except Unavailable as error:
            self._failures += 1
            pause = min(self._pause, _FIRST_PAUSE * 2 ** min(self._failures - 1, 32))
            _log.warning("the issuer's keys could not be fetched (attempt %d): %s", self._failures, error)
        else:
            self._failures, pause, now = 0, self._pause, self._now()
            allowed = self._keys_for if published.max_age is None else published.max_age
            fresh_until = now + min(self._keys_for, allowed)
            self._held = _Held(published.keys, fresh_until, now + self._keys_at_most)
        self._next_try = self._now() + pause
