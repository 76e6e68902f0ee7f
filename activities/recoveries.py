"""Steps of a recovery (flows 6.3-1, 6.3-2)."""

from shared.bootstrap import App
from shared.domain.escalations import Resolution
from shared.domain.model import Model
from shared.domain.negotiations import EscalationReason
from shared.services.escalations import HandedOver, Settled
from shared.services.recovery_steps import Answered, Choice, Found, Ordered
from shared.services.results import StepResult


class RecoveryStep(Model):
    """One recovery."""

    recovery_id: str


class AttemptStep(RecoveryStep):
    """One attempt of it."""

    attempt: int


class AnswerStep(RecoveryStep):
    """The replacement whose vendor was asked."""

    leg_id: str


class Withdraw(RecoveryStep):
    """Why the alternative is withdrawn."""

    why: str


class KeepOrCancel(RecoveryStep):
    """What the customer wants of the old leg."""

    keep_original: bool


class GiveUp(RecoveryStep):
    """Why."""

    outcome: str


class Escalate(RecoveryStep):
    """Why a person must look."""

    reason: EscalationReason


class TaskStep(RecoveryStep):
    """The person's task."""

    escalation_id: str


class Conclude(RecoveryStep):
    """What the person decided; None: nobody did."""

    resolution: Resolution | None


async def find_alternative(step: AttemptStep, app: App) -> Found:
    """Find, reserve and propose another vendor's product."""
    await app.catalogue.refresh()
    return await app.recovery_steps.propose(step.recovery_id, step.attempt)


async def read_choice(step: AttemptStep, app: App) -> Choice:
    """Read the customer's word."""
    await app.wakeups.forget(step.recovery_id, f"decision-{step.attempt}")
    return await app.recovery_steps.choice(step.recovery_id)


async def order_alternative(step: RecoveryStep, app: App) -> Ordered:
    """Place the replacement with its vendor, beside the old leg."""
    await app.catalogue.refresh()
    return await app.recovery_steps.order_alternative(step.recovery_id)


async def read_answer(step: AnswerStep, app: App) -> Answered:
    """Read the new vendor's answer."""
    await app.wakeups.forget(step.recovery_id, f"answer-{step.leg_id}")
    return await app.recovery_steps.answer(step.recovery_id)


async def swap_legs(step: RecoveryStep, app: App) -> StepResult:
    """Settle the difference and swap."""
    await app.catalogue.refresh()
    return await app.recovery_steps.swap(step.recovery_id)


async def withdraw_alternative(step: Withdraw, app: App) -> StepResult:
    """Undo `find_alternative` and `order_alternative`."""
    await app.catalogue.refresh()
    return await app.recovery_steps.withdraw(step.recovery_id, step.why)


async def keep_or_cancel(step: KeepOrCancel, app: App) -> StepResult:
    """Keep the old leg, or cancel and refund it."""
    await app.catalogue.refresh()
    return await app.recovery_steps.keep_or_cancel(step.recovery_id, keep_original=step.keep_original)


async def give_up(step: GiveUp, app: App) -> StepResult:
    """End the recovery without a swap, unless that would leave the customer with nothing."""
    return await app.recovery_steps.give_up(step.recovery_id, step.outcome)


async def escalate_recovery(step: Escalate, app: App) -> HandedOver:
    """Hand over to a person, with what was tried."""
    return await app.recovery_steps.escalate(step.recovery_id, step.reason)


async def read_settlement(step: TaskStep, app: App) -> Settled:
    """Read how the person settled it."""
    await app.wakeups.forget(step.recovery_id, "resolved")
    return await app.escalations.settled(step.escalation_id)


async def conclude_recovery(step: Conclude, app: App) -> StepResult:
    """Do what the person decided."""
    await app.catalogue.refresh()
    return await app.recovery_steps.conclude(step.recovery_id, step.resolution)
