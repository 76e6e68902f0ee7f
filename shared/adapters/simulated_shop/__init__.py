"""The embedded web shop: products, orders that are paid, fulfilments, refunds, news signed as Shopify's.

Its state is in the store, its secret on disk. It does nothing by chance: a rehearsal says what fails.
"""

from shared.adapters.simulated_shop.memory import CONTAINER
from shared.adapters.simulated_shop.shop import SimulatedShop

__all__ = ["CONTAINER", "SimulatedShop"]
