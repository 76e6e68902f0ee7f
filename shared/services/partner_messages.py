"""What partners are told and asked, in words and buttons, over the channel they prefer (M24, flow 2.7-1)."""

import logging
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from shared.domain.catalogue import ChannelKind, Vendor
from shared.domain.negotiations import Negotiation, wants
from shared.domain.orders import Order, OrderLeg
from shared.errors import NotFound, Unavailable
from shared.ports.channels import PartnerChannel, PartnerMessage
from shared.ports.store import Store, Upsert
from shared.services.catalogue import CatalogueService

PORTAL = "partner_orders"
"""Container of what each partner sees in its portal: partition vendor, id leg."""
_log = logging.getLogger(__name__)
ANSWERS = ("Accept", "Decline")
CHANGE_ANSWERS = ("Accept", "Decline", "Modify")


class PartnerMessages:
    """Formats messages and routes each to its vendor's channel."""

    def __init__(
        self, store: Store, catalogue: CatalogueService, channels: Mapping[ChannelKind, PartnerChannel]
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._channels = channels

    async def order_placed(self, order: Order, leg: OrderLeg) -> None:
        """Tell a vendor of its new leg and ask for acceptance, in its portal and by message (2.3-1)."""
        entry = {"order_id": order.id, "at": order.created_at.isoformat(), "told": False}
        if not await self.knows_of(leg):
            await self._store.batch(PORTAL, leg.vendor_id, [Upsert(leg.id, entry)])
        text = (
            f"New order: {leg.quantity} x {leg.name}, to {order.deliver_to.address}, "
            f"wanted by {_local(order.deliver_by, order.zone)}. Can you fulfil it? [Yes] [No]"
        )
        await self._send(leg, "order", f"{leg.id}:order", leg.id, text, ANSWERS, item=leg.name)
        await self._store.batch(PORTAL, leg.vendor_id, [Upsert(leg.id, {**entry, "told": True})])

    async def knows_of(self, leg: OrderLeg) -> bool:
        """Say whether the message of a new leg has reached its vendor."""
        entry = await self._store.read(PORTAL, leg.vendor_id, leg.id)
        return entry is not None and bool(entry.body.get("told", True))

    async def change_requested(
        self, leg: OrderLeg, negotiation: Negotiation, *, question: str, reply_by: datetime
    ) -> None:
        """Ask a vendor for a change of its leg; each round is one message (flow 6.3-1 step 2)."""
        await self._send(
            leg,
            "change_request",
            f"{negotiation.id}:{negotiation.round}:ask",
            negotiation.reference,
            question,
            CHANGE_ANSWERS,
            item=negotiation.wanted,
            reply_by=reply_by,
        )

    async def cancelled(self, leg: OrderLeg, *, why: str) -> None:
        """Tell a vendor that its leg is off. Its portal says so even if the message cannot be delivered."""
        text = f"Cancelled: {leg.name}. {why}"
        await self._send_if_possible(leg, "cancellation", f"{leg.id}:cancel", text)

    async def notice(self, leg: OrderLeg, *, key: str, text: str) -> None:
        """Tell a vendor something that needs no answer."""
        await self._send_if_possible(leg, "notice", f"{leg.id}:{key}", text)

    async def announce(self, vendor: Vendor, *, key: str, text: str) -> None:
        """Tell a vendor something that is about no order, once per key. Raises Unavailable."""
        message = PartnerMessage(
            id=f"{key}:notice", reference=key, kind="notice", order_id="", leg_id="", text=text
        )
        await self._channel(vendor).send(vendor, message)

    async def _send_if_possible(self, leg: OrderLeg, kind: str, id: str, text: str) -> None:
        try:
            await self._send(leg, kind, id, leg.id, text, ())
        except Unavailable as failed:  # nobody's plan waits for it
            _log.warning("the %s %s was not delivered: %s", kind, id, failed.detail)

    async def _send(
        self,
        leg: OrderLeg,
        kind: str,
        id: str,
        reference: str,
        text: str,
        buttons: tuple[str, ...],
        *,
        item: str = "",
        reply_by: datetime | None = None,
    ) -> None:
        vendor = await self._vendor(leg.vendor_id)
        message = PartnerMessage.model_validate(
            {
                "id": id,
                "reference": reference,
                "kind": kind,
                "order_id": leg.id.partition("-")[0],
                "leg_id": leg.id,
                "text": text,
                "item": item,
                "quantity": leg.quantity,
                "order_value": leg.price,
                "reply_by": reply_by,
                "buttons": buttons,
            }
        )
        await self._channel(vendor).send(vendor, message)

    async def _vendor(self, vendor_id: str) -> Vendor:
        """A worker that has just begun, and is woken by the bus, has not read the catalogue yet."""
        try:
            return self._catalogue.known_vendor(vendor_id)
        except NotFound:
            await self._catalogue.refresh()
            return self._catalogue.known_vendor(vendor_id)

    def _channel(self, vendor: Vendor) -> PartnerChannel:
        channel = self._channels.get(vendor.channel.kind)
        if channel is None:
            raise Unavailable(f"{vendor.name} is reached by {vendor.channel.kind}, which is not set up.")
        return channel


def change_question(negotiation: Negotiation) -> str:
    """The first question of a negotiation, as flow 6.3-1 step 2 words it."""
    return f"Customer requested change: {wants(negotiation)}. Can you fulfill? [Yes] [No]"


def _local(instant: datetime, zone: str) -> str:
    return f"{instant.astimezone(ZoneInfo(zone)):%A %d %B, %H:%M}"
