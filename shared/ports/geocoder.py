"""The geocoder port: from an address as people write it to a position."""

from typing import Protocol

from shared.domain.places import Place


class Geocoder(Protocol):
    """Finds places."""

    async def locate(self, address: str) -> Place | None:
        """Return where `address` is, or None when it is not known. Raises Unavailable."""
        ...
