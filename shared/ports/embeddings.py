"""The embeddings port: texts become vectors that lie close together where the texts mean the same."""

from collections.abc import Sequence
from typing import Protocol

Vector = Sequence[float]
"""Numbers of one text, as many as the model's dimensions; of any length, for only directions are compared."""


class Embedder(Protocol):
    """A model. Vectors of two models cannot be compared, so each is kept under the name of its model."""

    @property
    def model(self) -> str:
        """Name of the model with its number of dimensions, such as `text-embedding-3-small@512`."""
        ...

    async def embed(self, texts: Sequence[str]) -> Sequence[Vector]:
        """Return one vector for each text, in order. Raises Unavailable, after a bounded time."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...
