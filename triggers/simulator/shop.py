"""Rehearsals with the embedded shop: what its customers do, what it forgets to tell, what fails."""

from typing import Annotated

from pydantic import Field

from shared.domain.instants import Instant
from shared.domain.model import Model
from shared.domain.operations.shop import ShippingAddress, ShopSnapshot
from shared.ports.rehearsals import NewOrder, ShopTroubles, SignedDelivery, SoldOrder
from shared.ports.shop import ShopNews
from triggers.web.answer import Reply
from triggers.web.call import Call

ShopNumber = Annotated[str, Field(pattern=r"^[0-9]{1,12}$")]


class TroublesBody(ShopTroubles):
    """What goes wrong from now on."""

    away_until: Instant | None = None


class CancelBody(Model):
    """Why."""

    reason: str = Field(default="", max_length=200)


class DeliveriesView(Model):
    """Webhooks, signed, ready to be sent."""

    deliveries: tuple[SignedDelivery, ...]


async def place_order(call: Call, body: NewOrder) -> Reply[ShopSnapshot]:
    """Let a customer buy at the shop and pay; the shop then tells."""
    order, news = await call.app.shop_rehearsal.sell(body)
    await _tell(call, news)
    return Reply(order)


async def get_order(call: Call, number: ShopNumber) -> Reply[SoldOrder]:
    """Show an order as the shop has it, with fulfilments and refunds."""
    return Reply(await call.app.shop_rehearsal.sold(number))


async def put_address(call: Call, number: ShopNumber, body: ShippingAddress) -> Reply[SoldOrder]:
    """Let someone correct an address at the shop."""
    await _tell(call, await call.app.shop_rehearsal.readdressed(number, body))
    return await get_order(call, number)


async def cancel_order(call: Call, number: ShopNumber, body: CancelBody) -> Reply[SoldOrder]:
    """Let someone cancel an order at the shop."""
    await _tell(call, await call.app.shop_rehearsal.cancelled(number, reason=body.reason))
    return await get_order(call, number)


async def put_troubles(call: Call, body: TroublesBody) -> Reply[ShopTroubles]:
    """Rehearse an outage, lost answers, news that nobody is told."""
    await call.app.shop_rehearsal.trouble(body)
    return Reply(body)


async def list_news(call: Call) -> Reply[DeliveriesView]:
    """Give every webhook of the shop, to be sent in any order and number."""
    return Reply(DeliveriesView(deliveries=tuple(await call.app.shop_rehearsal.deliveries())))


async def _tell(call: Call, news: ShopNews | None) -> None:
    if news is not None and not await call.app.shop_rehearsal.keeps_news():
        await call.app.operations.shop_desk.receive(news)
