"""Steps of a standing intent (flow 6.7-1)."""

from shared.bootstrap import App
from shared.domain.model import Model
from shared.services.standing import Next


class IntentStep(Model):
    """One intent."""

    intent_id: str


class ReviewIntent(IntentStep):
    """The turn that just ended."""

    turn: int


class FinishIntent(IntentStep):
    """How the purchase ended."""

    ok: bool
    code: str = ""
    detail: str = ""


async def begin_intent(step: IntentStep, app: App) -> Next:
    """Scout, tell the customer, start watching, and take a first look."""
    todo = await app.standing.begin(step.intent_id)
    if todo.action == "wait":
        await app.watcher.check(step.intent_id)
    return todo


async def review_intent(step: ReviewIntent, app: App) -> Next:
    """Read the stored truth and say what comes next."""
    await app.wakeups.forget(step.intent_id, f"wake-{step.turn}")
    await app.catalogue.refresh()
    return await app.standing.review(step.intent_id, step.turn)


async def finish_intent(step: FinishIntent, app: App) -> Next:
    """Close the intent, or let it go on waiting."""
    return await app.standing.finish(step.intent_id, ok=step.ok, code=step.code, detail=step.detail)
