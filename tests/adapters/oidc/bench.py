"""The verifier on its bench: an issuer on loopback, the app's clock, the clock that outages are timed by."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from shared.adapters.oidc_issuer.issuer import OidcIssuer
from shared.domain.identity import Principal
from shared.settings import Settings
from tests.clocks import HandClock
from tests.peers.oidc.peer import AUDIENCE, OidcPeer, SigningKey, running_peer


@dataclass
class Stopwatch:
    """A monotonic clock that runs when it is told to. Seconds."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Bench:
    peer: OidcPeer
    verifier: OidcIssuer
    clock: HandClock = field(default_factory=HandClock)
    watch: Stopwatch = field(default_factory=Stopwatch)

    def token(
        self, *, key: SigningKey | None = None, header: dict[str, Any] | None = None, **claims: Any
    ) -> str:
        """A good token of alice's, but for what is changed."""
        return self.peer.sign(self.peer.claims(self.clock.now(), **claims), key=key, header=header)

    async def verify(self, token: str) -> Principal:
        return await self.verifier.verify(token)


def settings_of(peer: OidcPeer, **more: Any) -> Settings:
    return Settings(
        **{
            "allow_private_urls": True,
            "oidc_issuer": peer.issuer,
            "oidc_audience": AUDIENCE,
            "oidc_timeout": 20,
            **more,
        }
    )


@contextlib.asynccontextmanager
async def running_bench(path: str = "", *, patience: float = 10, **settings: Any) -> AsyncIterator[Bench]:
    async with running_peer(path) as peer:
        clock, watch = HandClock(), Stopwatch()
        verifier = OidcIssuer(settings_of(peer, **settings), clock, monotonic=watch, patience=patience)
        try:
            yield Bench(peer, verifier, clock, watch)
        finally:
            await verifier.close()
