import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from host_support import START, run
from hypothesis import given
from hypothesis import strategies as st

from devhost.retries import RetryPolicy
from devhost.schedule import ScheduleError, parse_schedule

App = Callable[..., Path]

TICK = """
@app.timer_trigger(arg_name="timer", schedule="{schedule}"{more})
def tick(timer: func.TimerRequest) -> None:
    now = pathlib.Path(os.environ["DEVHOST_CLOCK_FILE"]).read_text().split()[0]
    with open("ticks", "a") as file:
        file.write(json.dumps([now, timer.past_due, timer.schedule_status]) + "\\n")
"""


def tick(schedule: str = "0 0 * * * *", more: str = "") -> str:
    return TICK.replace("{schedule}", schedule).replace("{more}", more)


def ticks(folder: Path) -> list[list[object]]:
    path = folder / "ticks"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "moment", "following"),
    [
        ("0 */5 * * * *", "2026-05-01T09:00:00", "2026-05-01T09:05:00"),
        ("*/10 * * * * *", "2026-05-01T09:00:05.5", "2026-05-01T09:00:10"),
        ("0 30 9 * * 1-5", "2026-05-01T10:00:00", "2026-05-04T09:30:00"),
        ("0 0 0 1 JAN *", "2026-05-01T10:00:00", "2027-01-01T00:00:00"),
        ("0 0 9 13 * FRI", "2026-05-01T10:00:00", "2026-11-13T09:00:00"),
        ("*/5 * * * *", "2026-05-01T09:01:00", "2026-05-01T09:05:00"),
        ("00:15:00", "2026-05-01T09:01:00", "2026-05-01T09:16:00"),
        ("1.02:00:00", "2026-05-01T09:00:00", "2026-05-02T11:00:00"),
    ],
)
def test_a_schedule_names_its_next_occurrence(schedule: str, moment: str, following: str) -> None:
    assert parse_schedule(schedule).after(at(moment)) == at(following)


@pytest.mark.parametrize(
    "text", ["", "* *", "hourly", "61 * * * * *", "0 0 0 * * * *", "24:00:00", "00:00:00"]
)
def test_a_schedule_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(ScheduleError):
        parse_schedule(text)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_next_occurrence_always_lies_ahead(moment: datetime) -> None:
    for text in ("0 0 * * * *", "*/7 * * * * *", "0 0 9 * * 1", "00:00:01"):
        following = parse_schedule(text).after(moment)
        assert following > moment
        assert parse_schedule(text).after(following) > following


async def test_a_week_of_hourly_ticks_passes_in_order(app: App) -> None:
    folder = app(tick())
    async with run(folder) as running:
        fired = await running.host.advance(timedelta(days=7))
    instants = [datetime.fromisoformat(str(now)) for now, _, _ in ticks(folder)]
    assert fired == 168
    assert instants == [START + timedelta(hours=hour) for hour in range(1, 169)]


async def test_nothing_fires_before_its_time(app: App) -> None:
    folder = app(tick())
    async with run(folder) as running:
        assert await running.host.advance(timedelta(minutes=59, seconds=59)) == 0
    assert ticks(folder) == []


async def test_run_on_startup_runs_at_once_and_again_on_schedule(app: App) -> None:
    folder = app(tick(more=", run_on_startup=True"))
    async with run(folder) as running:
        await running.host.settle(10)
        assert len(ticks(folder)) == 1
        await running.host.advance(timedelta(hours=1))
    assert [past_due for _, past_due, _ in ticks(folder)] == [False, False]


async def test_a_downtime_is_made_up_for_by_one_run_that_is_past_due(app: App) -> None:
    folder = app(tick())
    async with run(folder) as running:
        await running.host.advance(timedelta(hours=2))
    clock = folder / ".data" / "devhost" / "clock"
    clock.write_text((START + timedelta(hours=9, minutes=30)).isoformat())
    async with run(folder) as running:
        await running.host.settle(10)
        await running.host.advance(timedelta(minutes=30))
    told = ticks(folder)
    assert [past_due for _, past_due, _ in told] == [False, False, True, False]
    assert told[2][0] == "2026-05-01T18:30:00+00:00"
    assert told[2][2]["Last"] == "2026-05-01T11:00:00+00:00"  # type: ignore[index]
    assert told[2][2]["Next"] == "2026-05-01T19:00:00+00:00"  # type: ignore[index]


@pytest.mark.parametrize("more", [", use_monitor=False", ""])
async def test_a_timer_that_is_not_monitored_forgets_its_downtime(app: App, more: str) -> None:
    schedule = "0 0 * * * *" if more else "*/20 * * * * *"
    folder = app(tick(schedule, more))
    async with run(folder):
        pass
    (folder / ".data" / "devhost" / "clock").write_text((START + timedelta(hours=9, seconds=1)).isoformat())
    async with run(folder) as running:
        await running.host.settle(10)
    assert ticks(folder) == []


async def test_a_changed_schedule_owes_nothing(app: App) -> None:
    async with run(app(tick())):
        pass
    folder = app(tick("0 0 */2 * * *"))
    (folder / ".data" / "devhost" / "clock").write_text((START + timedelta(hours=9)).isoformat())
    async with run(folder) as running:
        await running.host.settle(10)
    assert ticks(folder) == []


async def test_a_failing_tick_does_not_stop_the_timer(app: App) -> None:
    code = """
    @app.timer_trigger(arg_name="timer", schedule="0 0 * * * *")
    def tick(timer: func.TimerRequest) -> None:
        seen.append(1)
        raise RuntimeError("bad hour")
    """
    async with run(app(code)) as running:
        await running.host.advance(timedelta(hours=3))
        assert len(running.seen) == 3


async def test_a_retry_policy_tries_again_after_its_pause_and_then_gives_up(app: App) -> None:
    code = """
    @app.timer_trigger(arg_name="timer", schedule="0 0 * * * *")
    @app.retry(strategy="fixed_delay", max_retry_count="2", delay_interval="00:05:00")
    async def tick(timer: func.TimerRequest, context: func.Context) -> None:
        now = pathlib.Path(os.environ["DEVHOST_CLOCK_FILE"]).read_text()[11:16]
        seen.append((now, context.retry_context.retry_count, context.retry_context.max_retry_count))
        raise RuntimeError("bad hour")
    """
    async with run(app(code)) as running:
        await running.host.advance(timedelta(hours=2))
        assert running.seen == [("10:00", 0, 2), ("10:05", 1, 2), ("10:10", 2, 2), ("11:00", 0, 2)]


def test_an_exponential_retry_grows_to_its_limit() -> None:
    policy = {
        "strategy": "exponential_backoff",
        "max_retry_count": "-1",
        "minimum_interval": "00:00:10",
        "maximum_interval": "00:00:30",
    }
    retry = RetryPolicy.of(SimpleNamespace(retry=policy))  # type: ignore[arg-type]
    assert [retry.delay(failed) for failed in (0, 1, 2, 50)] == [
        timedelta(seconds=seconds) for seconds in (10, 20, 30, 30)
    ]


async def test_a_timer_can_be_run_by_hand(app: App) -> None:
    folder = app(tick())
    async with run(folder) as running:
        assert running.host.timers.run_now("TICK")
        assert not running.host.timers.run_now("nothing")
        await running.host.settle(10)
    assert len(ticks(folder)) == 1


async def test_timers_fire_by_themselves_on_the_real_clock(app: App) -> None:
    code = """
    @app.timer_trigger(arg_name="timer", schedule="* * * * * *")
    async def tick(timer: func.TimerRequest) -> None:
        fired.set()

    fired = asyncio.Event()
    """
    import asyncio
    import sys

    async with run(app(code), clock="real", start_at=None):
        await asyncio.wait_for(sys.modules["function_app"].fired.wait(), 30)
