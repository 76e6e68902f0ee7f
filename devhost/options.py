"""How a host is started."""

from dataclasses import dataclass
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
    def app_dir(self) -> Path:
        """Return the app's folder as an absolute path."""
        return Path(self.app).resolve()

    @property
    def data_dir(self) -> Path:
        """Return the folder that holds what must survive a restart."""
        return Path(self.data).resolve() if self.data else self.app_dir / ".data" / "devhost"
