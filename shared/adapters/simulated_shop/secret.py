"""What the embedded shop signs its webhooks with, in a file that is made on first use."""

import secrets
from pathlib import Path

from shared.adapters import secret_file


class Secret:
    """One secret."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> str:
        """Return it; however many processes start, there is one."""
        if not self._path.exists():
            secret_file.create_once(self._path, secrets.token_hex(32).encode())
        return self._path.read_text(encoding="ascii")
