"""How far an affiliate is trusted: a score of 0 to 100, and White Glove (M21)."""

from collections.abc import Mapping
from datetime import datetime

from shared.domain.affiliates.models import (
    MAX_HISTORY,
    Affiliate,
    CheckResult,
    KycCheck,
    KycStatus,
    TrustFacts,
    TrustPoint,
    WhiteGlove,
)

POINTS: Mapping[KycCheck, int] = {
    KycCheck.BUSINESS_LICENSE: 20,
    KycCheck.INSURANCE: 15,
    KycCheck.TAX_ID: 10,
}
"""Of a verified check; identity is needed and earns none."""
PER_REVIEW = 5
HIGHEST = 100


def trust_score(checks: Mapping[KycCheck, CheckResult], facts: TrustFacts) -> int:
    """M21: license +20, insurance +15, tax id +10, +5 a positive review, +1 a percent on time; clamped."""
    verified = (POINTS.get(check, 0) for check, r in checks.items() if r.status is KycStatus.VERIFIED)
    score = sum(verified) + PER_REVIEW * facts.positive_reviews + facts.on_time_pct
    return max(0, min(HIGHEST, score))


def scored(affiliate: Affiliate, *, at: datetime, why: str, white_glove_from: int) -> Affiliate:
    """Return the affiliate with its score and White Glove as they follow from what is known of it."""
    score = trust_score(affiliate.checks, affiliate.facts)
    history = affiliate.trust_history
    if score != affiliate.trust_score or not history:
        history = (*history, TrustPoint(at=at, score=score, why=why[:200]))[-MAX_HISTORY:]
    granted = affiliate.white_glove is WhiteGlove.GRANTED
    earned = affiliate.white_glove is WhiteGlove.AUTOMATIC and score >= white_glove_from
    return affiliate.model_copy(
        update={
            "trust_score": score,
            "trust_history": history,
            "is_white_glove": affiliate.is_active and (granted or earned),
        }
    )
