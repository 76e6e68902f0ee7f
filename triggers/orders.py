"""The customer's doors to orders: place, look, change, and ask what an addition would do."""

from datetime import datetime

from pydantic import Field

from shared.domain import jsonld
from shared.domain.cards import Side, message_card, timeline_card
from shared.domain.catalogue import SLUG, Lock, Visibility
from shared.domain.discretion import visible_analysis, visible_timeline
from shared.domain.instants import Instant
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.narration import local, side_of
from shared.domain.orders import Delivered, DeliveryOutcome, Movement, Order, OrderLeg
from shared.domain.places import Place
from shared.domain.status import HoldStatus, LegStatus, OrderStatus, PartnerStatus, PaymentStatus
from shared.domain.timechain import ConflictAnalysis, Timeline, conflict_json_ld
from shared.errors import InvalidInput
from shared.services.carts import Line
from shared.services.deliveries import Said
from shared.services.orders import OrderRequest
from shared.services.threads import StatusUpdate
from triggers.access import agent_of, conversation, customer_of, must_own, must_see
from triggers.inputs import LegId, OrderId, PlaceInput, Zone, located, zone_or_home
from triggers.negotiations import NegotiationView, negotiation_view
from triggers.web.answer import Reply
from triggers.web.call import Call


class ItemInput(Model):
    """A product or bundle by id. `at` books a service for a time."""

    id: str = Field(pattern=SLUG)
    quantity: int = Field(default=1, ge=1, le=1000)
    at: Instant | None = None


class PlaceOrder(Model):
    """What to buy, where to and by when. Prices are the platform's; none can be sent."""

    items: tuple[ItemInput, ...] = Field(min_length=1, max_length=20)
    deliver_to: PlaceInput
    deliver_by: Instant
    thread_id: str | None = Field(default=None, pattern=SLUG)
    zone: Zone | None = None
    mandate_id: str = Field(default="", pattern=r"^[A-Za-z0-9_-]{0,64}$")
    """The authority under which an agent buys."""


class LegView(Model):
    """One item of an order. Vendor and price are left out where the bundle's visibility says so."""

    id: str
    slot: str
    product_id: str
    name: str
    quantity: int
    status: LegStatus
    partner_status: PartnerStatus | None
    hold: HoldStatus | None
    refunded: Money
    delivered: Delivered | None
    lock: Lock
    replaces: str | None
    note: str
    at: datetime | None
    vendor_id: str | None
    vendor_name: str | None
    price: Money | None


class OrderView(Model):
    """An order as its customer sees it. `plan` is the id of the durable plan that places it."""

    id: str
    status: OrderStatus
    payment_status: PaymentStatus
    visibility: Visibility
    title: str
    """Name of the bundle that was bought; a concierge's customer sees it instead of the legs."""
    legs: tuple[LegView, ...]
    delivery_fee: Money | None
    total: Money
    paid: Money
    movements: tuple[Movement, ...]
    deliver_to: Place
    deliver_by: datetime
    arrival: datetime
    on_time: bool
    reason: str
    thread_id: str
    created_at: datetime
    plan: str


class TimelineView(Model):
    """The computed way to keep the promise, and everything the customer was told about it."""

    order_id: str
    timeline: Timeline
    updates: tuple[StatusUpdate, ...]


class RequestChange(Model):
    """A change in the customer's words, e.g. `pink flowers instead of red`."""

    text: str = Field(min_length=1, max_length=2000, pattern=r"\S")
    leg_id: LegId | None = None


class LegDelivery(Model):
    """What is said of one leg; `accepted` counts the pieces that were kept, for a partial delivery."""

    leg_id: LegId
    outcome: DeliveryOutcome = DeliveryOutcome.ACCEPTED
    accepted: int | None = Field(default=None, ge=0, le=1000)
    text: str = Field(default="", max_length=2000)


class ConfirmDelivery(Model):
    """What arrived. Without legs: everything that was not spoken of yet."""

    legs: tuple[LegDelivery, ...] = Field(default=(), max_length=100)


class Simulate(Model):
    """What would be added: a product by id, or in words."""

    product_id: str | None = Field(default=None, pattern=SLUG)
    text: str | None = Field(default=None, min_length=1, max_length=500)
    quantity: int = Field(default=1, ge=1, le=1000)


async def place_order(call: Call, body: PlaceOrder) -> Reply[OrderView]:
    """Place an order if it can arrive in time; it is then reserved, charged once and sent to its vendors.

    Repeating the request with the same Idempotency-Key gives the same order. An order that cannot be in time
    is refused with ways out.
    """
    app = call.app
    customer_id = customer_of(call.caller)
    order = await app.orders.place(
        OrderRequest(
            customer_id=customer_id,
            thread_id=await conversation(app, body.thread_id, customer_id=customer_id),
            lines=tuple(Line(item_id=item.id, quantity=item.quantity, at=item.at) for item in body.items),
            deliver_to=await located(body.deliver_to, app, field="deliver_to"),
            deliver_by=body.deliver_by,
            zone=zone_or_home(body.zone, app).key,
            key=call.idempotency_key,
            agent=agent_of(call.caller),
            mandate_id=body.mandate_id,
        )
    )
    await app.threads.turn_to(order)
    return _answer(order, location=True)


async def get_order(call: Call, order_id: OrderId) -> Reply[OrderView]:
    """Show an order to its customer or an admin."""
    return _answer(await _seen(call, order_id))


async def get_timeline(call: Call, order_id: OrderId) -> Reply[TimelineView]:
    """Show when each part happens, and the updates so far."""
    order = await _seen(call, order_id)
    updates = [u for u in await call.app.threads.updates(order.thread_id) if u.subject.startswith(order_id)]
    title = f"Arrives {local(order.timeline.arrival, order.zone)}"
    side = side_of("Planned", visible_timeline(order), order.zone)
    card = timeline_card(title, "As planned now.", before=_promise(order), after=side)
    return Reply(
        TimelineView(order_id=order.id, timeline=visible_timeline(order), updates=tuple(updates)),
        machine_readable=jsonld.delivery(order),
        adaptive_card=card,
    )


async def request_change(call: Call, order_id: OrderId, body: RequestChange) -> Reply[NegotiationView]:
    """Ask for a change; the partner is asked, and if it cannot, another vendor is found.

    An unclear wish is answered with one question (code `needs_clarification`).
    """
    order = await _owned(call, order_id)
    negotiation = await call.app.negotiations.request_change(
        order.id, body.text, leg_id=body.leg_id, key=call.idempotency_key
    )
    return Reply(
        negotiation_view(negotiation, order),
        links={"self": f"/api/v1/negotiations/{negotiation.id}"},
        headers={"Location": f"/api/v1/negotiations/{negotiation.id}"},
    )


async def confirm_delivery(
    call: Call, order_id: OrderId, body: ConfirmDelivery | None = None
) -> Reply[OrderView]:
    """Say what arrived; the money of what was accepted is released, and of the rest there is a dispute.

    Only the customer or their agent says so. Saying the same again changes nothing.
    """
    order = await _owned(call, order_id)
    said = [Said(**leg.model_dump()) for leg in (body.legs if body else ())]
    return _answer(await call.app.deliveries.confirm(order.id, said, by=call.caller.subject))


async def simulate(call: Call, order_id: OrderId, body: Simulate) -> Reply[ConflictAnalysis]:
    """Say at once what adding something would do to the order; nothing changes."""
    order = await _owned(call, order_id)
    app = call.app
    await app.catalogue.refresh()
    if (body.product_id is None) == (body.text is None):
        raise InvalidInput("Give either product_id or text.", field="product_id")
    product = await app.shopping.product_for(body.product_id, body.text, near=order.deliver_to.point)
    vendor = app.catalogue.vendor(product.vendor_id)
    analysis = visible_analysis(order, await app.planning.simulate(order, product, vendor, body.quantity))
    return Reply(
        analysis,
        machine_readable=dict(conflict_json_ld(analysis)),
        adaptive_card=message_card("What if?", analysis.message),
    )


async def _seen(call: Call, order_id: str) -> Order:
    order = await call.app.orders.get(order_id)
    must_see(call.caller, order.customer_id, what="order", id=order_id)
    return order


async def _owned(call: Call, order_id: str) -> Order:
    order = await call.app.orders.get(order_id)
    must_own(call.caller, order.customer_id, what="order", id=order_id)
    return order


def _answer(order: Order, *, location: bool = False) -> Reply[OrderView]:
    path = f"/api/v1/orders/{order.id}"
    facts = [("Status", order.status.value), ("Total", str(order.total()))]
    facts.append(("Arrives", local(order.timeline.arrival, order.zone)))
    return Reply(
        order_view(order),
        machine_readable=jsonld.order(order),
        adaptive_card=message_card(
            "Your order", order.title or ", ".join(leg.name for leg in order.live_legs()), facts=facts
        ),
        headers={"Location": path} if location else {},
        links={"self": path, "timeline": f"{path}/timeline"},
    )


def order_view(order: Order) -> OrderView:
    """What the customer may see of an order (flow 1.2-1 step 6)."""
    return OrderView(
        id=order.id,
        status=order.status,
        payment_status=order.payment_status,
        visibility=order.visibility,
        title=order.title,
        legs=() if order.hides_parts else tuple(_leg_view(leg, order.visibility) for leg in order.legs),
        delivery_fee=order.delivery_fee,
        total=order.total(),
        paid=order.paid(),
        movements=order.movements,
        deliver_to=order.deliver_to,
        deliver_by=order.deliver_by,
        arrival=order.timeline.arrival,
        on_time=order.timeline.is_feasible,
        reason=order.reason,
        thread_id=order.thread_id,
        created_at=order.created_at,
        plan=order.id,
    )


def _leg_view(leg: OrderLeg, visibility: Visibility) -> LegView:
    open_ = visibility is Visibility.TRANSPARENT
    return LegView(
        **leg.model_dump(
            include={"id", "slot", "product_id", "name", "quantity", "status", "partner_status"}
            | {"hold", "lock", "replaces", "note", "at", "delivered"}
        ),
        refunded=Money(minor=leg.refunded + leg.goodwill, currency=leg.price.currency),
        vendor_id=leg.vendor_id if open_ else None,
        vendor_name=leg.vendor_name if open_ else None,
        price=leg.price if open_ else None,
    )


def _promise(order: Order) -> Side:
    promised = local(order.deliver_by, order.zone)
    return Side(title="Promised", steps=(), arrival=promised)
