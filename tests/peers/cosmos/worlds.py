"""Databases for whole worlds: with USO_TEST_STORE=cosmos the acceptance tests keep their state here."""

import atexit
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from shared.adapters.cosmos_store.ensure import ensure
from shared.settings import Settings
from tests.peers.cosmos.peer import CosmosPeer


async def store_settings(clock_file: Path | None) -> Mapping[str, str]:
    """Settings of the store that the environment asks for: none, or a database on the world's clock."""
    if os.environ.get("USO_TEST_STORE") != "cosmos":
        return {}
    database = _peer().database(clock_file)
    await ensure(Settings(**database))  # type: ignore[arg-type]
    return database


@cache
def _peer() -> CosmosPeer:
    peer = CosmosPeer()
    atexit.register(peer.stop)
    return peer
