"""Another wall clock for a process that replays: what a machine sees that replays a plan weeks later."""

import datetime as datetime_module
import time


def shift_clocks(seconds: float) -> None:
    """Move every clock that Python can ask, before the plans are imported: they keep what they import."""
    ask = time.time
    ask_monotonic = time.monotonic

    class Shifted(datetime_module.datetime):
        """`datetime` with another idea of now."""

        @classmethod
        def now(cls, tz: datetime_module.tzinfo | None = None) -> datetime_module.datetime:
            return cls.fromtimestamp(ask() + seconds, tz)

        @classmethod
        def utcnow(cls) -> datetime_module.datetime:
            return cls.fromtimestamp(ask() + seconds, datetime_module.UTC).replace(tzinfo=None)

    time.time = lambda: ask() + seconds
    time.monotonic = lambda: ask_monotonic() + seconds
    datetime_module.datetime = Shifted  # type: ignore[misc]
