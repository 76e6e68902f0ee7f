"""What the plan of a recovery does, step by step (M6, flows 6.3-1, 6.3-2).

The order of things is the platform's decision: find and reserve first, ask the customer, let the new vendor
accept, and only then cancel the old leg. Until that single write the old leg stands.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.domain import orders as order_rules
from shared.domain.escalations import Resolution
from shared.domain.events import Event, EventType
from shared.domain.model import Model
from shared.domain.negotiations import EscalationReason
from shared.domain.orders import Order, OrderLeg
from shared.domain.recoveries import Proposal, Recovery, RecoveryReason, needs_approval
from shared.domain.status import LegStatus, PaymentStatus, RecoveryStatus
from shared.errors import Conflict
from shared.services.alternatives import AlternativeFinder
from shared.services.escalations import EscalationService, HandedOver
from shared.services.inventory import InventoryService
from shared.services.kinds import ORDERS, RECOVERIES
from shared.services.order_money import OrderMoney
from shared.services.orders import OrderService
from shared.services.partner_messages import PartnerMessages
from shared.services.planning import PlanningService, is_urgent
from shared.services.records import Records
from shared.services.recoveries import RecoveryService, attempt_of
from shared.services.results import DONE, StepResult
from shared.settings import Settings

HOLD_BEYOND_DECISION = timedelta(hours=2)
_NOT_FOUND, _STUCK = "No vendor found for", "It is not certain how far this went, set it right by hand:"
"""How much longer than the customer may think goods stay reserved: the new vendor has to answer, too."""


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


class RecoverySteps:
    """The steps of one recovery's plan. Each may run twice and changes things once."""

    def __init__(
        self,
        records: Records,
        recoveries: RecoveryService,
        finder: AlternativeFinder,
        inventory: InventoryService,
        planning: PlanningService,
        orders: OrderService,
        money: OrderMoney,
        escalations: EscalationService,
        messages: PartnerMessages,
        settings: Settings,
    ) -> None:
        self._records = records
        self._recoveries = recoveries
        self._finder = finder
        self._inventory = inventory
        self._planning = planning
        self._orders = orders
        self._money = money
        self._escalations = escalations
        self._messages = messages
        self._settings = settings

    async def propose(self, recovery_id: str, attempt: int) -> Found:
        """Find an alternative, reserve it and work out what it means for the timeline (steps 4.2 to 4.4)."""
        recovery = await self._recoveries.get(recovery_id)
        if recovery.searched < attempt:
            recovery = await self._search(recovery, attempt)
        if attempt_of(recovery) < attempt:
            recovery = await self._reserve(recovery)
        if recovery.proposal is None or recovery.proposal.attempt < attempt:
            return Found(found=False)
        return Found(
            found=True,
            ask=recovery.decide_by is not None,
            decide_by=recovery.decide_by,
            leg_id=recovery.proposal.leg_id,
        )

    async def choice(self, recovery_id: str) -> Choice:
        """Read the customer's word; a yes moves the recovery on."""
        recovery = await self._recoveries.get(recovery_id)
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
        recovery = await self._recoveries.get(recovery_id)
        proposal = _proposal(recovery)
        order = await self._orders.get(recovery.order_id)
        if not any(leg.id == proposal.leg_id for leg in order.legs):
            leg = await self._finder.replacement(order, recovery, proposal)
            order = await self._records.update(
                ORDERS,
                order.id,
                lambda o: (o if _has(o, leg.id) else order_rules.with_leg(o, leg), []),
            )
        await self._messages.order_placed(order, order.leg(proposal.leg_id))
        now = self._records.now()
        urgent = is_urgent(order, recovery.leg_id, now=now, within=self._settings.urgent_within)
        patience = self._settings.jit_timeout if urgent else self._settings.standard_timeout
        return Ordered(leg_id=proposal.leg_id, answer_by=now + patience)

    async def answer(self, recovery_id: str) -> Answered:
        """Read the new vendor's answer."""
        recovery = await self._recoveries.get(recovery_id)
        leg = (await self._orders.get(recovery.order_id)).leg(_proposal(recovery).leg_id)
        if leg.status is LegStatus.PENDING:
            return Answered(accepted=None)
        return Answered(accepted=leg.status in order_rules.LIVE)

    async def swap(self, recovery_id: str) -> StepResult:
        """Swap the legs in one write with the money for it, then tell both sides (steps 4.1, 4.3, 5).

        A declined payment, or a new vendor that withdrew meanwhile, changes nothing.
        """
        recovery = await self._recoveries.get(recovery_id)
        proposal = _proposal(recovery)
        order = await self._orders.get(recovery.order_id)
        legs = [
            leg.model_copy(update={"replaces": None}) if leg.id == proposal.leg_id else leg
            for leg in order.legs
            if leg.id != recovery.leg_id
        ]
        remaining = order.model_copy(update={"legs": tuple(legs)}).planned_legs()
        timeline = await self._planning.timeline(remaining, order.deliver_to, order.deliver_by)

        def change(current: Order) -> Order:
            after = order_rules.swapped(current, recovery.leg_id, proposal.leg_id)
            return after if after is current else after.model_copy(update={"timeline": timeline})

        result = await self._money.exchange(
            order.id,
            proposal.difference,
            key=f"{recovery.leg_id}:{proposal.leg_id}:settle",
            reason=f"{order.leg(recovery.leg_id).name} replaced by {proposal.item}",
            change=change,
        )
        if not result.ok:
            return result
        await self._orders.sell(proposal.leg_id, proposal.product_id)
        await self._let_go(recovery, order.leg(recovery.leg_id), why="The customer chose something else.")
        return await self._recoveries.close(
            recovery_id, RecoveryStatus.COMPLETED, f"swapped to {proposal.vendor_name}"
        )

    async def withdraw(self, recovery_id: str, why: str) -> StepResult:
        """Undo the proposal: free the stock, call off the replacement, do not ask that vendor again.

        `why` is for our log; the vendor need not know.
        """
        recovery = await self._recoveries.get(recovery_id)
        proposal = _proposal(recovery)
        order = await self._orders.get(recovery.order_id)
        if _has(order, proposal.leg_id):
            leg = order.leg(proposal.leg_id)
            if leg.status is not LegStatus.REJECTED:  # then its vendor has called it off itself
                await self._records.update(
                    ORDERS, order.id, lambda o: (order_rules.dropped(o, proposal.leg_id, why), [])
                )
                await self._messages.cancelled(leg, why="It is not needed any more.")
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
        """The customer said no, or nothing: the old leg stays if it can; else it is refunded."""
        recovery = await self._recoveries.get(recovery_id)
        leg = (await self._orders.get(recovery.order_id)).leg(recovery.leg_id)
        if keep_original and recovery.can_stay(leg):
            return await self._recoveries.close(recovery_id, RecoveryStatus.REJECTED, "kept the original")
        return await self._call_off(recovery)

    async def give_up(self, recovery_id: str, outcome: str) -> StepResult:
        """End without a swap if the old leg can stay; a customer left without it needs a person instead."""
        recovery = await self._recoveries.get(recovery_id)
        if recovery.can_stay((await self._orders.get(recovery.order_id)).leg(recovery.leg_id)):
            return await self._recoveries.close(recovery_id, RecoveryStatus.FAILED, outcome)
        return StepResult(ok=False, code=outcome)

    async def escalate(self, recovery_id: str, reason: EscalationReason) -> HandedOver:
        """Hand over to a person, with everything that was tried."""
        recovery = await self._recoveries.get(recovery_id)
        order = await self._orders.get(recovery.order_id)
        tried = sorted(recovery.attempts, key=lambda attempt: not attempt.step.startswith("proposal"))
        lines = dict.fromkeys(f"{each.step}: {each.outcome}" for each in tried)
        begins = _STUCK if reason is EscalationReason.UNDO_FAILED else _NOT_FOUND
        escalation = await self._escalations.open(
            subject=recovery_id,
            order=order,
            leg_id=recovery.leg_id,
            reason=reason,
            summary=f"{begins} '{recovery.wanted}'. Tried: {'; '.join(lines) or 'nothing'}"[:2000],
        )
        await self._recoveries.close(
            recovery_id, RecoveryStatus.ESCALATED, "a person takes over", escalation_id=escalation.id
        )
        return self._escalations.handed_over(escalation)

    async def conclude(self, recovery_id: str, resolution: Resolution | None) -> StepResult:
        """Do what the person decided: search again, or call the leg off; nothing else is left to a plan.

        A leg that nobody delivers is called off and refunded too when no person decided in time.
        """
        recovery = await self._recoveries.get(recovery_id)
        order = await self._orders.get(recovery.order_id)
        leg = order.leg(recovery.leg_id)
        if leg.status is LegStatus.CANCELLED or await self._recoveries.open_for(order, leg.id):
            return DONE  # settled by other means meanwhile
        if resolution is Resolution.RECOVER:
            await self._recoveries.open(
                order.id,
                leg.id,
                reason=recovery.reason,
                wanted=recovery.wanted,
                negotiation_id=recovery.negotiation_id,
                cause=recovery.escalation_id,
            )
        elif resolution in {Resolution.DECLINE_CHANGE, None} and not recovery.can_stay(leg):
            return await self._call_off(recovery)
        return DONE

    # --- goods and partners ---------------------------------------------------------------------

    async def _let_go(self, recovery: Recovery, leg: OrderLeg, *, why: str) -> None:
        """Give the old leg's goods back if there are any, and tell its vendor unless it gave up itself."""
        if recovery.goods_remain:
            await self._inventory.release(leg.id, leg.product_id)
        if recovery.reason is not RecoveryReason.VENDOR_UNABLE:
            await self._messages.cancelled(leg, why=why)

    async def _call_off(self, recovery: Recovery) -> StepResult:
        """Refund the old leg and cancel it; the last one ends the order."""
        order = await self._orders.get(recovery.order_id)
        leg = order.leg(recovery.leg_id)

        def change(current: Order) -> Order:
            after = order_rules.dropped(current, leg.id, "called off and refunded")
            if after is current or after.planned_legs():
                return after
            return order_rules.cancelled(after, "every item was cancelled", payment=PaymentStatus.REFUNDED)

        await self._money.record(order.id, (), change, key=f"{leg.id}:refund", reason=f"{leg.name} cancelled")
        await self._let_go(recovery, leg, why="The customer cancelled it.")
        return await self._recoveries.close(recovery.id, RecoveryStatus.REJECTED, "cancelled and refunded")

    # --- the search -----------------------------------------------------------------------------

    async def _search(self, recovery: Recovery, attempt: int) -> Recovery:
        """Note what could take the leg's place before any of it is reserved: a repeat reserves the same."""
        order = await self._orders.get(recovery.order_id)
        shortlist, log = await self._finder.find(order, recovery, attempt)
        now = self._records.now()

        def change(current: Recovery) -> tuple[Recovery, Sequence[Event]]:
            if current.searched >= attempt:
                return current, []
            for line in log:
                current = current.tried(f"search {attempt}", line, at=now)
            return current.model_copy(update={"searched": attempt, "shortlist": shortlist}), []

        return await self._records.update(RECOVERIES, recovery.id, change)

    async def _reserve(self, recovery: Recovery) -> Recovery:
        """Reserve the first of the shortlist that can still be had, and propose it."""
        now = self._records.now()
        until = now + self._settings.approval_timeout + HOLD_BEYOND_DECISION
        quantity = (await self._orders.get(recovery.order_id)).leg(recovery.leg_id).quantity
        for proposal in recovery.shortlist:
            if await self._inventory.reserve(proposal.leg_id, proposal.product_id, quantity, until):
                return await self._propose(recovery, proposal, now)
        return recovery

    async def _propose(self, recovery: Recovery, proposal: Proposal, now: datetime) -> Recovery:
        ask = needs_approval(recovery, proposal)
        event = Event(
            type=EventType.RECOVERY_PROPOSED,
            data={"recovery_id": recovery.id, "attempt": proposal.attempt, "ask": ask},
        )

        def change(current: Recovery) -> tuple[Recovery, Sequence[Event]]:
            if attempt_of(current) >= proposal.attempt:
                return current, []
            return current.moved(
                RecoveryStatus.PROPOSED if ask else RecoveryStatus.APPROVED,
                proposal=proposal,
                shortlist=(),
                decision=None,
                decide_by=now + self._settings.approval_timeout if ask else None,
            ), [event]

        return await self._records.update(RECOVERIES, recovery.id, change)


def _proposal(recovery: Recovery) -> Proposal:
    if recovery.proposal is None:
        raise Conflict(f"Recovery {recovery.id} has no proposal yet.")
    return recovery.proposal


def _has(order: Order, leg_id: str) -> bool:
    return any(leg.id == leg_id for leg in order.legs)
