from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings

from tests.harness import World, running, standing
from tests.peers.cosmos.fixtures import (  # noqa: F401 - fixtures for any test
    cosmos_clock,
    cosmos_peer,
    running_cosmos,
)

settings.register_profile("uso", deadline=None)  # how long something takes is `dev.py bench`'s business
settings.load_profile("uso")


PRODUCTION = pytest.param("production", marks=pytest.mark.wire)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked `everywhere` a second time, in worlds with every production adapter switched on.

    A module with such a test says of all of them where they stand: they may share a world.
    """
    marked = [
        mark.name for each in vars(metafunc.module).values() for mark in getattr(each, "pytestmark", ())
    ]
    if "everywhere" in marked:
        twice = metafunc.definition.get_closest_marker("everywhere") is not None
        among = ["embedded", PRODUCTION] if twice else ["embedded"]
        metafunc.parametrize("surroundings", among, indirect=True, scope="module")


@pytest.fixture(scope="module", autouse=True)
def surroundings(request: pytest.FixtureRequest) -> Iterator[None]:
    """Where the worlds of a test stand: among embedded services, or production adapters before peers."""
    if getattr(request, "param", "embedded") == "embedded":
        yield
        return
    from tests.production.everything import everything

    with standing(partial(everything, cosmos=request.getfixturevalue("running_cosmos"))):
        yield


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with running(tmp_path / "data") as world:
        yield world
