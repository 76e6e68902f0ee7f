"""Steps of a negotiation (flows 6.6-1, 6.6-2)."""

from shared.bootstrap import App
from shared.domain.model import Model
from shared.domain.negotiations import EscalationReason
from shared.services.escalations import HandedOver, Settled
from shared.services.negotiation_steps import Asked, Decided, Heard, Offered
from shared.services.results import StepResult


class ChangeStep(Model):
    """One negotiation."""

    negotiation_id: str


class RoundStep(ChangeStep):
    """One round of it."""

    round: int


class Escalate(ChangeStep):
    """Why a person must look."""

    reason: EscalationReason


class Resolution(ChangeStep):
    """The person's task."""

    escalation_id: str


class Close(ChangeStep):
    """How it ended."""

    outcome: str


async def ask_partner(step: RoundStep, app: App) -> Asked:
    """Put the round's question to the partner."""
    await app.catalogue.refresh()
    return await app.negotiation_steps.ask_partner(step.negotiation_id, step.round)


async def hear_partner(step: RoundStep, app: App) -> Heard:
    """Read what the round brought."""
    await app.catalogue.refresh()
    await app.wakeups.forget(step.negotiation_id, f"reply-{step.round}")
    return await app.negotiation_steps.hear(step.negotiation_id, step.round)


async def offer_to_customer(step: RoundStep, app: App) -> Offered:
    """Put the counter-offer to the customer."""
    await app.catalogue.refresh()
    return await app.negotiation_steps.offer(step.negotiation_id, step.round)


async def read_decision(step: RoundStep, app: App) -> Decided:
    """Read the customer's word."""
    await app.wakeups.forget(step.negotiation_id, f"decision-{step.round}")
    return await app.negotiation_steps.decision(step.negotiation_id)


async def accept_change(step: ChangeStep, app: App) -> StepResult:
    """Settle the difference and change the leg."""
    await app.catalogue.refresh()
    return await app.negotiation_steps.accept(step.negotiation_id)


async def recover_instead(step: ChangeStep, app: App) -> StepResult:
    """Start the search for another vendor."""
    return await app.negotiation_steps.reject(step.negotiation_id)


async def escalate_change(step: Escalate, app: App) -> HandedOver:
    """Queue the negotiation for a person."""
    return await app.negotiation_steps.escalate(step.negotiation_id, step.reason)


async def read_resolution(step: Resolution, app: App) -> Settled:
    """Read how the person settled it."""
    await app.wakeups.forget(step.negotiation_id, "resolved")
    return await app.escalations.settled(step.escalation_id)


async def close_change(step: Close, app: App) -> StepResult:
    """End the negotiation without a change."""
    await app.catalogue.refresh()
    return await app.negotiation_steps.leave(step.negotiation_id, step.outcome)
