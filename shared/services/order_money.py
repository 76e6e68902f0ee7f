"""Money of an order: taken, held, given back, each under its key and once (flows 1.3-1, 1.3-3, M15, M16).

What is owed is written first, in one batch with the state that causes it; then the provider is asked under a
key that follows from it; then the effect is written. A crash in between repeats the asking and nothing else.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import reduce

from shared.domain import order_money as money
from shared.domain import orders as rules
from shared.domain.events import Event, EventType
from shared.domain.ledger import Entry
from shared.domain.money import Money
from shared.domain.orders import Movement, Order, RefundDue, RefundPart
from shared.domain.status import OrderStatus, PaymentState
from shared.errors import Conflict, PaymentDeclined
from shared.ports.payments import AuthoriseRequest, CancelRequest, Payments, RefundRequest
from shared.services.kinds import ORDERS
from shared.services.pledges import Authority
from shared.services.records import Change, Records
from shared.services.results import DONE, StepResult


class OrderMoney:
    """Moves money for orders and books every move."""

    def __init__(self, records: Records, payments: Payments, authority: Authority) -> None:
        self._records = records
        self._payments = payments
        self._authority = authority

    async def take(self, order: Order, amount: Money, *, key: str, reason: str) -> Movement:
        """Charge `amount` under `key`, at once. Raises PaymentDeclined."""
        payment = await self._payments.authorise(
            AuthoriseRequest(
                key=key,
                customer_id=order.customer_id,
                amount=amount,
                group=order.id,
                method=order.paying.method,
                description=reason,
                capture=True,
            )
        )
        if payment.state is PaymentState.REQUIRES_ACTION:
            await self._payments.cancel(CancelRequest(key=f"{key}:cancel", payment_id=payment.id))
        if payment.captured != amount.minor:
            raise PaymentDeclined("The bank wants to see the customer first. Nothing was charged.")
        return Movement(key=key, receipt_id=payment.id, amount=amount, reason=reason)

    async def exchange(
        self, order_id: str, difference: Money, *, key: str, reason: str, change: Callable[[Order], Order]
    ) -> StepResult:
        """Apply `change` and settle what the order then costs more or less, to the cent, once per key.

        More is taken before and less is given back after: a declined payment changes nothing, and a change
        that turns out to be impossible (a Conflict of `change`) costs nothing.
        """
        taken: Sequence[Movement] = ()
        if difference.minor > 0:
            order = (await self._records.get(ORDERS, order_id)).value
            covered = await self._authority.extend(order, difference, key=key)
            if not covered.ok:
                return covered
            try:
                taken = [await self.take(order, difference, key=key, reason=reason)]
            except (PaymentDeclined, Conflict) as refused:  # a bank's no, or less than a provider charges
                await self._authority.retract(order, difference, key=key)
                return StepResult(ok=False, code=refused.code, detail=refused.detail)
        try:
            await self.record(order_id, taken, change, key=key, reason=reason)
        except Conflict as impossible:
            await self._take_back(order_id, taken, key=f"{key}:undo", reason=reason)
            return StepResult(ok=False, code=impossible.code, detail=impossible.detail)
        return DONE

    async def record(
        self,
        order_id: str,
        movements: Sequence[Movement],
        change: Callable[[Order], Order],
        *,
        key: str,
        reason: str = "",
        events: Sequence[Event] = (),
    ) -> Order:
        """Write `change`, the money that moved for it and the entry that books both, all or nothing.

        What is then neither held nor paid is due back under `key`, and a plan of its own sends it. Nothing
        changed is nothing written.
        """
        now = self._records.now()

        def apply(order: Order) -> Change[Order]:
            after = reduce(rules.with_movement, movements, change(order))
            if after is order:
                return Change(order)
            after, entries = money.booked(order, after, key=key, at=now, reason=reason)
            after, last, told = completed(after, at=now)
            return Change(after, [*events, *told, *refunds_due(order, after)], [*entries, *last])

        return await self._records.apply(ORDERS, order_id, apply)

    async def send_refund(self, order_id: str, key: str) -> StepResult:
        """Give back what is due under `key`; nothing due, or sent before, changes nothing.

        Each part is written down as it goes: should the provider refuse the next, what has gone is known.
        """
        order = (await self._records.get(ORDERS, order_id)).value
        due = order.refund_due(key)
        if due is None or due.sent:
            return DONE
        *others, last = due.parts
        for part in others:
            gone = await self._send(part, due)
            await self.record(order_id, [gone], lambda order: order, key=gone.key, reason=due.reason)
        await self.record(
            order_id,
            [await self._send(last, due)],
            lambda o: o if _is_sent(o, key) else money.sent(o, key),
            key=f"{key}:sent",
            reason=due.reason,
            events=[Event(type=EventType.REFUND_SENT, data={"order_id": order_id, "key": key})],
        )
        return DONE

    async def _take_back(self, order_id: str, taken: Sequence[Movement], *, key: str, reason: str) -> None:
        """What was taken for something that did not happen is due back."""
        if taken:
            await self.record(order_id, taken, lambda order: order, key=key, reason=reason)

    async def _send(self, part: RefundPart, due: RefundDue) -> Movement:
        back = Movement(
            key=_way_key(due, part),
            receipt_id="",
            amount=-part.amount,
            reason=due.reason,
            credit=part.credit,
        )
        if part.credit:
            return back
        refund = await self._payments.refund(
            RefundRequest(key=back.key, payment_id=part.payment_id, amount=part.amount)
        )
        return back.model_copy(update={"receipt_id": refund.id})


def completed(order: Order, *, at: datetime) -> tuple[Order, Sequence[Entry], Sequence[Event]]:
    """Complete the order if nothing of its money waits any more; the delivery's fee goes with it.

    Whatever settles a leg ends with this: releasing it, refunding it, calling it off.
    """
    done = rules.settled(order)
    if done is order:
        return order, (), ()
    if done.status is OrderStatus.COMPLETED:
        done, entries = money.delivery_released(done, key=f"{order.id}-delivery:release", at=at)
    else:
        done, entries = money.delivery_refunded(done, key=f"{order.id}-delivery:refund", at=at)
    return done, entries, [Event(type=EventType.ORDER_COMPLETED, data={"order_id": order.id})]


def refunds_due(before: Order, after: Order) -> list[Event]:
    """Announce what is newly due back; the plan that sends it is named after the key."""
    known = {due.key for due in before.refunds}
    return [
        Event(
            type=EventType.REFUND_DUE,
            data={"order_id": after.id, "key": due.key, "plan": refund_plan(after.id, due.key)},
        )
        for due in after.refunds
        if due.key not in known and not due.sent
    ]


def refund_plan(order_id: str, key: str) -> str:
    """The id of the plan that sends what is due under `key`; two keys never share one."""
    return f"{order_id}-refund-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def left_to_send(order: Order, due: RefundDue) -> Money:
    """What of a refund has not gone out yet."""
    gone = {movement.key for movement in order.movements}
    waiting = (part.amount for part in due.parts if _way_key(due, part) not in gone)
    return Money.total(waiting, due.amount.currency)


def _way_key(due: RefundDue, part: RefundPart) -> str:
    return f"{due.key}@{part.movement_key}"


def _is_sent(order: Order, key: str) -> bool:
    due = order.refund_due(key)
    return due is None or due.sent
