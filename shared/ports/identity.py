"""The identity port: who holds a token. Any OIDC issuer in production, a local one on a laptop."""

from typing import Protocol

from shared.domain.identity import Principal


class TokenVerifier(Protocol):
    """Checks bearer tokens."""

    def verify(self, token: str) -> Principal:
        """Return who holds `token`. Raises Unauthenticated, without saying which check failed."""
        ...
