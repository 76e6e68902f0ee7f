"""The port that judges URLs that others give us, before they are stored."""

from typing import Protocol

from shared.domain.affiliates.models import Site


class UrlGuard(Protocol):
    """Says whether a URL may be called by us, or shown to people as ours."""

    def callable(self, url: str, *, field: str) -> Site:
        """Return a URL that we may call one day. Raises InvalidInput naming `field`."""
        ...

    def linkable(self, url: str, *, field: str) -> Site:
        """Return a URL that we may send people to: https and public, always. Raises InvalidInput."""
        ...
