"""The identity port: who holds a token. Any OIDC issuer in production, a local one on a laptop."""

from typing import Protocol

from shared.domain.identity import Principal

MAX_TOKEN_CHARACTERS = 8192
"""Of a token that is looked at; issuers that list many groups write long ones."""


class TokenVerifier(Protocol):
    """Checks bearer tokens."""

    async def verify(self, token: str) -> Principal:
        """Return who holds `token`.

        Raises Unauthenticated, without saying which check failed; Forbidden for a genuine token whose holder
        has no place here; Unavailable when nobody can tell now.
        """
        ...
