from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.harness import World, running
from tests.peers.cosmos.fixtures import (  # noqa: F401 - fixtures for any test
    cosmos_clock,
    cosmos_peer,
    running_cosmos,
)

settings.register_profile("uso", deadline=None)  # how long something takes is `dev.py bench`'s business
settings.load_profile("uso")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with running(tmp_path / "data") as world:
        yield world
