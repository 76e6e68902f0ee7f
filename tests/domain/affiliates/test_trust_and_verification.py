from datetime import timedelta

import pytest
from affiliate_kit import NOW, active, affiliate
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.affiliates.models import (
    MOVES,
    AffiliateKind,
    AffiliateStatus,
    CheckResult,
    KycCheck,
    KycMethod,
    KycStatus,
    TrustFacts,
    WhiteGlove,
)
from shared.domain.affiliates.trust import scored, trust_score
from shared.domain.affiliates.verification import (
    REQUIRED,
    Verdict,
    activated,
    decided,
    ending,
    handed_in,
    missing,
    next_look,
    open_checks,
)
from shared.errors import Conflict, IllegalMove

VERIFIED = Verdict(status=KycStatus.VERIFIED, method=KycMethod.API)
REJECTED = Verdict(status=KycStatus.REJECTED, method=KycMethod.API, reason="not on the register")
ALL = dict.fromkeys(KycCheck, "AB-123456")
results = st.dictionaries(
    st.sampled_from(KycCheck),
    st.builds(CheckResult, status=st.sampled_from(KycStatus), submitted_at=st.just(NOW)),
)
facts = st.builds(TrustFacts, positive_reviews=st.integers(0, 10_000), on_time_pct=st.integers(0, 100))


def verified(*checks: KycCheck) -> dict[KycCheck, CheckResult]:
    return {check: CheckResult(status=KycStatus.VERIFIED, submitted_at=NOW) for check in checks}


def test_the_score_is_the_formulas() -> None:
    assert trust_score({}, TrustFacts()) == 0
    assert trust_score(verified(KycCheck.BUSINESS_LICENSE), TrustFacts()) == 20
    assert trust_score(verified(KycCheck.INSURANCE), TrustFacts()) == 15
    assert trust_score(verified(KycCheck.TAX_ID), TrustFacts()) == 10
    assert trust_score(verified(KycCheck.IDENTITY), TrustFacts()) == 0
    assert trust_score(verified(*KycCheck), TrustFacts(positive_reviews=3, on_time_pct=7)) == 45 + 15 + 7
    assert trust_score(verified(*KycCheck), TrustFacts(positive_reviews=90, on_time_pct=100)) == 100


@given(results, facts)
def test_the_score_stays_between_0_and_100(checks: dict[KycCheck, CheckResult], known: TrustFacts) -> None:
    assert 0 <= trust_score(checks, known) <= 100


@given(results, facts, st.sampled_from(KycCheck))
def test_another_verified_check_never_costs_trust(
    checks: dict[KycCheck, CheckResult], known: TrustFacts, check: KycCheck
) -> None:
    assert trust_score({**checks, **verified(check)}, known) >= trust_score(checks, known)


@pytest.mark.parametrize(("score", "white"), [(69, False), (70, True), (100, True)])
def test_white_glove_begins_at_its_score(score: int, white: bool) -> None:
    one = scored(active(facts=TrustFacts(on_time_pct=score)), at=NOW, why="", white_glove_from=70)
    assert (one.trust_score, one.is_white_glove) == (score, white)


def test_an_admin_grants_and_withholds_white_glove_whatever_the_score() -> None:
    granted = active(white_glove=WhiteGlove.GRANTED)
    withheld = active(white_glove=WhiteGlove.WITHHELD, facts=TrustFacts(on_time_pct=100))
    assert scored(granted, at=NOW, why="", white_glove_from=70).is_white_glove
    assert not scored(withheld, at=NOW, why="", white_glove_from=70).is_white_glove
    assert not scored(
        affiliate(white_glove=WhiteGlove.GRANTED), at=NOW, why="", white_glove_from=70
    ).is_white_glove


def test_the_history_keeps_every_change_of_the_score_and_nothing_else() -> None:
    one = scored(active(), at=NOW, why="registered", white_glove_from=70)
    same = scored(one, at=NOW, why="looked at", white_glove_from=70)
    better = same.model_copy(update={"facts": TrustFacts(on_time_pct=80)})
    after = scored(better, at=NOW, why="on time", white_glove_from=70)
    assert [(point.score, point.why) for point in after.trust_history] == [(0, "registered"), (80, "on time")]


@pytest.mark.parametrize("kind", list(AffiliateKind))
def test_it_is_active_when_all_that_it_needs_is_verified_and_not_before(kind: AffiliateKind) -> None:
    one = handed_in(affiliate(kind=kind), ALL, at=NOW)
    needed = sorted(REQUIRED[kind])
    for n, check in enumerate(needed):
        assert one.status is AffiliateStatus.PENDING
        assert missing(one) == [each for each in KycCheck if each in needed[n:]]
        one = decided(one, {check: VERIFIED}, at=NOW, by="registers")
    assert one.is_active
    assert one.tracking_id.startswith("trk")


def test_the_tracking_id_stays_for_good() -> None:
    one = decided(handed_in(affiliate(), ALL, at=NOW), dict.fromkeys(KycCheck, VERIFIED), at=NOW, by="x")
    off = one.moved(AffiliateStatus.INACTIVE)
    assert activated(off).tracking_id == one.tracking_id


def test_a_rejected_check_that_is_needed_rejects_and_handing_in_again_reopens() -> None:
    one = handed_in(affiliate(), ALL, at=NOW)
    rejected = decided(one, {KycCheck.INSURANCE: REJECTED}, at=NOW, by="registers")
    assert rejected.status is AffiliateStatus.REJECTED
    again = handed_in(rejected, {KycCheck.INSURANCE: "POL-5550001"}, at=NOW + timedelta(hours=1))
    assert again.status is AffiliateStatus.PENDING
    assert again.checks[KycCheck.INSURANCE].status is KycStatus.PENDING


def test_a_rejected_check_that_is_not_needed_rejects_nothing() -> None:
    one = handed_in(affiliate(), ALL, at=NOW)
    after = decided(one, {KycCheck.IDENTITY: REJECTED}, at=NOW, by="registers")
    assert after.status is AffiliateStatus.PENDING


def test_nothing_is_handed_in_for_what_is_verified() -> None:
    one = decided(handed_in(affiliate(), ALL, at=NOW), {KycCheck.TAX_ID: VERIFIED}, at=NOW, by="x")
    with pytest.raises(Conflict) as refused:
        handed_in(one, {KycCheck.TAX_ID: "12-3456780"}, at=NOW)
    assert refused.value.field == "documents.tax_id"


def test_an_admin_switches_nobody_on_who_is_not_verified() -> None:
    with pytest.raises(Conflict, match="business_license, insurance, tax_id"):
        activated(affiliate())


def test_one_that_was_switched_off_stays_off_whatever_is_verified() -> None:
    one = handed_in(active(), ALL, at=NOW).moved(AffiliateStatus.INACTIVE)
    after = decided(one, dict.fromkeys(KycCheck, VERIFIED), at=NOW, by="registers")
    assert after.status is AffiliateStatus.INACTIVE


def test_only_what_waits_for_a_register_is_asked_again() -> None:
    later = NOW + timedelta(hours=2)
    one = handed_in(affiliate(), ALL, at=NOW)
    slow = Verdict(status=KycStatus.PENDING, method=KycMethod.API, again_at=later)
    unsure = Verdict(status=KycStatus.PENDING, method=KycMethod.MANUAL)
    after = decided(
        one,
        {KycCheck.TAX_ID: slow, KycCheck.INSURANCE: unsure, KycCheck.IDENTITY: VERIFIED},
        at=NOW,
        by="registers",
    )
    assert open_checks(after, NOW) == [KycCheck.BUSINESS_LICENSE]
    assert open_checks(after, later) == [KycCheck.BUSINESS_LICENSE, KycCheck.TAX_ID]
    assert next_look(after) == later
    assert after.checks[KycCheck.TAX_ID].decided_at is None


@given(st.text(min_size=1, max_size=40))
def test_of_a_number_never_more_than_half_and_four_characters_are_kept(number: str) -> None:
    kept = ending(number)
    assert len(kept) <= min(4, len(number) // 2)
    assert number.endswith(kept)


def test_every_move_that_the_table_lacks_raises() -> None:
    for status in AffiliateStatus:
        for target in set(AffiliateStatus) - MOVES[status]:
            with pytest.raises(IllegalMove):
                affiliate(status=status).moved(target)
