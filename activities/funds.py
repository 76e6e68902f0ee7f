"""Steps of held money: looked at, released, given back."""

from shared.bootstrap import App
from shared.domain.model import Model
from shared.domain.negotiations import EscalationReason
from shared.errors import Conflict
from shared.services.deliveries import Review
from shared.services.order_money import left_to_send, refund_plan
from shared.services.results import DONE, StepResult


class LegStep(Model):
    """One leg."""

    leg_id: str


class ReviewStep(LegStep):
    """The plan's look at its delivery, counted from 1."""

    turn: int


class RefundStep(Model):
    """What is due under a key."""

    order_id: str
    key: str


class Unsent(RefundStep):
    """Why it could not be sent."""

    detail: str


async def review_delivery(step: ReviewStep, app: App) -> Review:
    """Say whether a leg's money is released, waits, or is settled elsewhere."""
    await app.wakeups.forget(f"{step.leg_id}-release", f"delivery-{step.turn - 1}")
    return await app.deliveries.review(step.leg_id, step.turn)


async def release_funds(step: LegStep, app: App) -> StepResult:
    """Release what the customer accepted of a leg."""
    try:
        await app.deliveries.release(step.leg_id)
    except Conflict as settled:  # disputed or refunded in the moment since the review
        return StepResult(ok=False, code=settled.code, detail=settled.detail)
    return DONE


async def send_refund(step: RefundStep, app: App) -> StepResult:
    """Give back what is due."""
    try:
        return await app.order_money.send_refund(step.order_id, step.key)
    except Conflict as refused:
        return StepResult(ok=False, code=refused.code, detail=refused.detail)


async def report_unsent_refund(step: Unsent, app: App) -> StepResult:
    """Put a refund that the provider does not send before a person."""
    order = await app.orders.get(step.order_id)
    due = order.refund_due(step.key)
    amount = left_to_send(order, due) if due else "nothing"
    ways = ", ".join(part.payment_id or "credits" for part in due.parts) if due else "nowhere"
    await app.escalations.open(
        subject=refund_plan(order.id, step.key),
        order=order,
        leg_id=order.legs[0].id,
        reason=EscalationReason.REFUND_FAILED,
        summary=(
            f"{amount} owed to {order.customer_id} under {step.key} was not sent to {ways}: {step.detail}."
        ),
    )
    return DONE
