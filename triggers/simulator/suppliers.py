"""Rehearsals with the embedded suppliers: stock, outages, parcels that stand still."""

from typing import Annotated

from pydantic import Field

from shared.domain.instants import Instant
from shared.domain.model import Model
from shared.ports.rehearsals import Fate, Stock, SupplierTroubles, TakenOrder
from triggers.operations.webhooks import SupplierId
from triggers.simulator.shop import DeliveriesView
from triggers.web.answer import Reply
from triggers.web.call import Call

OrderNumber = Annotated[str, Field(pattern=r"^[a-z0-9]{1,40}_[0-9a-f]{12}$")]


class TroublesBody(SupplierTroubles):
    """What goes wrong from now on."""

    away_until: Instant | None = None


class FateBody(Model):
    """What becomes of the order."""

    fate: Fate


class OrdersView(Model):
    """Everything that was ordered there, oldest first."""

    orders: tuple[TakenOrder, ...]


async def put_stock(call: Call, supplier_id: SupplierId, body: Stock) -> Reply[Stock]:
    """Put something on sale, or change its price and stock."""
    await call.app.suppliers_rehearsal.put_stock(supplier_id, body)
    return Reply(body)


async def put_troubles(call: Call, supplier_id: SupplierId, body: TroublesBody) -> Reply[SupplierTroubles]:
    """Rehearse an outage, lost answers, refused addresses, orders that are never sent."""
    await call.app.suppliers_rehearsal.trouble(supplier_id, body)
    return Reply(body)


async def list_orders(call: Call, supplier_id: SupplierId) -> Reply[OrdersView]:
    """List what was ordered."""
    return Reply(OrdersView(orders=tuple(await call.app.suppliers_rehearsal.taken(supplier_id))))


async def put_fate(
    call: Call, supplier_id: SupplierId, supplier_order_id: OrderNumber, body: FateBody
) -> Reply[TakenOrder]:
    """Decide what becomes of an order from now on."""
    return Reply(await call.app.suppliers_rehearsal.decide(supplier_id, supplier_order_id, body.fate))


async def list_news(call: Call, supplier_id: SupplierId) -> Reply[DeliveriesView]:
    """Give every webhook of a supplier that pushes."""
    found = await call.app.suppliers_rehearsal.deliveries(supplier_id)
    return Reply(DeliveriesView(deliveries=tuple(found)))
