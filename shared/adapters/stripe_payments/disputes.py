"""Chargebacks: evidence is staged with `submit=False` as often as need be, and submitted once."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shared.adapters.stripe_payments.amounts import from_stripe
from shared.adapters.stripe_payments.base import Base, id_of
from shared.adapters.stripe_payments.errors import About
from shared.adapters.stripe_payments.gateway import keyed
from shared.domain.money import Money
from shared.errors import Conflict, InvalidInput, Unavailable
from shared.ports.payments import DisputeState, Evidence, ProviderDispute

if TYPE_CHECKING:
    from stripe import Dispute
    from stripe.params import DisputeUpdateParamsEvidence

MAX_TEXT, MAX_TEXTS = 20_000, 150_000
"""Characters of one field of evidence, and of all."""
_STATES = {
    "needs_response": DisputeState.NEEDS_RESPONSE,
    "warning_needs_response": DisputeState.NEEDS_RESPONSE,
    "appeal_needs_response": DisputeState.NEEDS_RESPONSE,
    "under_review": DisputeState.UNDER_REVIEW,
    "warning_under_review": DisputeState.UNDER_REVIEW,
    "appeal_under_review": DisputeState.UNDER_REVIEW,
    "won": DisputeState.WON,
    "warning_closed": DisputeState.WON,
    "lost": DisputeState.LOST,
}
"""Stripe's status -> ours. An inquiry (`warning_...`) takes no money; once closed it never will.

`prevented` is of a programme that the platform would have to join first.
"""


class StripeDisputes(Base):
    """`shared.ports.payments.Disputes`. What counts is the dispute's own state, so nothing is remembered."""

    async def dispute(self, dispute_id: str) -> ProviderDispute:
        """Return how a dispute stands. Raises NotFound."""
        return _dispute(
            await self._gateway.ask(
                _about(dispute_id), lambda client: client.v1.disputes.retrieve_async(dispute_id)
            )
        )

    async def stage_evidence(self, key: str, dispute_id: str, evidence: Evidence) -> ProviderDispute:
        """Put evidence there without submitting it. Raises Conflict once it was submitted."""
        known = await self.dispute(dispute_id)
        if known.submitted:
            raise Conflict("The evidence was submitted already.", code="evidence_submitted")
        _check_open(known)
        return await self._updated(key, dispute_id, evidence, submit=False)

    async def submit_evidence(self, key: str, dispute_id: str, evidence: Evidence) -> ProviderDispute:
        """Send the evidence to the bank; again changes nothing."""
        known = await self.dispute(dispute_id)
        if known.submitted:
            return known
        _check_open(known)
        try:
            return await self._updated(key, dispute_id, evidence, submit=True)
        except Conflict:
            known = await self.dispute(dispute_id)
            if not known.submitted:
                raise
            return known  # another process was first

    async def _updated(
        self, key: str, dispute_id: str, evidence: Evidence, *, submit: bool
    ) -> ProviderDispute:
        given = _texts(evidence)
        return _dispute(
            await self._gateway.ask(
                _about(dispute_id),
                lambda client: client.v1.disputes.update_async(
                    dispute_id, {"evidence": given, "submit": submit}, keyed(key)
                ),
            )
        )


def _check_open(dispute: ProviderDispute) -> None:
    if dispute.state in (DisputeState.WON, DisputeState.LOST):
        raise Conflict("The bank has decided.", code="dispute_closed")


def _texts(evidence: Evidence) -> "DisputeUpdateParamsEvidence":
    """Return what is said, under Stripe's names; its own `service_documentation` is a file, not a text."""
    texts = {name: text for name, text in evidence.model_dump().items() if text}
    if "service_documentation" in texts:
        texts["uncategorized_text"] = texts.pop("service_documentation")
    for name, text in texts.items():
        if len(text) > MAX_TEXT:
            raise InvalidInput(f"More than {MAX_TEXT} characters.", field=f"evidence.{name}")
    if sum(map(len, texts.values())) > MAX_TEXTS:
        raise InvalidInput(f"More than {MAX_TEXTS} characters in all.", field="evidence")
    return texts  # type: ignore[return-value]  # the names are the port's, which are Stripe's


def _dispute(dispute: "Dispute") -> ProviderDispute:
    if dispute.status not in _STATES:
        raise Unavailable(f"A dispute that is {dispute.status} is not known here.")
    amount = from_stripe(dispute.amount, dispute.currency)
    fees = [from_stripe(line.fee, line.currency) for line in dispute.balance_transactions]
    details = dispute.evidence_details
    return ProviderDispute(
        id=dispute.id,
        payment_id=id_of(dispute.payment_intent),
        takes_money=not dispute.status.startswith("warning_"),
        amount=amount,
        fee=Money.total(fees, amount.currency),
        reason=dispute.reason,
        state=_STATES[dispute.status],
        # none where the bank takes no answer
        due_by=datetime.fromtimestamp(details.due_by or dispute.created, UTC),
        submitted=details.submission_count > 0,
    )


def _about(dispute_id: str) -> About:
    return About(what="dispute", id=dispute_id)
