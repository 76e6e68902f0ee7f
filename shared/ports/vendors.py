"""The vendor port: goods that a vendor holds for an order while it is being paid (flow 1.3-1)."""

from datetime import datetime
from typing import Protocol


class VendorHolds(Protocol):
    """Holds, sales and their undo, each under the leg's id: the same key again changes nothing.

    The embedded default counts the stock that vendors told us of; a vendor's own checkout stands behind the
    same three calls.
    """

    async def reserve(
        self, key: str, product_id: str, quantity: int = 1, until: datetime | None = None
    ) -> bool:
        """Hold `quantity` until `until`; False: there is not enough. Raises Unavailable."""
        ...

    async def confirm(self, key: str, product_id: str) -> None:
        """Turn the hold into a sale. Raises Conflict when it has lapsed and the goods are gone."""
        ...

    async def release(self, key: str, product_id: str) -> None:
        """Give back what `key` holds or has bought; an unknown key changes nothing."""
        ...
