"""The counts that the calculator stands on are what the running app does now."""

from datetime import UTC, datetime, timedelta

from devhost.schedule import parse_schedule
from tools.cost import counted, flows
from tools.cost.counted import Counted
from tools.cost.flow_names import HOUSEKEEPING, MEANINGS, NIGHT, RUNS_A_DAY, TICK, TIMERS
from triggers import timers

STALE = "count again: .venv/bin/python -m tools.cost.recount"
A_DAY = timedelta(days=1)
SCHEDULES = {
    "keep_house": timers.EVERY_TEN_MINUTES,
    "watch_intents": timers.HOURLY,
    "reconcile_yesterday": timers.AT_THREE,
    "pay_schedules": timers.AT_FOUR,
    "forget_ended_plans": timers.AT_FIVE,
}


def test_the_running_app_does_what_the_counts_say() -> None:
    assert {name: each.as_json() for name, each in flows.count().items()} == {
        name: each.as_json() for name, each in counted.load().items()
    }, STALE


def test_every_flow_has_a_meaning_and_every_timer_its_runs() -> None:
    assert set(counted.load()) == set(MEANINGS)
    assert {name for names in TIMERS.values() for name in names} == set(SCHEDULES)
    for flow, names in TIMERS.items():
        for name in names:
            assert _runs(SCHEDULES[name]) == RUNS_A_DAY[flow], name


def _runs(schedule: str) -> int:
    parsed, at, runs = parse_schedule(schedule), datetime(2026, 5, 4, tzinfo=UTC), 0
    end = at + A_DAY
    while (at := parsed.after(at)) <= end:
        runs += 1
    return runs


def test_nothing_is_done_less_than_never() -> None:
    for name, each in counted.load().items():
        numbers = {key: value for key, value in each.as_json().items() if key != "outside"}
        assert min([*numbers.values(), *each.outside.values()]) >= 0, name


def test_one_more_who_waits_is_looked_at_every_hour_and_wakes_its_plan_once_a_week() -> None:
    week = counted.load()["waiting week"]
    assert week.query_documents == 7 * 24
    assert (week.episodes, week.timers, week.activities, week.messages, week.outside_calls) == (1, 1, 0, 0, 0)


def test_an_idle_app_calls_nobody_and_stores_next_to_nothing() -> None:
    known = counted.load()
    for name in (HOUSEKEEPING, TICK, NIGHT):
        assert (known[name].messages, known[name].creates, known[name].starts) == (0, 0, 0)
    assert known[HOUSEKEEPING].outside_calls == known[TICK].outside_calls == 0


def test_counts_are_added_and_taken_off_by_name() -> None:
    one = Counted(reads=3, outside={"mail": 1, "shop": 2})
    other = Counted(reads=1, queries=2, outside={"mail": 1})
    assert one + other == Counted(reads=4, queries=2, outside={"mail": 2, "shop": 2})
    assert one + other - other == one
    assert (one - one).as_json() == {}
