"""Azure Cosmos DB as the store: the contract of `shared.ports.store` over the NoSQL API.

Containers and indexes stand in one table, `containers`, from which the deployment is made.
"""
