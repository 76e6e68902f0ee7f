"""What vendors are told of cases about what they sold, in their portal and by message (flow 5.5-2 step 5)."""

from collections.abc import Iterator

from shared.domain import dispute_stories as stories
from shared.domain.disputes import Dispute
from shared.domain.orders import Order, OrderLeg
from shared.domain.status import LegStatus
from shared.ports.events import CloudEvent
from shared.services.catalogue import CatalogueService
from shared.services.disputes.cases import Cases
from shared.services.orders import OrderService
from shared.services.partner_messages import PartnerMessages


class DisputeNotices:
    """Heard from the bus; the same event twice is one notice."""

    def __init__(
        self, cases: Cases, orders: OrderService, catalogue: CatalogueService, messages: PartnerMessages
    ) -> None:
        self._cases = cases
        self._orders = orders
        self._catalogue = catalogue
        self._messages = messages

    async def opened(self, event: CloudEvent) -> None:
        """Ask the vendors for their side; what the web shop sold is no vendor's."""
        dispute = await self._cases.get(event.data["dispute_id"])
        if not dispute.vendor_ids:
            return
        order = await self._orders.get(dispute.order_id)
        await self._cases.show_to(dispute.vendor_ids, dispute)
        await self._catalogue.refresh()
        for leg in _concerned(order, dispute):
            text = stories.vendor_asked(leg, dispute, zone=order.zone)
            await self._messages.notice(leg, key=f"{_name(dispute)}:opened", text=text)

    async def resolved(self, event: CloudEvent) -> None:
        """Tell the vendors what was decided; one whose leg was called off for it is told so."""
        dispute = await self._cases.get(event.data["dispute_id"])
        if not dispute.vendor_ids:
            return
        order = await self._orders.get(dispute.order_id)
        await self._cases.show_to(dispute.vendor_ids, dispute)
        await self._catalogue.refresh()
        for leg in _concerned(order, dispute):
            text = stories.vendor_told(leg, dispute)
            if text is None:
                continue
            if leg.status is LegStatus.CANCELLED:
                await self._messages.cancelled(leg, why=text)
            else:
                await self._messages.notice(leg, key=f"{_name(dispute)}:decided", text=text)


def _concerned(order: Order, dispute: Dispute) -> Iterator[OrderLeg]:
    """The legs that a case is about."""
    if dispute.leg_id:
        yield order.leg(dispute.leg_id)
    else:
        yield from (leg for leg in order.planned_legs() if leg.vendor_id in dispute.vendor_ids)


def _name(dispute: Dispute) -> str:
    return dispute.id.rpartition("-")[2]
