"""Standing intents: made, watched, asked about, bought (M23, flows 6.7-1, 6.7-3, 1.4-3).

The plan is a loop of turns. Whatever happens outside is stored on the intent first, with an event that wakes
the plan; `review` then reads the stored truth and says what comes next.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Literal

from shared.domain.catalogue import Product, Vendor
from shared.domain.conditions import (
    Condition,
    Evaluation,
    Inventory,
    fill,
    leaves,
)
from shared.domain.events import Event, EventType
from shared.domain.ids import keyed
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.negotiations import Decision
from shared.domain.packs import amount_of, counted_as_sold
from shared.domain.places import Place, cell_of
from shared.domain.scout import ScoutQuery
from shared.domain.standing import Choice, StandingIntent, TrustLevel
from shared.domain.status import IntentStatus
from shared.errors import Conflict, Infeasible, InvalidInput, NotFound
from shared.ports.store import Query, Store, Upsert
from shared.services.carts import Line
from shared.services.catalogue import CatalogueService
from shared.services.kinds import INTENTS
from shared.services.orders import OrderRequest, OrderService
from shared.services.records import Records, decision_key
from shared.services.standing_moves import Change, Moves, entry_of, found_in_words, wake, why_bought
from shared.services.watches import Watches, states_of
from shared.settings import Settings

BY_CUSTOMER = "customer_intents"
"""Container that lists each customer's intents: partition customer, id intent."""


class Wish(Model):
    """What a customer wants, and when."""

    customer_id: str
    thread_id: str
    text: str
    query: str
    product_id: str | None = None
    colour: str | None = None
    quantity: int = 1
    max_price: Money | None = None
    condition: Condition
    zone: str
    deliver_to: Place
    trust_level: TrustLevel = TrustLevel.MEDIUM
    requires_approval: bool = True
    approval_hours: int = 24
    max_wait_days: int | None = None
    key: str | None = None


class Next(Model):
    """What the plan does now: wait for `wake-{turn}` until `until`, buy `order_id`, or stop."""

    action: Literal["wait", "buy", "stop"]
    turn: int
    until: datetime
    order_id: str | None = None
    outcome: str = ""


class StandingService:
    """Use cases on standing intents."""

    def __init__(
        self,
        records: Records,
        store: Store,
        watches: Watches,
        catalogue: CatalogueService,
        orders: OrderService,
        settings: Settings,
    ) -> None:
        self._records = records
        self._store = store
        self._watches = watches
        self._catalogue = catalogue
        self._orders = orders
        self._settings = settings
        self._moves = Moves(settings)

    async def get(self, intent_id: str) -> StandingIntent:
        """Return an intent. Raises NotFound."""
        return (await self._records.get(INTENTS, intent_id)).value

    async def of_customer(self, customer_id: str) -> list[StandingIntent]:
        """List a customer's intents, newest first."""
        page = await self._store.query(BY_CUSTOMER, customer_id, Query(order_by="-at"))
        # the list is written first, so it may name an intent that a crash kept from being made
        found = [await self._records.find(INTENTS, document.id) for document in page.documents]
        return [stored.value for stored in found if stored is not None]

    async def create(self, wish: Wish) -> StandingIntent:
        """Store the wish; its plan starts from the event (flow 6.7-1 steps 1, 2).

        The same key gives the same intent. Raises Conflict when the key was used for another wish.
        """
        now = self._records.now()
        intent = StandingIntent(
            id=keyed("si", wish.customer_id, wish.key),
            created_at=now,
            updated_at=now,
            waits_until=self._waits_until(wish, now),
            **wish.model_dump(exclude={"max_wait_days", "key", "condition"}),
            condition=_placed(wish),
            digest=_digest(wish),
        )
        event = Event(type=EventType.INTENT_CREATED, data={"intent_id": intent.id})
        await self._store.batch(BY_CUSTOMER, wish.customer_id, [Upsert(intent.id, {"at": now.isoformat()})])
        made = await self._records.create(INTENTS, intent, events=[event])
        if made.digest != intent.digest:
            raise Conflict("This idempotency key was used for another wish.", code="idempotency_key_reused")
        return made

    # --- steps of the plan ----------------------------------------------------------------------

    async def begin(self, intent_id: str) -> Next:
        """Scout, tell the customer what was found and what is waited for, and start watching."""
        intent, now = await self.get(intent_id), self._records.now()
        if intent.status is IntentStatus.PENDING:
            choice = await self._choose(intent)
            intent = await self._records.update(
                INTENTS, intent_id, lambda i: self._moves.begun(i, choice, now)
            )
        if intent.status is IntentStatus.ACTIVE and intent.met is None:
            await self._watches.arm(intent, now=now)
        return _next(intent)

    async def review(self, intent_id: str, turn: int) -> Next:
        """Take the next step that the stored state calls for; `turn` is the one that just ended."""
        now = self._records.now()
        intent = await self.get(intent_id)
        choice = await self._choose(intent) if intent.status is IntentStatus.ACTIVE else None
        intent = await self._records.update(
            INTENTS,
            intent_id,
            lambda i: self._moves.reviewed(i, turn, choice, now),
        )
        if intent.status is IntentStatus.EXECUTING and intent.order_id is None:
            intent = await self._buy(intent)
        if intent.status is IntentStatus.ACTIVE and intent.met is None:
            await self._watches.arm(intent, now=now)
        else:
            await self._watches.disarm(intent_id)
        return _next(intent)

    async def finish(self, intent_id: str, *, ok: bool, code: str = "", detail: str = "") -> Next:
        """The purchase ended: done, or back to waiting when only the stock was gone (flow 6.7-1 step 5)."""
        now = self._records.now()

        def change(intent: StandingIntent) -> Change:
            if intent.status is not IntentStatus.EXECUTING:
                return intent, []
            if ok:
                return self._moves.closed(intent, IntentStatus.COMPLETED, why_bought(intent), now)
            if code == "out_of_stock":
                return self._moves.missed(intent, f"{detail}.", now)
            return self._moves.closed(intent, IntentStatus.CANCELLED, detail or code, now)

        intent = await self._records.update(INTENTS, intent_id, change)
        if intent.status is IntentStatus.ACTIVE:
            await self._watches.arm(intent, now=now)
        return _next(intent)

    # --- what happens outside -------------------------------------------------------------------

    async def observe(self, intent_id: str, evaluation: Evaluation) -> bool:
        """Keep what a check saw; announce a moment that has come. Say whether it has."""
        now = self._records.now()
        intent = await self._records.update(
            INTENTS, intent_id, lambda i: self._moves.seen(i, evaluation, now)
        )
        if intent.status is IntentStatus.ACTIVE and intent.met is None:
            await self._watches.arm(intent, now=now, states=states_of(evaluation))
        return intent.met is not None

    async def decide(
        self,
        intent_id: str,
        *,
        approved: bool,
        by: str,
        keep_waiting: bool = False,
        key: str | None = None,
    ) -> StandingIntent:
        """Take the customer's word on buying now, once per `key` if there is one.

        Raises Conflict when nothing is asked any more.
        """
        decision = Decision(approved=approved, by=by, at=self._records.now(), keep_original=keep_waiting)

        def change(intent: StandingIntent) -> Change:
            if intent.decision is not None and intent.decision.approved == approved:
                return intent, []
            if intent.status is not IntentStatus.WAITING_APPROVAL or intent.decision is not None:
                raise Conflict(f"Nothing is open to decide: the intent is {intent.status}.", code="not_open")
            return intent.model_copy(update={"decision": decision}), [wake(intent, EventType.INTENT_DECIDED)]

        return await self._records.update(INTENTS, intent_id, change, inbox=decision_key(key))

    async def change(self, intent_id: str, wish: Wish) -> StandingIntent:
        """Replace the wish while it waits (flow 1.4-3 step 4). Raises Conflict once it is being bought."""
        current = await self.get(intent_id)
        _must_wait(current)
        draft = current.model_copy(
            update={
                **{name: getattr(wish, name) for name in _CHANGEABLE},
                "condition": _placed(wish),
                "waits_until": self._waits_until(wish, current.created_at),
                "leaves": (),
                "met": None,
                "not_before": None,
            }
        )
        choice = await self._choose(draft)
        if choice is None:
            raise InvalidInput(f"I found nothing for '{wish.query}'.", field="text", code="nothing_found")
        changed, now = self._moves.with_choice(draft, choice), self._records.now()

        def apply(intent: StandingIntent) -> Change:
            _must_wait(intent)
            after = intent.model_copy(
                update={name: getattr(changed, name) for name in (*_CHANGEABLE, *_RENEWED)}
            )
            story = f"You changed your wish. {found_in_words(after)}"
            entry = entry_of(now, "changed", "completed", "The customer changed the wish.", story)
            told = Event(type=EventType.INTENT_WATCHING, data={"intent_id": intent.id, "first": True})
            return after.noted(entry), [wake(intent, EventType.INTENT_CHANGED), told]

        intent = await self._records.update(INTENTS, intent_id, apply)
        await self._watches.arm(intent, now=now)
        return intent

    async def cancel(self, intent_id: str, *, reason: str) -> StandingIntent:
        """Stop waiting. Cancelling twice changes nothing. Raises Conflict once it is being bought."""
        now = self._records.now()

        def change(intent: StandingIntent) -> Change:
            if intent.status is IntentStatus.CANCELLED:
                return intent, []
            if intent.status in {IntentStatus.EXECUTING, IntentStatus.COMPLETED}:
                raise Conflict("It is bought already.", code="not_open")
            after, events = self._moves.closed(intent, IntentStatus.CANCELLED, reason, now)
            return after, [*events, wake(intent, EventType.INTENT_CHANGED)]

        intent = await self._records.update(INTENTS, intent_id, change)
        await self._watches.disarm(intent_id)
        return intent

    # --- buying ---------------------------------------------------------------------------------

    async def _buy(self, intent: StandingIntent) -> StandingIntent:
        """Place the order of this moment; when it cannot be kept, go back to waiting and say so.

        Bought is what was agreed to, and never for more.
        """
        agreed, now = intent.choice, self._records.now()
        if agreed is None:
            raise AssertionError("only a choice is bought")
        try:
            price = self._catalogue.product(agreed.product_id).price
            if price.minor > agreed.unit_price.minor:
                raise Conflict(f"{agreed.item} now costs {price} instead of {agreed.unit_price}.")
            order = await self._orders.place(self._request(intent, agreed, now), announce=False)
        except (Infeasible, InvalidInput, Conflict, NotFound) as refused:
            why = refused.detail
            return await self._records.update(INTENTS, intent.id, lambda i: self._moves.missed(i, why, now))
        choice = agreed.model_copy(update={"unit_price": price})

        def change(current: StandingIntent) -> Change:
            if current.order_id is not None:
                return current, []
            bought = {"order_id": order.id, "choice": choice, "purchases": current.purchases + 1}
            return current.model_copy(update=bought), []

        return await self._records.update(INTENTS, intent.id, change)

    def _request(self, intent: StandingIntent, choice: Choice, now: datetime) -> OrderRequest:
        return OrderRequest(
            customer_id=intent.customer_id,
            thread_id=intent.thread_id,
            lines=(Line(item_id=choice.product_id, quantity=choice.quantity),),
            deliver_to=intent.deliver_to,
            deliver_by=self._moves.deliver_by(intent, now),
            zone=intent.zone,
            key=f"{intent.id}:{intent.purchases}",
        )

    async def _choose(self, intent: StandingIntent) -> Choice | None:
        """Scout for the wish within its price (flow 6.7-1 step 3.1)."""
        if intent.product_id is not None:
            meant = self._catalogue.find_product(intent.product_id)
            return _choice(meant, self._catalogue.vendor(meant.vendor_id), intent) if meant else None
        found = await self._catalogue.search(
            ScoutQuery(
                text=intent.query,
                colour=intent.colour,
                require_colour=intent.colour is not None,
                price_max=intent.max_price.minor if intent.max_price else None,
                near=intent.deliver_to.point,
                include_bundles=False,
                in_stock_only=not any(isinstance(leaf, Inventory) for leaf in leaves(intent.condition)),
                limit=self._settings.default_results,
            )
        )
        choices = [_choice(hit.product, hit.vendors[0], intent) for hit in found.hits if hit.product]
        most = intent.max_price
        return next((each for each in choices if most is None or each.price.minor <= most.minor), None)

    def _waits_until(self, wish: Wish, since: datetime) -> datetime:
        longest = self._settings.max_wait_days
        return since + timedelta(days=min(wish.max_wait_days or longest, longest))


def _placed(wish: Wish) -> Condition:
    """The condition, its weather being that of the place of delivery."""
    return fill(wish.condition, place=cell_of(wish.deliver_to.point))


def _choice(product: Product, vendor: Vendor, intent: StandingIntent) -> Choice:
    return Choice(
        product_id=product.id,
        item=product.name,
        vendor_id=vendor.id,
        vendor_name=vendor.name,
        unit_price=product.price,
        lead_minutes=product.lead_minutes,
        quantity=amount_of(product, intent.quantity, as_sold=counted_as_sold(intent.query)),
    )


_CHANGEABLE = (
    "text",
    "query",
    "product_id",
    "colour",
    "quantity",
    "max_price",
    "deliver_to",
    "zone",
    "trust_level",
    "requires_approval",
    "approval_hours",
)
_SAID = {
    "text", "deliver_to", "zone", "trust_level", "requires_approval", "approval_hours", "max_wait_days",
}  # fmt: skip
"""What the customer said; the rest follows from it and from the day."""
_RENEWED = ("condition", "waits_until", "leaves", "met", "not_before", "choice", "lead_days")


def _digest(wish: Wish) -> str:
    return hashlib.sha256(wish.model_dump_json(include=_SAID).encode()).hexdigest()


def _next(intent: StandingIntent) -> Next:
    if not intent.is_open:
        return Next(
            action="stop",
            turn=intent.turn,
            until=intent.waits_until,
            order_id=intent.order_id,
            outcome=intent.status.value,
        )
    if intent.status is IntentStatus.EXECUTING and intent.order_id is not None:
        return Next(action="buy", turn=intent.turn, until=intent.waits_until, order_id=intent.order_id)
    asked = intent.status is IntentStatus.WAITING_APPROVAL and intent.decide_by is not None
    return Next(
        action="wait", turn=intent.turn, until=(intent.decide_by if asked else None) or intent.waits_until
    )


def _must_wait(intent: StandingIntent) -> None:
    if intent.status not in {IntentStatus.PENDING, IntentStatus.ACTIVE}:
        raise Conflict(f"The intent is {intent.status}; it can no longer be changed.", code="not_open")
