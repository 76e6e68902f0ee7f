"""The steps that defend a payment against its customer's bank (ops-x4).

Each step stores what it is about to do before it asks the provider, so that running it again does the same.
"""

from datetime import datetime

from shared.domain.disputes import BANK, Dispute, Ruling, Verdict, with_bank
from shared.domain.events import Event
from shared.domain.evidence import Evidence
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.status import DisputeState, DisputeStatus
from shared.errors import Conflict
from shared.ports.payments import PaymentProvider, ProviderDispute
from shared.services.disputes.cases import Cases
from shared.services.disputes.chargebacks import Chargebacks
from shared.services.disputes.sales import Sales
from shared.services.disputes.settlement import Settlement
from shared.services.kinds import DISPUTES
from shared.services.records import Records
from shared.services.results import StepResult
from shared.settings import Settings


class Look(Model):
    """What one look found: whether to wait, for news or until an instant."""

    waits: bool
    until: datetime


class DefenceSteps:
    """What the plan of a defence does, step by step. `turn` counts its looks, from 1."""

    def __init__(
        self,
        records: Records,
        cases: Cases,
        chargebacks: Chargebacks,
        settlement: Settlement,
        provider: PaymentProvider,
        sales: Sales,
        settings: Settings,
    ) -> None:
        self._records = records
        self._cases = cases
        self._chargebacks = chargebacks
        self._settlement = settlement
        self._provider = provider
        self._sales = sales
        self._settings = settings

    async def stage(self, dispute_id: str, turn: int) -> Look:
        """Put what there is before the bank; wait while there may be more, until shortly before the end."""
        dispute = await self._turned(dispute_id, turn, gather=True)
        claim = await self._standing(dispute)
        now = self._records.now()
        if claim.state is not DisputeState.NEEDS_RESPONSE or dispute.bank is None:
            return Look(waits=False, until=now)
        if dispute.bank.staged is not None:
            try:
                await self._provider.stage_evidence(
                    f"{dispute_id}:stage:{turn}", claim.id, dispute.bank.staged
                )
            except Conflict:  # closed or submitted in this moment: the next step sees it
                return Look(waits=False, until=now)
        until = claim.due_by - self._settings.evidence_margin
        complete = await self._sales.of(dispute.order_id).is_complete(dispute.order_id)
        return Look(waits=now < until and not complete, until=until)

    async def submit(self, dispute_id: str, turn: int) -> Look:
        """Send the evidence to the bank, once, as it is then; no more of it is taken later."""
        dispute = await self._turned(dispute_id, turn)
        claim = await self._standing(dispute)
        if claim.state is DisputeState.NEEDS_RESPONSE:
            evidence = await self._final_evidence(dispute)
            try:
                claim = await self._provider.submit_evidence(f"{dispute_id}:submit", claim.id, evidence)
            except Conflict:  # closed in this moment, or too late; if too late, a person is told
                return self._heard(await self._standing(dispute))
            await self._chargebacks.note(dispute_id, claim)
            await self._records.update(DISPUTES, dispute_id, self._submitted)
        return self._heard(claim)

    async def hear(self, dispute_id: str, turn: int) -> Look:
        """Ask whether the bank has decided."""
        return self._heard(await self._standing(await self._turned(dispute_id, turn)))

    async def settle(self, dispute_id: str) -> StepResult:
        """Book what the bank decided, and tell everyone; `code` says how it ended."""
        dispute = await self._cases.get(dispute_id)
        if dispute.bank is None or not dispute.bank.is_closed:
            return StepResult(ok=False, code="open", detail="the bank has not decided")
        lost = dispute.bank.state is DisputeState.LOST
        back = dispute.amount if lost else Money.zero(dispute.amount.currency)
        ruling = Ruling(
            verdict=Verdict.APPROVE if lost else Verdict.DENY,
            amount=back,
            by=BANK,
            at=self._records.now(),
            note=f"The bank decided: {dispute.bank.state}.",
        )
        await self._settlement.decide(dispute_id, ruling)
        await self._settlement.carry_out(dispute_id)
        return StepResult(code=dispute.bank.state.value)

    # --- helpers ------------------------------------------------------------------------------------

    async def _turned(self, dispute_id: str, turn: int, *, gather: bool = False) -> Dispute:
        """Note that a look begins: from now on news wake the wait that follows it."""
        evidence = await self._gathered(await self._cases.get(dispute_id)) if gather else None

        def change(dispute: Dispute) -> tuple[Dispute, list[Event]]:
            if dispute.bank is None or dispute.bank.turn >= turn:
                return dispute, []
            more = {"staged": evidence} if evidence is not None else {}
            return with_bank(dispute, turn=turn, **more), []

        return await self._records.update(DISPUTES, dispute_id, change)

    async def _final_evidence(self, dispute: Dispute) -> Evidence:
        """Settle what is submitted, and store it before it is sent."""
        evidence = await self._gathered(dispute)

        def change(current: Dispute) -> tuple[Dispute, list[Event]]:
            if current.bank is None or current.bank.submitted is not None:
                return current, []
            return with_bank(current, submitted=evidence), []

        stored = await self._records.update(DISPUTES, dispute.id, change)
        return stored.bank.submitted if stored.bank and stored.bank.submitted else evidence

    def _submitted(self, dispute: Dispute) -> tuple[Dispute, list[Event]]:
        if dispute.bank is None or dispute.bank.submitted_at is not None:
            return dispute, []
        after = with_bank(dispute, submitted_at=self._records.now())
        waits = after.status is DisputeStatus.OPEN
        return after.moved(DisputeStatus.UNDER_REVIEW) if waits else after, []

    async def _standing(self, dispute: Dispute) -> ProviderDispute:
        """Ask how the claim stands, and note it."""
        if dispute.bank is None:
            raise ValueError(f"{dispute.id} is no bank's")
        claim = await self._provider.dispute(dispute.bank.id)
        await self._chargebacks.note(dispute.id, claim)
        return claim

    def _heard(self, claim: ProviderDispute) -> Look:
        closed = claim.state in {DisputeState.WON, DisputeState.LOST}
        return Look(waits=not closed, until=self._records.now() + self._settings.ask_bank_every)

    async def _gathered(self, dispute: Dispute) -> Evidence:
        return await self._sales.of(dispute.order_id).evidence(dispute)
