"""How a host is started."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

DEFAULT_PORT = 7071
MAX_BODY = 100 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class HostOptions:
    """Everything `python -m devhost` can be told; port 0 takes any free one."""

    app: Path
    port: int = DEFAULT_PORT
    data: Path | None = None
    clock: Literal["real", "virtual"] = "real"
    start_at: datetime | None = None
    host: str = "127.0.0.1"
    keys: bool = True
    max_body: int = MAX_BODY
    max_delivery_count: int | None = None
    duplicate_window: str | None = None

    @property
    def data_dir(self) -> Path:
        """Return the folder that holds what must survive a restart."""
        return self.data or self.app / ".data" / "devhost"

    def resolved(self) -> "HostOptions":
        """Return the same with absolute paths, which still hold when the app's folder is the working one."""
        return replace(self, app=Path(self.app).resolve(), data=Path(self.data_dir).resolve())
