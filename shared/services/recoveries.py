"""Autonomous recovery: another vendor, asked, agreed, swapped, settled (M6, flows 6.3-1, 6.3-2).

The order of things is the platform's decision: find and reserve first, ask the customer, let the new vendor
accept, and only then cancel the old leg. Until that single write the old leg stands.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.domain import orders as order_rules
from shared.domain.catalogue import Product
from shared.domain.events import Event, EventType
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.negotiations import Decision, EscalationReason
from shared.domain.orders import Order, OrderLeg
from shared.domain.recoveries import Proposal, Recovery, RecoveryReason, needs_approval
from shared.domain.scout import Alternative, AlternativeQuery
from shared.domain.status import LegStatus, NegotiationStatus, PaymentStatus, RecoveryStatus
from shared.domain.timechain import compare
from shared.errors import Conflict, PaymentDeclined
from shared.services.catalogue import CatalogueService
from shared.services.escalations import EscalationService
from shared.services.inventory import InventoryService
from shared.services.kinds import NEGOTIATIONS, ORDERS, RECOVERIES
from shared.services.orders import DONE, OrderService, StepResult
from shared.services.partner_messages import PartnerMessages
from shared.services.planning import PlanningService, starts_at
from shared.services.records import Records, Stored
from shared.settings import Settings

OPEN = frozenset({RecoveryStatus.PENDING, RecoveryStatus.PROPOSED, RecoveryStatus.APPROVED})


class Found(Model):
    """What the search brought: nothing, something to ask until `decide_by`, or something to do at once."""

    found: bool
    ask: bool = False
    decide_by: datetime | None = None
    leg_id: str = ""


class Choice(Model):
    """What the customer said; None is silence. `keep_original` says what a no means for the old leg."""

    approved: bool | None
    keep_original: bool = True


class Ordered(Model):
    """The new vendor was asked; its answer counts until `answer_by`."""

    leg_id: str
    answer_by: datetime


class Answered(Model):
    """The new vendor's answer; None is silence."""

    accepted: bool | None


class RecoveryService:
    """Use cases on one recovery."""

    def __init__(
        self,
        records: Records,
        catalogue: CatalogueService,
        inventory: InventoryService,
        planning: PlanningService,
        orders: OrderService,
        escalations: EscalationService,
        messages: PartnerMessages,
        settings: Settings,
    ) -> None:
        self._records = records
        self._catalogue = catalogue
        self._inventory = inventory
        self._planning = planning
        self._orders = orders
        self._escalations = escalations
        self._messages = messages
        self._settings = settings

    async def get(self, recovery_id: str) -> Recovery:
        """Return a recovery. Raises NotFound."""
        return (await self._records.get(RECOVERIES, recovery_id)).value

    async def open(
        self,
        order_id: str,
        leg_id: str,
        *,
        reason: RecoveryReason,
        wanted: str | None = None,
        negotiation_id: str | None = None,
    ) -> Recovery:
        """Open the recovery of one leg and announce it; one that is open for the leg already is returned."""
        while True:
            stored = await self._records.get(ORDERS, order_id)
            order = stored.value
            leg = order.leg(leg_id)
            if (known := await self.open_for(order, leg_id)) is not None:
                return known
            now = self._records.now()
            recovery = Recovery(
                id=f"{order_id}-r{order.changes + 1}",
                created_at=now,
                updated_at=now,
                order_id=order_id,
                leg_id=leg_id,
                thread_id=order.thread_id,
                customer_id=order.customer_id,
                reason=reason,
                wanted=wanted or leg.name,
                negotiation_id=negotiation_id,
                timeline_before=order.timeline,
                excluded_vendors=(leg.vendor_id,),
            )
            counted = order.model_copy(update={"changes": order.changes + 1})
            event = Event(
                type=EventType.RECOVERY_REQUESTED,
                data={
                    "recovery_id": recovery.id,
                    "order_id": order_id,
                    "reason": reason.value,
                    "attempts": self._settings.max_attempts,
                },
            )
            try:
                await self._records.commit(
                    Stored(RECOVERIES, recovery), stored.becomes(counted), events=[event]
                )
            except Conflict:
                continue
            return recovery

    async def open_for(self, order: Order, leg_id: str) -> Recovery | None:
        """Return the recovery of a leg that is still under way."""
        for n in range(1, order.changes + 1):
            found = await self._records.find(RECOVERIES, f"{order.id}-r{n}")
            if found and found.value.leg_id == leg_id and found.value.status in OPEN:
                return found.value
        return None

    # --- steps of the plan ----------------------------------------------------------------------

    async def propose(self, recovery_id: str, attempt: int) -> Found:
        """Find an alternative, reserve it and work out what it means for the timeline (steps 4.2 to 4.4)."""
        recovery = await self.get(recovery_id)
        if recovery.proposal is None or recovery.proposal.attempt < attempt:
            recovery = await self._search(recovery, attempt)
        if recovery.proposal is None or recovery.proposal.attempt < attempt:
            return Found(found=False)
        return Found(
            found=True,
            ask=recovery.status is RecoveryStatus.PROPOSED,
            decide_by=recovery.decide_by,
            leg_id=recovery.proposal.leg_id,
        )

    async def decide(
        self, recovery_id: str, *, approved: bool, by: str, keep_original: bool = True
    ) -> Recovery:
        """Take the customer's word, once; the same word again changes nothing. Raises Conflict."""
        decision = Decision(approved=approved, by=by, at=self._records.now(), keep_original=keep_original)

        def change(recovery: Recovery) -> tuple[Recovery, Sequence[Event]]:
            if recovery.decision is not None and recovery.decision.approved == approved:
                return recovery, []
            if recovery.status is not RecoveryStatus.PROPOSED or recovery.decision is not None:
                raise Conflict(
                    f"Nothing is open to decide: the recovery is {recovery.status}.", code="not_open"
                )
            event = Event(
                type=EventType.RECOVERY_DECIDED,
                data={"recovery_id": recovery_id, "attempt": _attempt(recovery), "approved": approved},
            )
            return recovery.model_copy(update={"decision": decision}), [event]

        return await self._records.update(RECOVERIES, recovery_id, change)

    async def choice(self, recovery_id: str) -> Choice:
        """Read the customer's word; a yes moves the recovery on."""
        recovery = await self.get(recovery_id)
        if recovery.decision is None:
            return Choice(approved=None)
        if recovery.decision.approved:
            await self._records.update(
                RECOVERIES,
                recovery_id,
                lambda r: (
                    (r.moved(RecoveryStatus.APPROVED), []) if r.status is RecoveryStatus.PROPOSED else (r, [])
                ),
            )
        return Choice(approved=recovery.decision.approved, keep_original=recovery.decision.keep_original)

    async def order_alternative(self, recovery_id: str) -> Ordered:
        """Place the replacement beside the old leg and ask its vendor to accept (flow 6.3-1 step 5)."""
        recovery = await self.get(recovery_id)
        proposal = _proposal(recovery)
        order = await self._orders.get(recovery.order_id)
        if not any(leg.id == proposal.leg_id for leg in order.legs):
            leg = self._replacement(order, recovery, proposal)
            order = await self._records.update(
                ORDERS,
                order.id,
                lambda o: (o if _has(o, leg.id) else order_rules.with_leg(o, leg), []),
            )
        await self._messages.order_placed(order, order.leg(proposal.leg_id))
        urgent = starts_at(order, recovery.leg_id) - self._records.now() <= self._settings.urgent_within
        patience = self._settings.jit_timeout if urgent else self._settings.standard_timeout
        return Ordered(leg_id=proposal.leg_id, answer_by=self._records.now() + patience)

    async def answer(self, recovery_id: str) -> Answered:
        """Read the new vendor's answer."""
        recovery = await self.get(recovery_id)
        leg = (await self._orders.get(recovery.order_id)).leg(_proposal(recovery).leg_id)
        if leg.status is LegStatus.PENDING:
            return Answered(accepted=None)
        return Answered(accepted=leg.status in order_rules.LIVE)

    async def swap(self, recovery_id: str) -> StepResult:
        """Settle the difference, then swap the legs in one write, then tell both sides (step 4.1, 4.3, 5).

        A declined payment changes nothing: the replacement is withdrawn and the old leg stays.
        """
        recovery = await self.get(recovery_id)
        proposal = _proposal(recovery)
        order = await self._orders.get(recovery.order_id)
        try:
            movements = await self._orders.settle(
                order,
                proposal.difference,
                key=f"{recovery.leg_id}:{proposal.leg_id}:settle",
                reason=f"{order.leg(recovery.leg_id).name} replaced by {proposal.item}",
            )
        except PaymentDeclined as declined:
            return StepResult(ok=False, code=declined.code, detail=declined.detail)

        def change(current: Order) -> tuple[Order, Sequence[Event]]:
            after = order_rules.swapped(current, recovery.leg_id, proposal.leg_id)
            for movement in movements:
                after = order_rules.with_movement(after, movement)
            return (
                (after, [])
                if after is current
                else (
                    after.model_copy(update={"timeline": proposal.timeline}),
                    [],
                )
            )

        order = await self._records.update(ORDERS, order.id, change)
        old = order.leg(recovery.leg_id)
        await self._inventory.confirm(proposal.leg_id, proposal.product_id)
        await self._inventory.release(old.id, old.product_id)
        await self._messages.cancelled(old, why="The customer chose something else.")
        return await self.close(recovery_id, RecoveryStatus.COMPLETED, f"swapped to {proposal.vendor_name}")

    async def withdraw(self, recovery_id: str, why: str) -> StepResult:
        """Undo the proposal: free the stock, call off the replacement, do not ask that vendor again."""
        recovery = await self.get(recovery_id)
        proposal = _proposal(recovery)
        order = await self._orders.get(recovery.order_id)
        if _has(order, proposal.leg_id):
            leg = order.leg(proposal.leg_id)
            order = await self._records.update(
                ORDERS, order.id, lambda o: (order_rules.dropped(o, proposal.leg_id, why), [])
            )
            if leg.status is not LegStatus.REJECTED:
                await self._messages.cancelled(leg, why=why)
        await self._inventory.release(proposal.leg_id, proposal.product_id)
        now = self._records.now()

        def change(current: Recovery) -> tuple[Recovery, Sequence[Event]]:
            if proposal.vendor_id in current.excluded_vendors:
                return current, []
            excluded = (*current.excluded_vendors, proposal.vendor_id)
            noted = current.tried(f"proposal {proposal.attempt}: {proposal.vendor_name}", why, at=now)
            retry = {"excluded_vendors": excluded, "decision": None}
            if current.status is RecoveryStatus.APPROVED:
                return noted.moved(RecoveryStatus.PENDING, **retry), []
            return noted.model_copy(update={"excluded_vendors": excluded}), []

        await self._records.update(RECOVERIES, recovery_id, change)
        return DONE

    async def keep_or_cancel(self, recovery_id: str, *, keep_original: bool) -> StepResult:
        """The customer said no, or nothing: the old leg stays, or is called off and refunded."""
        recovery = await self.get(recovery_id)
        if keep_original and recovery.old_leg_can_stay:
            return await self.close(recovery_id, RecoveryStatus.REJECTED, "kept the original")
        order = await self._orders.get(recovery.order_id)
        leg = order.leg(recovery.leg_id)
        movements = await self._orders.give_back(
            order, leg.price, key=f"{leg.id}:refund", reason=f"{leg.name} cancelled"
        )

        def change(current: Order) -> tuple[Order, Sequence[Event]]:
            after = order_rules.dropped(current, leg.id, "cancelled by the customer")
            for movement in movements:
                after = order_rules.with_movement(after, movement)
            if after is not current and not after.live_legs():
                after = order_rules.cancelled(
                    after, "every item was cancelled", payment=PaymentStatus.REFUNDED
                )
            return after, []

        await self._records.update(ORDERS, order.id, change)
        await self._inventory.release(leg.id, leg.product_id)
        await self._messages.cancelled(leg, why="The customer cancelled it.")
        return await self.close(recovery_id, RecoveryStatus.REJECTED, "cancelled and refunded")

    async def escalate(self, recovery_id: str, reason: EscalationReason) -> StepResult:
        """Hand over to a person, with everything that was tried."""
        recovery = await self.get(recovery_id)
        order = await self._orders.get(recovery.order_id)
        tried = "; ".join(f"{a.step}: {a.outcome}" for a in recovery.attempts) or "nothing"
        escalation = await self._escalations.open(
            subject=recovery_id,
            order=order,
            leg_id=recovery.leg_id,
            reason=reason,
            summary=f"No vendor found for '{recovery.wanted}'. Tried: {tried}"[:2000],
        )
        return await self.close(
            recovery_id, RecoveryStatus.ESCALATED, "a person takes over", escalation_id=escalation.id
        )

    async def close(
        self, recovery_id: str, status: RecoveryStatus, outcome: str, **update: object
    ) -> StepResult:
        """End the recovery, and with it the negotiation that it came from."""
        event = Event(
            type=EventType.RECOVERY_CLOSED,
            data={"recovery_id": recovery_id, "status": status.value, "outcome": outcome},
        )
        recovery = await self._records.update(
            RECOVERIES,
            recovery_id,
            lambda r: (
                (r, []) if r.status is status else (r.moved(status, outcome=outcome, **update), [event])
            ),
        )
        if status is RecoveryStatus.COMPLETED and recovery.negotiation_id is not None:
            await self._records.update(
                NEGOTIATIONS,
                recovery.negotiation_id,
                lambda n: (
                    (n.moved(NegotiationStatus.RECOVERED), [])
                    if n.status is NegotiationStatus.REJECTED
                    else (n, [])
                ),
            )
        return DONE

    # --- the search -----------------------------------------------------------------------------

    async def _search(self, recovery: Recovery, attempt: int) -> Recovery:
        order = await self._orders.get(recovery.order_id)
        leg = order.leg(recovery.leg_id)
        found = await self._catalogue.alternatives(self._wanted(order, leg, recovery))
        proposal = await self._first_that_fits(order, recovery, found.found, attempt)
        now = self._records.now()
        log = [f"{each.product_name} of {each.vendor_name}: {each.reason}" for each in found.refused]

        def change(current: Recovery) -> tuple[Recovery, Sequence[Event]]:
            if current.proposal is not None and current.proposal.attempt >= attempt:
                return current, []
            for line in log[:20]:
                current = current.tried(f"search {attempt}", line, at=now)
            if proposal is None:
                return current.tried(f"search {attempt}", "no alternative fits", at=now), []
            return self._proposed(current, proposal, now)

        return await self._records.update(RECOVERIES, recovery.id, change)

    def _proposed(
        self, recovery: Recovery, proposal: Proposal, now: datetime
    ) -> tuple[Recovery, Sequence[Event]]:
        ask = needs_approval(recovery, proposal)
        event = Event(
            type=EventType.RECOVERY_PROPOSED,
            data={"recovery_id": recovery.id, "attempt": proposal.attempt, "ask": ask},
        )
        after = recovery.moved(
            RecoveryStatus.PROPOSED if ask else RecoveryStatus.APPROVED,
            proposal=proposal,
            decision=None,
            decide_by=now + self._settings.approval_timeout if ask else None,
        )
        return after, [event]

    def _wanted(self, order: Order, leg: OrderLeg, recovery: Recovery) -> AlternativeQuery:
        unit = Money(minor=leg.price.minor // leg.quantity, currency=leg.price.currency)
        original = self._catalogue.known_product(leg.product_id).model_copy(update={"price": unit})
        return AlternativeQuery(
            wanted=recovery.wanted,
            original=original,
            price_window_pct=self._settings.price_window_pct,
            quantity=leg.quantity,
            deliver_to=order.deliver_to.point,
            exclude_vendor_ids=frozenset(recovery.excluded_vendors),
            lock=leg.lock,
        )

    async def _first_that_fits(
        self, order: Order, recovery: Recovery, candidates: Sequence[Alternative], attempt: int
    ) -> Proposal | None:
        """Reserve the best candidate that arrives in time; failing that, the best that arrives at all."""
        proposals = [
            await self._proposal(order, recovery, candidate, attempt)
            for candidate in candidates[: self._settings.max_candidates]
        ]
        proposals.sort(key=lambda p: not p.timeline.is_feasible)
        hold_until = self._records.now() + self._settings.approval_timeout + timedelta(hours=2)
        quantity = order.leg(recovery.leg_id).quantity
        for proposal in proposals:
            if await self._inventory.reserve(proposal.leg_id, proposal.product_id, quantity, hold_until):
                return proposal
        return None

    async def _proposal(
        self, order: Order, recovery: Recovery, candidate: Alternative, attempt: int
    ) -> Proposal:
        old = order.leg(recovery.leg_id)
        price = candidate.product.price * old.quantity
        new = order_rules.order_leg(
            order_rules.next_leg_id(order), candidate.product, candidate.vendor, old.quantity
        )
        new = new.model_copy(update={"slot": old.slot})
        legs = [*(leg for leg in order.live_legs() if leg.id != old.id), new]
        timeline = await self._planning.timeline(legs, order.deliver_to, order.deliver_by)
        return Proposal(
            attempt=attempt,
            product_id=candidate.product.id,
            item=candidate.product.name,
            vendor_id=candidate.vendor.id,
            vendor_name=candidate.vendor.name,
            price=price,
            difference=price - old.price,
            delay_minutes=compare(recovery.timeline_before, timeline).delay_minutes,
            timeline=timeline,
            why=candidate.reason,
            leg_id=new.id,
        )

    def _replacement(self, order: Order, recovery: Recovery, proposal: Proposal) -> OrderLeg:
        product: Product = self._catalogue.known_product(proposal.product_id)
        vendor = self._catalogue.known_vendor(proposal.vendor_id)
        quantity = order.leg(recovery.leg_id).quantity
        leg = order_rules.order_leg(proposal.leg_id, product, vendor, quantity)
        return leg.model_copy(
            update={
                "price": proposal.price,
                "slot": order.leg(recovery.leg_id).slot,
                "replaces": recovery.leg_id,
                "recovery_id": recovery.id,
            }
        )


def _proposal(recovery: Recovery) -> Proposal:
    if recovery.proposal is None:
        raise Conflict(f"Recovery {recovery.id} has no proposal yet.")
    return recovery.proposal


def _attempt(recovery: Recovery) -> int:
    return recovery.proposal.attempt if recovery.proposal else 0


def _has(order: Order, leg_id: str) -> bool:
    return any(leg.id == leg_id for leg in order.legs)
