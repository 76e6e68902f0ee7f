"""The ads port: the campaigns that advertise the shop's products (flow ops-6)."""

from collections.abc import Sequence
from typing import Protocol

from shared.domain.model import Model


class Campaign(Model):
    """One campaign; `id` is the ad platform's."""

    id: str
    product_id: str
    name: str
    active: bool


class Ads(Protocol):
    """One ad platform. Every method may raise Unavailable."""

    async def campaigns(self, product_id: str = "") -> Sequence[Campaign]:
        """Return the campaigns of a product, or all there are."""
        ...

    async def pause(self, campaign_id: str) -> None:
        """Stop a campaign; one that is paused stays so. Raises NotFound."""
        ...

    async def resume(self, campaign_id: str) -> None:
        """Let a campaign run again. Raises NotFound."""
        ...
