from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from pydantic import ValidationError

from shared.settings import Settings

Start = Callable[..., Settings]
"""Reads the settings as at start, from an environment that has these besides; names are without USO_."""


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Start:
    def started(**values: str) -> Settings:
        for name, value in {"DATA_DIR": str(tmp_path), **values}.items():
            monkeypatch.setenv(f"USO_{name}", value)
        return Settings()

    return started


def complaint(start: Start, values: Mapping[str, str]) -> str:
    """What the start that these stop says."""
    with pytest.raises(ValidationError) as stopped:
        start(**values)
    return str(stopped.value)
