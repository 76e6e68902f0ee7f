"""Counts the commits of every SQLite file of the process, and kills the process right after one of them."""

import os
import signal
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any


class Commits:
    """The files of the commits since `start`, in order; the process dies right after number `fatal`."""

    def __init__(self) -> None:
        self.fatal: int | None = None
        self.counting = False
        self.seen: list[str] = []

    def start(self, fatal: int | None) -> None:
        """Count from here; 0 dies at once, None never."""
        self.fatal, self.counting, self.seen = fatal, True, []
        self._reach()

    def stop(self) -> None:
        """Count no more."""
        self.counting = False

    def note(self, file: str) -> None:
        """A commit has happened in a file."""
        if self.counting:
            self.seen.append(file)
            self._reach()

    def _reach(self) -> None:
        if self.fatal == len(self.seen):
            os.kill(os.getpid(), signal.SIGKILL)


commits = Commits()


class Counting(sqlite3.Connection):
    """A connection that tells of its commits: explicit ones, `with` blocks, single statements."""

    def __init__(self, database: Any, *more: Any, **named: Any) -> None:
        super().__init__(database, *more, **named)
        self._file = Path(database).name

    def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:  # type: ignore[override]
        """Execute one statement."""
        return self._watched(sql, lambda: super(Counting, self).execute(sql, *more))

    def executemany(self, sql: str, parameters: Iterable[Any]) -> sqlite3.Cursor:  # type: ignore[override]
        """Execute one statement with many sets of values."""
        return self._watched(sql, lambda: super(Counting, self).executemany(sql, parameters))

    def executescript(self, sql: str) -> sqlite3.Cursor:  # type: ignore[override]
        """Execute several statements."""
        return self._watched(sql, lambda: super(Counting, self).executescript(sql))

    def commit(self) -> None:
        """Commit what is open."""
        open_ = self.in_transaction
        super().commit()
        if open_:
            commits.note(self._file)

    def __exit__(self, *error: Any) -> Any:
        open_ = self.in_transaction
        result = super().__exit__(*error)
        if open_ and error[0] is None:
            commits.note(self._file)
        return result

    def _watched(self, sql: str, run: Callable[[], sqlite3.Cursor]) -> sqlite3.Cursor:
        open_, changes = self.in_transaction, self.total_changes
        cursor = run()
        word = sql.lstrip()[:8].upper()
        closed = open_ and not self.in_transaction and not word.startswith("ROLLBACK")
        alone = not open_ and not self.in_transaction and self.total_changes != changes
        if closed or alone:
            commits.note(self._file)
        return cursor


def count_commits() -> None:
    """From now on every connection that this process opens is counted."""
    connect = sqlite3.connect

    def counting(*arguments: Any, **more: Any) -> sqlite3.Connection:
        more.setdefault("factory", Counting)
        return connect(*arguments, **more)

    sqlite3.connect = counting  # type: ignore[assignment]
