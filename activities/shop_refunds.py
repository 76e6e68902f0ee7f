"""Steps of a refund of the web shop."""

from shared.bootstrap import App
from shared.domain.model import Model
from shared.services.results import StepResult


class ShopRefundStep(Model):
    """What is due under a key."""

    order_id: str
    key: str


class UnsentShopRefund(ShopRefundStep):
    """Why it could not be sent."""

    detail: str


async def send_shop_refund(step: ShopRefundStep, app: App) -> StepResult:
    """Give back what is due."""
    return await app.operations.refunds.send(step.order_id, step.key)


async def report_unsent_shop_refund(step: UnsentShopRefund, app: App) -> StepResult:
    """Put a refund that the shop does not send before a person."""
    return await app.operations.refunds.report(step.order_id, step.key, detail=step.detail)
