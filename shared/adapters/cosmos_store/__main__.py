"""`python -m shared.adapters.cosmos_store`: create the database and containers of USO_COSMOS_ENDPOINT."""

import asyncio

from shared.adapters.cosmos_store.ensure import ensure
from shared.settings import Settings


def main() -> None:
    """Set an emulator up. In production the deployment owns the containers, and their throughput."""
    settings = Settings()
    if settings.cosmos_endpoint is None or settings.environment == "production":
        raise SystemExit("This sets up a development account: USO_COSMOS_ENDPOINT names it.")
    asyncio.run(ensure(settings))


if __name__ == "__main__":
    main()
