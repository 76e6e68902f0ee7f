"""Steps of an escalation: calling a person, stopping campaigns (flow ops-6)."""

from shared.bootstrap import App
from shared.domain.model import Model
from shared.domain.operations.alarms import AlertLevel, alarm_id
from shared.services.operations.alarms import Called
from shared.services.results import StepResult


class CallStep(Model):
    """One round of calls about a message of a ticket."""

    ticket_id: str
    message: int
    level: AlertLevel
    reason: str
    product_id: str
    round: int


class FreezeStep(Model):
    """One stop of a product's campaigns."""

    case_id: str
    number: int


async def call_person(step: CallStep, app: App) -> Called:
    """Call whoever is on duty, unless somebody has the ticket."""
    called = await app.operations.alarms.call(
        step.ticket_id,
        step.message,
        round_=step.round,
        level=step.level,
        reason=step.reason,
        product_id=step.product_id,
    )
    if called.until is None:
        await app.wakeups.forget(alarm_id(step.ticket_id, step.message), "taken")
    return called


async def pause_campaigns(step: FreezeStep, app: App) -> StepResult:
    """Stop the campaigns."""
    return await app.operations.safety.pause(step.case_id, step.number)


async def report_running_campaigns(step: FreezeStep, app: App) -> StepResult:
    """Put campaigns that nobody could stop before a person."""
    return await app.operations.safety.report_running(step.case_id, step.number)
