"""Fixtures over one Cosmos peer for a whole run of tests; each test takes a database of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.cosmos.peer import CosmosPeer, SharedClock


@pytest.fixture(scope="session")
def running_cosmos() -> Iterator[CosmosPeer]:
    """The server."""
    with CosmosPeer() as peer:
        yield peer


@pytest.fixture
def cosmos_peer(running_cosmos: CosmosPeer) -> CosmosPeer:
    """The server, without the faults of the test before."""
    running_cosmos.forget()
    return running_cosmos


@pytest.fixture
def cosmos_clock(tmp_path: Path) -> SharedClock:
    """A clock that the server can count times to live by."""
    return SharedClock(file=tmp_path / "clock")
