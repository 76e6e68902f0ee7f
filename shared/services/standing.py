"""Standing intents: made, watched, asked about, bought (M23, flows 6.7-1, 6.7-3, 1.4-3).

The plan is a loop of turns. Whatever happens outside is stored on the intent first, with an event that wakes
the plan; `review` then reads the stored truth and says what comes next.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from shared.domain.catalogue import Product, Vendor
from shared.domain.conditions import (
    Calendar,
    Condition,
    Evaluation,
    Inventory,
    LeafState,
    Price,
    State,
    fill,
    in_words,
    leaves,
    pinned,
)
from shared.domain.events import Event, EventType
from shared.domain.ids import fresh
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.negotiations import Decision
from shared.domain.packs import amount_of, counted_as_sold
from shared.domain.places import Place, cell_of
from shared.domain.scout import ScoutQuery
from shared.domain.standing import Choice, Evidence, LedgerEntry, StandingIntent, TrustLevel
from shared.domain.status import IntentStatus
from shared.errors import Conflict, Infeasible, InvalidInput, NotFound
from shared.ports.store import Query, Store, Upsert
from shared.services.catalogue import CatalogueService
from shared.services.kinds import INTENTS
from shared.services.orders import Line, OrderRequest, OrderService
from shared.services.records import Records
from shared.services.watches import Watches, states_of
from shared.settings import Settings

WORKDAY_MINUTES = 8 * 60
BY_CUSTOMER = "customer_intents"
"""Container that lists each customer's intents: partition customer, id intent."""
Change = tuple[StandingIntent, Sequence[Event]]


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

    async def get(self, intent_id: str) -> StandingIntent:
        """Return an intent. Raises NotFound."""
        return (await self._records.get(INTENTS, intent_id)).value

    async def of_customer(self, customer_id: str) -> list[StandingIntent]:
        """List a customer's intents, newest first."""
        page = await self._store.query(BY_CUSTOMER, customer_id, Query(order_by="-at"))
        return [await self.get(document.id) for document in page.documents]

    async def create(self, wish: Wish) -> StandingIntent:
        """Store the wish; its plan starts from the event (flow 6.7-1 steps 1, 2).

        The same key gives the same intent. Raises Conflict when the key was used for another wish.
        """
        now = self._records.now()
        intent = StandingIntent(
            id=_intent_id(wish),
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
        intent = await self.get(intent_id)
        if intent.status is IntentStatus.PENDING:
            choice = await self._choose(intent)
            intent = await self._records.update(INTENTS, intent_id, lambda i: self._begun(i, choice))
        if intent.status is IntentStatus.ACTIVE and intent.met is None:
            await self._watches.arm(intent, now=self._records.now())
        return _next(intent)

    async def review(self, intent_id: str, turn: int) -> Next:
        """Take the next step that the stored state calls for; `turn` is the one that just ended."""
        now = self._records.now()
        intent = await self.get(intent_id)
        choice = await self._choose(intent) if intent.met and intent.status is IntentStatus.ACTIVE else None
        intent = await self._records.update(
            INTENTS, intent_id, lambda i: self._reviewed(i, turn, choice, now) if i.turn == turn else (i, [])
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
                return self._closed(intent, IntentStatus.COMPLETED, _why_bought(intent), now)
            if code == "out_of_stock":
                return self._missed(intent, f"{detail}.", now)
            return self._closed(intent, IntentStatus.CANCELLED, detail or code, now)

        intent = await self._records.update(INTENTS, intent_id, change)
        if intent.status is IntentStatus.ACTIVE:
            await self._watches.arm(intent, now=now)
        return _next(intent)

    # --- what happens outside -------------------------------------------------------------------

    async def observe(self, intent_id: str, evaluation: Evaluation) -> bool:
        """Keep what a check saw; announce a moment that has come. Say whether it has."""
        now = self._records.now()
        intent = await self._records.update(INTENTS, intent_id, lambda i: self._seen(i, evaluation, now))
        if intent.status is IntentStatus.ACTIVE and intent.met is None:
            await self._watches.arm(intent, now=now, states=states_of(evaluation))
        return intent.met is not None

    async def decide(
        self, intent_id: str, *, approved: bool, by: str, keep_waiting: bool = False
    ) -> StandingIntent:
        """Take the customer's word on buying now. Raises Conflict when nothing is asked any more."""
        decision = Decision(approved=approved, by=by, at=self._records.now(), keep_original=keep_waiting)

        def change(intent: StandingIntent) -> Change:
            if intent.decision is not None and intent.decision.approved == approved:
                return intent, []
            if intent.status is not IntentStatus.WAITING_APPROVAL or intent.decision is not None:
                raise Conflict(f"Nothing is open to decide: the intent is {intent.status}.", code="not_open")
            return intent.model_copy(update={"decision": decision}), [_wake(intent, EventType.INTENT_DECIDED)]

        return await self._records.update(INTENTS, intent_id, change)

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
        changed, now = self._with_choice(draft, choice), self._records.now()

        def apply(intent: StandingIntent) -> Change:
            _must_wait(intent)
            after = intent.model_copy(
                update={name: getattr(changed, name) for name in (*_CHANGEABLE, *_RENEWED)}
            )
            story = f"You changed your wish. {_found(after)}"
            entry = _entry(now, "changed", "completed", "The customer changed the wish.", story)
            told = Event(type=EventType.INTENT_WATCHING, data={"intent_id": intent.id, "first": True})
            return after.noted(entry), [_wake(intent, EventType.INTENT_CHANGED), told]

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
            after, events = self._closed(intent, IntentStatus.CANCELLED, reason, now)
            return after, [*events, _wake(intent, EventType.INTENT_CHANGED)]

        intent = await self._records.update(INTENTS, intent_id, change)
        await self._watches.disarm(intent_id)
        return intent

    # --- the rules of each move -----------------------------------------------------------------

    def _begun(self, intent: StandingIntent, choice: Choice | None) -> Change:
        if intent.status is not IntentStatus.PENDING:
            return intent, []
        now = self._records.now()
        if choice is None:
            why = f"I found nothing for '{intent.query}'."
            return self._closed(intent, IntentStatus.CANCELLED, why, now)
        active = self._with_choice(intent, choice).moved(IntentStatus.ACTIVE)
        entry = _entry(now, "scout", "completed", f"Best match for '{intent.query}'.", _found(active))
        event = Event(type=EventType.INTENT_WATCHING, data={"intent_id": intent.id, "first": True})
        return active.noted(entry), [event]

    def _seen(self, intent: StandingIntent, evaluation: Evaluation, now: datetime) -> Change:
        if intent.status is not IntentStatus.ACTIVE:
            return intent, []
        if intent.met is not None:
            return intent, []
        changed = evaluation.leaves != intent.leaves
        if not changed and not self._is_the_moment(intent, evaluation, now):
            return intent, []
        after = intent.model_copy(update={"leaves": evaluation.leaves, "checked_at": now})
        if self._is_the_moment(intent, evaluation, now):
            why = "; ".join(leaf.why for leaf in evaluation.leaves if leaf.state is State.MET)
            entry = _entry(now, "condition met", "completed", why, f"The moment has come: {why}.")
            met = after.model_copy(update={"met": Evidence(at=now, leaves=evaluation.leaves)})
            return met.noted(entry), [_wake(intent, EventType.INTENT_MET)]
        news = _news(intent.leaves, evaluation.leaves)
        if not news:
            return after, []
        why = " and ".join(leaf.news for leaf in news)
        better = all(leaf.state is State.MET for leaf in news)
        entry = _entry(
            now, "still watching", "in_progress", why, f"{'Good' if better else 'Still waiting'}: {why}."
        )
        event = Event(
            type=EventType.INTENT_WATCHING, data={"intent_id": intent.id, "why": why, "better": better}
        )
        return after.noted(entry), [event]

    def _is_the_moment(self, intent: StandingIntent, evaluation: Evaluation, now: datetime) -> bool:
        if evaluation.state is not State.MET or (intent.not_before is not None and now < intent.not_before):
            return False
        local = now.astimezone(ZoneInfo(intent.zone))
        return (
            not intent.is_day_bound or self._settings.wake_hour <= local.hour < self._settings.day_ends_hour
        )

    def _reviewed(self, intent: StandingIntent, turn: int, choice: Choice | None, now: datetime) -> Change:
        ended = intent.model_copy(update={"turn": turn + 1})
        if intent.status is IntentStatus.ACTIVE:
            if now >= intent.waits_until:
                why = "The moment did not come in the time that you gave me."
                return self._closed(ended, IntentStatus.CANCELLED, why, now)
            return self._moment(ended, choice, now) if intent.met else (ended, [])
        if intent.status is IntentStatus.WAITING_APPROVAL:
            return self._answered(ended, now)
        return ended, []

    def _moment(self, intent: StandingIntent, choice: Choice | None, now: datetime) -> Change:
        """The moment has come, with what would be bought now at what it costs now."""
        if choice is None:
            return self._missed(intent, f"Nothing fits '{intent.query}' right now.", now)
        intent = intent.model_copy(update={"choice": choice})
        if not intent.requires_approval:
            return intent.moved(IntentStatus.EXECUTING), []
        asked = intent.moved(
            IntentStatus.WAITING_APPROVAL, decide_by=self._decide_by(intent, now), decision=None
        )
        question = f"May I buy {choice.item} for {intent.price()}?"
        entry = _entry(now, "approval", "in_progress", "The customer wants to be asked.", question)
        event = Event(type=EventType.INTENT_ASKED, data={"intent_id": intent.id, "turn": intent.turn})
        return asked.noted(entry), [event]

    def _answered(self, intent: StandingIntent, now: datetime) -> Change:
        decision = intent.decision
        if decision is not None and decision.approved:
            return intent.moved(IntentStatus.EXECUTING), []
        if decision is not None:
            if decision.keep_original:
                return self._missed(intent, "You said not this time.", now)
            return self._closed(intent, IntentStatus.CANCELLED, "You said no.", now)
        if intent.decide_by is None or now < intent.decide_by:
            return intent, []
        match intent.trust_level:
            case TrustLevel.HIGH:
                story = "You did not answer in time, so I went ahead, as you trust me to."
                entry = _entry(now, "approval", "completed", "No answer; trust is high.", story)
                return intent.moved(IntentStatus.EXECUTING).noted(entry), []
            case TrustLevel.MEDIUM:
                why = "You did not answer in time, so I bought nothing."
                return self._closed(intent, IntentStatus.CANCELLED, why, now)
            case TrustLevel.LOW:
                return self._missed(intent, "You did not answer in time, so I bought nothing.", now)

    def _missed(self, intent: StandingIntent, why: str, now: datetime) -> Change:
        """Back to waiting, for the next moment after this one."""
        tomorrow = now.astimezone(ZoneInfo(intent.zone)).date() + timedelta(days=1)
        back = intent.moved(
            IntentStatus.ACTIVE,
            met=None,
            decision=None,
            decide_by=None,
            order_id=None,
            leaves=(),
            not_before=datetime.combine(tomorrow, time(), ZoneInfo(intent.zone)).astimezone(UTC),
        )
        event = Event(type=EventType.INTENT_WATCHING, data={"intent_id": intent.id, "missed": why})
        return back.noted(_entry(now, "missed", "failed", why, why)), [event]

    def _closed(self, intent: StandingIntent, status: IntentStatus, reason: str, now: datetime) -> Change:
        event = Event(
            type=EventType.INTENT_CLOSED,
            data={"intent_id": intent.id, "status": status.value, "reason": reason},
        )
        entry = _entry(now, "end", "completed", reason, reason)
        return intent.moved(status, reason=reason).noted(entry), [event]

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
            return await self._records.update(INTENTS, intent.id, lambda i: self._missed(i, why, now))
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
            deliver_by=self._deliver_by(intent, now),
            zone=intent.zone,
            key=f"{intent.id}:{intent.purchases}",
        )

    def _deliver_by(self, intent: StandingIntent, now: datetime) -> datetime:
        zone = ZoneInfo(intent.zone)
        if not intent.is_day_bound:
            return now + self._settings.deliver_within
        moment = intent.met.at if intent.met else now
        day = (moment.astimezone(zone) + timedelta(days=intent.lead_days)).date()
        return datetime.combine(day, time(self._settings.day_ends_hour), zone).astimezone(UTC)

    def _decide_by(self, intent: StandingIntent, now: datetime) -> datetime:
        """The customer's time to answer, cut where buying later could not arrive on the day."""
        limit = now + timedelta(hours=intent.approval_hours)
        if not intent.is_day_bound or intent.choice is None:
            return limit
        lead = timedelta(minutes=self._catalogue.known_product(intent.choice.product_id).lead_minutes)
        latest = self._deliver_by(intent, now) - lead - self._settings.urgent_within
        return max(min(limit, latest), now + self._settings.jit_timeout)

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

    def _with_choice(self, intent: StandingIntent, choice: Choice) -> StandingIntent:
        """Settle on what is bought; a price or stock that is waited for is then that product's own."""
        found: dict[str, object] = {"choice": choice, "lead_days": _lead_days(choice, self._catalogue)}
        if any(isinstance(leaf, Price | Inventory) for leaf in leaves(intent.condition)):
            product, price = choice.product_id, choice.unit_price.minor
            found["product_id"] = product
            found["condition"] = pinned(intent.condition, product=product, item=choice.item, price=price)
        return intent.model_copy(update=found)

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
    "trust_level",
    "requires_approval",
    "approval_hours",
)
_SAID = {
    "text", "deliver_to", "zone", "trust_level", "requires_approval", "approval_hours", "max_wait_days",
}  # fmt: skip
"""What the customer said; the rest follows from it and from the day."""
_RENEWED = ("condition", "waits_until", "leaves", "met", "not_before", "choice", "lead_days")


def _intent_id(wish: Wish) -> str:
    """A repeated key finds the same intent again, and only for the customer who chose the key."""
    if wish.key is None:
        return fresh("si")
    seed = json.dumps([wish.customer_id, wish.key])
    return f"si_{hashlib.sha256(seed.encode()).hexdigest()[:20]}"


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


def _found(intent: StandingIntent) -> str:
    """What was found and what is waited for (flow 6.7-1 step 3.2)."""
    choice = intent.choice
    found = f"Found {choice.item} at {choice.vendor_name} for {intent.price()}! " if choice else ""
    return f"{found}Waiting until {in_words(intent.condition)}."


def _why_bought(intent: StandingIntent) -> str:
    if not intent.requires_approval:
        return "You let me buy without asking."
    if intent.decision is None:
        return "You did not answer in time, and you trust me to go ahead."
    return "You said yes."


def _wake(intent: StandingIntent, type_: EventType) -> Event:
    return Event(type=type_, data={"intent_id": intent.id, "turn": intent.turn})


def _entry(at: datetime, step: str, status: str, thought: str, narrative: str) -> LedgerEntry:
    return LedgerEntry(at=at, step=step, status=status, thought=thought, narrative=narrative)


def _news(before: Sequence[LeafState], after: Sequence[LeafState]) -> list[LeafState]:
    """What a customer wants to hear of: a condition that turned, but not that a day came or went."""
    turned = [
        new
        for old, new in zip(before, after, strict=False)
        if old.state is not new.state and not isinstance(new.leaf, Calendar)
    ]
    worse = [leaf for leaf in turned if leaf.state is not State.MET]
    return worse or turned


def _must_wait(intent: StandingIntent) -> None:
    if intent.status not in {IntentStatus.PENDING, IntentStatus.ACTIVE}:
        raise Conflict(f"The intent is {intent.status}; it can no longer be changed.", code="not_open")


def _lead_days(choice: Choice | None, catalogue: CatalogueService) -> int:
    minutes = catalogue.known_product(choice.product_id).lead_minutes if choice else 0
    return 0 if minutes <= WORKDAY_MINUTES else -(-minutes // WORKDAY_MINUTES)
