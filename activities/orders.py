"""Steps of placing an order."""

from shared.bootstrap import App
from shared.domain.model import Model
from shared.domain.negotiations import EscalationReason
from shared.services.orders import DONE, StepResult


class OrderStep(Model):
    """One order."""

    order_id: str


class FailOrder(OrderStep):
    """Why it failed."""

    code: str
    detail: str


async def reserve_stock(step: OrderStep, app: App) -> StepResult:
    """Hold every leg's stock, or none."""
    await app.catalogue.refresh()
    return await app.orders.reserve(step.order_id)


async def release_stock(step: OrderStep, app: App) -> StepResult:
    """Undo `reserve_stock`."""
    return await app.orders.release(step.order_id)


async def charge_order(step: OrderStep, app: App) -> StepResult:
    """Charge the total once."""
    return await app.orders.charge(step.order_id)


async def dispatch_order(step: OrderStep, app: App) -> StepResult:
    """Sell what was reserved, tell the vendors, and expect their answers."""
    await app.catalogue.refresh()
    await app.silences.expect(await app.orders.get(step.order_id))
    return await app.orders.dispatch(step.order_id)


async def report_untold(step: OrderStep, app: App) -> StepResult:
    """Queue for a person every vendor that could not be told of its leg."""
    order = await app.orders.get(step.order_id)
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
    return await app.orders.fail(step.order_id, step.code, step.detail)
