from hypothesis import given
from hypothesis import strategies as st

from shared.domain.affiliates.models import Commission, CommissionType
from shared.domain.affiliates.rates import Limits, Referral
from shared.domain.margin import Part, margin, suggested_price
from shared.domain.money import Money

LIMITS = Limits(max_bps=2000, max_fixed=2500, currency="USD")


def usd(minor: int) -> Money:
    return Money(minor=minor)


def part(n: int, minor: int, fee_bps: int = 1000, commission: Commission | None = None) -> Part:
    affiliate = commission and Referral(
        affiliate_id=f"aff_{n}", link_id="", commission=commission, product_ids=frozenset()
    )
    return Part(
        product_id=f"p{n}",
        name=f"Part {n}",
        vendor_id=f"v{n}",
        vendor_name=f"Vendor {n}",
        list_price=usd(minor),
        fee_bps=fee_bps,
        referral=affiliate,
    )


commissions = st.one_of(
    st.none(),
    st.builds(Commission, type=st.just(CommissionType.CPE), rate_bps=st.integers(0, 10_000)),
    st.builds(Commission, type=st.just(CommissionType.CPA), fixed_minor=st.integers(0, 10_000)),
)
parts = st.lists(
    st.tuples(st.integers(0, 200_000), st.integers(0, 10_000), commissions), min_size=1, max_size=6
).map(lambda given_: [part(n, *each) for n, each in enumerate(given_)])


def test_at_the_price_of_its_parts_a_bundle_leaves_the_platforms_fee() -> None:
    found = margin(usd(30_000), [part(1, 20_000), part(2, 10_000, fee_bps=2000)], LIMITS)
    assert (found.sum_of_parts, found.platform_fee, found.total_margin) == (
        usd(30_000),
        usd(4_000),
        usd(4_000),
    )
    assert found.margin_percentage == 13.33


def test_a_discount_comes_off_the_margin_and_says_what_each_vendor_gives() -> None:
    found = margin(usd(27_000), [part(1, 20_000), part(2, 10_000)], LIMITS)
    assert found.total_margin == usd(0)
    assert [(item.vendor_earns.minor, item.vendor_earns_alone.minor) for item in found.breakdown] == [
        (16_200, 18_000),
        (8_100, 9_000),
    ]


def test_a_commission_is_the_vendors_affair_and_shown() -> None:
    wine = part(1, 20_000, commission=Commission(type=CommissionType.CPE, rate_bps=500))
    found = margin(usd(30_000), [wine, part(2, 10_000)], LIMITS)
    assert found.total_commissions == usd(1_000)
    assert found.total_margin == found.platform_fee == usd(3_000)


@given(parts, st.integers(0, 1_000_000))
def test_every_cent_of_the_price_is_somebodys(given_: list[Part], minor: int) -> None:
    found = margin(usd(minor), given_, LIMITS)
    whole = [i.platform_fee.minor + i.commission.minor + i.vendor_earns.minor for i in found.breakdown]
    assert sum(whole) == minor
    assert [item.price.minor for item in found.breakdown] == whole
    alone = sum(item.vendor_earns_alone.minor for item in found.breakdown)
    assert found.total_margin.minor == minor - alone - found.total_commissions.minor


@given(parts, st.integers(0, 9_000))
def test_the_suggested_price_leaves_the_target_and_a_cent_less_does_not(
    given_: list[Part], target: int
) -> None:
    price = suggested_price(given_, LIMITS, target_bps=target)
    if price is None:
        return
    assert margin(price, given_, LIMITS).total_margin.minor * 10_000 >= target * price.minor
    if price.minor > 1:
        less = usd(price.minor - 1)
        assert margin(less, given_, LIMITS).total_margin.minor * 10_000 < target * less.minor


def test_a_target_that_no_price_reaches_has_no_suggestion() -> None:
    greedy = part(1, 10_000, fee_bps=0, commission=Commission(type=CommissionType.CPE, rate_bps=2000))
    assert suggested_price([greedy], LIMITS, target_bps=8_500) is None
    assert suggested_price([part(1, 0)], LIMITS, target_bps=1_500) is None
