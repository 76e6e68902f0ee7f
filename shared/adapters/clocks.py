"""The clocks: the machine's, one that only runs forward, and one in a file that a development host moves."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

_LONGEST = 1024
"""Bytes of a clock's file."""


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
    """A clock whose instant, ISO 8601 with offset, is the content of a file that someone else writes.

    Every line holds the same instant; if they differ, the file is being written and is read again.
    """

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._seen: bytes | None = None
        self._instant = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """Return the instant in the file, in UTC. Raises OSError or ValueError when it cannot be read."""
        content = self._read()
        if content != self._seen:
            while len(lines := set(content.split())) > 1:
                content = self._read()
            self._instant = datetime.fromisoformat(b"".join(lines).decode("ascii")).astimezone(UTC)
            self._seen = content
        return self._instant

    def _read(self) -> bytes:
        file = os.open(self._path, os.O_RDONLY)
        try:
            return os.read(file, _LONGEST)
        finally:
            os.close(file)
