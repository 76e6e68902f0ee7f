from collections.abc import Callable
from pathlib import Path

import pytest
from host_support import write_app


@pytest.fixture
def app(tmp_path: Path) -> Callable[..., Path]:
    def write(code: str, *, name: str = "app", **files: str) -> Path:
        return write_app(tmp_path / name, code, **files)

    return write
