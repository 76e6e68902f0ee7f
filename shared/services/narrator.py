"""The Status Narrator: every event in words, to the thread and to the chat platform (M14, flow 6.4-1)."""

from collections.abc import Mapping
from typing import Any

from shared.domain import dispute_stories, money_stories
from shared.domain import narration as stories
from shared.domain.events import EventType
from shared.domain.narration import Story
from shared.domain.orders import Order
from shared.domain.retelling import is_faithful
from shared.domain.standing import StandingIntent
from shared.domain.status import NegotiationStatus, PartnerStatus
from shared.errors import Unavailable
from shared.ports.events import CloudEvent
from shared.ports.language import Teller
from shared.services.kinds import DISPUTES, ESCALATIONS, INTENTS, NEGOTIATIONS, ORDERS, RECOVERIES
from shared.services.pushes import Pushes
from shared.services.records import Records
from shared.services.texting.customer_updates import CustomerTexts
from shared.services.threads import StatusUpdate, Thread, ThreadService

_KNOWN = frozenset(EventType)
_MONEY = frozenset(
    {
        EventType.PAYMENT_ACTION_REQUIRED,
        EventType.REFUND_SENT,
        EventType.ORDER_COMPLETED,
        EventType.DELIVERY_CONFIRMED,
    }
)
_VERBATIM = frozenset(f"uso.{type_}" for type_ in _MONEY)
_OUR_OWN = frozenset(
    {
        "no_alternative",
        "hold_overdue",
        "refund_failed",
        "undo_failed",
        "books_differ",
        "payout_failed",
        "dispute",
        "chargeback",
        "parcel",
        "ticket",
        "danger",
    }
)
"""Escalations that tell the customer nothing new: another story does, or it is between us and the vendor."""
Told = tuple[str, Story] | None
"""Thread id and story; None for events that nobody is told of."""


class Narrator:
    """Turns an event into an update; the same event twice is one update. A model may warm the words."""

    def __init__(
        self,
        records: Records,
        threads: ThreadService,
        pushes: Pushes,
        texts: CustomerTexts,
        teller: Teller | None = None,
    ) -> None:
        self._records = records
        self._threads = threads
        self._pushes = pushes
        self._texts = texts
        self._teller = teller

    async def narrate(self, event: CloudEvent) -> None:
        """Tell the event's story, to the conversation and to the platform that it is on."""
        name = event.type.removeprefix("uso.")
        if name not in _KNOWN:  # of a newer version; another instance tells it
            return
        told = await self._story(EventType(name), event)
        if told is None:
            return
        thread_id, story = told
        thread = await self._threads.find(thread_id)
        pushes = self._pushes.reach(thread)
        update = StatusUpdate(
            id=event.id,
            at=event.time,
            sequence=event.sequence,
            type=event.type,
            subject=event.subject,
            status_class=story.status_class,
            narrative=await self._told(thread_id, event, story),
            reasoning=story.reasoning,
            card=story.card,
            delivery="pending" if pushes else "none",
        )
        await self._threads.post(thread_id, update)
        if thread is not None and update.type == f"uso.{EventType.ORDER_CONFIRMED}":
            await self._remember_order(thread, event.subject)
        if thread is not None:
            await self._remember_question(thread, event, story)
        if thread is not None:
            await self._texts.tell(thread, update, asks=story.asks)
        if pushes and thread is not None:
            await self._pushes.send(thread, update)

    async def _told(self, thread_id: str, event: CloudEvent, story: Story) -> str:
        """The narrative, or what a model made of it if that says the same; twice, it is as it was told first.

        What asks something or is about money stays as it is: a customer's yes is to these words.
        """
        if self._teller is None or story.asks is not None or event.type in _VERBATIM:
            return story.narrative
        if told := await self._threads.update_of(thread_id, event.id):
            return told.narrative
        try:
            retold = await self._teller.retell(story.narrative)
        except Unavailable:
            return story.narrative
        return retold if is_faithful(story.narrative, retold) else story.narrative

    async def _remember_question(self, thread: Thread, event: CloudEvent, story: Story) -> None:
        if story.asks is not None:
            await self._threads.remember(thread.id, pending=story.asks)
        elif story.settles and thread.pending is not None and thread.pending.id == event.subject:
            await self._threads.remember(thread.id, pending=None)

    async def _remember_order(self, thread: Thread, order_id: str) -> None:
        """What was bought for a standing wish is then what the conversation is about."""
        if thread.active_order_id is None:
            await self._threads.remember(thread.id, active_order_id=order_id)

    async def _story(self, type_: EventType, event: CloudEvent) -> Told:
        data = event.data
        if "intent_id" in data:
            return await self._of_intent(type_, event)
        if "escalation_id" in data:
            return await self._of_escalation(type_, event)
        if "recovery_id" in data and type_ in {EventType.RECOVERY_PROPOSED, EventType.RECOVERY_CLOSED}:
            return await self._of_recovery(type_, event)
        if "negotiation_id" in data:
            return await self._of_negotiation(type_, event)
        if "dispute_id" in data:
            return await self._of_dispute(type_, event)
        return await self._of_order(type_, event)

    async def _of_order(self, type_: EventType, event: CloudEvent) -> Told:
        if type_ not in {
            EventType.ORDER_CONFIRMED,
            EventType.ORDER_CANCELLED,
            EventType.LEG_ANSWERED,
            EventType.LEG_PROGRESSED,
            *_MONEY,
        }:
            return None
        data = event.data
        order = (await self._records.get(ORDERS, data["order_id"])).value
        if type_ in _MONEY:
            story_of_money = _of_money(type_, order, data)
            return (order.thread_id, story_of_money) if story_of_money else None
        if type_ is EventType.ORDER_CONFIRMED:
            return order.thread_id, stories.order_confirmed(order)
        if type_ is EventType.ORDER_CANCELLED:
            return order.thread_id, stories.order_cancelled(order, data["detail"])
        leg = order.leg(data["leg_id"])
        if type_ is EventType.LEG_PROGRESSED:
            return order.thread_id, stories.leg_progressed(order, leg, PartnerStatus(data["status"]))
        if data.get("recovery_id"):
            return None  # the recovery tells its own story
        if order.hides_parts and data["accepted"]:
            return None  # of the whole, its confirmation told
        story = stories.leg_answered(order, leg, accepted=data["accepted"], text=data["text"])
        return order.thread_id, story

    async def _of_dispute(self, type_: EventType, event: CloudEvent) -> Told:
        dispute = (await self._records.get(DISPUTES, event.data["dispute_id"])).value
        found = await self._records.find(ORDERS, dispute.order_id)
        if found is None:  # of the web shop, whose customers have no conversation here
            return None
        order = found.value
        if type_ is EventType.DISPUTE_OPENED:
            return order.thread_id, dispute_stories.opened(order, dispute)
        if type_ is EventType.CHARGEBACK_CREATED:
            return order.thread_id, dispute_stories.bank_asked(order, dispute)
        story = dispute_stories.resolved(order, dispute) if type_ is EventType.DISPUTE_RESOLVED else None
        return (order.thread_id, story) if story else None

    async def _of_negotiation(self, type_: EventType, event: CloudEvent) -> Told:
        negotiation = (await self._records.get(NEGOTIATIONS, event.data["negotiation_id"])).value
        order = (await self._records.get(ORDERS, negotiation.order_id)).value
        leg = order.leg(negotiation.leg_id)
        if type_ is EventType.CHANGE_REQUESTED:
            return order.thread_id, stories.change_requested(order, negotiation, leg)
        if type_ is EventType.COUNTER_OFFERED:
            offer = next(o for o in negotiation.offers if o.round == event.data["round"])
            return order.thread_id, stories.counter_offered(order, negotiation, offer, leg)
        if type_ is EventType.NEGOTIATION_CLOSED:
            if event.data["status"] == NegotiationStatus.ACCEPTED:
                return order.thread_id, stories.change_agreed(order, negotiation, leg)
            outcome = event.data["outcome"]
            return order.thread_id, stories.change_closed(order, negotiation, leg, outcome)
        return None

    async def _of_recovery(self, type_: EventType, event: CloudEvent) -> Told:
        recovery = (await self._records.get(RECOVERIES, event.data["recovery_id"])).value
        order = (await self._records.get(ORDERS, recovery.order_id)).value
        if type_ is EventType.RECOVERY_CLOSED:
            return order.thread_id, stories.recovery_closed(order, recovery)
        if recovery.proposal is None or recovery.proposal.attempt != event.data["attempt"]:
            return None  # overtaken by a later attempt, which is told instead
        return order.thread_id, stories.recovery_proposed(order, recovery, ask=event.data["ask"])

    async def _of_escalation(self, type_: EventType, event: CloudEvent) -> Told:
        if type_ is not EventType.ESCALATED or event.data["reason"] in _OUR_OWN:
            return None
        escalation = (await self._records.get(ESCALATIONS, event.data["escalation_id"])).value
        found = await self._records.find(ORDERS, escalation.order_id)
        if found is None:  # of the web shop, whose customers have no conversation here
            return None
        return found.value.thread_id, stories.escalated(escalation.subject, escalation.reason)

    async def _of_intent(self, type_: EventType, event: CloudEvent) -> Told:
        intent = (await self._records.get(INTENTS, event.data["intent_id"])).value
        if type_ is EventType.INTENT_WATCHING:
            return intent.thread_id, _watching(intent, event.data)
        if type_ is EventType.INTENT_ASKED:
            return (intent.thread_id, stories.intent_asked(intent)) if intent.decide_by else None
        if type_ is EventType.INTENT_CLOSED:
            bought = event.data["status"] == "completed"
            return intent.thread_id, stories.intent_closed(intent, bought=bought)
        return None


def _of_money(type_: EventType, order: Order, data: Mapping[str, Any]) -> Story | None:
    match type_:
        case EventType.PAYMENT_ACTION_REQUIRED:
            return money_stories.action_required(order)
        case EventType.REFUND_SENT:
            return money_stories.refund_sent(order, data["key"])
        case EventType.ORDER_COMPLETED:
            return money_stories.order_completed(order)
        case _:
            leg = order.leg(data["leg_id"])
            if order.hides_parts or leg.delivered is None:
                return None
            return money_stories.delivery_confirmed(leg, leg.delivered)


def _watching(intent: StandingIntent, data: Mapping[str, Any]) -> Story:
    if missed := data.get("missed"):
        return stories.intent_missed(intent, why=missed)
    if why := data.get("why"):
        return stories.intent_turned(intent, why=why, better=bool(data["better"]))
    return stories.intent_watching(intent)
