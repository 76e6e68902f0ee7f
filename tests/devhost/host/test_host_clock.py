import asyncio
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from host_support import START, run

from devhost.advance import Conductor, NeverSettlesError
from devhost.clock import VirtualClock

App = Callable[..., Path]

QUIET = """
@app.route(route="x")
def say(req: func.HttpRequest) -> str:
    return "x"
"""


class Alarm:
    """A source that notes the instants at which it was due."""

    def __init__(self, clock: VirtualClock, *due: datetime, stuck: bool = False) -> None:
        self.clock, self.due, self.stuck = clock, sorted(due), stuck
        self.rang: list[datetime] = []

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def poke(self) -> None:
        while self.due and self.due[0] <= self.clock.now() and not self.stuck:
            self.rang.append(self.due.pop(0))

    def idle(self) -> bool:
        return True

    def next_due(self) -> datetime | None:
        return self.due[0] if self.due else None


def hours(*numbers: float) -> list[datetime]:
    return [START + timedelta(hours=number) for number in numbers]


async def test_all_sources_are_led_through_time_in_order(tmp_path: Path) -> None:
    clock = VirtualClock(tmp_path / "clock", START)
    order: list[tuple[str, datetime]] = []

    class Named(Alarm):
        def poke(self) -> None:
            before = len(self.rang)
            super().poke()
            order.extend((self.name, instant) for instant in self.rang[before:])

    first, second = Named(clock, *hours(1, 3, 9)), Named(clock, *hours(2, 3))
    first.name, second.name = "first", "second"  # type: ignore[attr-defined]
    conductor = Conductor(clock, [first, second], lambda: 0)
    assert await conductor.advance(START + timedelta(hours=4)) == 3
    assert [instant for _, instant in order] == hours(1, 2, 3, 3)
    assert clock.now() == START + timedelta(hours=4)
    assert conductor.next_due() == START + timedelta(hours=9)


async def test_advances_at_the_same_time_follow_one_another(tmp_path: Path) -> None:
    clock = VirtualClock(tmp_path / "clock", START)
    conductor = Conductor(clock, [Alarm(clock, *hours(1, 2, 3))], lambda: 0)
    await asyncio.gather(*(conductor.advance(lambda now: now + timedelta(hours=1)) for _ in range(5)))
    assert clock.now() == START + timedelta(hours=5)


async def test_work_that_is_always_due_is_told_instead_of_hanging(tmp_path: Path) -> None:
    clock = VirtualClock(tmp_path / "clock", START)
    conductor = Conductor(clock, [Alarm(clock, START, stuck=True)], lambda: 0)
    with pytest.raises(NeverSettlesError):
        await conductor.advance(START + timedelta(hours=1))


async def test_settling_waits_for_invocations_in_flight_and_gives_up_in_time(tmp_path: Path) -> None:
    clock = VirtualClock(tmp_path / "clock", START)
    flying = [1]
    conductor = Conductor(clock, [], lambda: flying[0])
    assert not await conductor.settle(0)
    asyncio.get_running_loop().call_soon(flying.__setitem__, 0, 0)
    assert await conductor.settle(10)


async def move(running: Any, body: Any) -> tuple[int, dict[str, Any]]:
    data = body if isinstance(body, str) else json.dumps(body)
    status, text = await running.post("/devhost/clock", data=data)
    return status, json.loads(text)


async def test_the_clock_is_shown_and_moved_over_http(app: App) -> None:
    async with run(app(QUIET)) as running:
        shown = json.loads((await running.get("/devhost/clock"))[1])
        assert shown == {"mode": "virtual", "now": "2026-05-01T09:00:00Z", "next_due": None, "idle": True}
        assert await move(running, {"advance": "PT15M"}) == (200, {"now": "2026-05-01T09:15:00Z", "fired": 0})
        assert await move(running, {"advance": "P1M"}) == (200, {"now": "2026-06-01T09:15:00Z", "fired": 0})
        to = {"to": "2026-06-07T11:00:00+02:00"}
        assert await move(running, to) == (200, {"now": "2026-06-07T09:00:00Z", "fired": 0})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("{", ""),
        ("[]", ""),
        ({}, "advance"),
        ({"advance": "P1D", "to": "2026-06-01T00:00:00Z"}, "advance"),
        ({"advance": "a week"}, "advance"),
        ({"advance": 7}, "advance"),
        ({"advance": None}, "advance"),
        ({"advance": "P99999999Y"}, "advance"),
        ({"advance": "P9999999999D"}, "advance"),
        ({"to": "tomorrow"}, "to"),
        ({"to": "9999-12-31T23:59:59Z"}, "to"),
        ({"to": "0001-01-01T00:00:00+14:00"}, "to"),
        ({"to": 5}, "to"),
        ({"to": "2026-06-01T00:00:00"}, "to"),
    ],
)
async def test_a_wrong_move_is_told_with_its_field(app: App, body: Any, field: str) -> None:
    async with run(app(QUIET)) as running:
        status, told = await move(running, body)
        assert (status, told["status"], told["field"]) == (400, 400, field)
        assert running.host.clock.now() == START


@pytest.mark.parametrize("body", [{"to": "2026-04-01T00:00:00Z"}, {"advance": "-P1D"}])
async def test_the_clock_never_goes_back(app: App, body: Any) -> None:
    async with run(app(QUIET)) as running:
        assert (await move(running, body))[0] == 409


async def test_real_time_cannot_be_moved(app: App) -> None:
    async with run(app(QUIET), clock="real", start_at=None) as running:
        assert (await move(running, {"advance": "PT1S"}))[0] == 409
        assert json.loads((await running.get("/devhost/clock"))[1])["mode"] == "real"


async def test_the_clock_stands_where_it_stood_after_a_restart(app: App) -> None:
    folder = app(QUIET)
    async with run(folder) as running:
        await running.host.advance(timedelta(days=3))
    async with run(folder, start_at=datetime(2030, 1, 1, tzinfo=UTC)) as running:
        assert running.host.clock.now() == START + timedelta(days=3)


async def test_idle_waits_and_says_when_it_gave_up(app: App) -> None:
    code = """
    gate, entered = asyncio.Event(), asyncio.Event()

    @app.route(route="wait")
    async def wait(req: func.HttpRequest) -> str:
        entered.set()
        await gate.wait()
        return "waited"

    @app.route(route="open")
    async def open_gate(req: func.HttpRequest) -> str:
        gate.set()
        return "open"
    """
    async with run(app(code)) as running:
        waiting = asyncio.create_task(running.get("/api/wait"))
        await sys.modules["function_app"].entered.wait()
        status, body = await running.post("/devhost/idle", json={"timeout": 0})
        assert (status, json.loads(body)["idle"]) == (200, False)
        await running.get("/api/open")
        assert json.loads((await running.post("/devhost/idle"))[1])["idle"] is True
        assert await waiting == (200, "waited")
        assert (await running.post("/devhost/idle", json={"timeout": "long"}))[0] == 400


OUTSIDE = ["evil.example", "evil.example:7071", "127.0.0.1.evil.example", "10.0.0.1", ""]
INSIDE = ["localhost", "localhost:7071", "127.0.0.1", "127.0.0.5:1", "[::1]:7071", "app.localhost"]
CROSS_SITE = [
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]
DURABLE = "/runtime/webhooks/durabletask/orchestrators/x"


@pytest.mark.parametrize("path", ["/devhost", "/devhost/clock", "/devhost/servicebus"])
@pytest.mark.parametrize("name", OUTSIDE)
async def test_names_from_outside_do_not_open_the_hosts_pages(app: App, path: str, name: str) -> None:
    async with run(app(QUIET)) as running:
        assert (await running.get(path, headers={"Host": name}))[0] == 403


@pytest.mark.parametrize("name", INSIDE)
async def test_names_of_this_machine_open_them(app: App, name: str) -> None:
    async with run(app(QUIET)) as running:
        assert (await running.get("/devhost/clock", headers={"Host": name}))[0] == 200


@pytest.mark.parametrize("headers", CROSS_SITE)
async def test_another_site_cannot_post(app: App, headers: dict[str, str]) -> None:
    async with run(app(QUIET)) as running:
        for path in ("/devhost/clock", "/devhost/page/advance", DURABLE):
            assert (await running.post(path, headers=headers))[0] == 403
        own = {"Origin": running.host.url, "Sec-Fetch-Site": "same-origin"}
        assert (await running.post("/devhost/clock", json={"advance": "PT1S"}, headers=own))[0] == 200
