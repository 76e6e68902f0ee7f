"""What the plan of a negotiation does, step by step (flows 6.6-1, 6.6-2, 2.7-1, 2.7-4)."""

from datetime import datetime

from shared.domain import negotiations as rules
from shared.domain import orders as order_rules
from shared.domain.catalogue import Product
from shared.domain.events import Event, EventType
from shared.domain.model import Model
from shared.domain.negotiations import (
    EscalationReason,
    Negotiation,
    Offer,
    Reply,
    Sender,
)
from shared.domain.orders import Order, OrderLeg
from shared.domain.recoveries import RecoveryReason
from shared.domain.replies import PriceChange, Verdict
from shared.domain.scout import ScoutQuery
from shared.domain.status import NegotiationStatus
from shared.services.catalogue import CatalogueService
from shared.services.escalations import EscalationService, HandedOver
from shared.services.inventory import InventoryService
from shared.services.kinds import NEGOTIATIONS
from shared.services.negotiations import NegotiationService
from shared.services.order_money import OrderMoney
from shared.services.orders import OrderService
from shared.services.partner_messages import PartnerMessages, change_question
from shared.services.planning import is_urgent, starts_at
from shared.services.records import Records
from shared.services.recoveries import RecoveryService
from shared.services.results import DONE, StepResult
from shared.settings import Settings


class Asked(Model):
    """A question went out; an answer counts until `reply_by`."""

    round: int
    reply_by: datetime


class Heard(Model):
    """What came of the round: the partner's verdict, or none; and why a person must look, if one must."""

    verdict: Verdict | None
    escalate: EscalationReason | None = None
    again: bool = False
    """The photo will not do, and the partner is asked for another (flow 2.7-3 step 5)."""


class Offered(Model):
    """The counter-offer is before the customer until `decide_by`."""

    decide_by: datetime


class Decided(Model):
    """The customer's word; None is silence."""

    approved: bool | None


class NegotiationSteps:
    """The steps of one negotiation's plan. Each may run twice and changes things once."""

    def __init__(
        self,
        records: Records,
        negotiations: NegotiationService,
        catalogue: CatalogueService,
        inventory: InventoryService,
        orders: OrderService,
        money: OrderMoney,
        recoveries: RecoveryService,
        escalations: EscalationService,
        messages: PartnerMessages,
        settings: Settings,
    ) -> None:
        self._records = records
        self._negotiations = negotiations
        self._catalogue = catalogue
        self._inventory = inventory
        self._orders = orders
        self._money = money
        self._recoveries = recoveries
        self._escalations = escalations
        self._messages = messages
        self._settings = settings

    async def ask_partner(self, negotiation_id: str, round_: int) -> Asked:
        """Put the question of `round_` to the partner (flow 6.6-1 step 3)."""
        negotiation = await self._negotiations.get(negotiation_id)
        order = await self._orders.get(negotiation.order_id)
        leg = order.leg(negotiation.leg_id)
        if negotiation.round < round_:
            question = change_question(negotiation) if round_ == 1 else _again(negotiation)
            now = self._records.now()
            reply_by = self._reply_by(order, leg.id, now)
            negotiation = await self._records.update(
                NEGOTIATIONS,
                negotiation_id,
                lambda n: (
                    (rules.asked(n, reply_by=reply_by, text=question, at=now), [])
                    if n.round < round_
                    else (n, [])
                ),
            )
        assert negotiation.reply_by is not None  # noqa: S101 - `asked` sets it
        question = next(m.text for m in negotiation.messages if m.id == f"{negotiation_id}.{round_}.ask")
        await self._messages.change_requested(
            leg, negotiation, question=question, reply_by=negotiation.reply_by
        )
        return Asked(round=negotiation.round, reply_by=negotiation.reply_by)

    async def hear(self, negotiation_id: str, round_: int) -> Heard:
        """Read what the round brought, and judge whether a person must look (flow 6.6-2 step 1).

        A yes to something that costs more is a counter-offer: the customer has not agreed to the price yet.
        """
        negotiation = await self._negotiations.get(negotiation_id)
        reply = negotiation.reply if negotiation.round == round_ else None
        if reply is None:
            order = await self._orders.get(negotiation.order_id)
            urgent = is_urgent(
                order, negotiation.leg_id, now=self._records.now(), within=self._settings.urgent_within
            )
            return Heard(
                verdict=None, escalate=EscalationReason.URGENCY if urgent else EscalationReason.TIMEOUT
            )
        reason = self._must_escalate(negotiation, reply)
        if reason is None and reply.shows_the_wrong_thing:
            return Heard(verdict=reply.verdict, again=True)
        if reason is None and reply.verdict is Verdict.ACCEPT:
            offer = await self._terms(negotiation)
            return Heard(verdict=Verdict.COUNTER_OFFER if offer.extra.minor > 0 else Verdict.ACCEPT)
        return Heard(verdict=reply.verdict, escalate=reason)

    async def offer(self, negotiation_id: str, round_: int) -> Offered:
        """Enrich the counter-offer and put it to the customer (flows 2.7-2 steps 2 to 4, 6.6-1 step 7)."""
        negotiation = await self._negotiations.get(negotiation_id)
        if negotiation.status is NegotiationStatus.AWAITING_PARTNER_REPLY and negotiation.reply is not None:
            offer = await self._terms(negotiation)
            decide_by = self._records.now() + self._settings.approval_timeout
            event = Event(
                type=EventType.COUNTER_OFFERED, data={"negotiation_id": negotiation_id, "round": round_}
            )
            negotiation = await self._records.update(
                NEGOTIATIONS,
                negotiation_id,
                lambda n: (
                    (rules.offered(n, offer, decide_by=decide_by), [event])
                    if n.status is NegotiationStatus.AWAITING_PARTNER_REPLY
                    else (n, [])
                ),
            )
        assert negotiation.decide_by is not None  # noqa: S101 - `offered` sets it
        return Offered(decide_by=negotiation.decide_by)

    async def decision(self, negotiation_id: str) -> Decided:
        """Read the customer's word on the open offer."""
        decision = (await self._negotiations.get(negotiation_id)).decision
        return Decided(approved=None if decision is None else decision.approved)

    async def accept(self, negotiation_id: str) -> StepResult:
        """The change is agreed: settle the difference and update the order (flow 6.6-1 step 8)."""
        negotiation = await self._negotiations.get(negotiation_id)
        if negotiation.status is NegotiationStatus.ACCEPTED:
            return DONE
        offer = await self._agreed(negotiation)
        result = await self._money.exchange(
            negotiation.order_id,
            offer.extra,
            key=f"{negotiation.leg_id}:{negotiation.id}",
            reason=f"change to {offer.item}",
            change=lambda order: order_rules.changed(
                order,
                negotiation.leg_id,
                offer.product_id,
                name=offer.item,
                extra=offer.extra,
                by=negotiation.id,
            ),
        )
        if not result.ok:
            await self._negotiations.close(negotiation_id, NegotiationStatus.REJECTED, result.code)
            return result
        leg = (await self._orders.get(negotiation.order_id)).leg(negotiation.leg_id)
        await self._exchange_goods(leg, negotiation.product_id, offer.product_id)
        await self._messages.notice(
            leg, key=f"{negotiation_id}:agreed", text=f"Agreed: {offer.item}. Thank you!"
        )
        return await self._negotiations.close(negotiation_id, NegotiationStatus.ACCEPTED, "agreed")

    async def reject(self, negotiation_id: str) -> StepResult:
        """The partner cannot: the search for another vendor starts on its own (flow 1.6-1 step 4)."""
        await self._negotiations.close(negotiation_id, NegotiationStatus.REJECTED, "recovering")
        negotiation = await self._negotiations.get(negotiation_id)
        recovery = await self._recoveries.open(
            negotiation.order_id,
            negotiation.leg_id,
            reason=RecoveryReason.CHANGE_REJECTED,
            wanted=negotiation.wanted,
            negotiation_id=negotiation_id,
            cause=negotiation_id,
        )
        await self._records.update(
            NEGOTIATIONS,
            negotiation_id,
            lambda n: (n, []) if n.recovery_id else (n.model_copy(update={"recovery_id": recovery.id}), []),
        )
        return DONE

    async def escalate(self, negotiation_id: str, reason: EscalationReason) -> HandedOver:
        """Put the negotiation into the intervention queue; the AI pauses (flow 6.6-2 step 2)."""
        negotiation = await self._negotiations.get(negotiation_id)
        order = await self._orders.get(negotiation.order_id)
        escalation = await self._escalations.open(
            subject=negotiation_id,
            order=order,
            leg_id=negotiation.leg_id,
            reason=reason,
            summary=f"{negotiation.wanted}: {_last_words(negotiation)}",
        )
        await self._records.update(
            NEGOTIATIONS,
            negotiation_id,
            lambda n: (
                (n, [])
                if n.status is NegotiationStatus.ESCALATED
                else (n.moved(NegotiationStatus.ESCALATED, escalation_id=escalation.id), [])
            ),
        )
        return self._escalations.handed_over(escalation)

    async def leave(self, negotiation_id: str, outcome: str) -> StepResult:
        """Nothing is agreed: the order stays as it was, and the partner that was asked learns so."""
        negotiation = await self._negotiations.get(negotiation_id)
        leg = (await self._orders.get(negotiation.order_id)).leg(negotiation.leg_id)
        text = f"The change is off. Please go on with {leg.name} as ordered."
        if leg.status in order_rules.LIVE:
            await self._messages.notice(leg, key=f"{negotiation_id}:off", text=text)
        return await self._negotiations.close(negotiation_id, NegotiationStatus.REJECTED, outcome)

    # --- how it is judged -----------------------------------------------------------------------

    def _must_escalate(self, negotiation: Negotiation, reply: Reply) -> EscalationReason | None:
        if reply.frustration >= self._settings.frustration_threshold:
            return EscalationReason.SENTIMENT
        currency = negotiation.currency
        if reply.verdict is Verdict.UNCLEAR or not rules.can_be_charged(reply.price, currency):
            return EscalationReason.UNCLEAR
        offers = len(negotiation.offers) + (reply.verdict is Verdict.COUNTER_OFFER)
        tried = max(offers, negotiation.round if reply.shows_the_wrong_thing else 0)
        return EscalationReason.DEADLOCK if tried >= self._settings.max_counter_offers else None

    def _reply_by(self, order: Order, leg_id: str, now: datetime) -> datetime:
        """15 minutes just in time, else 60, but not past the moment when the leg becomes urgent."""
        if is_urgent(order, leg_id, now=now, within=self._settings.urgent_within):
            return now + self._settings.jit_timeout
        urgent_at = starts_at(order, leg_id) - self._settings.urgent_within
        return min(now + self._settings.standard_timeout, urgent_at)

    # --- what is agreed -------------------------------------------------------------------------

    async def _agreed(self, negotiation: Negotiation) -> Offer:
        """What the customer said yes to; without their yes, the partner's last word."""
        asked = negotiation.status is NegotiationStatus.AWAITING_USER_APPROVAL
        return negotiation.offers[-1] if asked else await self._terms(negotiation)

    async def _terms(self, negotiation: Negotiation) -> Offer:
        """The partner's reply as an offer, enriched from its catalogue; a yes offers what was asked for."""
        order = await self._orders.get(negotiation.order_id)
        leg = order.leg(negotiation.leg_id)
        reply = negotiation.reply
        item = (reply.item if reply else None) or negotiation.wanted
        product = await self._in_catalogue(negotiation.vendor_id, item)
        listed = product.price * leg.quantity if product else None
        price = reply.price if reply else PriceChange()
        return Offer(
            round=negotiation.round,
            item=product.name if product else item,
            product_id=product.id if product else None,
            image_url=_picture(reply, product),
            description=product.description if product else "",
            extra=rules.extra_for(price, price=leg.price, quantity=leg.quantity, listed=listed),
            text=reply.text if reply else "",
        )

    async def _in_catalogue(self, vendor_id: str, item: str) -> Product | None:
        found = await self._catalogue.search(
            ScoutQuery(text=item, vendor_id=vendor_id, include_bundles=False, limit=1)
        )
        hit = found.hits[0] if found.hits else None
        return hit.product if hit and hit.relevance >= self._settings.same_item_relevance else None

    async def _exchange_goods(self, leg: OrderLeg, before: str, now: str | None) -> None:
        """Give back what was ordered first and take what was agreed, if the catalogue counts it.

        The partner's word that it has the goods counts more than our books.
        """
        if now == before:
            return
        if now is not None and await self._inventory.reserve(leg.id, now, leg.quantity):
            await self._inventory.confirm(leg.id, now)
        await self._inventory.release(leg.id, before)


def _picture(reply: Reply | None, product: Product | None) -> str:
    """The partner's photo of the very thing, or else the catalogue's (2.7-2 step 3, 2.7-3 step 4)."""
    if reply is not None and reply.photo is not None:
        return reply.photo.url
    return product.image_url if product else ""


def _again(negotiation: Negotiation) -> str:
    last = negotiation.reply
    if last is not None and last.photo is not None and last.shows_the_wrong_thing:
        why = f" ({last.photo.why})" if last.photo.why else ""
        return (
            f"Thank you for the photo, but it will not do{why}. Could you send another, or offer something "
            f"else for {negotiation.wanted}?"
        )
    offer = negotiation.offers[-1].item if negotiation.offers else "that"
    return (
        f"The customer would rather not take {offer}. Could you do {negotiation.wanted}, or something else?"
    )


def _last_words(negotiation: Negotiation) -> str:
    partner = [message.text for message in negotiation.messages if message.sender is Sender.PARTNER]
    return partner[-1] if partner else "no reply"
