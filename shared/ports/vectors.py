"""The port to search vectors: which of those that a model has made lie closest to one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

VECTORS = "vectors"
"""Container: a model's partition holds `{"vector": [...], ...}` for each thing, under the thing's key."""
VECTOR = "vector"
"""The field, a list of whole numbers from -127 to 127."""


@dataclass(frozen=True, slots=True)
class Near:
    """What lies close, and the cosine of the angle: 1 in the same direction, 0 at a right angle."""

    key: str
    cosine: float


class VectorSearch(Protocol):
    """Looks through one model's vectors."""

    async def nearest(self, vector: Sequence[int], *, limit: int) -> Sequence[Near]:
        """Return the closest, closest first. Raises UsoError."""
        ...
