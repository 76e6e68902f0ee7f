"""The chat entry: one sentence in, understood by rules, answered or set in motion (flows 6.0-1, 6.1-1)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import Field

from shared.domain.attribution import distinct
from shared.domain.conditions import in_words
from shared.domain.ids import fresh
from shared.domain.intents import ChangeAction, IntentKind, ReferenceKind, ResolvedIntent, ShownItem, resolve
from shared.domain.model import Model
from shared.domain.narration import join, local
from shared.domain.orders import Order, OrderLeg
from shared.domain.patterns import Pattern
from shared.domain.places import Place
from shared.domain.replies import DecisionKind, understand_decision
from shared.domain.standing import StandingIntent
from shared.domain.timechain import ConflictAnalysis
from shared.errors import Conflict, Infeasible, InvalidInput, NotFound, UsoError
from shared.ports.geocoder import Geocoder
from shared.services.additions import AdditionService, Choice, read_choice
from shared.services.browsing import BrowsingService, pointed_at, shown
from shared.services.carts import Line
from shared.services.negotiations import NegotiationService
from shared.services.orders import OrderRequest, OrderService
from shared.services.recoveries import RecoveryService
from shared.services.second_readings import SecondReadings
from shared.services.shopping import Offer, ShoppingService, condition_of, named_needs
from shared.services.standing import StandingService, Wish
from shared.services.threads import Addition, Asked, Thread, ThreadService, context_of
from shared.settings import Settings

_LATER = Pattern(
    r"\b(?:keep (?:waiting|watching|looking)|next (?:one|time|\w+day)|not (?:today|yet|now|this time)"
    r"|wait|later|another (?:day|time))\b"
)
"""A no that is about this moment, not about the wish."""
_ASKING = frozenset({IntentKind.SUPPORT, IntentKind.UNKNOWN})
_NEWS = Pattern(r"\b(?:news|status|updates?|still waiting|how (?:is|are|does) (?:it|that|they|things))\b")
_SEVERAL = 2


class Said(Model):
    """A sentence of a customer, and what the agent knows about them."""

    customer_id: str
    agent: str = ""
    """The agent that speaks for the customer, if one does."""
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
    memory: dict[str, object] = Field(default_factory=dict, exclude=True)
    """What the thread keeps of this turn."""


class ChatService:
    """Turns sentences into use cases. The model or rules propose; each use case checks for itself."""

    def __init__(
        self,
        threads: ThreadService,
        shopping: ShoppingService,
        browsing: BrowsingService,
        orders: OrderService,
        additions: AdditionService,
        negotiations: NegotiationService,
        recoveries: RecoveryService,
        standing: StandingService,
        geocoder: Geocoder,
        settings: Settings,
        second: SecondReadings,
    ) -> None:
        self._threads = threads
        self._shopping = shopping
        self._browsing = browsing
        self._orders = orders
        self._additions = additions
        self._negotiations = negotiations
        self._recoveries = recoveries
        self._standing = standing
        self._geocoder = geocoder
        self._settings = settings
        self._second = second

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
        await self._remember(said, thread, answer, now)
        if thread.line_id:  # a conversation in two places has one history
            key = said.key or fresh("said")
            await self._threads.keep_turn(thread.id, said.text, answer.reply, key=key, at=now)
        return answer

    async def _act(self, said: Said, thread: Thread, intent: ResolvedIntent, now: datetime) -> Answer:
        decided = understand_decision(said.text).kind
        if thread.addition is not None and not named_needs(intent):
            if (choice := read_choice(said.text)) is not None:
                return await self._add(said, thread, intent, thread.addition, choice)
        elif thread.addition is not None and read_choice(said.text) is Choice.APART:
            return await self._add(said, thread, intent, thread.addition, Choice.APART)
        if thread.pending is not None and decided is not DecisionKind.UNCLEAR and not intent.needs:
            return await self._decide(said, thread, intent)
        if thread.asked is not None and (answered := await self._asked(said, thread, intent, now)):
            return answered
        if intent.kind in _ASKING and _NEWS.search(said.text.lower()) and _has_something(thread):
            return await self._track(thread, intent)
        if intent.clarifying_question is not None:
            intent = await self._second.reading(said.text, intent, thread, now=now, zone=said.zone)
        if intent.clarifying_question is not None:
            return _plain(thread, intent, intent.clarifying_question, asks=True)
        return await self._do(said, thread, intent, now)

    async def _do(self, said: Said, thread: Thread, intent: ResolvedIntent, now: datetime) -> Answer:
        match intent.kind:
            case IntentKind.CHANGE_ORDER:
                return await self._change(said, thread, intent)
            case IntentKind.STANDING:
                return await self._wish(said, thread, intent)
            case IntentKind.CHECKOUT if not intent.needs or pointed_at(intent, thread):
                return await self._buy(said, thread, intent, now)
            case IntentKind.TRACK:
                return await self._track(thread, intent)
            case IntentKind.CANCEL:
                return await self._cancel(thread, intent)
            case IntentKind.APPROVE | IntentKind.REJECT:
                return _plain(thread, intent, "There is nothing open that waits for your word.")
            case IntentKind.SUPPORT | IntentKind.UNKNOWN:
                text = "I find and buy things, change orders and wait for the right moment. What do you need?"
                return _plain(thread, intent, text)
            case _:
                return await self._discover(said, thread, intent, now)

    # --- each kind of sentence ------------------------------------------------------------------

    async def _discover(self, said: Said, thread: Thread, intent: ResolvedIntent, now: datetime) -> Answer:
        place = await self._place(said, thread, intent)
        deadline = _deadline(thread, intent, now)
        found = await self._browsing.show(intent, thread, place, deadline=deadline, zone=said.zone)
        answer = _plain(thread, intent, found.reply, asks=found.reply.endswith("?"))
        memory: dict[str, object] = {"seen": found.seen}
        if found.chosen is not None:
            memory = {"selected_item_id": found.chosen.hit.id, "asked": Asked.ORDER}
            memory["amounts"] = {**thread.amounts, found.chosen.hit.id: found.chosen.quantity}
        elif found.offers:
            memory |= {
                "last_results": shown(found.offers),
                "last_query": intent.search_query or thread.last_query,
                "selected_item_id": None,
                "amounts": {o.hit.id: o.quantity for o in found.offers if o.quantity >= _SEVERAL},
            }
        return answer.model_copy(update={"offers": found.offers, "memory": memory})

    async def _change(self, said: Said, thread: Thread, intent: ResolvedIntent) -> Answer:
        if thread.active_order_id is None:
            return _plain(thread, intent, "Which order do you mean? I see none in this conversation.")
        order = await self._orders.get(thread.active_order_id)
        change = intent.change
        if change is not None and change.action is ChangeAction.ADD and change.wanted:
            return await self._what_if(thread, intent, order, change.wanted, change.quantity or 1)
        negotiation = await self._negotiations.request_change(order.id, said.text, key=said.key)
        return Answer(
            thread_id=thread.id,
            reply=f"I am asking for {negotiation.wanted}. Your order stays as it is until I know more.",
            intent=intent,
            order_id=order.id,
            negotiation_id=negotiation.id,
        )

    async def _what_if(
        self, thread: Thread, intent: ResolvedIntent, order: Order, wanted: str, quantity: int
    ) -> Answer:
        """Say what adding something would do, and ask; nothing changes yet (flow 1.2-1 step 8)."""
        addition, analysis = await self._additions.simulate(order, wanted, quantity)
        text = analysis.message if analysis.suggestions else f"{analysis.message} Shall I add it?"
        return Answer(
            thread_id=thread.id,
            reply=text,
            intent=intent,
            asks=text,
            order_id=order.id,
            simulation=analysis,
            memory={"addition": addition},
        )

    async def _add(
        self, said: Said, thread: Thread, intent: ResolvedIntent, addition: Addition, choice: Choice
    ) -> Answer:
        """Do what the customer chose for the addition (flow 1.2-1 step 11)."""
        if choice is Choice.DROP:
            text = f"All right, {addition.name} stays out. Your order is as it was."
            return _plain(thread, intent, text)
        try:
            order = await self._additions.place(addition, choice, agent=said.agent, key=said.key)
        except Conflict as refused:
            memory: dict[str, object] = {"addition": addition}
            return _plain(thread, intent, refused.detail, asks=True).model_copy(update={"memory": memory})
        how = (
            f"by courier to {order.deliver_to.address}" if choice is Choice.APART else "along with your order"
        )
        text = (
            f"{addition.name} comes {how}, {local(order.timeline.arrival, said.zone)}, for {order.total()} "
            f"in all. Your other plans stay as they are."
        )
        return _plain(thread, intent, text).model_copy(update={"order_id": order.id})

    async def _wish(self, said: Said, thread: Thread, intent: ResolvedIntent) -> Answer:
        pointed = pointed_at(intent, thread)
        query = pointed.name if pointed else intent.search_query
        condition = condition_of(intent, query)
        place = await self._place(said, thread, intent)
        wish = Wish(
            customer_id=said.customer_id,
            thread_id=thread.id,
            text=said.text,
            query=query,
            product_id=pointed.id if pointed else None,
            colour=intent.colours[0] if intent.colours else None,
            quantity=intent.quantity,
            max_price=self._shopping.most(intent),
            condition=condition,
            zone=said.zone,
            deliver_to=place,
            key=said.key,
        )
        made = await self._standing.create(wish)
        text = (
            f"We'll watch for the perfect moment! I ask you before I buy the {query}, when "
            f"{in_words(made.condition)}. It goes to {place.address}."
        )
        return Answer(thread_id=thread.id, reply=text, intent=intent, standing_intent_id=made.id)

    async def _buy(self, said: Said, thread: Thread, intent: ResolvedIntent, now: datetime) -> Answer:
        chosen = _chosen(thread, intent)
        if chosen is None:
            return _plain(thread, intent, "Which one would you like?", asks=True)
        known = intent.place is not None or said.deliver_to is not None or thread.deliver_to is not None
        if not known:
            answer = _plain(thread, intent, f"Where shall {chosen.name} go?", asks=True)
            return answer.model_copy(update={"memory": {"selected_item_id": chosen.id, "asked": Asked.PLACE}})
        place = await self._place(said, thread, intent)
        return await self._order(said, thread, intent, chosen, place, now)

    async def _order(
        self,
        said: Said,
        thread: Thread,
        intent: ResolvedIntent,
        chosen: ShownItem,
        place: Place,
        now: datetime,
    ) -> Answer:
        amount = intent.quantity if intent.quantity > 1 else thread.amounts.get(chosen.id, 1)
        order = await self._orders.place(
            OrderRequest(
                customer_id=said.customer_id,
                thread_id=thread.id,
                lines=(Line(item_id=chosen.id, quantity=amount),),
                deliver_to=place,
                deliver_by=_deadline(thread, intent, now) or now + self._settings.deliver_within,
                zone=said.zone,
                key=said.key,
                agent=said.agent,
            )
        )
        many = f"{amount} x " if amount > 1 else ""
        text = (
            f"Ordering {many}{chosen.name} for {order.total()} to {place.address}. It should be there by "
            f"{local(order.timeline.arrival, said.zone)}."
        )
        memory: dict[str, object] = {"active_order_id": order.id, "selected_item_id": chosen.id}
        return Answer(thread_id=thread.id, reply=text, intent=intent, order_id=order.id, memory=memory)

    async def _track(self, thread: Thread, intent: ResolvedIntent) -> Answer:
        if thread.active_order_id is None and thread.standing_intent_id is not None:
            return await self._track_wish(thread, intent, thread.standing_intent_id)
        if thread.active_order_id is None:
            return _plain(thread, intent, "Which order do you mean? I see none in this conversation.")
        order = await self._orders.get(thread.active_order_id)
        if not order.is_open():
            return _plain(thread, intent, f"Your order is {order.status}. {order.reason}".strip())
        legs = join(f"{leg.name} is {_state(leg)}" for leg in order.live_legs())
        what = f"{order.title} is on its way" if order.hides_parts else legs
        text = f"{what}. Expected {local(order.timeline.arrival, order.zone)}."
        return _plain(thread, intent, text).model_copy(update={"order_id": order.id})

    async def _track_wish(self, thread: Thread, intent: ResolvedIntent, intent_id: str) -> Answer:
        wish = await self._standing.get(intent_id)
        return _plain(thread, intent, _how_it_stands(wish)).model_copy(
            update={"standing_intent_id": intent_id}
        )

    async def _cancel(self, thread: Thread, intent: ResolvedIntent) -> Answer:
        """Stop waiting; an order that is placed can be changed but not called off from here."""
        if thread.standing_intent_id is None:
            text = "I cannot call an order off from here. I can ask its partner for a change instead."
            return _plain(thread, intent, text)
        wish = await self._standing.cancel(thread.standing_intent_id, reason="You cancelled it.")
        text = f"I no longer wait to buy the {wish.query}."
        return _plain(thread, intent, text).model_copy(update={"standing_intent_id": wish.id})

    # --- answers to what was asked --------------------------------------------------------------

    async def _decide(self, said: Said, thread: Thread, intent: ResolvedIntent) -> Answer:
        pending = thread.pending
        if pending is None:
            raise Conflict("Nothing is open to decide.")
        decision = understand_decision(said.text)
        approved = decision.kind is DecisionKind.APPROVE
        answer = _plain(thread, intent, "Thank you, I go ahead." if approved else "Understood.")
        match pending.kind:
            case "recovery":
                original = decision.keep_original if decision.keep_original is not None else True
                await self._recoveries.decide(
                    pending.id, approved=approved, by=said.customer_id, key=said.key, keep_original=original
                )
                return answer.model_copy(update={"recovery_id": pending.id})
            case "negotiation":
                await self._negotiations.decide(
                    pending.id, approved=approved, by=said.customer_id, key=said.key
                )
                return answer.model_copy(update={"negotiation_id": pending.id})
            case _:
                keep = decision.keep_original is True or _LATER.search(said.text.lower()) is not None
                await self._standing.decide(
                    pending.id,
                    approved=approved,
                    by=said.customer_id,
                    key=said.key,
                    keep_waiting=keep and not approved,
                )
                return answer.model_copy(update={"standing_intent_id": pending.id})

    async def _asked(
        self, said: Said, thread: Thread, intent: ResolvedIntent, now: datetime
    ) -> Answer | None:
        """Take the answer to "Shall I order it?" or "Where shall it go?", None for anything else."""
        chosen = next((i for i in thread.last_results if i.id == thread.selected_item_id), None)
        if chosen is None:
            return None
        if thread.asked is Asked.PLACE:
            place = await self._geocoder.locate(intent.place.name if intent.place else said.text)
            return await self._order(said, thread, intent, chosen, place, now) if place else None
        if intent.kind is IntentKind.APPROVE:
            return await self._buy(said, thread, intent, now)
        if intent.kind is IntentKind.REJECT:
            return _plain(thread, intent, "All right, I order nothing.")
        return None

    # --- what is remembered ---------------------------------------------------------------------

    async def _remember(self, said: Said, thread: Thread, answer: Answer, now: datetime) -> None:
        update: dict[str, object] = {
            "pending_question": answer.asks,
            "last_intent": answer.intent.kind.value,
            "asked": None,
            "addition": None,
            "deliver_by": _deadline(thread, answer.intent, now),
            "deliver_to": await self._known_place(said, thread, answer.intent),
        }
        if answer.standing_intent_id is not None:
            update["standing_intent_id"] = answer.standing_intent_id
        await self._threads.remember(thread.id, **(update | answer.memory))

    async def _known_place(self, said: Said, thread: Thread, intent: ResolvedIntent) -> Place | None:
        """Where things go, as far as it was said in this conversation."""
        if intent.place is not None and (place := await self._geocoder.locate(intent.place.name)):
            return place
        return said.deliver_to or thread.deliver_to

    async def _place(self, said: Said, thread: Thread, intent: ResolvedIntent) -> Place:
        return await self._known_place(said, thread, intent) or self._shopping.home()


def _deadline(thread: Thread, intent: ResolvedIntent, now: datetime) -> datetime | None:
    """By when, as this sentence or an earlier one said."""
    if intent.deadline is not None:
        return intent.deadline.instant
    return thread.deliver_by if thread.deliver_by and thread.deliver_by > now else None


def _plain(thread: Thread, intent: ResolvedIntent, text: str, *, asks: bool = False) -> Answer:
    return Answer(thread_id=thread.id, reply=text, intent=intent, asks=text if asks else None)


def _asking(thread: Thread, intent: ResolvedIntent, refused: UsoError) -> Answer:
    """A use case refused; in a conversation its reason is the answer, with the ways out (1.2-1 step 10)."""
    ways = [str(way["description"]).rstrip(".") for way in refused.extensions.get("ways_out", ())]
    text = f"{refused.detail} I could do this instead: {'; or '.join(ways)}." if ways else refused.detail
    return _plain(thread, intent, text, asks=refused.code == "needs_clarification" or bool(ways))


def _chosen(thread: Thread, intent: ResolvedIntent) -> ShownItem | None:
    if intent.refers_to is not None and intent.refers_to.kind is ReferenceKind.ITEM:
        return pointed_at(intent, thread)
    if thread.selected_item_id is None and len(thread.last_results) == 1:
        return thread.last_results[0]
    return next((item for item in thread.last_results if item.id == thread.selected_item_id), None)


def _has_something(thread: Thread) -> bool:
    return thread.active_order_id is not None or thread.standing_intent_id is not None


def _state(leg: OrderLeg) -> str:
    return str(leg.partner_status or leg.status).lower().replace("_", " ")


def _how_it_stands(wish: StandingIntent) -> str:
    """Why a wish still waits, or how it ended."""
    if not wish.is_open:
        return f"That is {wish.status}. {wish.reason}"
    if wish.decide_by is not None:
        return "The moment has come; I am waiting for your yes."
    unmet = [leaf for leaf in wish.leaves if leaf.state != "met"]
    why = f" Right now {join(leaf.why for leaf in unmet)}." if unmet else ""
    sources = "".join(f" {source.in_words()}" for source in distinct(leaf.attribution for leaf in unmet))
    return f"I buy the {wish.query} when {in_words(wish.condition)}.{why}{sources}"
