"""Keeps two hosts from working on the same data folder."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from devhost.errors import SettingError


@contextlib.contextmanager
def owned(data_dir: Path) -> Iterator[None]:
    """Hold the folder for as long as the block lasts. A process that is killed lets go of it, too."""
    data_dir.mkdir(parents=True, exist_ok=True)
    # SQLite's own file lock works alike on every system and needs no clearing up.
    with contextlib.closing(sqlite3.connect(data_dir / "owner.sqlite", timeout=0)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise SettingError(
                f"another host already works in {data_dir}: stop it, or choose another folder with --data"
            ) from error
        yield
