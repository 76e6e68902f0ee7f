"""Steps of the defence against a chargeback (ops-x4)."""

from shared.bootstrap import App
from shared.domain.model import Model
from shared.services.disputes.defence import Look
from shared.services.results import StepResult


class CaseStep(Model):
    """One case."""

    dispute_id: str


class LookStep(CaseStep):
    """The plan's look at it, counted from 1."""

    turn: int


async def stage_evidence(step: LookStep, app: App) -> Look:
    """Put what there is before the bank."""
    await app.wakeups.forget(step.dispute_id, f"news-{step.turn - 1}")
    return await app.defence_steps.stage(step.dispute_id, step.turn)


async def submit_evidence(step: LookStep, app: App) -> Look:
    """Submit the evidence, once."""
    await app.wakeups.forget(step.dispute_id, f"news-{step.turn - 1}")
    return await app.defence_steps.submit(step.dispute_id, step.turn)


async def hear_bank(step: LookStep, app: App) -> Look:
    """Ask whether the bank has decided."""
    await app.wakeups.forget(step.dispute_id, f"news-{step.turn - 1}")
    return await app.defence_steps.hear(step.dispute_id, step.turn)


async def settle_chargeback(step: CaseStep, app: App) -> StepResult:
    """Book what the bank decided."""
    return await app.defence_steps.settle(step.dispute_id)
