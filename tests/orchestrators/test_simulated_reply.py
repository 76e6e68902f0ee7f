from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orchestrators.plan import LONGEST_TIMER
from orchestrators.simulated_reply import simulated_reply

NOW = datetime(2026, 5, 4, 15, 0, tzinfo=UTC)


class StepContext:
    """Plays the host: time stands still until a timer is awaited, then stands where it fired."""

    def __init__(self, due: datetime) -> None:
        self.current_utc_datetime = NOW
        self.timers: list[datetime] = []
        self.calls: list[tuple[str, Any]] = []
        self._due = due

    def get_input(self) -> dict[str, Any]:
        return {"partner_id": "shop", "message_id": "ord_1-l1:order", "due_at": self._due.isoformat()}

    def create_timer(self, fire_at: datetime) -> datetime:
        self.timers.append(fire_at)
        return fire_at

    def call_activity_with_retry(self, name: str, options: Any, step: Any) -> dict[str, Any]:
        self.calls.append((name, step))
        return {"delivered": True, "reply_id": "sim_1"}


def run(context: StepContext) -> Any:
    plan = simulated_reply(context)
    value: Any = None
    while True:
        try:
            awaited = plan.send(value)
        except StopIteration as end:
            return end.value
        if isinstance(awaited, datetime):
            context.current_utc_datetime = awaited
        value = awaited


@pytest.mark.parametrize("late", [timedelta(0), timedelta(hours=-3)])
def test_an_answer_that_is_due_is_delivered_without_a_timer(late: timedelta) -> None:
    context = StepContext(NOW + late)
    assert run(context) == {"delivered": True, "reply_id": "sim_1"}
    assert context.timers == []


@pytest.mark.flow("5.4-4")
def test_a_delayed_answer_waits_for_its_time() -> None:
    context = StepContext(NOW + timedelta(minutes=10))
    run(context)
    assert context.timers == [NOW + timedelta(minutes=10)]
    step = {"partner_id": "shop", "message_id": "ord_1-l1:order"}
    assert context.calls == [("deliver_simulated_reply", step)]


def test_no_single_timer_is_longer_than_five_days() -> None:
    context = StepContext(NOW + timedelta(days=12))
    run(context)
    steps = [b - a for a, b in zip([NOW, *context.timers], context.timers, strict=False)]
    assert steps == [LONGEST_TIMER, LONGEST_TIMER, timedelta(days=2)]
    assert context.timers[-1] == NOW + timedelta(days=12)
    assert len(context.calls) == 1


def test_a_due_time_in_another_offset_means_the_same_instant() -> None:
    context = StepContext(datetime.fromisoformat("2026-05-04T10:30:00-05:00"))
    run(context)
    assert context.timers == [NOW + timedelta(minutes=30)]
