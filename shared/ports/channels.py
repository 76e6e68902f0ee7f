"""The channel port: messages to partners, by whatever way they prefer (M24)."""

from datetime import datetime
from typing import Literal, Protocol

from pydantic import Field

from shared.domain.catalogue import Vendor
from shared.domain.model import Model
from shared.domain.money import Money


class PartnerMessage(Model):
    """What a partner is told or asked. `id` is the effect's key: a repeated id is the same message.

    `reference` is what a reply quotes back: a negotiation id with its round, or an order leg id.
    """

    id: str = Field(max_length=200)
    reference: str
    kind: Literal["order", "change_request", "cancellation", "notice"]
    order_id: str
    leg_id: str
    text: str
    item: str = ""
    quantity: int = 1
    order_value: Money | None = None
    reply_by: datetime | None = None
    buttons: tuple[str, ...] = ()


class PartnerChannel(Protocol):
    """One way to reach partners."""

    async def send(self, vendor: Vendor, message: PartnerMessage) -> None:
        """Deliver `message`, at most once per id as far as the channel can tell. Raises Unavailable."""
        ...
