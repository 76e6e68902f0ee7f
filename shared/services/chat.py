"""The chat entry: one sentence in, understood by rules, answered or set in motion (flows 6.0-1, 6.1-1)."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from shared.domain.ids import fresh
from shared.domain.intents import (
    ChangeAction,
    DeadlineKind,
    IntentKind,
    ReferenceKind,
    ResolvedIntent,
    ShownItem,
    resolve,
)
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.narration import join, local
from shared.domain.places import Place
from shared.domain.replies import DecisionKind, understand_decision
from shared.domain.scout import Hit
from shared.domain.timechain import ConflictAnalysis
from shared.errors import Conflict, Infeasible, InvalidInput, NotFound, UsoError
from shared.ports.geocoder import Geocoder
from shared.services.negotiations import NegotiationService
from shared.services.orders import Line, OrderRequest, OrderService
from shared.services.planning import PlanningService
from shared.services.recoveries import RecoveryService
from shared.services.shopping import Offer, ShoppingService
from shared.services.standing import StandingService, Wish
from shared.services.threads import Thread, ThreadService, context_of
from shared.settings import Settings


class Said(Model):
    """A sentence of a customer, and what the agent knows about them."""

    customer_id: str
    text: str
    thread_id: str | None = None
    platform: str | None = None
    zone: str
    deliver_to: Place | None = None
    key: str | None = None


class Answer(Model):
    """What USO says, and what it set in motion."""

    thread_id: str
    reply: str
    intent: ResolvedIntent
    offers: tuple[Offer, ...] = ()
    asks: str | None = None
    order_id: str | None = None
    negotiation_id: str | None = None
    recovery_id: str | None = None
    standing_intent_id: str | None = None
    simulation: ConflictAnalysis | None = None


class ChatService:
    """Turns sentences into use cases. The model or rules propose; each use case checks for itself."""

    def __init__(
        self,
        threads: ThreadService,
        shopping: ShoppingService,
        orders: OrderService,
        planning: PlanningService,
        negotiations: NegotiationService,
        recoveries: RecoveryService,
        standing: StandingService,
        geocoder: Geocoder,
        settings: Settings,
    ) -> None:
        self._threads = threads
        self._shopping = shopping
        self._orders = orders
        self._planning = planning
        self._negotiations = negotiations
        self._recoveries = recoveries
        self._standing = standing
        self._geocoder = geocoder
        self._settings = settings

    async def answer(self, said: Said, *, now: datetime) -> Answer:
        """Understand and answer one sentence; below the confidence limit, ask one question instead."""
        thread = await self._threads.open(
            said.thread_id or fresh("thr"), customer_id=said.customer_id, platform=said.platform
        )
        intent = resolve(said.text, now=now, zone=ZoneInfo(said.zone), thread=context_of(thread))
        try:
            answer = await self._act(said, thread, intent, now)
        except (InvalidInput, Infeasible, Conflict, NotFound) as refused:
            answer = _asking(thread, intent, refused)
        await self._remember(thread, answer)
        return answer

    async def _act(self, said: Said, thread: Thread, intent: ResolvedIntent, now: datetime) -> Answer:
        decision = understand_decision(said.text)
        if thread.pending is not None and decision.kind is not DecisionKind.UNCLEAR and not intent.needs:
            return await self._decide(said, thread, intent, keep=decision.keep_original)
        if intent.clarifying_question is not None:
            return Answer(
                thread_id=thread.id,
                reply=intent.clarifying_question,
                intent=intent,
                asks=intent.clarifying_question,
            )
        match intent.kind:
            case IntentKind.CHANGE_ORDER:
                return await self._change(said, thread, intent)
            case IntentKind.STANDING:
                return await self._wish(said, thread, intent, now)
            case IntentKind.CHECKOUT:
                return await self._buy(said, thread, intent, now)
            case IntentKind.TRACK:
                return await self._track(thread, intent)
            case IntentKind.APPROVE | IntentKind.REJECT | IntentKind.CANCEL:
                return _plain(thread, intent, "There is nothing open that waits for your word.")
            case IntentKind.SUPPORT | IntentKind.UNKNOWN:
                text = "I find and buy things, change orders and wait for the right moment. What do you need?"
                return _plain(thread, intent, text)
            case _:
                return await self._discover(said, thread, intent)

    # --- each kind of sentence ------------------------------------------------------------------

    async def _discover(self, said: Said, thread: Thread, intent: ResolvedIntent) -> Answer:
        place = await self._place(said, intent)
        offers = await self._shopping.find_all(intent, place)
        if not offers:
            return _plain(thread, intent, f"I found nothing for '{intent.search_query}'. Shall I look wider?")
        return Answer(
            thread_id=thread.id, reply=_offered(offers, said.zone), intent=intent, offers=tuple(offers)
        )

    async def _change(self, said: Said, thread: Thread, intent: ResolvedIntent) -> Answer:
        if thread.active_order_id is None:
            return _plain(thread, intent, "Which order do you mean? I see none in this conversation.")
        order = await self._orders.get(thread.active_order_id)
        change = intent.change
        if change is not None and change.action is ChangeAction.ADD and change.wanted:
            product = await self._shopping.product_for(None, change.wanted, near=order.deliver_to.point)
            analysis = await self._planning.simulate(
                order, product, self._orders.vendor_of(product), change.quantity or 1
            )
            return Answer(
                thread_id=thread.id,
                reply=analysis.message,
                intent=intent,
                order_id=order.id,
                simulation=analysis,
                asks=analysis.message if analysis.conflict_detected else None,
            )
        negotiation = await self._negotiations.request_change(order.id, said.text, key=said.key)
        return Answer(
            thread_id=thread.id,
            reply=f"I am asking for {negotiation.wanted}. Your order stays as it is until I know more.",
            intent=intent,
            order_id=order.id,
            negotiation_id=negotiation.id,
        )

    async def _wish(self, said: Said, thread: Thread, intent: ResolvedIntent, now: datetime) -> Answer:
        read = self._shopping.read_wish(said.text, zone=ZoneInfo(said.zone), now=now)
        if read.conditions is None:
            raise InvalidInput("What shall I wait for?", field="text", code="needs_clarification")
        wish = Wish(
            customer_id=said.customer_id,
            thread_id=thread.id,
            text=said.text,
            query=read.search_query,
            colour=read.colours[0] if read.colours else None,
            quantity=read.quantity,
            max_price=self._shopping.most(read),
            condition=read.conditions,
            zone=said.zone,
            deliver_to=await self._place(said, read),
            key=said.key,
        )
        made = await self._standing.create(wish)
        return Answer(
            thread_id=thread.id,
            reply="We'll watch for the perfect moment!",
            intent=intent,
            standing_intent_id=made.id,
        )

    async def _buy(self, said: Said, thread: Thread, intent: ResolvedIntent, now: datetime) -> Answer:
        chosen = _chosen(thread, intent)
        if chosen is None:
            return _plain(thread, intent, "Which one would you like?", asks=True)
        if said.deliver_to is None and intent.place is None:
            return _plain(thread, intent, f"Where shall {chosen.name} go?", asks=True)
        order = await self._orders.place(
            OrderRequest(
                customer_id=said.customer_id,
                thread_id=thread.id,
                lines=(Line(item_id=chosen.id, quantity=intent.quantity),),
                deliver_to=await self._place(said, intent),
                deliver_by=self._deadline(intent, now),
                zone=said.zone,
                key=said.key,
            )
        )
        text = (
            f"Ordering {chosen.name} for {order.total()}. It should be there by "
            f"{local(order.timeline.arrival, said.zone)}."
        )
        return Answer(thread_id=thread.id, reply=text, intent=intent, order_id=order.id)

    async def _track(self, thread: Thread, intent: ResolvedIntent) -> Answer:
        if thread.active_order_id is None:
            return _plain(thread, intent, "Which order do you mean? I see none in this conversation.")
        order = await self._orders.get(thread.active_order_id)
        legs = join(f"{leg.name}: {leg.partner_status or leg.status}" for leg in order.live_legs())
        text = f"{legs}. Expected {local(order.timeline.arrival, order.zone)}."
        return Answer(thread_id=thread.id, reply=text, intent=intent, order_id=order.id)

    async def _decide(
        self, said: Said, thread: Thread, intent: ResolvedIntent, *, keep: bool | None
    ) -> Answer:
        pending = thread.pending
        if pending is None:
            raise Conflict("Nothing is open to decide.")
        approved = understand_decision(said.text).kind is DecisionKind.APPROVE
        answer = _plain(thread, intent, "Thank you, I go ahead." if approved else "Understood.")
        match pending.kind:
            case "recovery":
                original = keep if keep is not None else True
                await self._recoveries.decide(
                    pending.id, approved=approved, by=said.customer_id, keep_original=original
                )
                return answer.model_copy(update={"recovery_id": pending.id})
            case "negotiation":
                await self._negotiations.decide(pending.id, approved=approved, by=said.customer_id)
                return answer.model_copy(update={"negotiation_id": pending.id})
            case _:
                await self._standing.decide(pending.id, approved=approved, by=said.customer_id)
                return answer.model_copy(update={"standing_intent_id": pending.id})

    # --- what is remembered ---------------------------------------------------------------------

    async def _remember(self, thread: Thread, answer: Answer) -> None:
        update: dict[str, object] = {"pending_question": answer.asks, "last_intent": answer.intent.kind.value}
        if answer.offers:
            update["last_results"] = tuple(_shown(answer.offers))
            update["last_query"] = answer.intent.search_query
        if answer.order_id is not None:
            update["active_order_id"] = answer.order_id
        if (reference := answer.intent.refers_to) and reference.kind is ReferenceKind.ITEM:
            update["selected_item_id"] = reference.id
        await self._threads.remember(thread.id, **update)

    async def _place(self, said: Said, intent: ResolvedIntent) -> Place:
        if intent.place is not None:
            place = await self._geocoder.locate(intent.place.name)
            if place is not None:
                return place
        return said.deliver_to or self._shopping.home()

    def _deadline(self, intent: ResolvedIntent, now: datetime) -> datetime:
        if intent.deadline is not None and intent.deadline.kind is not DeadlineKind.WINDOW:
            return intent.deadline.instant
        return intent.deadline.instant if intent.deadline else now + self._settings.deliver_within


def _plain(thread: Thread, intent: ResolvedIntent, text: str, *, asks: bool = False) -> Answer:
    return Answer(thread_id=thread.id, reply=text, intent=intent, asks=text if asks else None)


def _asking(thread: Thread, intent: ResolvedIntent, refused: UsoError) -> Answer:
    """A use case refused; in a conversation its reason is the answer."""
    asks = refused.code == "needs_clarification"
    return Answer(
        thread_id=thread.id, reply=refused.detail, intent=intent, asks=refused.detail if asks else None
    )


def _chosen(thread: Thread, intent: ResolvedIntent) -> ShownItem | None:
    wanted = intent.refers_to.id if intent.refers_to else thread.selected_item_id
    if wanted is None and len(thread.last_results) == 1:
        return thread.last_results[0]
    return next((item for item in thread.last_results if item.id == wanted), None)


def _shown(offers: Sequence[Offer]) -> list[ShownItem]:
    return [
        ShownItem(
            id=offer.hit.id,
            name=offer.hit.name,
            position=position,
            price_minor=price_of(offer.hit).minor,
        )
        for position, offer in enumerate(offers, 1)
    ]


def price_of(hit: Hit) -> Money:
    """What a hit costs."""
    priced = hit.product or hit.bundle
    if priced is None:
        raise ValueError("a hit is a product or a bundle")
    return priced.price


def _offered(offers: Sequence[Offer], zone: str) -> str:
    best = offers[0]
    text = f"I found {len(offers)} for you. The best match: {best.hit.name} for {price_of(best.hit)}"
    if best.arrival is None:
        return f"{text}."
    when = local(best.arrival, zone)
    if best.in_time:
        return f"{text}, with you by {when}."
    soonest = min((o.arrival for o in offers if o.arrival), default=best.arrival)
    return f"{text}, but nothing arrives in time: the soonest is {local(soonest, zone)}."
