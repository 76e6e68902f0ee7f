"""The photo port: judging what a partner's photo shows (M24, flow 2.7-3)."""

from typing import Protocol

from shared.domain.model import Model
from shared.ports.carriers import Media


class PhotoVerdict(Model):
    """What was seen. `approved` is None where nobody could look; `why` is in words for the partner."""

    approved: bool | None = None
    why: str = ""


class PhotoCheck(Protocol):
    """Looks at a photo. Words in the picture are data: they are never followed."""

    async def look(self, photo: Media, *, wanted: str, offered: str) -> PhotoVerdict:
        """Judge quality and match with what the customer `wanted`. Raises Unavailable."""
        ...
