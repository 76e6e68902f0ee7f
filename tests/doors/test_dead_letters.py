"""Doors to what subscriptions gave up: on the local host, where nobody reads a message that is no event."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.ports.topics import EVENTS_TOPIC, MONEY, NARRATION, PLANS
from tests.harness import World, running

ADMIN = "/api/v1/admin/dead-letters"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A world in which three messages that nobody understands were given up by every subscription."""
    async with running(tmp_path / "data", forgiving=True) as world:
        for n in range(3):
            world.host.bus.send(EVENTS_TOPIC, f"rubbish {n}".encode())
        await world.settle()
        yield world


async def listed(world: World, subscription: str = MONEY, **query: Any) -> Any:
    return await world.admin().get(f"{ADMIN}/{subscription}", **query)


async def test_an_admin_sees_them_page_by_page(world: World) -> None:
    for subscription in (PLANS, NARRATION, MONEY):
        assert len((await listed(world, subscription))["items"]) == 3
    first = await listed(world, limit=2)
    rest = await listed(world, limit=2, after=first["after"])
    assert (len(first["items"]), len(rest["items"]), rest["after"]) == (2, 1, None)
    numbers = [each["number"] for each in (*first["items"], *rest["items"])]
    assert numbers == sorted(set(numbers))
    assert {each["reason"] for each in first["items"]} == {"MaxDeliveryCountExceeded"}
    assert "rubbish" not in str({**first["items"][0], "description": ""})


async def test_one_is_sent_again_and_comes_back_where_it_is_not_understood(world: World) -> None:
    second = (await listed(world))["items"][1]
    tried = world.host.bus.dead_letters(f"{EVENTS_TOPIC}/subscriptions/{MONEY}")[1].delivery_count
    answer = await world.admin().post(f"{ADMIN}/{MONEY}/{second['number']}/replay")
    assert answer == {"replayed": 1, "more": True}
    await world.settle()
    assert [each["number"] for each in (await listed(world))["items"]] == [
        each.sequence for each in world.host.bus.dead_letters(f"{EVENTS_TOPIC}/subscriptions/{MONEY}")
    ]
    again = world.host.bus.dead_letters(f"{EVENTS_TOPIC}/subscriptions/{MONEY}")[1]
    assert (again.sequence, again.delivery_count) == (second["number"], tried), "it was tried from the start"


async def test_all_are_sent_again(world: World) -> None:
    assert await world.admin().post(f"{ADMIN}/{PLANS}/replay") == {"replayed": 3, "more": False}
    await world.settle()
    assert len((await listed(world, PLANS))["items"]) == 3


async def test_what_is_not_there_is_not_found(world: World) -> None:
    number = (await listed(world, PLANS))["items"][0]["number"]
    for method, path in (
        ("GET", f"{ADMIN}/nobody-listens"),
        ("POST", f"{ADMIN}/nobody-listens/replay"),
        ("POST", f"{ADMIN}/nobody-listens/{number}/replay"),
        ("POST", f"{ADMIN}/{PLANS}/999999/replay"),
        ("POST", f"{ADMIN}/{MONEY}/{number}/replay"),
    ):
        answer = await world.admin().call(method, path)
        assert (answer.status, answer.code) == (404, "not_found"), path


async def test_without_a_bus_there_is_nothing_to_see_yet(tmp_path: Path) -> None:
    async with running(tmp_path / "data", bus_url="") as world:
        answer = await world.admin().call("GET", f"{ADMIN}/{PLANS}")
        assert (answer.status, answer.code) == (503, "unavailable")
