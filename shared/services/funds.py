"""What is held for an order's legs, and where it goes: released, refunded, frozen, taken by a bank (M16).

Each move is one write of the order with its ledger entries and the event that announces it, under one key.
The same key again changes nothing.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from fractions import Fraction

from shared.domain import order_money as money
from shared.domain.events import Event, EventType
from shared.domain.ids import owner_of
from shared.domain.ledger import Entry
from shared.domain.ledger.split import Split
from shared.domain.money import Money
from shared.domain.orders import Order
from shared.domain.status import HoldStatus
from shared.errors import Conflict, LedgerError
from shared.ports.store import AlreadyExists
from shared.services.kinds import ORDERS
from shared.services.order_money import completed, refunds_due
from shared.services.records import Change, Records

WHOLE = Fraction(1)
Booking = Callable[[Order, datetime], tuple[Order, Sequence[Entry]]]
Moved = tuple[Order, Sequence[Entry], Sequence[Event]]


class FundsService:
    """Moves of held money."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def release(self, leg_id: str, *, key: str, share: Fraction = WHOLE) -> Order:
        """Release what is held for a leg, or a share of it: all who worked on it earn (1.3-3 step 5).

        The share is rounded down to the minor unit; what is not released is held on.
        Raises Conflict when nothing is held (`not_held`) or a dispute keeps it frozen (`disputed`).
        """

        def change(order: Order, now: datetime) -> Moved:
            if order.leg(leg_id).hold is HoldStatus.RELEASED:
                return order, (), ()
            there = money.held_of(order, order.leg(leg_id))
            part = Money(minor=int(there.minor * share), currency=there.currency)
            after, parts, entries = money.released(order, leg_id, part, key=key, at=now)
            events = [_released(after, leg_id, parts, key=key)] if parts.total().minor else []
            return self._settled(after, entries, events, at=now)

        return await self._move(leg_id, key, change)

    async def refund(
        self, leg_id: str, amount: Money, *, key: str, reason: str, by_platform: bool = False
    ) -> Order:
        """Owe the customer `amount` of a leg; a plan of its own sends it.

        It comes out of what is held, then out of what was released (clawed back from all who earned), or,
        `by_platform`, out of the platform's own pocket (M16: errors of the AI). Raises Conflict
        (`refund_exceeds_payment`; `chargeback_open` while a bank decides who gets the money).
        """

        def change(order: Order, now: datetime) -> Moved:
            if order.refund_due(key) is not None:
                return order, (), ()
            if money.is_charged_back(order):
                raise Conflict("The customer's bank has the money and decides.", code="chargeback_open")
            if by_platform:
                after, entries = money.refunded_by_platform(
                    order, leg_id, amount, key=key, at=now, reason=reason
                )
                return after, entries, ()
            after, clawback, entries = money.refunded(order, leg_id, amount, key=key, at=now, reason=reason)
            return self._settled(after, entries, [_refunded(after, leg_id, clawback, key=key)], at=now)

        return await self._move(leg_id, key, change)

    async def freeze(self, leg_id: str, *, by: str) -> Order:
        """Freeze what is held for a leg while the dispute `by` is open."""
        key = f"{by}:freeze"
        return await self._book(leg_id, key, lambda o, at: money.frozen(o, leg_id, by=by, key=key, at=at))

    async def thaw(self, leg_id: str, *, by: str) -> Order:
        """The dispute `by` is over. Without another one the delivery's own way to its release goes on."""
        key = f"{by}:thaw"
        return await self._book(leg_id, key, lambda o, at: money.thawed(o, leg_id, by=by, key=key, at=at))

    async def bank_took(self, order_id: str, amount: Money, *, reference: str, by: str) -> Order:
        """Book the chargeback `by` and freeze whatever is still held (ops-x4)."""
        key = f"{by}:took"
        return await self._book(
            order_id,
            key,
            lambda o, at: money.bank_took(o, amount, reference=reference, by=by, key=key, at=at),
        )

    async def bank_returned(self, order_id: str, amount: Money, *, reference: str, by: str) -> Order:
        """Book the chargeback `by` as won."""
        key = f"{by}:returned"
        return await self._book(
            order_id,
            key,
            lambda o, at: money.bank_returned(o, amount, reference=reference, by=by, key=key, at=at),
        )

    async def bank_kept(self, order_id: str, amount: Money, *, payment_id: str, by: str) -> Order:
        """Book the chargeback `by` as lost: the legs pay for it as far as they can."""
        key = f"{by}:kept"

        def change(order: Order, now: datetime) -> Moved:
            after, clawed, entries = money.bank_kept(
                order, amount, payment_id=payment_id, by=by, key=key, at=now
            )
            events = [
                _refunded(after, leg_id, clawback, key=f"{key}:{leg_id}")
                for leg_id, clawback in clawed.items()
            ]
            return self._settled(after, entries, events, at=now)

        return await self._move(order_id, key, change)

    def _settled(self, order: Order, entries: Sequence[Entry], events: list[Event], *, at: datetime) -> Moved:
        done, last, told = completed(order, at=at)
        return done, [*entries, *last], [*events, *told]

    async def _book(self, id: str, key: str, rule: Booking) -> Order:
        """Make a move that nobody else is told of."""
        return await self._move(id, key, lambda order, now: (*rule(order, now), ()))

    async def _move(self, id: str, key: str, change: Callable[[Order, datetime], Moved]) -> Order:
        now = self._records.now()

        def apply(order: Order) -> Change[Order]:
            after, entries, events = change(order, now)
            if after is order:
                return Change(order)
            return Change(after, [*events, *refunds_due(order, after)], entries)

        order_id = owner_of(id)
        try:
            return await self._records.apply(ORDERS, order_id, apply)
        except (AlreadyExists, LedgerError):
            if not await self._records.booked(ORDERS, order_id, key):
                raise
            return (await self._records.get(ORDERS, order_id)).value  # this very move was made before


def _released(order: Order, leg_id: str, parts: Split, *, key: str) -> Event:
    leg = order.leg(leg_id)
    return Event(
        type=EventType.FUNDS_RELEASED,
        data={
            "order_id": order.id,
            "leg_id": leg_id,
            "key": key,
            "vendor_id": leg.vendor_id,
            "affiliate_id": leg.terms.affiliate_id,
            "link_id": leg.terms.link_id,
            "vendor_minor": parts.vendor.minor,
            "fee_minor": parts.fee.minor,
            "commission_minor": parts.commission.minor,
            "currency": order.currency(),
        },
    )


def _refunded(order: Order, leg_id: str, clawback: Split, *, key: str) -> Event:
    leg = order.leg(leg_id)
    return Event(
        type=EventType.LEG_REFUNDED,
        data={
            "order_id": order.id,
            "leg_id": leg_id,
            "key": key,
            "vendor_id": leg.vendor_id,
            "affiliate_id": leg.terms.affiliate_id,
            "vendor_minor": clawback.vendor.minor,
            "commission_minor": clawback.commission.minor,
            "currency": order.currency(),
        },
    )
