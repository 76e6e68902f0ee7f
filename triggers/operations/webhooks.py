"""Webhooks of the shop and of suppliers: verified over the raw body, stored and announced, nothing else.

The sender need not send again what got an answer, whether it was new, came before, is stale or unfollowed.
"""

from typing import Annotated

from pydantic import Field

from shared.domain.model import Model
from shared.errors import NotFound
from shared.services.operations.shop_desk import Receipt
from triggers.web.answer import Reply
from triggers.web.call import Call

SupplierId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


class ReceiptView(Model):
    """What became of the delivery."""

    outcome: Receipt


async def shopify(call: Call) -> Reply[ReceiptView]:
    """Take a delivery of the shop in (flow ops-1)."""
    engine = call.app.operations
    news = engine.ports.shop_webhooks.read(call.raw_body, call.headers, now=call.now)
    if news is None:
        return Reply(ReceiptView(outcome=Receipt.UNFOLLOWED))
    return Reply(ReceiptView(outcome=await engine.shop_desk.receive(news)))


async def supplier(call: Call, supplier_id: SupplierId) -> Reply[ReceiptView]:
    """Take a delivery of a supplier in (flow ops-2)."""
    engine = call.app.operations
    webhooks = engine.ports.suppliers.webhooks(supplier_id)
    if webhooks is None:
        raise NotFound("webhook", supplier_id)
    news = webhooks.read(call.raw_body, call.headers, now=call.now)
    if news is None:
        return Reply(ReceiptView(outcome=Receipt.UNFOLLOWED))
    return Reply(ReceiptView(outcome=await engine.supplier_desk.receive(supplier_id, news)))
