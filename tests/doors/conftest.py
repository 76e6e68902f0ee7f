from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.doors.stage import Stage, staged
from tests.harness import running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One running app for the tests of a module that leave it as it is."""
    data = tmp_path_factory.mktemp("stage") / "data"
    async with running(data) as world:
        yield await staged(world, data)
