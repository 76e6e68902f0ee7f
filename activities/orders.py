"""Steps of placing an order."""

from shared.bootstrap import App
from shared.domain.model import Model
from shared.domain.negotiations import EscalationReason
from shared.services.checkout_steps import Authorised, left_over
from shared.services.results import DONE, StepResult


class OrderStep(Model):
    """One order."""

    order_id: str


class FailOrder(OrderStep):
    """Why it failed."""

    code: str
    detail: str


class LeftOver(FailOrder):
    """The undos that did not get through."""

    undos: tuple[str, ...]


async def reserve_order(step: OrderStep, app: App) -> StepResult:
    """Hold everything the order needs with every vendor, or say what is missing."""
    await app.catalogue.refresh()
    return await app.checkout_steps.reserve(step.order_id)


async def release_order(step: OrderStep, app: App) -> StepResult:
    """Undo `reserve_order` and `confirm_vendors`."""
    return await app.checkout_steps.release(step.order_id)


async def authorise_order(step: OrderStep, app: App) -> Authorised:
    """Authorise the total once."""
    return await app.checkout_steps.authorise(step.order_id)


async def read_payment(step: OrderStep, app: App) -> Authorised:
    """Say how the payment stands after the customer's time to act."""
    await app.wakeups.forget(step.order_id, "payment")
    return await app.checkout_steps.read_payment(step.order_id)


async def void_payment(step: OrderStep, app: App) -> StepResult:
    """Undo `authorise_order` and `capture_order`."""
    return await app.checkout_steps.void(step.order_id)


async def confirm_vendors(step: OrderStep, app: App) -> StepResult:
    """Turn every hold into a sale."""
    return await app.checkout_steps.confirm(step.order_id)


async def capture_order(step: OrderStep, app: App) -> StepResult:
    """Take the money and hold it per leg. That it may be held too long is watched before it is there."""
    await app.holds.watch(await app.orders.get(step.order_id))
    return await app.checkout_steps.capture(step.order_id)


async def report_left_over(step: LeftOver, app: App) -> StepResult:
    """Put what could not be undone before a person, with all that they need (flow 1.3-1)."""
    order = await app.orders.get(step.order_id)
    await app.escalations.open(
        subject=order.id,
        order=order,
        leg_id=order.legs[0].id,
        reason=EscalationReason.UNDO_FAILED,
        summary=left_over(order, step.undos, step.detail),
    )
    return DONE


async def dispatch_order(step: OrderStep, app: App) -> StepResult:
    """Tell the vendors, and expect their answers."""
    await app.catalogue.refresh()
    order = await app.orders.get(step.order_id)
    await app.silences.expect(order)
    return await app.orders.dispatch(step.order_id)


async def report_untold(step: OrderStep, app: App) -> StepResult:
    """Queue for a person every vendor that could not be told of its leg; the order goes on."""
    order = await app.orders.begin(step.order_id)
    for leg in await app.orders.untold(order):
        await app.escalations.open(
            subject=leg.id,
            order=order,
            leg_id=leg.id,
            reason=EscalationReason.TIMEOUT,
            summary=f"{leg.vendor_name} could not be reached about {leg.quantity} x {leg.name}.",
        )
    return DONE


async def fail_order(step: FailOrder, app: App) -> StepResult:
    """End an order that could not be placed."""
    return await app.checkout_steps.fail(step.order_id, step.code, step.detail)
