import json
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.settings import Settings
from tools.cost import counted, prices, rules
from tools.cost.counted import Counted
from tools.cost.flow_names import HOUSEKEEPING, NIGHT, TICK
from tools.cost.month import CLAIM, Business, Waiting, usage_of, waiting
from tools.cost.prices import Price
from tools.cost.rules import CAUTIOUS, PLANS, Hub
from tools.cost.usage import (
    UNITS,
    Model,
    Usage,
    gb_seconds,
    polling_month,
    queue_operations,
    request_units,
    table_operations,
    work_seconds,
)
from tools.root import ROOT

FLEX, CLASSIC = PLANS["flex"], PLANS["classic"]
HUB = rules.hub()
PRICES = prices.load()
NAMES = [each.name for each in fields(Counted) if each.name != "outside"]
_SOME = st.integers(0, 10_000)


@st.composite
def counts(draw: st.DrawFn) -> Counted:
    """Counts that could be: no document is smaller than the kilobyte that it begins."""
    made = {name: draw(_SOME) for name in NAMES if not name.endswith("_kb")}
    beyond = {name: draw(_SOME) for name in NAMES if name.endswith("_kb")}
    floor = {"read_kb": "reads", "query_kb": "query_documents", "feed_kb": "feed_documents"}
    floor |= {"create_kb": "creates", "replace_kb": "replaces"}
    made |= {name: more + made[floor[name]] for name, more in beyond.items()}
    return Counted(**made, outside=draw(st.dictionaries(st.sampled_from(["mail", "weather"]), _SOME)))


few = settings(max_examples=30)
models = st.builds(Model, plan=st.sampled_from([FLEX, CLASSIC]))


@few
@given(models)
def test_nothing_costs_nothing(model: Model) -> None:
    assert model.usage(Counted()) == Usage()
    assert all(line.price == 0 for line in PRICES.bill(Usage(), model.plan))


@few
@given(models, counts(), counts())
def test_doing_more_never_costs_less(model: Model, one: Counted, more: Counted) -> None:
    before, after = model.usage(one), model.usage(one + more)
    for name in UNITS:
        assert getattr(after, name) >= getattr(before, name) >= 0, name


@few
@given(models, counts(), counts())
def test_two_flows_cost_what_each_of_them_does(model: Model, one: Counted, other: Counted) -> None:
    both, apart = model.usage(one + other), model.usage(one) + model.usage(other)
    for name in UNITS:
        assert getattr(both, name) == pytest.approx(getattr(apart, name)), name


@few
@given(counts())
def test_executions_pay_their_minimum_and_at_best_their_work_alone(some: Counted) -> None:
    for plan in PLANS.values():
        most, best = gb_seconds(some, plan), gb_seconds(some, plan.at_best)
        assert best == pytest.approx(work_seconds(some) * plan.memory_gb)
        assert most - best == pytest.approx(some.executions * plan.minimum_seconds * plan.memory_gb)


def test_request_units_follow_the_documented_points() -> None:
    session = replace(CAUTIOUS, strong=1.0)
    assert request_units(Counted(reads=1, read_kb=1), session) == 1
    assert request_units(Counted(reads=1, read_kb=100), session) == pytest.approx(10)
    assert request_units(Counted(reads=1, read_kb=1)) == 2, "strong consistency doubles reads"
    assert request_units(Counted(batches=1, creates=1, create_kb=1)) == 5.5
    assert request_units(Counted(batches=1, replaces=1, replace_kb=1)) == 11
    thousand = Counted(queries=1, query_documents=1000, query_kb=1000)
    assert request_units(thousand, session) == pytest.approx(1000, rel=0.01)


def test_what_an_account_charges_takes_the_place_of_the_rules() -> None:
    done = Counted(reads=10, read_kb=10, batches=2, creates=2, create_kb=2)
    assert request_units(done, charges={"read": 3.0}) == 10 * 3 + 2 * 5.5
    assert request_units(done, charges={"read": 0.0, "batch": 0.0, "query": 9.0}) == 0


def test_one_activity_of_a_plan_is_these_messages_and_rows() -> None:
    ran = Counted(starts=1, activities=1, episodes=2, status_looks=1)
    assert queue_operations(ran) == 3 * 3, "begin, task, result: each put, got, deleted"
    assert table_operations(ran) == 2 * 3 + 1 + 1 + 4, "two episodes, a row, a look, and forgotten at last"


def test_a_timer_of_days_costs_one_message_and_one_episode() -> None:
    renewed = Counted(timers=1, episodes=1)
    assert (queue_operations(renewed), table_operations(renewed)) == (3, 3)


def test_the_hub_is_the_deployed_one_and_looked_at_round_the_clock() -> None:
    assert (HUB.partitions, HUB.queues, HUB.poll.total_seconds()) == (4, 5, 5)
    month = 730 * 3600
    assert polling_month(HUB).queue_operations == 5 * (2 * month / 10 + month / 5)
    slower = Hub(HUB.partitions, HUB.poll * 6)
    assert polling_month(slower).queue_operations < polling_month(HUB).queue_operations


def test_a_free_grant_is_taken_off_once_and_tiers_follow_one_another() -> None:
    price = Price(unit="", per=10, tiers=[(0, 0), (100, 2.0), (200, 1.0)], source="")
    assert [price.of(n) for n in (0, 100, 110, 200, 210)] == [0, 0, 2, 20, 21]
    assert price.list_price(10) == 2


@given(st.floats(0, 1e12), st.floats(0, 1e12))
def test_a_price_never_falls_with_quantity_and_a_grant_only_helps(one: float, more: float) -> None:
    for price in PRICES.of.values():
        assert 0 <= price.of(one) <= price.of(one + more) * (1 + 1e-9)
        assert price.of(one) <= price.list_price(one) * (1 + 1e-9)


def test_every_price_has_a_source_and_unseen_ones_are_marked() -> None:
    for name, price in PRICES.of.items():
        assert price.source.startswith("https://azure.microsoft.com/pricing/details/"), name
    bill = PRICES.bill(Usage(blob_others=1, bus_hours=1), FLEX)
    marks = {line.what: line.verified for line in bill}
    assert marks["blob others"] is False
    assert marks["bus hours"] is True


@pytest.mark.parametrize("tiers", [[], [[5, 1]], [[0, 1], [0, 2]], [[0, 2], [9, 1], [4, 1]], [[0, 0]]])
def test_a_price_table_in_disorder_is_refused(tmp_path: Path, tiers: list[list[float]]) -> None:
    file = tmp_path / "prices.json"
    entry = {"unit": "", "per": 1, "tiers": tiers, "source": ""}
    file.write_text(json.dumps({"taken": "", "region": "", "currency": "", "prices": {"x": entry}}))
    with pytest.raises(ValueError, match="tiers of x"):
        prices.load(file)


def test_the_rules_are_those_of_what_is_deployed() -> None:
    deployed = (ROOT / "infra" / "main.bicep").read_text("utf-8")
    assert f"param instanceMemoryMB int = {FLEX.memory_gb * 1024:.0f}" in deployed
    assert "defaultConsistencyLevel: 'Strong'" in (ROOT / "infra/modules/cosmos.bicep").read_text("utf-8")
    assert CAUTIOUS.strong == 2
    assert timedelta(days=rules.KEPT_MONTHS * rules.DAYS) == Settings().keep_plans_for


@few
@given(st.integers(0, 10_000), st.integers(0, 10_000), st.floats(0.1, 13))
def test_a_month_is_its_floor_and_what_happens_in_it(intents: int, orders: int, weeks: float) -> None:
    model, known = Model(plan=FLEX), counted.load()
    idle = usage_of(Business(intents=0, orders=0), model, known, HUB)
    assert idle == model.idle_month(known, HUB)
    busy = usage_of(Business(intents=intents, orders=orders, weeks=weeks), model, known, HUB)
    more = usage_of(Business(intents=intents, orders=orders + 1, weeks=weeks), model, known, HUB)
    for name in UNITS:
        assert getattr(idle, name) <= getattr(busy, name) * (1 + 1e-9)
        of_order = getattr(model.usage(known["order"]), name)
        assert getattr(more, name) == pytest.approx(getattr(busy, name) + of_order)


def test_an_idle_month_is_the_timers_the_polling_and_the_bus() -> None:
    model, timers = Model(plan=FLEX), {name: Counted(timer_runs=1) for name in (HOUSEKEEPING, TICK, NIGHT)}
    idle = model.idle_month(timers, HUB)
    assert idle.executions == pytest.approx((144 + 24 + 1) * 730 / 24)
    assert (idle.bus_hours, idle.queue_operations) == (730, polling_month(HUB).queue_operations)


def test_those_who_wait_share_the_floor_and_their_places() -> None:
    known, model = counted.load(), Model(plan=FLEX)
    one, thousand, many = waiting(model, PRICES, known, HUB)
    assert one.floor == pytest.approx(1000 * thousand.floor)
    assert one.most > thousand.most > many.most > many.least > 0
    assert one.verdict == "does not hold", "whoever waits alone pays for the whole floor"


@pytest.mark.parametrize(
    ("most", "least", "floor", "verdict"),
    [
        (0.00005, 0.00001, 0.00005, "holds"),
        (0.00009, 0.00001, 0.00005, "an invoice must tell"),
        (0.00009, 0.00006, 0.00005, "does not hold"),
    ],
)
def test_the_claim_is_judged_by_both_ends(most: float, least: float, floor: float, verdict: str) -> None:
    assert Waiting(intents=1, most=most, least=least, floor=floor).verdict == verdict
    assert CLAIM == 0.0001
