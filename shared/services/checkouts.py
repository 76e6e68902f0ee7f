"""Checkouts: quoted, confirmed into exactly one order, cancelled (flow 1.3-1, M15)."""

from datetime import datetime

from shared.domain.checkouts import Checkout, CheckoutStatus, DeliveryKind, DeliveryOption, Item, Quote
from shared.domain.events import Event
from shared.domain.ids import keyed
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.orders import Order
from shared.domain.places import Place
from shared.domain.status import OrderStatus
from shared.errors import Conflict, InvalidInput, Unavailable, UsoError
from shared.services.carts import CartService, Line
from shared.services.checkout_steps import CheckoutSteps
from shared.services.kinds import CHECKOUTS, ORDERS
from shared.services.orders import OrderRequest, OrderService, order_id_of, price_changed
from shared.services.records import Records
from shared.settings import Settings


class Wish(Model):
    """What is about to be bought. `key` makes the request repeatable."""

    customer_id: str
    thread_id: str
    items: tuple[Item, ...]
    deliver_to: Place
    deliver_by: datetime
    zone: str
    click_id: str = ""
    key: str | None = None


class Choice(Model):
    """How it is delivered and paid for, and by whom it was confirmed; no amounts (rule 7)."""

    delivery: DeliveryKind = DeliveryKind.STANDARD
    method: str = ""
    use_credits: bool = False
    agent: str = ""
    mandate_id: str = ""
    quote: int | None = None
    """The number of the quote that was seen; None takes the latest."""


class CheckoutService:
    """The way from a cart to one order."""

    def __init__(
        self,
        records: Records,
        carts: CartService,
        orders: OrderService,
        steps: CheckoutSteps,
        settings: Settings,
    ) -> None:
        self._records = records
        self._carts = carts
        self._orders = orders
        self._steps = steps
        self._settings = settings

    async def get(self, checkout_id: str) -> Checkout:
        """Return a checkout. Raises NotFound."""
        return (await self._records.get(CHECKOUTS, checkout_id)).value

    async def order_of(self, checkout: Checkout) -> Order | None:
        """The order of the latest attempt, if there is one."""
        found = await self._records.find(ORDERS, checkout.order_id) if checkout.order_id else None
        return found.value if found else None

    async def open(self, wish: Wish) -> Checkout:
        """Quote a cart (steps 1 to 3). The same key gives the same checkout.

        Raises InvalidInput for unknown items or a passed deadline, Conflict for a reused key.
        """
        checkout_id = keyed("chk", wish.customer_id, wish.key)
        known = await self._records.find(CHECKOUTS, checkout_id) if wish.key else None
        if known is not None:
            return _same(known.value, wish)
        now = self._records.now()
        if wish.deliver_by <= now:
            raise InvalidInput("The deadline has passed already.", field="deliver_by")
        checkout = Checkout(
            id=checkout_id,
            created_at=now,
            updated_at=now,
            customer_id=wish.customer_id,
            thread_id=wish.thread_id,
            items=wish.items,
            deliver_to=wish.deliver_to,
            deliver_by=wish.deliver_by,
            zone=wish.zone,
            click_id=wish.click_id,
            quote=await self._quote(checkout_id, wish.items, wish.deliver_to, wish.deliver_by),
            expires_at=now + self._settings.checkout_ttl,
        )
        return await self._records.create(CHECKOUTS, checkout)

    async def confirm(self, checkout_id: str, choice: Choice) -> tuple[Checkout, Order]:
        """Buy it (steps 4, 5): verify the quote against today's prices, then place the one order of it.

        Confirming again is the customer's word that they have done what their bank asked for, or a retry; it
        never makes a second order. After a failed payment it is a new attempt. Raises Conflict
        (`price_changed` with the new total, `checkout_expired`, `checkout_cancelled`) and whatever placing an
        order raises.
        """
        checkout = await self.get(checkout_id)
        order = await self.order_of(checkout)
        if order is not None and order.status is not OrderStatus.CANCELLED:
            return checkout, await self._steps.submit(order.id)
        attempt = checkout.attempt + (order is not None or checkout.attempt == 0)
        checkout.must_be_open(self._records.now())
        await self._verify(checkout, choice)
        request = self._request(checkout, choice, attempt)
        checkout = await self._mark(checkout, order_id_of(request), choice.delivery, attempt)
        if checkout.attempt != attempt:
            raise Conflict("It was confirmed in the same moment; look at it again.", code="conflict")
        try:
            return checkout, await self._orders.place(request)
        except Unavailable:
            raise
        except UsoError:
            await self._reopen(checkout)
            raise

    async def _reopen(self, marked: Checkout) -> None:
        """Undo a mark, unless it is someone else's: their order may be on its way."""
        await self._records.update(
            CHECKOUTS,
            marked.id,
            lambda c: (c.reopened() if c.revision == marked.revision + 1 else c, []),
        )

    async def cancel(self, checkout_id: str) -> Checkout:
        """Call it off; an order that is not paid yet goes with it.

        Raises Conflict: `already_paid`, or `conflict` while it is being confirmed.
        """
        checkout = await self.get(checkout_id)
        order = await self.order_of(checkout)
        if order is not None and order.status is not OrderStatus.CANCELLED:
            await self._steps.cancel(order.id)

        def change(current: Checkout) -> tuple[Checkout, list[Event]]:
            placing = current.status is CheckoutStatus.CONFIRMED and order is None
            if placing or current.order_id != checkout.order_id:
                raise Conflict("It is being confirmed in this moment; cancel again.", code="conflict")
            if current.status is CheckoutStatus.CANCELLED:
                return current, []
            return current.model_copy(update={"status": CheckoutStatus.CANCELLED}), []

        return await self._records.update(CHECKOUTS, checkout_id, change)

    async def _verify(self, checkout: Checkout, choice: Choice) -> None:
        """What was shown is what is charged; a price that has changed since is shown first."""
        try:
            quote = await self._quote(checkout.id, checkout.items, checkout.deliver_to, checkout.deliver_by)
        except InvalidInput as gone:
            raise Conflict(gone.detail, code="no_longer_sold") from None
        shown, is_now = checkout.quote.total(choice.delivery), quote.total(choice.delivery)
        if shown != is_now:
            quote = quote.model_copy(update={"number": checkout.quote.number + 1})
            await self._records.update(CHECKOUTS, checkout.id, lambda c: (_with_quote(c, quote), []))
            raise price_changed(f"from {shown} to {is_now}", is_now, quote=quote.number)
        if choice.quote not in {None, checkout.quote.number}:
            raise price_changed(f"to {is_now}", is_now, quote=checkout.quote.number)

    async def _mark(
        self, checkout: Checkout, order_id: str, delivery: DeliveryKind, attempt: int
    ) -> Checkout:
        now = self._records.now()
        return await self._records.update(
            CHECKOUTS,
            checkout.id,
            lambda c: (
                (c, [])
                if c.attempt > attempt or (c.status is CheckoutStatus.CONFIRMED and c.order_id == order_id)
                else (c.confirmed(order_id, delivery, attempt=attempt, now=now), [])
            ),
        )

    async def _quote(
        self, owner: str, items: tuple[Item, ...], deliver_to: Place, deliver_by: datetime
    ) -> Quote:
        lines = [Line(item_id=item.id, quantity=item.quantity, at=item.at) for item in items]
        cart = await self._carts.compose(owner, lines)
        options = []
        for kind in DeliveryKind:
            express = kind is DeliveryKind.EXPRESS
            timeline = await self._carts.timed(cart.legs, deliver_to, deliver_by, express=express)
            fee = self._carts.express_fee(cart.legs) if express else Money.zero(cart.legs[0].price.currency)
            options.append(
                DeliveryOption(kind=kind, fee=fee, arrival=timeline.arrival, in_time=timeline.is_feasible)
            )
        return Quote(legs=cart.legs, options=tuple(options), visibility=cart.visibility, title=cart.title)

    def _request(self, checkout: Checkout, choice: Choice, attempt: int) -> OrderRequest:
        return OrderRequest(
            customer_id=checkout.customer_id,
            thread_id=checkout.thread_id,
            lines=tuple(Line(item_id=i.id, quantity=i.quantity, at=i.at) for i in checkout.items),
            deliver_to=checkout.deliver_to,
            deliver_by=checkout.deliver_by,
            zone=checkout.zone,
            express=choice.delivery is DeliveryKind.EXPRESS,
            key=f"{checkout.id}:{attempt}",  # a caller's own keys have no colon
            method=choice.method,
            use_credits=choice.use_credits,
            agent=choice.agent,
            mandate_id=choice.mandate_id,
            click_id=checkout.click_id,
            agreed=checkout.quote.total(choice.delivery),
        )


def _with_quote(checkout: Checkout, quote: Quote) -> Checkout:
    """The checkout with a newer quote; one that came meanwhile stays."""
    return checkout.model_copy(update={"quote": quote}) if quote.number > checkout.quote.number else checkout


def _same(known: Checkout, wish: Wish) -> Checkout:
    same = (known.items, known.deliver_to, known.deliver_by) == (
        tuple(wish.items),
        wish.deliver_to,
        wish.deliver_by,
    )
    if not same:
        raise Conflict("This idempotency key was used for another checkout.", code="idempotency_key_reused")
    return known
