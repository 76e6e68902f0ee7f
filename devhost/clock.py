"""The host's clocks: the machine's own, and one that stands still until it is told to move."""

import os
from datetime import UTC, datetime
from pathlib import Path


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the current instant in UTC."""
        return datetime.now(UTC)


class VirtualClock:
    """A clock that only `set` moves. Its instant lives in a text file (ISO-8601, UTC), so that it survives
    a restart and that other processes can read it. One process at a time may own the file and move it.

    It stands there on two lines: whoever reads while it is written finds two instants, and reads again. To
    put a new file in the old one's place instead would cost milliseconds, thousands of times in a test.
    """

    def __init__(self, path: Path, start: datetime) -> None:
        self._path = path
        if path.exists():
            self._now = parse_instant(path.read_text(encoding="ascii").partition("\n")[0])
        else:
            self._now = _in_utc(start)
            self._create()

    @property
    def path(self) -> Path:
        """The file that holds the instant."""
        return self._path

    def now(self) -> datetime:
        """Return the instant the clock stands at, in UTC."""
        return self._now

    def set(self, instant: datetime) -> None:
        """Move the clock on to `instant`. Raises ValueError when that lies before the current instant."""
        instant = _in_utc(instant)
        if instant < self._now:
            raise ValueError(f"The clock stands at {self._now.isoformat()} and never goes back to {instant}.")
        if instant != self._now:
            self._now = instant
            self._write()

    def _create(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}.tmp")
        fresh.write_bytes(self._record())
        fresh.replace(self._path)

    def _write(self) -> None:
        with self._path.open("r+b", buffering=0) as file:
            file.write(self._record())

    def _record(self) -> bytes:
        line = self._now.isoformat(timespec="microseconds")
        return f"{line}\n{line}\n".encode("ascii")


def parse_instant(text: str) -> datetime:
    """Read an ISO-8601 instant with an offset or `Z` as UTC. Raises ValueError for anything else."""
    return _in_utc(datetime.fromisoformat(text.strip()))


def _in_utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no time zone; give an offset or Z.")
    return instant.astimezone(UTC)
