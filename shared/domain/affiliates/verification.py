"""Verifying an affiliate: which checks it needs, and what each answer makes of it (2.6-1 step 5, 5.4-12)."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from shared.domain.affiliates.models import (
    Affiliate,
    AffiliateKind,
    AffiliateStatus,
    CheckResult,
    KycCheck,
    KycMethod,
    KycStatus,
)
from shared.domain.model import Model
from shared.errors import Conflict

REQUIRED: Mapping[AffiliateKind, frozenset[KycCheck]] = {
    AffiliateKind.BUSINESS: frozenset({KycCheck.BUSINESS_LICENSE, KycCheck.INSURANCE, KycCheck.TAX_ID}),
    AffiliateKind.INDIVIDUAL_CREATOR: frozenset({KycCheck.IDENTITY, KycCheck.TAX_ID}),
}
"""Without these nobody becomes active; others count for the trust score when they are given."""
SHOWN = 4
"""Characters of a number that are kept for people to recognise it by."""


class Verdict(Model):
    """What is known of one check now. While it is pending: ask again at `again_at`, else a person must."""

    status: KycStatus
    method: KycMethod
    reason: str = ""
    again_at: datetime | None = None


def ending(number: str) -> str:
    """The end of a number, as much as may be shown: never more than half of it."""
    return number[len(number) - min(SHOWN, len(number) // 2) :]


def handed_in(affiliate: Affiliate, numbers: Mapping[KycCheck, str], *, at: datetime) -> Affiliate:
    """Take numbers in for checks that are not verified yet. Raises Conflict when one is."""
    checks = dict(affiliate.checks)
    for check, number in numbers.items():
        known = checks.get(check)
        if known is not None and known.status is KycStatus.VERIFIED:
            raise Conflict(
                f"{check} is verified already.", field=f"documents.{check}", code="already_verified"
            )
        checks[check] = CheckResult(ends_with=ending(number), submitted_at=at)
    status = affiliate.status
    if status is AffiliateStatus.REJECTED:
        status = AffiliateStatus.PENDING
    return affiliate.model_copy(update={"checks": checks, "status": status})


def open_checks(affiliate: Affiliate, now: datetime) -> list[KycCheck]:
    """The checks that can be asked about now, without a person."""
    return [
        check
        for check, result in affiliate.checks.items()
        if result.status is KycStatus.PENDING
        and result.method is not KycMethod.MANUAL
        and (result.again_at is None or result.again_at <= now)
    ]


def next_look(affiliate: Affiliate) -> datetime | None:
    """When a register should be asked again; None: never, until something else happens."""
    waits = [
        result.again_at
        for result in affiliate.checks.values()
        if result.status is KycStatus.PENDING and result.again_at is not None
    ]
    return min(waits, default=None)


def decided(
    affiliate: Affiliate, verdicts: Mapping[KycCheck, Verdict], *, at: datetime, by: str
) -> Affiliate:
    """Write verdicts down and settle where the affiliate stands.

    All that it needs is verified: it is active, unless an admin had switched it off. Something that it needs
    is rejected: so is it.
    """
    checks = dict(affiliate.checks)
    for check, verdict in verdicts.items():
        known = checks.get(check) or CheckResult(submitted_at=at)
        final = verdict.status is not KycStatus.PENDING
        checks[check] = known.model_copy(
            update={
                "status": verdict.status,
                "method": verdict.method,
                "reason": verdict.reason,
                "again_at": verdict.again_at,
                "decided_at": at if final else None,
                "decided_by": by if final else "",
            }
        )
    return _settled(affiliate.model_copy(update={"checks": checks}))


def missing(affiliate: Affiliate) -> list[KycCheck]:
    """The checks that keep it from being active."""
    return [
        check
        for check in KycCheck
        if check in REQUIRED[affiliate.kind] and _status(affiliate, check) is not KycStatus.VERIFIED
    ]


def activated(affiliate: Affiliate) -> Affiliate:
    """Make it active. Raises Conflict while a check that it needs is not verified."""
    if affiliate.is_active:
        return affiliate
    if lacking := missing(affiliate):
        raise Conflict(f"Not verified yet: {', '.join(lacking)}.", code="not_verified")
    tracking = affiliate.tracking_id or f"trk{hashlib.sha256(affiliate.id.encode()).hexdigest()[:12]}"
    return affiliate.moved(AffiliateStatus.ACTIVE, tracking_id=tracking)


def _settled(affiliate: Affiliate) -> Affiliate:
    needed = [_status(affiliate, check) for check in REQUIRED[affiliate.kind]]
    if KycStatus.REJECTED in needed:
        return (
            affiliate
            if _is(affiliate, AffiliateStatus.REJECTED)
            else affiliate.moved(AffiliateStatus.REJECTED)
        )
    if not missing(affiliate) and affiliate.status in {AffiliateStatus.PENDING, AffiliateStatus.REJECTED}:
        return activated(affiliate)
    if _is(affiliate, AffiliateStatus.REJECTED):
        return affiliate.moved(AffiliateStatus.PENDING)
    return affiliate


def _is(affiliate: Affiliate, status: AffiliateStatus) -> bool:
    return affiliate.status is status


def _status(affiliate: Affiliate, check: KycCheck) -> KycStatus | None:
    result = affiliate.checks.get(check)
    return result.status if result else None
