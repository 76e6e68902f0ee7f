from pathlib import Path

import pytest

from tests.chaos.story import Ending, told


@pytest.fixture(scope="session")
def as_it_should(tmp_path_factory: pytest.TempPathFactory) -> Ending:
    """How the story ends when nothing disturbs it."""
    import asyncio

    data: Path = tmp_path_factory.mktemp("calm")
    return asyncio.run(told(data))
