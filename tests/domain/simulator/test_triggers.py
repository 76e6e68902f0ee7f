from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from simulator_kit import NOW, ask

from shared.domain.money import Money
from shared.domain.simulator import triggers as t
from shared.domain.simulator.asks import Ask, RequestType

ZONE = "America/Chicago"
TREE: TypeAdapter[Any] = TypeAdapter(t.Trigger)

words = st.sampled_from(["pink", "Red", "FLOWERS", "rose garden"])
times = st.times().map(lambda moment: moment.replace(microsecond=0))
leaves = st.one_of(
    st.just(t.Always()),
    words.map(lambda text: t.ProductContains(text=text)),
    st.sets(st.sampled_from(list(RequestType)), min_size=1).map(
        lambda s: t.RequestIs(any_of=tuple(sorted(s)))
    ),
    st.tuples(times, times)
    .filter(lambda p: p[0] != p[1])
    .map(lambda p: t.TimeOfDay(after=p[0], before=p[1])),
    st.integers(0, 100_000).map(lambda minor: t.OrderValue(over=Money(minor=minor))),
    words.map(lambda kind: t.UserType(user=kind)),
)
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, min_size=1, max_size=4).flatmap(
        lambda parts: st.sampled_from([t.AllOf(of=tuple(parts)), t.AnyOf(of=tuple(parts))])
    ),
    max_leaves=12,
)
asks = st.builds(
    Ask,
    id=st.just("m"),
    type=st.sampled_from(list(RequestType)),
    text=st.sampled_from(["", "pink please", "red roses"]),
    item=st.sampled_from(["", "Pink  Flowers", "red flowers", "a rose\ngarden"]),
    order_value=st.none() | st.integers(0, 100_000).map(lambda minor: Money(minor=minor)),
    user_type=st.sampled_from(["customer", "pink", "red"]),
)
moments = st.integers(0, 2 * 24 * 3600).map(lambda seconds: NOW + timedelta(seconds=seconds))


def reference(tree: Any, request: Ask, now: datetime) -> bool:
    """The meaning of a trigger, written a second time over plain JSON."""
    match tree:
        case {"type": "all", "of": parts}:
            return False not in [reference(part, request, now) for part in parts]
        case {"type": "any", "of": parts}:
            return True in [reference(part, request, now) for part in parts]
        case {"type": "product_contains", "text": text}:
            wanted = request.item if request.item != "" else request.text
            return " ".join(text.lower().split()) in " ".join(wanted.lower().split())
        case {"type": "request_type", "any_of": kinds}:
            return str(request.type) in kinds
        case {"type": "time_of_day", "after": after, "before": before}:
            clock = f"{now.astimezone(ZoneInfo(ZONE)):%H:%M:%S}"
            edges = [after, before]
            if edges[0] < edges[1]:
                return edges[0] <= clock < edges[1]
            return not edges[1] <= clock < edges[0]
        case {"type": "order_value", "over": {"minor": minor}}:
            return request.order_value is not None and request.order_value.minor > minor
        case {"type": "user_type", "user": kind}:
            return request.user_type.lower() == kind.lower()
    return True


@given(trees, asks, moments)
def test_a_tree_fires_as_its_reference_says(tree: Any, request: Ask, now: datetime) -> None:
    plain = TREE.dump_python(tree, mode="json")
    assert t.holds(tree, request, now=now, zone=ZONE) == reference(plain, request, now)


@given(trees)
def test_a_tree_survives_being_stored(tree: Any) -> None:
    assert TREE.validate_json(TREE.dump_json(tree)) == tree


@given(trees, asks, moments)
def test_an_explanation_has_a_line_for_each_leaf(tree: Any, request: Ask, now: datetime) -> None:
    found = t.findings(tree, request, now=now, zone=ZONE)
    assert found
    assert all(line.words and line.words in t.describe(tree) for line in found)
    assert t.depth(tree) >= 1


def test_the_specs_own_example_reads_as_the_spec_writes_it() -> None:
    tree = t.AllOf(of=(t.OrderValue(over=Money(minor=500_00)), t.ProductContains(text="flowers")))
    assert t.describe(tree) == "order value > $500.00 AND product contains 'flowers'"


def test_nested_alternatives_are_bracketed() -> None:
    either = t.AnyOf(of=(t.ProductContains(text="pink"), t.ProductContains(text="white")))
    tree = t.AllOf(of=(t.RequestIs(any_of=(RequestType.CHANGE_REQUEST,)), either))
    words = "request is change_request AND (product contains 'pink' OR product contains 'white')"
    assert t.describe(tree) == words


@pytest.mark.parametrize(("utc_hour", "fires"), [(21, False), (22, True), (23, True)])
def test_after_five_means_the_partners_own_clock(utc_hour: int, fires: bool) -> None:
    after_five = t.TimeOfDay(after=time(17))
    assert t.holds(after_five, ask(), now=NOW.replace(hour=utc_hour), zone=ZONE) is fires


def test_a_night_spans_midnight() -> None:
    night = t.TimeOfDay(after=time(22), before=time(6))
    hours = [t.holds(night, ask(), now=NOW + timedelta(hours=h), zone=ZONE) for h in range(24)]
    assert sum(hours) == 8
    assert sum(a != b for a, b in pairwise([*hours, hours[0]])) == 2


def test_a_product_is_looked_for_in_the_item_before_the_text() -> None:
    request = ask(item="red flowers", text="red flowers instead of pink ones")
    assert not t.holds(t.ProductContains(text="pink"), request, now=NOW, zone=ZONE)


def test_a_value_in_another_currency_is_never_over() -> None:
    over = t.OrderValue(over=Money(minor=1))
    request = ask(order_value=Money(minor=900_00, currency="EUR"))
    assert not t.holds(over, request, now=NOW, zone=ZONE)


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "time_of_day"},
        {"type": "time_of_day", "after": "10:00", "before": "10:00"},
        {"type": "time_of_day", "after": "10:00Z", "before": "11:00"},
        {"type": "product_contains", "text": "  "},
        {"type": "all", "of": []},
        {"type": "request_type", "any_of": []},
        {"type": "request_type", "any_of": ["rumour"]},
        {"type": "moon_phase"},
    ],
)
def test_a_trigger_that_says_nothing_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TREE.validate_python(broken)
