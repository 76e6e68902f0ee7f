"""Money back to customers of the web shop: asked for in the order, sent by a plan of its own.

Whoever decides writes it down with `ShopOrder.refunding`; from then on the order owes it, and nobody gives
the same money back twice.
"""

from shared.domain.events import Event, EventType
from shared.domain.negotiations import EscalationReason
from shared.domain.operations import money
from shared.domain.operations.shop_orders import ShopOrder, ShopRefund
from shared.errors import Conflict
from shared.ports.shop import Shop, ShopRefunded, ShopRefundRequest
from shared.services.escalations import EscalationService
from shared.services.kinds import SHOP_ORDERS
from shared.services.records import Change, Records
from shared.services.results import DONE, StepResult


class ShopRefunds:
    """Sends what is due."""

    def __init__(self, records: Records, shop: Shop, escalations: EscalationService) -> None:
        self._records = records
        self._shop = shop
        self._escalations = escalations

    async def send(self, order_id: str, key: str) -> StepResult:
        """Give back what is due under `key`, through the shop, and book it. Raises Unavailable.

        What was sent before is sent no more. `ok` is false when the shop refuses.
        """
        order = (await self._records.get(SHOP_ORDERS, order_id)).value
        due = order.refund(key)
        if due.sent_at is not None:
            return DONE
        try:
            sent = await self._shop.refund(_request(order, due))
        except Conflict as refused:
            return StepResult(ok=False, code=refused.code, detail=refused.detail)
        await self._records.apply(SHOP_ORDERS, order_id, lambda current: self._sent(current, key, sent))
        return DONE

    async def report(self, order_id: str, key: str, *, detail: str) -> StepResult:
        """Put what could not be given back before a person, once."""
        order = (await self._records.get(SHOP_ORDERS, order_id)).value
        due = order.refund(key)
        await self._escalations.raise_alarm(
            subject=key,
            reason=EscalationReason.REFUND_FAILED,
            summary=(
                f"{due.amount} of order {order.sold.number} ({due.reason}) were not given back to "
                f"{order.sold.customer.email}: {detail}."
            ),
            order_id=order_id,
        )
        return DONE

    def _sent(self, order: ShopOrder, key: str, sent: ShopRefunded) -> Change[ShopOrder]:
        due = order.refund(key)
        if due.sent_at is not None:
            return Change(order)
        now = self._records.now()
        reference = sent.payment_refund_id or sent.id
        done = due.model_copy(update={"refund_id": reference, "sent_at": now})
        entry = money.refund(order, done, at=now)
        event = Event(
            type=EventType.SHOP_REFUND_SENT,
            data={"order_id": order.id, "key": key, "amount_minor": done.amount.minor},
        )
        return Change(order.with_refund(done).posted(entry), [event], [entry])


def _request(order: ShopOrder, due: ShopRefund) -> ShopRefundRequest:
    return ShopRefundRequest(
        key=due.key,
        shop_order_id=order.sold.shop_order_id,
        amount=due.amount,
        line_id=due.line_id,
        reason=due.reason,
    )
