"""Doors of the checkout: quote, confirm, look, cancel (flows 1.3-1, 1.3-2). No amount is ever taken in."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.domain import jsonld
from shared.domain.cards import message_card
from shared.domain.catalogue import SLUG, Visibility
from shared.domain.checkouts import Checkout, CheckoutStatus, DeliveryKind, DeliveryOption, Item
from shared.domain.identity import Persona
from shared.domain.instants import Instant
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.orders import Order, OrderLeg
from shared.domain.status import OrderStatus, PaymentState
from shared.services.checkouts import Choice, Wish
from triggers.access import agent_of, conversation, customer_of, must_own, must_see
from triggers.inputs import PlaceInput, Zone, located, zone_or_home
from triggers.orders import ItemInput
from triggers.web.answer import Reply
from triggers.web.call import Call

CheckoutId = Annotated[str, Field(pattern=r"^chk_[0-9a-z]+$", max_length=64)]


class OpenCheckout(Model):
    """What to buy, where to and by when. Prices are the platform's; none can be sent."""

    items: tuple[ItemInput, ...] = Field(min_length=1, max_length=20)
    deliver_to: PlaceInput
    deliver_by: Instant
    thread_id: str | None = Field(default=None, pattern=SLUG)
    zone: Zone | None = None
    click_id: str = Field(default="", pattern=r"^[A-Za-z0-9_-]{0,64}$")
    """Of the affiliate's link that brought the customer."""


class ConfirmCheckout(Model):
    """How it is delivered and paid for. `payment_method` is the payment provider's id of a stored one."""

    delivery: DeliveryKind = DeliveryKind.STANDARD
    payment_method: str = Field(default="", pattern=r"^[A-Za-z0-9_]{0,64}$")
    use_credits: bool = False
    mandate_id: str = Field(default="", pattern=r"^[A-Za-z0-9_-]{0,64}$")
    quote: int | None = Field(default=None, ge=1, le=1_000_000)
    """The number of the quote that was seen: if it is not the latest any more, nothing is bought."""


class Progress(StrEnum):
    """Where a checkout stands, its order's payment included."""

    OPEN = "open"
    EXPIRED = "expired"
    PROCESSING = "processing"
    REQUIRES_ACTION = "requires_action"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"


class LineView(Model):
    """One item with its price; vendor and price are left out where a bundle's visibility says so."""

    product_id: str
    name: str
    quantity: int
    vendor_name: str | None
    price: Money | None


class ActionView(Model):
    """What the customer must do with their bank, by when."""

    url: str
    client_secret: str
    act_by: datetime


class CheckoutView(Model):
    """A checkout with every part of its price (flow 1.3-1 steps 1 to 3)."""

    id: str
    status: Progress
    title: str
    lines: tuple[LineView, ...]
    quote: int
    """Counts the quotes; a price that changes is quoted anew."""
    goods: Money
    delivery_options: tuple[DeliveryOption, ...]
    delivery: DeliveryKind | None
    credits: Money
    total: Money
    to_pay: Money
    order_id: str
    reason: str
    """Why it failed."""
    action: ActionView | None
    thread_id: str
    deliver_by: datetime
    expires_at: datetime


async def open_checkout(call: Call, body: OpenCheckout) -> Reply[CheckoutView]:
    """Quote a cart: items of all vendors, the ways to deliver, the whole price.

    Repeating the request with the same Idempotency-Key gives the same checkout.
    """
    app, customer_id = call.app, customer_of(call.caller)
    checkout = await app.checkouts.open(
        Wish(
            customer_id=customer_id,
            thread_id=await conversation(app, body.thread_id, customer_id=customer_id),
            items=tuple(Item(id=item.id, quantity=item.quantity, at=item.at) for item in body.items),
            deliver_to=await located(body.deliver_to, app, field="deliver_to"),
            deliver_by=body.deliver_by,
            zone=zone_or_home(body.zone, app).key,
            click_id=body.click_id,
            key=call.idempotency_key,
        )
    )
    return await _answer(call, checkout, None, created=True)


async def get_checkout(call: Call, checkout_id: CheckoutId) -> Reply[CheckoutView]:
    """Show a checkout and how its payment goes."""
    checkout = await call.app.checkouts.get(checkout_id)
    must_see(call.caller, checkout.customer_id, what="checkout", id=checkout_id)
    return await _answer(call, checkout, await call.app.checkouts.order_of(checkout))


async def confirm(call: Call, checkout_id: CheckoutId, body: ConfirmCheckout) -> Reply[CheckoutView]:
    """Buy it: one payment for all vendors, or nothing. Confirm again after your bank has asked you something.

    However often it is confirmed, and whatever the payment provider tells by itself, there is one order.
    """
    checkout = await _owned(call, checkout_id)
    app = call.app
    choice = Choice(
        delivery=body.delivery,
        method=body.payment_method,
        use_credits=body.use_credits,
        agent=agent_of(call.caller),
        mandate_id=body.mandate_id,
        quote=body.quote,
    )
    # before anything is bought: what happens to the order is told there, even if we die right after
    await app.threads.open(checkout.thread_id, customer_id=checkout.customer_id)
    checkout, order = await app.checkouts.confirm(checkout.id, choice)
    await app.threads.turn_to(order)
    return await _answer(call, checkout, order)


async def cancel(call: Call, checkout_id: CheckoutId) -> Reply[CheckoutView]:
    """Call it off while it is not paid."""
    checkout = await call.app.checkouts.cancel((await _owned(call, checkout_id)).id)
    return await _answer(call, checkout, await call.app.checkouts.order_of(checkout))


async def _owned(call: Call, checkout_id: str) -> Checkout:
    checkout = await call.app.checkouts.get(checkout_id)
    must_own(call.caller, checkout.customer_id, what="checkout", id=checkout_id)
    return checkout


async def _answer(
    call: Call, checkout: Checkout, order: Order | None, *, created: bool = False
) -> Reply[CheckoutView]:
    view = _view(checkout, order, now=call.now)
    if order is not None and view.status is Progress.REQUIRES_ACTION:
        view = view.model_copy(update={"action": await _action(call, order)})
    path = f"/api/v1/checkouts/{checkout.id}"
    links = {"self": path, "confirm": f"{path}/confirm", "cancel": f"{path}/cancel"}
    if order is not None:
        links["order"] = f"/api/v1/orders/{order.id}"
    facts = [("Status", view.status.value), ("Total", str(view.total))]
    what = view.title or ", ".join(line.name for line in view.lines)
    return Reply(
        view,
        machine_readable=jsonld.order(order) if order else None,
        adaptive_card=message_card("Your checkout", what, facts=facts),
        headers={"Location": path} if created else {},
        links=links,
    )


async def _action(call: Call, order: Order) -> ActionView | None:
    """What the bank asks of the customer; for their eyes, so an agent gets only the page to send them to."""
    action = await call.app.payments.action(order.paying.payment_id)
    if action is None or order.paying.act_by is None:
        return None
    secret = action.client_secret.get_secret_value()
    return ActionView(
        url=action.url,
        client_secret=secret if call.caller.persona is Persona.CUSTOMER else "",
        act_by=order.paying.act_by,
    )


def _view(checkout: Checkout, order: Order | None, *, now: datetime) -> CheckoutView:
    quote = checkout.quote
    delivery = _delivery(order) if order else checkout.delivery
    live = order is not None and order.status is not OrderStatus.CANCELLED
    total = order.total() if order and live else quote.total(delivery or DeliveryKind.STANDARD)
    spent = Money(minor=order.paying.credit if order else 0, currency=total.currency)
    hidden = quote.visibility is Visibility.CONCIERGE and quote.title != ""
    open_ = quote.visibility is Visibility.TRANSPARENT
    return CheckoutView(
        id=checkout.id,
        status=_progress(checkout, order, now=now),
        title=quote.title,
        lines=() if hidden else tuple(_line(leg, open_=open_) for leg in quote.legs),
        quote=quote.number,
        goods=quote.goods(),
        delivery_options=quote.options,
        delivery=delivery,
        credits=spent,
        total=total,
        to_pay=total - spent,
        order_id=order.id if order else "",
        reason=order.reason if order else "",
        action=None,
        thread_id=checkout.thread_id,
        deliver_by=checkout.deliver_by,
        expires_at=checkout.expires_at,
    )


def _delivery(order: Order) -> DeliveryKind:
    return DeliveryKind.EXPRESS if order.express else DeliveryKind.STANDARD


def _line(leg: OrderLeg, *, open_: bool) -> LineView:
    return LineView(
        product_id=leg.product_id,
        name=leg.name,
        quantity=leg.quantity,
        vendor_name=leg.vendor_name if open_ else None,
        price=leg.price if open_ else None,
    )


def _progress(checkout: Checkout, order: Order | None, *, now: datetime) -> Progress:
    if order is not None and order.status not in {OrderStatus.PENDING, OrderStatus.CANCELLED}:
        return Progress.PAID
    if checkout.status is CheckoutStatus.CANCELLED:
        return Progress.CANCELLED
    if order is None:
        return Progress.EXPIRED if now >= checkout.expires_at else Progress.OPEN
    if order.status is OrderStatus.CANCELLED:
        return Progress.FAILED
    waits = order.paying.state is PaymentState.REQUIRES_ACTION and not order.paying.cancelled
    return Progress.REQUIRES_ACTION if waits else Progress.PROCESSING
