"""Steps of placing an order."""

from shared.bootstrap import App
from shared.domain.model import Model
from shared.services.orders import StepResult


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
    """Sell what was reserved and tell the vendors."""
    await app.catalogue.refresh()
    return await app.orders.dispatch(step.order_id)


async def fail_order(step: FailOrder, app: App) -> StepResult:
    """End an order that could not be placed."""
    return await app.orders.fail(step.order_id, step.code, step.detail)
