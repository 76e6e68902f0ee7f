"""The steps of an atomic checkout (flow 1.3-1 step 5, M15): all vendors and the money, or nothing.

Each step may run twice and changes things once; each has an undo that is safe whether the step happened, did
not, or happened while its answer was lost.
"""

import asyncio
from collections.abc import Awaitable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from shared.domain import orders as rules
from shared.domain.events import Event, EventType
from shared.domain.money import Money
from shared.domain.orders import Movement, Order, OrderLeg
from shared.domain.status import OrderStatus, PaymentState, PaymentStatus
from shared.errors import Conflict, PaymentDeclined
from shared.ports.events import CloudEvent
from shared.ports.payments import (
    AuthoriseRequest,
    CancelRequest,
    CaptureRequest,
    NewsKind,
    Payment,
    Payments,
    ProviderNews,
)
from shared.ports.vendors import VendorHolds
from shared.services.kinds import ORDERS
from shared.services.order_money import OrderMoney
from shared.services.pledges import Pledge
from shared.services.records import Records
from shared.services.results import DONE, StepResult
from shared.settings import Settings

T = TypeVar("T")
_CALLED_OFF = StepResult(ok=False, code="cancelled", detail="the customer called the order off")


class Authorised(StepResult):
    """The payment stands, or waits for its customer until `act_by`."""

    act_by: datetime | None = None


class CheckoutSteps:
    """What the plan of a checkout does, step by step."""

    def __init__(
        self,
        records: Records,
        vendors: VendorHolds,
        payments: Payments,
        money: OrderMoney,
        pledges: Sequence[Pledge],
        settings: Settings,
    ) -> None:
        self._records = records
        self._vendors = vendors
        self._payments = payments
        self._money = money
        self._pledges = pledges
        self._settings = settings

    # --- 1: everything is set aside --------------------------------------------------------------

    async def reserve(self, order_id: str) -> StepResult:
        """Hold the goods of every vendor, side by side, and whatever else the order needs, or say what fails.

        What was held when something else failed is given back by the undo.
        """
        order = await self._order(order_id)
        until = self._records.now() + self._settings.reservation_ttl
        for pledge in self._pledges:
            pledged = await pledge.reserve(order)
            if not pledged.ok:
                return pledged
        held = await _all(
            self._vendors.reserve(leg.id, leg.product_id, leg.quantity, until) for leg in order.legs
        )
        return _all_there(order, held)

    async def release(self, order_id: str) -> StepResult:
        """Undo `reserve` and `confirm`: every vendor and every pledge, though one of them fails."""
        order = await self._order(order_id)
        goods = (self._vendors.release(leg.id, leg.product_id) for leg in order.legs)
        await _all([*goods, *(pledge.release(order) for pledge in self._pledges)])
        return DONE

    # --- 2: the money is authorised, once --------------------------------------------------------

    async def authorise(self, order_id: str) -> Authorised:
        """Authorise what the customer pays in one payment for all vendors; a decline is a value."""
        order = await self._order(order_id)
        if order.paying.cancelled:
            return Authorised(**_CALLED_OFF.model_dump())
        if order.paying.state is None:
            try:
                payment = await self._ask(order) if order.to_charge().minor else None
            except (PaymentDeclined, Conflict) as refused:  # a bank's no, or less than a provider takes
                return Authorised(ok=False, code=refused.code, detail=refused.detail)
            order = await self._noted(order, payment)
        return self._standing(await self._looked_at(order))  # for news that came before it was noted

    async def submit(self, order_id: str) -> Order:
        """Look at the payment again: the one way in which customer, webhook and retry complete a checkout.

        Whoever comes first moves the order on; the others change nothing.
        """
        return await self._looked_at(await self._order(order_id))

    async def hear(self, event: CloudEvent) -> None:
        """The provider tells that a payment has changed: look at it, if it is an order's own."""
        news = ProviderNews.model_validate(event.data)
        if news.kind is not NewsKind.PAYMENT_CHANGED:
            return
        found = await self._records.find(ORDERS, news.group)
        if found is not None and found.value.paying.payment_id == news.object_id:
            await self._looked_at(found.value)

    async def read_payment(self, order_id: str) -> Authorised:
        """Say how the payment stands after the customer's time to act: by now it stands or falls."""
        order = await self.submit(order_id)
        standing = self._standing(order)
        if order.paying.cancelled:
            return Authorised(**_CALLED_OFF.model_dump())
        if standing.act_by is not None:
            return Authorised(
                ok=False, code="payment_not_confirmed", detail="the payment was not confirmed in time"
            )
        return standing

    async def cancel(self, order_id: str) -> Order:
        """The customer calls the order off before it is paid. Raises Conflict afterwards."""

        def change(order: Order) -> tuple[Order, Sequence[Event]]:
            if order.status is OrderStatus.CANCELLED or order.paying.cancelled:
                return order, []
            if order.status is not OrderStatus.PENDING or order.paying.state is PaymentState.CAPTURED:
                raise Conflict(
                    "It is paid already; ask for a change or a refund instead.", code="already_paid"
                )
            paying = order.paying.model_copy(update={"cancelled": True})
            return order.model_copy(update={"paying": paying}), [_settled(order)]

        return await self._records.update(ORDERS, order_id, change)

    async def void(self, order_id: str) -> StepResult:
        """Undo the payment, whatever became of it. A payment whose answer was lost is found by its key."""
        order = await self._order(order_id)
        if order.is_paid:
            return await self._unpay(order)
        if order.to_charge().minor == 0:
            return DONE
        payment = await self._known(order)
        if payment is None:
            try:
                payment = await self._ask(order)
            except (PaymentDeclined, Conflict):  # had it been done, its key would answer with it
                return DONE
        if payment.state in {PaymentState.AUTHORISED, PaymentState.REQUIRES_ACTION}:
            payment = await self._let_go(order, payment)
        if payment.state is PaymentState.CAPTURED:
            await self._unpay(order, _charged(order, payment.id))
        return DONE

    # --- 3 and 4: vendors, then the money, for good ------------------------------------------------

    async def confirm(self, order_id: str) -> StepResult:
        """Turn every hold into a sale, side by side; one that lapsed meanwhile is tried anew."""
        order = await self._order(order_id)
        if order.paying.cancelled:
            return _CALLED_OFF
        sold = await _all(self._sell(leg) for leg in order.legs)
        return _all_there(order, sold)

    async def capture(self, order_id: str) -> StepResult:
        """Take the money and hold it per leg, in one write (flow 1.3-3 step 2)."""
        order = await self._order(order_id)
        if order.status is OrderStatus.PENDING:
            taken: list[Movement] = []
            if order.to_charge().minor:
                try:
                    payment = await self._payments.capture(
                        CaptureRequest(
                            key=f"{order_id}:capture",
                            payment_id=order.paying.payment_id,
                            amount=order.to_charge(),
                        )
                    )
                except Conflict as lapsed:
                    return StepResult(ok=False, code="payment_lapsed", detail=lapsed.detail)
                taken.append(_charged(order, payment.id))
            if order.paying.credit:
                taken.append(_credited(order))
            order = await self._money.record(order_id, taken, _paid, key=_key(order), reason="order")
            if not order.is_paid:
                return _CALLED_OFF
        for pledge in self._pledges:
            await pledge.settle(order)
        return DONE

    async def fail(self, order_id: str, code: str, detail: str) -> StepResult:
        """End an order whose plan failed; what an undo that did not get through left held is owed back."""
        told: dict[str, str | int | bool | None] = {"order_id": order_id, "code": code, "detail": detail}

        def change(order: Order) -> Order:
            if order.status not in {OrderStatus.PENDING, OrderStatus.PAID}:
                return order
            back = rules.unpaid(order)
            returned = back.payment_status is PaymentStatus.REFUNDED
            payment = PaymentStatus.REFUNDED if returned else PaymentStatus.FAILED
            return rules.cancelled(back, detail, payment=payment)

        await self._money.record(
            order_id,
            (),
            change,
            key=_void_key(order_id),
            reason="the order failed",
            events=[Event(type=EventType.ORDER_CANCELLED, data=told)],
        )
        return DONE

    async def _unpay(self, order: Order, *taken: Movement) -> StepResult:
        """Give back what was taken, whether or not it was written down."""
        key = _void_key(order.id)
        await self._money.record(order.id, taken, rules.unpaid, key=key, reason="the order failed")
        return DONE

    # --- helpers ---------------------------------------------------------------------------------

    async def _order(self, order_id: str) -> Order:
        return (await self._records.get(ORDERS, order_id)).value

    async def _ask(self, order: Order) -> Payment:
        return await self._payments.authorise(
            AuthoriseRequest(
                key=_key(order),
                customer_id=order.customer_id,
                amount=order.to_charge(),
                group=order.id,
                method=order.paying.method,
                description=f"Order {order.id}",
            )
        )

    async def _noted(self, order: Order, payment: Payment | None) -> Order:
        """Write down how the payment stands, unless that is known already."""
        act_by = self._records.now() + self._settings.action_timeout

        def change(current: Order) -> tuple[Order, Sequence[Event]]:
            if current.paying.state is not None:
                return current, []
            waits = payment is not None and payment.state is PaymentState.REQUIRES_ACTION
            paying = current.paying.model_copy(
                update={
                    "payment_id": payment.id if payment else "",
                    "state": payment.state if payment else PaymentState.AUTHORISED,
                    "act_by": act_by if waits else None,
                }
            )
            event = Event(type=EventType.PAYMENT_ACTION_REQUIRED, data={"order_id": current.id})
            return _standing_as(current, paying), [event] if waits else []

        return await self._records.update(ORDERS, order.id, change)

    async def _looked_at(self, order: Order) -> Order:
        if order.paying.state is not PaymentState.REQUIRES_ACTION:
            return order
        payment = await self._payments.payment(order.paying.payment_id)
        if payment.state is PaymentState.REQUIRES_ACTION:
            return order
        return await self._moved_on(order.id, payment.state)

    async def _moved_on(self, order_id: str, state: PaymentState) -> Order:
        def change(order: Order) -> tuple[Order, Sequence[Event]]:
            if order.paying.state is not PaymentState.REQUIRES_ACTION:
                return order, []
            paying = order.paying.model_copy(update={"state": state, "act_by": None})
            return _standing_as(order, paying), [_settled(order)]

        return await self._records.update(ORDERS, order_id, change)

    def _standing(self, order: Order) -> Authorised:
        match order.paying.state:
            case PaymentState.REQUIRES_ACTION:
                return Authorised(act_by=order.paying.act_by)
            case PaymentState.AUTHORISED | PaymentState.CAPTURED:
                return Authorised()
            case _:
                return Authorised(
                    ok=False,
                    code="payment_declined",
                    detail="The payment was not confirmed. Nothing was charged.",
                )

    async def _known(self, order: Order) -> Payment | None:
        return await self._payments.payment(order.paying.payment_id) if order.paying.payment_id else None

    async def _let_go(self, order: Order, payment: Payment) -> Payment:
        """Cancel an authorisation. Raises Conflict when the provider neither lets go nor has taken it."""
        try:
            return await self._payments.cancel(
                CancelRequest(key=f"{_key(order)}:cancel", payment_id=payment.id)
            )
        except Conflict:
            known = await self._payments.payment(payment.id)
            if known.state is not PaymentState.CAPTURED:  # captured meanwhile, it goes back
                raise
            return known

    async def _sell(self, leg: OrderLeg) -> bool:
        for _ in range(2):
            try:
                await self._vendors.confirm(leg.id, leg.product_id)
            except Conflict:
                if not await self._vendors.reserve(leg.id, leg.product_id, leg.quantity):
                    return False
            else:
                return True
        return False


def _all_there(order: Order, there: Sequence[bool]) -> StepResult:
    """Say which legs' goods are not to be had, if any; `there` is in the order of the legs."""
    missing = [leg.name for leg, has in zip(order.legs, there, strict=True) if not has]
    if not missing:
        return DONE
    return StepResult(ok=False, code="out_of_stock", detail=f"{' and '.join(missing)} is out of stock")


def _key(order: Order) -> str:
    """The key of an order's one payment."""
    return f"{order.id}:charge"


def payment_keys(order: Order) -> frozenset[str]:
    """The keys under which an order's one payment goes back when the order fails."""
    return frozenset({_key(order), _void_key(order.id)})


def _void_key(order_id: str) -> str:
    return f"{order_id}:charge:void"


async def _all(calls: Iterable[Awaitable[T]]) -> list[T]:
    """Await all of them, side by side and each to its end: what one failure leaves in the air meets its undo.

    Raises the first failure.
    """
    results = await asyncio.gather(*calls, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result for result in results if not isinstance(result, BaseException)]


def _charged(order: Order, payment_id: str) -> Movement:
    return Movement(key=_key(order), receipt_id=payment_id, amount=order.to_charge(), reason="order")


def _credited(order: Order) -> Movement:
    amount = Money(minor=order.paying.credit, currency=order.currency())
    return Movement(key=f"{order.id}:credit", receipt_id="", amount=amount, reason="credits", credit=True)


def _paid(order: Order) -> Order:
    """Called off in the last moment, the order is not paid: what was taken for it is due back."""
    waits = order.status is OrderStatus.PENDING and not order.paying.cancelled
    return rules.paid(order) if waits else order


def _standing_as(order: Order, paying: rules.Paying) -> Order:
    status = PaymentStatus.AUTHORIZED if paying.state is PaymentState.AUTHORISED else order.payment_status
    return order.model_copy(update={"paying": paying, "payment_status": status})


def _settled(order: Order) -> Event:
    return Event(type=EventType.PAYMENT_SETTLED, data={"order_id": order.id})


def left_over(order: Order, undos: Sequence[str], detail: str) -> str:
    """What a person needs to know to undo by hand what the plan could not."""
    goods = "; ".join(f"{leg.quantity} x {leg.name} of {leg.vendor_name} ({leg.id})" for leg in order.legs)
    paying = order.paying
    return (
        f"Order {order.id} of {order.customer_id} failed ({detail}) and could not be undone: "
        f"{', '.join(undos)}. Payment {paying.payment_id or 'unknown'} under key {_key(order)}, "
        f"{paying.state or 'not answered'}, {order.to_charge()}. Goods: {goods}."
    )
