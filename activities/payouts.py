"""Steps of a payout."""

from shared.bootstrap import App
from shared.domain.ledger import Account
from shared.domain.model import Model
from shared.services.results import DONE, StepResult


class PayoutStep(Model):
    """One payout of one account."""

    account: str
    payout_id: str


class Unsent(PayoutStep):
    """Why it could not be sent."""

    detail: str


async def send_payout(step: PayoutStep, app: App) -> StepResult:
    """Send and book it."""
    return await app.payouts.send(Account.parse(step.account), step.payout_id)


async def report_unsent_payout(step: Unsent, app: App) -> StepResult:
    """Put it before a person."""
    await app.payouts.report_unsent(Account.parse(step.account), step.payout_id, step.detail)
    return DONE
