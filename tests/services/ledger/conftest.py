from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.books import Books, books


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Books]:
    made = books(tmp_path)
    yield made
    await made.app.close()
