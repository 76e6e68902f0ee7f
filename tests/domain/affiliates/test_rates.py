import pytest
from affiliate_kit import LIMITS, referral
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.domain.affiliates.models import Commission, CommissionType
from shared.domain.affiliates.rates import Limits, clamped, referred, renewed
from shared.domain.ledger import Terms, split
from shared.domain.money import Money, share_of

CPA, CPE = CommissionType.CPA, CommissionType.CPE
prices = st.lists(st.integers(0, 10**9), min_size=1, max_size=8)
currencies = st.sampled_from(["USD", "JPY", "KWD"])
fees = st.integers(0, 10_000)


def fixed(minor: int, currency: str = "USD") -> Commission:
    return Commission(type=CPA, fixed_minor=minor, currency=currency)


def terms_of(
    amounts: list[int], commission: Commission, *, covered: list[bool] | None = None, fee: int = 1000
) -> list[Terms]:
    limits = Limits(max_bps=2000, max_fixed=2500, currency=commission.currency)
    return referred(
        [Terms(fee_bps=fee) for _ in amounts],
        [Money(minor=minor, currency=commission.currency) for minor in amounts],
        covered=covered or [True] * len(amounts),
        referral=referral(commission),
        limits=limits,
    )


@given(st.integers(0, 10_000), st.integers(0, 10**9))
def test_no_wish_goes_beyond_the_limits(rate: int, minor: int) -> None:
    assert clamped(Commission(type=CPE, rate_bps=rate), LIMITS).rate_bps == min(rate, 2000)
    assert clamped(fixed(minor), LIMITS).fixed_minor == min(minor, 2500)


@given(prices, st.integers(1, 10**6), currencies, fees)
def test_a_fixed_commission_is_paid_to_the_unit_over_all_legs_and_never_beyond_its_share(
    amounts: list[int], minor: int, currency: str, fee: int
) -> None:
    """Whole legs released: the sum is the commission, unless the platform's fee leaves less of a leg."""
    terms = terms_of(amounts, fixed(minor, currency), fee=fee)
    total = Money(minor=sum(amounts), currency=currency)
    wanted = min(minor, 2500, share_of(total, 2000).minor)
    paid = [
        split(Money(minor=price, currency=currency), each) for price, each in zip(amounts, terms, strict=True)
    ]
    assert sum(each.commission.minor for each in paid) <= wanted
    if fee <= 7000:
        assert sum(each.commission.minor for each in paid) >= wanted - len(amounts)
    if fee <= 7000 and min(amounts) > 10:
        assert sum(each.commission.minor for each in paid) == wanted
    for price, each in zip(amounts, paid, strict=True):
        assert each.total().minor == price
        assert min(each.fee.minor, each.commission.minor, each.vendor.minor) >= 0


@given(st.integers(1, 10**9), st.integers(1, 2500), st.data())
def test_released_in_parts_a_fixed_commission_is_never_more_than_at_once(
    price: int, minor: int, data: st.DataObject
) -> None:
    assume(minor <= price)
    (terms,) = terms_of([price], fixed(minor), fee=0)
    parts = []
    left = price
    while left and len(parts) < 6:
        parts.append(data.draw(st.integers(1, left)))
        left -= parts[-1]
    paid = sum(
        split(Money(minor=part), terms).commission.minor for part in [*parts, *([left] if left else [])]
    )
    at_once = split(Money(minor=price), terms).commission.minor
    assert at_once - len(parts) - 1 <= paid <= at_once


@given(prices, st.integers(0, 10_000), currencies, fees)
def test_a_share_is_of_each_leg_and_rounded_down(
    amounts: list[int], rate: int, currency: str, fee: int
) -> None:
    terms = terms_of(amounts, Commission(type=CPE, rate_bps=rate, currency=currency), fee=fee)
    for minor, each in zip(amounts, terms, strict=True):
        parts = split(Money(minor=minor, currency=currency), each)
        assert parts.commission.minor == min(minor * min(rate, 2000) // 10_000, minor - parts.fee.minor)
        assert parts.total().minor == minor


def test_what_the_affiliate_did_not_bring_earns_it_nothing() -> None:
    brought, other = terms_of([1000, 1000], Commission(type=CPE, rate_bps=500), covered=[True, False])
    assert (brought.affiliate_id, brought.commission_bps) == ("aff_1", 500)
    assert other == Terms(fee_bps=1000)
    brought, other = terms_of([1000, 9000], fixed(150), covered=[True, False])
    assert (brought.commission_minor, brought.commission_of) == (150, 1000)
    assert other.affiliate_id == ""


def test_a_fixed_commission_in_another_currency_earns_nothing() -> None:
    (terms,) = referred(
        [Terms()],
        [Money(minor=1000, currency="EUR")],
        covered=[True],
        referral=referral(fixed(100)),
        limits=LIMITS,
    )
    assert split(Money(minor=1000, currency="EUR"), terms).commission.minor == 0


def test_a_limit_that_was_lowered_since_counts() -> None:
    low = Limits(max_bps=100, max_fixed=10, currency="USD")
    commission = Commission(type=CPE, rate_bps=1500)
    (terms,) = referred(
        [Terms()], [Money(minor=1000)], covered=[True], referral=referral(commission), limits=low
    )
    assert terms.commission_bps == 100


def test_a_leg_that_takes_over_keeps_the_commission_and_has_its_own_fee() -> None:
    (share,) = terms_of([1000], Commission(type=CPE, rate_bps=500))
    assert renewed(share, 700, price=Money(minor=1200)).commission_bps == 500
    assert renewed(share, 700, price=Money(minor=1200)).fee_bps == 700
    (flat,) = terms_of([1000], fixed(150))
    after = renewed(flat, 0, price=Money(minor=1200))
    assert split(Money(minor=1200), after).commission.minor == 150
    tiny = renewed(flat, 0, price=Money(minor=100))
    assert split(Money(minor=100), tiny).commission.minor == 100


def test_terms_of_two_commissions_or_of_more_than_the_price_are_none() -> None:
    with pytest.raises(ValidationError):
        Terms(commission_bps=1, commission_minor=1, commission_of=2)
    with pytest.raises(ValidationError):
        Terms(commission_minor=3, commission_of=2)
