"""What partners are told of their money (flow 2.8-1 step 4), heard from the bus, once per leg."""

from shared.domain.money import Money
from shared.domain.orders import OrderLeg
from shared.ports.events import CloudEvent
from shared.services.catalogue import CatalogueService
from shared.services.orders import OrderService
from shared.services.partner_messages import PartnerMessages


class MoneyNotices:
    """Notices to vendors about released and clawed back money."""

    def __init__(self, orders: OrderService, catalogue: CatalogueService, messages: PartnerMessages) -> None:
        self._orders = orders
        self._catalogue = catalogue
        self._messages = messages

    async def released(self, event: CloudEvent) -> None:
        """A leg's money is the vendor's."""
        data = event.data
        amount = Money(minor=data["vendor_minor"], currency=data["currency"])
        leg = await self._leg(event)
        text = f"{amount} for {leg.name} is released to you; it goes out with your next payout."
        await self._messages.notice(leg, key=f"released{data['key'].removeprefix(leg.id)}", text=text)

    async def refunded(self, event: CloudEvent) -> None:
        """Released money is taken back; what was only held is no news to the vendor."""
        data = event.data
        amount = Money(minor=data["vendor_minor"], currency=data["currency"])
        if amount.minor == 0:
            return
        leg = await self._leg(event)
        text = f"{leg.name} was refunded to the customer: {amount} nets against your next payout."
        await self._messages.notice(leg, key=f"refunded{data['key'].removeprefix(leg.id)}", text=text)

    async def _leg(self, event: CloudEvent) -> OrderLeg:
        await self._catalogue.refresh()  # a cold worker knows no vendors
        return (await self._orders.get(event.data["order_id"])).leg(event.data["leg_id"])
