"""Chargebacks: taken from the balance at once, answered with evidence, decided by the bank.

A dispute costs `dispute_fee` minor units, which stay with the provider however it ends. Whoever does not
submit evidence within `dispute_deadline` has lost.
"""

import re

from shared.adapters.simulated_payments.books import Books
from shared.adapters.simulated_payments.memory import Effect, Found
from shared.adapters.simulated_payments.payments import PAYMENT
from shared.adapters.simulated_payments.records import (
    DisputeRecord,
    Line,
    PaymentRecord,
    digest,
    must_be_positive,
    within,
)
from shared.domain.model import Model
from shared.domain.money import Money
from shared.errors import Conflict, NotFound
from shared.ports.payments import (
    DisputeState,
    Evidence,
    MovementKind,
    NewsKind,
    ProviderDispute,
)
from shared.ports.store import Operation

_ID = re.compile(r"dp_([0-9a-f]{24})[0-9a-f]{16}")
"""A dispute lies beside its payment, whose name is in its id."""


class _Open(Model):
    payment_id: str
    reason: str
    amount: Money | None


class _Evidence(Model):
    dispute_id: str
    evidence: Evidence


class DisputeDesk(Books):
    """`Disputes` of the port, and the customer's bank."""

    async def dispute(self, dispute_id: str) -> ProviderDispute:
        """Return how a dispute stands. Raises NotFound."""
        return (await self._seen_dispute(dispute_id)).value.dispute

    async def evidence(self, dispute_id: str) -> Evidence:
        """Return what was staged or submitted. Raises NotFound."""
        return (await self._seen_dispute(dispute_id)).value.evidence

    async def stage_evidence(self, key: str, dispute_id: str, evidence: Evidence) -> ProviderDispute:
        """Put evidence there without submitting it. Raises Conflict once it was submitted."""

        async def decide() -> Effect[ProviderDispute]:
            found = await self._seen_dispute(dispute_id)
            if flaw := _closed(found.value.dispute):
                return Effect(answer=flaw)
            return self._disputed(Found(found.value.with_evidence(evidence), found.etag))

        request = _Evidence(dispute_id=dispute_id, evidence=evidence)
        return await self._memory.once(
            ProviderDispute,
            "stage_evidence",
            request,
            key=key,
            partition=_partition(dispute_id),
            decide=decide,
        )

    async def submit_evidence(self, key: str, dispute_id: str, evidence: Evidence) -> ProviderDispute:
        """Send the evidence to the bank; again changes nothing. Raises Conflict when it is too late."""

        async def decide() -> Effect[ProviderDispute]:
            found = await self._seen_dispute(dispute_id)
            if found.value.dispute.submitted:
                return Effect(answer=found.value.dispute)
            if flaw := _closed(found.value.dispute):
                return Effect(answer=flaw)
            given = Found(found.value.with_evidence(evidence), found.etag)
            return self._disputed(given, state=DisputeState.UNDER_REVIEW, submitted=True)

        request = _Evidence(dispute_id=dispute_id, evidence=evidence)
        return await self._memory.once(
            ProviderDispute,
            "submit_evidence",
            request,
            key=key,
            partition=_partition(dispute_id),
            decide=decide,
        )

    # --- the bank -------------------------------------------------------------------------------

    async def open_dispute(
        self, key: str, payment_id: str, *, reason: str, amount: Money | None = None
    ) -> ProviderDispute:
        """Take a payment back, or what is left of it. Raises Conflict (`not_disputable`), NotFound."""
        if amount is not None:
            must_be_positive(amount)

        async def decide() -> Effect[ProviderDispute]:
            found = await self._memory.get(payment_id, PAYMENT, PaymentRecord, name=payment_id)
            left = found.value.left
            wanted = amount or left
            if wanted.minor == 0 or not within(wanted, left):
                detail = f"{wanted} cannot be disputed: {left} are left of the payment."
                return Effect(answer=Conflict(detail, code="not_disputable"))
            return self._opened(found, self._new(found.value, key, wanted, reason))

        request = _Open(payment_id=payment_id, reason=reason, amount=amount)
        return await self._memory.once(
            ProviderDispute, "open_dispute", request, key=key, partition=payment_id, decide=decide
        )

    async def close_dispute(self, dispute_id: str, *, won: bool) -> ProviderDispute:
        """Let the bank decide; the same again changes nothing. Raises Conflict when it decided otherwise."""
        verdict = DisputeState.WON if won else DisputeState.LOST

        async def decide() -> Effect[ProviderDispute]:
            found = await self._seen_dispute(dispute_id)
            state = found.value.dispute.state
            if state is verdict:
                return Effect(answer=found.value.dispute)
            if state in (DisputeState.WON, DisputeState.LOST):
                return Effect(answer=Conflict(f"The dispute is {state}.", code="dispute_closed"))
            return await self._won(found) if won else self._disputed(found, state=verdict)

        return await self._memory.change(_partition(dispute_id), decide)

    async def default(self, dispute_id: str) -> None:
        """Lose a dispute that nobody answered in time."""

        async def decide() -> Effect[ProviderDispute]:
            found = await self._found_dispute(dispute_id)
            seen = found.value.seen(self._memory.now())
            if seen.dispute.state is found.value.dispute.state:
                return Effect(answer=seen.dispute)
            return self._disputed(found, state=seen.dispute.state)

        await self._memory.change(_partition(dispute_id), decide)

    # --- what becomes of a dispute --------------------------------------------------------------

    async def _found_dispute(self, dispute_id: str) -> Found[DisputeRecord]:
        return await self._memory.get(_partition(dispute_id), dispute_id, DisputeRecord, name=dispute_id)

    async def _seen_dispute(self, dispute_id: str) -> Found[DisputeRecord]:
        found = await self._found_dispute(dispute_id)
        return Found(found.value.seen(self._memory.now()), found.etag)

    def _new(self, record: PaymentRecord, key: str, amount: Money, reason: str) -> DisputeRecord:
        settings = self._memory.settings
        dispute = ProviderDispute(
            id=f"dp_{record.payment.id.removeprefix('pi_')}{digest(key, 16)}",
            payment_id=record.payment.id,
            amount=amount,
            fee=Money(minor=settings.dispute_fee, currency=amount.currency),
            reason=reason,
            state=DisputeState.NEEDS_RESPONSE,
            due_by=self._memory.now() + settings.dispute_deadline,
        )
        return DisputeRecord(dispute=dispute, payment_group=record.payment.group)

    def _opened(self, payment: Found[PaymentRecord], record: DisputeRecord) -> Effect[ProviderDispute]:
        dispute, now = record.dispute, self._memory.now()
        after, news = record.telling(NewsKind.DISPUTE_OPENED, at=now)
        return Effect(
            answer=dispute,
            writes=[_redisputed(payment, dispute.amount.minor), after.write(dispute.id)],
            lines=[Line.of(MovementKind.DISPUTE, dispute.id, -dispute.amount, fee=dispute.fee, at=now)],
            news=[news],
        )

    async def _won(self, found: Found[DisputeRecord]) -> Effect[ProviderDispute]:
        dispute = found.value.dispute
        payment = await self._memory.get(dispute.payment_id, PAYMENT, PaymentRecord, name=dispute.payment_id)
        line = Line.of(MovementKind.DISPUTE_WON, dispute.id, dispute.amount, at=self._memory.now())
        effect = self._disputed(found, state=DisputeState.WON)
        return Effect(
            answer=effect.answer,
            writes=[*effect.writes, _redisputed(payment, -dispute.amount.minor)],
            lines=[line],
            news=effect.news,
        )

    def _disputed(
        self,
        found: Found[DisputeRecord],
        *,
        state: DisputeState | None = None,
        submitted: bool | None = None,
    ) -> Effect[ProviderDispute]:
        changes = {"state": state, "submitted": submitted}
        record = found.value.becoming(**{name: v for name, v in changes.items() if v is not None})
        after, news = record.telling(NewsKind.DISPUTE_CHANGED, at=self._memory.now())
        writes = [after.write(after.dispute.id, found.etag)]
        return Effect(answer=after.dispute, writes=writes, news=[news])


def _partition(dispute_id: str) -> str:
    match = _ID.fullmatch(dispute_id)
    if match is None:
        raise NotFound(DisputeRecord.kind, dispute_id)
    return f"pi_{match[1]}"


def _redisputed(payment: Found[PaymentRecord], by: int) -> Operation:
    after = payment.value.model_copy(update={"disputed": payment.value.disputed + by})
    return after.write(PAYMENT, payment.etag)


def _closed(dispute: ProviderDispute) -> Conflict | None:
    if dispute.submitted:
        return Conflict("The evidence was submitted already.", code="evidence_submitted")
    if dispute.state is not DisputeState.NEEDS_RESPONSE:
        return Conflict(f"The dispute is {dispute.state}.", code="dispute_closed")
    return None
