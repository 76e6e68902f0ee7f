"""What affiliates are told about themselves, in their feed; hears `uso.affiliate.changed` (2.6-1 step 8)."""

from collections.abc import Mapping

from shared.domain.affiliates.models import Affiliate, Changed, Commission, CommissionType
from shared.domain.affiliates.notices import Notice, rank_of
from shared.domain.affiliates.verification import missing
from shared.domain.money import Money
from shared.ports.events import CloudEvent
from shared.services.kinds import AFFILIATES, NOTICES
from shared.services.records import Records


class AffiliateFeed:
    """Writes a notice per event, once."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def hear(self, event: CloudEvent) -> None:
        """Put what happened into words; hearing it again changes nothing."""
        affiliate = (await self._records.get(AFFILIATES, str(event.data["affiliate_id"]))).value
        what = Changed(str(event.data["what"]))
        _, revision, place = event.id.split(":")
        notice = Notice(
            id=f"{affiliate.id}-n_{revision}:{place}",
            created_at=event.time,
            updated_at=event.time,
            affiliate_id=affiliate.id,
            at=event.time,
            rank=rank_of(event.time, source="affiliate", number=int(revision) * 100 + int(place)),
            about=what,
            text=_words(affiliate)[what],
        )
        await self._records.create(NOTICES, notice)


def earns(commission: Commission) -> str:
    """A commission in words."""
    if commission.type is CommissionType.CPA:
        return f"{Money(minor=commission.fixed_minor, currency=commission.currency)} per order"
    return f"{commission.rate_bps / 100:g} % of an order's value"


def _words(affiliate: Affiliate) -> Mapping[Changed, str]:
    lacking = ", ".join(missing(affiliate)) or "nothing"
    gloved = "are" if affiliate.is_white_glove else "are not"
    return {
        Changed.REGISTERED: "Thank you for registering. We are verifying what you handed in.",
        Changed.ACTIVATED: f"You are active. Your tracking id is {affiliate.tracking_id}.",
        Changed.REJECTED: f"We could not verify you. Still needed: {lacking}.",
        Changed.DEACTIVATED: "You were switched off; your links lead nowhere for now.",
        Changed.CHECKED: f"We are verifying what you handed in. Still needed: {lacking}.",
        Changed.COMMISSION: f"You now earn {earns(affiliate.agreed)}.",
        Changed.WHITE_GLOVE: f"You {gloved} White Glove.",
    }
