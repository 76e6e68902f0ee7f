from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.catalogue import ProductKind
from shared.domain.fees import FeeRates, FeeRule, FeeTable, Region, check, rate, to_come
from shared.domain.places import GeoPoint
from shared.errors import InvalidInput

NOW = datetime(2026, 5, 4, 14, tzinfo=UTC)
AUSTIN = GeoPoint(latitude=30.2672, longitude=-97.7431)
TEXAS = Region(name="texas", centre=AUSTIN, radius_km=600)
TOWN = Region(name="austin", centre=AUSTIN, radius_km=30)
SERVICE, PRODUCT = ProductKind.SERVICE, ProductKind.PRODUCT
point = st.builds(GeoPoint, latitude=st.floats(-90, 90), longitude=st.floats(-180, 180))
regions = st.lists(
    st.builds(Region, name=st.sampled_from("abcd"), centre=point, radius_km=st.floats(1, 20_000)),
    max_size=4,
    unique_by=lambda region: region.name,
)


def rates(*rules: FeeRule, default: int = 1000) -> FeeRates:
    return FeeRates(default_bps=default, regions=(TEXAS, TOWN), rules=rules)


@st.composite
def tables(draw: st.DrawFn) -> FeeRates:
    around = tuple(draw(regions))
    names = st.sampled_from([None, *(region.name for region in around)])
    rule = st.builds(
        FeeRule,
        region=names,
        kind=st.one_of(st.none(), st.sampled_from(ProductKind)),
        fee_bps=st.integers(0, 10_000),
    )
    rules = draw(st.lists(rule, max_size=12, unique_by=lambda r: (r.region, r.kind)))
    given_ = tuple(each for each in rules if each.region or each.kind)
    return FeeRates(default_bps=draw(st.integers(0, 10_000)), regions=around, rules=given_)


def test_a_rule_for_both_beats_one_for_the_region_which_beats_one_for_the_kind_which_beats_the_default() -> (
    None
):
    all_of_them = [
        FeeRule(region="austin", kind=SERVICE, fee_bps=100),
        FeeRule(region="austin", fee_bps=200),
        FeeRule(kind=SERVICE, fee_bps=300),
    ]
    for n, expected in enumerate([100, 200, 300, 1000]):
        assert rate(rates(*all_of_them[n:]), AUSTIN, SERVICE).fee_bps == expected
    assert rate(rates(*all_of_them), AUSTIN, PRODUCT).fee_bps == 200
    assert rate(rates(*all_of_them), GeoPoint(latitude=0, longitude=0), SERVICE).fee_bps == 300


def test_of_regions_around_a_vendor_the_smallest_counts() -> None:
    both = rates(FeeRule(region="texas", fee_bps=700), FeeRule(region="austin", fee_bps=800))
    dallas = GeoPoint(latitude=32.7767, longitude=-96.797)
    assert rate(both, AUSTIN, PRODUCT).because == "austin"
    assert rate(both, dallas, PRODUCT).because == "texas"


def test_a_rule_for_a_kind_in_a_large_region_beats_one_for_a_small_region_alone() -> None:
    both = rates(FeeRule(region="texas", kind=SERVICE, fee_bps=700), FeeRule(region="austin", fee_bps=800))
    assert rate(both, AUSTIN, SERVICE).fee_bps == 700


def test_of_two_regions_of_one_size_the_first_counts() -> None:
    twin = Region(name="other", centre=AUSTIN, radius_km=30)
    table = FeeRates(
        default_bps=0,
        regions=(TOWN, twin),
        rules=(FeeRule(region="other", fee_bps=2), FeeRule(region="austin", fee_bps=1)),
    )
    assert rate(table, AUSTIN, PRODUCT).fee_bps == 1


@given(tables(), point, st.sampled_from(ProductKind))
def test_a_rate_is_that_of_an_applicable_rule_and_none_applicable_is_more_specific(
    table: FeeRates, at: GeoPoint, kind: ProductKind
) -> None:
    around = {region.name for region in table.regions if region.contains(at)}
    applicable = [r for r in table.rules if r.region in {None, *around} and r.kind in (None, kind)]
    found = rate(table, at, kind)
    if not applicable:
        assert (found.fee_bps, found.because) == (table.default_bps, "default")
        return
    best = max(2 * (r.region is not None) + (r.kind is not None) for r in applicable)
    finest = [r for r in applicable if 2 * (r.region is not None) + (r.kind is not None) == best]
    assert found.fee_bps in {r.fee_bps for r in finest}


@given(tables(), point, st.sampled_from(ProductKind))
def test_the_order_of_the_rules_makes_no_difference(table: FeeRates, at: GeoPoint, kind: ProductKind) -> None:
    backwards = table.model_copy(update={"rules": table.rules[::-1]})
    assert rate(table, at, kind) == rate(backwards, at, kind)


@pytest.mark.parametrize(
    ("given_rates", "field"),
    [
        (FeeRates(default_bps=0, regions=(TOWN, TOWN)), "regions.1.name"),
        (rates(FeeRule(fee_bps=1)), "rules.0"),
        (rates(FeeRule(kind=SERVICE, fee_bps=1), FeeRule(region="mars", fee_bps=1)), "rules.1.region"),
        (rates(FeeRule(kind=SERVICE, fee_bps=1), FeeRule(kind=SERVICE, fee_bps=2)), "rules.1"),
    ],
)
def test_rates_that_contradict_themselves_are_refused_by_name(given_rates: FeeRates, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check(given_rates)
    assert refused.value.field == field


def table(version: int, hours: float) -> FeeTable:
    at = NOW + timedelta(hours=hours)
    return FeeTable(
        id=f"fees-v{version}",
        created_at=NOW,
        updated_at=NOW,
        version=version,
        rates=rates(),
        effective_from=at,
        by="ops",
    )


def test_a_newer_table_calls_off_those_that_would_begin_after_it() -> None:
    tables = [table(4, 10), table(3, 20), table(2, 5), table(1, -1)]
    assert [each.version for each in to_come(tables, NOW)] == [2, 4]
    assert to_come([table(3, -1), table(2, 5), table(1, -2)], NOW) == []
