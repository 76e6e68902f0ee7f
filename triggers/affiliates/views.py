"""What affiliates and admins see of an affiliate, and what both hand in."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from shared.domain.affiliates.models import (
    Affiliate,
    AffiliateKind,
    AffiliateStatus,
    Commission,
    CommissionType,
    Contact,
    KycCheck,
    KycMethod,
    KycStatus,
    ManifestType,
    PayoutSchedule,
    TrustPoint,
    owner_of_customer,
    owner_of_vendor,
)
from shared.domain.affiliates.verification import missing
from shared.domain.model import Model
from shared.errors import InvalidInput, NotFound
from triggers.access import customer_of
from triggers.web.call import Call

AffiliateId = Annotated[str, Field(pattern=r"^aff_[0-9a-z]+$", max_length=64)]
LinkId = Annotated[str, Field(pattern=r"^aff_[0-9a-z]+-k[0-9a-f]+$", max_length=96)]
Number = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 -]{3,38}[A-Za-z0-9]$")]
"""Of a licence, a policy, a tax id, an identity card."""


class CommissionInput(Model):
    """A commission: `rate_bps` hundredths of a percent (cpe), or `fixed_minor` an order (cpa)."""

    type: CommissionType
    rate_bps: int = Field(default=0, ge=0, le=10_000)
    fixed_minor: int = Field(default=0, ge=0, le=100_000_000)


class DocumentsInput(Model):
    """Numbers to verify. A business needs licence, insurance and tax id, a creator identity and tax id."""

    business_license: Number | None = None
    insurance: Number | None = None
    tax_id: Number | None = None
    identity: Number | None = None


class CheckView(Model):
    """How one check stands; of the number only its end is shown."""

    check: KycCheck
    status: KycStatus
    method: KycMethod
    ends_with: str
    reason: str
    submitted_at: datetime
    decided_at: datetime | None


class AffiliateView(Model):
    """An affiliate as its owner sees it. `missing` are the checks that keep it from being active."""

    id: str
    name: str
    kind: AffiliateKind
    contact: Contact
    manifest_type: ManifestType
    manifest_url: str | None
    website: str | None
    status: AffiliateStatus
    checks: tuple[CheckView, ...]
    missing: tuple[KycCheck, ...]
    trust_score: int
    trust_history: tuple[TrustPoint, ...]
    white_glove: bool
    tracking_id: str | None
    preferred_commission: Commission
    commission: Commission
    payout_schedule: PayoutSchedule
    created_at: datetime

    @classmethod
    def of(cls, affiliate: Affiliate) -> Self:
        """Show `affiliate`."""
        checks = (
            CheckView(
                check=check,
                **result.model_dump(
                    include={"status", "method", "ends_with", "reason", "submitted_at", "decided_at"}
                ),
            )
            for check, result in affiliate.checks.items()
        )
        return cls(
            id=affiliate.id,
            name=affiliate.name,
            kind=affiliate.kind,
            contact=affiliate.contact,
            manifest_type=affiliate.manifest_type,
            manifest_url=affiliate.manifest.url if affiliate.manifest else None,
            website=affiliate.website.url if affiliate.website else None,
            status=affiliate.status,
            checks=tuple(checks),
            missing=tuple(missing(affiliate)),
            trust_score=affiliate.trust_score,
            trust_history=affiliate.trust_history,
            white_glove=affiliate.is_white_glove,
            tracking_id=affiliate.tracking_id or None,
            preferred_commission=affiliate.preferred,
            commission=affiliate.agreed,
            payout_schedule=affiliate.schedule,
            created_at=affiliate.created_at,
        )


def commission_of(given: CommissionInput, call: Call) -> Commission:
    """Read a commission in the platform's currency. Raises InvalidInput for one of both types at once."""
    if given.type is CommissionType.CPA and given.rate_bps:
        raise InvalidInput("A fixed commission has no rate.", field="commission.rate_bps")
    if given.type is CommissionType.CPE and given.fixed_minor:
        raise InvalidInput("A share of the value has no fixed amount.", field="commission.fixed_minor")
    return Commission(currency=call.app.settings.currency, **given.model_dump())


def owner_of(call: Call) -> str:
    """The owner that the caller is."""
    if call.caller.partner_id is not None:
        return owner_of_vendor(call.caller.partner_id)
    return owner_of_customer(customer_of(call.caller))


async def owned(call: Call, affiliate_id: str) -> Affiliate:
    """Return the caller's own affiliate. A stranger sees NotFound, as if there were nothing."""
    affiliate = await call.app.affiliates.registration.get(affiliate_id)
    if affiliate.owner != owner_of(call):
        raise NotFound("affiliate", affiliate_id)
    return affiliate
