"""Every plan does the same at every replay, and what it did when its histories were recorded.

An instance that waits for weeks is replayed by whatever code is deployed when it wakes.
"""

import json
import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import azure.durable_functions as df
import pytest

from activities.blueprint import STEPS
from orchestrators.blueprint import PLANS
from orchestrators.plan import Json, Plan, Steps
from tests.architecture.sources import ROOT
from tests.replay.recorded import Recorded, load
from tests.replay.replaying import BreaksRunningInstances, check, digests, episodes, plans

KEPT = load()
ELSEWHERE = (
    {"PYTHONHASHSEED": "0", "TZ": "Asia/Kathmandu", "shift": "31536000"},
    {"PYTHONHASHSEED": "4294967295", "TZ": "Pacific/Chatham", "shift": "-1500000000"},
)


def named(name: str) -> Recorded:
    return next(recorded for recorded in KEPT if recorded.name == name)


@pytest.mark.parametrize("recorded", KEPT, ids=lambda recorded: recorded.name)
def test_a_plan_still_does_what_its_running_instances_did(recorded: Recorded) -> None:
    check(recorded, plans()[recorded.plan])


@pytest.mark.parametrize("recorded", KEPT, ids=lambda recorded: recorded.name)
def test_a_plan_leaves_nothing_open_when_it_ends(recorded: Recorded) -> None:
    """A timer that nobody cancelled, or a second task in the air, keeps the instance running for days."""
    *_, last = episodes(plans()[recorded.plan], recorded.events)
    fired = {event["TimerId"] for event in recorded.events if event["EventType"] == 11}
    timers = [event["EventId"] for event in recorded.events if event["EventType"] == 10]
    given_up = sum(_given_up(action) for action in last.actions)
    assert len(fired) + given_up == len(timers)


def _given_up(action: dict[str, Any]) -> int:
    own = action.get("actionType") == 5 and bool(action.get("isCanceled"))
    return own + sum(_given_up(part) for part in action.get("compoundActions", []))


def test_no_clock_hash_seed_or_time_zone_changes_what_plans_do() -> None:
    here = digests()
    running = []
    for place in ELSEWHERE:
        environment = os.environ | {"PYTHONHASHSEED": place["PYTHONHASHSEED"], "TZ": place["TZ"]}
        command = [sys.executable, "-m", "tests.replay.replaying", place["shift"]]
        running.append(
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        )
    for place, process in zip(ELSEWHERE, running, strict=True):
        output, _ = process.communicate()
        assert process.returncode == 0
        different = [name for name, digest in json.loads(output).items() if digest != here[name]]
        assert not different, f"under {place} these replay differently: {', '.join(different)}"


def test_every_plan_and_every_step_stands_in_a_kept_history() -> None:
    assert {recorded.plan for recorded in KEPT} == {plan.__name__ for plan in PLANS}
    taken = {event["Name"] for recorded in KEPT for event in recorded.events if event["EventType"] == 4}
    assert taken == {step for steps in STEPS.values() for step in steps}


def test_a_wait_of_weeks_is_kept_in_segments_of_at_most_five_days() -> None:
    for name in ("standing_intent-bought", "negotiate_change-person-silent", "simulated_reply-after_days"):
        events = named(name).events
        timers = [event for event in events if event["EventType"] == 10]
        assert len(timers) >= 3
        assert len(events) < 60, "a plan that waits long must stay cheap to replay"


def test_the_seven_day_wish_stays_under_forty_events() -> None:
    assert len(named("standing_intent-bought").events) < 40


# --- the check itself: what it must not let pass --------------------------------------------------


def with_another_step(context: df.DurableOrchestrationContext) -> Steps[Json]:
    plan = Plan(context, order_id=context.get_input()["order_id"])
    for step in ("reserve_stock", "check_fraud", "charge_order", "dispatch_order"):
        yield from plan.step(step)
    return {"ok": True}


def with_steps_in_another_order(context: df.DurableOrchestrationContext) -> Steps[Json]:
    plan = Plan(context, order_id=context.get_input()["order_id"])
    for step in ("charge_order", "reserve_stock", "dispatch_order"):
        yield from plan.step(step)
    return {"ok": True}


def with_another_input(context: df.DurableOrchestrationContext) -> Steps[Json]:
    plan = Plan(context, order_id=context.get_input()["order_id"], urgent=True)
    for step in ("reserve_stock", "charge_order", "dispatch_order"):
        yield from plan.step(step)
    return {"ok": True}


def with_a_step_less(context: df.DurableOrchestrationContext) -> Steps[Json]:
    plan = Plan(context, order_id=context.get_input()["order_id"])
    for step in ("reserve_stock", "charge_order"):
        yield from plan.step(step)
    return {"ok": True}


def with_another_end(context: df.DurableOrchestrationContext) -> Steps[Json]:
    plan = Plan(context, order_id=context.get_input()["order_id"])
    for step in ("reserve_stock", "charge_order", "dispatch_order"):
        yield from plan.step(step)
    return {"ok": True, "thanks": "a lot"}


def that_fails(context: df.DurableOrchestrationContext) -> Steps[Json]:
    plan = Plan(context, order_id=context.get_input()["order"])
    yield from plan.step("reserve_stock")
    return {"ok": True}


@pytest.mark.parametrize(
    "changed",
    [
        with_another_step,
        with_steps_in_another_order,
        with_another_input,
        with_a_step_less,
        with_another_end,
        that_fails,
    ],
)
def test_a_change_that_breaks_running_instances_is_told_as_such(changed: Any) -> None:
    with pytest.raises(BreaksRunningInstances, match="breaks the instances that are running now") as told:
        check(named("fulfil_order-placed"), changed)
    assert "Give the changed plan a new name" in str(told.value)


def test_a_shorter_wait_is_noticed() -> None:
    def shorter(context: df.DurableOrchestrationContext) -> Steps[Json]:
        ask = context.get_input()
        plan = Plan(context, partner_id=ask["partner_id"], message_id=ask["message_id"])
        yield context.create_timer(context.current_utc_datetime + timedelta(minutes=4))
        return (yield from plan.step("deliver_simulated_reply"))

    with pytest.raises(BreaksRunningInstances, match=r"was given .* and would now get"):
        check(named("simulated_reply-delayed"), shorter)


def test_a_change_that_running_instances_cannot_tell_is_let_pass() -> None:
    """Waiting for an event as well takes no place in the history."""

    def also_listens(context: df.DurableOrchestrationContext) -> Steps[Json]:
        ask = context.get_input()
        plan = Plan(context, partner_id=ask["partner_id"], message_id=ask["message_id"])
        yield from plan.heard("hurry", ask["due_at"])
        return (yield from plan.step("deliver_simulated_reply"))

    check(named("simulated_reply-delayed"), also_listens)
