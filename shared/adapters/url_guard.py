"""Judges URLs by the rules that outbound calls follow, as far as their text tells; calling checks again."""

from yarl import URL

from shared.adapters.outbound import check_url
from shared.domain.affiliates.models import Site
from shared.settings import Settings


class OutboundUrls:
    """`shared.ports.urls.UrlGuard`."""

    def __init__(self, settings: Settings) -> None:
        self._allow_private = settings.allow_private_urls

    def callable(self, url: str, *, field: str) -> Site:
        """Return a URL as outbound calls would take it."""
        return _site(check_url(url, field=field, allow_private=self._allow_private))

    def linkable(self, url: str, *, field: str) -> Site:
        """Return a public https URL; what a development machine may call makes no difference to people."""
        return _site(check_url(url, field=field))


def _site(url: URL) -> Site:
    """Write it in ASCII, as a Location header needs it."""
    return Site(url=str(url), host=(url.raw_host or "").lower().rstrip("."))
