"""Fixtures over one Cosmos peer for a whole run of tests; each test takes a database of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clocks import HandClock
from tests.peers.cosmos.peer import CosmosPeer, SharedClock


@pytest.fixture(scope="session")
def cosmos_clock_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the peer reads what time it is."""
    return tmp_path_factory.mktemp("cosmos") / "clock"


@pytest.fixture(scope="session")
def running_cosmos(cosmos_clock_file: Path) -> Iterator[CosmosPeer]:
    """The server."""
    SharedClock(file=cosmos_clock_file)
    with CosmosPeer(clock_file=cosmos_clock_file) as peer:
        yield peer


@pytest.fixture
def cosmos_clock(cosmos_clock_file: Path) -> HandClock:
    """The clock that times to live at the peer count by."""
    return SharedClock(file=cosmos_clock_file)


@pytest.fixture
def cosmos_peer(running_cosmos: CosmosPeer, cosmos_clock: HandClock) -> CosmosPeer:
    """The server, without the faults of the test before."""
    running_cosmos.forget()
    return running_cosmos
