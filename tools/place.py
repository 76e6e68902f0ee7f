"""Where one installation of the app lives, and the settings that connect it to its host."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count, islice
from pathlib import Path
from typing import Literal

from devhost.options import HostOptions
from tools.root import ROOT

ClockMode = Literal["real", "virtual"]

_FIRST_PORT, _PORTS = 20_000, 10_000
_numbers = count(os.getpid() * 101)  # processes that run side by side begin far apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One installation of the app on this machine: where its state lies, where it listens, what clock it has.

    `more` are further settings of the app, e.g. `{"USO_JIT_TIMEOUT": "PT1M"}`.
    """

    data: Path
    port: int
    clock: ClockMode = "real"
    start_at: datetime | None = None
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where the host answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def uso(self) -> Path:
        """Where the app keeps its own state."""
        return self.data / "uso"

    @property
    def clock_file(self) -> Path | None:
        """The virtual clock's instant, which the host writes and the app reads."""
        return self.data / "devhost" / "clock" if self.clock == "virtual" else None

    def settings(self) -> dict[str, str]:
        """Return the app's settings for this place."""
        known = {
            "USO_DATA_DIR": str(self.uso),
            "USO_PUBLIC_URL": self.url,
            "USO_BUS_URL": f"{self.url}/devhost/servicebus",
            "USO_BUS_NAMESPACE": "",  # whatever local.settings.json says for Core Tools
            "USO_BUS_CONNECTION": "",
            "USO_CLOCK_FILE": str(self.clock_file or ""),
            "ServiceBusConnection": f"{self.url}/devhost/servicebus",
        }
        return known | dict(self.more)

    def options(self) -> HostOptions:
        """Return how the host is started for this place."""
        return HostOptions(
            app=ROOT, port=self.port, data=self.data / "devhost", clock=self.clock, start_at=self.start_at
        )


def free_port() -> int:
    """Return a port that nobody listens on. The app is told its own URL before it is loaded.

    Not one that the system would choose: those go to whoever asks next, before the host has taken its own.
    """
    for number in islice(_numbers, _PORTS):
        port = _FIRST_PORT + number % _PORTS
        if _is_free(port):
            return port
    raise OSError(f"no port is free from {_FIRST_PORT} to {_FIRST_PORT + _PORTS - 1}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
