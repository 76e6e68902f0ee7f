"""Steps of the web shop's orders: taken in, looked at, bought, closed (ops-1, ops-x1, ops-x2)."""

from shared.bootstrap import App
from shared.domain.model import Model
from shared.services.operations.closing import Leftover
from shared.services.operations.fulfilment import Look
from shared.services.operations.supplying import Planned
from shared.services.results import DONE, StepResult


class ShopOrderStep(Model):
    """One order of the shop, by our id."""

    order_id: str


class TakeStep(ShopOrderStep):
    """And by the shop's."""

    shop_order_id: str


class ShopLookStep(ShopOrderStep):
    """The plan's look at it, counted from 1."""

    turn: int


class PlanPurchases(ShopOrderStep):
    """Whether suppliers that do not answer are waited for."""

    patient: bool


class PurchaseStep(ShopOrderStep):
    """One order at a supplier."""

    purchase_id: str


class LetterStep(ShopOrderStep):
    """A letter, by its key."""

    letter: str


async def take_shop_order(step: TakeStep, app: App) -> StepResult:
    """Take a paid order in."""
    return await app.operations.fulfilment.take(step.order_id, step.shop_order_id)


async def look_at_shop_order(step: ShopLookStep, app: App) -> Look:
    """Say what comes next."""
    await app.wakeups.forget(step.order_id, f"answer-{step.turn - 1}")
    return await app.operations.fulfilment.look(step.order_id, step.turn)


async def plan_purchases(step: PlanPurchases, app: App) -> Planned:
    """Choose suppliers for what is missing."""
    return await app.operations.supplying.plan(step.order_id, patient=step.patient)


async def place_purchase(step: PurchaseStep, app: App) -> StepResult:
    """Buy what was planned."""
    return await app.operations.purchasing.place(step.order_id, step.purchase_id)


async def report_silent_supplier(step: PurchaseStep, app: App) -> StepResult:
    """Put a purchase of which nobody knows before a person."""
    await app.operations.supplying.report_silence(step.order_id, step.purchase_id)
    return DONE


async def write_to_shop_customer(step: LetterStep, app: App) -> StepResult:
    """Send a letter, once."""
    return await app.operations.correspondence.send(step.order_id, step.letter)


async def report_unwritten(step: LetterStep, app: App) -> StepResult:
    """Put a letter that did not get out before a person."""
    await app.operations.correspondence.report_unsent(step.order_id, step.letter)
    return DONE


async def list_leftover_purchases(step: ShopOrderStep, app: App) -> Leftover:
    """Say what is to be called off of a closed order."""
    return await app.operations.closing.leftover(step.order_id)


async def call_off_purchase(step: PurchaseStep, app: App) -> StepResult:
    """Cancel at the supplier."""
    return await app.operations.closing.call_off(step.order_id, step.purchase_id)


async def report_not_called_off(step: PurchaseStep, app: App) -> StepResult:
    """Put what is on its way for nobody before a person."""
    await app.operations.closing.report(step.order_id, step.purchase_id)
    return DONE


async def close_in_shop(step: ShopOrderStep, app: App) -> StepResult:
    """Tell the shop that the order is not sent."""
    return await app.operations.closing.tell_shop(step.order_id)
