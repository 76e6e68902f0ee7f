"""Steps of a ticket (flows ops-3 to ops-6)."""

from shared.bootstrap import App
from shared.domain.model import Model
from shared.domain.operations.gate import Why
from shared.services.operations.triage import Triaged
from shared.services.results import DONE, StepResult


class MessageStep(Model):
    """One message of a ticket."""

    ticket_id: str
    message: int


class TriageStep(MessageStep):
    """With `alone` the shop is not asked any more."""

    alone: bool = False


class EscalateStep(MessageStep):
    """Why, where it is not what was decided."""

    why: Why | None = None


class AnswerStep(Model):
    """Something that a person wrote."""

    ticket_id: str
    number: int


async def triage_ticket(step: TriageStep, app: App) -> Triaged:
    """Find out what it is about."""
    return await app.operations.support.triage.triage(step.ticket_id, step.message, alone=step.alone)


async def resolve_ticket(step: MessageStep, app: App) -> StepResult:
    """Decide, and do it."""
    return await app.operations.support.resolution.resolve(step.ticket_id, step.message)


async def reply_to_ticket(step: MessageStep, app: App) -> StepResult:
    """Answer."""
    return await app.operations.support.resolution.reply(step.ticket_id, step.message)


async def escalate_ticket(step: EscalateStep, app: App) -> StepResult:
    """Hand it to a person."""
    return await app.operations.support.resolution.escalate(step.ticket_id, step.message, step.why)


async def tell_of_person(step: MessageStep, app: App) -> StepResult:
    """Tell the customer that a person has it."""
    return await app.operations.support.resolution.tell_of_person(step.ticket_id, step.message)


async def name_danger(step: MessageStep, app: App) -> StepResult:
    """Find out which product somebody was hurt by, now that the shop can be asked."""
    if await app.operations.support.triage.complete(step.ticket_id, step.message):
        await app.operations.support.resolution.announce_product(step.ticket_id, step.message)
    return DONE


async def send_answer(step: AnswerStep, app: App) -> StepResult:
    """Send what a person wrote."""
    return await app.operations.support.resolution.send(step.ticket_id, step.number)


async def report_unsent_answer(step: AnswerStep, app: App) -> StepResult:
    """Tell a person that it did not get through."""
    await app.operations.support.resolution.report_unsent(step.ticket_id, step.number)
    return DONE
