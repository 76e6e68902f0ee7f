"""Cosmos DB on loopback, in a process of its own: `server.js` says what it is made of.

It needs Node and `npm ci` in `tests/peers`, so tests that use it are marked `wire`.
"""

import json
import shutil
import subprocess
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

from shared.settings import Settings
from tests.clocks import HandClock

HERE = Path(__file__).parent


class CosmosPeer:
    """The server; faults are ordered by kind of request: read, query, batch, feed, meta, or any.

    `tls` is a certificate, its key, and the token of an identity that it knows; it cannot be controlled then.
    """

    def __init__(self, *, tls: tuple[Path, Path, str] | None = None) -> None:
        node = shutil.which("node")
        assert node is not None, "the Cosmos peer needs Node.js 20 or newer"
        assert (HERE.parent / "node_modules").is_dir(), "the Cosmos peer needs `npm ci` in tests/peers"
        self._process = subprocess.Popen(
            [node, str(HERE / "server.js"), *map(str, tls or ())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        said = self._process.stdout.readline().split()
        assert said[:1] == ["ready"], "the Cosmos peer did not start; what it said is above"
        self.url, self.key = said[1:]

    def database(self, clock_file: Path | None = None) -> dict[str, str]:
        """Settings of a database of its own here, whose times to live count by `clock_file`."""
        name = f"test-{uuid4().hex}"
        if clock_file is not None:
            told = {"database": name, "file": str(clock_file)}
            self._control("POST", "clock", json.dumps(told).encode())
        return {"cosmos_endpoint": self.url, "cosmos_key": self.key, "cosmos_database": name}

    def settings(self, clock: "SharedClock | None" = None, **more: Any) -> Settings:
        """Settings of an app that keeps its state in such a database."""
        return Settings(**self.database(clock and clock.file), **more)  # type: ignore[arg-type]

    def break_next(self, *faults: dict[str, Any]) -> None:
        """Order faults, each once unless it says `times`; what was ordered before is called off."""
        self._control("POST", "faults", json.dumps(faults).encode())

    def lag(self) -> None:
        """Let replicas miss the last transaction of each physical partition, unless a session knows of it."""
        self._control("POST", "lag", b"true")

    def requests(self) -> dict[str, int]:
        """How many requests of each kind have come since `forget`."""
        return dict(self._control("GET", "requests"))

    def forget(self) -> None:
        """Call faults off and count anew."""
        self._control("DELETE", "requests")

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def _control(self, method: str, what: str, body: bytes | None = None) -> Any:
        request = urllib.request.Request(f"{self.url}_peer/{what}", body, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@dataclass
class SharedClock(HandClock):
    """A hand clock whose instant the peer reads, too."""

    file: Path = field(kw_only=True)

    def __post_init__(self) -> None:
        self._show()

    def pass_(self, **span: float) -> None:
        super().pass_(**span)
        self._show()

    def _show(self) -> None:
        beside = self.file.with_suffix(".new")
        beside.write_text(self.instant.isoformat(), encoding="ascii")
        beside.replace(self.file)
