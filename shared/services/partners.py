"""What partners say, whichever door it comes through: webhook, portal, simulator (2.3-1, 2.3-2, 2.7-1).

Messages are data: they are understood by rules and never followed. Where the rules call one unclear a
language model may propose a reading, which rules check again (`shared.domain.reply_proposals`).
"""

import re
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from shared.domain.escalations import Escalation, Resolution
from shared.domain.ids import owner_of
from shared.domain.model import Model
from shared.domain.negotiations import EscalationReason, Negotiation, Photo
from shared.domain.orders import Order, OrderLeg, legs_of
from shared.domain.recoveries import RecoveryReason
from shared.domain.replies import PartnerReply, Verdict, understand_reply, with_photo
from shared.domain.reply_proposals import ReplyProposal, checked, may_be_asked
from shared.domain.status import LegStatus, PartnerStatus
from shared.errors import InvalidInput, NotFound
from shared.ports.language import ReplyReader
from shared.ports.store import AlreadyExists, Create, Query, Store
from shared.services.escalations import EscalationService
from shared.services.negotiations import NegotiationService
from shared.services.orders import OrderService
from shared.services.partner_messages import PORTAL
from shared.services.proposals import Proposals
from shared.services.recoveries import RecoveryService

_NEGOTIATION = re.compile(r"(ord_[0-9a-z]+-n\d+)\.(\d{1,4})")
_LEG = re.compile(r"ord_[0-9a-z]+-l\d+")
MONTH = 30 * 24 * 3600


class IncomingReply(Model):
    """A partner's message. `id` is the sender's, unique per vendor; `reference` quotes what it answers."""

    id: str = Field(pattern=r"^[A-Za-z0-9_.:-]{1,200}$")
    vendor_id: str
    reference: str = Field(min_length=1, max_length=128)
    text: str = Field(default="", max_length=2000)
    button: str | None = Field(default=None, max_length=40)
    photo: Photo | None = None


class Outcome(StrEnum):
    """What became of a message: it counted, it was only kept (late or unasked), or it came before."""

    APPLIED = "applied"
    KEPT = "kept"
    DUPLICATE = "duplicate"


class PartnerService:
    """The partner's side of orders and negotiations."""

    def __init__(
        self,
        store: Store,
        orders: OrderService,
        negotiations: NegotiationService,
        recoveries: RecoveryService,
        escalations: EscalationService,
        reader: ReplyReader | None = None,
    ) -> None:
        self._store = store
        self._orders = orders
        self._negotiations = negotiations
        self._recoveries = recoveries
        self._escalations = escalations
        self._reader = reader
        self._proposals = Proposals(store)

    async def receive(self, incoming: IncomingReply) -> Outcome:
        """Take a message in, once per id. Raises InvalidInput or NotFound for a reference not theirs."""
        seen = await self._store.read("inbox", incoming.vendor_id, incoming.id)
        if seen is not None:
            return Outcome.DUPLICATE
        outcome = await self._handle(incoming)
        try:
            await self._store.batch(
                "inbox", incoming.vendor_id, [Create(incoming.id, {"outcome": outcome.value}, ttl=MONTH)]
            )
        except AlreadyExists:
            return Outcome.DUPLICATE
        return outcome

    async def _handle(self, incoming: IncomingReply) -> Outcome:
        if match := _NEGOTIATION.fullmatch(incoming.reference):
            negotiation = await self._asked(incoming, match[1], int(match[2]))
            reply = understand_reply(incoming.text, button=incoming.button, requested=negotiation.wanted)
            if incoming.photo is not None:
                reply = with_photo(reply, requested=negotiation.wanted)
            reply = await self._second_reading(incoming, reply, f"Can you do {negotiation.wanted}?")
            applied = await self._negotiations.receive_reply(
                incoming.id,
                match[1],
                int(match[2]),
                reply,
                incoming.text or str(reply.verdict),
                photo=incoming.photo,
            )
            return Outcome.APPLIED if applied else Outcome.KEPT
        if _LEG.fullmatch(incoming.reference):
            reply = understand_reply(incoming.text, button=incoming.button)
            if reply.verdict is Verdict.UNCLEAR:
                _, leg = await self.leg(incoming.vendor_id, incoming.reference)
                reply = await self._second_reading(incoming, reply, f"Can you deliver {leg.name} as ordered?")
            return await self._answer(incoming, reply)
        raise InvalidInput("This quotes no message of ours.", field="reference")

    async def _second_reading(
        self, incoming: IncomingReply, rules: PartnerReply, question: str
    ) -> PartnerReply:
        """What counts of an answer to `question`, if the rules may hear a model about it."""
        reader = self._reader
        if reader is None or not may_be_asked(rules, incoming.text, button=incoming.button):
            return rules
        proposal = await self._proposals.once(
            f"reply:{incoming.vendor_id}:{incoming.id}",
            ReplyProposal,
            lambda: reader.reply(incoming.text, question=question),
        )
        return checked(rules, proposal, incoming.text) if proposal else rules

    async def awaits(self, vendor_id: str, reference: str, *, at: datetime) -> bool:
        """Say whether an answer of the vendor to what carried `reference` would count."""
        try:
            if match := _NEGOTIATION.fullmatch(reference):
                negotiation = await self._negotiations.get(match[1])
                theirs = negotiation.vendor_id == vendor_id and negotiation.reply is None
                return theirs and negotiation.awaits_partner(int(match[2]), at)
            order, leg = await self.leg(vendor_id, reference)
        except NotFound:
            return False
        return order.is_open() and leg.status is LegStatus.PENDING

    async def _asked(self, incoming: IncomingReply, negotiation_id: str, round_: int) -> Negotiation:
        """Return the negotiation whose question is answered. A stranger's is as unknown as none at all."""
        try:
            negotiation = await self._negotiations.get(negotiation_id)
        except NotFound:
            raise NotFound("message to reply to", incoming.reference) from None
        if negotiation.vendor_id != incoming.vendor_id or not 1 <= round_ <= negotiation.round:
            raise NotFound("message to reply to", incoming.reference)
        return negotiation

    async def _answer(self, incoming: IncomingReply, reply: PartnerReply) -> Outcome:
        if reply.verdict is Verdict.ACCEPT:
            await self.accept(incoming.vendor_id, incoming.reference, text=incoming.text)
        elif reply.verdict is Verdict.REJECT:
            await self.reject(incoming.vendor_id, incoming.reference, text=incoming.text)
        else:
            order, leg = await self.leg(incoming.vendor_id, incoming.reference)
            await self._escalations.open(
                subject=leg.id,
                order=order,
                leg_id=leg.id,
                reason=EscalationReason.UNCLEAR,
                summary=f"{leg.vendor_name} about {leg.name}: {incoming.text}",
            )
            return Outcome.KEPT
        return Outcome.APPLIED

    async def leg(self, vendor_id: str, leg_id: str) -> tuple[Order, OrderLeg]:
        """Return one of the vendor's own legs. Raises NotFound for anyone else's."""
        if not _LEG.fullmatch(leg_id):
            raise NotFound("order leg", leg_id)
        try:
            order = await self._orders.get(owner_of(leg_id))
            leg = order.leg(leg_id)
        except NotFound:
            raise NotFound("order leg", leg_id) from None  # in the words that a stranger's leg gets
        if leg.vendor_id != vendor_id:
            raise NotFound("order leg", leg_id)
        return order, leg

    async def accept(self, vendor_id: str, leg_id: str, *, text: str = "") -> OrderLeg:
        """The vendor takes the leg on (flow 2.3-1 step 4)."""
        order, _ = await self.leg(vendor_id, leg_id)
        return (await self._orders.answer(order.id, leg_id, accepted=True, text=text)).leg(leg_id)

    async def reject(self, vendor_id: str, leg_id: str, *, text: str = "") -> OrderLeg:
        """The vendor cannot: a leg the customer counts on is recovered at once (flow 6.3-2)."""
        order, leg = await self.leg(vendor_id, leg_id)
        if leg.replaces is not None:
            return (await self._orders.answer(order.id, leg_id, accepted=False, text=text)).leg(leg_id)
        await self._recoveries.open(
            order.id, leg_id, reason=RecoveryReason.VENDOR_UNABLE, cause=f"{leg_id}:refused", refusal=text
        )
        return (await self._orders.get(order.id)).leg(leg_id)

    async def settle(self, escalation: Escalation) -> None:
        """A person looked into an unclear answer to an order; no plan waits for what they decided."""
        if _LEG.fullmatch(escalation.subject) and escalation.resolution is Resolution.RECOVER:
            await self._recoveries.open(
                escalation.order_id,
                escalation.subject,
                reason=RecoveryReason.VENDOR_UNABLE,
                cause=escalation.id,
            )

    async def report(self, vendor_id: str, leg_id: str, status: PartnerStatus) -> OrderLeg:
        """The vendor reports progress (flow 2.3-2)."""
        order, _ = await self.leg(vendor_id, leg_id)
        return (await self._orders.progress(order.id, leg_id, status)).leg(leg_id)

    async def orders_of(self, vendor_id: str, *, limit: int = 50) -> list[tuple[Order, OrderLeg]]:
        """The vendor's legs with their orders, newest first (flow 2.3-1 step 2)."""
        page = await self._store.query(PORTAL, vendor_id, Query(order_by="-at", limit=limit))
        orders = {
            body["order_id"]: await self._orders.get(body["order_id"])
            for body in (d.body for d in page.documents)
        }
        return [
            (order, leg)
            for document in page.documents
            for order in [orders[document.body["order_id"]]]
            for leg in legs_of(order, vendor_id)
            if leg.id == document.id
        ]
