"""Warnings for what works on a quiet machine and bites in production."""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

log = logging.getLogger("devhost.durable")

KEPT = 1000
LARGE_PAYLOAD_BYTES = 45 * 1024


@dataclass(frozen=True, slots=True)
class Warning_:  # noqa: N801 - `Warning` is a builtin
    """One thing that would bite: in which instance, what kind, and what to do about it."""

    instance: str
    code: str
    message: str


class WarningLog:
    """Keeps the latest warnings, once per instance, code and message; logs each and tells `listener`."""

    def __init__(self, listener: Callable[[Warning_], None] | None) -> None:
        self._listener = listener
        self._records: deque[Warning_] = deque(maxlen=KEPT)
        self._known: set[Warning_] = set()

    @property
    def records(self) -> list[Warning_]:
        """The latest warnings, oldest first."""
        return list(self._records)

    def add(self, instance: str, code: str, message: str) -> None:
        """Record a warning unless the very same one stands already."""
        warning = Warning_(instance, code, message)
        if warning in self._known:
            return
        if len(self._records) == KEPT:
            self._known.discard(self._records[0])
        self._known.add(warning)
        self._records.append(warning)
        log.warning("%s [%s]: %s", instance, code, message)
        if self._listener is not None:
            self._listener(warning)

    def payload(self, instance: str, what: str, text: str | None) -> None:
        """Warn when `text` is larger than what Azure Storage keeps inline (MessageManager, 45 KB)."""
        if text is None or len(text) <= LARGE_PAYLOAD_BYTES // 4:
            return
        size = len(text.encode("utf-16-le", "surrogatepass"))
        if size > LARGE_PAYLOAD_BYTES:
            message = f"{what} has {size // 1024} KB; above 45 KB it goes to a blob and slows every replay."
            self.add(instance, "large-payload", message)
