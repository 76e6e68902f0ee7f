"""The verifier: a token taken apart, checked, its signature verified with the issuer's own keys."""

import logging
import time
from collections.abc import Callable

from shared.adapters.breakers import Breakers
from shared.adapters.clocks import RunningClock
from shared.adapters.oidc_issuer.claims import ClaimNames, principal_of
from shared.adapters.oidc_issuer.discovery import Discovery
from shared.adapters.oidc_issuer.key_cache import PATIENCE, KeyCache
from shared.adapters.oidc_issuer.tokens import Refused, check_claims, open_token
from shared.domain.identity import Principal
from shared.errors import Unauthenticated
from shared.ports.clock import Clock
from shared.settings import Settings

_log = logging.getLogger("uso.identity")


class OidcIssuer:
    """`shared.ports.identity.TokenVerifier` for the issuer of the settings."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        patience: float = PATIENCE,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._names = ClaimNames.of(settings)
        discovery = Discovery(settings, Breakers(RunningClock(monotonic), settings))
        self._keys = KeyCache(discovery, settings, monotonic=monotonic, patience=patience)

    async def verify(self, token: str) -> Principal:
        """Return the holder of `token`. Raises as the port says, with `invalid_token` and `no_persona`."""
        try:
            opened = open_token(token)
            # before any key is looked for: tokens of others must not make us ask the issuer
            check_claims(opened.claims, self._settings, now=self._clock.now())
            if not any(key.has_signed(opened) for key in await self._keys.find(opened.kid)):
                raise Refused("no key of the issuer's has signed it")
        except Refused as why:
            _log.info("a token was refused: %s", why)
            raise Unauthenticated("The token is not valid, or no longer.", code="invalid_token") from None
        return principal_of(opened.claims, self._names)

    async def close(self) -> None:
        """Stop asking the issuer."""
        await self._keys.close()
