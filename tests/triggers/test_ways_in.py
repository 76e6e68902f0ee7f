"""What becomes of an event that was not handled: held while somebody is away, else given back at once."""

import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import azure.functions as func
import pytest

from shared.bootstrap import bootstrap
from shared.errors import Unavailable
from shared.ports.events import CloudEvent
from shared.ports.topics import MAX_DELIVERIES, PLANS, SUBSCRIPTIONS
from shared.services.redelivery import hold, hold_nothing, pause_after
from shared.settings import Settings
from tests.clocks import HandClock
from tools.root import ROOT
from triggers import ways_in

EVENT = CloudEvent(id="e1", type="uso.order.placed", subject="ord_1", time=HandClock().now(), data={})


class Message(func.ServiceBusMessage):
    """The third delivery of EVENT."""

    delivery_count = 3

    def get_body(self) -> bytes:
        return EVENT.model_dump_json().encode()


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    deliveries: list[int] = []

    async def note(delivery: int) -> None:
        deliveries.append(delivery)

    monkeypatch.setattr(ways_in, "app", lambda: SimpleNamespace(hold_event=note))
    return deliveries


async def hear(error: Exception | None = None) -> None:
    async with ways_in.hearing(Message(), PLANS) as event:
        assert event == EVENT
        if error is not None:
            raise error


async def test_an_event_that_finds_somebody_away_is_held_before_it_is_given_back(held: list[int]) -> None:
    with pytest.raises(Unavailable):
        await hear(Unavailable("The store does not answer."))
    assert held == [3]


async def test_an_event_that_is_handled_or_would_fail_again_holds_up_nobody(held: list[int]) -> None:
    await hear()
    with pytest.raises(ZeroDivisionError):
        await hear(ZeroDivisionError())
    assert held == []


def test_ten_deliveries_outlast_eight_minutes_and_none_is_held_longer_than_a_function_may_live() -> None:
    pauses = [pause_after(delivery) for delivery in range(1, MAX_DELIVERIES + 1)]
    assert sum(pauses) > timedelta(minutes=8).total_seconds()
    assert pauses[:-1] == sorted(pauses[:-1])
    assert pauses[-1] == 0, "who waits after the last delivery waits for nothing"
    assert {each.max_delivery_count for each in SUBSCRIPTIONS} == {MAX_DELIVERIES}
    host = json.loads((ROOT / "host.json").read_text(encoding="utf-8"))
    minutes = (host["functionTimeout"], host["extensions"]["serviceBus"]["maxAutoLockRenewalDuration"])
    assert minutes == ("00:10:00", "00:10:00")
    assert max(pauses) < timedelta(minutes=5).total_seconds()


def test_only_service_bus_is_waited_for(tmp_path: Path) -> None:
    there = Settings(data_dir=tmp_path, bus_namespace="some.servicebus.windows.net")
    assert bootstrap(there).hold_event is hold
    local = Settings(data_dir=tmp_path, bus_url="http://127.0.0.1:1")
    assert bootstrap(local).hold_event is hold_nothing
