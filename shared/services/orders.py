"""Placing and running orders (1.2-1, 2.3-1, 2.3-2). Every step may run twice and changes things once."""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from shared.domain import orders as rules
from shared.domain.catalogue import Product, Vendor
from shared.domain.discretion import discreet, visible_timeline
from shared.domain.events import Event, EventType
from shared.domain.ids import keyed, owner_of
from shared.domain.ledger import Book
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.orders import Order, OrderLeg, Paying
from shared.domain.places import Place
from shared.domain.status import LegStatus, OrderStatus, PartnerStatus
from shared.errors import Conflict, Forbidden, Infeasible, InvalidInput
from shared.services.carts import CartService, Line
from shared.services.catalogue import CatalogueService
from shared.services.credits import CreditService
from shared.services.deal_terms import DealTerms
from shared.services.inventory import InventoryService
from shared.services.kinds import ORDERS
from shared.services.partner_messages import PartnerMessages
from shared.services.planning import PlanningService, why_late
from shared.services.records import Records
from shared.services.results import DONE, StepResult
from shared.settings import Settings


class OrderRequest(Model):
    """What is ordered, for whom, where to and by when. `key` makes the request repeatable."""

    customer_id: str
    thread_id: str
    lines: tuple[Line, ...] = Field(min_length=1, max_length=20)
    deliver_to: Place
    deliver_by: datetime
    zone: str
    express: bool = False
    """By hot-shot courier, for its fee."""
    key: str | None = None
    method: str = ""
    """The provider's id of a stored payment method; empty: the customer's default."""
    use_credits: bool = False
    agent: str = ""
    """The agent that orders for the customer, if one does."""
    mandate_id: str = ""
    click_id: str = ""
    """The click on an affiliate's link that brought the customer."""
    agreed: Money | None = None
    """What the customer was shown; an order that comes to anything else is not placed."""


_log = logging.getLogger(__name__)


class OrderService:
    """Use cases on one order."""

    def __init__(
        self,
        records: Records,
        catalogue: CatalogueService,
        inventory: InventoryService,
        planning: PlanningService,
        carts: CartService,
        terms: DealTerms,
        credit: CreditService,
        messages: PartnerMessages,
        settings: Settings,
    ) -> None:
        self._records = records
        self._catalogue = catalogue
        self._inventory = inventory
        self._planning = planning
        self._carts = carts
        self._terms = terms
        self._credits = credit
        self._messages = messages
        self._settings = settings

    async def get(self, order_id: str) -> Order:
        """Return an order. Raises NotFound."""
        return (await self._records.get(ORDERS, order_id)).value

    def vendor_of(self, product: Product) -> Vendor:
        """Return who sells a product. Raises NotFound."""
        return self._catalogue.vendor(product.vendor_id)

    async def place(self, request: OrderRequest, *, announce: bool = True) -> Order:
        """Store a new order if it can arrive in time; its plan does the rest.

        `announce=False` leaves starting the plan to the caller. The same key gives the same order.
        Raises InvalidInput, Infeasible (with ways out) or Conflict (key reused for something else, or the
        price is not what was agreed).
        """
        order_id = order_id_of(request)
        if (known := await self._records.find(ORDERS, order_id)) is not None:
            return _same_request(known.value, request)
        cart = await self._carts.compose(order_id, request.lines)
        legs = cart.legs
        now = self._records.now()
        if request.deliver_by <= now:
            raise InvalidInput("The deadline has passed already.", field="deliver_by")
        timeline = await self._carts.timed(
            legs, request.deliver_to, request.deliver_by, express=request.express
        )
        order = Order(
            id=order_id,
            created_at=now,
            updated_at=now,
            customer_id=request.customer_id,
            thread_id=request.thread_id,
            legs=await self._terms.agreed(
                legs, customer_id=request.customer_id, click_id=request.click_id, at=now
            ),
            deliver_to=request.deliver_to,
            deliver_by=request.deliver_by,
            zone=request.zone,
            visibility=cart.visibility,
            title=cart.title,
            express=request.express,
            delivery_fee=self._carts.express_fee(legs) if request.express else None,
            timeline=timeline,
            book=Book(currency=legs[0].price.currency),
            digest=_digest(request),
        )
        if not timeline.is_feasible:
            ways = await self._planning.ways_out(legs, request.deliver_to, request.deliver_by)
            shown = [way.model_copy(update={"description": discreet(order, way.description)}) for way in ways]
            raise Infeasible(
                f"This cannot arrive in time: {why_late(visible_timeline(order))}",
                field="deliver_by",
                code="deadline_unreachable",
                extensions={"ways_out": [way.model_dump(mode="json") for way in shown]},
            )
        if request.agreed not in (None, order.total()):
            raise price_changed(f"from {request.agreed} to {order.total()}", order.total())
        order = await self._paid_by(order, request)
        events = [Event(type=EventType.ORDER_PLACED, data={"order_id": order_id})] if announce else []
        return _same_request(await self._records.create(ORDERS, order, events=events), request)

    async def _paid_by(self, order: Order, request: OrderRequest) -> Order:
        """Say out of what and on whose authority the order is paid (M3, M15).

        Without a mandate an agent spends little, on its customer's general consent. What credits leave to be
        charged is never less than a provider takes.
        """
        if request.mandate_id and not request.agent:
            raise InvalidInput("Only an agent spends under a mandate.", field="mandate_id")
        total, limit = order.total(), self._settings.agent_limit
        if request.agent and not request.mandate_id and total.minor > limit:
            shown = Money(minor=limit, currency=total.currency)
            raise Forbidden(
                f"For more than {shown} an agent needs its customer's mandate.", code="approval_required"
            )
        spent = 0
        if request.use_credits:
            there = await self._credits.available(order.customer_id, total.currency)
            spent = min(there.minor, total.minor)
            if 0 < total.minor - spent < self._settings.min_charge:
                spent = max(0, total.minor - self._settings.min_charge)
        paying = Paying(
            method=request.method, credit=spent, agent=request.agent, mandate_id=request.mandate_id
        )
        return order.model_copy(update={"paying": paying})

    # --- steps of the order's plan -------------------------------------------------------------

    async def begin(self, order_id: str) -> Order:
        """From now on a paid order is being worked on; its customer is told so."""
        event = Event(type=EventType.ORDER_CONFIRMED, data={"order_id": order_id})
        return await self._records.update(
            ORDERS,
            order_id,
            lambda o: (rules.dispatched(o), [event]) if o.status is OrderStatus.PAID else (o, []),
        )

    async def dispatch(self, order_id: str) -> StepResult:
        """Tell every partner of its leg, side by side (flow 2.3-1 step 1)."""
        order = await self.begin(order_id)
        told = await asyncio.gather(
            *(self._messages.order_placed(order, leg) for leg in order.legs), return_exceptions=True
        )
        for failed in filter(None, told):  # the other vendors need not wait for this one
            raise failed
        return DONE

    async def untold(self, order: Order) -> list[OrderLeg]:
        """The legs whose vendors have not got the message yet."""
        return [leg for leg in order.legs if not await self._messages.knows_of(leg)]

    async def sell(self, leg_id: str, product_id: str) -> None:
        """Turn a hold into a sale. Should it have lapsed, the vendor says whether it still has the goods."""
        try:
            await self._inventory.confirm(leg_id, product_id)
        except Conflict as lapsed:
            _log.warning("%s is sold although %s", leg_id, lapsed.detail)

    # --- what partners say of their legs --------------------------------------------------------

    async def answer(self, order_id: str, leg_id: str, *, accepted: bool, text: str = "") -> Order:
        """A partner accepts or rejects its leg; the answer is announced, and a plan may be waiting for it."""

        def change(order: Order) -> tuple[Order, Sequence[Event]]:
            after = rules.answered(order, leg_id, accepted=accepted)
            return after, [leg_answered(after.leg(leg_id), accepted=accepted, text=text)]

        return await self._records.update(ORDERS, order_id, change)

    async def progress(self, order_id: str, leg_id: str, status: PartnerStatus) -> Order:
        """A partner reports progress: the timeline is computed again from what really happened (2.3-2)."""
        now = self._records.now()
        reported = rules.progressed(await self.get(order_id), leg_id, status, at=now)
        timeline = await self._planning.timeline(
            reported.planned_legs(), reported.deliver_to, reported.deliver_by, express=reported.express
        )
        event = Event(
            type=EventType.LEG_PROGRESSED,
            data={"order_id": order_id, "leg_id": leg_id, "status": status.value},
        )

        def change(order: Order) -> tuple[Order, Sequence[Event]]:
            after = rules.progressed(order, leg_id, status, at=now)
            if after is order:
                return order, []
            events = [event]
            if after.leg(leg_id).status is LegStatus.COMPLETED:
                events.append(rules.leg_completed(after.leg(leg_id)))
            return after.model_copy(update={"timeline": timeline}), events

        return await self._records.update(ORDERS, order_id, change)


def leg_answered(leg: OrderLeg, *, accepted: bool, text: str) -> Event:
    """Announce a vendor's answer, and name the plan that waits for it, if one does."""
    said: dict[str, str | int | bool | None] = {"accepted": accepted, "text": text}
    said |= {"order_id": owner_of(leg.id), "leg_id": leg.id, "leg_status": str(leg.status)}
    said["recovery_id"] = leg.recovery_id if leg.replaces else None
    return Event(type=EventType.LEG_ANSWERED, data=said)


def order_id_of(request: OrderRequest) -> str:
    """The id that the order of this request has, or will have; fresh each time without a key."""
    return keyed("ord", request.customer_id, request.key)


def price_changed(how: str, total: Money, **more: int) -> Conflict:
    """Say what something costs now, instead of charging what nobody has agreed to."""
    return Conflict(
        f"The price has changed {how} meanwhile. Confirm again to take it.",
        code="price_changed",
        extensions={**more, "total": total.model_dump(mode="json")},
    )


def _digest(request: OrderRequest) -> str:
    return hashlib.sha256(request.model_dump_json(exclude={"thread_id", "agreed"}).encode()).hexdigest()


def _same_request(order: Order, request: OrderRequest) -> Order:
    if order.digest != _digest(request):
        raise Conflict("This idempotency key was used for another order.", code="idempotency_key_reused")
    return order
