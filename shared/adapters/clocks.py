"""The clocks: the machine's, and one read from a file that a development host moves by hand."""

from datetime import UTC, datetime
from pathlib import Path


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the current instant in UTC."""
        return datetime.now(UTC)


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
