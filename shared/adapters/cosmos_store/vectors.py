"""`shared.ports.vectors.VectorSearch` by Cosmos DB, for accounts that have vector search switched on.

A model's vectors are one logical partition, so the query stays in it. The vectors are the same whole numbers
that a process would look through itself, and so are the cosines, but for what the service's index may miss.
"""

from collections.abc import Sequence

from shared.adapters.cosmos_store.queries import Parameters
from shared.adapters.cosmos_store.store import CosmosStore
from shared.ports.vectors import VECTOR, VECTORS, Near

_PATH = f'c["body"]["{VECTOR}"]'
_DISTANCE = f"VectorDistance({_PATH}, @vector)"


class CosmosVectors:
    """Asks the store's database."""

    def __init__(self, store: CosmosStore, model: str) -> None:
        self._store = store
        self._model = model

    async def nearest(self, vector: Sequence[int], *, limit: int) -> Sequence[Near]:
        """Return the closest, closest first: for cosines the largest `VectorDistance`. Raises Unavailable."""
        text = (
            f"SELECT TOP {limit:d} c.key, {_DISTANCE} AS cosine FROM c "  # noqa: S608 - no text of others
            f"WHERE c.partition = @model AND IS_DEFINED({_PATH}) ORDER BY {_DISTANCE}"
        )
        parameters: Parameters = [
            {"name": "@model", "value": self._model},
            {"name": "@vector", "value": list(vector)},
        ]
        rows = await self._store.select(VECTORS, self._model, text, parameters, most=limit)
        return [Near(row["key"], row["cosine"]) for row in rows]
