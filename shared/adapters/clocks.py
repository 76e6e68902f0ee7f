"""The clocks: the machine's, one that only runs forward, and one in a file that a development host moves."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the current instant in UTC."""
        return datetime.now(UTC)


class RunningClock:
    """Runs on from when it was made, whatever is done to the machine's clock: for outages and pauses."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._began, self._from = monotonic(), datetime.now(UTC)

    def now(self) -> datetime:
        """Return the current instant in UTC."""
        return self._from + timedelta(seconds=self._monotonic() - self._began)


class FileClock:
    """A clock whose instant, ISO 8601 with offset, is the content of a file that someone else writes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._instant = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """Return the instant in the file, in UTC. Raises OSError or ValueError when it cannot be read.

        The clock is moved by putting another file in its place, so the file is read only when it is another.
        """
        status = self._path.stat()
        version = (status.st_ino, status.st_mtime_ns)
        if version != self._seen:
            text = self._path.read_text(encoding="ascii")
            self._instant = datetime.fromisoformat(text.strip()).astimezone(UTC)
            self._seen = version
        return self._instant
