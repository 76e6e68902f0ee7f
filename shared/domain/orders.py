"""An order: legs with vendors, one charge, money held per leg (flows 1.2-1, 2.3-1, 2.3-2, 6.3-1).

A replacement leg stands beside the one it replaces, pending, until its vendor accepted: a customer never
ends with neither. Everything here is pure; a change returns the new order.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from shared.domain.aggregate import Aggregate
from shared.domain.catalogue import Lock, Product, Vendor, Visibility
from shared.domain.events import Event, EventType
from shared.domain.ids import owner_of
from shared.domain.ledger import AccountKind, Book, Split, Terms
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.places import Place
from shared.domain.status import (
    HoldStatus,
    LegStatus,
    OrderStatus,
    PartnerStatus,
    PaymentState,
    PaymentStatus,
    can_move,
    move,
)
from shared.domain.timechain import Timeline
from shared.errors import Conflict, LedgerError, NotFound

LIVE = frozenset({LegStatus.PENDING, LegStatus.ACCEPTED, LegStatus.IN_PROGRESS, LegStatus.COMPLETED})
CLOSED = frozenset({OrderStatus.COMPLETED, OrderStatus.CANCELLED, OrderStatus.REFUNDED})
AFTER = {
    PartnerStatus.IN_PROGRESS: LegStatus.IN_PROGRESS,
    PartnerStatus.CUSTOMIZATION_STARTED: LegStatus.IN_PROGRESS,
    PartnerStatus.CUSTOMIZATION_COMPLETE: LegStatus.IN_PROGRESS,
    PartnerStatus.READY_FOR_PICKUP: LegStatus.COMPLETED,
}
PROGRESS = tuple(PartnerStatus)
SILENCE = "silence"
"""Who confirmed a delivery about which its customer said nothing in time."""


class OrderLeg(Model):
    """One vendor's part. `price` is for the whole quantity; `replaces` names the leg it would take over.

    `slot` stays the same when a leg replaces another: it is what the customer sees as one item.
    """

    id: str
    slot: str
    product_id: str
    name: str
    vendor_id: str
    vendor_name: str
    quantity: int = Field(ge=1, le=1000)
    price: Money
    lock: Lock = Lock.NONE
    terms: Terms = Terms()
    """How its price is split when the money is released; agreed when it was ordered."""
    status: LegStatus = LegStatus.PENDING
    partner_status: PartnerStatus | None = None
    hold: HoldStatus | None = None
    earned: Split | None = None
    """Who earned what with it so far, clawbacks taken off."""
    refunded: int = Field(default=0, ge=0)
    """What of its price went back to the customer, in minor units."""
    goodwill: int = Field(default=0, ge=0)
    """What the platform gave the customer for it out of its own pocket, in minor units."""
    frozen_by: tuple[str, ...] = ()
    """The open disputes that keep its money frozen."""
    delivered: "Delivered | None" = None
    looks: int = 0
    """How often the plan of its release has looked at it: the next wake-up is for the look after this."""
    note: str = ""
    changed_by: str | None = None
    """The negotiation that last changed what the vendor delivers."""
    replaces: str | None = None
    recovery_id: str | None = None
    """The recovery that brought this leg in; it waits for the vendor's answer."""
    at: datetime | None = None
    """For a booking (a ride, a table): the time it is booked for."""
    started_at: datetime | None = None
    ready_at: datetime | None = None


class Movement(Model):
    """Money that moved for this order: positive in, negative back. `key` is the effect's key.

    `receipt_id` is the provider's id of what moved it; a movement of credits has none.
    """

    key: str
    receipt_id: str
    amount: Money
    reason: str
    credit: bool = False


class RefundPart(Model):
    """The share of a refund that goes back the way that one movement came."""

    movement_key: str
    payment_id: str
    amount: Money
    credit: bool = False


class RefundDue(Model):
    """Money that is owed back under the key of what caused it, and by which ways it goes."""

    key: str
    amount: Money
    parts: tuple[RefundPart, ...]
    reason: str = ""
    sent: bool = False


class DeliveryOutcome(StrEnum):
    """What the customer says of a leg that arrived, or should have."""

    ACCEPTED = "accepted"
    PARTIAL = "partial"
    REFUSED = "refused"


class Delivered(Model):
    """A leg's delivery as its customer, or the end of the time to object, settled it (1.3-3 step 4)."""

    outcome: DeliveryOutcome
    accepted: int = Field(ge=0)
    """How many of the quantity."""
    at: datetime
    by: str
    text: str = Field(default="", max_length=2000)


class Paying(Model):
    """How an order is paid for: by what, out of whose authority, and where its one payment stands."""

    method: str = ""
    """The provider's id of a stored payment method; empty: the customer's default."""
    credit: int = Field(default=0, ge=0)
    """How much of the total comes out of the customer's credits, in minor units."""
    agent: str = ""
    mandate_id: str = ""
    """The authority under which an agent spends."""
    payment_id: str = ""
    state: PaymentState | None = None
    act_by: datetime | None = None
    """Until when the customer may prove who they are."""
    cancelled: bool = False
    """The customer called the order off while it was not paid yet."""


class Order(Aggregate):
    """A customer's order. `deliver_by` is the promise; `timeline` the latest computed way to keep it."""

    customer_id: str
    thread_id: str
    legs: tuple[OrderLeg, ...] = Field(min_length=1)
    deliver_to: Place
    deliver_by: datetime
    zone: str
    visibility: Visibility = Visibility.TRANSPARENT
    title: str = ""
    """Name of the bundle, when the order is one; all that a concierge's customer sees of its parts."""
    express: bool = False
    delivery_fee: Money | None = None
    status: OrderStatus = OrderStatus.PENDING
    payment_status: PaymentStatus = PaymentStatus.PENDING
    paying: Paying = Paying()
    movements: tuple[Movement, ...] = ()
    refunds: tuple[RefundDue, ...] = ()
    book: Book = Book()
    """What the ledger says of this order."""
    timeline: Timeline
    changes: int = 0
    """How many negotiations and recoveries were opened: the next one's number is one more."""
    reason: str = ""
    digest: str = ""
    """Fingerprint of the request, so that a reused idempotency key with another request is noticed."""

    def leg(self, leg_id: str) -> OrderLeg:
        """Return a leg. Raises NotFound."""
        for leg in self.legs:
            if leg.id == leg_id:
                return leg
        raise NotFound("order leg", leg_id)

    def live_legs(self) -> tuple[OrderLeg, ...]:
        """Legs that the customer can count on: neither dead nor a replacement still to be accepted."""
        return tuple(leg for leg in self.legs if leg.status in LIVE and leg.replaces is None)

    def planned_legs(self) -> tuple[OrderLeg, ...]:
        """Legs of the timeline: the live ones, and those whose vendor failed and that are being recovered."""
        return tuple(leg for leg in self.legs if leg.status is not LegStatus.CANCELLED and not leg.replaces)

    def total(self) -> Money:
        """What the live legs and their delivery cost together."""
        goods = Money.total((leg.price for leg in self.live_legs()), self.currency())
        return goods + self.delivery_fee if self.delivery_fee else goods

    def paid(self) -> Money:
        """What the customer has paid, refunds taken off."""
        return Money.total((movement.amount for movement in self.movements), self.currency())

    def refund_due(self, key: str) -> RefundDue | None:
        """What is owed back under `key`, sent or not."""
        return next((due for due in self.refunds if due.key == key), None)

    def to_charge(self) -> Money:
        """What the payment provider is asked for: the total without what credits pay."""
        return self.total() - Money(minor=self.paying.credit, currency=self.currency())

    @property
    def is_paid(self) -> bool:
        """Whether the customer's money is with the platform."""
        return self.payment_status is PaymentStatus.CAPTURED

    def verify(self) -> None:
        """Raise LedgerError when a leg's hold is not what the book says."""
        for leg in self.legs:
            held = self.book.balance(AccountKind.HELD, leg.id).minor
            frozen = self.book.balance(AccountKind.DISPUTED, leg.id).minor
            if (held and leg.hold is not HoldStatus.HELD) or (frozen and leg.hold is not HoldStatus.DISPUTED):
                raise LedgerError(f"{leg.id} is {leg.hold}, but {held} are held and {frozen} frozen")
            if leg.hold is HoldStatus.HELD and held + leg.refunded + _earned(leg) != leg.price.minor:
                raise LedgerError(f"{leg.id} costs {leg.price}, but only {held} are held")

    def currency(self) -> str:
        """The order's single currency."""
        return self.legs[0].price.currency

    @property
    def hides_parts(self) -> bool:
        """Whether its customer sees only a name and a total (flow 1.2-1 step 6)."""
        return self.visibility is Visibility.CONCIERGE and self.title != ""

    def is_open(self) -> bool:
        """Say whether anything can still change."""
        return self.status not in CLOSED


def delivery_owner(order_id: str) -> str:
    """Whose the held delivery fee is: the delivery's, which is no leg."""
    return f"{order_id}-delivery"


def order_leg(leg_id: str, product: Product, vendor: Vendor, quantity: int) -> OrderLeg:
    """Describe one product of one vendor as a leg, at the catalogue's price (rule 7)."""
    return OrderLeg(
        id=leg_id,
        slot=leg_id,
        product_id=product.id,
        name=product.name,
        vendor_id=vendor.id,
        vendor_name=vendor.name,
        quantity=quantity,
        price=product.price * quantity,
        lock=product.lock,
    )


def with_leg(order: Order, leg: OrderLeg) -> Order:
    """Put `leg` in the place of the one with its id, or at the end."""
    if any(old.id == leg.id for old in order.legs):
        legs = tuple(leg if old.id == leg.id else old for old in order.legs)
    else:
        legs = (*order.legs, leg)
    return order.model_copy(update={"legs": legs})


def paid(order: Order) -> Order:
    """The money is there: the order is paid and every leg's part is held (flow 1.3-3 step 2)."""
    legs = tuple(leg.model_copy(update={"hold": HoldStatus.HELD}) for leg in order.legs)
    return order.model_copy(
        update={
            "legs": legs,
            "status": move("order", order.status, OrderStatus.PAID),
            "payment_status": PaymentStatus.CAPTURED,
            "paying": order.paying.model_copy(update={"state": PaymentState.CAPTURED}),
        }
    )


def unpaid(order: Order) -> Order:
    """Give up every hold of an order that failed after it was paid."""
    if not order.is_paid:
        return order
    legs = tuple(without_hold(leg) for leg in order.legs)
    return order.model_copy(update={"legs": legs, "payment_status": PaymentStatus.REFUNDED})


def dispatched(order: Order) -> Order:
    """Every partner was told: the order is being worked on."""
    return order.model_copy(update={"status": move("order", order.status, OrderStatus.PROCESSING)})


def cancelled(order: Order, reason: str, *, payment: PaymentStatus) -> Order:
    """End the order and all its live legs."""
    legs = tuple(
        without_hold(leg).model_copy(update={"status": LegStatus.CANCELLED})
        if can_move(leg.status, LegStatus.CANCELLED)
        else leg
        for leg in order.legs
    )
    return order.model_copy(
        update={
            "legs": legs,
            "status": move("order", order.status, OrderStatus.CANCELLED),
            "payment_status": payment,
            "reason": reason,
        }
    )


def settled(order: Order) -> Order:
    """Complete the order once no leg's money waits any more; refunded, when all of it went back.

    A completed order becomes a refunded one when the last of its money is clawed back.
    """
    holds = {leg.hold for leg in order.legs if leg.status is not LegStatus.CANCELLED and not leg.replaces}
    running = order.status is OrderStatus.PROCESSING
    if running and holds <= {HoldStatus.RELEASED, HoldStatus.REFUNDED} and HoldStatus.RELEASED in holds:
        return order.model_copy(update={"status": move("order", order.status, OrderStatus.COMPLETED)})
    if (running or order.status is OrderStatus.COMPLETED) and holds == {HoldStatus.REFUNDED}:
        return order.model_copy(
            update={
                "status": move("order", order.status, OrderStatus.REFUNDED),
                "payment_status": PaymentStatus.REFUNDED,
            }
        )
    return order


def with_movement(order: Order, movement: Movement) -> Order:
    """Record money that moved, once per key."""
    if any(known.key == movement.key for known in order.movements):
        return order
    return order.model_copy(update={"movements": (*order.movements, movement)})


def answered(order: Order, leg_id: str, *, accepted: bool) -> Order:
    """A vendor accepts or rejects its leg (flow 2.3-1 steps 3, 4); the same answer again changes nothing."""
    leg = order.leg(leg_id)
    target = LegStatus.ACCEPTED if accepted else LegStatus.REJECTED
    if leg.status is target:
        return order
    if accepted and leg.status is not LegStatus.PENDING:
        raise Conflict(f"Leg {leg_id} is {leg.status}; it can no longer be accepted.", code="illegal_move")
    return with_leg(order, leg.model_copy(update={"status": move("order leg", leg.status, target)}))


def progressed(order: Order, leg_id: str, status: PartnerStatus, *, at: datetime) -> Order:
    """A vendor reports progress (flow 2.3-2 step 2); it never goes backwards."""
    leg = order.leg(leg_id)
    if leg.partner_status is status:
        return order
    if leg.partner_status is not None and PROGRESS.index(status) < PROGRESS.index(leg.partner_status):
        raise Conflict(f"The leg is already '{leg.partner_status}'.", code="illegal_move")
    target = AFTER[status]
    update: dict[str, object] = {"partner_status": status}
    if leg.status is not target:
        update["status"] = move("order leg", leg.status, target)
    if leg.started_at is None:
        update["started_at"] = at
    if target is LegStatus.COMPLETED:
        update["ready_at"] = at
    return with_leg(order, leg.model_copy(update=update))


def leg_completed(leg: OrderLeg) -> Event:
    """A leg is done: the plan of its release begins."""
    return Event(type=EventType.LEG_COMPLETED, data={"order_id": owner_of(leg.id), "leg_id": leg.id})


def swapped(order: Order, old_id: str, new_id: str) -> Order:
    """Cancel the old leg and put the accepted replacement in its place, in one step (flow 6.3-1 step 4.3)."""
    old, new = order.leg(old_id), order.leg(new_id)
    if new.replaces is None and old.status is LegStatus.CANCELLED:
        return order
    _must_be_whole(old)
    if new.status not in LIVE - {LegStatus.PENDING}:
        raise Conflict(f"Leg {new_id} is {new.status}; only an accepted leg takes over.", code="withdrawn")
    order = with_leg(
        order,
        old.model_copy(
            update={
                "status": move("order leg", old.status, LegStatus.CANCELLED),
                "hold": HoldStatus.REFUNDED,
            }
        ),
    )
    return with_leg(order, new.model_copy(update={"replaces": None, "hold": HoldStatus.HELD}))


def dropped(order: Order, leg_id: str, note: str) -> Order:
    """Cancel one leg; cancelling again changes nothing.

    Money that a dispute has frozen stays so, and goes back when the dispute ends. Raises Conflict for a leg
    whose vendor was paid.
    """
    leg = order.leg(leg_id)
    if leg.status is LegStatus.CANCELLED:
        return order
    if leg.hold is HoldStatus.RELEASED:
        _must_be_free(leg)
    gone = {"status": move("order leg", leg.status, LegStatus.CANCELLED), "note": note}
    return with_leg(order, without_hold(leg).model_copy(update=gone))


def changed(order: Order, leg_id: str, product_id: str | None, *, name: str, extra: Money, by: str) -> Order:
    """The vendor itself changes what it delivers, for `extra` more or less than before (flow 2.7-2).

    `product_id` is None for something that its catalogue does not list. `by` is the negotiation: it changes
    the leg once. Raises Conflict when nobody delivers the leg any more.
    """
    leg = order.leg(leg_id)
    if leg.changed_by == by:
        return order
    if leg.status not in LIVE:
        raise Conflict(f"{leg.name} can no longer be changed: it is {leg.status}.", code="closed")
    _must_be_whole(leg)
    agreed = {"product_id": product_id or leg.product_id, "name": name, "price": leg.price + extra}
    return with_leg(order, leg.model_copy(update={**agreed, "note": f"was {leg.name}", "changed_by": by}))


def without_hold(leg: OrderLeg) -> OrderLeg:
    """Give up what is held for a leg: it goes back to the customer.

    But not what they have already: what the platform gave for it out of its own pocket comes back to that.
    """
    if leg.hold is not HoldStatus.HELD:
        return leg
    there = leg.price.minor - leg.refunded - _earned(leg)
    ours = min(leg.goodwill, there)
    update = {"refunded": leg.refunded + there, "goodwill": leg.goodwill - ours}
    return leg.model_copy(update={"hold": HoldStatus.REFUNDED, **update})


def legs_of(order: Order, vendor_id: str) -> Sequence[OrderLeg]:
    """The legs of one vendor; all that this partner may see."""
    return [leg for leg in order.legs if leg.vendor_id == vendor_id]


def _must_be_free(leg: OrderLeg) -> None:
    """What is disputed, released or refunded is no longer changed: its money is elsewhere."""
    if leg.hold not in {None, HoldStatus.HELD}:
        raise Conflict(f"{leg.name} can no longer be changed: its money is {leg.hold}.", code="closed")


def _must_be_whole(leg: OrderLeg) -> None:
    """What is settled in part keeps its price: the rest would pay for something that costs more, or less."""
    _must_be_free(leg)
    if leg.refunded or leg.goodwill or leg.earned:
        raise Conflict(f"{leg.name} can no longer be changed: it is settled in part.", code="closed")


def _earned(leg: OrderLeg) -> int:
    return leg.earned.total().minor if leg.earned else 0
