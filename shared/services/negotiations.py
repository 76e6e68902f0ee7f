"""Change requests and their negotiation with partners (flows 1.6-1, 2.7-1, 2.7-4, 6.6-1, 6.6-2)."""

from collections.abc import Sequence
from datetime import datetime

from shared.domain import negotiations as rules
from shared.domain import orders as order_rules
from shared.domain.catalogue import Product
from shared.domain.changes import ChangeWish, read_change
from shared.domain.events import Event, EventType
from shared.domain.model import Model
from shared.domain.negotiations import (
    Decision,
    EscalationReason,
    Message,
    Negotiation,
    Offer,
    Reply,
    Sender,
)
from shared.domain.orders import Order, OrderLeg
from shared.domain.recoveries import RecoveryReason
from shared.domain.replies import PartnerReply, PriceChange, Verdict
from shared.domain.scout import ScoutQuery
from shared.domain.status import NegotiationStatus, OrderStatus
from shared.errors import Conflict, Unavailable
from shared.ports.store import AlreadyExists, PreconditionFailed
from shared.services.catalogue import CatalogueService
from shared.services.escalations import EscalationService, HandedOver
from shared.services.inventory import InventoryService
from shared.services.kinds import NEGOTIATIONS, ORDERS
from shared.services.orders import DONE, OrderService, StepResult
from shared.services.partner_messages import PartnerMessages, change_question
from shared.services.planning import starts_at
from shared.services.records import Records, Stored
from shared.services.recoveries import RecoveryService
from shared.settings import Settings

OPEN = frozenset(
    {
        NegotiationStatus.PENDING,
        NegotiationStatus.AWAITING_PARTNER_REPLY,
        NegotiationStatus.COUNTER_OFFER,
        NegotiationStatus.AWAITING_USER_APPROVAL,
        NegotiationStatus.ESCALATED,
    }
)


class Asked(Model):
    """A question went out; an answer counts until `reply_by`."""

    round: int
    reply_by: datetime


class Heard(Model):
    """What came of the round: the partner's verdict, or none; and why a person must look, if one must."""

    verdict: Verdict | None
    escalate: EscalationReason | None = None


class Offered(Model):
    """The counter-offer is before the customer until `decide_by`."""

    decide_by: datetime


class Decided(Model):
    """The customer's word; None is silence."""

    approved: bool | None


class NegotiationService:
    """Use cases on one negotiation."""

    def __init__(
        self,
        records: Records,
        catalogue: CatalogueService,
        inventory: InventoryService,
        orders: OrderService,
        recoveries: RecoveryService,
        escalations: EscalationService,
        messages: PartnerMessages,
        settings: Settings,
    ) -> None:
        self._records = records
        self._catalogue = catalogue
        self._inventory = inventory
        self._orders = orders
        self._recoveries = recoveries
        self._escalations = escalations
        self._messages = messages
        self._settings = settings

    async def get(self, negotiation_id: str) -> Negotiation:
        """Return a negotiation. Raises NotFound."""
        return (await self._records.get(NEGOTIATIONS, negotiation_id)).value

    async def request_change(
        self, order_id: str, text: str, *, leg_id: str | None = None, key: str | None = None
    ) -> Negotiation:
        """Open a negotiation about one leg (flow 1.6-1 steps 1, 2). The same `key` gives the same one.

        Raises InvalidInput with one question when the text is not clear, Conflict when the leg is closed or
        already being negotiated, or the key was used for another wish.
        """
        for _ in range(3):
            stored = await self._records.get(ORDERS, order_id)
            order = stored.value
            if (known := await self._known(order, key)) is not None:
                return _same_request(known, text)
            change = read_change(order, text, leg_id=leg_id, now=self._records.now())
            await self._may_change(order, change.leg)
            negotiation = self._open(order, change, text, key)
            counted = order.model_copy(update={"changes": order.changes + 1})
            event = Event(type=EventType.CHANGE_REQUESTED, data={"negotiation_id": negotiation.id})
            try:
                await self._records.commit(
                    Stored(NEGOTIATIONS, negotiation), stored.becomes(counted), events=[event]
                )
            except (AlreadyExists, PreconditionFailed):
                continue
            return negotiation
        raise Unavailable("The order is being changed by someone else; try again.")

    # --- steps of the plan ----------------------------------------------------------------------

    async def ask_partner(self, negotiation_id: str, round_: int) -> Asked:
        """Put the question of `round_` to the partner (flow 6.6-1 step 3)."""
        negotiation = await self.get(negotiation_id)
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

    async def receive_reply(
        self, message_id: str, negotiation_id: str, round_: int, reply: PartnerReply, text: str
    ) -> bool:
        """Keep a partner's reply (rule 2); say whether it counts. Late and repeated ones are shown only."""
        now = self._records.now()
        message = Message(id=message_id, sender=Sender.PARTNER, text=text[:2000], at=now, round=round_)
        heard = Reply(
            message_id=message_id,
            verdict=reply.verdict,
            item=reply.item,
            price=reply.price,
            frustration=reply.frustration,
            text=text[:2000],
        )
        event = Event(
            type=EventType.PARTNER_REPLIED, data={"negotiation_id": negotiation_id, "round": round_}
        )

        def change(negotiation: Negotiation) -> tuple[Negotiation, Sequence[Event]]:
            after = rules.replied(negotiation, heard, message)
            return after, [event] if after.reply != negotiation.reply else []

        after = await self._records.update(NEGOTIATIONS, negotiation_id, change)
        return after.reply is not None and after.reply.message_id == message_id

    async def hear(self, negotiation_id: str, round_: int) -> Heard:
        """Read what the round brought, and judge whether a person must look (flow 6.6-2 step 1).

        A yes to something that costs more is a counter-offer: the customer has not agreed to the price yet.
        """
        negotiation = await self.get(negotiation_id)
        reply = negotiation.reply if negotiation.round == round_ else None
        if reply is None:
            order = await self._orders.get(negotiation.order_id)
            urgent = self._is_urgent(order, negotiation.leg_id, self._records.now())
            return Heard(
                verdict=None, escalate=EscalationReason.URGENCY if urgent else EscalationReason.TIMEOUT
            )
        reason = self._must_escalate(negotiation, reply)
        if reason is None and reply.verdict is Verdict.ACCEPT:
            offer = await self._terms(negotiation)
            return Heard(verdict=Verdict.COUNTER_OFFER if offer.extra.minor > 0 else Verdict.ACCEPT)
        return Heard(verdict=reply.verdict, escalate=reason)

    async def offer(self, negotiation_id: str, round_: int) -> Offered:
        """Enrich the counter-offer and put it to the customer (flows 2.7-2 steps 2 to 4, 6.6-1 step 7)."""
        negotiation = await self.get(negotiation_id)
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

    async def decide(self, negotiation_id: str, *, approved: bool, by: str) -> Negotiation:
        """Take the customer's word on the open offer. Raises Conflict when nothing is open any more."""
        now = self._records.now()
        decision = Decision(approved=approved, by=by, at=now)

        def change(negotiation: Negotiation) -> tuple[Negotiation, Sequence[Event]]:
            if negotiation.decision is not None and negotiation.decision.says(approved):
                return negotiation, []
            if not negotiation.awaits_customer(now):
                raise Conflict(
                    f"Nothing is open to decide: the request is {negotiation.status}.", code="not_open"
                )
            event = Event(
                type=EventType.NEGOTIATION_DECIDED,
                data={"negotiation_id": negotiation_id, "round": negotiation.round},
            )
            return negotiation.model_copy(update={"decision": decision}), [event]

        return await self._records.update(NEGOTIATIONS, negotiation_id, change)

    async def decision(self, negotiation_id: str) -> Decided:
        """Read the customer's word on the open offer."""
        decision = (await self.get(negotiation_id)).decision
        return Decided(approved=None if decision is None else decision.approved)

    async def accept(self, negotiation_id: str) -> StepResult:
        """The change is agreed: settle the difference and update the order (flow 6.6-1 step 8)."""
        negotiation = await self.get(negotiation_id)
        if negotiation.status is NegotiationStatus.ACCEPTED:
            return DONE
        offer = await self._agreed(negotiation)
        result = await self._orders.exchange(
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
            await self.close(negotiation_id, NegotiationStatus.REJECTED, result.code)
            return result
        leg = (await self._orders.get(negotiation.order_id)).leg(negotiation.leg_id)
        await self._exchange_goods(leg, negotiation.product_id, offer.product_id)
        await self._messages.notice(
            leg, key=f"{negotiation_id}:agreed", text=f"Agreed: {offer.item}. Thank you!"
        )
        return await self.close(negotiation_id, NegotiationStatus.ACCEPTED, "agreed")

    async def reject(self, negotiation_id: str) -> StepResult:
        """The partner cannot: the search for another vendor starts on its own (flow 1.6-1 step 4)."""
        await self.close(negotiation_id, NegotiationStatus.REJECTED, "recovering")
        negotiation = await self.get(negotiation_id)
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
        negotiation = await self.get(negotiation_id)
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
        negotiation = await self.get(negotiation_id)
        leg = (await self._orders.get(negotiation.order_id)).leg(negotiation.leg_id)
        text = f"The change is off. Please go on with {leg.name} as ordered."
        if leg.status in order_rules.LIVE:
            await self._messages.notice(leg, key=f"{negotiation_id}:off", text=text)
        return await self.close(negotiation_id, NegotiationStatus.REJECTED, outcome)

    async def close(self, negotiation_id: str, status: NegotiationStatus, outcome: str) -> StepResult:
        """End the negotiation in `status`."""
        event = Event(
            type=EventType.NEGOTIATION_CLOSED,
            data={"negotiation_id": negotiation_id, "status": status.value, "outcome": outcome},
        )
        await self._records.update(
            NEGOTIATIONS,
            negotiation_id,
            lambda n: (n, []) if n.status is status else (n.moved(status), [event]),
        )
        return DONE

    # --- how it is judged -----------------------------------------------------------------------

    def _must_escalate(self, negotiation: Negotiation, reply: Reply) -> EscalationReason | None:
        if reply.frustration >= self._settings.frustration_threshold:
            return EscalationReason.SENTIMENT
        currency = negotiation.currency
        if reply.verdict is Verdict.UNCLEAR or not rules.can_be_charged(reply.price, currency):
            return EscalationReason.UNCLEAR
        offers = len(negotiation.offers) + (reply.verdict is Verdict.COUNTER_OFFER)
        return EscalationReason.DEADLOCK if offers >= self._settings.max_counter_offers else None

    def _reply_by(self, order: Order, leg_id: str, now: datetime) -> datetime:
        """15 minutes just in time, else 60, but not past the moment when the leg becomes urgent."""
        if self._is_urgent(order, leg_id, now):
            return now + self._settings.jit_timeout
        urgent_at = starts_at(order, leg_id) - self._settings.urgent_within
        return min(now + self._settings.standard_timeout, urgent_at)

    def _is_urgent(self, order: Order, leg_id: str, now: datetime) -> bool:
        return starts_at(order, leg_id) - now <= self._settings.urgent_within

    def _open(self, order: Order, change: ChangeWish, text: str, key: str | None) -> Negotiation:
        now, leg = self._records.now(), change.leg
        return Negotiation(
            id=f"{order.id}-n{order.changes + 1}",
            created_at=now,
            updated_at=now,
            order_id=order.id,
            leg_id=leg.id,
            thread_id=order.thread_id,
            customer_id=order.customer_id,
            vendor_id=leg.vendor_id,
            product_id=leg.product_id,
            currency=leg.price.currency,
            channel=self._catalogue.known_vendor(leg.vendor_id).channel.kind,
            text=text,
            wanted=change.wanted,
            instead_of=change.instead_of,
            just_in_time=self._is_urgent(order, leg.id, now),
            key=key,
        )

    async def _known(self, order: Order, key: str | None) -> Negotiation | None:
        known = [n for n in await self.of_order(order) if key is not None and n.key == key]
        return known[0] if known else None

    async def of_order(self, order: Order) -> list[Negotiation]:
        """Every negotiation of an order, oldest first."""
        numbered = [f"{order.id}-n{n}" for n in range(1, order.changes + 1)]
        found = [await self._records.find(NEGOTIATIONS, id) for id in numbered]
        return [stored.value for stored in found if stored is not None]

    async def _may_change(self, order: Order, leg: OrderLeg) -> None:
        if (
            order.status not in {OrderStatus.PAID, OrderStatus.PROCESSING}
            or leg.status not in order_rules.LIVE
        ):
            raise Conflict(f"{leg.name} can no longer be changed: it is {leg.status}.", code="closed")
        for negotiation in await self.of_order(order):
            if negotiation.leg_id == leg.id and negotiation.status in OPEN:
                raise Conflict(
                    f"A change of {leg.name} is under way: {negotiation.id}.", code="change_under_way"
                )
        if await self._recoveries.open_for(order, leg.id):
            raise Conflict(f"{leg.name} is being replaced right now.", code="change_under_way")

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
            image_url=product.image_url if product else "",
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


def _same_request(negotiation: Negotiation, text: str) -> Negotiation:
    if negotiation.text != text:
        raise Conflict("This idempotency key was used for another change.", code="idempotency_key_reused")
    return negotiation


def _again(negotiation: Negotiation) -> str:
    offer = negotiation.offers[-1].item if negotiation.offers else "that"
    return (
        f"The customer would rather not take {offer}. Could you do {negotiation.wanted}, or something else?"
    )


def _last_words(negotiation: Negotiation) -> str:
    partner = [message.text for message in negotiation.messages if message.sender is Sender.PARTNER]
    return partner[-1] if partner else "no reply"
