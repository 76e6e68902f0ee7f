"""What the doors of disputes take in common."""

from typing import Annotated

from pydantic import Field

_OF_A_LEG, _OF_A_BANK = r"ord_[0-9a-z]+-l[0-9]+-d[0-9]+", r"(ord_[0-9a-z]+|sho_[0-9a-z_]+)-b[0-9a-f]+"
DisputeId = Annotated[str, Field(pattern=rf"^({_OF_A_LEG}|{_OF_A_BANK})$", max_length=128)]
PhotoUrl = Annotated[str, Field(pattern=r"^https://[^\s<>\"\\]+$", max_length=500)]
"""Where a photo lies. It is kept as a text for people to follow; the platform never fetches it."""
Photos = Annotated[tuple[PhotoUrl, ...], Field(max_length=5)]
