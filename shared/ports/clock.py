"""The clock port."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The app's only source of time outside orchestrators, which have their own."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        ...
