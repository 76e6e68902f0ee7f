"""Creates the database and its containers, for tests and emulators. In Azure the deployment does that."""

from collections.abc import Iterable
from typing import Any

from shared.adapters.cosmos_store.connection import Connections
from shared.adapters.cosmos_store.containers import CONTAINERS, DEFAULT_TTL, PARTITION_KEY, Container
from shared.settings import Settings


async def ensure(settings: Settings, containers: Iterable[Container] = CONTAINERS.values()) -> None:
    """Create what is missing; what exists is left as it is. Raises the SDK's errors."""
    from azure.cosmos import PartitionKey

    connections = Connections(settings)
    try:
        client = await connections.client()
        database: Any = await client.create_database_if_not_exists(settings.cosmos_database)
        for container in containers:
            policies = {"indexing_policy": container.indexing_policy}
            if settings.cosmos_vectors and container.vector:
                vectors = container.vector_policies(settings.embedding_dimensions)
                policies = {
                    "indexing_policy": vectors.indexing,
                    "vector_embedding_policy": vectors.embedding,
                }
            await database.create_container_if_not_exists(
                container.name, PartitionKey(PARTITION_KEY), default_ttl=DEFAULT_TTL, **policies
            )
    finally:
        await connections.close()
