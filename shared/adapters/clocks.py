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

    def now(self) -> datetime:
        """Return the instant in the file, in UTC. Raises OSError or ValueError when it cannot be read."""
        return datetime.fromisoformat(self._path.read_text(encoding="ascii").strip()).astimezone(UTC)
