"""Steps of an affiliate's verification (flow 2.6-1 step 5)."""

from shared.bootstrap import App
from shared.domain.model import Model
from shared.services.affiliates.registration import Looked


class AffiliateStep(Model):
    """One affiliate."""

    affiliate_id: str


async def check_affiliate(step: AffiliateStep, app: App) -> Looked:
    """Ask the registers about what is open."""
    return await app.affiliates.registration.verify(step.affiliate_id)
