"""`shared.ports.telemetry.Collector` on OpenTelemetry's SDK, which loads in a thread with the first span.

Nobody ever waits: what is told before the SDK is there is kept, at most MOST_KEPT of it; from then on it
stands in the queues of the SDK, which drop what is too much. An endpoint that is away costs only telemetry.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from shared.ports.telemetry import Span, Value, stop
from shared.settings import TelemetrySettings

if TYPE_CHECKING:
    from shared.adapters.open_telemetry.pipeline import Pipeline

    Tell = Callable[[Pipeline], None]

_log = logging.getLogger(__name__)
MOST_KEPT = 2048
LAST_WORDS = 5.0
"""Seconds that a host which stops gives to what is still to be sent."""

Spent = Callable[[], Mapping[tuple[str, str], float]]
"""Says the request units of the store until now, by container and kind of operation."""


class OpenTelemetry:
    """Sends to where the settings say."""

    def __init__(self, settings: TelemetrySettings, spent: Spent) -> None:
        self._settings = settings
        self._spent = spent
        self._kept: deque[Tell] = deque(maxlen=MOST_KEPT)
        self._pipeline: Pipeline | None = None
        self._loading: threading.Thread | None = None
        self._lock = threading.Lock()

    def take(self, spans: Sequence[Span]) -> None:
        """Pass spans on."""
        self._do(lambda pipeline: pipeline.take(spans))

    def measure(self, name: str, value: float, attributes: Mapping[str, Value]) -> None:
        """Pass a figure on."""
        self._do(lambda pipeline: pipeline.measure(name, value, attributes))

    async def close(self) -> None:
        """Send what is left, for LAST_WORDS at most."""
        stop(self)
        if self._loading is None:
            return
        last = threading.Thread(target=self._end, name="telemetry-end", daemon=True)
        last.start()
        await asyncio.to_thread(last.join, LAST_WORDS)

    def _do(self, tell: "Tell") -> None:
        with self._lock, _harmless():
            if self._pipeline is not None:
                tell(self._pipeline)
                return
            self._kept.append(tell)
            if self._loading is None:
                self._loading = threading.Thread(target=self._load, name="telemetry-start", daemon=True)
                self._loading.start()

    def _load(self) -> None:
        with _harmless():
            from shared.adapters.open_telemetry.pipeline import Pipeline

            pipeline = Pipeline(self._settings, self._spent)
            with self._lock:
                for tell in self._kept:
                    with _harmless():
                        tell(pipeline)
                self._kept.clear()
                self._pipeline = pipeline

    def _end(self) -> None:
        with _harmless():
            if self._loading is not None:
                self._loading.join()
            if self._pipeline is not None:
                self._pipeline.close()


@contextmanager
def _harmless() -> Iterator[None]:
    """Let nothing that goes wrong with telemetry become the trouble of what it tells of."""
    try:
        yield
    except Exception:  # noqa: BLE001 - whatever it is, those who are served must not feel it
        _log.exception("telemetry is lost")
