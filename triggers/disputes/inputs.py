"""What the doors of disputes take in common."""

from typing import Annotated

from pydantic import Field

DisputeId = Annotated[
    str,
    Field(
        pattern=r"^(ord_[0-9a-z]+-(l[0-9]+-d[0-9]+|b[0-9a-f]+)|sho_[0-9a-z_]+-b[0-9a-f]+)$", max_length=128
    ),
]
PhotoUrl = Annotated[str, Field(pattern=r"^https://[^\s<>\"\\]+$", max_length=500)]
"""Where a photo lies. It is kept as a text for people to follow; the platform never fetches it."""
Photos = Annotated[tuple[PhotoUrl, ...], Field(max_length=5)]
