"""Carries decisions out: money back, money on, and the case is closed; each exactly once (flow 5.5-2 step 4).

Whoever decided asks for it at once, and the bus asks again: both go the same way, whose every move of money
has a key that follows from the case.
"""

import contextlib

from shared.domain.disputes import BANK, Bearer, Dispute, Ruling, Verdict, decided, reopened
from shared.domain.escalations import Resolution
from shared.domain.events import Event, EventType
from shared.domain.money import Money
from shared.domain.negotiations import EscalationReason
from shared.domain.order_money import refundable
from shared.domain.orders import LIVE, dropped
from shared.domain.refund_policy import is_handed_over
from shared.domain.status import DisputeStatus, HoldStatus
from shared.errors import Conflict
from shared.ports.events import CloudEvent
from shared.services.disputes.cases import Cases
from shared.services.disputes.sales import Sales
from shared.services.escalations import EscalationService
from shared.services.funds import FundsService
from shared.services.inventory import InventoryService
from shared.services.kinds import DISPUTES, ORDERS
from shared.services.records import Records

Told = tuple[Dispute, list[Event]]


class Settlement:
    """What follows from a ruling."""

    def __init__(
        self,
        records: Records,
        cases: Cases,
        sales: Sales,
        funds: FundsService,
        inventory: InventoryService,
        escalations: EscalationService,
    ) -> None:
        self._records = records
        self._cases = cases
        self._sales = sales
        self._funds = funds
        self._inventory = inventory
        self._escalations = escalations

    async def hear(self, event: CloudEvent) -> None:
        """A case was decided."""
        await self.carry_out(event.data["dispute_id"])

    async def carry_out(self, dispute_id: str) -> Dispute:
        """Do what was decided; what was done before changes nothing.

        A decision that is no longer possible, because the money went another way meanwhile, is taken back and
        put before a person.
        """
        dispute = await self._cases.get(dispute_id)
        if dispute.status is not DisputeStatus.DECIDED or dispute.ruling is None:
            return dispute
        if dispute.bank is not None:
            await self._settle_with_bank(dispute, dispute.ruling)
            return await self._close(dispute)
        try:
            await self._give_back(dispute, dispute.ruling)
        except Conflict as impossible:
            return await self._take_back(dispute, impossible.detail)
        if not dispute.at_once:
            await self._pass_on(dispute)
        return await self._close(dispute)

    async def _give_back(self, dispute: Dispute, ruling: Ruling) -> None:
        """Refund what was ruled; a leg that is refunded before it was handed over is called off."""
        if ruling.amount.minor == 0:
            return
        order = await self._funds.refund(
            dispute.leg_id,
            ruling.amount,
            key=f"{dispute.id}:refund",
            reason=str(dispute.reason).replace("_", " "),
            by_platform=ruling.at_cost_of is Bearer.PLATFORM,
        )
        leg = order.leg(dispute.leg_id)
        if leg.hold is HoldStatus.REFUNDED and not is_handed_over(leg) and leg.status in LIVE:
            await self._records.update(
                ORDERS, order.id, lambda current: (dropped(current, leg.id, "refunded"), [])
            )
            await self._inventory.release(leg.id, leg.product_id)

    async def _pass_on(self, dispute: Dispute) -> None:
        """What is left of the money that was frozen goes to its vendor, once the goods were handed over.

        Until then it waits for the delivery; while a bank has it frozen too, for the bank.
        """
        order = await self._funds.thaw(dispute.leg_id, by=dispute.id)
        leg = order.leg(dispute.leg_id)
        if leg.hold is HoldStatus.HELD and is_handed_over(leg):
            with contextlib.suppress(Conflict):
                await self._funds.release(leg.id, key=f"{dispute.id}:release")

    async def _settle_with_bank(self, dispute: Dispute, ruling: Ruling) -> None:
        sale = self._sales.of(dispute.order_id)
        if ruling.verdict is Verdict.DENY:
            await sale.bank_returned(dispute)
            return
        await sale.bank_kept(dispute)
        await self._close_what_the_bank_settled(dispute.order_id)

    async def _close_what_the_bank_settled(self, order_id: str) -> None:
        """A customer whose bank gave the money back has no claim for the same money here any more."""
        for case in await self._cases.of_order(order_id):
            if not case.is_open or case.bank is not None:
                continue
            order = (await self._records.get(ORDERS, order_id)).value
            if refundable(order, order.leg(case.leg_id)).minor:
                continue
            ruling = Ruling(
                verdict=Verdict.APPROVE,
                amount=Money.zero(case.amount.currency),
                by=BANK,
                at=self._records.now(),
                note="The customer's bank has given the money back.",
            )
            await self.decide(case.id, ruling)
            await self.carry_out(case.id)

    async def decide(self, dispute_id: str, ruling: Ruling, *, inbox: str | None = None) -> Dispute:
        """Write a decision down, once. Raises Conflict."""

        def change(dispute: Dispute) -> Told:
            after = decided(dispute, ruling)
            return after, [] if after is dispute else [decided_event(after)]

        return await self._records.update(DISPUTES, dispute_id, change, inbox=inbox)

    async def _close(self, dispute: Dispute) -> Dispute:
        def change(current: Dispute) -> Told:
            if current.status is not DisputeStatus.DECIDED:
                return current, []
            return current.moved(DisputeStatus.RESOLVED), [resolved_event(current)]

        closed = await self._records.update(DISPUTES, dispute.id, change)
        if closed.overdue and closed.ruling is not None:
            with contextlib.suppress(Conflict):  # a person has settled the task in their own way
                await self._escalations.resolve(
                    f"esc_{closed.id}",
                    resolution=Resolution.CLOSE,
                    by=closed.ruling.by,
                    note="It is decided.",
                )
        return closed

    async def _take_back(self, dispute: Dispute, why: str) -> Dispute:
        def change(current: Dispute) -> Told:
            return (reopened(current), []) if current.status is DisputeStatus.DECIDED else (current, [])

        after = await self._records.update(DISPUTES, dispute.id, change)
        await self._funds.freeze(dispute.leg_id, by=dispute.id)
        await self._escalations.raise_alarm(
            subject=f"{dispute.id}-undone",
            reason=EscalationReason.DISPUTE,
            summary=f"The decision about {dispute.id} could not be carried out: {why} Decide it anew.",
            order_id=dispute.order_id,
        )
        return after


def decided_event(dispute: Dispute) -> Event:
    """Announce a decision, which is then carried out."""
    return Event(
        type=EventType.DISPUTE_DECIDED, data={"dispute_id": dispute.id, "order_id": dispute.order_id}
    )


def resolved_event(dispute: Dispute) -> Event:
    """Announce that a decision was carried out, to everyone."""
    data: dict[str, str | int | bool | None] = {"dispute_id": dispute.id, "order_id": dispute.order_id}
    if dispute.ruling is not None:
        data |= {"verdict": dispute.ruling.verdict.value, "amount_minor": dispute.ruling.amount.minor}
    return Event(type=EventType.DISPUTE_RESOLVED, data=data)
