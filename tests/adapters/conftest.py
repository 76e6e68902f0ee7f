from collections.abc import AsyncIterator

import pytest

from shared.adapters.outbound import Outbound
from shared.settings import Settings
from tests.breakers import breakers


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    """The client for calls to the outside, which may call the peers on loopback."""
    outbound = Outbound(Settings(allow_private_urls=True), breakers())
    yield outbound
    await outbound.close()
